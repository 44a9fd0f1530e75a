"""What a full sync was told before its records comes back from its text as it was, for the same token only."""

from __future__ import annotations

import pytest

from callerid.core.sync.kept_info import kept_info, kept_text
from callerid.models import Account, CallOutcome, IdRange, Kind, Owner, PhoneProperty, PortalInfo, Stage, Totals

TOLD = PortalInfo(
    account=Account(portal_id="4711", ui_domain="app-eu1.hubspot.com", time_zone="Europe/Dublin", own_owner_id="77001"),
    owners=(Owner(id="77001", email="max@example.com", archived=True),),
    stages=(Stage(pipeline_id="default", stage_id="won", pipeline_label="Sales", label="Won", order=3, is_closed=True),),
    phone_properties=(PhoneProperty(kind=Kind.CONTACTS, name="phone", label="Phone"),),
    suggested_phone_properties=(PhoneProperty(kind=Kind.COMPANIES, name="cell", label="Cell"),),
    outcomes=(CallOutcome(id="connected", label="Connected"),),
    totals=Totals(contacts=20_000, deals=4_000),
    id_ranges=(IdRange(kind=Kind.CONTACTS, high=512_020_000, low=512_000_001), IdRange(kind=Kind.DEALS, high=9)),
    missing_scopes=("crm.objects.companies.read",),
)


def test_what_was_told_comes_back_as_it_was() -> None:
    assert kept_info(kept_text(TOLD, "ours"), "ours") == TOLD


def test_what_another_token_was_told_is_not_used() -> None:
    assert kept_info(kept_text(TOLD, "ours"), "new") is None


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"token": "ours"}', '{"token": "ours", "info": {"account": {"of": "an earlier version"}}}']
)
def test_a_text_of_another_version_is_not_used(text: str) -> None:
    assert kept_info(text, "ours") is None
