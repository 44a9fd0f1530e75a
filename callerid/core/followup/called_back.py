"""Which missed calls nobody has returned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.followup.outcomes import is_connected, is_missed
from callerid.models import CallType

if TYPE_CHECKING:
    from collections.abc import Iterable

    from callerid.models import Call


def not_called_back(calls: Iterable[tuple[str, Call]]) -> dict[str, tuple[Call, ...]]:
    """Return the missed calls of each caller that were not returned, newest first. The calls come in any order, each with what
    stands for its caller: a contact, or a line; "" for a hidden number, which nobody can call back.

    A caller was called back by any later outgoing call, whether it was taken or not, and by any later call that was connected.
    """
    waiting: dict[str, list[Call]] = {}
    for caller, call in sorted(calls, key=lambda pair: (pair[1].start, pair[1].ordinal)):
        if caller and is_missed(call):
            waiting.setdefault(caller, []).insert(0, call)
        elif call.type is CallType.OUTGOING or is_connected(call):
            waiting.pop(caller, None)
    return {caller: tuple(missed) for caller, missed in waiting.items()}
