"""Contacts that came into the mirror, or got other numbers there, are recorded until they were compared with earlier calls."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from callerid.models import Contact, ContactPhone, Kind, Page
from callerid.store.mirror.database import Mirror
from tests.store.test_mirror import build

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def contact(number: int, raw: str = "0871234567") -> Contact:
    return Contact(id=str(number), first_name="Ana", phones=(ContactPhone(property="phone", raw=raw),))


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[Mirror]:
    """A mirror of two contacts, which have been compared."""
    opened = Mirror(tmp_path / "mirror.db")
    build(opened, Page(contacts=(contact(1), contact(2))))
    opened.changed_contacts.compared(opened.changed_contacts.read())
    yield opened
    opened.close()


def changed(mirror: Mirror) -> frozenset[str]:
    return mirror.changed_contacts.read().ids


def put(mirror: Mirror, *contacts: Contact) -> None:
    mirror.update("IE").put(Page(contacts=contacts))


def test_a_new_contact_and_one_with_another_number_are_changed(mirror: Mirror) -> None:
    put(mirror, contact(1, "0861112222"), contact(2), contact(3))
    assert changed(mirror) == {"1", "3"}


def test_a_contact_with_another_name_and_the_same_numbers_is_not(mirror: Mirror) -> None:
    put(mirror, replace(contact(1), last_name="Lopez"))
    assert changed(mirror) == frozenset()


def test_after_the_first_full_sync_any_contact_may_have_changed(tmp_path: Path) -> None:
    first = Mirror(tmp_path / "first.db")
    build(first, Page(contacts=(contact(1),)))
    assert first.changed_contacts.read().every_contact
    first.changed_contacts.compared(first.changed_contacts.read())
    assert not first.changed_contacts.read().every_contact
    first.close()


def test_after_another_full_sync_the_new_contacts_and_those_with_other_numbers_have_changed(mirror: Mirror) -> None:
    build(mirror, Page(contacts=(contact(1), contact(2, "0861112222"), contact(3))))
    assert not mirror.changed_contacts.read().every_contact
    assert changed(mirror) == {"2", "3"}


def test_a_full_sync_keeps_what_was_not_compared_before_it(mirror: Mirror) -> None:
    put(mirror, contact(3))
    build(mirror, Page(contacts=(contact(1), contact(2), contact(3))))
    assert changed(mirror) == {"3"}


def test_after_a_full_sync_in_which_very_many_contacts_changed_any_may_have(
    mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callerid.store.mirror.build._MOST_CHANGED", 1)
    build(mirror, Page(contacts=(contact(1), contact(2), contact(3), contact(4))))
    assert mirror.changed_contacts.read().every_contact


def test_after_the_numbers_were_read_for_another_region_any_contact_may_have_changed(mirror: Mirror) -> None:
    mirror.reindex_if_needed("DE")
    assert mirror.changed_contacts.read().every_contact


def test_a_contact_that_changes_while_it_is_compared_is_compared_once_more(mirror: Mirror) -> None:
    put(mirror, contact(3))
    seen = mirror.changed_contacts.read()
    put(mirror, contact(3, "0861112222"))
    mirror.changed_contacts.compared(seen)
    assert changed(mirror) == {"3"}


def test_a_contact_that_is_to_be_compared_again_stays(mirror: Mirror) -> None:
    put(mirror, contact(3), contact(4))
    mirror.changed_contacts.compared(mirror.changed_contacts.read(), again=["4"])
    assert changed(mirror) == {"4"}


def test_nothing_is_left_of_a_contact_that_is_removed(mirror: Mirror) -> None:
    put(mirror, contact(3))
    mirror.update("IE").remove(Kind.CONTACTS, [3])
    assert changed(mirror) == frozenset()
