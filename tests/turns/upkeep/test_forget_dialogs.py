"""callerid forget while a dialog asks about the person: it ends, what is answered to it is dropped, and nothing asks on."""

from __future__ import annotations

import threading
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from callerid.core.followup.states import State
from callerid.errors import Forgotten
from callerid.models import DialogReply
from callerid.phone.termux import Termux
from callerid.turns.followup.conversation import store_draft
from callerid.turns.followup.dialogs import AskResult, ask
from callerid.turns.followup.log_by_command import CommandAnswers, answer_from_command
from callerid.turns.followup.record_answer import record_answer
from callerid.turns.upkeep.forget import ForgetResult, find, forget
from tests.turns.upkeep.everywhere import SWITCHBOARD, ZOE, traces
from tests.turns.world import ANA, World

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.core.followup.conversation import Answer
    from callerid.core.followup.state import FollowUp


@pytest.fixture
def contact_id(world: World) -> str:
    """Put Zoraida into the CRM, who may also have called by a switchboard, and return her id."""
    properties = {"firstname": "Zoraida", "lastname": "Quixote", "phone": f"{ZOE}; {SWITCHBOARD} ext. 45"}
    contact = world.portal.records.create("contacts", properties)
    world.later(hours=3)
    world.sync()
    return str(contact.id)


def asked_about(world: World, number: str) -> FollowUp:
    followup = world.called(number)
    world.attend()
    world.tap(followup, "log")
    return followup


def answer_of(world: World, followup: FollowUp, **answers: str) -> Answer:
    return answer_from_command(world.app, followup, CommandAnswers(**answers), world.now)


def forget_elsewhere(world: World, number_or_name: str) -> ForgetResult:
    with closing(world.open()) as other:
        return forget(other, find(other, number_or_name), world.now)


def asking(world: World, meanwhile: Callable[[], Any]) -> tuple[AskResult, Any]:
    """Ask, and do something else while the first dialog is open. Return how the asking ended, and what the other returned."""
    done: list[Any] = []

    def elsewhere() -> None:
        world.phone.wait(world.phone.open_dialog)
        done.append(meanwhile())

    world.settings('region = "IE"\n[log]\ndialog_timeout = "10s"\n')
    thread = threading.Thread(target=elsewhere)
    thread.start()
    result = ask(world.app, world.clock)
    thread.join()
    return result, done[0]


def test_a_dialog_ends_when_its_person_is_forgotten_and_its_answer_is_dropped(
    world: World, contact_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    asked_about(world, ZOE)
    caplog.set_level("INFO", "callerid")
    result, forgotten = asking(world, lambda: forget_elsewhere(world, ZOE))
    assert (result, forgotten.dialog) == (AskResult.LEFT, True)
    assert any("the answer is dropped" in line for line in caplog.messages)
    world.phone.answer_dialog(index=0)  # Android leaves it on the screen
    assert world.ask() is AskResult.NOTHING_TO_ASK
    assert (traces(world, contact_id), world.titles()) == ({}, [])


def test_a_dialog_about_somebody_else_stays_open(world: World, contact_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("callerid.turns.followup.dialogs._NOTICED_WITHIN", 0.1)
    asked_about(world, ANA)

    def meanwhile() -> ForgetResult:
        forgotten = forget_elsewhere(world, ZOE)
        world.phone.answer_dialog()
        return forgotten

    result, forgotten = asking(world, meanwhile)
    assert (result, forgotten.dialog, traces(world, contact_id)) == (AskResult.LEFT, False, {})
    assert world.titles() == ["Log call with Ana López?"]


def test_a_dialog_about_the_person_and_a_call_from_another_number_ends_and_the_call_stays(world: World, contact_id: str) -> None:
    followup = world.called("")
    wanted = replace(followup, draft=(("person", contact_id),), dialog_wanted_at=world.now)
    world.app.ledger.calls.change(followup, wanted, world.now)
    result, forgotten = asking(world, lambda: forget_elsewhere(world, "Zoraida Quixote"))
    assert (result, forgotten.dialog) == (AskResult.LEFT, True)
    world.attend()
    assert (world.again(followup).state, world.titles(), traces(world, contact_id)) == (State.DISMISSED, [], {})


@pytest.mark.parametrize("number", [ZOE, SWITCHBOARD])
def test_an_answer_that_comes_while_its_person_is_forgotten_is_dropped_and_nothing_asks_on(
    world: World, contact_id: str, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_about(world, number)
    shown = []

    def dialog(_termux: Termux, asked: Any, *_: object) -> DialogReply:
        shown.append(asked.title)
        forget_elsewhere(world, "Zoraida Quixote")
        return DialogReply(code=0, text=asked.labels[0])

    monkeypatch.setattr("callerid.turns.followup.dialogs._NOTICED_WITHIN", 0.0)
    monkeypatch.setattr(Termux, "dialog", dialog)
    assert ask(world.app, world.clock) is AskResult.LEFT
    world.deliver()
    assert (len(shown), traces(world, contact_id), world.calls_in_crm()) == (1, {}, 0)


def test_no_dialog_opens_about_somebody_who_was_forgotten_just_before(
    world: World, contact_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_about(world, ZOE)
    monkeypatch.setattr(
        "callerid.turns.followup.dialogs.partial",
        lambda check, *words: lambda: (forget_elsewhere(world, ZOE), check(*words)),
    )
    monkeypatch.setattr("callerid.turns.followup.dialogs._NOTICED_WITHIN", 0.0)
    assert ask(world.app, world.clock) is AskResult.LEFT
    assert (world.phone.open_dialog(), traces(world, contact_id)) == (None, {})


def test_what_a_command_logs_with_somebody_who_is_forgotten_meanwhile_is_dropped(world: World, contact_id: str) -> None:
    hidden, theirs = world.called(""), world.called(ZOE)
    given = [(followup, answer_of(world, followup, person=contact_id)) for followup in (hidden, theirs)]
    forget_elsewhere(world, ZOE)
    for followup, answer in given:
        with pytest.raises(Forgotten, match="forgotten meanwhile"):
            record_answer(world.app, followup, answer, world.now)
    for followup, draft in ((hidden, ("person", contact_id)), (hidden, ("not-them", contact_id)), (theirs, ("note", "Zoraida"))):
        with pytest.raises(Forgotten, match="forgotten meanwhile"):
            store_draft(world.app.ledger, followup, (draft,), world.now)
    assert (world.again(hidden).draft, traces(world, contact_id)) == ((), {})
