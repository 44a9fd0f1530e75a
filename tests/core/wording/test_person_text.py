"""What the terminal says of a person, word for word, in both languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta

import pytest

from callerid.core.callers.listed_call import ListedCall
from callerid.core.callers.person import Links, Person, PersonNumber, PersonTask
from callerid.core.callers.resolve import Certainty
from callerid.core.followup.states import ShownState, State, shown_state
from callerid.core.wording.person_text import person_lines
from callerid.models import CallType, Owner
from tests.core.people import ANA, EN, JA, NOW, PILOT, style

NUMBER = PersonNumber(
    raw="087 123 4567",
    e164="+353871234567",
    shown="+353 87 123 4567",
    property="mobilephone",
    certainty=Certainty.KNOWN,
    others=(),
    why="",
)
CALL = ListedCall(
    key="k",
    start=NOW.astimezone(UTC),
    local=NOW,
    number="+353871234567",
    type=CallType.OUTGOING,
    duration=192,
    sim="1",
    who="Ana López",
    company="Acme GmbH",
    contact_id="501",
    certainty="known",
    state="logged",
    shown_state="logged",
    shown_reason="",
    reason="",
    outcome="Connected",
    crm_outcome="Connected",
    note="Sends the offer",
)
EVERYTHING = Person(
    name="Ana López",
    contact=replace(ANA, owner=Owner(id="9", first_name="Max", last_name="Own")),
    numbers=(NUMBER,),
    closed_deals=(PILOT,),
    tasks=(PersonTask(due=NOW + timedelta(hours=3), title="Follow up", note="Offer", state="delivered"),),
    calls=(CALL,),
    links=Links(contact="https://app.hubspot.com/contacts/1/record/0-1/501"),
)


def test_everything_that_is_known_is_told() -> None:
    assert person_lines(EVERYTHING, style()) == [
        "Ana López · Acme GmbH",
        "  a@b.c",
        "  owner Max Own",
        "  last spoke just now",
        "  https://app.hubspot.com/contacts/1/record/0-1/501",
        "",
        "Numbers",
        "  +353 87 123 4567 (written as 087 123 4567) · mobilephone · shows this person when it rings",
        "",
        "Deals",
        "  Renewal 2027 · €12,000 · Contract sent · closes 30 Nov",
        "  closed: Pilot",
        "",
        "Tasks",
        "  at 16:00 · Follow up",
        "    Offer",
        "",
        "Calls",
        "  2026-11-22 13:00 · outgoing, 3 min 12 s · Connected · logged",
        "    Sends the offer",
    ]


def test_it_is_told_in_japanese_too() -> None:
    told = person_lines(EVERYTHING, style(texts=JA))
    assert [line for line in told if line and not line.startswith(" ")][1:] == ["電話番号", "取引", "タスク", "通話"]
    assert "  +353 87 123 4567（登録: 087 123 4567） · mobilephone · 着信時にこの人を表示" in told
    assert "  2026-11-22 13:00 · 発信、3分12秒 · Connected · 記録済み" in told


@pytest.mark.parametrize(
    ("certainty", "others", "told"),
    [
        (Certainty.PROBABLE, (), "probably shows this person when it rings"),
        (Certainty.COMPANY, (), "shows the company when it rings"),
        (Certainty.UNKNOWN, (), "matches nobody"),
        (Certainty.SEVERAL, ("Ben Kim", "Eva Else"), "shared with Ben Kim, Eva Else"),
    ],
)
def test_a_number_says_whom_it_would_show(certainty: Certainty, others: tuple[str, ...], told: str) -> None:
    number = replace(NUMBER, shown=NUMBER.raw, property="", certainty=certainty, others=others)
    assert f"  087 123 4567 · {told}" in person_lines(replace(EVERYTHING, numbers=(number,)), style())


@pytest.mark.parametrize(
    ("certainty", "others", "why", "told"),
    [
        (Certainty.KNOWN, (), "same", "rings without the extension, and shows this person"),
        (Certainty.PROBABLE, (), "same", "rings without the extension, and probably shows this person"),
        (Certainty.COMPANY, (), "", "rings without the extension, and shows the company"),
        (Certainty.UNKNOWN, (), "", "rings without the extension: it may be any of several people, and no name is shown"),
        (Certainty.KNOWN, ("Ben Kim",), "", "rings without the extension, and shows Ben Kim"),
        (Certainty.SEVERAL, ("Ben Kim",), "same", "shared with Ben Kim"),
    ],
)
def test_a_number_with_an_extension_says_whom_it_shows_without(
    certainty: Certainty, others: tuple[str, ...], why: str, told: str
) -> None:
    number = replace(NUMBER, raw="x", shown="x", property="", certainty=certainty, others=others, why=why, has_extension=True)
    assert f"  x · {told}" in person_lines(replace(EVERYTHING, numbers=(number,)), style())


def test_somebody_who_is_not_in_the_crm_has_what_the_phone_knows() -> None:
    stranger = Person(name="Plumber\x1b[31m\nLtd", contact=None, numbers=(replace(NUMBER, certainty=Certainty.UNKNOWN),))
    assert person_lines(stranger, style())[:2] == ["Plumber [31m Ltd", "  not in the CRM"]
    nameless = Person(name="x", contact=replace(ANA, company="", email="", last_contacted=None, deals=()))
    assert person_lines(nameless, style()) == ["x"]
    assert person_lines(replace(EVERYTHING, calls=(replace(CALL, note="", outcome=""),)), style())[-1].endswith(
        "3 min 12 s · logged"
    )


def test_every_state_has_a_name_in_every_language() -> None:
    for texts in (EN, JA):
        assert len({texts.say(f"state.{state}") for state in ShownState}) == len(ShownState)
    assert {shown_state(state) for state in State} <= set(ShownState)
