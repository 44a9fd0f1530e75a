"""What must hold when nothing is left to do: each answered prompt one call in the CRM, with all that was answered, each dismissed one
none, nothing lost."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from callerid.core.delivery.states import DeliveryState
from callerid.core.followup.states import AWAITING_ANSWER, State
from callerid.store.ledger.database import open_ledger
from tests.crash.kills.callers import DISMISSED, LOGGED, Caller, Plan, named_in
from tests.crash.kills.cards import ASKING, kind_of
from tests.crash.kills.expected import expected_of, wrong_lengths, wrong_persons

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from collections.abc import Set as AbstractSet

    from callerid.core.delivery.outbox_row import Delivery
    from callerid.core.followup.state import FollowUp
    from callerid.simulator.desk import Desk
    from callerid.simulator.portal import HeldCall, HeldTask
    from tests.crash.kills.owner import Owner


_STRANGERS_BEGIN = "35386200"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the table: what is counted, and which of it is wrong."""

    what: str
    count: int
    wrong: tuple[str, ...] | None = None  # None: nothing can be wrong with it


def verdict(desk: Desk, owner: Owner) -> list[Line]:
    """Return what is on a desk on which nothing runs any more, and what is wrong with it."""
    ledger = open_ledger(desk.home / "ledger.db")
    try:
        followups = {followup.call.number: followup for followup in ledger.calls.in_state(*State)}
        rows, in_log = ledger.outbox.all(settled=True), ledger.history.count()
        counts = ledger.history.count_by_state()
    finally:
        ledger.close()
    held = _Held()
    for call in desk.portal.held_calls():
        held.calls[_caller_in(call.title, call.contacts)].append(call)
    for task in desk.portal.held_tasks():
        held.tasks[_caller_in(task.subject, task.contacts)].append(task)
    asking = frozenset(shown.id for shown in desk.phone.notifications() if kind_of(shown.title) in ASKING)
    log = len(desk.phone.state.read()["calls"])
    return [
        *_Outcomes(owner, held, followups, asking).lines(),
        *_Contents(owner, held).lines(),
        Line(what="contacts added", count=sum(map(len, _added(desk).values())), wrong=_wrong_contacts(desk, owner)),
        Line(
            what=f"ledger: {' + '.join(f'{count} {state}' for state, count in counts.items())}",
            count=in_log,
            wrong=() if sum(counts.values()) == in_log == log else (f"{log} in the phone's log",),
        ),
        _outbox(rows, "unsure", DeliveryState.UNSURE),
        _outbox(rows, "waiting", DeliveryState.WAITING),
        _outbox(rows, "refused", DeliveryState.DEAD),
    ]


def _outbox(rows: tuple[Delivery, ...], what: str, state: DeliveryState) -> Line:
    in_state = tuple(str(row) for row in rows if row.state is state)
    return Line(what=f"{what} in the outbox", count=len(in_state), wrong=in_state)


def _caller_in(title: str, contacts: tuple[str, ...]) -> int:
    """Return whose call or task it is: of whom its title says so, whoever it is associated with; -1 for nobody's."""
    index = named_in(title)
    index = named_in(" ".join(contacts)) if index is None else index
    return -1 if index is None else index


def _added(desk: Desk) -> defaultdict[int | None, list[dict[str, str]]]:
    """Return the properties of the contacts with a stranger's number, by the number's caller."""
    added: defaultdict[int | None, list[dict[str, str]]] = defaultdict(list)
    for contact in desk.portal.records.by_kind["contacts"].values():
        digits = "".join(filter(str.isdigit, contact.properties.get("phone", "")))
        if contact.archived_at is None and digits.startswith(_STRANGERS_BEGIN):
            added[named_in(digits)].append(contact.properties)
    return added


def _wrong_contacts(desk: Desk, owner: Owner) -> tuple[str, ...]:
    """Return the strangers who are in the CRM twice, otherwise than they were entered, or although nobody entered them, and those
    who were entered and are not there."""
    added, strangers = _added(desk), {caller.index: caller for caller in owner.called if caller.plan is Plan.ADD}
    wrong = [f"{index} was not to be added: {added[index]}" for index in added if index not in strangers]
    for index, caller in strangers.items():
        entered = {"firstname": "Caller", "lastname": caller.last_name, "email": caller.mail}
        are = [{name: properties.get(name, "") for name in entered} for properties in added.get(index, ())]
        wrong += [f"{caller.last_name} is in the CRM as {are}"] if are != [entered] else []
    return tuple(wrong)


@dataclass(frozen=True, slots=True)
class _Held:
    """What the CRM holds, by the index of the caller."""

    calls: defaultdict[int, list[HeldCall]] = field(default_factory=lambda: defaultdict(list))
    tasks: defaultdict[int, list[HeldTask]] = field(default_factory=lambda: defaultdict(list))


