"""What runs commands as processes, and asks the geocoder's process of each number once in a run of the tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.phone.process import ProcessRunner

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from callerid.models.commands import CommandOutput

_GEOCODER = ("-m", "callerid.phone.geocoder")
_answers: dict[tuple[str | None, ...], CommandOutput] = {}


class QuickPlaces(ProcessRunner):
    """Remembers what the geocoder said. It takes 0.3 s to load its tables, and says the same of the same number."""

    def run(
        self, argv: Sequence[str], *, timeout: float, stdin: str | None = None, environment: Mapping[str, str] | None = None
    ) -> CommandOutput:
        """Run a command; see ProcessRunner."""
        asked = (*argv, stdin)
        if asked in _answers and not self._stopped.is_set():
            return _answers[asked]
        output = super().run(argv, timeout=timeout, stdin=stdin, environment=environment)
        if tuple(argv[1:]) == _GEOCODER and output.code == 0:
            _answers[asked] = output
        return output
