"""After one quiet delta sync a card says what the portal says: what no date of a record tells is compared with each of them."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from callerid.core.sync.plan import SyncKind
from callerid.crm.hubspot.reading import changes
from callerid.errors import SuspiciousSync
from callerid.models import Kind
from callerid.simulator.portal.reading import search as portal_search
from callerid.store.ledger.block_list import Kind as BlockKind
from tests.turns.sync.portal_and_world import (
    EVERY_EDIT,
    Editor,
    PortalAndWorld,
    mirror_cards,
    mirror_people,
    portal_cards,
    portal_people,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from callerid.models import Changes


def requests_of(pair: PortalAndWorld) -> list[str]:
    """Return the paths that one delta sync asks for."""
    pair.portal.requests_seen.clear()
    assert pair.sync(SyncKind.DELTA).kind is SyncKind.DELTA
    return [path.partition("?")[0] for _, path, _ in pair.portal.requests_seen]


def test_after_300_edits_of_every_kind_one_quiet_delta_sync_makes_every_card_right(tmp_path: Path) -> None:
    pair = PortalAndWorld(tmp_path, people=400, companies=60, deals=120)
    try:
        pair.sync()
        pair.world.later(hours=2)
        chance, editor = random.Random(18), Editor(pair)
        for _ in range(300):
            editor.do(chance.choice(EVERY_EDIT), chance.randrange(10**6))
        pair.world.later(hours=1)
        before = pair.world.hub.requests
        pair.sync(SyncKind.DELTA, force=True)
        assert mirror_cards(pair.world) == portal_cards(pair.portal)
        assert mirror_people(pair.world) == portal_people(pair.portal)
        assert pair.world.hub.requests - before <= 12
        pair.world.later(hours=1)
        assert len(requests_of(pair)) == 5  # nothing is looked for again
    finally:
        pair.close()


@pytest.mark.parametrize("knows_companies", [True, False])
def test_three_purged_people_whom_nothing_links_are_found_by_few_searches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, knows_companies: bool
) -> None:
    """Also if the index of the search does not know who has a company."""
    if not knows_companies:
        monkeypatch.setattr("callerid.simulator.portal.reading.filters._ALWAYS", ("hs_object_id",))
        monkeypatch.setattr("callerid.simulator.portal.reading.filters._COMPUTED", ())
    pair = PortalAndWorld(tmp_path, people=1600, companies=30, deals=40)
    try:
        pair.sync()
        pair.world.later(hours=2)
        records = pair.portal.records
        alone = [
            contact
            for contact in Editor(pair).alive("contacts")
            if not records.linked("contacts", contact, "companies") and not records.linked("contacts", contact, "deals")
        ]
        for contact in alone[3::90]:
            records.purge("contacts", contact)
        asked = requests_of(pair)
        assert mirror_people(pair.world) == portal_people(pair.portal)
        assert len(asked) <= 5 + 1 + (2 if knows_companies else 1 + 7) + 1  # list, searches, those who are gone by id
    finally:
        pair.close()


def test_purged_deals_of_many_are_found_by_the_links_of_the_others_and_not_one_by_one(tmp_path: Path) -> None:
    pair = PortalAndWorld(tmp_path, people=60, companies=3, deals=900)
    try:
        pair.sync()
        pair.world.later(hours=2)
        records, editor = pair.portal.records, Editor(pair)
        unlinked = editor.alive("deals")[7]
        for contact in list(records.linked("deals", unlinked, "contacts")):
            records.unlink("deals", unlinked, "contacts", contact)
        for deal in editor.alive("deals")[9::100]:
            records.purge("deals", deal)
        editor.do("edit_deal", 11)
        asked = requests_of(pair)
        assert sum(path.endswith("deals/search") for path in asked) == 1  # changes, and how many there are
        assert asked.count("/crm/objects/2026-09/deals/batch/read") == 1
        assert asked.count("/crm/associations/2026-09/deals/contacts/batch/read") == 1  # closed deals are in that of the open ones
        assert len(asked) <= 5 + 1 + 1 + 1  # companies of the edited deal, list of deleted ones, deals without any
        assert {str(deal) for deal in editor.alive("deals")} == {deal for deal, _, _ in pair.world.app.mirror.deal_links()} | {
            str(unlinked)
        }
        assert mirror_cards(pair.world) == portal_cards(pair.portal)
    finally:
        pair.close()


def test_a_deleted_contact_of_a_company_is_missed_by_it_and_takes_one_request_more(
    pair: PortalAndWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "PAGE", 10)  # so that a search does not show all contacts
    records = pair.portal.records
    records.archive("contacts", next(who for who in Editor(pair).alive("contacts") if records.linked("contacts", who, "companies")))
    assert requests_of(pair)[5:] == ["/crm/objects/2026-09/contacts/batch/read"]
    assert mirror_people(pair.world) == portal_people(pair.portal)


@pytest.mark.parametrize(("edited", "is_sorted"), [(12, True), (3, False)])
def test_changes_are_read_by_date_where_the_newest_records_do_not_reach_back_or_have_no_order(
    pair: PortalAndWorld, monkeypatch: pytest.MonkeyPatch, edited: int, *, is_sorted: bool
) -> None:
    monkeypatch.setattr(changes, "PAGE", 10)
    if not is_sorted:
        monkeypatch.setattr(portal_search, "_order", lambda _body: ("hs_object_id", False))
    for contact in Editor(pair).alive("contacts")[-edited:]:
        pair.portal.records.edit("contacts", contact, {"firstname": "Edited"})
    assert requests_of(pair).count("/crm/objects/2026-09/contacts/search") == 2
    assert mirror_people(pair.world) == portal_people(pair.portal)


def test_a_link_of_a_deal_that_is_made_or_taken_away_is_on_the_card_after_one_request_more(pair: PortalAndWorld) -> None:
    editor = Editor(pair)
    for change in ("link_deal", "unlink_deal"):
        editor.do(change, 5)
        assert requests_of(pair).count("/crm/associations/2026-09/deals/contacts/batch/read") == 1
        assert mirror_cards(pair.world) == portal_cards(pair.portal)
        pair.world.later(hours=1)


def test_another_primary_company_is_on_the_card_though_no_date_tells_it(pair: PortalAndWorld) -> None:
    editor = Editor(pair)
    editor.do("unlink_company", 7)
    editor.do("link_company", 7)
    requests_of(pair)
    assert mirror_people(pair.world) == portal_people(pair.portal)


@pytest.mark.parametrize("change", ["purge", "archive", "purge_deal", "archive_deal", "archive_company"])
def test_who_is_gone_is_gone_after_one_delta_sync(pair: PortalAndWorld, change: str) -> None:
    Editor(pair).do(change, 4)
    requests_of(pair)
    assert mirror_people(pair.world) == portal_people(pair.portal)
    assert mirror_cards(pair.world) == portal_cards(pair.portal)
    facts = pair.world.app.mirror.facts()
    assert [getattr(facts, kind) for kind in Kind] == [len(Editor(pair).alive(kind)) for kind in Kind]


def test_an_owner_whom_no_list_has_is_asked_for_once_a_day_and_not_with_each_change(pair: PortalAndWorld) -> None:
    contact, asked = Editor(pair).alive("contacts")[4], list[bool]()
    for hours in (0, 1, 1, 23):
        pair.world.later(hours=hours)
        pair.portal.records.edit("contacts", contact, {"hubspot_owner_id": "99999"})
        asked.append(any("/pipelines/" in path for path in requests_of(pair)))  # with the owners the stages are asked for
    assert asked == [True, False, False, True]


def test_people_who_are_forgotten_here_are_looked_for_once_and_not_with_each_sync(pair: PortalAndWorld) -> None:
    forgotten = next(
        contact for contact in Editor(pair).alive("contacts") if not pair.portal.records.linked("contacts", contact, "deals")
    )
    pair.world.app.ledger.block_list.add(BlockKind.FORGOTTEN_CONTACT, [str(forgotten)])
    pair.world.app.mirror.update("IE").remove(Kind.CONTACTS, [forgotten])
    assert "/crm/objects/2026-09/contacts/batch/read" in requests_of(pair)
    pair.world.later(hours=1)
    assert "/crm/objects/2026-09/contacts/batch/read" not in requests_of(pair)
    assert str(forgotten) not in mirror_people(pair.world)


def test_a_loss_of_more_than_a_tenth_is_not_believed_until_it_is_forced(pair: PortalAndWorld) -> None:
    for contact in Editor(pair).alive("contacts")[:6]:
        pair.portal.records.purge("contacts", contact)
    as_of = pair.world.app.mirror.facts().as_of(Kind.CONTACTS)
    with pytest.raises(SuspiciousSync, match="more than a tenth is gone"):
        pair.sync(SyncKind.DELTA)
    facts = pair.world.app.mirror.facts()
    assert (facts.contacts, facts.as_of(Kind.CONTACTS)) == (40, as_of)
    pair.sync(SyncKind.DELTA, force=True)
    assert mirror_people(pair.world) == portal_people(pair.portal)


def test_the_age_is_that_of_what_is_shown_and_not_of_the_last_request(pair: PortalAndWorld) -> None:
    """An index that has not sent all changes leaves the names as old as they were, but not the deals."""
    before = pair.world.app.mirror.facts()
    pair.world.hub.changes = _hiding_a_contact(pair.world.hub.changes)  # type: ignore[method-assign]
    pair.sync(SyncKind.DELTA)
    facts = pair.world.app.mirror.facts()
    assert facts.names_as_of == before.names_as_of
    deals_at = facts.as_of(Kind.DEALS)
    assert deals_at is not None
    assert deals_at - pair.world.now < timedelta(seconds=1)


def _hiding_a_contact(real: Callable[..., Iterator[Changes]]) -> Callable[..., Iterator[Changes]]:
    """Return `changes` of a CRM that counts one more contact than it sends."""

    def changes(kind: Kind, *rest: object, counting: bool) -> Iterator[Changes]:
        for page in real(kind, *rest, counting=counting):
            yield replace(page, total=page.total + 1) if kind is Kind.CONTACTS else page

    return changes
