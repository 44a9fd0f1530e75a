"""A CRM at its worst: whatever it does to a request, an answered call is in it once, and a person hears why when it is not."""

from __future__ import annotations

import json
import random
import re
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from callerid.core.callers.resolve import Certainty
from callerid.core.delivery.outbox_row import DeliveryState
from callerid.core.followup.state import State
from callerid.credentials import Token
from callerid.crm.hubspot.client import HubSpot
from callerid.errors import SuspiciousSync, TokenChanged
from callerid.models import CallType, Outcome
from callerid.paths import installation_paths, make_folders
from callerid.simulator.portal import SimulatedPortal
from callerid.simulator.portal.limits import Fault
from callerid.turns.context import turn_facts
from callerid.turns.followup.conversation import answer_without_asking
from callerid.turns.followup.record_answer import record_answer
from callerid.turns.followup.withdraw import retry_refused
from callerid.turns.ringing.resolve_caller import resolve_number
from tests.store.earlier_ledgers import ledger_of_version
from tests.turns.world import ANA, World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from callerid.core.followup.state import FollowUp

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CREATES = re.compile(r"POST /crm/objects/[\d-]+/(calls|tasks|contacts)")
CALLS, EVERY_TENTH = 200, 10


class HostilePortal(SimulatedPortal):
    """One that, once it is angry, cuts every request that creates after its effect, and answers a third of the others with the
    HTML of a gateway."""

    def __init__(self) -> None:
        super().__init__()
        self.angry = False
        self._dice = random.Random(5)

    def next_fault(self, request: str) -> Fault | None:
        if not self.angry:
            return super().next_fault(request)
        if CREATES.fullmatch(request):
            return Fault(kind="cut_after")
        return Fault(kind="html") if self._dice.random() < 1 / 3 else None

    def answers(self, status: int, path: str = "") -> int:
        """How many requests whose "METHOD path" has this in it were answered so."""
        return sum(said == status and path in f"{method} {where}" for method, where, said in self.requests_seen)


class Waiting(World):
    """A world in which whoever waits lets the time pass, for the portal as for the phone."""

    def wait(self, seconds: float) -> None:
        self.later(seconds=seconds)

    def seconds(self) -> float:
        return self.now.timestamp()


@pytest.fixture
def crm() -> Iterator[HostilePortal]:
    with HostilePortal() as portal:
        yield portal


@pytest.fixture
def slow(tmp_path: Path, crm: HostilePortal) -> Iterator[Waiting]:
    """A world over a portal that allows ten requests in ten seconds and whose search is a minute behind, after its first sync."""
    made = Waiting(tmp_path, crm, NOON)
    crm.records.clock = crm.limits.clock = made.seconds
    crm.populate(people=60, companies=8, deals=12)
    made.sync()  # at the usual limit: its threads would meet a clock that stands still
    crm.limits.burst, crm.search_lag = 10, 60
    made.watch()
    yield made
    made.close()


def people_of(world: World) -> list[str]:
    """Numbers of people of whom nothing must be chosen."""
    contacts = world.portal.records.by_kind["contacts"].values()
    numbers = [contact.properties.get("phone") or "" for contact in contacts]
    found = {number: resolve_number(world.app, number) for number in numbers if number}
    return [number for number, who in found.items() if who.certainty is Certainty.KNOWN and len(who.candidates[0].deals) <= 1]


def many_calls(world: World, count: int) -> tuple[FollowUp, ...]:
    """So many calls, one a minute, half of them with one person, seen at one look."""
    numbers = people_of(world)
    for place in range(count):
        number = ANA if place % 2 else numbers[place % len(numbers)]
        world.phone.add_call(number, CallType.INCOMING, world.now + timedelta(minutes=place), 30)
    world.later(minutes=count)
    keys = [call.key for call in world.watch().new]
    found = [world.app.ledger.calls.followup(key) for key in keys]
    return tuple(followup for followup in found if followup)


def answer(world: World, followup: FollowUp, note: str, due: datetime | None = None) -> None:
    said = answer_without_asking(
        world.app, followup, (("outcome", Outcome.CONNECTED), ("note", note)), turn_facts(world.app, world.now)
    )
    assert said
    assert record_answer(world.app, followup, replace(said, due=due), world.now)


