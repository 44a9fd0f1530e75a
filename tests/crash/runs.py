"""Runs of a process that dies at a seam and is started again, with a person who goes on as if nothing had happened."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.core.inbox_events import HEADER
from callerid.errors import PhoneFault
from callerid.phone.inbox import Inbox
from callerid.simulator.phone.notifications import take_away
from callerid.simulator.portal import SimulatedPortal
from callerid.simulator.portal.limits import Limits
from callerid.turns.followup.dialogs import AskResult, ask
from callerid.turns.followup.late_matches import offer_late_matches
from callerid.turns.inbox.receive import receive
from callerid.turns.upkeep.reconcile import reconcile
from tests.crash.person import Person
from tests.crash.seams import Crash, SeamedRunner, Seams, seamed_databases, seamed_requests
from tests.turns.world import Beginning, World

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from callerid.simulator.phone.handset import ShownDialog, ShownNotification
    from callerid.turns.context import AppContext
    from tests.crash.person import DeliveredTouch
    from tests.crash.scenarios import Made, Scenario

_MOST_ROUNDS = 200
_AGAIN = timedelta(seconds=1)


@dataclass
class CrashingRun(World):
    """A world whose process crashes at a seam, once, and is started again."""

    seams: Seams = field(default_factory=Seams)
    person: Person = field(default_factory=lambda: Person(()))
    away: timedelta = timedelta(0)  # how long nothing restarts the process

    def __post_init__(self) -> None:
        super().__post_init__()
        self._has_reconciled, self._seen_in_log, self._events = False, -1, 0
        self._rings: list[Made] = []
        seamed_requests(self.hub, self.seams)

    def open(self) -> AppContext:
        """Open an application context as after a restart, on a phone that dies with it."""
        runner = SeamedRunner(
            self.phone, self.seams, person=self._answer_dialog, time_passes=lambda seconds: self.later(seconds=seconds)
        )
        return replace(super().open(), runner=runner)

    def close(self) -> None:
        """End it, and with it what it has left on the screen."""
        self.app.termux.runner.stop()
        super().close()

    def clock_in_seconds(self) -> float:
        """What the portal's clock says."""
        return self.now.timestamp()

    def _answer_dialog(self, dialog: ShownDialog) -> None:
        """Have a dialog answered. The daemon deals with taps meanwhile."""
        if self.person.is_in_a_hurry and self._acts_on_cards():
            self._take_taps()
        self.person.answer(self.phone, dialog)

    # ---------------------------------------------------------------------------------------- turns

    def play(self) -> None:
        """Let the turns and the person do all there is to do. Raise AssertionError if it never ends."""
        for _ in range(_MOST_ROUNDS):
            try:
                next_at = self._round()
            except Crash:
                self.seams.has_crashed = False
                self.restart()
                self.now += self.away
                self._has_reconciled = False
                continue
            if self._acts():
                continue
            if next_at is None:
                return
            self.now = max(self.now + _AGAIN, next_at)
        raise AssertionError(f"it is never quiet: {self.titles()}, {self.app.ledger.outbox.all()}")

    def _round(self) -> datetime | None:
        """Take the daemon's turns once, and return when there is more to do; None for never."""
        self._look()
        self._take_taps()
        attended = self.attend()
        again = self._is_asked_now()
        delivered = self.deliver()
        if delivered.added:
            offer_late_matches(self.app, self.now)
        if again or delivered.settled or delivered.added or attended.deliver:
            return self.now
        return min((at for at in (attended.next_at, delivered.next_at) if at), default=None)

    def _is_asked_now(self) -> bool:
        """Ask all that is due as dialogs; return whether there was anything."""
        for round_ in range(_MOST_ROUNDS):
            if ask(self.app, self.clock) is AskResult.NOTHING_TO_ASK:
                return round_ > 0
        raise AssertionError(f"it never stops asking: {self.titles()}")

    def _look(self) -> None:
        """Look at the call log when something is in it that was not, and at the start."""
        rows = len(self.phone.state.read()["calls"])
        if not self._has_reconciled:
            reconcile(self.app, self.now)
        elif rows != self._seen_in_log:
            self.watch()
        self._has_reconciled, self._seen_in_log = True, rows

    def _take_taps(self) -> None:
        """Deal with what has arrived. An event's file goes when the event has been dealt with."""
        inbox = Inbox(self.where.inbox)
        for arrived in inbox.read():
            with contextlib.suppress(PhoneFault):
                receive(self.app, arrived.event, self.now)
            with self.seams.around("the end of an event's file"):
                inbox.remove(arrived)

    # ---------------------------------------------------------------------------------------- the person

    def _acts(self) -> bool:
        """Let the person do what is planned now, and return whether they did anything."""
        if self._rings:
            self.ends(self._rings.pop())
            self._event("idle")
            return True
        if self.phone.open_dialog():  # one of a process that is dead
            self.phone.answer_dialog()
            return True
        return self._acts_on_cards()

    def _acts_on_cards(self) -> bool:
        touched = self.person.next_tap(self.phone, self.now)
        if touched:
            self._hand_in(*touched)
        return bool(touched)

    def _hand_in(self, shown: ShownNotification, touch: DeliveredTouch) -> None:
        """Do what Android does. What callerid-event would write is written here: a shell for each would take most of the time."""
        if touch.takes_card_away:
            take_away(self.phone.state, shown.id)
        self._event(touch.verb, touch.token, touch.value)

    def rings(self, made: Made) -> None:
        """Let a call ring, which ends when there is nothing else to do."""
        self._rings.append(made)
        self._event("ring", made.number)

    def ends(self, made: Made) -> None:
        """Let a call be over."""
        self.phone.add_call(made.number, made.kind, self.now, made.talked)
        self.later(seconds=made.talked + 1)

    def _event(self, *lines: str) -> None:
        self._events += 1
        file = self.where.inbox / f"{lines[0]}-{self._events}.event"
        file.write_text("\n".join((HEADER, *lines, "")))
        os.utime(file, (self.now.timestamp(), self.now.timestamp()))


