"""The mirror: who a number is, a new mirror replaces the live one only when it is complete, and a loss has to be forced."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from callerid.errors import AlreadyRunning, DatabaseDamaged, SuspiciousSync
from callerid.models import (
    Account,
    CallOutcome,
    Company,
    Contact,
    ContactPhone,
    Deal,
    Kind,
    Match,
    Owner,
    Page,
    PortalInfo,
    Stage,
)
from callerid.store.damage import find_damage, put_aside, replacing
from callerid.store.mirror.database import Mirror
from tests.damages import DAMAGES, flush

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ACCOUNT = Account(portal_id="4242", ui_domain="app.hubspot.com", currency="EUR", own_owner_id="9")


def person(number: int, *phones: str, **more: object) -> Contact:
    raw = tuple(ContactPhone(property="phone", raw=phone) for phone in phones)
    return Contact(id=str(number), first_name="Ana", last_name=f"Nr {number}", phones=raw, **more)  # type: ignore[arg-type]


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[Mirror]:
    opened = Mirror(tmp_path / "mirror.db")
    yield opened
    opened.close()


LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
PORTAL_INFO = PortalInfo(account=ACCOUNT)


def build(
    mirror: Mirror, *pages: Page, region: str = "IE", force: bool = False, portal_info: PortalInfo = PORTAL_INFO, scope: str = ""
) -> None:
    with mirror.sync_lock():
        new = mirror.build(region)
        new.begin("", NOW, portal_info)
        for page in pages:
            new.add(page)
        new.finish(NOW, {"scope": scope}, force=force)
        mirror.update(region).release_space()


def test_a_number_in_any_spelling_finds_its_contact(mirror: Mirror) -> None:
    build(mirror, Page(contacts=(person(1, "087 123 4567"), person(2, "+1 650 253 0000"))))
    (candidate,) = mirror.candidates("+353871234567", "IE")
    assert (candidate.last_name, candidate.match.match) == ("Nr 1", Match.EXACT)
    assert candidate.phone
    assert candidate.phone.raw == "087 123 4567"
    assert mirror.candidates("+353871234568", "IE") == ()
    assert mirror.candidates("", "IE") == ()


def test_a_card_has_company_open_deals_by_closing_date_labels_currency_and_owner(mirror: Mirror) -> None:
    def deal(number: int, closes: date | None, amount: str | None, **more: object) -> Deal:
        return Deal(
            id=str(number),
            name=f"Deal {number}",
            amount=Decimal(amount) if amount else None,
            close_date=closes,
            pipeline_id="p",
            contact_ids=("1",),
            **more,  # type: ignore[arg-type]
        )

    stages = (
        Stage(pipeline_id="p", stage_id="open", pipeline_label="Sales", label="Contract sent", order=1, is_closed=False),
        Stage(pipeline_id="p", stage_id="won", pipeline_label="Sales", label="Won", order=2, is_closed=True),
    )
    deals = (
        deal(1, None, "5"),
        deal(2, date(2026, 12, 1), "7", stage_id="open"),
        deal(3, date(2026, 11, 30), "12000", stage_id="open", currency="USD"),
        deal(4, date(2026, 11, 1), "1", stage_id="won"),
        deal(5, date(2026, 11, 1), "1", is_closed=True),
        deal(6, None, "80"),
        deal(7, date(2026, 11, 2), None, stage_id="won", is_closed=False),
    )
    ana = person(1, "0871234567", company_id="601", owner_id="9", last_contacted=NOW)
    build(
        mirror,
        Page(companies=(Company(id="601", name="Acme"),), contacts=(ana,)),
        Page(deals=deals),
        portal_info=PortalInfo(account=ACCOUNT, stages=stages, owners=(Owner(id="9", email="me@acme.io"),)),
    )
    (candidate,) = mirror.candidates("0871234567", "IE")
    assert [item.id for item in candidate.deals] == ["7", "3", "2", "6", "1"]
    assert (candidate.deals[1].stage_label, candidate.deals[1].pipeline_label, candidate.deals[1].currency) == (
        "Contract sent",
        "Sales",
        "USD",
    )
    assert candidate.deals[2].currency == "EUR"
    assert (candidate.company, candidate.company_id) == ("Acme", "601")
    assert candidate.owner
    assert candidate.owner.email == "me@acme.io"
    assert candidate.last_contacted == NOW
    assert mirror.owner_by_email("ME@acme.io") == candidate.owner
    assert mirror.account() == ACCOUNT


def test_two_contacts_with_one_number_are_both_found_and_two_probable_ones_are_not(mirror: Mirror) -> None:
    build(
        mirror,
        Page(contacts=(person(1, "+1 650 253 0000"), person(2, "650-253-0000"), person(3, "+1 212 253 0000"))),
        region="US",
    )
    assert [candidate.id for candidate in mirror.candidates("6502530000", "US")] == ["1", "2"]
    assert mirror.candidates("2530000", "US") == ()
    build(mirror, Page(contacts=(person(1, "+1 650 253 0000"),)), region="US")
    assert [candidate.match.match for candidate in mirror.candidates("2530000", "US")] == [Match.PROBABLE]


def test_one_field_with_two_numbers_is_found_by_both(mirror: Mirror) -> None:
    build(mirror, Page(contacts=(person(1, "087 123 4567 / 087 765 4321"),)))
    assert mirror.candidates("0877654321", "IE")
    assert mirror.candidates("0871234567", "IE")


def test_a_number_that_is_indexed_under_several_keys_is_counted_once(mirror: Mirror) -> None:
    build(mirror, Page(contacts=(person(1, "4989123456", "087 123 4567"),)))
    assert mirror.facts().phones == 2
    mirror.update("IE").put(Page(contacts=(person(1, "4989123456"),)))
    assert mirror.facts().phones == 1


def test_a_company_is_found_by_its_own_number(mirror: Mirror) -> None:
    acme = Company(id="601", name="Acme", phones=(ContactPhone(property="phone", raw="01 234 5678"),))
    build(mirror, Page(companies=(acme,)))
    assert [company.name for company in mirror.companies_by_number("+35312345678", "IE")] == ["Acme"]


def test_before_the_first_sync_nothing_is_found_and_nothing_fails(mirror: Mirror) -> None:
    assert mirror.candidates("0871234567", "IE") == ()
    assert mirror.facts().built_at is None
    assert mirror.account() is None


def test_an_interrupted_full_sync_leaves_the_live_mirror_as_it_was(mirror: Mirror) -> None:
    build(mirror, Page(contacts=(person(1, "0871234567"),)))
    new = mirror.build("IE")
    new.begin("", NOW, PORTAL_INFO)
    new.add(Page(contacts=(person(2, "0871111111"),)))
    assert mirror.candidates("0871111111", "IE") == ()
    new.drop()
    assert mirror.candidates("0871234567", "IE")
    assert mirror.facts().contacts == 1


def test_a_sync_that_would_lose_more_than_a_tenth_or_everything_has_to_be_forced(mirror: Mirror) -> None:
    everyone = tuple(person(n, f"08712345{n:02}") for n in range(20))
    build(mirror, Page(contacts=everyone))
    with pytest.raises(SuspiciousSync, match="sent 17 contacts, but the mirror has 20"):
        build(mirror, Page(contacts=everyone[:17]))
    with pytest.raises(SuspiciousSync, match="no contacts"):
        build(mirror, Page())
    assert mirror.facts().contacts == 20
    build(mirror, Page(contacts=everyone[:18]))
    build(mirror, Page(), force=True)
    assert mirror.facts().contacts == 0


def test_the_records_of_another_portal_have_to_be_forced(mirror: Mirror) -> None:
    build(mirror, Page(contacts=(person(1, "0871234567"),)))
    with pytest.raises(SuspiciousSync, match="portal 7"):
        build(
            mirror,
            Page(contacts=(person(1, "0871234567"),)),
            portal_info=PortalInfo(account=Account(portal_id="7", ui_domain="x")),
        )


def test_the_last_one_counts_when_a_record_comes_twice(mirror: Mirror) -> None:
    build(mirror, Page(contacts=(person(1, "0871234567"),)), Page(contacts=(person(1, "0871111111"),)))
    assert mirror.candidates("0871234567", "IE") == ()
    assert mirror.candidates("0871111111", "IE")
    assert mirror.facts().contacts == 1


def test_the_last_associations_count_when_a_deal_comes_twice(mirror: Mirror) -> None:
    people = (person(1, "0871234567"), person(2, "0871111111"))
    first, last = (Deal(id="7", name="Pilot", contact_ids=(contact,)) for contact in ("1", "2"))
    build(mirror, Page(contacts=people), Page(deals=(first,)), Page(deals=(last,)))
    assert [len(mirror.candidates(number, "IE")[0].deals) for number in ("0871234567", "0871111111")] == [0, 1]


def test_only_one_sync_runs_at_a_time(mirror: Mirror, tmp_path: Path) -> None:
    other = Mirror(tmp_path / "mirror.db")
    with mirror.sync_lock(), pytest.raises(AlreadyRunning, match="running already"):
        build(other)
    build(other, Page(contacts=(person(1, "0871234567"),)))
    other.close()
    assert mirror.candidates("0871234567", "IE")


def test_a_sync_leaves_no_large_journal_behind(mirror: Mirror, tmp_path: Path) -> None:
    build(mirror, Page(contacts=tuple(person(n, f"08712{n:05}") for n in range(500))))
    assert (tmp_path / "mirror.db-wal").stat().st_size == 0


def test_the_index_is_rebuilt_for_another_region(mirror: Mirror) -> None:
    build(mirror, Page(contacts=(person(1, "087 123 4567"),)), region="IE")
    mirror.reindex_if_needed("DE")
    assert mirror.candidates("+353871234567", "DE") == ()
    assert mirror.candidates("+49871234567", "DE")
    assert mirror.facts().region == "DE"


def test_hostile_names_are_kept_as_text(mirror: Mirror) -> None:
    names = ("'; DROP TABLE contacts; --", "😀" * 5000, 'a"b\\', "nul\0nul", "{}%s")
    for number, name in enumerate(names, start=1):
        contact = Contact(id=str(number), first_name=name, phones=(ContactPhone(property="phone", raw=f"08712345{number:02}"),))
        build(mirror, Page(contacts=(contact,)), force=True)
        (candidate,) = mirror.candidates(f"08712345{number:02}", "IE")
        assert candidate.first_name == name


def test_a_number_that_thousands_share_does_not_delay_a_ring(mirror: Mirror) -> None:
    build(mirror, Page(contacts=tuple(person(n, "0870000000") for n in range(2000))))
    assert 0 < len(mirror.candidates("0870000000", "IE")) <= 100


def test_a_reader_during_a_full_sync_sees_a_complete_mirror(mirror: Mirror, tmp_path: Path) -> None:
    everyone = tuple(person(n, f"08712{n:05}") for n in range(300))
    build(mirror, Page(contacts=everyone))
    over, seen, faults = threading.Event(), [], []

    def look() -> None:
        own = Mirror(tmp_path / "mirror.db")
        try:
            while not over.is_set():
                seen.append((len(own.candidates("0871200007", "IE")), own.facts().contacts))
        except Exception as fault:  # noqa: BLE001 - any fault at all is the failure
            faults.append(fault)
        finally:
            own.close()

    looking = threading.Thread(target=look)
    looking.start()
    for _ in range(4):
        build(mirror, *(Page(contacts=everyone[start : start + 100]) for start in range(0, 300, 100)))
    over.set()
    looking.join()
    assert faults == []
    assert set(seen) == {(1, 300)}


def test_a_mirror_of_an_unknown_version_is_dropped_and_rebuilt(tmp_path: Path) -> None:
    old = sqlite3.connect(tmp_path / "mirror.db")
    old.execute("CREATE TABLE contacts (something_else TEXT)")
    old.execute("PRAGMA user_version = 99")
    old.close()
    opened = Mirror(tmp_path / "mirror.db")
    build(opened, Page(contacts=(person(1, "0871234567"),)))
    assert opened.candidates("0871234567", "IE")
    opened.close()


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_mirror_is_put_aside_by_who_reads_it_and_an_empty_one_is_there_at_once(
    mirror: Mirror, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    path = tmp_path / "mirror.db"
    build(mirror, Page(contacts=tuple(person(number, f"08712{number:05}") for number in range(1, 2000))))
    assert mirror.candidates("0871200001", "IE")
    flush(path)
    damage(path)
    with closing(Mirror(path)) as other:
        for reader in (mirror, other):
            reader.candidates("0871201999", "IE")
            reader.facts()
            reader.search("anybody")
        try:
            build(mirror, Page(contacts=(person(1, "0871234567"),)))
        except DatabaseDamaged as fault:
            assert mirror.file.replace_if_damaged(fault)
            build(mirror, Page(contacts=(person(1, "0871234567"),)))
        for reader in (mirror, other):
            assert reader.candidates("0871234567", "IE")
    assert find_damage(path) == ""


def test_a_mirror_that_another_has_put_aside_while_it_was_open_is_opened_anew(mirror: Mirror, tmp_path: Path) -> None:
    path = tmp_path / "mirror.db"
    build(mirror, Page(contacts=(person(1, "0871234567"),)))
    assert mirror.candidates("0871234567", "IE")
    with replacing(path):
        put_aside(path)
    with closing(Mirror(path)) as other:
        build(other, Page(contacts=(person(2, "0877654321"),)))
    assert mirror.candidates("0877654321", "IE")
    assert not mirror.candidates("0871234567", "IE")


def test_the_file_is_for_its_owner_only(mirror: Mirror, tmp_path: Path) -> None:
    mirror.facts()
    assert (tmp_path / "mirror.db").stat().st_mode & 0o777 == 0o600


def test_a_card_follows_its_company_its_deals_their_stages_and_the_accounts_currency(mirror: Mirror) -> None:
    """A contact's row repeats them, so a change of any of them changes the row."""

    def stage(label: str, *, closed: bool = False) -> PortalInfo:
        known = Stage(pipeline_id="p", stage_id="s", pipeline_label="Sales", label=label, order=1, is_closed=closed)
        return PortalInfo(account=replace(ACCOUNT, currency="CHF" if label == "Late" else "EUR"), stages=(known,))

    def card() -> tuple[str, list[tuple[str, str, str]]]:
        (candidate,) = mirror.candidates("0871234567", "IE")
        return candidate.company, [(deal.name, deal.stage_label, deal.currency) for deal in candidate.deals]

    deal = Deal(id="7", name="Pilot", pipeline_id="p", stage_id="s", amount=Decimal(5), contact_ids=("1",))
    ana = person(1, "0871234567", company_id="601", company_text="typed")
    build(
        mirror,
        Page(deals=(deal,)),
        Page(contacts=(ana,)),
        Page(companies=(Company(id="601", name="Acme"),)),
        portal_info=stage("Early"),
    )
    mirror_update = mirror.update("IE")
    assert card() == ("Acme", [("Pilot", "Early", "EUR")])
    mirror_update.put(Page(companies=(Company(id="601", name="Acme Ltd"),), deals=(replace(deal, name="Pilot 2"),)))
    mirror_update.put_portal_info(stage("Late"))
    assert card() == ("Acme Ltd", [("Pilot 2", "Late", "CHF")])
    mirror_update.put_portal_info(stage("Late", closed=True))
    assert card() == ("Acme Ltd", [])
    mirror_update.put_portal_info(stage("Early"))
    mirror_update.put(Page(companies=(Company(id="602", name="Bolt", merged_ids=("601",)),)))
    assert card() == ("Bolt", [("Pilot 2", "Early", "EUR")])
    mirror_update.put(Page(deals=(Deal(id="8", name="Merged", contact_ids=("1",), merged_ids=("7",)),)))
    assert card() == ("Bolt", [("Merged", "", "EUR")])
    mirror_update.remove(Kind.COMPANIES, [602])
    mirror_update.remove(Kind.DEALS, [8])
    assert card() == ("typed", [])


