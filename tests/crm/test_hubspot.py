"""The HubSpot client with the simulated portal: everything is read, nothing is written twice, every failure is told apart."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from callerid import errors
from callerid.credentials import Token
from callerid.crm.hubspot.http import response, send
from callerid.crm.hubspot.reading import search
from callerid.crm.hubspot.reading.search_body import DESCENDING, search_body
from callerid.models import Kind, Scope, SyncRequest
from tests.crm.conftest import ENGAGEMENT, ConnectedPortal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from callerid.models import CallEngagement, Page

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


class World(ConnectedPortal):
    """A portal that takes several pages to read, and a client."""

    def pages(self, **scope: Any) -> list[Page]:
        """Return all records, as a sync reads them."""
        portal_info = self.client.portal_info()
        names = {kind: tuple(phone.name for phone in portal_info.phone_properties if phone.kind is kind) for kind in Kind}
        sync_request = SyncRequest(
            contact_phone_properties=names[Kind.CONTACTS], company_phone_properties=names[Kind.COMPANIES], scope=Scope(**scope)
        )
        return list(self.client.all_records(sync_request))

    def contacts(self) -> list[Any]:
        return [contact for page in self.pages() for contact in page.contacts]


@pytest.fixture
def world() -> Iterator[World]:
    yield from World.of_size(people=230, companies=12, deals=30)


def engagement(world: World, **changes: Any) -> CallEngagement:
    contact = min(world.portal.records.by_kind["contacts"])
    made = replace(ENGAGEMENT, contact_id=str(contact), company_id=None, deal_id=None, owner_id=None)
    return replace(made, **changes)


def test_one_thread_decodes_the_pages_that_others_receive(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each thread that did would keep a part of the memory for itself."""
    decoders: list[str] = []
    real = response.decode_json

    def noted(content: bytearray, *hide: Any) -> Any:
        decoders.append(threading.current_thread().name)
        return real(content, *hide)

    monkeypatch.setattr(send, "decode_json", noted)
    pages = world.pages()
    assert len(pages) > 3
    assert set(decoders[-len(pages) :]) == {"callerid-decode_0"}
    world.client.account()
    assert decoders[-1] == threading.current_thread().name


def test_everything_is_read_page_by_page(world: World) -> None:
    portal_info, pages = world.client.portal_info(), world.pages()
    assert (portal_info.account.portal_id, portal_info.account.own_owner_id) == ("4242424", "77001")
    assert portal_info.totals.contacts == 230
    contacts = [contact for page in pages for contact in page.contacts]
    assert len({contact.id for contact in contacts}) == 230
    contacts.sort(key=lambda contact: int(contact.id))
    assert contacts[0].phones[0].raw == "+353 87 123 4567"
    assert any(phone.property == "direct_line" for contact in contacts for phone in contact.phones)
    assert all(phone.property != "cellphonenumber" for contact in contacts for phone in contact.phones)
    deals = [deal for page in pages for deal in page.deals]
    assert len(deals) == 30
    assert deals[0].contact_ids == (contacts[0].id,)
    assert len(deals[0].company_ids) == 1
    assert world.faults == []


def test_a_deal_with_more_contacts_than_fit_inline_has_them_all(world: World) -> None:
    records = world.portal.records
    deal = min(records.by_kind["deals"])
    for contact in list(records.by_kind["contacts"])[:220]:
        records.link("deals", deal, "contacts", contact, 3)
    read = next(d for page in world.pages() for d in page.deals if d.id == str(deal))
    assert len(read.contact_ids) == 220


def test_a_service_key_cannot_be_introspected_and_that_is_not_an_error(world: World) -> None:
    world.portal.introspection = False
    assert world.client.portal_info().account.own_owner_id is None


def test_temporary_troubles_are_waited_out(world: World) -> None:
    world.portal.fault("status", "GET /crm/objects", status=503)
    world.portal.fault("html", "GET /crm/objects")
    world.portal.fault("cut_before", "GET /crm/objects")
    world.portal.fault("truncated_json", "GET /crm/objects")
    assert len(world.contacts()) == 230
    assert len([pause for pause in world.waited if pause in (0.5, 2.0, 5.0, 10.0)]) == 4


def test_the_ten_second_limit_is_waited_out(world: World) -> None:
    world.portal.limits.burst = 12
    assert len(world.contacts()) == 230
    assert sum(world.waited) > 10
    refused = [status for _, _, status in world.portal.requests_seen if status != 200]
    assert refused in ([], [429], [429, 429])  # on a busy machine a request can cross the edge of the portal's window


def test_a_lasting_trouble_ends_the_sync_with_a_sentence(world: World) -> None:
    world.portal.fault("status", "contacts", times=99, status=500)
    with pytest.raises(errors.CrmFault, match="error of its own"):
        world.pages()


def test_a_hotels_log_in_page_is_not_a_contact_list(world: World) -> None:
    world.portal.fault("not_json_200", "/crm/objects", times=99)
    with pytest.raises(errors.CrmFault, match="answered instead of HubSpot"):
        world.pages()
    world.portal.clear_faults()
    world.portal.fault("redirect", "POST /crm/objects/2026-09/calls", times=1)
    with pytest.raises(errors.OutcomeUnknown):
        world.client.create(engagement(world))


