"""A scope that the token lacks takes away what needs it, and nothing else: before a first sync and after one."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from callerid.core.inbox_events import Ring
from callerid.core.sync.plan import SyncKind
from callerid.crm.hubspot.http import response, send
from callerid.errors import CalleridError, ScopeMissing
from callerid.models import CallEngagement, CallStatus, Direction, EngagementKind, Kind, NewContact, Outcome, SyncRequest
from callerid.token_scopes import COMPANIES_READ, CONTACTS_WRITE, DEALS_READ, OWNERS_READ, SCOPES
from callerid.turns.ringing.show_ring import show_ring
from tests.turns.sync.portal_and_world import NOW, Editor, PortalAndWorld, assert_equal, mirror_people, portal_people

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from callerid.core.callers.candidate import Candidate

GUIDE = Path(__file__).parents[3] / "docs" / "hubspot.md"
ANA, EVA = "+353871230001", "+353871230002"
NEW = NewContact(first_name="Nora", last_name="Neu", company="", email="nora@example.com", number="+353879990000", owner_id=None)


class Case(PortalAndWorld):
    """A portal with Ana, who has a company, an open deal and an owner, and Eva, who is to be deleted."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        records = self.portal.records
        self.company = records.create("companies", {"name": "Acme Associated"}).id
        owner = {"hubspot_owner_id": records.owners[0]["id"]}
        self.ana = records.create("contacts", {"firstname": "Ana", "phone": ANA} | owner, [("companies", self.company, 1)]).id
        self.eva = records.create("contacts", {"firstname": "Eva", "phone": EVA}).id
        deal = {"dealname": "Big deal", "pipeline": "default", "dealstage": "appointmentscheduled", "hs_is_closed": "false"}
        self.deal = records.create("deals", deal, [("contacts", self.ana, 3), ("companies", self.company, 341)]).id

    def lose(self, scope: str) -> None:
        self.portal.scopes.discard(scope)

    def try_to_sync(self, times: int = 1) -> None:
        for _ in range(times):
            with contextlib.suppress(ScopeMissing):
                self.sync()
            self.world.later(hours=9)

    # what is tried, by the heads of the guide's table

    def shown(self, kind: Kind, part: Callable[[Candidate], object]) -> str:
        """Return "yes", "no", or "old": it is shown with the age of when it could last be read."""
        found, as_of = self.world.who(ANA), self.world.app.mirror.facts().as_of(kind)
        if not found or not part(found[0]):
            return "no"
        return "yes" if as_of and self.now() - as_of < timedelta(hours=10) else "old"

    def follows(self, change: Callable[[], object], seen: Callable[[], bool]) -> str:
        change()
        self.try_to_sync(times=4)
        return "yes" if seen() else "no"

    def names(self, number: str) -> list[str]:
        return [candidate.first_name for candidate in self.world.who(number)]

    def works(self, do: Callable[[], object]) -> str:
        with contextlib.suppress(CalleridError):
            do()
            return "yes"
        return "no"

    def log_a_call(self, *, corrected: bool) -> None:
        """Log a call to everything that is known, and withdraw it; before that, correct it, and look for it as after a timeout."""
        call = CallEngagement(
            external_id="0b9f5c1e",
            start=NOW,
            duration_ms=1000,
            direction=Direction.INBOUND,
            status=CallStatus.COMPLETED,
            outcome=Outcome.CONNECTED,
            title="Call",
            note="",
            from_number=ANA,
            to_number="",
            owner_id=None,
            contact_id=str(self.ana),
            company_id=str(self.company),
            deal_id=str(self.deal),
        )
        hub = self.world.hub
        remote_id = hub.create(call)
        if corrected:
            hub.update(remote_id, replace(call, note="corrected", deal_id=None), [call])
            hub.update(remote_id, call, [replace(call, deal_id=None)])
            assert hub.find(call) == remote_id
            linked = [self.portal.records.linked("calls", int(remote_id), to) for to in ("contacts", "companies", "deals")]
            assert [list(ids) for ids in linked] == [[self.ana], [self.company], [self.deal]]
        hub.withdraw(EngagementKind.CALL, remote_id)


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    made = Case(tmp_path)
    yield made
    made.close()