def test_outcomes_are_in_the_portals_order_and_are_replaced(mirror: Mirror) -> None:
    assert mirror.outcomes() == ()
    outcomes = (
        CallOutcome(id="busy", label="Besetzt"),
        CallOutcome(id="0c5e-own", label="Callback"),
        CallOutcome(id="a", label="A"),
    )
    build(mirror, Page(contacts=(person(1, "0871234567"),)), portal_info=replace(PORTAL_INFO, outcomes=outcomes))
    assert mirror.outcomes() == outcomes
    mirror.update("IE").put_portal_info(replace(PORTAL_INFO, outcomes=outcomes[1:]))
    assert mirror.outcomes() == outcomes[1:]
    mirror.update("IE").put_portal_info(PORTAL_INFO)
    assert mirror.outcomes() == ()


def test_the_newest_closed_deals_of_a_contact_have_labels_and_currency(mirror: Mirror) -> None:
    """A deal is closed by its own property, or if that is empty, by its stage."""
    stages = (
        Stage(pipeline_id="p", stage_id="open", pipeline_label="Sales", label="Contract sent", order=1, is_closed=False),
        Stage(pipeline_id="p", stage_id="won", pipeline_label="Sales", label="Won", order=2, is_closed=True),
    )

    def deal(number: int, closes: date | None, stage: str = "won", **more: object) -> Deal:
        people = {"contact_ids": ("1",)} | more
        return Deal(id=str(number), name=f"Deal {number}", close_date=closes, pipeline_id="p", stage_id=stage, **people)  # type: ignore[arg-type]

    deals = (
        *(deal(n, date(2026, n, 1)) for n in range(1, 5)),
        deal(5, None),
        deal(6, date(2026, 10, 1), "open"),
        deal(7, date(2026, 11, 1), "open", is_closed=True, amount=Decimal(12), currency="USD"),
        deal(8, date(2026, 12, 1), is_closed=False),
        deal(9, date(2026, 12, 1), contact_ids=("2",)),
        deal(10, date(2025, 1, 1)),
    )
    people = (person(1, "0871234567"), person(2, "0871111111"))
    build(mirror, Page(contacts=people), Page(deals=deals), portal_info=PortalInfo(account=ACCOUNT, stages=stages))
    closed = mirror.closed_deals("1")
    assert [deal.id for deal in closed] == ["7", "4", "3", "2", "1"]
    assert (closed[0].amount, closed[0].currency, closed[0].stage_label) == (Decimal(12), "USD", "Contract sent")
    assert (closed[1].currency, closed[1].stage_label, closed[1].pipeline_label) == ("EUR", "Won", "Sales")
    assert mirror.closed_deals("3") == mirror.closed_deals("nobody") == ()
