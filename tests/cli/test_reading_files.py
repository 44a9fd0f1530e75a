"""Commands that read a tester's file: pairs of numbers, and a saved list of notifications. A bad line is named, the others go on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from callerid.cli.config import columns
from callerid.cli.doctor import doctor
from callerid.cli.lookup import match
from callerid.cli.sync import sync
from callerid.errors import ConfigFault, UsageFault
from callerid.paths import installation_paths
from callerid.store.ledger.database import open_ledger
from callerid.turns.ringing.sense_health import DIALERS_KEY

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result


def run_match(path: Path, *words: str) -> Result:
    return CliRunner().invoke(match, ["--file", str(path), *words])


def test_each_pair_of_a_file_is_answered_with_its_other_keys(tmp_path: Path) -> None:
    pairs = tmp_path / "pairs.jsonl"
    pairs.write_text(
        '{"region": "DE", "a": "0171 1234567", "b": "+491711234567", "note": "ü"}\n\n{"a": "1", "b": "2", "region": "us"}\n',
        "utf-8",
    )
    done = run_match(pairs)
    first, second = map(json.loads, done.stdout.splitlines())
    assert first == {
        "region": "DE",
        "a": "0171 1234567",
        "b": "+491711234567",
        "note": "ü",
        "match": "exact",
        "why": "the same number",
    }
    assert second["match"] == "none"
    assert done.exit_code == 0


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("nonsense", "not valid JSON: a value is missing, or is not JSON (character 1)"),
        ('{"a": "1" "b": "2"}', "a comma or a closing bracket is missing (character 11)"),
        ('{"a": "1', "a text has no closing quote (character 7)"),
        ('{"a": "1", "b": "2"} x', "something follows its end"),
        ("[" * 100_000, "nested too deeply"),
        ("[]", "not a JSON object"),
        ('{"a": 1, "b": "2"}', "have to be texts"),
        ('{"a": "1", "b": "2", "region": "XX"}', "'XX' is not a region"),
    ],
)
def test_a_line_that_is_not_a_pair_is_reported_and_the_others_are_compared(tmp_path: Path, line: str, says: str) -> None:
    pairs = tmp_path / "pairs.jsonl"
    pairs.write_text(line + '\n{"a": "+3531234567", "b": "+3531234567", "region": "IE"}\n')
    done = run_match(pairs, "--region", "IE")
    assert says in done.stderr
    wrong, right = map(json.loads, done.stdout.splitlines())
    assert (wrong["line"], says in wrong["error"]) == (1, True)
    assert right["match"] == "exact"
    assert isinstance(done.exception, UsageFault)


def test_the_keys_of_a_line_that_is_no_pair_are_kept_beside_what_is_wrong(tmp_path: Path) -> None:
    pairs = tmp_path / "pairs.jsonl"
    pairs.write_bytes(b'\xef\xbb\xbf{"a": 1, "b": "2", "region": "IE", "note": "n"}\n{"a": "\\ud800", "b": "2", "region": "IE"}\n')
    wrong, half_a_pair = map(json.loads, run_match(pairs).stdout.splitlines())
    assert wrong == {"a": 1, "b": "2", "region": "IE", "note": "n", "line": 1, "error": "a, b and region have to be texts"}
    assert (half_a_pair["a"], half_a_pair["match"]) == ("?", "none")


def test_a_saved_list_of_notifications_is_read_row_by_row(tmp_path: Path) -> None:
    rows = [
        {"packageName": "com.android.dialer", "key": "1", "title": "Ana López", "content": "Eingehender Anruf"},
        {"packageName": "com.android.dialer", "key": "2", "title": "Ana", "content": "Rufaufbau"},
        {"packageName": "com.android.dialer", "key": "3", "title": "Private number", "content": "Incoming call via 087 123 4567"},
        {"packageName": "com.whatsapp", "key": "4", "title": "Ana", "content": "Incoming call"},
        5,
    ]
    (tmp_path / "list.json").write_text(json.dumps(rows))
    done = CliRunner().invoke(doctor, ["--read", str(tmp_path / "list.json"), "--json"])
    answers = json.loads(done.stdout)
    assert [answer["state"] for answer in answers] == ["ringing", "dialling", "ringing", "none", "none"]
    assert [(answer["name"], answer["number"]) for answer in answers[:3]] == [("Ana López", ""), ("Ana", ""), ("", "")]
    assert answers[0]["rule"] == "the dialer's text 'Eingehender Anruf'"
    shown = CliRunner().invoke(doctor, ["--read", str(tmp_path / "list.json")]).stdout
    assert shown.startswith("ringing    Ana López")


def test_a_row_that_lacks_keys_has_a_state_of_its_own_beside_the_others(tmp_path: Path) -> None:
    rows: list[object] = [{}, None, "Ana", [], {"packageName": 5}, {"packageName": "com.android.dialer"}]
    rows += [{"packageName": "com.android.dialer", "title": "\ud800Ana", "content": "Incoming call", "lines": 7}]
    (tmp_path / "list.json").write_text(json.dumps(rows))
    done = CliRunner().invoke(doctor, ["--read", str(tmp_path / "list.json"), "--json"])
    answers = json.loads(done.stdout)
    assert [answer["state"] for answer in answers] == ["none"] * 6 + ["ringing"]
    assert [answer["rule"] for answer in answers[:2]] == ["it does not name its app (packageName)", "it is not a notification"]
    assert len(CliRunner().invoke(doctor, ["--read", str(tmp_path / "list.json")]).stdout.splitlines()) == len(rows)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "list.json is empty"),
        ("{}", "is not a list of notifications."),
        ('{"error": "no access"}', "Termux:API says 'no access'"),
        ("nonsense", "a value is missing, or is not JSON (character 1)"),
        ('[{"title": "Ana"},\n {"title": "Ben"', "a comma or a closing bracket is missing (line 2, character 17)"),
        ("[" * 100_000, "nested too deeply"),
        ("[" + "9" * 5000 + "]", "a number in it is too long"),
    ],
)
def test_a_file_that_is_not_a_list_is_refused_with_the_command_that_makes_one(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "list.json").write_text(text)
    done = CliRunner().invoke(doctor, ["--read", str(tmp_path / "list.json")])
    assert isinstance(done.exception, UsageFault)
    assert says in done.exception.sentence
    assert "termux-notification-list" in done.exception.remedy


@pytest.fixture
def file_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home whose contacts come from a CSV file."""
    people = tmp_path / "people.csv"
    people.write_text(
        "Name;Rufnummer;Fax;wie\nAna López;087 123 4567;01 555 0101;4.91512E+12\nLea;491714445563.0;;\n;;;;;\n", "utf-8"
    )
    (tmp_path / "config.toml").write_text(f'region = "IE"\n[crm]\nprovider = "file"\nfile = "{people}"\n')
    monkeypatch.setenv("CALLERID_HOME", str(tmp_path))
    return tmp_path


