"""Days of calls on a phone where everything goes wrong now and then, with a person who answers what is asked. Time is stepped."""

from __future__ import annotations

import contextlib
import gc
import os
import random
import threading
import time
from collections import Counter, deque
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from callerid.core.followup.state import AWAITING_ANSWER, State
from callerid.core.inbox_events import HEADER
from callerid.daemon.single_instance import only_instance
from callerid.errors import AlreadyRunning, CalleridError, ConfigFault, PhoneFault, StoreFault
from callerid.models import CallType
from callerid.phone.inbox import Inbox
from callerid.phone.termux import Termux
from callerid.simulator.phone.notifications import take_away
from callerid.turns.delivery.outbox_round import deliver
from callerid.turns.followup.attend import attend
from callerid.turns.followup.dialogs import AskResult, ask
from callerid.turns.followup.late_matches import offer_late_matches
from callerid.turns.inbox.receive import receive
from callerid.turns.upkeep.after_reboot import show_again_if_lost
from callerid.turns.upkeep.reconcile import reconcile
from tests.crash.person import delivered_touch
from tests.crash.seams import Crash, seamed_requests
from tests.soak.hostile import COMMANDS, CRM, DISK, PHONE, TERMUX, FaultyPortal, FaultyRunner, NextSeam, let_refuse
from tests.turns.delivery.test_hostile_crm import numbers_without_choice
from tests.turns.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from callerid.core.followup.state import FollowUp
    from callerid.simulator.phone.handset import ShownDialog, ShownNotification
    from callerid.turns.context import AppContext

SETTINGS = 'region = "IE"\n[log]\nvia = "notification"\nreply = true\n'
EDITED = ('[privacy]\nlock_screen = "initials"\n', '[ring]\nsenses = ["telephony"]\n', '[sync]\nevery = "2h"\n', "")
STRANGER = "+33145678900"
ZONES = ("Europe/Berlin", "Asia/Tokyo", "America/New_York", "Asia/Kolkata")
_ANSWERS = {"outcome?": "Busy", "Note about": "by dialog", "Follow up": "Tomorrow"}
_LAST_DIALOG = "Follow up?"
_PLANS = {"connected": 40, "note": 20, "dialog": 12, "swipe": 8, "undo": 6, "none": 14}
_TIMES = {"dialog": 6}  # that a card is touched; all other touches are made once, which has to be enough
_BUTTONS = {"connected": "Connected", "note": "Note", "undo": "Connected", "dialog": "body", "swipe": "swipe", "none": "swipe"}
_HOUR = timedelta(hours=1)
_MOST_ROUNDS = 400
_MET = 6  # the newest calls, which meet a fault that is applied now
_KEPT_IN_LOG = 400  # rows of the phone's log; Android keeps some hundred too


@dataclass(slots=True)
class Lived:
    """A call as it really was, what the person means to do about it, and what they did."""

    number: str
    kind: CallType
    start: datetime  # by the phone's clock
    talked: int
    plan: str
    note: str
    faults: set[str] = field(default_factory=set)
    touches: Counter[str] = field(default_factory=Counter)
    asked_on_card: bool = False
    follows_up: bool = False  # the person chose when, in a dialog
    undone: bool = False

    @property
    def key(self) -> tuple[datetime, str]:
        """What the ledger knows it by."""
        return self.start, self.number


class Deck:
    """All kinds in random order, again and again: each comes up before any comes up again."""

    def __init__(self, kinds: Sequence[str], chance: random.Random) -> None:
        self._kinds, self._chance = list(kinds), chance
        self._left: list[str] = []

    def draw(self) -> str:
        """Return the next kind."""
        if not self._left:
            self._left = self._chance.sample(self._kinds, len(self._kinds))
        return self._left.pop()


