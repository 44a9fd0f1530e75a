"""The mirror equals the portal after any history of edits and one quiet sync with a sweep; and a sync that is cut short goes on."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callerid.core.sync.plan import SyncKind
from callerid.errors import CrmFault, Offline, SuspiciousSync
from callerid.models import Kind, SyncRequest
from callerid.simulator.portal import SimulatedPortal
from callerid.turns.sync.sync import SyncResult, pull
from tests.turns.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def portal_people(portal: SimulatedPortal) -> dict[str, tuple[Any, ...]]:
    """What the portal has, as a mirror should show it."""
    records, found = portal.records, {}
    for record in records.by_kind["contacts"].values():
        if record.archived_at is None:
            said = {name: records.value(record, name) or "" for name in ("firstname", "lastname", "phone", "mobilephone")}
            company = records.value(record, "associatedcompanyid")
            numbers = ("phone", "mobilephone")  # what holds no digit is nobody's number
            names = {name: said[name] for name in numbers if any(sign.isdigit() for sign in said[name])}
            found[str(record.id)] = (said["firstname"], said["lastname"], company, tuple(sorted(names.items())))
    return found


def mirror_people(world: World) -> dict[str, tuple[Any, ...]]:
    return {
        contact.id: (
            contact.first_name,
            contact.last_name,
            contact.company_id,
            tuple(sorted((p.property, p.raw) for p in contact.phones if p.property in ("phone", "mobilephone"))),
        )
        for contact in world.app.mirror.all_contacts()
    }


def portal_links(portal: SimulatedPortal) -> set[tuple[str, Kind, str]]:
    records = portal.records
    return {
        (str(deal.id), kind, str(to))
        for deal in records.by_kind["deals"].values()
        if deal.archived_at is None
        for kind in (Kind.CONTACTS, Kind.COMPANIES)
        for to in records.linked("deals", deal.id, kind)
    }


def portal_cards(portal: SimulatedPortal) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Company and open deals of each person, as the portal has them."""
    records = portal.records
    alive = [record for record in records.by_kind["companies"].values() if record.archived_at is None]
    companies = {str(record.id): records.value(record, "name") or "" for record in alive}
    deals: dict[str, list[str]] = {}
    for deal in records.by_kind["deals"].values():
        if deal.archived_at is None and records.value(deal, "hs_is_closed") != "true":
            for contact in records.linked("deals", deal.id, "contacts"):
                deals.setdefault(str(contact), []).append(f"{deal.id} {records.value(deal, 'dealname') or ''}")
    return {
        contact: (companies.get(said[2] or "", ""), tuple(sorted(deals.get(contact, []))))
        for contact, said in portal_people(portal).items()
    }


def mirror_cards(world: World) -> dict[str, tuple[str, tuple[str, ...]]]:
    shown = {contact.id: world.app.mirror.candidate(contact.id) for contact in world.app.mirror.all_contacts()}
    return {
        contact: (found.company, tuple(sorted(f"{deal.id} {deal.name}" for deal in found.deals)))
        for contact, found in shown.items()
        if found
    }


def assert_equal(world: World, portal: SimulatedPortal) -> None:
    assert mirror_people(world) == portal_people(portal)
    assert set(world.app.mirror.deal_links()) == portal_links(portal)
    facts, records = world.app.mirror.facts(), portal.records
    for kind in Kind:
        alive = [record for record in records.by_kind[kind].values() if record.archived_at is None]
        assert getattr(facts, kind.value) == len(alive)
    assert mirror_cards(world) == portal_cards(portal)
    for contact in world.app.mirror.all_contacts():
        for phone in contact.phones:
            assert contact.id in {found.id for found in world.app.mirror.candidates(phone.raw, "IE")}


