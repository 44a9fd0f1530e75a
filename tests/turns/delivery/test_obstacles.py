"""On the way to the CRM: records that were merged or deleted meanwhile, limits, rules, earlier versions, other tokens."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from callerid.core.followup.states import State
from callerid.credentials import Token
from callerid.crm.hubspot.client import HubSpot
from callerid.errors import DiskFull, Offline
from callerid.store.ledger.database import open_ledger
from callerid.turns.delivery.outbox_round import deliver
from tests.store.earlier_ledgers import ledger_of_version
from tests.turns.delivery.steps import answered, deliver_all
from tests.turns.world import ANA

if TYPE_CHECKING:
    from pathlib import Path

    from tests.turns.world import World


@pytest.mark.parametrize("refusal", [400, 404])
def test_a_contact_that_was_merged_is_replaced_by_the_survivor(world: World, refusal: int) -> None:
    world.portal.dead_target = refusal
    answered(world)
    contacts = sorted(world.portal.records.by_kind["contacts"])
    survivor = world.portal.records.merge("contacts", contacts[0], contacts[1])
    deliver_all(world)
    (call,) = world.portal.held_calls()
    assert call.contacts == (f"{survivor.properties['firstname']} {survivor.properties['lastname']}",)
    assert call.deals


def test_a_contact_whom_a_refused_call_shows_to_be_gone_is_on_no_card_before_the_next_sync(world: World) -> None:
    answered(world)
    assert world.app.mirror.candidates(ANA, "IE")
    world.portal.records.purge("contacts", int(world.app.mirror.candidates(ANA, "IE")[0].id))
    deliver_all(world)
    assert world.app.mirror.candidates(ANA, "IE") == ()
    (call,) = world.portal.held_calls()
    assert (call.contacts, bool(call.deals)) == ((), True)


@pytest.mark.parametrize("refusal", [400, 404])
def test_a_deal_that_was_deleted_is_left_out(world: World, refusal: int) -> None:
    world.portal.dead_target = refusal
    answered(world)
    world.portal.records.archive("deals", min(world.portal.records.by_kind["deals"]))
    deliver_all(world)
    (call,) = world.portal.held_calls()
    assert (call.contacts, call.deals) == (("Ana López",), ())


@pytest.mark.parametrize("trouble", ["status", "cut_before", "daily", "offline"])
def test_a_deal_that_was_deleted_is_left_out_once_the_crm_can_be_asked(world: World, trouble: str) -> None:
    followup = answered(world)
    world.portal.records.archive("deals", min(world.portal.records.by_kind["deals"]))
    real = world.hub.resolve_associations
    if trouble == "daily":
        world.portal.fault("status", "GET ", times=1, status=429, retry_after="7200")
    elif trouble == "offline":

        def offline(engagement: object) -> object:
            world.hub.resolve_associations = real  # type: ignore[method-assign]
            raise Offline("HubSpot cannot be reached.")

        world.hub.resolve_associations = offline  # type: ignore[method-assign, assignment]
    else:
        world.portal.fault(trouble, "GET /crm/objects/2026-09/(contacts|companies|deals)/", times=5, status=502)
    delivered = world.deliver()
    assert world.again(followup).state is State.QUEUED
    assert delivered.next_at
    assert delivered.next_at - world.now >= (timedelta(hours=1) if trouble == "daily" else timedelta(seconds=4))
    deliver_all(world)
    (call,) = world.portal.held_calls()
    assert (call.contacts, call.deals) == (("Ana López",), ())


def test_a_call_whose_records_are_all_gone_is_refused_and_its_card_says_so(world: World) -> None:
    followup = answered(world)
    for kind in ("contacts", "companies", "deals"):
        for record_id in list(world.portal.records.by_kind[kind]):
            world.portal.records.archive(kind, record_id)
    deliver_all(world)
    world.attend()
    assert world.again(followup).state is State.DEAD
    assert "does not exist" in world.shown("Not logged").content


def test_a_portal_under_migration_is_waited_for_as_long_as_it_says(world: World) -> None:
    answered(world)
    world.portal.fault("status", "POST ", times=1, status=477, retry_after="7200")
    delivered = world.deliver()
    assert delivered.next_at == world.now + timedelta(hours=2)
    world.now = delivered.next_at
    deliver_all(world)
    assert world.calls_in_crm() == 1


def test_the_daily_limit_delays_all_rows_until_the_accounts_midnight_after_one_request(world: World) -> None:
    for _ in range(5):
        answered(world)
    world.portal.limits.daily = 0
    sent = len(world.portal.requests_seen)
    delivered = world.deliver()
    assert len(world.portal.requests_seen) - sent <= 1
    assert delivered.next_at
    assert delivered.next_at.isoformat() == "2026-11-23T23:00:00+00:00"  # midnight in Berlin
    assert world.deliver().delivered == 0
    assert len(world.portal.requests_seen) - sent <= 1
    world.portal.limits.daily = None
    world.now = delivered.next_at
    deliver_all(world)
    assert world.calls_in_crm() == 5


def test_a_new_token_delivers_nothing_until_a_sync_has_seen_its_portal(world: World) -> None:
    answered(world)
    world.portal.token = "pat-eu1-another"
    other = HubSpot(Token(world.portal.token), url=world.portal.url, wait=world.wait, clock=world.clock, report_fault=print)
    sent = len(world.portal.requests_seen)
    delivered = deliver(world.app, lambda: other, world.clock)
    assert (delivered.delivered, delivered.left, len(world.portal.requests_seen)) == (0, 1, sent)
    (trouble,) = world.app.ledger.key_values.troubles()
    assert "no sync has checked" in trouble.sentence
    other.close()


def test_a_row_in_the_outbox_of_an_earlier_version_is_delivered_once(world: World, tmp_path: Path) -> None:
    followup = answered(world)
    (row,) = world.app.ledger.outbox.undelivered()
    written = json.loads(world.app.ledger.connection.execute("SELECT content FROM outbox").fetchone()[0])
    path = tmp_path / "old" / "ledger.db"
    path.parent.mkdir()
    old = ledger_of_version(path, 2)
    call = followup.call
    old.execute(
        "INSERT INTO calls VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (call.key, int(call.start.timestamp()), call.number, call.type, call.duration, call.sim, 0, "", "+353871234567", 0),
    )
    old.execute("INSERT INTO followups (call_key, state) VALUES (?, 'queued')", (call.key,))
    old.execute(
        "INSERT INTO outbox (call_key, external_id, engagement, state, attempts, created_at) VALUES (?, ?, ?, 'unsure', 1, 0)",
        (call.key, written["external_id"], json.dumps(written)),
    )
    old.close()
    world.app.ledger.close()
    world.app = replace(world.app, ledger=open_ledger(path))
    deliver_all(world)
    assert [held.external_id for held in world.portal.held_calls()] == [getattr(row.content, "external_id", "")]
    assert world.app.ledger.history.count_by_state() == {State.LOGGED: 1}
    assert (path.parent / "ledger.db.version-2").exists()


def test_a_delivery_that_cannot_be_recorded_ends_the_round_and_is_not_a_trouble_of_the_crm(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is posted whose intention is not stored."""
    answered(world)

    def full(*_: object) -> None:
        raise DiskFull("ledger.db cannot be used: database or disk is full.")

    with monkeypatch.context() as without_room:
        without_room.setattr(type(world.app.ledger.outbox), "change", full)
        with pytest.raises(DiskFull):
            world.deliver()
    assert not world.portal.held_calls()
    assert not world.app.ledger.key_values.troubles()
    deliver_all(world)
    assert len(world.portal.held_calls()) == 1