# ------------------------------------------------------------------------------------------------ from the same beginning


class Runs:
    """Runs of scenarios from the same beginning, one after the other."""

    def __init__(self, folder: Path, portal: SimulatedPortal, keep: Path | None = None) -> None:
        self._folder, self._portal, self._keep = folder / "run", portal, keep
        self._beginning = Beginning(folder / "beginning", SimulatedPortal(token=portal.token))

    def play(self, scenario: Scenario, crashes_at: int | None) -> tuple[Seams, list[str]]:
        """Play a scenario, crashing at a seam (None: not at all), and return the seams that were reached and what is wrong after it."""
        shutil.rmtree(self._folder, ignore_errors=True)
        state = self._beginning.lay_out(self._folder, self._portal)
        seams = Seams(crashes_at)
        with seamed_databases(seams):
            now = self._beginning.now
            run = CrashingRun(self._folder, self._portal, now, state, seams=seams, person=scenario.person(), away=scenario.away)
            self._portal.records.clock = run.clock_in_seconds
            self._portal.limits = Limits(self._portal.records.clock)
            scenario.begin(run)
            seams.has_begun = True
            faults = _played(scenario, run)
            if faults and self._keep:
                self._keep_run(run, f"{scenario.name}, {'nowhere' if crashes_at is None else crashes_at}", faults)
            return seams, faults

    def _keep_run(self, run: CrashingRun, name: str, faults: list[str]) -> None:
        """Keep the home of a run that went wrong, and its journal: the seams it reached, and everything that happened on the phone."""
        assert self._keep
        kept = self._keep / f"seams-{name.replace(' ', '-')}"
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(self._folder, kept)
        happened = [json.dumps(entry, ensure_ascii=False) for entry in run.phone.journal()]
        held = [str(held) for held in (*run.portal.held_calls(), *run.portal.held_tasks())]
        parts = {"wrong": faults, "seams": run.seams.passed, "phone": happened, "in the CRM": held}
        text = "".join(f"{part}:\n{''.join(f'  {line}{chr(10)}' for line in lines)}" for part, lines in parts.items())
        (kept / "journal.txt").write_text(text, encoding="utf-8")


def _played(scenario: Scenario, run: CrashingRun) -> list[str]:
    """Play a scenario to its end, and return what is wrong after it."""
    try:
        run.play()
        return scenario.faults(run)
    except AssertionError as fault:
        return [str(fault)]
    finally:
        run.close()
