"""callerid report-bug: what a report has, and that nobody is in it."""

from __future__ import annotations

import json
import os
import re
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from callerid.config.load import parse_config
from callerid.core.upkeep.pseudonyms import words_of
from callerid.models import CallType
from callerid.turns.upkeep.bug_report.archive import write_archive
from callerid.turns.upkeep.bug_report.parts import settings
from tests.desks import report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.desks import QuickDesk, SyncedHome

# People as CRMs and phones have them, hostile ones too: (first name, last name, number, mail, company).
PEOPLE = (
    ("Zoë", "Quixote-O'Hara", "+353 87 765 4321", "zoe.q@quixote.example", "Quixote & Daughters Ltd"),
    ("健二", "田中", "+81 90-8765-1234", "tanaka@xn--fiqs8s.example", "株式会社トヨミ"),
    ("Log", "Connected", "(212) 987-6543", "log@connected.example", "Call Log HubSpot"),
    ("प्रिया", "शर्मा", "+91 98765 43210", "priya@sharma.example", "शर्मा एंड संस"),
    ("Robert'); DROP", "TABLE calls;--", "0049 171 7654329", "bobby@tables.example", "[person 1]"),
    ("\u202eevil", "🦄 Żółć", "+48 600 700 809", "z+tag@unicorn.example", "Regex\\d+.* Werke"),
)
CALLERS = (*(person[2] for person in PEOPLE), "+33 6 98 76 54 32")
UNKNOWN = "Wilhelmina Unbekannt"  # whom neither mirror nor ledger know
NOTE = "Kaufhausdetektiv mit Umzugskarton"
TOKEN = "pat-eu1-0badcafe-5eed-4bad-beef-0123456789ab"


@pytest.fixture
def desk(tmp_path: Path, small_home: SyncedHome) -> Iterator[QuickDesk]:
    with small_home.desk(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory, small_home: SyncedHome) -> Iterator[QuickDesk]:
    """A desk where everybody is in everything."""
    with small_home.desk(tmp_path_factory.mktemp("lived-in")) as made:
        made.settings(f'fields = ["team = {UNKNOWN}"]\nignore = ["+35312345678"]\n[privacy]\nmask_logs = false\n')
        planted(made)
        made.portal.token = made.token = TOKEN
        yield made


def planted(desk: QuickDesk) -> None:
    """Put everybody into the CRM, the mirror, the ledger, the address book, the log, the inbox and the settings."""
    for first, last, number, mail, company in PEOPLE:
        made = desk.portal.records.create("companies", {"name": company})
        links = [("companies", made.id, 1)]
        properties = {"firstname": first, "lastname": last, "phone": number, "email": mail}
        contact = desk.portal.records.create("contacts", properties, links)
        desk.portal.records.create(
            "deals",
            {"dealname": f"{company} {NOTE}", "pipeline": "default", "dealstage": "contractsent"},
            [("contacts", contact.id, 3)],
        )
    desk.phone.change(contacts=[{"name": f"{last} {first}", "number": number} for first, last, number, *_ in PEOPLE])
    for hours, number in enumerate(CALLERS):
        desk.phone.add_call(number, CallType.INCOMING, datetime.now(UTC) - timedelta(hours=hours + 1), 75, name=UNKNOWN)
    desk.start("sync", "--full")
    desk.start("run", "--once", "watch", "attend")
    key = desk.json("calls")[0]["key"]
    desk.start("log", key, "--note", NOTE)
    report(desk, "ring", CALLERS[0])
    with (desk.home / "callerid.log").open("a", encoding="utf-8") as log:
        log.write("2026-11-28 09:59:59 12 new calls in the call log\n")
        for first, last, number, mail, company in PEOPLE:
            log.write(f"2026-11-28 10:00:00 call {key}: ring from {number}: {first} {last} <{mail}> of {company} at {TOKEN}\n")
            log.write(f"ValueError: {last}, {first}: {NOTE}; {''.join(filter(str.isdigit, number))}; {UNKNOWN}\n")


def archive_of(desk: QuickDesk, *words: str) -> dict[str, str]:
    done = desk.start("report-bug", *([] if "-o" in words else ["--to", str(desk.folder)]), *words)
    assert done.returncode == 0, done.stderr
    path = Path(next(line for line in done.stdout.splitlines() if ".zip: " in line).rpartition(": ")[0])
    assert path.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_nothing_of_anybody_is_in_the_archive(lived_in: QuickDesk) -> None:
    rows = [
        {"packageName": "com.example.clinic", "title": f"{first} {last}", "content": f"Incoming call {number}"}
        for first, last, number, *_ in PEOPLE
    ]
    saved = lived_in.folder / "list.json"
    saved.write_text(json.dumps(rows))
    files = archive_of(lived_in, "--notifications", str(saved))
    text = "\n".join(files.values())
    secrets = [part for person in PEOPLE for part in person] + [NOTE, UNKNOWN, TOKEN, *CALLERS]
    assert [secret for secret in secrets if secret in text and secret not in ("[person 1]", "Log")] == []
    digits = [re.sub(r"\D", "", number)[-7:] for number in CALLERS]
    runs = ["".join(re.findall(r"\d", run)) for run in re.findall(r"\d[\d ().-]+", text)]
    assert [run for run in runs for tail in digits if tail in run] == []
    words = words_of(re.sub(r"\[[a-z ]+ \d+\]", " ", "\n".join(files[name] for name in ("log.txt", "doctor.json", "status.json"))))
    theirs = {
        word for secret in (*secrets[: -len(CALLERS)], NOTE) for word in words_of(secret) if not word.islower() and len(word) > 1
    }
    assert words & theirs == set()


