"""A full sync by exports has what one by lists has; and where there is no export, lists are read, and it is said why."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from callerid.core.sync.plan import SyncKind
from callerid.crm.hubspot.reading.exporting import exported
from callerid.crm.hubspot.reading.exporting.exports import PortalExport
from callerid.errors import Offline
from callerid.store.mirror.build import MirrorBuild
from callerid.turns.sync import pull
from callerid.turns.sync.exports import export_trouble
from tests.turns.doctor.examinations import examined
from tests.turns.sync.portal_and_world import PortalAndWorld, assert_equal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BY_EXPORT = 'region = "IE"\n[sync]\nvia = "export"\n'
_TABLES = "contacts companies deals deal_links linked_deals company_people contact_keys company_keys stages owners account merged_contacts".split()


class Pair(PortalAndWorld):
    """A portal that has exports, and a world that wants them."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, people=30, companies=4, deals=8)
        self.portal.scopes.add("crm.export")
        self.portal.exports.times, self.portal.exports.seconds = "iso", 0.0
        self.world.settings(BY_EXPORT)

    def exports_asked_for(self) -> list[str]:
        """Return the requests about exports so far, and forget all."""
        seen, self.portal.requests_seen = self.portal.requests_seen, []
        return [f"{method} {path}" for method, path, _ in seen if "/exports/" in path]

    def listed(self) -> bool:
        return any(path.startswith("/crm/objects/2026-09/contacts?") for _, path, _ in self.portal.requests_seen)

    def why(self) -> str:
        trouble = export_trouble(self.world.app.ledger.key_values, self.world.config)
        return trouble.why if trouble else ""

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return all that the mirror has of the CRM."""
        with closing(sqlite3.connect(self.world.where.mirror)) as bare:
            return {name: sorted(bare.execute(f"SELECT * FROM {name}"), key=repr) for name in _TABLES}  # noqa: S608


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    made = Pair(tmp_path)
    yield made
    made.close()


def test_a_mirror_by_exports_is_row_for_row_that_by_lists(pair: Pair) -> None:
    survivor = pair.portal.records.merge("contacts", *pair.portal.records.ids["contacts"][:2]).id
    pair.sync()
    assert not pair.listed()
    by_exports = pair.rows()
    assert {contact for contact, _ in by_exports["merged_contacts"]} == {survivor}
    assert_equal(pair.world, pair.portal)
    pair.world.settings('region = "IE"\n[sync]\nvia = "list"\n')
    pair.sync(SyncKind.FULL)
    assert pair.listed()
    assert pair.rows() == by_exports
    assert all(by_exports[name] for name in _TABLES)


def test_times_without_seconds_are_no_reason_for_a_sweep_to_read_records_again(pair: Pair) -> None:
    pair.portal.exports.times = "minutes"
    pair.world.later(seconds=37)
    for contact in pair.portal.records.ids["contacts"]:
        pair.portal.records.edit("contacts", contact, {"lastname": "Of 37 seconds"})
    pair.world.later(hours=2)
    pair.sync()
    pair.world.later(hours=3)
    pair.portal.records.edit("contacts", pair.portal.records.ids["contacts"][0], {"firstname": "Edited"})
    assert pair.sync(SyncKind.SWEEP).changed == 1
    assert_equal(pair.world, pair.portal)


def test_a_sync_after_exports_brings_what_has_changed_since(pair: Pair) -> None:
    pair.sync()
    pair.world.later(minutes=30)
    pair.portal.records.edit("contacts", pair.portal.records.ids["contacts"][3], {"firstname": "Edited"})
    assert pair.sync().kind is SyncKind.DELTA
    assert_equal(pair.world, pair.portal)


def test_a_full_sync_by_exports_takes_nineteen_requests_and_one_more_for_who_was_an_owner(pair: Pair) -> None:
    before = pair.world.hub.requests
    pair.sync()
    assert pair.world.hub.requests - before == 8 + 3 + 1 + 3 + 3 + 1
    former = {"id": "77009", "email": "old@example.com", "firstName": "Olga", "lastName": "Once", "archived": True}
    pair.portal.records.owners.append(pair.portal.records.owners[0] | former)
    contact = pair.portal.records.ids["contacts"][0]
    pair.portal.records.edit("contacts", contact, {"hubspot_owner_id": "77009"})
    pair.world.later(hours=1)
    before = pair.world.hub.requests
    pair.sync(SyncKind.FULL)
    assert pair.world.hub.requests - before == 19 + 1
    candidate = pair.world.app.mirror.candidate(str(contact))
    assert candidate
    assert candidate.owner
    assert candidate.owner.email == "old@example.com"


def test_a_small_portal_is_read_by_lists_without_a_request_about_exports(pair: Pair) -> None:
    pair.world.settings('region = "IE"\n')
    before = pair.world.hub.requests
    pair.sync()
    assert pair.world.hub.requests - before <= 12 + 3
    assert (pair.exports_asked_for(), pair.why()) == ([], "")


def test_a_large_portal_is_read_by_exports_where_the_token_may(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("callerid.core.sync.by_export._WORTH_AN_EXPORT", 1)
    pair.world.settings('region = "IE"\n')
    pair.sync()
    assert pair.exports_asked_for()
    pair.portal.scopes.discard("crm.export")
    result = pair.sync(SyncKind.FULL)
    assert pair.exports_asked_for() == []  # the token's own information tells it
    assert result.no_export
    assert "crm.export" in result.no_export.why + result.no_export.remedy
    pair.portal.scopes.add("crm.export")
    pair.world.later(hours=25)
    assert pair.sync(SyncKind.FULL).no_export is None
    assert pair.exports_asked_for()


def test_contacts_of_some_owners_are_read_by_search_and_it_is_said_why(pair: Pair) -> None:
    pair.world.settings(BY_EXPORT + 'recent = "12 months"\n')
    assert pair.sync().no_export
    assert (pair.exports_asked_for(), "a part of the contacts" in pair.why()) == ([], True)


# ------------------------------------------------------------------------------------------------ where there is no export


def refuse_approval(pair: Pair) -> None:
    pair.portal.exports.needs_approval = True


def refuse_scope(pair: Pair) -> None:
    pair.portal.scopes.discard("crm.export")
    pair.portal.introspection = False  # a service key: nothing tells it before


def refuse_more(pair: Pair) -> None:
    pair.portal.exports.most_a_day = 0


def fail(pair: Pair) -> None:
    pair.portal.exports.end_state = "FAILED"


@pytest.mark.parametrize(
    ("refuse", "why"),
    [
        (refuse_approval, "approval"),
        (refuse_scope, "crm.export"),
        (refuse_more, "24 hours|fewer requests"),
        (fail, "without a file"),
    ],
)
def test_a_portal_that_refuses_exports_costs_two_requests_at_most_and_is_remembered(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, refuse: Any, why: str
) -> None:
    monkeypatch.setattr("callerid.core.sync.by_export._WORTH_AN_EXPORT", 1)
    pair.world.settings('region = "IE"\n')
    refuse(pair)
    before = pair.world.hub.requests
    pair.sync()
    with_export = pair.world.hub.requests - before
    assert 1 <= len(pair.exports_asked_for()) <= 2
    assert any(part in pair.why() for part in why.split("|"))
    assert_equal(pair.world, pair.portal)
    before = pair.world.hub.requests
    assert pair.sync(SyncKind.FULL).no_export
    assert pair.exports_asked_for() == []
    assert with_export - (pair.world.hub.requests - before) <= 2
    says = {name: finding.says for name, finding in examined(pair.world, "exports").items()}
    assert says["exports"] == pair.why()
    pair.world.settings('region = "IE"\n[sync]\nvia = "list"\n')
    assert pair.sync(SyncKind.FULL).no_export is None
    assert pair.why() == ""


def test_an_export_that_takes_too_long_gives_way_to_lists(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("callerid.core.sync.by_export._WORTH_AN_EXPORT", 1)
    pair.world.settings('region = "IE"\n')
    pair.portal.exports.seconds = 1000.0
    pair.sync()
    assert "not there after 20 s" in pair.why()
    assert sum(pair.world.waited) <= 40
    assert_equal(pair.world, pair.portal)


def test_an_export_that_differs_leaves_nothing_in_the_mirror(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    from callerid.simulator.portal.exports import files

    real = files._Table._row

    def other(self: Any, record: Any) -> list[str]:
        row = real(self, record)
        return ["999999", *row[1:]] if record.kind == "deals" and record.id == min(pair.portal.records.ids["deals"]) else row

    monkeypatch.setattr(files._Table, "_row", other)
    monkeypatch.setattr(pull._Sync, "_catch_up", lambda *_: None)  # it would find it, too
    pair.sync()
    assert "lacks records" in pair.why()
    assert_equal(pair.world, pair.portal)


def test_what_has_passed_stays_where_a_later_export_cannot_be_had(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    real = PortalExport.start

    def refused(self: PortalExport) -> None:
        if self._wish.kind == "deals":
            pair.portal.exports.most_a_day = 0
        real(self)

    monkeypatch.setattr(PortalExport, "start", refused)
    pair.sync()
    assert pair.why()
    assert_equal(pair.world, pair.portal)


# ------------------------------------------------------------------------------------------------ kills


class _Killed(BaseException):
    """The process has ended here."""


@pytest.mark.parametrize("moment", range(1, 11))
def test_a_sync_that_is_killed_is_continued_with_the_exports_that_were_started(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, moment: int
) -> None:
    """Kill it at each moment in turn: before and after each row of the mirror's database that the exports write."""
    monkeypatch.setattr(exported, "_ROWS", 16)
    writes = 0

    def killing(real: Any) -> Any:
        def write(self: MirrorBuild, *what: Any) -> None:
            nonlocal writes
            writes += 1
            if writes == moment:
                raise _Killed
            real(self, *what)

        return write

    with monkeypatch.context() as patched:
        for name in ("record_export", "add"):
            patched.setattr(MirrorBuild, name, killing(getattr(MirrorBuild, name)))
        with pytest.raises(_Killed):
            pair.sync()
    started = sum(path.startswith("POST") for path in pair.exports_asked_for())
    pair.world.restart()
    pair.world.later(minutes=20)
    pair.portal.records.edit("contacts", pair.portal.records.ids["contacts"][5], {"firstname": "Edited"})
    pair.sync()
    again = sum(path.startswith("POST") for path in pair.exports_asked_for())
    assert started + again == 3 + (moment <= 3)  # one may have been started and not been recorded
    assert not pair.listed()
    assert_equal(pair.world, pair.portal)


def test_a_sync_that_is_killed_when_all_exports_are_read_asks_for_none_again(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    def kill(*_: Any, **__: Any) -> None:
        raise _Killed

    with monkeypatch.context() as patched:
        patched.setattr(MirrorBuild, "finish", kill)
        with pytest.raises(_Killed):
            pair.sync()
    pair.exports_asked_for()
    pair.sync()
    assert (pair.exports_asked_for(), pair.listed()) == ([], False)
    assert max(pair.world.waited, default=0.0) < 2  # for the limit of searches alone
    assert_equal(pair.world, pair.portal)


def test_an_interrupted_sync_by_exports_goes_on_by_lists_when_these_are_wanted_or_the_exports_are_gone(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(*_: Any) -> None:
        raise Offline("The phone is offline.")

    with monkeypatch.context() as patched:
        patched.setattr(exported, "compare", cut)
        with pytest.raises(Offline):
            pair.sync()
    pair.portal.records.archive("contacts", pair.portal.records.ids["contacts"][0])
    pair.world.settings('region = "IE"\n[sync]\nvia = "list"\n')
    pair.exports_asked_for()
    pair.sync()
    assert pair.exports_asked_for() == []
    assert_equal(pair.world, pair.portal)
