"""Which sync is due, which contacts are in scope, and what looks like a loss."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from callerid.core.callers.live_lookup import is_check_due, is_due, with_check
from callerid.core.sync.loss_guard import loss_suspicion, portal_suspicion
from callerid.core.sync.plan import MirrorAge, SyncKind, due_sync, is_complete, is_full_sync_faster, is_recent
from callerid.core.sync.scope import is_in_scope, resolve_scope
from callerid.errors import ConfigFault
from callerid.models import Contact, Owner, Scope

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
WEEK = timedelta(days=7)


def age(
    *,
    built: float | None = 1,
    fresh: float | None = 1,
    swept: float | None = 24,
    matches_settings: bool = True,
    interrupted: bool = False,
) -> MirrorAge:
    """Return the age of a mirror by hours since its syncs."""

    def ago(hours: float | None) -> datetime | None:
        return None if hours is None else NOW - timedelta(hours=hours)

    return MirrorAge(
        built_at=ago(built), fresh_at=ago(fresh), swept_at=ago(swept), matches_settings=matches_settings, interrupted=interrupted
    )


@pytest.mark.parametrize(
    ("mirror", "requested", "kind"),
    [
        (age(), None, SyncKind.DELTA),
        (age(), SyncKind.FULL, SyncKind.FULL),
        (age(), SyncKind.SWEEP, SyncKind.SWEEP),
        (age(built=None), SyncKind.DELTA, SyncKind.FULL),
        (age(fresh=None), None, SyncKind.FULL),
        (age(matches_settings=False), SyncKind.DELTA, SyncKind.FULL),
        (age(interrupted=True), None, SyncKind.FULL),
        (age(interrupted=True), SyncKind.DELTA, SyncKind.DELTA),
        (age(fresh=24 * 15), None, SyncKind.FULL),
        (age(fresh=-48), None, SyncKind.FULL),
        (age(fresh=-2), None, SyncKind.DELTA),
        (age(swept=24 * 8), None, SyncKind.SWEEP),
        (age(swept=None), None, SyncKind.SWEEP),
    ],
)
def test_the_sync_that_is_due_follows_from_the_mirrors_age(mirror: MirrorAge, requested: SyncKind | None, kind: SyncKind) -> None:
    assert due_sync(mirror, WEEK, NOW, requested)[0] is kind


def test_without_sweeps_only_delta_syncs_are_due() -> None:
    assert due_sync(age(swept=24 * 90), None, NOW)[0] is SyncKind.DELTA


def test_a_full_sync_is_faster_if_most_records_changed() -> None:
    assert is_full_sync_faster(38_227, 39_625)
    assert not is_full_sync_faster(3_052, 39_625)
    assert not is_full_sync_faster(9_000, 100)


def test_changes_that_a_search_counts_and_does_not_send_are_requested_again_but_not_forever() -> None:
    assert is_complete(5, 5, NOW - timedelta(hours=1), NOW)
    assert not is_complete(4, 5, NOW - timedelta(hours=1), NOW)
    assert is_complete(4, 5, NOW - timedelta(days=3), NOW)


def test_what_looks_like_a_loss_of_any_kind_is_suspicious() -> None:
    assert portal_suspicion("", "7") == ""
    assert "portal ?" in portal_suspicion("7", "")
    assert loss_suspicion({"contacts": 3}, {}) != ""
    assert loss_suspicion({"contacts": 9, "deals": 3}, {"contacts": 8}) == ""
    assert "no deals" in loss_suspicion({"contacts": 9, "deals": 30}, {"contacts": 9})
    assert "more than a tenth" in loss_suspicion({"contacts": 20}, {"contacts": 17})


OWNERS = (Owner(id="1", email="me@x.io", first_name="Max", last_name="Own"), Owner(id="2", email="eva@x.io"))


def test_a_scope_is_all_or_mine_or_named_owners_or_recent() -> None:
    assert resolve_scope("all", None, OWNERS, None, NOW) == Scope()
    assert resolve_scope("mine", None, OWNERS, "1", NOW) == Scope(owner_ids=("1",))
    assert resolve_scope((" max  OWN", "EVA@x.io"), WEEK, OWNERS, None, NOW) == Scope(
        owner_ids=("1", "2"), modified_since=NOW - WEEK
    )
    with pytest.raises(ConfigFault, match="whose token"):
        resolve_scope("mine", None, OWNERS, None, NOW)
    with pytest.raises(ConfigFault, match="names Nobody"):
        resolve_scope(("Nobody",), None, OWNERS, None, NOW)


def test_a_contact_is_in_scope_by_owner_and_by_age() -> None:
    mine = Contact(id="5", owner_id="1", modified=NOW)
    assert is_in_scope(mine, Scope())
    assert is_in_scope(mine, Scope(owner_ids=("1",), modified_since=NOW))
    assert not is_in_scope(mine, Scope(owner_ids=("2",)))
    assert not is_in_scope(mine, Scope(modified_since=NOW + WEEK))
    assert is_in_scope(Contact(id="5"), Scope(modified_since=NOW))  # a file has no dates


def test_a_known_caller_is_read_again_once_in_ten_minutes() -> None:
    assert is_check_due(None, NOW)
    assert not is_check_due((NOW - timedelta(minutes=9), True), NOW)
    assert is_check_due((NOW - timedelta(minutes=10), True), NOW)
    assert is_check_due((NOW - timedelta(minutes=10), False), NOW)


def test_only_a_live_lookup_that_found_nobody_is_not_repeated_for_a_while() -> None:
    assert is_due(None, NOW)
    assert not is_due((NOW - timedelta(hours=1), False), NOW)
    assert is_due((NOW - timedelta(hours=13), False), NOW)
    assert is_due((NOW - timedelta(hours=1), True), NOW)  # found, and unknown again: it was removed
    assert is_due((NOW - timedelta(days=8), True), NOW)
    assert is_due((NOW + timedelta(hours=1), True), NOW)


@pytest.mark.parametrize(
    ("began", "recent"),
    [(None, False), (NOW - timedelta(minutes=9), True), (NOW - timedelta(minutes=10), False), (NOW + timedelta(hours=1), False)],
)
def test_an_interrupted_full_sync_that_began_minutes_ago_leaves_links_and_losses_to_the_next_delta(
    began: datetime | None, *, recent: bool
) -> None:
    assert is_recent(began, NOW) is recent


def test_known_callers_are_checked_thirty_times_in_any_hour_and_no_clock_that_was_wrong_stops_that() -> None:
    checks = ""
    for minute in range(30):
        checks = with_check(checks, NOW + timedelta(minutes=minute)) or "too many"
    assert len(checks.split()) == 30
    assert with_check(checks, NOW + timedelta(minutes=59)) is None
    assert with_check(checks, NOW + timedelta(minutes=60)) is not None
    assert with_check(checks, NOW - timedelta(days=365)) is not None
