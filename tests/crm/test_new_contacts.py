"""New contacts are searched for before they are created, and numbers are written into empty properties only."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from callerid import errors
from callerid.models import (
    SyncRequest,
)
from tests.crm.conftest import NORA, OBJECTS

if TYPE_CHECKING:
    from tests.crm.conftest import Desk

SYNC_REQUEST = SyncRequest(contact_phone_properties=("phone", "mobilephone"))


def test_a_new_contact_is_created_with_the_given_values_only(desk: Desk) -> None:
    contact_id = desk.client.create_contact(replace(NORA, company=""))
    properties = {name: value for name, value in desk.raw("contacts", contact_id).items() if not name.startswith("hs_searchable")}
    assert properties == {
        "firstname": "Nora",
        "lastname": "Neu",
        "email": "Nora@Example.com",
        "phone": "+353879990000",
        "hubspot_owner_id": "77001",
    }


def test_a_contact_whose_e_mail_is_taken_exists_already_under_an_id(desk: Desk) -> None:
    taken = desk.raw("contacts", str(desk.ben))["email"]
    with pytest.raises(errors.AlreadyExists) as raised:
        desk.client.create_contact(replace(NORA, email=taken.upper()))
    assert raised.value.remote_id == str(desk.ben)


@pytest.mark.parametrize("fault", ["cut_after", "html", "truncated_json", "not_json_200"])
def test_a_contact_whose_response_was_lost_may_exist(desk: Desk, fault: str) -> None:
    desk.portal.fault(fault, f"POST {OBJECTS}/contacts$")
    with pytest.raises(errors.OutcomeUnknown):
        desk.client.create_contact(NORA)
    duplicates = desk.client.possible_duplicates(NORA, "879990000", SYNC_REQUEST)
    assert len(duplicates) == (0 if fault == "html" else 1)


def test_duplicates_are_searched_for_by_e_mail_and_number_in_one_request(desk: Desk) -> None:
    email = desk.raw("contacts", str(desk.ben))["email"]
    before = len(desk.portal.requests_seen)
    duplicates = desk.client.possible_duplicates(
        replace(NORA, email=email.upper(), number="+353871234567"), "871234567", SYNC_REQUEST
    )
    assert len(desk.portal.requests_seen) == before + 1
    assert {contact.id for contact in duplicates} == {str(desk.ana), str(desk.ben)}


def test_a_contact_without_e_mail_and_number_has_no_duplicates(desk: Desk) -> None:
    assert desk.client.possible_duplicates(replace(NORA, email="", number=""), "", SYNC_REQUEST) == ()


def test_a_portal_with_a_hundred_phone_properties_can_be_searched(desk: Desk) -> None:
    many = SyncRequest(contact_phone_properties=("phone", *(f"a_rather_long_property_name_{n:03}" for n in range(120))))
    assert desk.client.possible_duplicates(replace(NORA, number="+353871234567"), "871234567", many)


def test_a_number_is_written_into_the_chosen_property_if_it_is_empty(desk: Desk) -> None:
    for number, is_written in (("+353861112222", True), ("+353861113333", False)):
        assert desk.client.set_phone_if_empty(str(desk.ana), "mobilephone", number) is is_written
    assert desk.raw("contacts", str(desk.ana))["mobilephone"] == "+353861112222"
    desk.records.archive("contacts", desk.ana)
    with pytest.raises(errors.Refused):
        desk.client.set_phone_if_empty(str(desk.ana), "mobilephone", "1")
