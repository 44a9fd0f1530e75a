"""callerid hygiene, as a person types it."""

from __future__ import annotations

import csv
import io
import itertools
import json
from typing import TYPE_CHECKING

import pytest

from callerid.paths import installation_paths
from tests.cli import terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.desks import QuickDesk, SyncedHome

pytestmark = pytest.mark.usefixtures("quick_searches")
NATIONAL = {"phone": "087 155 501", "mobilephone": "087 155 502"}


@pytest.fixture
def desk(tmp_path: Path, small_home: SyncedHome) -> Iterator[QuickDesk]:
    """A desk in whose CRM three contacts have two national numbers each, and a formula for a name."""
    with small_home.desk(tmp_path) as made:
        for place, contact in enumerate(made.portal.records.by_kind["contacts"]):
            national = {name: f"{value}{place}" for name, value in NATIONAL.items()}
            numbers = national if place < 3 else {"phone": f"+49171100000{place}", "mobilephone": ""}
            made.portal.records.edit("contacts", contact, numbers | {"firstname": "=1+1"})
        assert made.start("config", "set", "region", "IE").returncode == 0
        assert made.start("sync", "--full").returncode == 0
        yield made


def numbers_of(desk: QuickDesk) -> list[str]:
    records = itertools.islice(desk.portal.records.by_kind["contacts"].values(), 3)
    return [record.properties[name] for record in records for name in NATIONAL]


def test_each_problem_is_counted_with_examples_and_the_next_command(desk: QuickDesk) -> None:
    listed = desk.start("hygiene", "--problem", "no-country", "-n", "2")
    assert listed.stdout.splitlines()[0] == "6 numbers without a country code [no-country]"
    assert "→ +353" in listed.stdout
    assert "… and 4 more" in listed.stdout
    assert "callerid hygiene --problem no-country --apply" in listed.stderr


def test_where_names_come_from_a_file_the_person_is_told_to_correct_it_and_nothing_is_asked(
    desk: QuickDesk, tmp_path: Path
) -> None:
    people = tmp_path / "people.csv"
    people.write_text("Name,Phone\nAna,087 155 5010\n", encoding="utf-8")
    assert desk.start("config", "set", "crm.file", str(people)).returncode == 0
    assert desk.start("config", "set", "crm.provider", "file").returncode == 0
    assert desk.start("sync").returncode == 0
    listed, applied = desk.start("hygiene"), desk.start("hygiene", "--apply")
    assert "--apply" not in listed.stderr
    assert "only reads people.csv" in listed.stderr
    assert (applied.returncode, applied.stdout) == (10, "")


_CARD = "BEGIN:VCARD\nVERSION:3.0\nFN:{name}\n{numbers}END:VCARD\n"
_FIELDS = (
    ("Ana", "087 155 5010", "no-country"),
    ("Ben", "4.91711E+11", "destroyed"),
    ("Cleo", "*****67", "masked"),
    ("Dora", "087 155 5011; 4.91512E+12", "destroyed"),
    ("Eva", "on request", "impossible"),
    ("Finn", "-", ""),
)


@pytest.mark.parametrize("kind", ["csv", "vcf"])
def test_what_a_file_has_in_place_of_a_number_is_listed_as_it_stands_there(desk: QuickDesk, tmp_path: Path, kind: str) -> None:
    people = tmp_path / f"people.{kind}"
    cards = [_CARD.format(name=name, numbers=f"TEL;TYPE=cell:{text}\nTEL;TYPE=cell:+353871555099\n") for name, text, _ in _FIELDS]
    rows = [f"{name},{text}\n" for name, text, _ in _FIELDS]
    people.write_text("".join(cards) if kind == "vcf" else "".join(["Name,Phone\n", *rows]), encoding="utf-8")
    desk.start("config", "set", "crm.file", str(people))
    desk.start("config", "set", "crm.provider", "file")
    assert desk.start("sync").returncode == 0
    found = [(row["name"], row["number"], row["problem"]) for row in desk.json("hygiene") if row["problem"] != "shared"]
    assert sorted(found) == [field for field in _FIELDS if field[2]]
    assert "Dora" in desk.start("lookup", "+353 87 155 5011").stdout
    assert desk.start("hygiene", "--problem", "destroyed", "--csv", "-").stdout.count("destroyed") == 2


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("3.53871E+11", "destroyed"),
        ("087 166 6011; 3.53871E+11", "destroyed"),
        ("087 166 6011 / 087 166 6022", "several"),
        ("ask reception", "impossible"),
        ("+353 87 155 ****", "masked"),
        ("087 166 6011 (ask for Ben)", "no-country"),
        ("087 166 6011", "no-country"),
    ],
)
def test_a_field_is_listed_as_it_stands_in_the_crm_and_what_has_no_single_reading_is_left_alone(
    desk: QuickDesk, text: str, problem: str
) -> None:
    contact = max(desk.portal.records.by_kind["contacts"])
    desk.portal.records.edit("contacts", contact, {"direct_line": text})
    desk.start("sync", "--full")
    found = [row for row in desk.json("hygiene") if row["contact"] == str(contact)]
    assert [(row["property"], row["number"], row["problem"]) for row in found] == [("direct_line", text, problem)]
    assert desk.start("hygiene", "--apply", "--yes").returncode == 0
    expected = "+353871666011" if text == "087 166 6011" else text
    assert desk.portal.records.by_kind["contacts"][contact].properties["direct_line"] == expected


