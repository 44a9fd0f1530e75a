"""callerid export, as a person types it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
import vobject

from callerid.paths import installation_paths

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.desks import QuickDesk, SyncedHome


@pytest.fixture
def desk(tmp_path: Path, small_home: SyncedHome) -> Iterator[QuickDesk]:
    with small_home.desk(tmp_path) as made:
        yield made


def exported(desk: QuickDesk, *words: str) -> list[str]:
    file = desk.folder / "people.vcf"
    done = desk.start("export", "--vcard", str(file), *words)
    assert done.returncode == 0, done.stderr
    return [person.fn.value for person in vobject.readComponents(file.read_text(encoding="utf-8"))]


def test_everybody_is_exported_with_the_address_of_their_record(desk: QuickDesk) -> None:
    file = desk.folder / "people.vcf"
    file.touch(0o644)
    assert len(exported(desk)) == 5
    assert file.stat().st_mode & 0o777 == 0o600
    ana = next(each for each in vobject.readComponents(file.read_text(encoding="utf-8")) if each.fn.value == "Ana López")
    assert ana.tel.value == "+353871234567"
    assert ana.org.value == ["Acme Ltd"]
    assert ana.url.value.startswith("https://app.hubspot.com/contacts/4242424/record/0-1/")
    assert [path.name for path in desk.folder.glob(".people*")] == []


def test_only_those_who_are_wanted_are_exported(desk: QuickDesk) -> None:
    assert exported(desk, "--deals", "open") == ["Ana López"]
    by_owner = {
        owner["email"]: {
            " ".join(contact.properties.get(part, "") for part in ("firstname", "lastname")).strip()
            for contact in desk.portal.records.by_kind["contacts"].values()
            if contact.properties.get("hubspot_owner_id") == owner["id"]
        }
        for owner in desk.portal.records.owners
    }
    own, other = (email for email, names in by_owner.items() if names)
    assert set(exported(desk, "--owner", own)) == by_owner[own]
    assert set(exported(desk, "--owner", other)) == by_owner[other]
    assert exported(desk, "--owner", "me") == exported(desk, "--owner", own)


def test_who_has_no_number_takes_nobodys_place(desk: QuickDesk) -> None:
    everybody = exported(desk)
    assert exported(desk, "--limit", "2") == everybody[:2]
    contacts = desk.portal.records.by_kind["contacts"].values()
    last = next(each for each in contacts if each.properties["lastname"] in everybody[0])
    desk.portal.records.edit("contacts", last.id, {"phone": "", "mobilephone": ""})
    assert desk.start("sync").returncode == 0
    assert exported(desk, "--limit", "2") == everybody[1:3]


def test_what_cannot_be_exported_is_an_error_with_a_remedy(desk: QuickDesk) -> None:
    refused = desk.start("export", "--vcard", "x.vcf", "--owner", "nobody@example.org")
    assert (refused.returncode, "There are: " in refused.stderr) == (2, True)
    with closing(sqlite3.connect(installation_paths(desk.environment()).mirror)) as mirror:
        mirror.execute("DELETE FROM owners")
        mirror.commit()
    refused = desk.start("export", "--vcard", "x.vcf", "--owner", "nobody@example.org")
    assert (refused.returncode, "brought no owners" in refused.stderr, "type: callerid sync" in refused.stderr) == (2, True, True)
    refused = desk.start("export", "--vcard", str(desk.folder / "no" / "x.vcf"))
    assert (refused.returncode, "cannot be written" in refused.stderr) == (2, True)
    installation_paths(desk.environment()).mirror.unlink()
    refused = desk.start("export", "--vcard", str(desk.folder / "x.vcf"))
    assert (refused.returncode, "callerid sync" in refused.stderr) == (2, True)
