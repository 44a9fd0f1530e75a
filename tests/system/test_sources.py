"""Other sources of names: a CSV file that is read again when it changes, the phone contacts, and a live lookup."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from callerid.simulator.portal import SimulatedPortal
from tests.desks import QuickDesk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from callerid.simulator.phone.handset import ShownNotification

pytestmark = pytest.mark.usefixtures("quick_searches")
ANA, BEN = "+353871234567", "+353861112222"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[QuickDesk]:
    with SimulatedPortal() as portal:
        portal.populate(people=10, companies=2, deals=2)
        yield QuickDesk(tmp_path, portal)


def with_file(desk: QuickDesk, content: str) -> Path:
    path = desk.folder / "people.csv"
    path.write_text(content)
    for key, value in (("crm.file", str(path)), ("crm.provider", "file")):
        assert desk.start("config", "set", key, value).returncode == 0
    return path


def title(desk: QuickDesk) -> str:
    shown: ShownNotification = desk.phone.wait(desk.phone.notifications, 20)[0]
    return shown.title


def test_callers_are_named_by_a_file_and_it_is_read_again_when_it_changes(desk: QuickDesk) -> None:
    path = with_file(desk, "Name,Company,Phone\nAna López,Acme,087 123 4567\nnobody,,,x\n")
    synced = desk.start("sync")
    assert synced.returncode == 0
    assert synced.stdout.startswith("1 contact, 1 company, 0 deals, 1 number (full); 0 requests")
    assert "people.csv, line 3: it has 4 fields" in synced.stderr
    assert json.loads(desk.start("sync", "--json").stdout)["why"] == "nothing changed since"
    assert desk.start("sync", "--delta").returncode == 2
    assert "from people.csv" in desk.start("status").stdout
    with desk.daemon():
        desk.phone.wait(lambda: desk.json("status")["last_poll"], 60)
        desk.phone.ring(ANA)
        assert title(desk) == "Ana López · Acme"
        desk.phone.answer()
        desk.phone.hang_up(talked=30)
        desk.phone.wait(lambda: desk.json("status")["calls"]["ignored"] == 1, 20)  # there is no CRM to log to
        desk.phone.wait(lambda: not desk.phone.notifications(), 60)
        fresh = path.with_suffix(".new")
        fresh.write_text("Name,Company,Phone\nAna López,Acme,087 123 4567\nBen Bolt,Bolt,086 111 2222\n")
        fresh.replace(path)
        desk.phone.wait(lambda: desk.json("status")["mirror"]["contacts"] == 2, 60)
        desk.phone.ring(BEN)
        assert title(desk) == "Ben Bolt · Bolt"
        desk.phone.miss()
        (missed,) = desk.phone.wait(lambda: [n for n in desk.phone.notifications() if n.title.startswith("Missed")], 60)
        assert list(missed.buttons) == ["Call back"]
    assert desk.portal.requests_seen == []


def test_a_file_that_lost_nearly_all_contacts_is_refused(desk: QuickDesk) -> None:
    rows = [f"Person {n},087 123 {n:04}" for n in range(30)]
    path = with_file(desk, "\n".join(["Name,Phone", *rows]))
    assert desk.start("sync").returncode == 0
    path.write_text("Name,Phone\nPerson 1,087 123 0001\n")
    assert desk.start("sync").returncode == 37
    assert desk.json("status")["mirror"]["contacts"] == 30
    path.unlink()
    refused = desk.start("sync")
    assert refused.returncode == 10
    assert "cannot be read" in refused.stderr


def test_without_a_token_and_a_file_the_phone_contacts_are_used(desk: QuickDesk) -> None:
    desk.token = ""
    desk.phone.change(contacts=[{"name": "Ana López", "number": "087 123 4567"}, {"name": None, "number": "1"}])
    with desk.daemon():
        desk.phone.wait(lambda: desk.json("status")["mirror"]["contacts"] == 2, 60)
        desk.phone.ring(ANA)
        assert title(desk) == "Ana López"
        assert "phone contacts" in desk.phone.notifications()[0].content
    assert "from phone contacts" in desk.start("status").stdout
    desk.token = desk.portal.token  # with a token, HubSpot becomes the source, which is not a loss of data
    assert desk.json("sync")["contacts"] == 10
    desk.token = ""
    assert desk.start("sync").returncode == 30  # the phone contacts do not replace the mirror of a CRM


def test_a_stranger_is_shown_at_once_and_named_after_the_live_lookup(desk: QuickDesk) -> None:
    assert desk.start("sync").returncode == 0
    assert desk.start("config", "set", "sync.live_lookup", "always").returncode == 0
    desk.portal.records.create("contacts", {"firstname": "New", "lastname": "Comer", "phone": "087 999 0001"})
    desk.portal.latency = 0.8
    with desk.daemon():
        desk.phone.wait(lambda: desk.json("status")["last_poll"], 60)
        desk.phone.ring("+353879990001")
        assert "999 0001" in title(desk)
        desk.phone.wait(lambda: title(desk) == "New Comer", 60)


def test_config_phones_shows_takes_and_drops_properties(desk: QuickDesk) -> None:
    desk.portal.records.create("contacts", {"firstname": "Cell", "cellphonenumber": "087 999 8877"})
    rows = {row["name"]: row["state"] for row in desk.json("config", "phones") if row["kind"] == "contacts"}
    assert (rows["phone"], rows["direct_line"], rows["cellphonenumber"]) == ("read", "read", "suggested")
    assert "notes_text" not in rows
    assert desk.start("sync").returncode == 0
    assert desk.json("lookup", "0879998877")["certainty"] == "unknown"
    taken = desk.start("config", "phones", "--take", "cellphonenumber")
    assert "taken" in taken.stdout
    assert desk.json("sync")["kind"] == "full"
    assert desk.json("lookup", "0879998877")["certainty"] == "known"
    assert desk.start("config", "phones", "--take", "firstname").returncode == 2
    assert desk.start("config", "phones", "--drop", "cellphonenumber").returncode == 0
    assert desk.json("sync")["kind"] == "full"
    assert desk.json("lookup", "0879998877")["certainty"] == "unknown"


def test_run_once_reads_a_file_and_config_phones_refers_to_its_columns(desk: QuickDesk, tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text("Name,Phone\nAna López,087 123 4567\n")
    assert desk.start("config", "set", "crm.provider", "file").returncode == 0
    assert desk.start("config", "set", "crm.file", str(people)).returncode == 0
    assert "1 contact" in desk.start("run", "--once", "pull").stderr
    refused = desk.start("config", "phones")
    assert refused.returncode == 10
    assert "crm.columns" in refused.stderr


def test_a_relative_file_name_is_found_from_any_folder(desk: QuickDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (desk.home / "people.csv").write_text("Name,Phone\nAna López,087 123 4567\n")
    (desk.home / "config.toml").write_text('region = "IE"\n[crm]\nprovider = "file"\nfile = "people.csv"\n')
    assert desk.json("sync")["contacts"] == 1
    (tmp_path / "elsewhere.csv").write_text("Name,Phone\n")
    monkeypatch.chdir(tmp_path)
    assert desk.start("config", "set", "crm.file", "elsewhere.csv").returncode == 0
    assert Path(desk.json("config", "show")["crm.file"].strip('"')).is_absolute()