def test_nothing_to_do_is_said_and_a_mirror_that_was_never_filled_is_an_error(desk: QuickDesk) -> None:
    assert desk.start("hygiene", "--problem", "masked").stdout == "no number has this problem\n"
    assert desk.start("hygiene", "--problem", "masked", "--apply").stdout.strip() == "no number has a proposal"
    installation_paths(desk.environment()).mirror.unlink()
    refused = desk.start("hygiene")
    assert (refused.returncode, "callerid sync" in refused.stderr) == (2, True)


def test_options_that_contradict_each_other_are_refused(desk: QuickDesk) -> None:
    for words in (("--json", "--apply"), ("--csv", "-", "--json"), ("--revert", str(desk.home / "config.toml"), "--apply")):
        refused = desk.start("hygiene", *words)
        assert (refused.returncode, refused.stdout) == (2, "")
        assert words[0] in refused.stderr


def test_csv_has_every_row_and_no_formula(desk: QuickDesk, tmp_path: Path) -> None:
    file = tmp_path / "numbers.csv"
    file.touch(0o644)
    assert desk.start("hygiene", "--problem", "no-country", "--csv", str(file)).returncode == 0
    assert file.stat().st_mode & 0o777 == 0o600
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"))))
    assert len(rows) == 6
    assert rows[0]["Name"].startswith("'=1+1")
    assert rows[0]["Proposed number"].startswith("+353871555")
    on_screen = desk.start("hygiene", "--problem", "no-country", "--csv", "-").stdout
    assert list(csv.DictReader(io.StringIO(on_screen))) == rows
    refused = desk.start("hygiene", "--csv", str(tmp_path))
    assert refused.returncode == 2


def test_json_has_every_key(desk: QuickDesk) -> None:
    first = desk.json("hygiene", "--problem", "no-country")[0]
    assert list(first) == ["contact", "name", "property", "number", "problem", "proposed", "others"]


def test_nothing_is_written_without_a_yes(desk: QuickDesk) -> None:
    before = numbers_of(desk)
    assert desk.start("hygiene", "--apply").returncode == 130  # nobody answers
    assert numbers_of(desk) == before
    screen = terminal.typed(lambda file: desk.start_at(file, "hygiene", "--apply"), ("[y/N]:", "y"))
    assert "6 written" in screen
    assert all(number.startswith("+353871555") for number in numbers_of(desk))


def test_what_was_written_can_be_taken_back_but_not_over_what_a_colleague_wrote_since(desk: QuickDesk) -> None:
    before = numbers_of(desk)
    applied = desk.start("hygiene", "--apply", "--yes")
    assert "6 written, 0 were so already, 0 left" in applied.stdout
    (file,) = (installation_paths(desk.environment()).corrections).iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert str(file) in applied.stderr
    assert "numbers" not in applied.stderr.splitlines()  # the bar is for a terminal
    assert "To correct" not in applied.stderr
    assert "0 written, 6 were so already" in desk.start("hygiene", "--apply", "--yes").stdout  # the mirror is older
    contact = next(iter(desk.portal.records.by_kind["contacts"]))
    desk.portal.records.edit("contacts", contact, {"phone": "+353871999999"})
    reverted = desk.start("hygiene", "--revert", str(file), "--yes")
    assert "5 written, 0 were so already, 1 left" in reverted.stdout
    assert numbers_of(desk) == ["+353871999999", *before[1:]]


def test_a_run_that_is_cut_anywhere_leaves_no_half_contact_and_can_be_repeated(desk: QuickDesk) -> None:
    before = numbers_of(desk)
    for fault in ("cut_before", "cut_after"):
        desk.portal.fault(fault, "POST /crm/objects/2026-09/contacts/batch/update", times=1)
        cut = desk.start("hygiene", "--apply", "--yes")
        assert (cut.returncode != 0, "To take it back: callerid hygiene --revert " in cut.stderr) == (True, True)
        assert numbers_of(desk) in (before, [number.replace("087 155 ", "+35387155") for number in before])
    assert desk.start("hygiene", "--apply", "--yes").returncode == 0
    assert all(number.startswith("+353") for number in numbers_of(desk))
    for file in installation_paths(desk.environment()).corrections.iterdir():
        assert desk.start("hygiene", "--revert", str(file), "--yes").returncode == 0
    assert numbers_of(desk) == before


