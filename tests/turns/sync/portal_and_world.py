"""A simulated portal and a world that is synced with it: what each has, so that they can be compared, and an editor of the portal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from callerid.core.sync.plan import SyncKind
from callerid.models import Kind
from callerid.simulator.portal import SimulatedPortal
from callerid.turns.sync.pull import SyncResult, pull
from tests.turns.world import World

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

EVERY_EDIT = (
    "rename renumber create archive restore purge merge merge_companies merge_deals link_company unlink_company link_deal unlink_deal "
    "rename_company close_deal archive_company archive_deal edit_deal purge_deal"
).split()


def portal_people(portal: SimulatedPortal) -> dict[str, tuple[Any, ...]]:
    """Return name, company and numbers of the portal's contacts by id, as the mirror should have them."""
    records, people = portal.records, {}
    for record in records.by_kind["contacts"].values():
        if record.archived_at is None:
            values = {name: records.value(record, name) or "" for name in ("firstname", "lastname", "phone", "mobilephone")}
            company = records.value(record, "associatedcompanyid")
            numbers = {name: values[name] for name in ("phone", "mobilephone") if any(map(str.isdigit, values[name]))}
            people[str(record.id)] = (values["firstname"], values["lastname"], company, tuple(sorted(numbers.items())))
    return people


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
    """Return the company and the open deals of the portal's contacts by id."""
    records = portal.records
    alive = [record for record in records.by_kind["companies"].values() if record.archived_at is None]
    companies = {str(record.id): records.value(record, "name") or "" for record in alive}
    deals: dict[str, list[str]] = {}
    for deal in records.by_kind["deals"].values():
        if deal.archived_at is None and records.value(deal, "hs_is_closed") != "true":
            for contact in records.linked("deals", deal.id, "contacts"):
                deals.setdefault(str(contact), []).append(f"{deal.id} {records.value(deal, 'dealname') or ''}")
    return {
        contact: (companies.get(person[2] or "", ""), tuple(sorted(deals.get(contact, []))))
        for contact, person in portal_people(portal).items()
    }


def mirror_cards(world: World) -> dict[str, tuple[str, tuple[str, ...]]]:
    shown = {contact.id: world.app.mirror.candidate(contact.id) for contact in world.app.mirror.all_contacts()}
    return {
        contact: (candidate.company, tuple(sorted(f"{deal.id} {deal.name}" for deal in candidate.deals)))
        for contact, candidate in shown.items()
        if candidate
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
            assert contact.id in {candidate.id for candidate in world.app.mirror.candidates(phone.raw, "IE")}


class PortalAndWorld:
    """A portal and a world with one clock."""

    def __init__(self, folder: Path, *, people: int = 8, companies: int = 3, deals: int = 4) -> None:
        self.portal = SimulatedPortal(clock=lambda: self.now().timestamp())
        self._world: World | None = None
        self.portal.populate(people=people, companies=companies, deals=deals)
        self.portal.limits.burst = 100_000
        self.portal.limits.searches = 1000
        self.portal.__enter__()
        self._world = World(folder, self.portal, NOW)

    def now(self) -> datetime:
        return self._world.now if self._world else NOW - timedelta(days=40)

    def sync(self, requested: SyncKind | None = None, **more: Any) -> SyncResult:
        return pull(self.world.app, self.world.hub, self.world.clock, requested=requested, **more)

    @property
    def world(self) -> World:
        assert self._world
        return self._world

    def close(self) -> None:
        self.world.close()
        self.portal.__exit__(None, None, None)


class Editor:
    """Changes a portal as its users do; `pick` chooses the record."""

    def __init__(self, pair: PortalAndWorld) -> None:
        self.pair, self.records = pair, pair.portal.records
        self.count = 0

    def alive(self, kind: str) -> list[int]:
        return [i for i in self.records.ids[kind] if self.records.by_kind[kind][i].archived_at is None]

    def do(self, change: str, pick: int) -> None:
        self.count += 1
        contacts, companies, deals = (self.alive(kind) for kind in ("contacts", "companies", "deals"))
        archived = sorted(set(self.records.ids["contacts"]).difference(contacts))
        contact = contacts[pick % len(contacts)] if contacts else None
        match change:
            case "create":
                self.records.create("contacts", {"firstname": f"New {self.count}", "phone": f"+353 87 {5000000 + self.count}"})
            case "rename" if contact:
                self.records.edit("contacts", contact, {"firstname": f"Edited {self.count}"})
            case "renumber" if contact:
                self.records.edit("contacts", contact, {"phone": f"+353 86 {6000000 + self.count}", "mobilephone": ""})
            case "archive" if contact:
                self.records.archive("contacts", contact)
            case "restore" if archived:
                self.records.restore("contacts", archived[pick % len(archived)])
            case "purge" if contact:
                self.records.purge("contacts", contact)
            case "merge" | "merge_companies" | "merge_deals":
                kind = {"merge": "contacts", "merge_companies": "companies", "merge_deals": "deals"}[change]
                ids = self.alive(kind)
                if len(ids) > 1:
                    self.records.merge(kind, ids[pick % len(ids)], ids[(pick + 1) % len(ids)])
            case "link_company" if contact and companies:
                self.records.link("contacts", contact, "companies", companies[pick % len(companies)], 1)
            case "unlink_company" if contact:
                for company in list(self.records.linked("contacts", contact, "companies")):
                    self.records.unlink("contacts", contact, "companies", company)
            case "link_deal" if contact and deals:
                self.records.link("deals", deals[pick % len(deals)], "contacts", contact, 3)
            case "unlink_deal" if deals:
                deal = deals[pick % len(deals)]
                for linked in list(self.records.linked("deals", deal, "contacts")):
                    self.records.unlink("deals", deal, "contacts", linked)
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
                self.pair.world.later(hours=1 + pick % 40)
            case "sync":
                self.pair.sync(SyncKind.SWEEP if pick % 5 == 0 else None, force=True)