def row_of(case: Case, scope: str, when: str) -> str:
    """Return the row of the guide's table: what works without a scope."""
    mirror, records = case.world.app.mirror, case.portal.records
    cells = [
        case.shown(Kind.CONTACTS, lambda ana: ana.first_name),
        case.shown(Kind.COMPANIES, lambda ana: ana.company == "Acme Associated"),
        case.shown(Kind.DEALS, lambda ana: ana.deals),
        case.shown(Kind.CONTACTS, lambda ana: ana.owner and ana.owner.email),
        case.works(lambda: case.log_a_call(corrected=False)),
        case.works(lambda: case.log_a_call(corrected=True)),
        case.works(lambda: case.world.hub.create_contact(NEW)),
        case.works(lambda: case.world.hub.contacts_by_number("0871230001", ANA, SyncRequest(), 2.0)),
        case.follows(lambda: records.edit("contacts", case.ana, {"firstname": "Anna"}), lambda: case.names(ANA) == ["Anna"]),
        case.follows(lambda: records.archive("contacts", case.eva), lambda: mirror.facts().contacts > 0 and not case.names(EVA)),
    ]
    return f"| `{scope}` | {when} | {' | '.join(cells)} |"


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("scope", SCOPES)
def test_what_still_works_without_a_scope_is_what_the_guide_says(case: Case, scope: str, when: str) -> None:
    if when == "after":
        case.sync()
        case.world.later(hours=9)
    case.lose(scope)
    case.try_to_sync(times=2)
    row = row_of(case, scope, when)
    assert row in GUIDE.read_text(encoding="utf-8").splitlines(), row


# ------------------------------------------------------------------------------------------------ what comes back, what goes away


@pytest.mark.parametrize("scope", [COMPANIES_READ, DEALS_READ, OWNERS_READ])
def test_what_becomes_readable_later_is_fetched_at_the_next_sync(case: Case, scope: str) -> None:
    case.lose(scope)
    case.try_to_sync()
    assert case.world.app.mirror.facts().missing_scopes == (scope,)
    assert mirror_people(case.world) == portal_people(case.portal)
    case.portal.scopes.add(scope)
    case.sync()
    assert case.world.app.mirror.facts().missing_scopes == ()
    assert_equal(case.world, case.portal)
    (ana,) = case.world.who(ANA)
    assert ana.company == "Acme Associated"
    assert ana.deals
    assert ana.owner
    assert ana.owner.email


@pytest.mark.parametrize("scope", [COMPANIES_READ, DEALS_READ])
def test_what_is_lost_and_regained_is_brought_up_to_date_without_reading_everything_again(case: Case, scope: str) -> None:
    case.sync()
    case.world.later(hours=9)
    case.lose(scope)
    case.try_to_sync()
    Editor(case).do("rename_company", 0)
    Editor(case).do("edit_deal", 0)
    case.portal.scopes.add(scope)
    assert case.sync().kind is SyncKind.DELTA
    assert_equal(case.world, case.portal)
    assert case.world.app.mirror.facts().as_of(Kind.DEALS) == case.world.app.mirror.facts().fresh_at


@pytest.mark.parametrize("scope", [COMPANIES_READ, DEALS_READ, OWNERS_READ])
def test_a_sweep_without_a_scope_deletes_nothing_that_it_cannot_see(case: Case, scope: str) -> None:
    case.sync()
    before = case.world.app.mirror.facts()
    case.world.later(hours=9)
    case.lose(scope)
    case.portal.records.purge("contacts", case.eva)
    case.sync(SyncKind.SWEEP)
    after = case.world.app.mirror.facts()
    assert (after.contacts, after.companies, after.deals) == (before.contacts - 1, before.companies, before.deals)
    assert case.world.app.mirror.owners()
    assert after.missing_scopes == (scope,)


def test_a_card_is_as_old_as_the_oldest_that_it_shows(case: Case) -> None:
    case.sync()
    case.lose(DEALS_READ)
    case.world.later(days=3)
    case.sync()
    show_ring(case.world.app, Ring(at=case.now(), number=ANA), case.now())
    (shown,) = case.world.phone.notifications()
    assert "3 d" in shown.content


