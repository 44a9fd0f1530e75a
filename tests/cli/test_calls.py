"""callerid calls: chosen by person, company, state, type, SIM and time, as a table, JSON and CSV."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from callerid.core.wording.call_table import COLUMNS
from callerid.models import CallType
from tests.cli.test_show import CALL
from tests.desks import ANA, QuickDesk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.desks import SyncedHome

STRANGER = "+33145678900"
MISSED = {"who", "company", "contact_id", "number", "attempts", "first", "last", "last_call", "deal_values", "deals", "zones"} | {
    "local_times",
    "business_hours",
}


@pytest.fixture(scope="module")
def desk(small_home: SyncedHome, tmp_path_factory: pytest.TempPathFactory) -> Iterator[QuickDesk]:
    """Of Ana: an old call, one that was missed and returned, by a call that nobody was asked about. A stranger was missed."""
    with small_home.desk(tmp_path_factory.mktemp("calls")) as made:
        made.start("config", "set", "log.outgoing", "off")
        made.start("config", "set", "privacy.lock_screen", "nothing")  # which is about notifications
        now = datetime.now(UTC)
        made.phone.add_call(ANA, CallType.INCOMING, now - timedelta(hours=20), 60)
        made.phone.add_call(ANA, CallType.MISSED, now - timedelta(hours=4))
        made.phone.add_call(ANA, CallType.OUTGOING, now - timedelta(hours=3), 0)
        made.phone.add_call(STRANGER, CallType.MISSED, now - timedelta(hours=1))
        made.start("run", "--once", "watch", "attend")
        yield made


@pytest.mark.parametrize(
    ("words", "hours"),
    [
        ((), [1, 3, 4, 20]),
        (("-n", "1"), [1]),
        (("Ana López",), [3, 4, 20]),
        ((STRANGER,), [1]),
        (("Nobody",), []),
        (("--company", "acme"), [3, 4, 20]),
        (("--company", "Ácme"), [3, 4, 20]),
        (("--company", "none such"), []),
        (("--type", "missed", "--type", "outgoing"), [1, 3, 4]),
        (("--missed",), [1, 4]),
        (("--not-called-back",), [1]),
        (("--state", "not-in-crm"), [1]),
        (("--state", "Not in the CRM"), [1]),
        (("--state", "CRMに未登録"), [1]),
        (("--sim", "no such"), []),
        (("--since", "12h"), [1, 3, 4]),
        (("--until", "12h"), [20]),
        (("--unlogged", "lópez", "--missed"), [4]),
    ],
)
def test_calls_are_chosen(desk: QuickDesk, words: tuple[str, ...], hours: list[int]) -> None:
    listed = desk.json("calls", *words)
    ages = [(datetime.now(UTC) - datetime.fromisoformat(call["start"])).total_seconds() for call in listed]
    assert [int(age // 3600) for age in ages] == hours
    assert all(call.keys() == CALL | {"length"} for call in listed)


@pytest.mark.parametrize("word", ["undecided", "UNDECIDED", "回答待ち"])
def test_the_word_that_a_call_is_listed_with_chooses_all_that_are_listed_so(desk: QuickDesk, word: str) -> None:
    chosen = [call["state"] for call in desk.json("calls", "--state", word)]
    assert chosen == [call["state"] for call in desk.json("calls") if call["state"] in ("open", "notified", "gathered")] != []


@pytest.mark.parametrize(("word", "state"), [("notified", "notified"), ("Asked", "notified"), ("to be decided", "open")])
def test_an_earlier_word_for_a_state_chooses_what_it_chose(desk: QuickDesk, word: str, state: str) -> None:
    assert desk.json("calls", "--state", word) == [call for call in desk.json("calls") if call["state"] == state]


def test_the_table_has_a_line_for_each_call_and_says_when_there_is_none(desk: QuickDesk) -> None:
    assert ["Ana López" in line for line in desk.start("calls").stdout.splitlines()] == [False, True, True, True]
    none = desk.start("calls", "--company", "none such")
    assert (none.returncode, none.stdout, none.stderr) == (0, "no such calls\n", "")


def test_the_csv_has_a_heading_and_a_row_for_each_call(desk: QuickDesk) -> None:
    heading, *rows = csv.reader(desk.start("calls", "--csv").stdout.splitlines())
    assert tuple(heading) == COLUMNS
    assert [row[3] for row in rows] == ["INBOUND", "OUTBOUND", "INBOUND", "INBOUND"]
    assert list(csv.reader(desk.start("calls", "--csv", "-").stdout.splitlines())) == [heading, *rows]


@pytest.mark.parametrize(
    "words",
    [
        ("calls", "--csv", "--json"),
        ("missed", "--json", "--csv"),
        ("hygiene", "--csv", "-", "--json"),
        ("export", "--carddav", "https://dav.example.com/", "--format", "4.0"),
        ("doctor", "--ring", "--json"),
        ("doctor", "--learn", "--fix"),
    ],
)
def test_options_of_which_only_one_could_count_are_refused(desk: QuickDesk, words: tuple[str, ...]) -> None:
    refused = desk.start(*words)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "cannot be combined" in refused.stderr
    assert all(word in refused.stderr for word in words if word.startswith("--"))


def test_the_csv_is_for_the_crm_whatever_the_persons_language_is(desk: QuickDesk) -> None:
    assert desk.start("log", desk.json("calls", "--until", "12h")[0]["key"], "--outcome", "left-voicemail").returncode == 0
    english = list(csv.reader(desk.start("calls", "--csv").stdout.splitlines()))
    assert "Left voicemail" in [row[5] for row in english]
    desk.start("config", "set", "language", "ja")
    desk.start("config", "set", "crm.language", "en")
    try:
        assert list(csv.reader(desk.start("calls", "--csv").stdout.splitlines())) == english
        assert "留守番電話に伝言を残した" in {call["outcome"] for call in desk.json("calls")}
    finally:
        desk.start("config", "set", "language", "en")


def test_a_time_that_is_none_is_refused(desk: QuickDesk) -> None:
    done = desk.start("calls", "--since", "soon")
    assert (done.returncode, done.stdout) == (2, "")
    assert "not a time" in done.stderr


@pytest.mark.parametrize("words", [("calls", "--since"), ("calls", "--until"), ("missed", "--since"), ("report", "--since")])
def test_a_time_before_any_phone_is_taken_for_a_slip(desk: QuickDesk, words: tuple[str, ...]) -> None:
    done = desk.start(*words, "0026-11-01")
    assert (done.returncode, done.stdout) == (2, "")
    assert "'0026-11-01' is before 2008, and no Android phone is that old." in done.stderr


def test_who_was_missed_and_not_called_back_is_listed_with_the_time_there(desk: QuickDesk) -> None:
    (caller,) = desk.json("missed")
    assert caller.keys() == MISSED
    assert (caller["number"], caller["attempts"], caller["contact_id"]) == (STRANGER, 1, None)
    assert (caller["zones"], len(caller["local_times"])) == (["Europe/Paris"], 1)
    assert caller["business_hours"] in ("open", "closed")
    assert "1×" in desk.start("missed").stdout
    assert [row[3] for row in csv.reader(desk.start("missed", "--csv").stdout.splitlines())] == ["Attempts", "1"]
    assert desk.json("missed", "--since", "0h") == []
    assert (desk.json("missed", "--open") == []) is (caller["business_hours"] == "closed")
    half_a_day_off = (datetime.fromisoformat(caller["local_times"][0]).hour + 12) % 24
    desk.start("config", "set", "business_hours", f"{half_a_day_off:02}:00-{half_a_day_off:02}:01")
    assert desk.start("missed", "--open").stdout == "nobody waits where business hours run now; outside them: 1\n"
    desk.start("config", "set", "business_hours", "09:00-18:00")
    desk.start("ignore", STRANGER)
    assert desk.start("missed").stdout == "nobody waits to be called back\n"
    desk.start("ignore", STRANGER, "--remove")