@dataclass
class Life(World):
    """A world that lives through days. `applied` counts the faults that were seen to happen."""

    seed: int = 1
    seams: NextSeam = field(default_factory=NextSeam)
    kinds: tuple[str, ...] = ()
    applied: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.deck = Deck(self.kinds or ALL_KINDS, self.chance)
        self.offset = timedelta(0)  # of the phone's clock
        self.open_calls: list[Lived] = []
        self.recent: deque[Lived] = deque(maxlen=_MET)
        self._events = self._number = 0
        self._has_reconciled, self._rows_seen = False, -1
        self._booted_at = self.now
        self._next_sync = self.now
        self._scopes_until: datetime | None = None
        self._clock_until: datetime | None = None
        self._refuses, self._was_refused, self._refuses_until = "", False, self.now
        self._in_dialog: Lived | None = None
        self._starts: set[datetime] = set()
        super().__post_init__()
        self.settings(SETTINGS)
        seamed_requests(self.hub, self.seams)
        self.numbers = numbers_without_choice(self)
        assert isinstance(self.portal, FaultyPortal)
        self.faulty_portal = self.portal

    # ---------------------------------------------------------------------------------------- process and clock

    def open(self) -> AppContext:
        """Open an application context as after a restart, on a phone that dies with it."""
        runner = FaultyRunner(self.phone, self.seams, person=self._answer, time_passes=lambda seconds: self.later(seconds=seconds))
        runner.applied = self.count
        app = replace(super().open(), termux=Termux(runner))
        let_refuse(app.ledger.connection, self._refuses)
        return app

    def wait(self, seconds: float) -> None:
        """Let a request wait."""
        self.waited[:] = [sum(self.waited) + seconds]

    def true_time(self) -> float:
        """What the portal's clock says."""
        return (self.now - self.offset).timestamp()

    def count(self, kind: str) -> None:
        """Note that a fault has happened, and which calls it met."""
        self.applied[kind] += 1
        for lived in self.recent:
            lived.faults.add(kind)

    def start(self, *, rebooted: bool = False) -> None:
        """Start the process again, as the daemon does it."""
        refuses, self._refuses = self._refuses, ""  # what the start itself stores is not the matter here
        self.seams.start()
        self.restart()
        if rebooted:
            self._booted_at = self.now
            self.phone.change(notifications=[], dialog=None)
        show_again_if_lost(self.app.ledger, self._booted_at, ended_cleanly=False)
        self.app.mirror.reindex_when_free(self.app.region)
        Inbox(self.where.inbox).recover_interrupted()
        self._has_reconciled, self._rows_seen = False, -1
        self._refuse(refuses)

    # ---------------------------------------------------------------------------------------- turns

    def round(self) -> datetime | None:
        """Take the daemon's turns once, and return when there is more to do; None for never."""
        self._end_states()
        try:
            next_at = self._turns()
        except Crash:
            self.count("phone: kill -9")
            self.start()
            next_at = self.now
        self.faulty_portal.finish_slow_requests()
        self._count_scopes()
        return next_at

    def _turns(self) -> datetime | None:
        times: list[datetime | None] = []
        for turn in (self._look, self._take_events, self._attend_turn, self._ask_turn, self._deliver_turn, self._sync_turn):
            try:
                times.append(turn())
            except CalleridError as fault:
                self._count_refused(fault)
                times.append(self.now + timedelta(seconds=30))
        return min((at for at in times if at), default=None)

    def _look(self) -> datetime | None:
        rows = len(self.phone.state.read()["calls"]) + self._number * 1000
        if not self._has_reconciled:
            reconcile(self.app, self.now)
        elif rows != self._rows_seen:
            self.watch()
        self._has_reconciled, self._rows_seen = True, rows
        return None

    def _take_events(self) -> datetime | None:
        inbox = Inbox(self.where.inbox)
        for arrived in inbox.read(self.now):
            try:
                receive(self.app, arrived.event, self.now)
            except StoreFault as fault:
                self._count_refused(fault)
                return self.now + timedelta(seconds=10)  # its file stays
            except PhoneFault:
                pass
            with self.seams.around("the end of an event's file"):
                inbox.remove(arrived)
        return None

    def _attend_turn(self) -> datetime | None:
        return attend(self.app, self.now).next_at

    def _ask_turn(self) -> datetime | None:
        for _ in range(20):
            if ask(self.app, self.clock) in (AskResult.NOTHING_TO_ASK, AskResult.BUSY):
                return None
        return self.now

    def _deliver_turn(self) -> datetime | None:
        result = deliver(self.app, lambda: self.hub, self.clock)
        if result.added:
            offer_late_matches(self.app, self.now)
        return self.now if result.settled else result.next_at

    def _sync_turn(self) -> datetime | None:
        if self.now < self._next_sync <= self.now + _HOUR:
            return None
        self._next_sync = self.now + timedelta(minutes=5)
        self.sync()
        self._next_sync = self.now + _HOUR
        offer_late_matches(self.app, self.now)
        return self.now

    def _answer(self, dialog: ShownDialog) -> None:
        answer = next((answer for part, answer in _ANSWERS.items() if part in dialog.title), None)
        if answer is None:
            self.phone.answer_dialog()
        elif dialog.labels:
            self.phone.answer_dialog(label=next(label for label in dialog.labels if label.startswith(answer)))
        else:
            self.phone.answer_dialog(text=answer)
        if self._in_dialog and dialog.title == _LAST_DIALOG:
            self._in_dialog.follows_up = True

    # ---------------------------------------------------------------------------------------- the person

    def act(self) -> bool:
        """Let the person touch one card that they mean to touch, and return whether they did."""
        if self.phone.open_dialog():  # of a process that is dead
            self.phone.answer_dialog()
            return True
        cards = {shown.id: shown for shown in self.phone.notifications()}
        if not cards or not self.open_calls:
            return False
        followups = self._followups(*AWAITING_ANSWER, State.LOGGED)
        for lived in self.open_calls:
            followup = followups.get(lived.key)
            if followup and followup.notification_id in cards and self._touch(lived, followup, cards[followup.notification_id]):
                return True
        return False

    def _followups(self, *states: State) -> dict[tuple[datetime, str], FollowUp]:
        return {(found.call.start, found.call.number): found for found in self.app.ledger.calls.in_state(*states)}

    def _touch(self, lived: Lived, followup: FollowUp, card: ShownNotification) -> bool:
        button = _BUTTONS[lived.plan]
        if followup.state is State.LOGGED:
            if lived.plan != "undo" or not card.title.startswith("Logged"):
                return False
            button = "Undo"
        elif card.title.startswith("Call with") and lived.plan == "dialog":
            button, lived.asked_on_card = "Connected", True
        elif lived.plan == "none" and lived.kind is not CallType.MISSED:
            return False
        if lived.touches[button] >= _TIMES.get(lived.plan, 1):
            return False
        try:
            touch = delivered_touch(self.phone, card, button, lived.note)
        except (KeyError, StopIteration):
            return False  # this card has no such button
        lived.touches[button] += 1
        self._in_dialog = lived if button == "body" else self._in_dialog
        lived.undone = lived.undone or button == "Undo"
        if touch.takes_card_away:
            take_away(self.phone.state, followup.notification_id)
        self.event(touch.verb, touch.token, touch.value)
        return True

    def event(self, *lines: str) -> None:
        """Write what callerid-event writes."""
        self._events += 1
        file = self.where.inbox / f"{lines[0]}-{self._events}.event"
        file.write_text("\n".join((HEADER, *lines, "")))
        os.utime(file, (self.now.timestamp(), self.now.timestamp()))

    # ---------------------------------------------------------------------------------------- calls

    def call(self) -> Lived:
        """Let a call happen."""
        self._number += 1
        plan = self.chance.choices(list(_PLANS), list(_PLANS.values()))[0]
        number = self.chance.choice(self.numbers)
        kind = self.chance.choice((CallType.INCOMING, CallType.INCOMING, CallType.OUTGOING))
        talked = self.chance.randrange(5, 400)
        if plan == "none":
            kind, talked = self.chance.choice(((CallType.MISSED, 0), (CallType.INCOMING, talked)))
            number = self.chance.choice((number, STRANGER))
        if kind is CallType.INCOMING and self.chance.random() < 0.6:
            self.event("ring", number)
            self.round()
        start = self._next_start()
        lived = Lived(number, kind, start, talked, plan, f"note {self._number}" if plan == "note" else "")
        self.later(seconds=talked + 2)
        self.phone.add_call(number, kind, start, talked)
        with self.phone.state.changing() as state:
            state["calls"] = state["calls"][-_KEPT_IN_LOG:]
        self.event("idle")
        self.open_calls.append(lived)
        self.recent.append(lived)
        return lived

    def _next_start(self) -> datetime:
        """Return the second in which a call begins; a clock that was set back gives none twice, so that each call can be told apart."""
        while self.now.replace(microsecond=0) in self._starts:
            self.later(seconds=1)
        start = self.now.replace(microsecond=0)
        self._starts.add(start)
        return start

    def live(self, span: timedelta) -> None:
        """Let time pass, with turns whenever one is due, and let the person answer what is asked."""
        end = self.now + span
        for _ in range(_MOST_ROUNDS):
            next_at = self.round()
            if self.act():
                self.later(seconds=2)
            elif next_at is None or next_at >= end:
                break
            else:
                self.now = max(self.now + timedelta(seconds=1), next_at)
        self.now = max(self.now, end) if self.offset == timedelta(0) else self.now + timedelta(minutes=1)

    # ---------------------------------------------------------------------------------------- what goes wrong

    def go_wrong(self) -> None:
        """Bring about the next kind of fault."""
        where, _, kind = self.deck.draw().partition(": ")
        if where == "termux":
            more = {"seconds": 0.01} if kind == "slow" else {}
            commands = COMMANDS if self.applied[f"termux: {kind}"] else COMMANDS[:2]  # that are run after each call
            self.phone.fault(self.chance.choice(commands), kind, times=self.chance.randint(1, 2), **more)
        elif kind == "scopes lost":
            self.portal.scopes.discard("crm.objects.contacts.write")
            self._scopes_until = self.now + _HOUR
        elif where == "CRM":
            self.faulty_portal.planned.extend([kind] * (1 if kind == "slow" else self.chance.randint(1, 3)))
        else:
            _ON_PHONE[kind](self)

    def _end_states(self) -> None:
        if self._scopes_until and not self.now <= self._scopes_until <= self.now + 2 * _HOUR:
            self._give_scopes()
        if self._was_refused and not self.now <= self._refuses_until <= self.now + 2 * _HOUR:
            self._refuse("")

    def _give_scopes(self) -> None:
        self.portal.scopes.add("crm.objects.contacts.write")
        self._scopes_until = None

    def _refuse(self, kind: str) -> None:
        self._refuses, self._was_refused = kind, False
        let_refuse(self.app.ledger.connection, kind)

    def _count_refused(self, fault: CalleridError) -> None:
        if self._refuses and isinstance(fault, StoreFault):
            self._was_refused = True
            self.count(f"phone: {self._refuses}")

    def _count_scopes(self) -> None:
        if any(status == 403 for _, _, status in self.portal.requests_seen) and self._scopes_until:
            self.count("CRM: scopes lost")
        self.portal.requests_seen.clear()
        for log in self.state._logs.values():
            log.clear()

    def kill(self) -> None:
        """Have the process die at one of the next seams."""
        self.seams.left = self.chance.randrange(12)

    def reboot(self) -> None:
        """Switch the phone off and on."""
        self.count("phone: reboot")
        self.start(rebooted=True)

    def change_clock(self) -> None:
        """Set the clock wrong by some hours, or right again."""
        self.count("phone: clock")
        shift = timedelta(0) if self.offset else timedelta(minutes=self.chance.choice((-150, -61, 47, 200)), seconds=17)
        self.now += shift - self.offset
        self.offset = shift

    def change_zone(self) -> None:
        """Land somewhere else."""
        self.count("phone: zone")
        self.phone.change(zone=self.chance.choice(ZONES))

    def delete_mirror(self) -> None:
        """Delete the mirror while nothing runs, and start."""
        self.count("phone: mirror deleted")
        self.app.close()
        for file in self.where.mirror.parent.glob(f"{self.where.mirror.name}*"):
            file.unlink()
        self.start()
        self._next_sync = self.now

    def edit_config(self) -> None:
        """Edit the settings; one time of three by mistake."""
        self.count("phone: config edited")
        if self.chance.random() < 1 / 3:
            with contextlib.suppress(ConfigFault):
                self.settings("regoin = IE\n")
                raise AssertionError("settings with a mistake were taken")
        else:
            base, log = SETTINGS.split("[log]")
            self.settings(f"{base}{self.chance.choice(EDITED)}[log]{log}")

    def start_second_daemon(self) -> None:
        """Try to start a second daemon, and let another process take each turn once, as a command does."""
        with only_instance(self.where), contextlib.suppress(AlreadyRunning), only_instance(self.where):
            raise AssertionError("two daemons run")
        self.count("phone: second daemon")
        mine, self.app = self.app, self.open()
        try:
            self._turns()
        finally:
            self.app.close()
            self.app = mine

    def refuse_writes(self, kind: str) -> None:
        """Let the disk be full, or read-only, for a while, and until it has refused something: a file that is full has room in its
        pages still."""
        self._refuse(kind)
        self._refuses_until = self.now + timedelta(minutes=20)

    # ---------------------------------------------------------------------------------------- the end of a day

    def calm_down(self) -> None:
        """Let nothing go wrong any more, and everything be done that is left to do."""
        self.phone.clear_faults()
        self.faulty_portal.planned.clear()
        self._give_scopes()
        self._refuse("")
        self.seams.left = None
        self.now, self.offset = self.now - self.offset, timedelta(0)
        self.start(rebooted=True)  # what was on the screen is shown again
        for _ in range(_MOST_ROUNDS):
            next_at = self.round()
            if self.act():
                self.later(seconds=2)
            elif self._is_quiet():
                return
            else:
                self.now = max(self.now + timedelta(seconds=30), min(next_at or self.now, self.now + _HOUR))

    def hang_up(self) -> None:
        """Close idle connections: the portal has a thread for each, and is in this process too."""
        self.hub._sender._session.close()
        gc.collect()  # which ends connections that are in a cycle
        for _ in range(_MOST_ROUNDS):
            if not any("process_request" in thread.name for thread in threading.enumerate()):
                return
            time.sleep(0.01)

    def _is_quiet(self) -> bool:
        return not self.app.ledger.outbox.all() and not any(self.where.inbox.iterdir())


_ON_PHONE: dict[str, Callable[[Life], None]] = {
    "kill -9": Life.kill,
    "reboot": Life.reboot,
    "clock": Life.change_clock,
    "zone": Life.change_zone,
    **{kind: partial(Life.refuse_writes, kind=kind) for kind in DISK},
    "mirror deleted": Life.delete_mirror,
    "config edited": Life.edit_config,
    "second daemon": Life.start_second_daemon,
}
ALL_KINDS = (
    *(f"termux: {kind}" for kind in TERMUX),
    *(f"CRM: {kind}" for kind in CRM),
    *(f"phone: {kind}" for kind in PHONE),
)
