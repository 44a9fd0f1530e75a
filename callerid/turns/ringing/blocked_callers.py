"""Which callers are not to be shown: those that the person ignores, and those that are to be forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.models import Match
from callerid.store.ledger.block_list import Kind
from callerid.turns.ringing.resolve_caller import numbers_of_name

if TYPE_CHECKING:
    from callerid.config.settings import Config
    from callerid.store.ledger.database import Ledger
    from callerid.turns.context import AppContext


def has_exclusions(ledger: Ledger, config: Config) -> bool:
    """Return whether any caller is ignored, forgotten or on a SIM that is not chosen: their card goes when that becomes known."""
    return bool(config.log.sims or config.log.ignore) or not ledger.block_list.is_empty


def is_ignored_caller(app: AppContext, number: str, name: str, listed: frozenset[Kind] | None = None) -> bool:
    """Return whether the person ignores a caller of whom a sense reported a raw number, a name, or both.

    A caller with only a name is ignored if all known numbers of that name are. `listed` is what the block list
    has of the caller, None if it was not read yet.
    """
    if number or not name:
        return is_ignored_number(app, number, listed)
    if not has_exclusions(app.ledger, app.config):
        return False
    raws = numbers_of_name(app.mirror, name)
    return bool(raws) and all(is_ignored_number(app, raw) for raw in raws)


def is_ignored_number(app: AppContext, number: str, listed: frozenset[Kind] | None = None) -> bool:
    """Return whether a raw number surely is one that the person ignores. `listed` as for `is_ignored_caller`."""
    if not number:
        return False
    if Kind.IGNORED_LINE in (_listed(app, number) if listed is None else listed):
        return True
    sure = (Match.EXACT, Match.SAME_LINE)
    return any(numbers.match(number, ignored, app.region).match in sure for ignored in app.config.log.ignore)


def is_forgotten(app: AppContext, number: str, name: str = "", listed: frozenset[Kind] | None = None) -> bool:
    """Return whether the person wanted a raw number or a name forgotten. `listed` as for `is_ignored_caller`.

    Two people may have one name: a caller whose number is a contact's is not forgotten by name.
    """
    listed = _listed(app, number, name) if listed is None else listed
    if Kind.FORGOTTEN_LINE in listed:
        return True
    return Kind.FORGOTTEN_NAME in listed and not (number and app.mirror.candidates(number, app.region))


def _listed(app: AppContext, number: str, name: str = "") -> frozenset[Kind]:
    """Return which kinds of entries of the block list a raw number and a name ("" for none) have."""
    return app.ledger.block_list.lists_of(app.line_of(number), name)


def entries_if_forgotten(ledger: Ledger, line: str, name: str, listed: frozenset[Kind]) -> tuple[tuple[str, str], ...]:
    """Return the entries that the block list has if a caller is forgotten from now on. `listed` is what it had already, and was no
    reason: somebody else may have the name."""
    entries = ledger.block_list.entries_of(line, name)
    return tuple(entry for kind, entry in entries.items() if kind not in listed)