def deliver_all(world: World, most: int = 300) -> None:
    """Deliver until nothing is left, whenever the next try is due."""
    for _ in range(most):
        delivered = world.deliver()
        if not delivered.left:
            return
        world.now = max(world.now, delivered.next_at or world.now)
    raise AssertionError([(row.state, row.fault) for row in world.app.ledger.outbox.undelivered()])


def test_two_hundred_calls_arrive_in_a_crm_that_cuts_lies_lags_and_limits(slow: Waiting, crm: HostilePortal) -> None:
    followups = many_calls(slow, CALLS)
    assert len(followups) == CALLS
    crm.angry = True
    for place, followup in enumerate(followups):
        answer(slow, followup, f"note {place}", slow.now + timedelta(days=1) if place % EVERY_TENTH == 0 else None)
    deliver_all(slow)
    held = crm.held_calls()
    assert sorted(call.note for call in held) == sorted(f"note {place}" for place in range(CALLS))
    assert len({call.external_id for call in held}) == len(held) == CALLS
    assert len(crm.held_tasks()) == CALLS // EVERY_TENTH
    assert slow.app.ledger.calls.count_by_state() == {State.LOGGED: CALLS}
    assert slow.app.ledger.outbox.all() == ()
    assert crm.answers(201, "/calls") == CALLS  # none was ever posted twice
    assert crm.answers(502) > CALLS


# ------------------------------------------------------------------------------------------------ merged and deleted meanwhile


def answered(world: World, number: str = ANA) -> FollowUp:
    followup = world.called(number)
    answer(world, followup, "a note")
    return followup


def ids_of_ana(world: World) -> dict[str, int]:
    """Ana, her company and her deal."""
    records = world.portal.records
    ana = min(records.by_kind["contacts"])
    return {"contacts": ana} | {kind: min(records.linked("contacts", ana, kind)) for kind in ("companies", "deals")}


@pytest.mark.parametrize("dead_target", [400, 404])
@pytest.mark.parametrize("keeps_id", [False, True])
def test_records_that_were_merged_are_replaced_by_their_survivors(
    slow: Waiting, crm: HostilePortal, dead_target: int, *, keeps_id: bool
) -> None:
    crm.dead_target, crm.records.merge_keeps_id = dead_target, keeps_id
    followup, survivors = answered(slow), set()
    twins = {"contacts": {"firstname": "Ana"}, "companies": {"name": "Acme"}, "deals": {"dealname": "Renewal"}}
    for kind, record_id in ids_of_ana(slow).items():
        twin = crm.records.create(kind, twins[kind]).id
        survivors.add((kind, crm.records.merge(kind, twin, record_id).id))
    deliver_all(slow)
    (call,) = crm.held_calls()
    assert {(kind, linked) for kind in twins for linked in crm.records.linked("calls", call.id, kind)} == survivors
    assert (call.note, slow.again(followup).state) == ("a note", State.LOGGED)


@pytest.mark.parametrize("dead_target", [400, 404])
@pytest.mark.parametrize("gone", ["archive", "purge"])
def test_a_contact_that_was_deleted_leaves_the_call_to_the_company(
    slow: Waiting, crm: HostilePortal, dead_target: int, gone: str
) -> None:
    crm.dead_target = dead_target
    followup, ids = answered(slow), ids_of_ana(slow)
    for kind in ("contacts", "deals"):
        getattr(crm.records, gone)(kind, ids[kind])
    deliver_all(slow)
    (call,) = crm.held_calls()
    assert (call.contacts, call.companies, call.deals, call.note) == ((), ("Acme Ltd",), (), "a note")
    assert slow.again(followup).state is State.LOGGED


def test_a_call_of_nothing_that_is_left_rests_until_the_person_tries_again(slow: Waiting, crm: HostilePortal) -> None:
    followup, ids = answered(slow), ids_of_ana(slow)
    for kind, record_id in ids.items():
        crm.records.archive(kind, record_id)
    slow.deliver()
    slow.attend()
    assert slow.again(followup).state is State.DEAD
    assert slow.shown("Not logged").buttons == ("Try again", "Give up")
    sent = len(crm.requests_seen)
    slow.later(days=1)
    assert slow.deliver().next_at is None
    assert len(crm.requests_seen) == sent
    for kind, record_id in ids.items():
        crm.records.restore(kind, record_id)
    assert slow.tap(followup, "retry").deliver
    deliver_all(slow)
    assert [call.note for call in crm.held_calls()] == ["a note"]