def test_the_columns_of_a_file_are_shown_and_corrected(file_home: Path) -> None:
    rows = json.loads(CliRunner().invoke(columns, ["--json"]).stdout)
    assert [row["role"] for row in rows] == ["name", "phone", "phone", ""]
    done = CliRunner().invoke(columns, ["--take", "wie = phone", "--drop", "Fax"])
    assert [line.split()[-1] for line in done.stdout.splitlines()] == ["name", "phone", "ignore", "phone"]
    assert 'columns = ["wie = phone", "Fax = ignore"]' in (file_home / "config.toml").read_text()
    again = CliRunner().invoke(columns, ["--take", "Fax = phone", "--json"])
    assert [row["role"] for row in json.loads(again.stdout)] == ["name", "phone", "phone", "phone"]
    assert isinstance(CliRunner().invoke(columns, ["--take", "Nix = phone"]).exception, ConfigFault)


def test_a_file_whose_columns_have_no_known_name_is_shown_with_how_to_name_one(file_home: Path) -> None:
    (file_home / "people.csv").write_text("wer;Rufnummer;wie\nAna;0871234567;0871234568\n")
    done = CliRunner().invoke(columns, [])
    assert [line.split() for line in done.stdout.splitlines()] == [["wer", "-"], ["Rufnummer", "phone"], ["wie", "-"]]
    assert isinstance(done.exception, ConfigFault)
    assert done.exception.remedy == "Type: callerid config columns --take 'COLUMN = name'"
    CliRunner().invoke(columns, ["--take", "wie = phone"])
    named = CliRunner().invoke(columns, ["--take", "wer = name"])
    assert (named.exit_code, [line.split()[-1] for line in named.stdout.splitlines()]) == (0, ["name", "phone", "phone"])


def test_a_sync_of_a_file_says_what_was_read_and_what_was_left_out(file_home: Path) -> None:
    del file_home
    done = CliRunner().invoke(sync, [])
    assert done.exception is None
    assert done.stdout.splitlines()[1:] == [
        "  2 rows read, utf-8",
        "  columns used: Name = name, Rufnummer = phone, Fax = phone",
        "  columns not used: wie",
        "  1 number that a spreadsheet reshaped was read",
    ]
    assert json.loads(CliRunner().invoke(sync, ["--full", "--json"]).stdout)["report"][0] == "2 rows read, utf-8"


def test_columns_are_for_files_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLERID_HOME", str(tmp_path))
    done = CliRunner().invoke(columns, [])
    assert isinstance(done.exception, ConfigFault)
    assert "crm.provider file" in done.exception.remedy


def test_a_dialer_that_was_learned_on_this_phone_is_read_as_the_daemon_reads_it(file_home: Path) -> None:
    rows = [{"packageName": "org.example.dialer", "key": "1", "title": "Ana", "content": "Incoming call"}]
    (file_home / "list.json").write_text(json.dumps(rows))
    words = ["--read", str(file_home / "list.json"), "--json"]
    assert json.loads(CliRunner().invoke(doctor, words).stdout)[0]["state"] == "none"
    ledger = open_ledger(installation_paths({"CALLERID_HOME": str(file_home)}).ledger)
    ledger.key_values.write(DIALERS_KEY, "org.example.dialer")
    ledger.close()
    assert json.loads(CliRunner().invoke(doctor, words).stdout)[0]["state"] == "ringing"