class Room:
    """A portal and a world that share a clock."""

    def __init__(self, folder: Path, *, people: int = 8, companies: int = 3, deals: int = 4) -> None:
        self.portal = SimulatedPortal(clock=lambda: self.now().timestamp())
        self.world: World | None = None
        self.portal.populate(people=people, companies=companies, deals=deals)
        self.portal.limits.burst = 100_000
        self.portal.limits.searches = 1000
        self.portal.__enter__()
        self.world = World(folder, self.portal, NOW)

    def now(self) -> datetime:
        return self.world.now if self.world else NOW - timedelta(days=40)

    def sync(self, wanted: SyncKind | None = None, **more: Any) -> SyncResult:
        assert self.world
        return pull(self.world.app, self.world.hub, self.world.clock, requested=wanted, **more)

    @property
    def here(self) -> World:
        assert self.world
        return self.world

    def close(self) -> None:
        self.here.close()
        self.portal.__exit__(None, None, None)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    made = Room(tmp_path)
    yield made
    made.close()


# ------------------------------------------------------------------------------------------------ any history

CHANGES = st.sampled_from(
    "rename renumber create archive restore purge merge merge_companies merge_deals link_company unlink_company link_deal unlink_deal "
    "rename_company close_deal "
    "archive_company archive_deal edit_deal purge_deal wait sync".split()
)