@pytest.mark.parametrize("meanwhile", ["merge", "archive", "purge"])
def test_a_cut_post_is_found_again_although_its_contact_is_gone(slow: Waiting, crm: HostilePortal, meanwhile: str) -> None:
    """By what the survivor has, or else by search, although that is a minute behind: it is never posted a second time."""
    followup, ids = answered(slow), ids_of_ana(slow)
    crm.angry = True
    slow.deliver()
    assert len(crm.held_calls()) == 1
    if meanwhile == "merge":
        crm.records.merge("contacts", crm.records.create("contacts", {"firstname": "Ana"}).id, ids["contacts"])
    else:
        for kind, record_id in ids.items():
            getattr(crm.records, meanwhile)(kind, record_id)
    deliver_all(slow)
    assert [call.note for call in crm.held_calls()] == ["a note"]
    assert crm.answers(201, "/calls") == 1
    assert slow.again(followup).state is State.LOGGED


# ------------------------------------------------------------------------------------------------ not now, says the CRM


def several(world: World, count: int) -> tuple[FollowUp, ...]:
    return tuple(answered(world, number) for number in people_of(world)[:count])


def test_a_portal_that_moves_is_sent_nothing_of_any_call_until_it_said(slow: Waiting, crm: HostilePortal) -> None:
    several(slow, 3)
    crm.fault("status", "POST .*/calls$", status=477, retry_after="300")
    back = slow.deliver().next_at
    assert back
    assert back - slow.now > timedelta(seconds=299)  # the ledger keeps whole seconds
    sent = len(crm.requests_seen)
    for _ in range(9):
        slow.later(seconds=33)
        assert slow.deliver().next_at == back
    assert len(crm.requests_seen) == sent
    slow.now = back
    assert slow.deliver().delivered == len(crm.held_calls()) == 3


def test_the_day_that_is_used_up_ends_at_the_accounts_midnight_wherever_the_phone_is(slow: Waiting, crm: HostilePortal) -> None:
    """The account is in Berlin, and the phone in Tokyo, where it is tomorrow already."""
    slow.phone.change(zone="Asia/Tokyo")
    several(slow, 5)
    crm.limits.daily = 0
    midnight = slow.deliver().next_at
    assert midnight == datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
    while slow.now < midnight - timedelta(hours=1):
        slow.later(hours=1)
        assert slow.deliver().left == 5
    assert crm.answers(429, "/calls") == 1
    assert ["for today is used up" in trouble.sentence for trouble in slow.app.ledger.key_values.troubles()] == [True]
    slow.now, crm.limits.daily = midnight, None
    assert slow.deliver().delivered == len(crm.held_calls()) == 5
    assert slow.app.ledger.key_values.troubles() == ()


def test_a_rule_of_the_portals_own_is_told_in_its_words_with_what_to_do_and_that_helps(slow: Waiting, crm: HostilePortal) -> None:
    crm.required["calls"] = ("hs_activity_type",)
    followups = several(slow, 2)
    slow.deliver()
    slow.attend()
    remedy = 'Set the missing value: callerid config set log.fields "hs_activity_type = VALUE", then: callerid outbox retry'
    for followup in followups:
        reason = slow.again(followup).reason
        assert "Property hs_activity_type is required" in reason
        assert remedy in reason
    assert [remedy in shown.content for shown in slow.phone.notifications() if "Not logged" in shown.title] == [True, True]
    slow.settings('region = "IE"\n[log]\nfields = ["hs_activity_type = Phone call"]\n')
    slow.hub.close()
    slow.hub = hub_of(slow, crm)
    for followup in followups:
        retry_refused(slow.app, slow.again(followup), slow.now)
    deliver_all(slow)
    told = [crm.records.by_kind["calls"][call.id].properties["hs_activity_type"] for call in crm.held_calls()]
    assert told == ["Phone call"] * 2
    assert {slow.again(followup).state for followup in followups} == {State.LOGGED}


# ------------------------------------------------------------------------------------------------ an older outbox, other tokens


OLD = 1795370400  # epoch seconds of its calls
OLD_CALL = {
    "version": 1,
    "start": float(OLD),
    "duration_ms": 60000,
    "direction": "INBOUND",
    "status": "COMPLETED",
    "outcome": "connected",
    "title": "Call from Ana López",
    "from_number": ANA,
    "to_number": "",
    "owner_id": None,
    "company_id": None,
    "deal_id": None,
}


