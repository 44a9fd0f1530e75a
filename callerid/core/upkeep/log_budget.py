"""How many lines the daemon logs in a minute: whatever goes wrong, and however often, the log says what else happened, and writing
it costs next to nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

_MINUTE = 60.0  # seconds
_MOST_KINDS = 100  # that are counted apart once they are left out
_OTHERS = "others"


@dataclass(slots=True)
class LogBudget:
    """The lines of the current minute: at most `most` in all and `of_a_kind` of one kind, so that what repeats does not silence
    what else happens. Times are seconds of a monotonic clock."""

    most: int = 240
    of_a_kind: int = 60
    _began: float | None = None
    _written: Counter[str] = field(default_factory=Counter)
    _left_out: Counter[str] = field(default_factory=Counter)

    def take(self, kind: str, lines: int, now: float) -> bool:
        """Return whether so many lines of a kind may be written now; if not, they are counted as left out."""
        if self._began is None or self.is_over(now):
            self._began = now
            self._written.clear()
        is_first = not self._written[kind]  # one message may have more lines than there may be of a kind
        if (is_first or self._written[kind] + lines <= self.of_a_kind) and self._written.total() + lines <= self.most:
            self._written[kind] += lines
            return True
        self._left_out[kind if kind in self._left_out or len(self._left_out) < _MOST_KINDS else _OTHERS] += lines
        return False

    def is_over(self, now: float) -> bool:
        """Return whether the minute is over that began with the first line."""
        return self._began is not None and now - self._began >= _MINUTE

    def tell_left_out(self) -> str:
        """Return one line about what was left out since this was last called; "" when nothing was."""
        if not self._left_out:
            return ""
        total = self._left_out.total()
        (kind, count), *_ = self._left_out.most_common(1)
        self._left_out.clear()
        return f"left out, because there were too many in a minute: {total} lines of the log, {count} of them as: {kind}"