class Editor:
    """Changes a portal as people do; `pick` chooses whom."""

    def __init__(self, room: Room) -> None:
        self.room, self.records = room, room.portal.records
        self.count = 0

    def alive(self, kind: str) -> list[int]:
        return [i for i in self.records.ids[kind] if self.records.by_kind[kind][i].archived_at is None]

    def do(self, change: str, pick: int) -> None:
        self.count += 1
        contacts, companies, deals = (self.alive(kind) for kind in ("contacts", "companies", "deals"))
        archived = [i for i in self.records.ids["contacts"] if i not in contacts]
        one = contacts[pick % len(contacts)] if contacts else None
        match change:
            case "create":
                self.records.create("contacts", {"firstname": f"New {self.count}", "phone": f"+353 87 {5000000 + self.count}"})
            case "rename" if one:
                self.records.edit("contacts", one, {"firstname": f"Edited {self.count}"})
            case "renumber" if one:
                self.records.edit("contacts", one, {"phone": f"+353 86 {6000000 + self.count}", "mobilephone": ""})
            case "archive" if one:
                self.records.archive("contacts", one)
            case "restore" if archived:
                self.records.restore("contacts", archived[pick % len(archived)])
            case "purge" if one:
                self.records.purge("contacts", one)
            case "merge" | "merge_companies" | "merge_deals":
                kind = {"merge": "contacts", "merge_companies": "companies", "merge_deals": "deals"}[change]
                ids = self.alive(kind)
                if len(ids) > 1:
                    self.records.merge(kind, ids[pick % len(ids)], ids[(pick + 1) % len(ids)])
            case "link_company" if one and companies:
                self.records.link("contacts", one, "companies", companies[pick % len(companies)], 1)
            case "unlink_company" if one:
                for company in list(self.records.linked("contacts", one, "companies")):
                    self.records.unlink("contacts", one, "companies", company)
            case "link_deal" if one and deals:
                self.records.link("deals", deals[pick % len(deals)], "contacts", one, 3)
            case "unlink_deal" if deals:
                deal = deals[pick % len(deals)]
                for contact in list(self.records.linked("deals", deal, "contacts")):
                    self.records.unlink("deals", deal, "contacts", contact)
            case "rename_company" if companies:
                self.records.edit("companies", companies[pick % len(companies)], {"name": f"Company {self.count}"})
            case "close_deal" if deals:
                self.records.edit("deals", deals[pick % len(deals)], {"dealstage": "closedwon", "hs_is_closed": "true"})
            case "archive_company" if companies:
                self.records.archive("companies", companies[pick % len(companies)])
            case "archive_deal" if deals:
                self.records.archive("deals", deals[pick % len(deals)])
            case "edit_deal" if deals:
                self.records.edit("deals", deals[pick % len(deals)], {"dealname": f"Deal {self.count}"})
            case "purge_deal" if deals:
                self.records.purge("deals", deals[pick % len(deals)])
            case "wait":
                self.room.here.later(hours=1 + pick % 40)
            case "sync":
                self.room.sync(SyncKind.SWEEP if pick % 5 == 0 else None, force=True)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    history=st.lists(st.tuples(CHANGES, st.integers(0, 50)), max_size=25),
    lag=st.sampled_from([0, 0, 30]),
    keeps_id=st.booleans(),
)
def test_after_any_history_one_quiet_sync_with_a_sweep_makes_the_mirror_equal_to_the_portal(
    history: list[tuple[str, int]], lag: int, keeps_id: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        room = Room(Path(folder))
        try:
            room.portal.search_lag, room.portal.records.merge_keeps_id = lag, keeps_id
            room.sync()
            editor = Editor(room)
            for change, pick in history:
                editor.do(change, pick)
            room.here.later(hours=2)
            room.sync(SyncKind.SWEEP, force=True)
            assert_equal(room.here, room.portal)
        finally:
            room.close()


# ------------------------------------------------------------------------------------------------ what changed


def edits(room: Room) -> Editor:
    return Editor(room)


def test_when_nothing_changed_a_delta_sync_asks_three_questions_and_one_list(room: Room) -> None:
    room.sync()
    room.here.later(hours=3)
    for _ in range(6):
        before = room.here.hub.requests
        pulled = room.sync()
        assert (pulled.kind, pulled.changed, pulled.removed) == (SyncKind.DELTA, 0, 0)
        assert room.here.hub.requests - before <= 4
        room.here.later(hours=9)


def test_a_long_list_of_deleted_records_is_read_in_parts_and_to_its_end(tmp_path: Path) -> None:
    room = Room(tmp_path, people=400)
    room.sync()
    room.here.later(hours=2)
    contacts = sorted(room.portal.records.by_kind["contacts"])
    for contact in contacts[:350]:
        room.portal.records.archive("contacts", contact)
    removed = []
    for _ in range(16):
        before = room.here.hub.requests
        removed.append(room.sync(SyncKind.DELTA).removed)
        assert room.here.hub.requests - before <= 4
        room.here.later(hours=4)
    assert [count for count in removed if count] == [100, 100, 100, 50]
    assert_equal(room.here, room.portal)
    room.close()


def test_a_delta_sync_brings_edits_deletions_restores_and_merges_without_a_sweep(room: Room) -> None:
    room.sync()
    room.here.later(hours=2)
    editor = edits(room)
    first, second, third, *_ = editor.alive("contacts")
    deal = editor.alive("deals")[0]
    editor.records.link("deals", deal, "contacts", second, 3)
    editor.do("create", 0)
    editor.records.edit("contacts", third, {"firstname": "Renamed"})
    survivor = editor.records.merge("contacts", first, second)
    room.sync()
    people = mirror_people(room.here)
    assert str(first) not in people
    assert str(second) not in people
    assert people[str(third)][0] == "Renamed"
    assert str(survivor.id) in people
    person = room.here.app.mirror.candidate(str(survivor.id))
    assert person
    editor.records.archive("contacts", third)
    for _ in range(3):
        room.here.later(hours=9)
        room.sync()
    assert str(third) not in mirror_people(room.here)
    editor.records.restore("contacts", third)
    room.here.later(minutes=5)
    room.sync()
    assert mirror_people(room.here) == portal_people(room.portal)


def test_a_changed_deal_brings_its_people_anew_and_an_unchanged_one_is_not_asked_for(room: Room) -> None:
    room.sync()
    room.here.later(hours=2)
    editor = edits(room)
    deal, contact = editor.alive("deals")[0], editor.alive("contacts")[3]
    editor.records.link("deals", deal, "contacts", contact, 3)
    editor.records.edit("deals", deal, {"dealname": "Bigger"})
    room.sync()
    assert set(room.here.app.mirror.deal_links()) == portal_links(room.portal)
    before = len(room.portal.requests_seen)
    room.sync()  # within the overlap: the deal comes again, and is known as it is
    assert not [path for _, path, _ in room.portal.requests_seen[before:] if "/associations/" in path]


def test_more_than_ten_thousand_rows_of_one_millisecond_all_come_and_five_thousand_cost_no_more_than_their_pages(
    tmp_path: Path,
) -> None:
    room = Room(tmp_path, people=5, companies=0, deals=0)
    try:
        room.sync()
        records, moment = room.portal.records, room.here.now.timestamp()
        for number in range(10_050):
            records.create("companies", {"name": f"Company {number}"}).modified = moment
        pages = list(room.here.hub.changes(Kind.COMPANIES, SyncRequest(), room.here.now, 0, lambda _: frozenset()))
        assert len({company.id for found in pages for company in found.page.companies}) == 10_050
        assert len(pages) == 51
        room.here.later(minutes=10)
        assert room.sync(SyncKind.DELTA).kind is SyncKind.FULL  # more than the mirror has: all of it is the shorter way
        room.here.later(hours=3)
        for company in list(records.by_kind["companies"])[:5000]:
            records.by_kind["companies"][company].modified = room.here.now.timestamp()
        before = room.here.hub.requests
        pulled = room.sync(SyncKind.DELTA)
        assert (pulled.kind, pulled.changed) == (SyncKind.DELTA, 5000)
        assert room.here.hub.requests - before <= 1.2 * 25
    finally:
        room.close()


def test_rows_that_change_while_they_are_paged_are_not_lost(tmp_path: Path) -> None:
    room = Room(tmp_path, people=450, companies=0, deals=0)
    try:
        room.sync()
        room.here.later(hours=3)
        editor = edits(room)
        for contact in editor.alive("contacts"):
            editor.records.edit("contacts", contact, {"firstname": "Once"})
        real = room.here.hub.changes

        def changes(kind: Kind, *rest: Any) -> Iterator[Any]:
            for page in real(kind, *rest):
                if kind is Kind.CONTACTS:
                    room.here.later(seconds=5)
                    for contact in editor.alive("contacts")[:300]:
                        editor.records.edit("contacts", contact, {"firstname": "Twice"})
                yield page

        room.here.hub.changes = changes  # type: ignore[method-assign, assignment]
        room.sync(SyncKind.DELTA)
        room.here.hub.changes = real  # type: ignore[method-assign]
        room.here.later(minutes=1)
        room.sync(SyncKind.DELTA)
        assert mirror_people(room.here) == portal_people(room.portal)
    finally:
        room.close()


def test_what_the_index_shows_late_is_asked_for_again(room: Room) -> None:
    room.sync()
    room.here.later(hours=3)
    room.portal.search_lag = 600
    edits(room).do("create", 0)
    room.here.later(seconds=30)
    room.sync()
    assert mirror_people(room.here) != portal_people(room.portal)
    room.here.later(minutes=20)
    room.sync()
    assert mirror_people(room.here) == portal_people(room.portal)


def test_after_a_month_off_everything_is_read(room: Room) -> None:
    room.sync()
    room.here.later(days=30)
    pulled = room.sync()
    assert pulled.kind is SyncKind.FULL
    assert "14 days" in pulled.why


def test_a_week_after_the_last_comparison_every_record_is_compared(room: Room) -> None:
    room.sync()
    for _ in range(7):
        room.here.later(days=1)
        kinds = room.sync().kind
    assert kinds is SyncKind.SWEEP
    room.here.later(days=1)
    assert room.sync().kind is SyncKind.DELTA


# ------------------------------------------------------------------------------------------------ the sweep


def test_a_sweep_that_is_cut_short_deletes_nothing_and_goes_on_where_it_was(tmp_path: Path) -> None:
    room = Room(tmp_path, people=350, companies=0, deals=0)
    try:
        room.sync()
        room.here.later(hours=3)
        room.portal.records.purge("contacts", edits(room).alive("contacts")[10])
        room.portal.fault("status", "GET /crm/objects/2026-09/contacts.*after=", times=99, status=500)
        with pytest.raises(CrmFault):
            room.sync(SyncKind.SWEEP)
        assert len(mirror_people(room.here)) == 350
        room.portal.clear_faults()
        room.sync(SyncKind.SWEEP)
        assert mirror_people(room.here) == portal_people(room.portal)
    finally:
        room.close()


def test_a_sweep_that_would_lose_more_than_a_tenth_deletes_nothing_until_forced(tmp_path: Path) -> None:
    room = Room(tmp_path, people=40, companies=0, deals=0)
    try:
        room.sync()
        room.here.later(hours=3)
        for contact in edits(room).alive("contacts")[:6]:
            room.portal.records.purge("contacts", contact)
        with pytest.raises(SuspiciousSync, match="more than a tenth is gone"):
            room.sync(SyncKind.SWEEP)
        assert len(mirror_people(room.here)) == 40
        assert room.sync(SyncKind.SWEEP, force=True).removed == 6
        assert mirror_people(room.here) == portal_people(room.portal)
    finally:
        room.close()


def test_a_dry_run_says_what_would_happen_and_leaves_the_mirror_as_it_is(room: Room) -> None:
    dry = room.sync(dry_run=True)
    assert (dry.kind, dry.contacts) == (SyncKind.FULL, 8)
    assert room.here.app.mirror.facts().built_at is None
    room.sync()
    room.here.later(hours=3)
    editor = edits(room)
    editor.do("create", 0)
    room.portal.records.purge("contacts", editor.alive("contacts")[0])
    before = mirror_people(room.here)
    dry = room.sync(SyncKind.SWEEP, dry_run=True, force=True)
    assert (dry.changed, dry.removed) in ((1, 1), (2, 1))  # the deal of whoever was purged may have lost its contact
    assert mirror_people(room.here) == before
    room.sync(SyncKind.SWEEP, force=True)
    assert mirror_people(room.here) == portal_people(room.portal)


# ------------------------------------------------------------------------------------------------ interrupted


def test_a_full_sync_that_is_cut_off_goes_on_where_it_was_and_the_old_mirror_serves_meanwhile(tmp_path: Path) -> None:
    room = Room(tmp_path, people=900, companies=0, deals=0)
    try:
        room.sync()
        room.here.later(days=20)
        old = mirror_people(room.here)
        edits(room).do("rename", 3)
        room.portal.fault("status", "GET /crm/objects/2026-09/contacts", times=3, status=200)
        room.portal.clear_faults()
        seen = 0

        class Cut:
            def begins(self, what: str, total: int | None) -> None:
                """Nothing is shown."""

            def moved(self, records: int) -> None:
                nonlocal seen
                seen += records
                if seen >= 400:
                    raise Offline("The network is gone.")

        with pytest.raises(Offline):
            room.sync(progress=Cut())
        assert mirror_people(room.here) == old
        room.here.restart()
        room.here.later(hours=20)
        brought: list[int] = []

        class Recorder(Cut):
            def moved(self, records: int) -> None:
                brought.append(records)

        assert room.sync(progress=Recorder()).kind is SyncKind.FULL
        assert brought[0] >= 300  # what had come before, apart from what two stretches both brought
        assert mirror_people(room.here) == portal_people(room.portal)
    finally:
        room.close()


@pytest.mark.parametrize("mode", ["ids", "opaque", "restarts"])
@pytest.mark.parametrize("holes", [False, True])
def test_whatever_a_lists_cursors_mean_everything_comes(tmp_path: Path, mode: str, *, holes: bool) -> None:
    room = Room(tmp_path, people=1500, companies=4, deals=250)
    try:
        if holes:  # old ids are small, new ones large, as in portals that have grown for years
            room.portal.records._next *= 40
            for number in range(700):
                room.portal.records.create("contacts", {"firstname": f"New {number}", "phone": f"+353 87 {7000000 + number}"})
        room.portal.cursors.mode = mode
        room.portal.latency = 0.02
        room.here.hub._sender.latency = 2.0  # as on a slow network: many readers
        room.sync()
        assert_equal(room.here, room.portal)
    finally:
        room.close()


# ------------------------------------------------------------------------------------------------ which contacts, which fields


def test_only_my_contacts_or_those_of_owners_by_name_or_recent_ones(tmp_path: Path) -> None:
    room = Room(tmp_path, people=60)
    try:
        records = room.portal.records

        def of(owner: str) -> set[str]:
            return {str(r.id) for r in records.by_kind["contacts"].values() if r.properties["hubspot_owner_id"] == owner}

        room.here.settings('region = "IE"\n[sync]\nscope = "mine"\n')
        room.sync()
        assert set(mirror_people(room.here)) == of("77001")
        room.here.settings('region = "IE"\n[sync]\nscope = ["eva else"]\n')
        assert room.sync().kind is SyncKind.FULL
        assert set(mirror_people(room.here)) == of("77002")
        room.here.later(hours=3)
        moved = min(of("77002"))
        records.edit("contacts", int(moved), {"hubspot_owner_id": "77001"})
        taken = min(of("77001") - {moved})
        records.edit("contacts", int(taken), {"hubspot_owner_id": "77002"})
        assert room.sync().kind is SyncKind.DELTA
        assert set(mirror_people(room.here)) == of("77002")
        room.here.later(hours=1)
        room.sync(SyncKind.SWEEP)
        assert set(mirror_people(room.here)) == of("77002")
        room.here.settings('region = "IE"\n[sync]\nrecent = "30 days"\n')
        room.sync()
        assert set(mirror_people(room.here)) == {moved, taken}
    finally:
        room.close()


def test_an_owner_whom_nobody_knows_is_told_with_those_that_there_are(room: Room) -> None:
    from callerid.errors import ConfigFault

    room.here.settings('region = "IE"\n[sync]\nscope = ["Nobody Else"]\n')
    with pytest.raises(ConfigFault, match="Eva Else, Max Own"):
        room.sync()


def test_a_masked_number_is_taken_from_its_calculated_twin_and_never_indexed_with_stars(room: Room) -> None:
    room.portal.records.masked = True
    room.portal.records.create("contacts", {"firstname": "Masked", "phone": "+353 87 999 8877"})
    room.sync()
    (found,) = room.here.app.mirror.candidates("0879998877", "IE")
    assert found.first_name == "Masked"
    assert found.phone
    assert found.phone.raw == "+353879998877"
    assert not [p for c in room.here.app.mirror.all_contacts() for p in c.phones if "*" in p.raw]


def test_a_text_field_is_read_as_a_phone_only_when_it_was_taken(room: Room) -> None:
    room.portal.records.create("contacts", {"firstname": "Cell", "cellphonenumber": "087 999 8877"})
    room.sync()
    assert room.here.app.mirror.candidates("0879998877", "IE") == ()
    room.here.settings('region = "IE"\n[sync]\nphone_fields = ["cellphonenumber"]\n')
    assert room.sync().kind is SyncKind.FULL
    assert room.here.app.mirror.candidates("0879998877", "IE")


class CutAfter:
    """Whoever watches may end a sync; this one does after so many pages, in place of a kill."""

    def __init__(self, pages: int) -> None:
        self.pages = pages

    def begins(self, what: str, total: int | None) -> None:
        """Nothing is shown."""

    def moved(self, records: int) -> None:
        self.pages -= bool(records)
        if self.pages < 0:
            raise Offline("The network is gone.")


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=15)
@given(cuts=st.lists(st.integers(0, 6), min_size=1, max_size=12), mode=st.sampled_from(["ids", "opaque"]))
def test_however_often_a_full_sync_is_cut_off_in_the_end_the_mirror_equals_the_portal(cuts: list[int], mode: str) -> None:
    """Also where people edit between the attempts what was read already."""
    with tempfile.TemporaryDirectory() as folder:
        room = Room(Path(folder), people=900, companies=450, deals=250)
        try:
            room.portal.cursors.mode = mode
            room.here.hub._sender.latency = 2.0  # as on a slow network: many readers
            editor = edits(room)
            for cut in cuts:
                try:
                    room.sync(SyncKind.FULL, progress=CutAfter(cut))
                except Offline:
                    room.here.restart()
                room.here.later(minutes=2)
                for change in ("rename", "create", "edit_deal", "rename_company"):
                    editor.do(change, 37 * cut)
                room.here.later(minutes=2)
            room.sync(SyncKind.FULL)
            assert_equal(room.here, room.portal)
        finally:
            room.close()