def old_ledger(path: Path, contact: int) -> None:
    """A ledger as version 2 left it. Of three answered calls one waits, and the posts of two had begun: that of "bbb" arrived."""
    with closing(ledger_of_version(path, 2)) as db:
        for place, (key, state) in enumerate((("aaa", "waiting"), ("bbb", "unsure"), ("ccc", "unsure"))):
            call = (key, OLD + place, ANA, "INCOMING", 60, "1", 0, "", ANA, OLD)
            db.execute("INSERT INTO calls VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", call)
            db.execute("INSERT INTO followups (call_key, state) VALUES (?, 'queued')", (key,))
            said = OLD_CALL | {"external_id": f"old-{key}", "note": f"of {key}", "contact_id": str(contact)}
            began = OLD if state == "unsure" else None
            db.execute(
                "INSERT INTO outbox (call_key, external_id, engagement, state, attempts, posted_at, created_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (key, f"old-{key}", json.dumps(said), state, int(began is not None), began, OLD),
            )


def test_what_an_older_version_left_waiting_and_unsure_is_delivered_once(tmp_path: Path, crm: HostilePortal) -> None:
    crm.populate(people=5, companies=1, deals=1)
    contact = min(crm.records.by_kind["contacts"])
    arrived = {"hs_timestamp": str(OLD * 1000), "hs_call_external_id": "old-bbb", "hs_call_body": "of bbb"}
    crm.records.create("calls", arrived, [("contacts", contact, 194)])
    where = installation_paths({"CALLERID_HOME": str(tmp_path / "home")})
    make_folders(where)
    old_ledger(where.ledger, contact)
    world = Waiting(tmp_path, crm, NOON)
    crm.records.clock = crm.limits.clock = world.seconds
    world.sync()
    crm.angry = True
    deliver_all(world)
    held = crm.held_calls()
    assert sorted((call.external_id, call.note) for call in held) == [(f"old-{key}", f"of {key}") for key in ("aaa", "bbb", "ccc")]
    assert [call.contacts for call in held] == [("Ana López",)] * 3
    assert world.app.ledger.calls.count_by_state() == {State.LOGGED: 3}
    assert world.app.ledger.outbox.all() == ()
    world.close()


def hub_of(world: Waiting, portal: SimulatedPortal) -> HubSpot:
    return HubSpot(
        Token(portal.token),
        url=portal.url,
        wait=world.wait,
        clock=world.clock,
        report_fault=print,
        monotonic=world.seconds,
        call_fields=world.config.log.fields,
    )


def test_after_a_new_token_was_seen_by_a_sync_what_waited_is_delivered(slow: Waiting, crm: HostilePortal) -> None:
    several(slow, 3)
    crm.token = "pat-eu1-rotated-1111"
    crm.requests_seen.clear()
    slow.hub.close()
    slow.hub = hub_of(slow, crm)
    for _ in range(5):
        delivered = slow.deliver()
        assert isinstance(delivered.fault, TokenChanged)
        slow.now = max(slow.now, delivered.next_at or slow.now)
    assert crm.requests_seen == []
    rows = slow.app.ledger.outbox.undelivered()
    assert [(row.state, row.attempts.posts) for row in rows] == [(DeliveryState.WAITING, 0)] * 3
    slow.sync()
    deliver_all(slow)
    assert len(crm.held_calls()) == 3
    assert slow.app.ledger.key_values.troubles() == ()


def test_a_token_of_another_portal_writes_nothing_into_it(slow: Waiting) -> None:
    """Its sync is refused, because the mirror is of another portal; with the right token all goes on."""
    several(slow, 3)
    own = slow.hub
    with SimulatedPortal(token="pat-eu1-another-2222") as other:
        other.records.clock = other.limits.clock = slow.seconds
        other.records.account["portalId"] = 7
        other.populate(people=60, companies=8, deals=12)
        slow.hub = hub_of(slow, other)
        for _ in range(3):
            with pytest.raises(SuspiciousSync):
                slow.sync()
            assert isinstance(slow.deliver().fault, TokenChanged)
            slow.later(hours=1)
        assert {method for method, _, _ in other.requests_seen} == {"GET"}
        slow.hub.close()
    slow.hub = own
    deliver_all(slow)
    assert len(slow.portal.held_calls()) == 3
