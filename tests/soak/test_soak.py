"""Two days in which everything goes wrong; `make soak` lives through thirty."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from callerid.core.followup.states import State
from callerid.models import CallType
from tests.soak.days import soak
from tests.soak.hostile import ALL_KINDS
from tests.soak.life import Lived
from tests.soak.verdict import Tally, compare


def test_through_two_days_of_every_fault_each_answer_is_in_the_crm_once_and_nothing_is_held_that_was_not_before() -> None:
    soaked = soak(days=2, calls=36, seed=7, every=1)
    assert {kind for kind in ALL_KINDS if not soaked.applied[kind]} == set()
    assert soaked.tally.wrong == []
    assert soaked.tally.holds
    assert soaked.tally.answers > 40
    first, last = soaked.footprints
    assert last.threads == first.threads
    assert last.files <= first.files + 1  # the database that was put aside last
    assert last.descriptors <= first.descriptors + 2


def lived(plan: str, **more: object) -> Lived:
    made = Lived(
        "+353871234567", CallType.INCOMING, datetime(2026, 11, 23, tzinfo=UTC), 60, plan, "" if plan != "note" else "a note"
    )
    made.touches["a button"] += 1
    made.faults = {"CRM: slow"}
    for name, value in more.items():
        setattr(made, name, value)
    return made


CONNECTED, NOTE, DIALOG = ("Connected", "", 1), ("Connected", "a note", 1), ("Busy", "by dialog", 1)


@pytest.mark.parametrize(
    ("call", "held", "lost", "doubled"),
    [
        (lived("connected"), [CONNECTED], 0, 0),
        (lived("connected"), [], 1, 0),
        (lived("connected"), [CONNECTED, CONNECTED], 0, 1),
        (lived("connected"), [("Connected", "", 0)], 1, 0),  # without a link
        (lived("note"), [NOTE], 0, 0),
        (lived("note"), [CONNECTED], 1, 0),  # without its note
        (lived("dialog", typed="by dialog"), [DIALOG], 0, 0),
        (lived("dialog", typed="by dialog"), [CONNECTED], 1, 0),
        (lived("dialog", typed="by dialog"), [("Busy", "", 1)], 1, 0),
        (lived("dialog"), [("Busy", "", 1)], 0, 0),  # the second dialog could not be shown
        (lived("dialog", asked_on_card=True), [CONNECTED], 0, 0),
        (lived("undo"), [CONNECTED], 0, 0),
        (lived("undo", undone=True), [], 0, 0),
        (lived("undo", undone=True), [CONNECTED], 1, 0),
        (lived("swipe"), [], 0, 0),
        (lived("swipe"), [CONNECTED], 1, 0),
        (lived("none"), [CONNECTED], 1, 0),
    ],
)
def test_what_the_crm_has_is_compared_with_what_the_person_said(
    call: Lived, held: list[tuple[str, str, int]], lost: int, doubled: int
) -> None:
    tally = Tally()
    compare(call, State.LOGGED, held, tally)
    assert (tally.lost[""], tally.doubled[""]) == (lost, doubled)
    assert (tally.lost["CRM: slow"], tally.doubled["CRM: slow"]) == (lost, doubled)
    assert tally.holds is (lost == doubled == 0)