def test_the_same_person_has_the_same_mask_in_every_file(lived_in: QuickDesk) -> None:
    saved = lived_in.folder / "list.json"
    saved.write_text(json.dumps([{"title": "Quixote-O'Hara, Zoë", "content": "Incoming call 087 765 4321"}]))
    files = archive_of(lived_in, "--notifications", str(saved))
    (who,) = {
        match[1] for match in re.finditer(r"ring from \[number of (person \d+)\]: \[\1\]", files["log.txt"].splitlines()[-12])
    }
    assert json.loads(files["notifications.json"]) == [{"title": f"[{who}]", "content": f"Incoming call [number of {who}]"}]


def test_what_a_bug_is_found_by_is_in_the_archive(lived_in: QuickDesk) -> None:
    files = archive_of(lived_in, "-o", str(lived_in.folder / "bug.zip"), "--message", "no card on the second SIM")
    assert set(files) == {
        "README.txt",
        "versions.json",
        "doctor.json",
        "status.json",
        "settings.txt",
        "counts.json",
        "log.txt",
        "description.txt",
    }
    versions = json.loads(files["versions.json"])
    assert versions["termux"] == "0.118.3"
    assert versions["maker"] == "Simulated"
    assert "com.termux.api" in versions["apps"]
    assert any(finding["name"] == "call log" for finding in json.loads(files["doctor.json"]))
    assert json.loads(files["status.json"])["calls"]["in_log"] == len(CALLERS)
    counts = json.loads(files["counts.json"])
    assert counts["ledger"]["rows"]["calls"] == len(CALLERS)
    assert counts["mirror"]["rows"]["contacts"] == 5 + len(PEOPLE)
    assert sum(counts["states"]["calls"].values()) == len(CALLERS)
    assert counts["states"]["deliveries"] == {"call dead-letter": 1}  # the portal has no property for the team
    assert 'log.poll = "1s"' in files["settings.txt"]
    assert "log.ignore = (set, not shown)" in files["settings.txt"]
    assert "log.own_number = (set, not shown)" in files["settings.txt"]
    assert "2026-11-28 10:00:00 call [" in files["log.txt"]
    assert "2026-11-28 09:59:59 12 new calls in the call log\n" in files["log.txt"]
    assert files["description.txt"] == "no card on the second SIM"


def test_a_setting_that_a_person_writes_freely_is_not_shown_whatever_it_looks_like() -> None:
    written = 'region = "JP"\n[crm]\nowner = "7 anna"\nencoding = "cp1252"\n[sync]\nevery = "2h"\nscope = ["Ana"]\n[ring]\nsenses = ["inbox"]\n'
    shown = settings(parse_config(written)).splitlines()
    assert {'region = "JP"', 'crm.encoding = "cp1252"', 'sync.every = "2h"', 'ring.senses = ["inbox"]'} <= set(shown)
    assert {"crm.owner = (set, not shown)", "sync.scope = (set, not shown)"} <= set(shown)


def test_it_says_what_is_in_it_and_that_nothing_was_sent(desk: QuickDesk) -> None:
    desk.start("doctor", "--json")  # which asks the CRM whether the token is accepted
    asked_by_doctor = set(desk.portal.requests_seen)
    done = desk.start("report-bug", "--to", str(desk.folder))
    assert "doctor.json" in done.stdout
    assert "settings.txt" in done.stdout
    assert "Nothing was sent." in done.stderr
    assert set(desk.portal.requests_seen) == asked_by_doctor
    assert desk.phone.happened("opened") == []
    assert desk.start("report-bug", "--to", str(desk.folder)).returncode == 0  # a second one replaces nothing
    assert len(list(desk.folder.glob("callerid-report-*.zip"))) == 2


def test_an_archive_is_its_owner_s_alone_whatever_files_are_otherwise(tmp_path: Path) -> None:
    mask = os.umask(0o022)
    try:
        path = write_archive(tmp_path, b"a", datetime(2026, 11, 28, 21, 36, tzinfo=UTC))
    finally:
        os.umask(mask)
    assert (path.name, path.stat().st_mode & 0o777) == ("callerid-report-2026-11-28-2136.zip", 0o600)


def test_without_a_folder_it_is_where_a_person_finds_it(desk: QuickDesk) -> None:
    home = Path(desk.environment()["HOME"])
    assert f"{home}/callerid-report-" in desk.start("report-bug").stdout
    (home / "storage" / "downloads").mkdir(parents=True)
    assert f"{home}/storage/downloads/callerid-report-" in desk.start("report-bug").stdout


def test_a_home_that_is_out_of_order_is_reported_too(desk: QuickDesk) -> None:
    (desk.home / "ledger.db").write_bytes(b"no database at all" * 300)
    (desk.home / "mirror.db").write_bytes(b"nor this one" * 300)
    with (desk.home / "config.toml").open("a", encoding="utf-8") as file:
        file.write(f'nonsense = "{UNKNOWN}"\n')
    files = archive_of(desk)
    assert json.loads(files["counts.json"])["ledger"]["damaged"] is True
    assert "config.toml" in files["settings.txt"]
    assert UNKNOWN not in "".join(files.values())


def test_a_file_that_is_no_list_is_refused(desk: QuickDesk) -> None:
    (desk.folder / "list.json").write_text("{}")
    refused = desk.start("report-bug", "--notifications", str(desk.folder / "list.json"))
    assert refused.returncode == 2
    assert "is not a list of notifications" in refused.stderr
