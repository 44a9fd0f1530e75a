"""Addresses of records in the portal."""

from __future__ import annotations

import pytest

from callerid.core.record_links import contact_url
from callerid.errors import Refused
from callerid.models import Account


def test_the_address_of_a_contact_is_made_of_ids_and_the_portals_host() -> None:
    account = Account(portal_id="42", ui_domain="app.hubspot.com")
    assert contact_url(account, "501") == "https://app.hubspot.com/contacts/42/record/0-1/501"


@pytest.mark.parametrize(
    "account", [Account(portal_id="4/2", ui_domain="app.hubspot.com"), Account(portal_id="42", ui_domain="x y")]
)
def test_an_account_whose_id_or_host_is_not_valid_makes_no_address(account: Account) -> None:
    with pytest.raises(Refused) as refused:
        contact_url(account, "501")
    assert refused.value.remedy


@pytest.mark.parametrize("contact_id", ["", "5/1", "501?x", "5" * 31])
def test_a_contact_whose_id_is_not_valid_has_no_address(contact_id: str) -> None:
    with pytest.raises(Refused):
        contact_url(Account(portal_id="42", ui_domain="app.hubspot.com"), contact_id)
