"""What each response of HubSpot means, whether a write may have happened, and how rows and calls are read and written."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callerid import errors
from callerid.crm.hubspot.http.read_retry import pause_before_retry
from callerid.crm.hubspot.http.response import (
    Response,
    decode_json,
    error_of,
    message_of,
    seconds_until_midnight,
)
from callerid.crm.hubspot.reading import property_values, records
from callerid.crm.hubspot.writing.properties import creation_body, html_of
from callerid.models import Kind
from tests.crm.conftest import ENGAGEMENT

NOW = datetime(2026, 11, 22, 22, 0, tzinfo=UTC)
TEN = {"policyName": "TEN_SECONDLY_ROLLING", "message": "You have reached your ten_secondly_rolling limit."}
DAY = {"policyName": "DAILY", "message": "You have reached your daily limit."}
SEARCH = {"message": "You have reached your secondly limit."}
SCOPES = {"errors": [{"context": {"requiredGranularScopes": ["crm.objects.contacts.write"]}}]}


@pytest.mark.parametrize(
    ("status", "body", "headers", "for_a_read", "for_a_write"),
    [
        (200, {}, {}, None, None),
        (201, {"id": "1"}, {}, None, None),
        (207, {"results": []}, {}, None, None),
        (200, None, {}, errors.CrmFault, errors.OutcomeUnknown),
        (201, None, {}, errors.CrmFault, errors.OutcomeUnknown),
        (302, None, {}, errors.CrmFault, errors.OutcomeUnknown),
        (400, {"message": "no"}, {}, errors.Refused, errors.Refused),
        (400, None, {}, errors.CrmFault, errors.OutcomeUnknown),
        (401, {}, {}, errors.TokenFault, errors.TokenFault),
        (401, None, {}, errors.TokenFault, errors.TokenFault),
        (403, SCOPES, {}, errors.ScopeMissing, errors.ScopeMissing),
        (403, None, {}, errors.ScopeMissing, errors.ScopeMissing),
        (404, {"message": "resource not found"}, {}, errors.NotFound, errors.NotFound),
        (408, {"message": "slow"}, {}, errors.CrmFault, errors.OutcomeUnknown),
        (409, {"message": "exists"}, {}, errors.Conflict, errors.Conflict),
        (423, {}, {}, errors.Locked, errors.Locked),
        (429, TEN, {}, errors.RateLimited, errors.RateLimited),
        (477, {}, {"Retry-After": "120"}, errors.MigrationInProgress, errors.MigrationInProgress),
        (500, {}, {}, errors.CrmFault, errors.OutcomeUnknown),
        (502, None, {}, errors.CrmFault, errors.OutcomeUnknown),
        (503, {}, {}, errors.CrmFault, errors.OutcomeUnknown),
        (530, None, {}, errors.TokenFault, errors.TokenFault),
    ],
)
def test_each_status_has_its_meaning(
    status: int, body: Any, headers: dict[str, str], for_a_read: type[Exception] | None, for_a_write: type[Exception] | None
) -> None:
    response = Response(status=status, headers=headers, body=body)
    for writes, expected in ((False, for_a_read), (True, for_a_write)):
        fault = error_of(response, writes=writes, now=NOW, zone="")
        assert type(fault) is (expected or type(None))
    repeatable = error_of(response, writes=True, repeatable=True, now=NOW, zone="")
    assert type(repeatable) is (for_a_read or type(None))


@pytest.mark.parametrize(
    ("body", "headers", "seconds"),
    [
        (TEN, {}, 10),
        (TEN, {"X-HubSpot-RateLimit-Interval-Milliseconds": "4000"}, 4),
        (TEN, {"Retry-After": "7"}, 7),
        (SEARCH, {}, 1),
        (DAY, {}, 3600),
        ({}, {"Retry-After": "nonsense"}, 1),
        ({}, {"Retry-After": "-5"}, 1),
        ({}, {"Retry-After": "nan"}, 1),
        ({}, {"Retry-After": "259200"}, 86400),
        ({}, {"Retry-After": f"Mon, 23 Nov {'9' * 40} 12:05:00 GMT"}, 1),
        ({}, {"Retry-After": f"{NOW + timedelta(minutes=5):%a, %d %b %Y %H:%M:%S} GMT"}, 300),
        ({}, {"Retry-After": "Mon, 23 Nov 2026 12:05:00 -0000", "Date": "Mon, 23 Nov 2026 12:04:00 GMT"}, 60),
        ({}, {"Retry-After": "Mon, 23 Nov 2026 12:05:00 GMT", "Date": "Mon, 23 Nov 2026 12:06:00 GMT"}, 1),
        (None, {}, 1),
    ],
)
def test_a_limit_lasts_as_long_as_hubspot_says(body: Any, headers: dict[str, str], seconds: float) -> None:
    fault = error_of(Response(status=429, headers=headers, body=body), writes=False, now=NOW, zone="Europe/Berlin")
    assert isinstance(fault, errors.RateLimited)
    assert fault.retry_after == seconds


@pytest.mark.parametrize("status", [423, 477, 503])
@pytest.mark.parametrize("writes", [False, True])
def test_every_error_may_say_when_to_try_again(status: int, *, writes: bool) -> None:
    fault = error_of(Response(status=status, headers={"Retry-After": "600"}, body={}), writes=writes, now=NOW, zone="")
    assert isinstance(fault, errors.CrmFault)
    assert fault.retry_after == 600


def test_the_day_ends_in_the_accounts_time_zone_even_if_it_is_unknown() -> None:
    assert seconds_until_midnight(NOW, "Asia/Tokyo") == 17 * 3600
    assert seconds_until_midnight(NOW, "Not/AZone") == 2 * 3600
    assert seconds_until_midnight(NOW, "") == 2 * 3600


@pytest.mark.parametrize(("body", "by_crm"), [(SCOPES, True), ({}, True), (None, False)])
def test_a_403_in_words_that_are_not_hubspots_says_nothing_about_the_token(body: Any, *, by_crm: bool) -> None:
    fault = error_of(Response(status=403, headers={}, body=body), writes=False, now=NOW, zone="")
    assert isinstance(fault, errors.ScopeMissing)
    assert fault.by_crm is by_crm


def test_a_missing_scope_is_named_with_what_to_do() -> None:
    fault = error_of(Response(status=403, headers={}, body=SCOPES), writes=True, now=NOW, zone="")
    assert fault
    assert "crm.objects.contacts.write" in fault.sentence
    assert "Service keys" in fault.remedy


def test_a_refusal_has_the_portals_words_within_a_limit() -> None:
    body = {
        "message": "Some required properties were not set: campaign",
        "errors": [{"message": "Property campaign is required"}, 3],
    }
    fault = error_of(Response(status=400, headers={}, body=body), writes=True, now=NOW, zone="")
    assert fault
    assert "campaign is required" in fault.sentence
    assert len(message_of(Response(status=400, headers={}, body={"message": "x" * 9000}))) == 400


def test_the_json_in_a_message_is_replaced_by_the_messages_in_it() -> None:
    message = 'Property values were not valid: [{"isValid":false,"message":"Property \\"team\\" does not exist","name":"team"}]'
    assert message_of(Response(status=400, headers={}, body={"message": message})) == (
        'Property values were not valid; Property "team" does not exist'
    )
    cut = "Property values were not valid: [{"
    assert message_of(Response(status=400, headers={}, body={"message": cut})) == cut


def test_only_temporary_troubles_are_tried_again_and_never_after_long_pauses() -> None:
    temporary = errors.CrmFault("x")
    assert [pause_before_retry(temporary, n) for n in range(1, 7)] == [0.5, 2.0, 5.0, 10.0, None, None]
    assert pause_before_retry(errors.RateLimited("x", retry_after=12), 1) == 12
    assert pause_before_retry(errors.RateLimited("x", retry_after=3600), 1) is None
    rolling = errors.RateLimited("x", retry_after=1.5, window=10)
    assert [pause_before_retry(rolling, n) for n in range(1, 6)] == [1.5, 10, 10, 10, None]
    assert pause_before_retry(errors.Refused("x"), 1) is None


@given(st.binary())
def test_any_body_is_decoded_or_none(content: bytes) -> None:
    decode_json(content)


def test_a_call_is_written_as_the_api_guide_shows_it() -> None:
    body = creation_body(ENGAGEMENT)
    assert body["properties"] == {
        "hs_timestamp": "2026-11-22T09:40:00Z",
        "hs_call_title": "Call with Ana",
        "hs_call_body": "a &lt; b &amp; c<br>next",
        "hs_call_duration": "184000",
        "hs_call_direction": "INBOUND",
        "hs_call_status": "COMPLETED",
        "hs_call_disposition": "f240bbac-87c9-4f6e-bf70-924b57d47db7",
        "hs_call_from_number": "+34600000000",
        "hs_call_external_id": "e",
        "hubspot_owner_id": "123",
    }
    assert [(a["to"]["id"], a["types"][0]["associationTypeId"]) for a in body["associations"]] == [
        ("501", 194),
        ("601", 182),
        ("701", 206),
    ]


@given(st.text())
def test_a_note_is_never_markup_and_never_cut_within_an_entity(note: str) -> None:
    markup = html_of(note)
    assert len(markup) <= 65_536
    assert "<" not in markup.replace("<br>", "")
    json.dumps(markup)


def test_a_very_long_note_is_cut_between_entities() -> None:
    assert html_of("&" * 70_000) == "&amp;" * (65_536 // 5)


JSON = st.recursive(
    st.none() | st.booleans() | st.text(max_size=9) | st.integers(),
    lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text(max_size=5), x, max_size=3),
    max_leaves=8,
)
ROWS = JSON | st.fixed_dictionaries(
    {
        "id": JSON,
        "properties": st.dictionaries(st.sampled_from([*records.CONTACT_PROPERTIES, *records.DEAL_PROPERTIES, "phone"]), JSON),
    }
)


@given(ROWS)
def test_any_row_is_read_or_is_not_valid(row: Any) -> None:
    readers = (
        lambda: records.contact(row, ("phone",)),
        lambda: records.company(row, ("phone",)),
        lambda: records.deal(row, (), (), "Asia/Tokyo"),
        lambda: records.owner(row),
        lambda: records.stages(row),
    )
    for read in readers:
        try:
            read()
        except records.InvalidRow:
            continue


def test_values_are_read_as_hubspot_writes_them() -> None:
    assert property_values.moment("2026-11-22T09:40:00.123Z") == datetime(2026, 11, 22, 9, 40, 0, 123_000, tzinfo=UTC)
    assert property_values.moment("2026-11-22T09:40:00Z") == property_values.moment("1795340400000")
    assert property_values.day("2026-11-30", "America/New_York") == date(2026, 11, 30)
    assert property_values.day("2026-12-12T23:00:00Z", "Europe/Berlin") == date(2026, 12, 13)
    assert (
        property_values.day("2026-12-12T23:00:00Z", "no/where")
        == property_values.day("2026-12-12T23:00:00Z", "")
        == date(2026, 12, 12)
    )
    assert property_values.day("9999-12-31T23:00:00Z", "Europe/Berlin") == date(9999, 12, 31)
    assert property_values.moment("soon") is None
    assert property_values.moment(None) is None
    assert property_values.number("1500.00") == Decimal(1500)
    assert property_values.number("") is None
    assert property_values.number("NaN") is None
    assert property_values.number("1e99") is None
    assert (property_values.boolean("true"), property_values.boolean("false"), property_values.boolean("")) == (True, False, None)


def test_a_masked_number_is_read_from_its_calculated_twin_and_never_as_it_is() -> None:
    masked = {"phone": "+49 89 ****567", "hs_searchable_calculated_international_phone_number": "49891234567", "fax": "***"}
    assert [p.raw for p in property_values.phones(masked, ("phone", "fax"))] == ["+49891234567"]


@pytest.mark.parametrize("twin", ["4567", "3534567"])
def test_what_is_left_of_a_mask_that_somebody_typed_is_no_number(twin: str) -> None:
    typed = {"phone": "•••• 4567", "hs_searchable_calculated_international_phone_number": twin}
    assert property_values.phones(typed, ("phone",)) == ()
    assert [field.raw for field in property_values.masked_phones(typed, ("phone",))] == ["•••• 4567"]


def test_phone_properties_are_recognised_by_their_field_type() -> None:
    def recognised(**definition: Any) -> tuple[str, bool]:
        phone, certain = records.phone_property(Kind.CONTACTS, definition)
        return (phone.name if phone else "", certain)

    assert recognised(name="direct", fieldType="phonenumber") == ("direct", True)
    assert recognised(name="direct", fieldType="text", textDisplayHint="phone_number") == ("direct", True)
    assert recognised(name="hs_searchable_calculated_phone_number", fieldType="phonenumber") == ("", False)
    assert recognised(name="x", fieldType="phonenumber", calculated=True) == ("", False)
    assert recognised(name="cellphonenumber", fieldType="text", type="string") == ("cellphonenumber", False)
    assert recognised(name="handy_privat", label="Handy", fieldType="text", type="string") == ("handy_privat", False)
    assert recognised(name="cancelled_because", fieldType="text", type="string") == ("", False)
    assert records.phone_property(Kind.CONTACTS, None) == (None, False)
