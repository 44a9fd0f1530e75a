"""What must hold when nothing is left to do: each answered prompt one call in the CRM, each dismissed one none, nothing lost."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from callerid.core.delivery.outbox_row import DeliveryState
from callerid.core.followup.state import AWAITING_ANSWER, State
from callerid.store.ledger.database import open_ledger
from tests.crash.callers import DISMISSED, LOGGED, Caller, Plan, named_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.core.delivery.outbox_row import Delivery
    from callerid.core.followup.state import FollowUp
    from callerid.simulator.desk import Desk
    from tests.crash.owner import Owner


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
    held: defaultdict[int, list[str]] = defaultdict(list)
    for call in desk.portal.held_calls():
        held[named_in(" ".join(call.contacts)) or 0].append(call.disposition)
    tasks = Counter(named_in(" ".join(task.contacts)) for task in desk.portal.held_tasks())
    outcomes = _Outcomes(owner, held, followups, {named_in(shown.title) for shown in desk.phone.notifications()})
    log = len(desk.phone.state.read()["calls"])
    return [
        *outcomes.lines(),
        Line(what="contacts added", count=len(_added(desk)), wrong=_twins(_added(desk))),
        Line(what="tasks", count=sum(tasks.values()), wrong=_twins(tasks)),
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


def _added(desk: Desk) -> Counter[int | None]:
    contacts = desk.portal.records.by_kind["contacts"].values()
    strangers = (
        contact.properties
        for contact in contacts
        if contact.archived_at is None and "86 200" in _spaced(contact.properties.get("phone", ""))
    )
    return Counter(named_in(properties.get("lastname", "")) for properties in strangers)


def _spaced(number: str) -> str:
    digits = "".join(filter(str.isdigit, number))
    return f"{digits[3:5]} {digits[5:8]}"


def _twins(counts: Counter[int | None]) -> tuple[str, ...]:
    return tuple(f"{index}: {count}" for index, count in counts.items() if count > 1)


class _Outcomes:
    """What became of the calls."""

    def __init__(
        self, owner: Owner, held: dict[int, list[str]], followups: dict[str, FollowUp], on_screen: set[int | None]
    ) -> None:
        self._owner, self._held, self._followups, self._on_screen = owner, held, followups, on_screen

    def lines(self) -> list[Line]:
        called = self._owner.called
        answered = [caller for caller in called if caller.plan in LOGGED]
        dismissed = [caller for caller in called if caller.plan in DISMISSED]
        withdrawn = [caller for caller in called if caller.plan is Plan.WITHDRAW]
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
                wrong=self._all(withdrawn, lambda caller: self._times(caller) > 0),
            ),
            Line(
                what="dismissed, but there",
                count=len(dismissed),
                wrong=self._all(dismissed, lambda caller: self._times(caller) > 0),
            ),
            Line(what="put off, but there", count=len(later), wrong=self._all(later, lambda caller: self._times(caller) > 0)),
            Line(what="prompts lost", count=len(called), wrong=self._all(called, self._is_lost)),
            Line(
                what="still asked about, though settled", count=len(called), wrong=self._all(called, self._asks_about_settled_call)
            ),
            Line(
                what="corrections that were answered and not made",
                count=len(corrected),
                wrong=self._all(corrected, lambda caller: self._held.get(caller.index) != ["Busy"]),
            ),
        ]

    def _times(self, caller: Caller) -> int:
        return len(self._held.get(caller.index, ()))

    def _is_lost(self, caller: Caller) -> bool:
        """Its answer is awaited, and nothing on the screen asks for it, now or later."""
        followup = self._followups.get(caller.number)
        if followup is None or followup.state not in AWAITING_ANSWER or followup.not_before:
            return False
        return caller.index not in self._on_screen

    def _asks_about_settled_call(self, caller: Caller) -> bool:
        followup = self._followups.get(caller.number)
        settled = followup is not None and followup.state in (State.DISMISSED, State.IGNORED, State.NOT_IN_CRM)
        return settled and caller.index in self._on_screen

    def _all(self, these: list[Caller], is_wrong: Callable[[Caller], bool]) -> tuple[str, ...]:
        return tuple(self._summary(caller) for caller in these if is_wrong(caller))

    def _summary(self, caller: Caller) -> str:
        followup = self._followups.get(caller.number)
        stands = f"{followup.state} {followup.reason!r} {followup.call.key}" if followup else "not in the ledger"
        return f"{caller.last_name} ({caller.plan}): {stands}, in the CRM {self._held.get(caller.index, [])}"
