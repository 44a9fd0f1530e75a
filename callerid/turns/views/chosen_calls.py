"""What a command asks of the calls -> those that fit, newest first."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from callerid.core.callers.typed_name import folded
from callerid.core.followup.outcomes import is_missed
from callerid.core.followup.states import ShownState, State, shown_state
from callerid.records import dataclass
from callerid.turns.context import local_clock
from callerid.turns.facts import turn_facts
from callerid.turns.followup.withdraw import is_to_be_withdrawn
from callerid.turns.views.find_people import find_people
from callerid.turns.views.listed_calls import MOST_OF_A_PERSON, caller_of, calls_not_returned, is_with, listed_call

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Mapping, Sequence
    from datetime import datetime

    from callerid.core.callers.listed_call import ListedCall
    from callerid.core.callers.resolve import Resolution
    from callerid.core.followup.state import FollowUp
    from callerid.models import Call
    from callerid.turns.context import AppContext
    from callerid.turns.facts import TurnFacts

_IN_CRM = (State.LOGGED, State.CHANGE_REFUSED, State.QUEUED, State.ADDING, State.BASELINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallChoice:
    """Which calls are wanted; what is empty does not matter."""

    who: str = ""  # as `find_people` takes it
    company: str = ""  # a part of its name
    states: tuple[str, ...] = ()  # of `State` or `ShownState`
    types: tuple[str, ...] = ()
    sims: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    unlogged: bool = False
    missed: bool = False
    not_called_back: bool = False


def chosen_calls(app: AppContext, choice: CallChoice, limit: int, now: datetime) -> tuple[ListedCall, ...]:
    """Return the newest calls that fit."""
    facts, local = turn_facts(app, now), local_clock(app.ledger)
    meant = _calls_of_people(app, choice.who) if choice.who else None
    fits = _fits(app, choice, facts, meant)
    followups = app.ledger.call_lists.between(
        choice.since, choice.until, types=choice.types, sims=choice.sims, states=_stored_states(choice.states)
    )
    callers = ((followup, caller_of(app, followup, facts)) for followup in followups if fits(followup))
    company = folded(choice.company)
    listed = (
        listed_call(app, followup, caller, facts, local)
        for followup, caller in callers
        if (meant is None or is_with(meant[followup.call.key], caller))
        and (not company or any(company in folded(name) for name in _companies(caller)))
    )
    return tuple(islice(listed, limit))


def _stored_states(names: tuple[str, ...]) -> frozenset[str]:
    """Return the states that are meant by names of theirs, or of what a person is told of them."""
    meant = set(names) | ({State.QUEUED.value} if ShownState.WITHDRAWING in names else set())
    return frozenset(state.value for state in State if {state.value, shown_state(state).value} & meant)


def _companies(caller: Resolution) -> tuple[str, ...]:
    return (*(candidate.company for candidate in caller.candidates), *(company.name for company in caller.companies))


def _fits(app: AppContext, choice: CallChoice, facts: TurnFacts, meant: Container[str] | None) -> Callable[[FollowUp], bool]:
    """Return what tells whether a call fits, without having to know its caller; only those `meant` do (keys, None for all)."""
    waiting = _keys(calls_not_returned(app, facts)) if choice.not_called_back else None

    only_withdrawn = ShownState.WITHDRAWING in choice.states and State.QUEUED not in choice.states

    def fits(followup: FollowUp) -> bool:
        key = followup.call.key
        if only_withdrawn and followup.state is State.QUEUED and not is_to_be_withdrawn(app.ledger, followup):
            return False
        if (meant is not None and key not in meant) or (waiting is not None and key not in waiting):
            return False
        return not (choice.missed and not is_missed(followup.call)) and not (choice.unlogged and followup.state in _IN_CRM)

    return fits


def _calls_of_people(app: AppContext, who: str) -> dict[str, set[str]]:
    """Return the keys of the calls that may be with whoever is meant, each with the contacts (ids) of them who have its line, or
    with whom it is logged; "" for somebody who is none."""
    found = find_people(app, who)
    calls: dict[str, set[str]] = {}
    for contact in found.contacts:
        phones = [phone.raw for known in app.mirror.contacts_by_id([contact.id]) for phone in known.phones]
        _add_calls(app, contact.id, phones, calls)
    if found.numbers:
        _add_calls(app, "", found.numbers, calls)
    return calls


def _add_calls(app: AppContext, contact_id: str, raws: Iterable[str], calls: dict[str, set[str]]) -> None:
    lines = set(filter(None, map(app.line_of, raws)))
    for followup in app.ledger.call_lists.of_contact(contact_id, lines, MOST_OF_A_PERSON):
        calls.setdefault(followup.call.key, set()).add(contact_id)


def _keys(waiting: Mapping[str, Sequence[Call]]) -> frozenset[str]:
    return frozenset(call.key for missed in waiting.values() for call in missed)
