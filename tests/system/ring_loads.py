"""A process that opens a home as the daemon's loop for rings does, shows rings, and prints which modules only they have loaded, and
which classes of records they have compiled.

Words: the number of each ring, "" for a hidden one. The environment names the home.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from callerid import records
from callerid.config.load import load_config
from callerid.core.inbox_events import Ring
from callerid.daemon.main import Daemon
from callerid.models.commands import CommandOutput
from callerid.paths import installation_paths, make_folders
from callerid.turns.context import utc_now
from callerid.turns.ringing.show_ring import show_ring

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_OF_ONE_COUNTRY = "phonenumbers.data.region_"


class _Nothing:
    """A command that prints nothing, and what starts nothing else."""

    def run(self, argv: Sequence[str], **_: object) -> CommandOutput:
        del argv
        return CommandOutput(stdout="", stderr="", code=0)

    def begin(self, argv: Sequence[str], **_: object) -> _Nothing:
        del argv
        return self

    def end(self, timeout: float, check: object = None) -> CommandOutput:
        del timeout, check
        return self.run(())

    follow = begin

    def has(self, name: str) -> bool:
        return bool(name)

    def variable(self, name: str) -> str:
        return os.environ.get(name, "")

    def without(self, *names: str) -> Mapping[str, str]:
        return {name: value for name, value in os.environ.items() if name not in names}

    def lines(self, receive: object) -> None:
        del receive

    def stop(self) -> None:
        pass


def _noted_classes() -> list[str]:
    """Return a list to which the name of each class is added that is compiled from now on."""
    compiled, compile_init = [], records._compiled_init

    def noted(made: type[Any]) -> Callable[..., None]:
        compiled.append(made.__qualname__)
        return compile_init(made)

    records._compiled_init = noted
    return compiled


def main() -> None:
    """Show the rings."""
    paths = installation_paths(os.environ)
    make_folders(paths)
    daemon = Daemon(paths, load_config(paths.config_file), os.environ, _Nothing())
    app = daemon._open_for_rings()
    before, compiled = set(sys.modules), _noted_classes()
    for number in sys.argv[1:]:
        assert show_ring(app, Ring(at=utc_now(), number=number), utc_now())
        app.ledger.rings.mark_ended(utc_now())
    print(*compiled, *sorted(name for name in set(sys.modules) - before if not name.startswith(_OF_ONE_COUNTRY)))


if __name__ == "__main__":
    main()