@pytest.mark.parametrize("obstacle", ["offline", "scope", "refused"])
def test_a_run_that_wrote_nothing_says_what_to_do_and_nothing_of_taking_it_back(desk: QuickDesk, obstacle: str) -> None:
    before = numbers_of(desk)
    update = "POST /crm/objects/2026-09/contacts/batch/update"
    if obstacle == "offline":
        desk.start("config", "set", "crm.url", "http://127.0.0.1:9")
    elif obstacle == "scope":
        desk.portal.scopes.discard("crm.objects.contacts.write")
    else:
        desk.portal.fault("status", update, times=100, status=400)
    failed = desk.start("hygiene", "--apply", "--yes")
    assert failed.returncode == {"offline": 32, "scope": 31, "refused": 36}[obstacle]
    assert "take it back" not in failed.stderr
    assert "daemon" not in failed.stderr
    assert ("Type the same again when there is a network" in failed.stderr) is (obstacle == "offline")
    assert numbers_of(desk) == before
    assert list(installation_paths(desk.environment()).corrections.glob("*")) == []


def test_what_the_first_of_two_halves_has_written_can_be_taken_back_when_the_second_is_not_sent(desk: QuickDesk) -> None:
    before = numbers_of(desk)
    update = "POST /crm/objects/2026-09/contacts/batch/update"
    desk.portal.fault("status", update, times=1, status=400)
    desk.portal.fault("slow", update, times=1, seconds=0)
    desk.portal.fault("status", update, times=1, status=401)
    cut = desk.start("hygiene", "--apply", "--yes")
    assert cut.returncode != 0
    assert numbers_of(desk) != before
    assert "To take it back: callerid hygiene --revert " in cut.stderr


def test_a_contact_that_the_crm_refuses_keeps_nobody_else_from_being_written(desk: QuickDesk) -> None:
    desk.portal.fault("status", "POST /crm/objects/2026-09/contacts/batch/update", times=2, status=400)
    refused = desk.start("hygiene", "--apply", "--yes")
    assert refused.returncode == 36
    assert "1 contact was not written" in refused.stderr
    assert sum(number.startswith("+353") for number in numbers_of(desk)) == 4


def test_a_line_that_was_cut_off_keeps_no_other_from_being_taken_back(desk: QuickDesk, tmp_path: Path) -> None:
    before = numbers_of(desk)
    assert desk.start("hygiene", "--apply", "--yes").returncode == 0
    (file,) = installation_paths(desk.environment()).corrections.iterdir()
    file.write_text(file.read_text() + '{"contact": "1", "pro')
    reverted = desk.start("hygiene", "--revert", str(file), "--yes")
    assert "line 7" in reverted.stderr
    assert numbers_of(desk) == before
    other = tmp_path / "other"
    other.write_text("[]\n")
    assert desk.start("hygiene", "--revert", str(other), "--yes").returncode == 2


def test_forget_deletes_what_was_saved_of_a_person(desk: QuickDesk) -> None:
    assert desk.start("hygiene", "--apply", "--yes").returncode == 0
    (file,) = installation_paths(desk.environment()).corrections.iterdir()
    contact = json.loads(file.read_text().splitlines()[0])["contact"]
    number = json.loads(file.read_text().splitlines()[0])["before"]
    assert desk.start("forget", number, "--yes").returncode == 0
    assert f'"{contact}"' not in file.read_text()
    assert len(file.read_text().splitlines()) == 4


def test_what_was_written_to_a_contact_that_was_merged_since_is_taken_back_from_the_one_that_is_left(desk: QuickDesk) -> None:
    records = desk.portal.records
    first, second, third, other, *_ = records.by_kind["contacts"]
    assert desk.start("hygiene", "--apply", "--yes").returncode == 0
    (file,) = (installation_paths(desk.environment()).corrections).iterdir()
    survivor = records.merge("contacts", records.merge("contacts", first, other).id, second).id
    records.archive("contacts", third)
    reverted = desk.start("hygiene", "--revert", str(file), "--yes")
    assert "2 written, 0 were so already, 4 left" in reverted.stdout
    properties = records.by_kind["contacts"][survivor].properties
    assert {name: properties[name] for name in NATIONAL} == {name: f"{number}0" for name, number in NATIONAL.items()}
