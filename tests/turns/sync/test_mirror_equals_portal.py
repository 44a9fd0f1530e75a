"""Syncs against a simulated portal: after any history of changes, and after any interruption, the mirror equals the portal."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callerid.core.sync.plan import SyncKind
from callerid.errors import CrmFault, Offline, SuspiciousSync
from callerid.models import Kind, SyncRequest
from tests.turns.sync.portal_and_world import Editor, PortalAndWorld, assert_equal, mirror_people, portal_links, portal_people
from tests.turns.world import ANA

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[PortalAndWorld]:
    made = PortalAndWorld(tmp_path)
    yield made
    made.close()


# ------------------------------------------------------------------------------------------------ any history

CHANGES = st.sampled_from(
    "rename renumber create archive restore purge merge merge_companies merge_deals link_company unlink_company link_deal unlink_deal "
    "rename_company close_deal "
    "archive_company archive_deal edit_deal purge_deal wait sync".split()
)


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
        pair = PortalAndWorld(Path(folder))
        try:
            pair.portal.search_lag, pair.portal.records.merge_keeps_id = lag, keeps_id
            pair.sync()
            editor = Editor(pair)
            for change, pick in history:
                editor.do(change, pick)
            pair.world.later(hours=2)
            pair.sync(SyncKind.SWEEP, force=True)
            assert_equal(pair.world, pair.portal)
        finally:
            pair.close()


# ------------------------------------------------------------------------------------------------ delta syncs


def test_a_delta_sync_without_changes_asks_for_changes_counts_and_links(pair: PortalAndWorld) -> None:
    pair.sync()
    pair.world.later(hours=3)
    for _ in range(6):
        before = pair.world.hub.requests
        result = pair.sync()
        assert (result.kind, result.changed, result.removed) == (SyncKind.DELTA, 0, 0)
        assert pair.world.hub.requests - before == 3 + 2  # the search for what changed last tells how many there are
        pair.world.later(hours=9)


def test_many_deleted_records_are_gone_with_the_next_delta_sync(tmp_path: Path) -> None:
    pair = PortalAndWorld(tmp_path, people=400)
    pair.sync()
    pair.world.later(hours=2)
    contacts = sorted(pair.portal.records.by_kind["contacts"])
    for contact in contacts[:350]:
        pair.portal.records.archive("contacts", contact)
    before = pair.world.hub.requests
    assert pair.sync(SyncKind.DELTA).removed == 350
    assert pair.world.hub.requests - before <= 3 + 3 + 2 + 8
    assert_equal(pair.world, pair.portal)
    pair.close()


@pytest.mark.parametrize("hidden", [False, True])
def test_who_is_deleted_while_another_comes_is_gone_though_counts_may_be_equal_for_a_moment(
    tmp_path: Path, *, hidden: bool
) -> None:
    """Also if the index hides the newcomer at first; no list of deleted records is read unless counts differ."""
    pair = PortalAndWorld(tmp_path, people=60)
    pair.sync()
    pair.world.later(hours=2)
    editor = Editor(pair)
    for change, pick in (("archive", 7), ("purge", 11), ("create", 0), ("create", 0)):
        editor.do(change, pick)
    pair.portal.search_lag = 3600 if hidden else 0
    for _ in range(2):
        pair.world.later(minutes=50)
        pair.sync(SyncKind.DELTA)
    assert_equal(pair.world, pair.portal)
    pair.world.later(hours=9)
    pair.portal.requests_seen.clear()
    pair.sync(SyncKind.DELTA)
    assert not [path for _, path, _ in pair.portal.requests_seen if "archived=true" in path]
    pair.close()


def test_a_delta_sync_brings_edits_deletions_restores_and_merges(pair: PortalAndWorld) -> None:
    pair.sync()
    pair.world.later(hours=2)
    editor = Editor(pair)
    first, second, third, *_ = editor.alive("contacts")
    deal = editor.alive("deals")[0]
    editor.records.link("deals", deal, "contacts", second, 3)
    editor.do("create", 0)
    editor.records.edit("contacts", third, {"firstname": "Renamed"})
    survivor = editor.records.merge("contacts", first, second)
    pair.sync()
    people = mirror_people(pair.world)
    assert str(first) not in people
    assert str(second) not in people
    assert people[str(third)][0] == "Renamed"
    assert str(survivor.id) in people
    person = pair.world.app.mirror.candidate(str(survivor.id))
    assert person
    editor.records.archive("contacts", third)
    for _ in range(3):
        pair.world.later(hours=9)
        pair.sync()
    assert str(third) not in mirror_people(pair.world)
    editor.records.restore("contacts", third)
    pair.world.later(minutes=5)
    pair.sync()
    assert mirror_people(pair.world) == portal_people(pair.portal)


def test_all_associations_of_a_changed_deal_are_read_and_of_an_unchanged_one_only_those_of_its_people(pair: PortalAndWorld) -> None:
    pair.sync()
    pair.world.later(hours=2)
    editor = Editor(pair)
    deal, contact = editor.alive("deals")[0], editor.alive("contacts")[3]
    editor.records.link("deals", deal, "contacts", contact, 3)
    editor.records.edit("deals", deal, {"dealname": "Bigger"})
    pair.sync()
    assert set(pair.world.app.mirror.deal_links()) == portal_links(pair.portal)
    before = len(pair.portal.requests_seen)
    pair.sync()  # within the overlap: the deal comes again, and has not changed
    asked = [path for _, path, _ in pair.portal.requests_seen[before:] if "/associations/" in path]
    assert not [path for path in asked if "/deals/companies/" in path]


def test_more_than_ten_thousand_changes_of_one_millisecond_all_come_and_five_thousand_take_only_their_pages(
    tmp_path: Path,
) -> None:
    pair = PortalAndWorld(tmp_path, people=5, companies=0, deals=0)
    try:
        pair.sync()
        records, moment = pair.portal.records, pair.world.now.timestamp()
        for number in range(10_050):
            records.create("companies", {"name": f"Company {number}"}).modified = moment
        pages = list(pair.world.hub.changes(Kind.COMPANIES, SyncRequest(), pair.world.now, 0, lambda _: frozenset()))
        assert len({company.id for changes in pages for company in changes.page.companies}) == 10_050
        assert len(pages) == 51
        pair.world.later(minutes=10)
        assert pair.sync(SyncKind.DELTA).kind is SyncKind.FULL  # more than the mirror has: a full sync is faster
        pair.world.later(hours=3)
        for company in list(records.by_kind["companies"])[:5000]:
            records.by_kind["companies"][company].modified = pair.world.now.timestamp()
        before = pair.world.hub.requests
        result = pair.sync(SyncKind.DELTA)
        assert (result.kind, result.changed) == (SyncKind.DELTA, 5000)
        assert pair.world.hub.requests - before <= 1.2 * 25 + 3 + 11  # counts, and the links of eleven thousand companies
    finally:
        pair.close()


def test_records_that_change_while_they_are_paged_are_not_lost(tmp_path: Path) -> None:
    pair = PortalAndWorld(tmp_path, people=450, companies=0, deals=0)
    try:
        pair.sync()
        pair.world.later(hours=3)
        editor = Editor(pair)
        for contact in editor.alive("contacts"):
            editor.records.edit("contacts", contact, {"firstname": "Once"})
        real = pair.world.hub.changes

        def changes(kind: Kind, *rest: Any, counting: bool) -> Iterator[Any]:
            for page in real(kind, *rest, counting=counting):
                if kind is Kind.CONTACTS:
                    pair.world.later(seconds=5)
                    for contact in editor.alive("contacts")[:300]:
                        editor.records.edit("contacts", contact, {"firstname": "Twice"})
                yield page

        pair.world.hub.changes = changes  # type: ignore[method-assign, assignment]
        pair.sync(SyncKind.DELTA)
        pair.world.hub.changes = real  # type: ignore[method-assign]
        pair.world.later(minutes=1)
        pair.sync(SyncKind.DELTA)
        assert mirror_people(pair.world) == portal_people(pair.portal)
    finally:
        pair.close()


def test_what_a_lagging_index_shows_late_is_requested_again(pair: PortalAndWorld) -> None:
    pair.sync()
    pair.world.later(hours=3)
    pair.portal.search_lag = 600
    Editor(pair).do("create", 0)
    pair.world.later(seconds=30)
    pair.sync()
    assert mirror_people(pair.world) != portal_people(pair.portal)
    pair.world.later(minutes=20)
    pair.sync()
    assert mirror_people(pair.world) == portal_people(pair.portal)


def test_after_a_month_without_syncs_a_full_sync_is_due(pair: PortalAndWorld) -> None:
    pair.sync()
    pair.world.later(days=30)
    result = pair.sync()
    assert result.kind is SyncKind.FULL
    assert "14 days" in result.why


def test_a_mirror_whose_fields_an_earlier_version_divided_serves_until_it_is_read_again(
    pair: PortalAndWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callerid.store.mirror.build.FIELD_RULES", "earlier")
    pair.sync()
    monkeypatch.undo()
    pair.world.later(hours=1)
    assert pair.world.who(ANA)
    assert pair.sync().kind is SyncKind.FULL
    pair.world.later(hours=1)
    assert pair.sync().kind is SyncKind.DELTA


def test_a_week_after_the_last_sweep_another_is_due(pair: PortalAndWorld) -> None:
    pair.sync()
    for _ in range(7):
        pair.world.later(days=1)
        kinds = pair.sync().kind
    assert kinds is SyncKind.SWEEP
    pair.world.later(days=1)
    assert pair.sync().kind is SyncKind.DELTA


# ------------------------------------------------------------------------------------------------ sweeps


def test_an_interrupted_sweep_deletes_nothing_and_is_continued(tmp_path: Path) -> None:
    pair = PortalAndWorld(tmp_path, people=350, companies=0, deals=0)
    try:
        pair.sync()
        pair.world.later(hours=3)
        pair.portal.records.purge("contacts", Editor(pair).alive("contacts")[10])
        pair.portal.fault("status", "GET /crm/objects/2026-09/contacts.*after=", times=99, status=500)
        with pytest.raises(CrmFault):
            pair.sync(SyncKind.SWEEP)
        assert len(mirror_people(pair.world)) == 350
        pair.portal.clear_faults()
        pair.sync(SyncKind.SWEEP)
        assert mirror_people(pair.world) == portal_people(pair.portal)
    finally:
        pair.close()


def test_a_sweep_that_would_delete_more_than_a_tenth_has_to_be_forced(tmp_path: Path) -> None:
    pair = PortalAndWorld(tmp_path, people=40, companies=0, deals=0)
    try:
        pair.sync()
        pair.world.later(hours=3)
        for contact in Editor(pair).alive("contacts")[:6]:
            pair.portal.records.purge("contacts", contact)
        with pytest.raises(SuspiciousSync, match="more than a tenth is gone"):
            pair.sync(SyncKind.SWEEP)
        assert len(mirror_people(pair.world)) == 40
        assert pair.sync(SyncKind.SWEEP, force=True).removed == 6
        assert mirror_people(pair.world) == portal_people(pair.portal)
    finally:
        pair.close()


def test_a_dry_run_reports_what_would_be_done_and_changes_nothing(pair: PortalAndWorld) -> None:
    dry = pair.sync(dry_run=True)
    assert (dry.kind, dry.contacts) == (SyncKind.FULL, 8)
    assert pair.world.app.mirror.facts().built_at is None
    pair.sync()
    pair.world.later(hours=3)
    editor = Editor(pair)
    editor.do("create", 0)
    pair.portal.records.purge("contacts", editor.alive("contacts")[0])
    before = mirror_people(pair.world)
    dry = pair.sync(SyncKind.SWEEP, dry_run=True, force=True)
    assert (dry.changed, dry.removed) in ((1, 1), (2, 1))  # the deal of the purged contact may have lost its association
    assert mirror_people(pair.world) == before
    pair.sync(SyncKind.SWEEP, force=True)
    assert mirror_people(pair.world) == portal_people(pair.portal)


# ------------------------------------------------------------------------------------------------ interrupted full syncs


def test_an_interrupted_full_sync_is_continued_and_the_live_mirror_stays_meanwhile(tmp_path: Path) -> None:
    pair = PortalAndWorld(tmp_path, people=900, companies=0, deals=0)
    try:
        pair.sync()
        pair.world.later(days=20)
        old = mirror_people(pair.world)
        Editor(pair).do("rename", 3)
        pair.portal.fault("status", "GET /crm/objects/2026-09/contacts", times=3, status=200)
        pair.portal.clear_faults()
        records_read = 0

        class Cut:
            def begins(self, part: str, total: int | None) -> None:
                """Nothing is shown."""

            def moved(self, records: int) -> None:
                nonlocal records_read
                records_read += records
                if records_read >= 400:
                    raise Offline("The network is gone.")

        with pytest.raises(Offline):
            pair.sync(progress=Cut())
        assert mirror_people(pair.world) == old
        pair.world.restart()
        pair.world.later(hours=20)
        reported: list[int] = []

        class Recorder(Cut):
            def moved(self, records: int) -> None:
                reported.append(records)

        assert pair.sync(progress=Recorder()).kind is SyncKind.FULL
        assert reported[0] >= 300  # what had been read before, without what two stretches both read
        assert mirror_people(pair.world) == portal_people(pair.portal)
    finally:
        pair.close()


@pytest.mark.parametrize("mode", ["ids", "opaque", "restarts"])
@pytest.mark.parametrize("holes", [False, True])
def test_a_full_sync_reads_everything_whatever_the_cursors_of_a_list_mean(tmp_path: Path, mode: str, *, holes: bool) -> None:
    pair = PortalAndWorld(tmp_path, people=1500, companies=4, deals=250)
    try:
        if holes:  # old ids are small, new ones large, as in portals that have grown for years
            pair.portal.records._next *= 40
            for number in range(700):
                pair.portal.records.create("contacts", {"firstname": f"New {number}", "phone": f"+353 87 {7000000 + number}"})
        pair.portal.cursors.mode = mode
        pair.portal.latency = 0.02
        pair.world.hub._sender.latency = 2.0  # as on a slow network: many readers
        pair.sync()
        assert_equal(pair.world, pair.portal)
    finally:
        pair.close()


# ------------------------------------------------------------------------------------------------ scope and phone properties


def test_a_scope_may_be_ones_own_contacts_those_of_named_owners_or_recent_ones(tmp_path: Path) -> None:
    pair = PortalAndWorld(tmp_path, people=60)
    try:
        records = pair.portal.records

        def owned_by(owner: str) -> set[str]:
            return {str(r.id) for r in records.by_kind["contacts"].values() if r.properties["hubspot_owner_id"] == owner}

        pair.world.settings('region = "IE"\n[sync]\nscope = "mine"\n')
        pair.sync()
        assert set(mirror_people(pair.world)) == owned_by("77001")
        pair.world.settings('region = "IE"\n[sync]\nscope = ["eva else"]\n')
        assert pair.sync().kind is SyncKind.FULL
        assert set(mirror_people(pair.world)) == owned_by("77002")
        pair.world.later(hours=3)
        moved = min(owned_by("77002"))
        records.edit("contacts", int(moved), {"hubspot_owner_id": "77001"})
        taken = min(owned_by("77001") - {moved})
        records.edit("contacts", int(taken), {"hubspot_owner_id": "77002"})
        assert pair.sync().kind is SyncKind.DELTA
        assert set(mirror_people(pair.world)) == owned_by("77002")
        pair.world.later(hours=1)
        pair.sync(SyncKind.SWEEP)
        assert set(mirror_people(pair.world)) == owned_by("77002")
        pair.world.settings('region = "IE"\n[sync]\nrecent = "30 days"\n')
        pair.sync()
        assert set(mirror_people(pair.world)) == {moved, taken}
    finally:
        pair.close()


def test_an_unknown_owner_is_reported_with_the_owners_of_the_portal(pair: PortalAndWorld) -> None:
    from callerid.errors import ConfigFault

    pair.world.settings('region = "IE"\n[sync]\nscope = ["Nobody Else"]\n')
    with pytest.raises(ConfigFault, match="Eva Else, Max Own"):
        pair.sync()


def test_a_masked_number_is_read_from_its_calculated_property_and_never_indexed_with_asterisks(pair: PortalAndWorld) -> None:
    pair.portal.records.masked = True
    pair.portal.records.create("contacts", {"firstname": "Masked", "phone": "+353 87 999 8877"})
    pair.sync()
    (candidate,) = pair.world.app.mirror.candidates("0879998877", "IE")
    assert candidate.first_name == "Masked"
    assert candidate.phone
    assert candidate.phone.raw == "+353879998877"
    assert not [p for c in pair.world.app.mirror.all_contacts() for p in c.phones if "*" in p.raw]


def test_a_text_property_is_read_as_a_phone_only_if_the_settings_name_it(pair: PortalAndWorld) -> None:
    pair.portal.records.create("contacts", {"firstname": "Cell", "cellphonenumber": "087 999 8877"})
    pair.sync()
    assert pair.world.app.mirror.candidates("0879998877", "IE") == ()
    pair.world.settings('region = "IE"\n[sync]\nphone_fields = ["cellphonenumber"]\n')
    assert pair.sync().kind is SyncKind.FULL
    assert pair.world.app.mirror.candidates("0879998877", "IE")


class CutAfter:
    """A progress listener that ends the sync after so many pages, in place of a kill."""

    def __init__(self, pages: int) -> None:
        self.pages = pages

    def begins(self, part: str, total: int | None) -> None:
        """Nothing is shown."""

    def moved(self, records: int) -> None:
        self.pages -= bool(records)
        if self.pages < 0:
            raise Offline("The network is gone.")


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=6)
@given(cuts=st.lists(st.integers(0, 6), min_size=1, max_size=8), mode=st.sampled_from(["ids", "opaque"]))
def test_however_often_a_full_sync_is_interrupted_the_mirror_equals_the_portal_in_the_end(cuts: list[int], mode: str) -> None:
    """Also if records that were read already are edited between the attempts."""
    with tempfile.TemporaryDirectory() as folder:
        pair = PortalAndWorld(Path(folder), people=900, companies=450, deals=250)
        try:
            pair.portal.cursors.mode = mode
            pair.world.hub._sender.latency = 2.0  # as on a slow network: many readers
            editor = Editor(pair)
            for cut in cuts:
                try:
                    pair.sync(SyncKind.FULL, progress=CutAfter(cut))
                except Offline:
                    pair.world.restart()
                pair.world.later(minutes=2)
                for change in ("rename", "create", "edit_deal", "rename_company"):
                    editor.do(change, 37 * cut)
                pair.world.later(minutes=2)
            pair.sync(SyncKind.FULL)
            assert_equal(pair.world, pair.portal)
        finally:
            pair.close()