def test_a_wrong_token_and_a_missing_scope_are_told_apart(world: World) -> None:
    other = world.connect("pat-eu1-another")
    with pytest.raises(errors.TokenFault, match="does not accept the token"):
        other.portal_info()
    other.close()
    world.portal.scopes.discard("crm.objects.deals.read")
    with pytest.raises(errors.ScopeMissing, match=r"crm\.objects\.deals\.read"):
        world.pages()


def test_the_token_is_never_shown(world: World) -> None:
    world.portal.scopes.clear()
    with pytest.raises(errors.ScopeMissing) as raised:
        world.client.create(engagement(world))
    assert world.portal.token not in repr(raised.value) + repr(Token(world.portal.token)) + str(Token(world.portal.token))


def test_offline_means_that_nothing_happened(world: World) -> None:
    world.portal.go_offline()
    with pytest.raises(errors.Offline):
        world.client.create(engagement(world))
    with pytest.raises(errors.Offline):
        world.pages()
    world.portal.go_online()
    assert world.client.create(engagement(world))


def test_a_call_is_created_with_its_associations(world: World) -> None:
    records = world.portal.records
    deal, company = min(records.by_kind["deals"]), min(records.by_kind["companies"])
    call_id = world.client.create(engagement(world, deal_id=str(deal), company_id=str(company), owner_id="77001"))
    (held,) = world.portal.held_calls()
    assert str(held.id) == call_id
    assert (held.contacts, held.deals, held.owner) == (("Ana López",), ("Renewal 2027",), "Max Own")
    assert (held.disposition, held.note) == ("Connected", "a < b & c\nnext")


@pytest.mark.parametrize(
    ("fault", "more", "happened"),
    [
        ("cut_after", {}, 1),
        ("cut_before", {}, 0),
        ("html", {}, 0),
        ("status", {"status": 500}, 0),
        ("truncated_json", {}, 1),
        ("not_json_200", {}, 1),
    ],
)
def test_a_write_without_a_clear_response_is_unknown_and_never_repeated(
    world: World, fault: str, more: dict[str, Any], happened: int
) -> None:
    world.portal.fault(fault, "POST /crm/objects/2026-09/calls$", **more)
    with pytest.raises(errors.OutcomeUnknown):
        world.client.create(engagement(world))
    assert len(world.portal.held_calls()) == happened
    assert bool(world.client.find(engagement(world))) == bool(happened)
    assert all(pause < 2 for pause in world.waited)  # only for the limit of searches


def test_a_call_is_found_at_once_while_the_search_index_lags(world: World) -> None:
    world.portal.search_lag = 60
    call_id = world.client.create(engagement(world))
    assert world.client.find(engagement(world)) == call_id
    world.now += 61
    records = world.portal.records
    records.links.clear()
    assert world.client.find(engagement(world)) == call_id
    assert world.client.find(engagement(world, external_id="another")) is None


def test_a_refusal_by_a_portals_own_rule_has_its_words(world: World) -> None:
    world.portal.required["calls"] = ("hs_activity_type",)
    with pytest.raises(errors.Refused, match="hs_activity_type"):
        world.client.create(engagement(world))


def test_a_call_with_a_deleted_contact_is_refused(world: World) -> None:
    world.portal.dead_target = 404
    with pytest.raises(errors.Refused, match="does not exist"):
        world.client.create(engagement(world, contact_id="999"))


def test_invalid_rows_are_reported_and_the_others_are_read(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from callerid.simulator.portal.reading import rows

    real = rows.shown

    def damaged(records: Any, record: Any, names: list[str]) -> dict[str, Any]:
        row = real(records, record, names)
        return row | {"id": None} if record.properties.get("email") == "person3@example.com" else row

    monkeypatch.setattr(rows, "shown", damaged)
    assert len(world.contacts()) == 229
    assert set(world.faults) == {"contacts, row 4 of its page: it has no id"}


def test_after_a_429_the_sync_waits_until_the_oldest_request_has_left_the_window(world: World) -> None:
    """Another client with the same token uses up what is left of the limit; no header says so before the refusal."""
    world.portal.limits.burst = 30
    for _ in range(20):
        world.client.account()
    world.now += 7
    for _ in range(10):
        world.portal.limits.admit(search=False)
    world.waited.clear()
    world.client.account()
    assert [status for _, _, status in world.portal.requests_seen][-2:] == [429, 200]
    assert 3 <= sum(world.waited) < 4.5


def test_a_search_that_does_not_sort_by_id_ends_the_sync_instead_of_losing_records(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next page goes on from the highest id of this one."""
    monkeypatch.setattr(search, "search_body", partial(search_body, sort=DESCENDING))
    with pytest.raises(errors.CrmFault, match="in the order of their ids"):
        list(world.client.changes(Kind.CONTACTS, SyncRequest(), LONG_AGO, 0, lambda _: frozenset()))
