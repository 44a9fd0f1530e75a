"""Troubles: one line in the log when a source breaks and one when it recovers, however often it is tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.records import dataclass

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.core.upkeep.health import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A source that does not work: since when (UTC), why, and with which remedy."""

    source: Source
    since: datetime
    sentence: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The trouble to be stored (None: the source works) and the line for the log."""

    trouble: Trouble | None
    line: str


def change(source: Source, before: Trouble | None, fault: tuple[str, str] | None, now: datetime) -> Change | None:
    """Return what changed for a source, from its stored trouble and its newest result (None, or sentence and remedy)."""
    if fault is None:
        return None if before is None else Change(trouble=None, line=f"{source}: works again")
    sentence, remedy = fault
    if before and before.sentence == sentence:
        return None
    since = before.since if before else now
    trouble = Trouble(source=source, since=since, sentence=sentence, remedy=remedy)
    return Change(trouble=trouble, line=f"{source}: {sentence} {remedy}".rstrip())
