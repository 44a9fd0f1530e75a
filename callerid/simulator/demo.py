"""The main job, end to end, on a simulated phone and a simulated portal. Every step is checked; the first that fails ends it."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from callerid.catalogue import load
from callerid.messages import Message, message
from callerid.simulator.desk import Desk
from callerid.simulator.narration import narrate, table, task_table
from callerid.simulator.phone.screen import width_of
from callerid.simulator.portal import SimulatedPortal
from callerid.translation import in_language

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    from callerid.simulator.phone.handset import ShownNotification, SimulatedPhone

PEOPLE, COMPANIES, DEALS = 500, 60, 120
ANA = "+353 87 123 4567"
STRANGER = "+33 1 45 67 89 00"
_ANA = "Ana López"
_NOTE = message("Wants the offer by Friday.")
_PATIENCE = 15.0


class DemoFailed(Exception):
    """A step did not happen."""


class Demo:
    """The steps, in their order, told in the language of the desk."""

    def __init__(self, desk: Desk, language: str) -> None:
        self._desk, self._phone, self._portal = desk, desk.phone, desk.portal
        self._language, self._texts = language, load(language)
        self._narrated = 0

    def play(self) -> None:
        """Play every step. Raise DemoFailed at the first that does not happen."""
        self._sync()
        with self._desk.daemon():
            self._expect(message("the daemon reads the call log"), lambda: self._desk.json("status")["last_poll"])
            self._known_caller()
            self._missed_call()
            self._unknown_caller()
            self._offline()
            self._status()
        self._end()

    # ---------------------------------------------------------------------------------------- steps

    def _sync(self) -> None:
        self._head(message("1. A sync of {count} people", count=PEOPLE))
        done = self._command("sync")
        everybody = self._desk.json("status")["mirror"]["contacts"] == PEOPLE
        self._check(message("the sync brings everybody"), done.returncode == 0 and everybody)

    def _known_caller(self) -> None:
        self._head(message("2. A known caller rings; the call is logged"))
        self._phone.ring(ANA)
        card = self._card(_ANA)
        told = "Acme" in card.title and "Renewal 2027" in card.content and "12,000" in card.content
        self._check(message("the card has company, deal and amount"), told)
        self._phone.answer()
        self._phone.hang_up(talked=192)
        self._dialog("outcome", name=_ANA).answer_dialog(label=self._text("outcome.connected"))
        self._dialog("note", name=_ANA).answer_dialog(text=self._said(_NOTE))
        self._dialog("follow_up").answer_dialog(label=self._text("follow_up.3-days"))
        self._expect(message("the call is in HubSpot"), lambda: len(self._portal.held_calls()) == 1)
        call = self._portal.held_calls()[0]
        self._check(
            message("with contact, company and deal"),
            call.contacts == (_ANA,) and call.companies and call.deals == ("Renewal 2027",),
        )
        self._check(
            message("with its outcome, length and note"),
            (call.disposition, call.duration_ms, call.note) == ("Connected", 192_000, self._said(_NOTE)),
        )

    def _missed_call(self) -> None:
        self._head(message("3. A missed call"))
        self._phone.ring(ANA)
        self._card(_ANA)
        self._phone.miss()
        missed = self._card(self._text("missed.one", who=_ANA))
        view, call = self._text("button.view"), self._text("button.call")
        self._check(message("it offers three things"), missed.buttons == (view, call, self._text("button.log")))
        self._phone.tap(missed.id, view)
        self._expect(
            message("the contact opens in the portal"),
            lambda: any("/record/0-1/" in url for url in self._phone.happened("opened")),
        )
        self._phone.tap(missed.id, call)
        self._expect(message("the phone calls back"), lambda: "+353871234567" in self._phone.happened("dialled"))

    def _unknown_caller(self) -> None:
        self._head(message("4. An unknown caller: a number, and no question afterwards"))
        self._phone.ring(STRANGER)
        self._card(STRANGER)
        self._phone.answer()
        self._phone.hang_up(talked=20)
        self._expect(message("the call is settled"), lambda: self._desk.json("status")["calls"]["not-in-crm"] == 1)
        self._check(message("no question is asked"), self._phone.open_dialog() is None)

    def _offline(self) -> None:
        self._head(message("5. The network is gone; a call is logged anyway"))
        self._portal.go_offline()
        self._say(message("(the phone goes offline)"))
        before = len(self._portal.held_calls())
        self._phone.ring(ANA)
        self._card(_ANA)
        self._phone.answer()
        self._phone.hang_up(talked=65)
        self._card(self._text("prompt.title", name=_ANA))
        self._dialog("outcome", name=_ANA).answer_dialog(label=self._text("outcome.left-live-message"))
        self._dialog("note", name=_ANA).answer_dialog(text="")
        self._dialog("follow_up").answer_dialog(label=self._text("follow_up.none"))
        self._expect(message("the call waits in the outbox"), lambda: self._desk.json("status")["outbox"]["waiting"] == 1)
        self._command("outbox")
        self._check(message("it is not in HubSpot yet"), len(self._portal.held_calls()) == before)
        self._portal.go_online()
        self._say(message("(the network is back)"))
        self._expect(message("the call arrives"), lambda: len(self._portal.held_calls()) == before + 1, seconds=30)

    def _status(self) -> None:
        self._head(message("What callerid says"))
        self._command("status")
        status = self._desk.json("status")
        self._check(message("the daemon hears"), status["running"] and status["senses"])
        self._check(message("the calls of the log add up"), status["calls"]["adds_up"])

    def _end(self) -> None:
        self._head(message("What the CRM now holds"))
        calls, tasks = self._portal.held_calls(), self._portal.held_tasks()
        self._say(table(calls, self._language))
        self._say(message("Tasks:\n{tasks}", tasks=task_table(tasks, self._language)))
        once = len(calls) == len({call.external_id for call in calls}) == 2  # noqa: PLR2004
        self._check(message("each logged call is there once"), once)

    # ---------------------------------------------------------------------------------------- what steps are made of

    def _text(self, key: str, **values: object) -> str:
        """Return a text that callerid shows."""
        return self._texts.say(key, **values)

    def _command(self, word: str) -> subprocess.CompletedProcess[str]:
        done = self._desk.start(word)
        self._say(f"$ callerid {word}\n{done.stdout}{done.stderr}".rstrip())
        return done

    def _card(self, begins: str) -> ShownNotification:
        step = message("a notification says {text}", text=begins)
        card: ShownNotification = self._expect(step, lambda: self._shows(begins))
        return card

    def _shows(self, begins: str) -> ShownNotification | None:
        return next((shown for shown in self._phone.notifications() if shown.title.startswith(begins)), None)

    def _dialog(self, question: str, **values: object) -> SimulatedPhone:
        title = self._text(f"question.{question}", **values)

        def find() -> bool:
            dialog = self._phone.open_dialog()
            return dialog is not None and dialog.title == title

        self._expect(message("a dialog asks: {question}", question=title), find)
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
            raise DemoFailed(self._said(step))
        self._say(f"  ✓ {self._said(step)}")

    def _narrate(self) -> None:
        journal = self._phone.journal()
        for entry in journal[self._narrated :]:
            self._say(narrate(entry, self._language))
        self._narrated = len(journal)

    def _head(self, text: str) -> None:
        self._narrate()
        said = self._said(text)
        print(f"\n━━ {said} " + "━" * max(0, 62 - width_of(said)), flush=True)

    def _say(self, text: str) -> None:
        if text:
            print(self._said(text), flush=True)

    def _said(self, text: str) -> str:
        return in_language(text, self._language) if isinstance(text, Message) else text


def main(language: str) -> int:
    """Play the demo and return the exit status: 0 when every step happened."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="callerid-demo-") as folder, SimulatedPortal() as portal:
        portal.populate(PEOPLE, COMPANIES, DEALS)
        desk = Desk(Path(folder), portal, language)
        try:
            Demo(desk, language).play()
        except DemoFailed as failed:
            print("\n" + in_language(message("FAILED: {step}", step=failed), language), file=sys.stderr)
            out = Path(folder) / "daemon.out"
            never = in_language(message("(the daemon never ran)"), language)
            print(out.read_text(encoding="utf-8") if out.exists() else never, file=sys.stderr)
            return 1
    done = message("Every step happened, in {seconds} s.", seconds=round(time.monotonic() - began))
    print("\n" + in_language(done, language))
    return 0
