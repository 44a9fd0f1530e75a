"""What a day brings: calls, what the person does about them, and what must be in the CRM then, whatever died meanwhile."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.core.delivery.states import DeliveryState
from callerid.core.followup.states import State
from callerid.core.upkeep.health import Source
from callerid.errors import CommandHung
from callerid.models import CallType
from callerid.store.ledger.reading.fact_names import DIALOG_TRIED
from tests.crash.person import Person, PlannedTap
from tests.turns.world import ANA

if TYPE_CHECKING:
    from callerid.simulator.portal import HeldCall
    from tests.crash.runs import CrashingRun

BEN = "+353 87 1000001"
STRANGER = "+33145678900"
_Subject = tuple[tuple[str, ...], tuple[str, ...]]  # names of contacts and of deals
_SUBJECTS: dict[str, _Subject] = {
    ANA: (("Ana López",), ("Renewal 2027",)),
    BEN: (("Miguel Dubois",), ()),
    STRANGER: (("Zoé Martin",), ()),
}
_ON_CARDS = 'region = "IE"\n[log]\nvia = "notification"\n'
_ANSWERS = (("outcome?", "Busy"), ("Note about", "wants an <b>offer</b>"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A call."""

    number: str = ANA
    kind: CallType = CallType.INCOMING
    talked: int = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Calls, a person, and what is in the CRM in the end: how many calls (with which outcome and note), tasks and new contacts."""

    name: str
    taps: tuple[PlannedTap, ...]
    answers: tuple[tuple[str, str], ...] = ()
    calls: tuple[Made, ...] = (Made(),)
    settings: str = _ON_CARDS
    in_crm: int = 1
    outcome: str = "Connected"
    note: str = ""
    tasks: int = 0
    added: int = 0
    ends: State = State.LOGGED
    dialogs_work: bool = True
    rings: bool = False  # ringing
    is_in_a_hurry: bool = False
    cut: str = ""  # the first such request ("METHOD path") has its effect, and no answer
    away: timedelta = timedelta(0)  # how long nothing restarts the process that died

    def begin(self, run: CrashingRun) -> None:
        """Play the calls to their end, on a phone that shows dialogs or does not."""
        run.settings(self.settings)
        run.portal.clear_faults()
        if self.cut:
            run.portal.fault("cut_after", self.cut, times=1)
        if not self.dialogs_work:
            run.app.report(Source.DIALOGS, CommandHung("The last dialogs were not answered."), run.now)
            run.app.ledger.key_values.write_time(DIALOG_TRIED, run.now)
        for call in self.calls:
            if self.rings:
                run.rings(call)
            else:
                run.ends(call)

    def person(self) -> Person:
        """Return the person, who has done nothing yet."""
        return Person(self.taps, self.answers, is_in_a_hurry=self.is_in_a_hurry)

    def faults(self, run: CrashingRun) -> list[str]:
        """Return what of a run in which nothing is left to do is not as it must be."""
        ledger, held, tasks = run.app.ledger, run.portal.held_calls(), run.portal.held_tasks()
        counts, known = ledger.history.count_by_state(), len(run.phone.state.read()["calls"])
        checks = {
            f"{len(held)} calls in the CRM instead of {self.in_crm}": len(held) != self.in_crm,
            f"logged twice: {held}": len({call.external_id for call in held}) != len(held),
            f"not as answered: {held}": any((call.disposition, call.note) != (self.outcome, self.note) for call in held),
            f"with others, or about something else: {held}": len(held) == self.in_crm and _subjects(held) != self._subjects(),
            f"{len(tasks)} tasks instead of {self.tasks}": len(tasks) != self.tasks,
            f"a task of something else: {tasks}": any(
                (task.contacts, task.deals) not in self._subjects() or task.note != self.note for task in tasks
            ),
            f"{_added(run)} contacts added instead of {self.added}": _added(run) != self.added,
            f"states {counts}": counts != {self.ends: len(self.calls)},
            f"the ledger counts {sum(counts.values())} calls, the log {known}": not sum(counts.values())
            == ledger.history.count()
            == known,
            f"the outbox is not empty: {ledger.outbox.all()}": bool(ledger.outbox.all()),
            f"unsure: {ledger.outbox.all(settled=True)}": any(
                row.state is DeliveryState.UNSURE for row in ledger.outbox.all(settled=True)
            ),
            f"still on the screen: {run.titles()}": bool(run.titles()),
            "an event is left": any(run.where.inbox.iterdir()),
        }
        return [fault for fault, is_wrong in checks.items() if is_wrong]

    def _subjects(self) -> Counter[_Subject]:
        """Return with whom, and about which deals, the calls are that must be in the CRM."""
        return Counter(_SUBJECTS[call.number] for call in self.calls[: self.in_crm])


def _subjects(held: tuple[HeldCall, ...]) -> Counter[_Subject]:
    return Counter((call.contacts, call.deals) for call in held)


def _added(run: CrashingRun) -> int:
    contacts = run.portal.records.by_kind["contacts"].values()
    return sum(contact.properties.get("lastname") == "Martin" for contact in contacts)


def _prompt_tap(button: str, *, opens_dialog: bool = False) -> PlannedTap:
    return PlannedTap(card="Log call with", button=button, opens_dialog=opens_dialog)


_BOTH = (Made(), Made(number=BEN))

SCENARIOS = (
    Scenario(name="one tap", taps=(_prompt_tap("Connected"),)),
    Scenario(
        name="a dialog that opens by itself",
        taps=(_prompt_tap("Log…", opens_dialog=True),),
        answers=(*_ANSWERS, ("Follow up", "Tomorrow")),
        settings='region = "IE"\n',
        outcome="Busy",
        note="wants an <b>offer</b>",
        tasks=1,
    ),
    Scenario(
        name="a dialog by a tap on the card",
        taps=(_prompt_tap("body", opens_dialog=True),),
        answers=(*_ANSWERS, ("Follow up", "Tomorrow")),
        outcome="Busy",
        note="wants an <b>offer</b>",
        tasks=1,
    ),
    Scenario(
        name="the same, and nothing starts callerid again for an hour",
        taps=(_prompt_tap("body", opens_dialog=True),),
        answers=(*_ANSWERS, ("Follow up", "Tomorrow")),
        outcome="Busy",
        note="wants an <b>offer</b>",
        tasks=1,
        away=timedelta(hours=1),
    ),
    Scenario(
        name="a tap on the card while its dialog opens by itself",
        taps=(_prompt_tap("body", opens_dialog=True),),
        answers=(*_ANSWERS, ("Follow up", "Tomorrow")),
        settings='region = "IE"\n',
        outcome="Busy",
        note="wants an <b>offer</b>",
        tasks=1,
        is_in_a_hurry=True,
    ),
    Scenario(name="swiped away", taps=(_prompt_tap("swipe"),), in_crm=0, ends=State.DISMISSED),
    Scenario(
        name="not now, then all at once",
        taps=(
            PlannedTap(card="Log call with", button="Not now", before=17),
            PlannedTap(card="2 calls not logged", button="Log all"),
            _prompt_tap("Connected"),
            PlannedTap(card="1 call not logged", button="Log all"),
        ),
        calls=_BOTH,
        in_crm=2,
    ),
    Scenario(
        name="not now, then one by one",
        taps=(
            PlannedTap(card="Log call with", button="Not now", before=17),
            PlannedTap(card="2 calls not logged", button="body", opens_dialog=True),
            PlannedTap(card="1 call not logged", button="One by one", opens_dialog=True),
            _prompt_tap("Log…", opens_dialog=True),
        ),
        answers=_ANSWERS,
        calls=_BOTH,
        settings=f'{_ON_CARDS}note = "off"\nfollow_up = false\n',
        in_crm=2,
        outcome="Busy",
    ),
    Scenario(
        name="in an hour",
        taps=(
            PlannedTap(card="Not logged yet", button="1 hour"),
            PlannedTap(card="Log call with", button="Not now", before=13),
            _prompt_tap("Connected"),
        ),
    ),
    Scenario(
        name="corrected",
        taps=(_prompt_tap("Connected"), PlannedTap(card="Logged", button="Change…", opens_dialog=True, until_answered=True)),
        answers=(*_ANSWERS, ("Follow up", "Tomorrow")),
        outcome="Busy",
        note="wants an <b>offer</b>",
        tasks=1,
    ),
    Scenario(
        name="withdrawn",
        taps=(_prompt_tap("Connected"), PlannedTap(card="Logged", button="Undo")),
        in_crm=0,
        ends=State.DISMISSED,
    ),
    Scenario(
        name="withdrawn, which has no answer, and logged again",
        taps=(
            _prompt_tap("Connected"),
            PlannedTap(card="Logged", button="Undo", until_answered=True),
            PlannedTap(card="To be withdrawn", button="Log…", opens_dialog=True, until_answered=True),
            PlannedTap(card="Undone", button="Log…", opens_dialog=True, until_answered=True),
        ),
        answers=(*_ANSWERS, ("Follow up", "Tomorrow")),
        cut="DELETE ",
        outcome="Busy",
        note="wants an <b>offer</b>",
        tasks=1,
    ),
    Scenario(
        name="withdrawn on its way",
        taps=(_prompt_tap("Connected"), PlannedTap(card="On its way", button="Undo"), PlannedTap(card="Logged", button="Undo")),
        in_crm=0,
        ends=State.DISMISSED,
    ),
    Scenario(
        name="an unknown caller is added",
        taps=(PlannedTap(card="Add ", button="Add…", opens_dialog=True), _prompt_tap("Log…", opens_dialog=True)),
        answers=(
            ("first name", "Zoé"),
            ("last name", "Martin"),
            ("company", "Atelier Sud"),
            ("e-mail", "zoe@example.org"),
            *_ANSWERS,
            ("Follow up", "In 3 days"),
        ),
        calls=(Made(number=STRANGER),),
        settings=f'{_ON_CARDS}unknown = "offer"\n',
        outcome="Busy",
        note="wants an <b>offer</b>",
        tasks=1,
        added=1,
    ),
    Scenario(
        name="a missed call",
        taps=(PlannedTap(card="Missed", button="Log", opens_dialog=True),),
        answers=(*_ANSWERS, ("Follow up", "No follow-up")),
        calls=(Made(kind=CallType.MISSED, talked=0),),
        outcome="Busy",
        note="wants an <b>offer</b>",
    ),
    Scenario(
        name="a note typed into the card",
        taps=(PlannedTap(card="Log call with", button="Note", types="wants an <b>offer</b>"),),
        settings=f"{_ON_CARDS}reply = true\n",
        note="wants an <b>offer</b>",
    ),
    Scenario(
        name="asked on the card, because no dialogs show",
        taps=(_prompt_tap("Log…", opens_dialog=True), PlannedTap(card="Call with", button="Connected")),
        settings='region = "IE"\n',
        dialogs_work=False,
    ),
    Scenario(name="rang first", taps=(_prompt_tap("Connected"),), rings=True),
    Scenario(name="logged by itself", taps=(), settings=f'{_ON_CARDS}auto_log = "30s"\n'),
)
