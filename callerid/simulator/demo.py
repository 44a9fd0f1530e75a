"""The main job, end to end, on a simulated phone and a simulated portal. Every step is checked; the first that fails ends it."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from callerid.simulator.desk import Desk
from callerid.simulator.narration import narrate, table, task_table
from callerid.simulator.portal import SimulatedPortal

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.simulator.phone.handset import ShownNotification

PEOPLE, COMPANIES, DEALS = 500, 60, 120
ANA = "+353 87 123 4567"
STRANGER = "+33 1 45 67 89 00"
_PATIENCE = 15.0


class DemoFailed(Exception):
    """A step did not happen."""


class Demo:
    """The steps, in their order."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._phone, self._portal = desk, desk.phone, desk.portal
        self._narrated = 0

    def play(self) -> None:
        """Play every step. Raise DemoFailed at the first that does not happen."""
        self._sync()
        with self._desk.daemon():
            self._expect("the daemon reads the call log", lambda: self._desk.json("status")["last_poll"])
            self._known_caller()
            self._missed_call()
            self._unknown_caller()
            self._offline()
            self._status()
        self._end()

    # ---------------------------------------------------------------------------------------- steps

    def _sync(self) -> None:
        self._head(f"1. A sync of {PEOPLE} people")
        done = self._desk.start("sync")
        self._say(f"$ callerid sync\n{done.stdout}{done.stderr}".rstrip())
        self._check("the sync brings everybody", done.returncode == 0 and done.stdout.startswith(f"{PEOPLE} contacts"))

    def _known_caller(self) -> None:
        self._head("2. A known caller rings; the call is logged")
        self._phone.ring(ANA)
        card = self._card("Ana López")
        self._check("the card has company, deal and amount", "Acme" in card.title and "Renewal 2027 · €12,000" in card.content)
        self._phone.answer()
        self._phone.hang_up(talked=192)
        self._dialog("outcome").answer_dialog(label="Connected")
        self._dialog("Note").answer_dialog(text="Wants the offer by Friday.")
        self._dialog("Follow up").answer_dialog(label="In 3 days")
        self._expect("the call is in HubSpot", lambda: len(self._portal.held_calls()) == 1)
        call = self._portal.held_calls()[0]
        self._check(
            "with contact, company and deal",
            call.contacts == ("Ana López",) and call.companies and call.deals == ("Renewal 2027",),
        )
        self._check(
            "with its outcome, length and note",
            (call.disposition, call.duration_ms, call.note[:5]) == ("Connected", 192_000, "Wants"),
        )

    def _missed_call(self) -> None:
        self._head("3. A missed call")
        self._phone.ring(ANA)
        self._card("Ana López")
        self._phone.miss()
        missed = self._card("Missed: Ana López")
        self._check("it offers three things", missed.buttons == ("View contact", "Call back", "Log"))
        self._phone.tap(missed.id, "View contact")
        self._expect(
            "the contact opens in the portal",
            lambda: any("/record/0-1/" in url for url in self._phone.happened("opened")),
        )
        self._phone.tap(missed.id, "Call back")
        self._expect("the phone calls back", lambda: "+353871234567" in self._phone.happened("dialled"))

    def _unknown_caller(self) -> None:
        self._head("4. An unknown caller: a number, and no question afterwards")
        self._phone.ring(STRANGER)
        self._card("+33 1 45 67 89 00")
        self._phone.answer()
        self._phone.hang_up(talked=20)
        self._expect("the call is settled", lambda: self._desk.json("status")["calls"]["not-in-crm"] == 1)
        self._check("no question is asked", self._phone.open_dialog() is None)

    def _offline(self) -> None:
        self._head("5. The network is gone; a call is logged anyway")
        self._portal.go_offline()
        self._say("(the phone goes offline)")
        before = len(self._portal.held_calls())
        self._phone.ring(ANA)
        self._card("Ana López")
        self._phone.answer()
        self._phone.hang_up(talked=65)
        self._card("Log call with Ana López?")
        self._dialog("outcome").answer_dialog(label="Left live message")
        self._dialog("Note").answer_dialog(text="")
        self._dialog("Follow up").answer_dialog(label="No follow-up")
        self._expect("the call waits in the outbox", lambda: self._desk.json("status")["outbox"]["waiting"] == 1)
        self._say(f"$ callerid outbox\n{self._desk.start('outbox').stdout}".rstrip())
        self._check("it is not in HubSpot yet", len(self._portal.held_calls()) == before)
        self._portal.go_online()
        self._say("(the network is back)")
        self._expect("the call arrives", lambda: len(self._portal.held_calls()) == before + 1, seconds=30)

    def _status(self) -> None:
        self._head("What callerid says")
        status = self._desk.start("status").stdout
        self._say(f"$ callerid status\n{status}".rstrip())
        self._check("the daemon hears", "hearing yes" in status)
        self._check("the calls of the log add up", self._desk.json("status")["calls"]["adds_up"])

    def _end(self) -> None:
        self._head("What the CRM now holds")
        calls = self._portal.held_calls()
        self._say(table(calls))
        self._say(f"Tasks:\n{task_table(self._portal.held_tasks())}")
        self._check("each logged call is there once", len(calls) == len({call.external_id for call in calls}) == 2)  # noqa: PLR2004

    # ---------------------------------------------------------------------------------------- what steps are made of

    def _card(self, begins: str) -> ShownNotification:
        card: ShownNotification = self._expect(f"a notification says {begins}", lambda: self._shows(begins))
        return card

    def _shows(self, begins: str) -> ShownNotification | None:
        return next((shown for shown in self._phone.notifications() if shown.title.startswith(begins)), None)

    def _dialog(self, part: str) -> Any:
        def find() -> bool:
            dialog = self._phone.open_dialog()
            return dialog is not None and part in dialog.title

        self._expect(f"a dialog asks for the {part.lower()}", find)
        return self._phone

    def _expect(self, step: str, condition: Callable[[], Any], seconds: float = _PATIENCE) -> Any:
        try:
            result = self._phone.wait(condition, seconds)
        except TimeoutError:
            result = None
        self._check(step, result)
        return result

    def _check(self, step: str, holds: object) -> None:
        self._narrate()
        if not holds:
            raise DemoFailed(step)
        self._say(f"  ✓ {step}")

    def _narrate(self) -> None:
        journal = self._phone.journal()
        for entry in journal[self._narrated :]:
            self._say(narrate(entry))
        self._narrated = len(journal)

    def _head(self, text: str) -> None:
        self._narrate()
        print(f"\n━━ {text} " + "━" * max(0, 62 - len(text)), flush=True)

    def _say(self, text: str) -> None:
        if text:
            print(text, flush=True)


def main() -> int:
    """Play the demo and return the exit status: 0 when every step happened."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="callerid-demo-") as folder, SimulatedPortal() as portal:
        portal.populate(PEOPLE, COMPANIES, DEALS)
        desk = Desk(Path(folder), portal)
        try:
            Demo(desk).play()
        except DemoFailed as failed:
            print(f"\nFAILED: {failed}", file=sys.stderr)
            out = Path(folder) / "daemon.out"
            print(out.read_text(encoding="utf-8") if out.exists() else "(the daemon never ran)", file=sys.stderr)
            return 1
    print(f"\nEvery step happened, in {time.monotonic() - began:.0f} s.")
    return 0