def test_a_full_sync_without_a_scope_is_no_loss_and_has_what_the_token_may_read(case: Case) -> None:
    case.sync()
    case.lose(DEALS_READ)
    case.sync(SyncKind.FULL)
    facts = case.world.app.mirror.facts()
    assert (facts.deals, facts.companies) == (0, len(Editor(case).alive("companies")))
    assert mirror_people(case.world) == portal_people(case.portal)
    assert facts.names_as_of == facts.fresh_at


def test_with_contacts_alone_callers_have_names_and_a_delta_asks_only_for_what_may_be_read(case: Case) -> None:
    for scope in (COMPANIES_READ, DEALS_READ, OWNERS_READ):
        case.lose(scope)
    case.portal.introspection = False  # a service key
    case.try_to_sync()
    assert case.names(ANA) == ["Ana"]
    before = len(case.portal.requests_seen)
    case.sync()
    refused = [path for _, path, status in case.portal.requests_seen[before:] if status == 403]  # each scope is tried once
    assert sorted(path.split("/")[-1].split("?")[0] for path in refused) == ["2026-09", "search", "search"]


@pytest.mark.parametrize("scope", [CONTACTS_WRITE, OWNERS_READ])
def test_a_scope_that_no_hourly_sync_needs_is_missed_within_a_day_and_back_with_the_next_sync(case: Case, scope: str) -> None:
    case.sync()
    case.world.later(hours=9)
    case.lose(scope)
    case.portal.fault("status", "access-token-info", times=9, status=503)  # in trouble: nothing new is known
    case.try_to_sync(times=2)
    assert CONTACTS_WRITE not in case.world.app.mirror.facts().missing_scopes
    case.portal.clear_faults()
    case.world.later(hours=24)
    case.sync()
    assert case.world.app.mirror.facts().missing_scopes == (scope,)
    case.portal.scopes.add(scope)
    case.world.later(hours=1)
    case.sync()
    assert case.world.app.mirror.facts().missing_scopes == ()


def test_a_scope_that_names_owners_cannot_be_kept_by_a_token_that_may_not_read_them(case: Case) -> None:
    case.lose(OWNERS_READ)
    case.world.settings('region = "IE"\n[sync]\nscope = "mine"\n')
    with pytest.raises(ScopeMissing, match=OWNERS_READ):
        case.sync()
    case.portal.scopes.add(OWNERS_READ)
    case.sync()
    case.lose(OWNERS_READ)  # who they are is still known
    case.sync(SyncKind.FULL)


def test_a_lost_scope_is_logged_once(case: Case, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "callerid")
    case.sync()
    case.lose(DEALS_READ)
    case.try_to_sync(times=3)
    assert len([line for line in caplog.messages if DEALS_READ in line]) == 1


def test_a_403_of_something_before_hubspot_takes_nothing_away(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    case.sync()
    decoded = response.decode_json
    monkeypatch.setattr(send, "decode_json", lambda content, _hide: None if b"MISSING_SCOPES" in content else decoded(content))
    case.lose(DEALS_READ)
    for kind in (SyncKind.DELTA, SyncKind.FULL):
        with pytest.raises(ScopeMissing):
            case.sync(kind)
    assert case.world.app.mirror.facts().missing == ()
    assert case.world.app.mirror.facts().deals == len(Editor(case).alive("deals"))


def test_that_a_token_may_not_write_is_known_before_the_first_call_is_logged_where_hubspot_tells_it(case: Case) -> None:
    case.lose(CONTACTS_WRITE)
    case.sync()
    assert case.world.app.mirror.facts().missing_scopes == (CONTACTS_WRITE,)
    case.portal.fault("status", "access-token-info", times=9, status=503)  # in trouble: nothing new is known
    case.sync()
    assert case.world.app.mirror.facts().missing_scopes == (CONTACTS_WRITE,)
    case.portal.clear_faults()
    case.portal.scopes.add(CONTACTS_WRITE)
    case.sync()
    assert case.world.app.mirror.facts().missing_scopes == ()
