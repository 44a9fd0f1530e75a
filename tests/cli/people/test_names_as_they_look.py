"""Who looks the same is found by the same name, whatever hyphens, apostrophes, quotation marks and brackets it is written with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from callerid.models import CallType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.desks import QuickDesk, SyncedHome

IN_CRM = (
    ("Jean\u2011Luc", "Picard"),
    ("Anna-Maria", "Huber"),
    ("(Herr)", "Karl"),
    ("“Bob”", "Ross"),
    ("Pat", "D\u02bcArcy"),
    ("", "Weber, Eva"),
    ("Rui", "Costa"),
    ("", "Costa, Rui"),
    ("James", "Thomas"),
    ("Thomas", "James"),
    ("Lea", "Roy, Anne"),
    ("Anne Lea", "Roy"),
)
AT_SWITCHBOARDS = {
    ("Switch", "Twelve"): "+442079460100 ext 12",
    ("Switch", "Thirteen"): "+44 20 7946 0100 x13",
    ("Switch", "Alone"): "+442079460200 x7",
    ("Switch", "Behind"): "+442079460300 x9",
    ("Front", "Desk"): "+442079460300",
}
MASKED = {("Hana", "Hidden"): "•••• 4567"}
ON_PHONE = {"+33145678901": "Zoë\u2011Marie Petit", "+33145678902": "Plombier Nord", "+33145678903": "Plombier Sud"}
LAST_NAME_FIRST = {"+33145678906": "Novak, Eva"}
ONE_NUMBER = (("+33145678908", "Zita A"), ("0033145678908", "Zita B"))
TWICE = {"+33145678904": "Kim-Lee Cho", "+33145678905": "Kim Lee Cho"}


PART = ("Nora", "Lindqvist")  # the phone has another Nora
NORA = "+33145678907"


@pytest.fixture(scope="module")
def desk(small_home: SyncedHome, tmp_path_factory: pytest.TempPathFactory) -> Iterator[QuickDesk]:
    """Contacts, some behind switchboards, and callers whom only the call log has a name for."""
    with small_home.desk(tmp_path_factory.mktemp("names")) as made:
        direct = {name: f"+331456788{place:02}" for place, name in enumerate(IN_CRM)}
        for (first, last), number in (direct | AT_SWITCHBOARDS | MASKED | {PART: "+33145678941"}).items():
            made.portal.records.create("contacts", {"firstname": first, "lastname": last, "phone": number})
        on_phone = ON_PHONE | TWICE | LAST_NAME_FIRST | {NORA: "Nora"}
        for place, (number, name) in enumerate((*on_phone.items(), *ONE_NUMBER)):
            made.phone.add_call(number, CallType.MISSED, datetime.now(UTC) - timedelta(hours=1, minutes=place), name=name)
        made.start("run", "--once", "watch")
        made.start("sync")
        yield made


@pytest.mark.parametrize(
    ("typed", "last"),
    [
        ("Jean-Luc Picard", "Picard"),
        ("jean luc picard", "Picard"),
        ("Anna Maria Huber", "Huber"),
        ("Herr Karl", "Karl"),
        ("Bob Ross", "Ross"),
        ("Bo", "Ross"),
        ("D'Arcy", "D\u02bcArcy"),
        ("D’Arcy", "D\u02bcArcy"),
    ],
)
def test_a_contact_is_found_by_the_name_as_it_looks(desk: QuickDesk, typed: str, last: str) -> None:
    assert desk.json("show", typed)["person"]["last_name"] == last
    assert [person["last_name"] for person in desk.json("lookup", typed)["people"]] == [last]
    added = desk.start("add", typed, "--last-name", "Martin")
    assert (typed == "Bo") is ("no number" in added.stderr)  # nobody is guessed by a part of a name
    assert (typed != "Bo") is ("is in the CRM already" in added.stderr)


@pytest.mark.parametrize("typed", ["Zoe-Marie Petit", "zoe marie petit", "Zoe-Ma"])
def test_somebody_whom_only_the_phone_knows_is_found_so_too(desk: QuickDesk, typed: str) -> None:
    assert desk.json("show", typed)["person"]["name"] == "Zoë\u2011Marie Petit"
    assert "+33145678901" in desk.start("lookup", typed).stdout
    assert [call["number"] for call in desk.json("calls", typed)] == ["+33145678901"]


def test_a_comma_that_is_typed_is_meant(desk: QuickDesk) -> None:
    assert desk.json("show", "Costa, Rui")["person"]["last_name"] == "Costa, Rui"
    assert desk.json("show", "Rui Costa")["person"]["last_name"] == "Costa"
    for typed in ("Costa, Rui", "Rui Costa", "James Thomas"):
        asked = desk.start("forget", typed)
        assert f"Forget {typed} (1 contact, 1 number)" in asked.stdout + asked.stderr


def test_nobody_is_forgotten_by_a_name_that_is_written_in_other_ways_for_several(desk: QuickDesk) -> None:
    several = desk.start("forget", "Roy, Anne Lea", "--yes")
    assert (several.returncode, several.stdout) == (2, "")
    assert "'Roy, Anne Lea' may be Lea Roy, Anne; Anne Lea Roy." in several.stderr


def test_somebody_is_added_by_a_name_that_the_phone_has_with_the_last_name_first(desk: QuickDesk) -> None:
    assert "A contact needs a name." in desk.start("add", "Eva Novak").stderr  # so the number was found


def test_a_whole_name_that_only_the_phone_has_is_not_hidden_by_a_contact_who_has_it_as_a_part(desk: QuickDesk) -> None:
    assert [call["number"] for call in desk.json("calls", "nora")] == [NORA]
    assert [person["name"] for person in desk.json("show", "Nora")["people"]] == ["Nora Lindqvist", "Nora"]
    listed = desk.start("lookup", "Nora").stdout.splitlines()
    assert listed == ["2 people have the name Nora", "Nora Lindqvist · +33145678941", f"Nora · {NORA}"]
    assert "A contact needs a name." in desk.start("add", "Nora").stderr  # so the phone's Nora was found
    asked = desk.start("forget", "Nora")
    assert "Forget Nora (0 contacts, 1 number)" in asked.stdout + asked.stderr
    assert desk.json("show", "Nora Lindqvist")["person"]["last_name"] == "Lindqvist"


def test_two_whom_only_the_phone_knows_are_listed_and_not_taken_for_one(desk: QuickDesk) -> None:
    shown = desk.json("show", "Plomb")
    saved = [{"name": name, "numbers": [number]} for number, name in ON_PHONE.items() if name.startswith("Plombier")]
    assert shown["person"] is None
    assert shown["people"] == [{"id": None, "company": "", **person} for person in saved]
    looked_up = desk.json("lookup", "Plomb")
    assert (looked_up["certainty"], looked_up["people"], looked_up["saved"]) == ("several", [], saved)
    told = desk.start("show", "Plomb")
    assert "+33145678903  Plombier Sud" in told.stdout
    assert "callerid show +33145678902" in told.stderr
    listed = desk.start("lookup", "Plomb").stdout
    assert listed.splitlines() == ["2 people have the name Plomb", "Plombier Nord · +33145678902", "Plombier Sud · +33145678903"]


def test_one_number_with_two_names_is_one_whom_the_phone_knows(desk: QuickDesk) -> None:
    assert "Zita" in desk.json("show", "Zita")["person"]["name"]
    looked_up = desk.json("lookup", "Zita")
    assert [person["name"] for person in looked_up["saved"]] == ["Zita A / Zita B"]
    assert looked_up["certainty"] == "unknown"


def test_contacts_who_are_listed_have_their_numbers(desk: QuickDesk) -> None:
    listed = desk.json("show", "Switch")["people"]
    assert {person["name"]: person["numbers"] for person in listed}["Switch Alone"] == ["+442079460200 x7"]
    assert desk.json("lookup", "Switch")["saved"] == []


def test_a_number_with_an_extension_shows_what_the_card_of_the_switchboard_does(desk: QuickDesk) -> None:
    for name in ("Twelve", "Thirteen"):
        (shown,) = desk.json("show", f"Switch {name}")["person"]["numbers"]
        assert (shown["certainty"], shown["why"]) == (desk.json("lookup", "+442079460100")["certainty"], "")
        assert "it may be any of several people" in " ".join(desk.start("show", f"Switch {name}").stdout.split())
    (alone,) = desk.json("show", "Switch Alone")["person"]["numbers"]
    assert alone["certainty"] == desk.json("lookup", "+442079460200")["certainty"] == "probable"
    assert desk.start("lookup", "+442079460300").stdout.startswith("Front Desk")
    assert "without the extension, and shows Front Desk" in " ".join(desk.start("show", "Switch Behind").stdout.split())


def test_a_masked_number_names_nobody_and_is_said_to_be_masked(desk: QuickDesk) -> None:
    assert desk.json("lookup", "4567")["people"] == []
    (shown,) = desk.json("show", "Hana Hidden")["person"]["numbers"]
    assert (shown["raw"], shown["certainty"]) == ("•••• 4567", "unknown")
    assert "masked: no call can come from it" in " ".join(desk.start("show", "Hana Hidden").stdout.split())
    assert [row["number"] for row in desk.json("hygiene", "--problem", "masked")] == ["•••• 4567"]


def test_to_forget_the_only_one_who_looks_so_is_asked_and_of_several_nobody_is_guessed(desk: QuickDesk) -> None:
    asked = desk.start("forget", "anna maria huber")
    assert "Forget Anna-Maria Huber (1 contact, 1 number)" in asked.stdout + asked.stderr
    asked = desk.start("forget", "eva weber")
    assert "Forget Weber, Eva (1 contact, 1 number)" in asked.stdout + asked.stderr
    several = desk.start("forget", "Kim/Lee Cho", "--yes")
    assert (several.returncode, several.stdout) == (2, "")
    assert "'Kim/Lee Cho' may be Kim-Lee Cho, Kim Lee Cho." in several.stderr
    assert desk.start("forget", "Anna", "--yes").returncode == 2  # a part of a name forgets nobody
    assert desk.json("forget", "Kim Lee Cho", "--yes")["calls"] == 1
    assert desk.json("show", "Kim-Lee Cho")["person"]["name"] == "Kim-Lee Cho"