class _Contents:
    """What is written in the calls and tasks that the CRM holds."""

    def __init__(self, owner: Owner, held: _Held) -> None:
        self._owner, self._held = owner, held

    def lines(self) -> Iterator[Line]:
        """Return a line for each respect in which a call can be wrong."""
        yield self._line("with the right person", wrong_persons)
        yield self._line("with the right length", wrong_lengths)
        yield self._line("with the right outcome", self._has_wrong_outcome)
        yield self._line("with the right note", self._has_wrong_note)
        yield self._line("about the right deal", self._has_wrong_deal)
        yield self._line("with the right task", self._has_wrong_task)
        nobodys = (*self._held.calls[-1], *self._held.tasks[-1])
        yield Line(what="calls and tasks that are nobody's", count=len(nobodys), wrong=tuple(map(str, nobodys)))

    def _line(self, what: str, is_wrong: Callable[[Caller, list[HeldCall], list[HeldTask]], bool]) -> Line:
        callers = [caller for caller in self._owner.called if self._held.calls[caller.index] or self._held.tasks[caller.index]]
        wrong = [caller for caller in callers if is_wrong(caller, self._held.calls[caller.index], self._held.tasks[caller.index])]
        return Line(what=what, count=len(callers) - len(wrong), wrong=tuple(map(self._summary, wrong)))

    def _has_wrong_outcome(self, caller: Caller, calls: list[HeldCall], _: list[HeldTask]) -> bool:
        return self._differs(caller, "outcomes", {call.disposition for call in calls})

    def _has_wrong_note(self, caller: Caller, calls: list[HeldCall], tasks: list[HeldTask]) -> bool:
        return self._differs(caller, "notes", {call.note for call in calls} | {task.note for task in tasks})

    def _has_wrong_deal(self, caller: Caller, calls: list[HeldCall], tasks: list[HeldTask]) -> bool:
        return self._differs(caller, "deals", {call.deals for call in calls} | {task.deals for task in tasks})

    def _has_wrong_task(self, caller: Caller, _: list[HeldCall], tasks: list[HeldTask]) -> bool:
        return self._differs(caller, "tasks", {len(tasks)})

    def _differs(self, caller: Caller, what: str, held: AbstractSet[object]) -> bool:
        """Return whether the CRM holds something of a call that may not be held of it."""
        expected = expected_of(caller, self._owner)
        return expected is not None and not held <= getattr(expected, what)

    def _summary(self, caller: Caller) -> str:
        held = (*self._held.calls[caller.index], *self._held.tasks[caller.index])
        return f"{caller.last_name} ({caller.plan}): {expected_of(caller, self._owner)}, but {held}"


class _Outcomes:
    """What became of the calls."""

    def __init__(self, owner: Owner, held: _Held, followups: dict[str, FollowUp], asking: frozenset[str]) -> None:
        self._owner, self._held, self._followups, self._asking = owner, held, followups, asking

    def lines(self) -> list[Line]:
        called = self._owner.called
        answered = [caller for caller in called if caller.plan in LOGGED]
        dismissed = [caller for caller in called if caller.plan in DISMISSED]
        withdrawn = [caller for caller in called if caller.index in self._owner.withdrawn]
        kept = [caller for caller in called if caller.plan is Plan.WITHDRAW and caller.index not in self._owner.withdrawn]
        later = [caller for caller in called if caller.plan is Plan.LATER]
        corrected = [caller for caller in called if caller.plan is Plan.CORRECT and caller.index in self._owner.answered]
        return [
            Line(
                what="calls made", count=len(called), wrong=self._all(called, lambda caller: caller.number not in self._followups)
            ),
            Line(what="answered", count=len(answered), wrong=self._all(answered, lambda caller: not self._times(caller))),
            Line(what="of them in the CRM once", count=sum(self._times(caller) == 1 for caller in answered)),
            Line(what="in the CRM twice", count=0, wrong=self._all(called, lambda caller: self._times(caller) > 1)),
            Line(
                what="withdrawn, but there",
                count=len(withdrawn),
                wrong=self._all(withdrawn, self._is_there),
            ),
            Line(
                what="not withdrawn in time, and not there",
                count=len(kept),
                wrong=self._all(kept, lambda caller: self._times(caller) != 1),
            ),
            Line(
                what="dismissed, but there",
                count=len(dismissed),
                wrong=self._all(dismissed, self._is_there),
            ),
            Line(what="put off, but there", count=len(later), wrong=self._all(later, self._is_there)),
            Line(what="prompts lost", count=len(called), wrong=self._all(called, self._is_lost)),
            Line(
                what="still asked about, though settled", count=len(called), wrong=self._all(called, self._asks_about_settled_call)
            ),
            Line(
                what="corrections that were answered and not made",
                count=len(corrected),
                wrong=self._all(corrected, lambda caller: self._outcomes(caller) != ["Busy"]),
            ),
        ]

    def _times(self, caller: Caller) -> int:
        return len(self._held.calls[caller.index])

    def _is_there(self, caller: Caller) -> bool:
        return bool(self._held.calls[caller.index] or self._held.tasks[caller.index])

    def _outcomes(self, caller: Caller) -> list[str]:
        return [call.disposition for call in self._held.calls[caller.index]]

    def _is_lost(self, caller: Caller) -> bool:
        """Its answer is awaited, and nothing on the screen asks for it, now or later."""
        followup = self._followups.get(caller.number)
        if followup is None or followup.state not in AWAITING_ANSWER or followup.not_before:
            return False
        return followup.notification_id not in self._asking

    def _asks_about_settled_call(self, caller: Caller) -> bool:
        followup = self._followups.get(caller.number)
        settled = followup is not None and followup.state in (State.DISMISSED, State.IGNORED, State.NOT_IN_CRM)
        return followup is not None and settled and followup.notification_id in self._asking

    def _all(self, these: list[Caller], is_wrong: Callable[[Caller], bool]) -> tuple[str, ...]:
        return tuple(self._summary(caller) for caller in these if is_wrong(caller))

    def _summary(self, caller: Caller) -> str:
        followup = self._followups.get(caller.number)
        stands = f"{followup.state} {followup.reason!r} {followup.call.key}" if followup else "not in the ledger"
        return f"{caller.last_name} ({caller.plan}): {stands}, in the CRM {self._outcomes(caller)}"
