"""What `make crash` calls wrong: a call with another person, note, deal, outcome or task than was answered, and a card that still asks."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from callerid.core.followup.states import State
from callerid.models import Call, CallType
from callerid.simulator.desk import Desk
from callerid.simulator.phone.runner import SimulatedRunner
from callerid.simulator.portal import SimulatedPortal
from callerid.store.ledger.database import open_ledger
from tests.crash.kills import run
from tests.crash.kills.callers import TALKED, Caller, Plan, put_into
from tests.crash.kills.journal import Journal
from tests.crash.kills.owner import Owner
from tests.crash.kills.run import Run
from tests.crash.kills.verdict import Line, verdict

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CALLER, OTHER = Caller(index=7, plan=Plan.DIALOG), Caller(index=8, plan=Plan.SWIPE)
BUSY, CONNECTED = "9d9162e7-6cf3-4944-bf63-4dff82258764", "f240bbac-87c9-4f6e-bf70-924b57d47db7"
CALL_TO = {"contacts": 194, "deals": 206}
TASK_TO = {"contacts": 204, "deals": 216}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with SimulatedPortal() as portal:
        put_into(portal, (CALLER, OTHER))
        yield Desk(tmp_path, portal)


def owner_of(desk: Desk, *called: Caller) -> Owner:
    owner = Owner(desk.phone, called, random.Random(1), Journal(desk.folder / "journal.jsonl"))
    owner.called = list(called)
    owner.answered = {caller.index for caller in called}
    return owner


def record(desk: Desk, kind: str, words: str) -> int:
    """Return the id of the record that has these words in one of its properties."""
    records = desk.portal.records.by_kind[kind].values()
    return next(record.id for record in records if words in record.properties.values())


def log(
    desk: Desk, *, who: Caller = CALLER, outcome: str = CONNECTED, note: str = CALLER.note, deal: str = CALLER.deals[-1]
) -> None:
    """Put Caller No0007's call and its task into the portal."""
    links = {"contacts": record(desk, "contacts", who.last_name), "deals": record(desk, "deals", deal)}
    text = note.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    call = {
        "hs_call_title": f"Call from {CALLER.name}",
        "hs_call_disposition": outcome,
        "hs_call_body": text,
        "hs_call_duration": str(TALKED * 1000),
        "hs_call_from_number": CALLER.number,
    }
    desk.portal.records.create("calls", call, [(kind, to, CALL_TO[kind]) for kind, to in links.items()])
    task = {"hs_task_subject": f"Follow up with {CALLER.name}", "hs_task_body": text}
    desk.portal.records.create("tasks", task, [(kind, to, TASK_TO[kind]) for kind, to in links.items()])


def in_ledger(desk: Desk, *called: tuple[Caller, State]) -> None:
    ledger = open_ledger(desk.home / "ledger.db")
    for caller, state in called:
        desk.phone.add_call(caller.number, CallType.INCOMING, NOW, TALKED)
        call = Call(
            key=f"k{caller.index}",
            start=NOW + timedelta(seconds=caller.index),
            number=caller.number,
            type=CallType.INCOMING,
            duration=TALKED,
            sim=None,
            ordinal=0,
            name="",
        )
        ledger.calls.add([call], str, NOW)
        ledger.connection.execute("UPDATE followups SET state = ? WHERE call_key = ?", (state, call.key))
    ledger.close()


def wrong(desk: Desk, *called: Caller) -> set[str]:
    return {line.what for line in verdict(desk, owner_of(desk, *called)) if line.wrong}


def test_a_call_as_it_was_answered_is_right(desk: Desk) -> None:
    in_ledger(desk, (CALLER, State.LOGGED))
    log(desk)
    assert wrong(desk, CALLER) == set()


@pytest.mark.parametrize(
    ("held", "what"),
    [
        ({"who": OTHER}, {"with the right person"}),
        ({"outcome": BUSY}, {"with the right outcome"}),
        ({"note": ""}, {"with the right note"}),
        ({"deal": "Deal A of No0008"}, {"about the right deal"}),
    ],
)
def test_a_call_otherwise_than_it_was_answered_is_wrong(desk: Desk, held: dict[str, object], what: set[str]) -> None:
    in_ledger(desk, (CALLER, State.LOGGED))
    log(desk, **held)  # type: ignore[arg-type]
    assert wrong(desk, CALLER) == what


def test_a_second_task_or_call_is_wrong_and_so_is_none(desk: Desk) -> None:
    in_ledger(desk, (CALLER, State.LOGGED))
    assert wrong(desk, CALLER) == {"answered"}
    log(desk)
    log(desk)
    assert wrong(desk, CALLER) == {"in the CRM twice", "with the right task"}


def test_a_settled_call_whose_card_asks_is_wrong_and_one_whose_card_says_that_it_was_undone_is_not(desk: Desk) -> None:
    in_ledger(desk, (OTHER, State.DISMISSED))
    runner = SimulatedRunner(desk.phone)
    for title, what in (
        (f"Undone, not logged: {OTHER.name}", set()),
        (f"Log call with {OTHER.name}?", {"still asked about, though settled"}),
    ):
        runner.run(["termux-notification", "--id", "callerid-k8", "--title", title, "--content", ""], timeout=10)
        assert wrong(desk, OTHER) == what


@pytest.mark.parametrize(
    ("was_undone", "is_held", "what"),
    [
        (True, True, {"withdrawn, but there"}),
        (True, False, set()),
        (False, True, set()),
        (False, False, {"not withdrawn in time, and not there"}),
    ],
)
def test_a_call_that_was_undone_may_not_be_there_and_one_whose_card_was_gone_before_must_be(
    desk: Desk, *, was_undone: bool, is_held: bool, what: set[str]
) -> None:
    caller = replace(CALLER, plan=Plan.WITHDRAW)
    in_ledger(desk, (caller, State.LOGGED))
    if is_held:
        log(desk)
    owner = owner_of(desk, caller)
    owner.withdrawn = {caller.index} if was_undone else set()
    assert {line.what for line in verdict(desk, owner) if line.wrong} == what


def test_a_call_that_waits_for_an_answer_which_nothing_asks_for_is_lost(desk: Desk) -> None:
    in_ledger(desk, (OTHER, State.NOTIFIED))
    assert wrong(desk, OTHER) == {"prompts lost"}


@pytest.mark.parametrize("fault", ["", "lost"])
def test_the_desk_of_a_run_is_kept_if_anything_is_wrong_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    folders: list[Path] = []

    def play(_: Run, folder: Path) -> list[Line]:
        folders.append(folder)
        Journal(folder / "journal.jsonl").write("kill", number=1)
        return [Line(what="prompts lost", count=1, wrong=(fault,) if fault else ())]

    monkeypatch.setattr(run, "_play", play)
    run.play(Run(kills=1, seconds=1.0, seed=7, keep=tmp_path / "failed"))
    journals = [file.read_text() for file in tmp_path.glob("failed/kills-7/journal.jsonl")]
    assert [json.loads(journal)["what"] for journal in journals] == (["kill"] if fault else [])
    assert not folders[0].exists()
