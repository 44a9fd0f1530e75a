"""A CRM at its worst: whatever it does to a request, an answered call is in it once, or the person is told why it is not."""

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
from callerid.core.delivery.states import DeliveryState
from callerid.core.followup.states import State
from callerid.credentials import Token
from callerid.crm.hubspot.client import HubSpot
from callerid.errors import SuspiciousSync, TokenChanged
from callerid.models import CallType, Outcome
from callerid.paths import installation_paths, make_folders
from callerid.simulator.portal import SimulatedPortal
from callerid.simulator.portal.limits import Fault
from callerid.turns.facts import turn_facts
from callerid.turns.followup.conversation import answer_without_asking
from callerid.turns.followup.record_answer import record_answer
from callerid.turns.followup.withdraw import retry_refused
from callerid.turns.ringing.resolve_caller import resolve_number
from tests.store.earlier_ledgers import ledger_of_version
from tests.turns.delivery.steps import deliver_all
from tests.turns.world import ANA, World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from callerid.core.followup.state import FollowUp

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CREATES = re.compile(r"POST /crm/objects/[\d-]+/(calls|tasks|contacts)")
CALLS, EVERY_TENTH = 80, 10


class HostilePortal(SimulatedPortal):
    """A portal that, while `angry`, cuts the answer of every request that creates something, and answers a third of the others with
    the HTML of a gateway."""

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
        """Return how many requests with that path were answered with that status."""
        return sum(seen == status and path in f"{method} {where}" for method, where, seen in self.requests_seen)


class WaitingWorld(World):
    """A world in which waiting lets the time pass, for the portal and for the phone."""

    def wait(self, seconds: float) -> None:
        self.later(seconds=seconds)

    def seconds(self) -> float:
        return self.now.timestamp()


@pytest.fixture
def crm() -> Iterator[HostilePortal]:
    with HostilePortal() as portal:
        yield portal


@pytest.fixture
def limited(tmp_path: Path, crm: HostilePortal) -> Iterator[WaitingWorld]:
    """A synced world whose portal allows ten requests in ten seconds, and whose search is a minute behind."""
    made = WaitingWorld(tmp_path, crm, NOON)
    crm.records.clock = crm.limits.clock = made.seconds
    crm.populate(people=60, companies=8, deals=12)
    made.sync()  # at the usual limit: its threads would meet a clock that stands still
    crm.limits.burst, crm.search_lag = 10, 60
    made.watch()
    yield made
    made.close()


def numbers_without_choice(world: World) -> list[str]:
    """Return numbers of contacts for whom no deal must be chosen."""
    contacts = world.portal.records.by_kind["contacts"].values()
    numbers = [contact.properties.get("phone") or "" for contact in contacts]
    resolutions = {number: resolve_number(world.app, number) for number in numbers if number}
    known = {number: who.candidates[0] for number, who in resolutions.items() if who.certainty is Certainty.KNOWN}
    return [number for number, candidate in known.items() if len(candidate.deals) <= 1]


def many_calls(world: World, count: int) -> tuple[FollowUp, ...]:
    """Let calls happen, one a minute, half of them with one person, and read them at once."""
    numbers = numbers_without_choice(world)
    for place in range(count):
        number = ANA if place % 2 else numbers[place % len(numbers)]
        world.phone.add_call(number, CallType.INCOMING, world.now + timedelta(minutes=place), 30)
    world.later(minutes=count)
    keys = [call.key for call in world.watch().new]
    followups = (world.app.ledger.calls.followup(key) for key in keys)
    return tuple(followup for followup in followups if followup)


def answer(world: World, followup: FollowUp, note: str, due: datetime | None = None) -> None:
    complete = answer_without_asking(
        world.app, followup, (("outcome", Outcome.CONNECTED), ("note", note)), turn_facts(world.app, world.now)
    )
    assert complete
    assert record_answer(world.app, followup, replace(complete, due=due), world.now)


def test_eighty_calls_arrive_in_a_crm_that_cuts_answers_lags_and_limits(limited: WaitingWorld, crm: HostilePortal) -> None:
    followups = many_calls(limited, CALLS)
    assert len(followups) == CALLS
    crm.angry = True
    for place, followup in enumerate(followups):
        answer(
            limited,
            followup,
            f"note {place}",
            limited.now + timedelta(days=1) if place % EVERY_TENTH == 0 else None,
        )
    deliver_all(limited)
    held = crm.held_calls()
    assert sorted(call.note for call in held) == sorted(f"note {place}" for place in range(CALLS))
    assert len({call.external_id for call in held}) == len(held) == CALLS
    assert len(crm.held_tasks()) == CALLS // EVERY_TENTH
    assert limited.app.ledger.history.count_by_state() == {State.LOGGED: CALLS}
    assert limited.app.ledger.outbox.all() == ()
    assert crm.answers(201, "/calls") == CALLS  # none was ever posted twice
    assert crm.answers(502) > CALLS


# ------------------------------------------------------------------------------------------------ merged and deleted meanwhile


def answered(world: World, number: str = ANA) -> FollowUp:
    followup = world.called(number)
    answer(world, followup, "a note")
    return followup


def records_of_ana(world: World) -> dict[str, int]:
    """Return the ids of Ana, her company and her deal."""
    records = world.portal.records
    ana = min(records.by_kind["contacts"])
    return {"contacts": ana} | {kind: min(records.linked("contacts", ana, kind)) for kind in ("companies", "deals")}


@pytest.mark.parametrize("dead_target", [400, 404])
@pytest.mark.parametrize("keeps_id", [False, True])
def test_records_that_were_merged_are_replaced_by_their_survivors(
    limited: WaitingWorld, crm: HostilePortal, dead_target: int, *, keeps_id: bool
) -> None:
    crm.dead_target, crm.records.merge_keeps_id = dead_target, keeps_id
    followup, survivors = answered(limited), set()
    twins = {"contacts": {"firstname": "Ana"}, "companies": {"name": "Acme"}, "deals": {"dealname": "Renewal"}}
    for kind, record_id in records_of_ana(limited).items():
        twin = crm.records.create(kind, twins[kind]).id
        survivors.add((kind, crm.records.merge(kind, twin, record_id).id))
    deliver_all(limited)
    (call,) = crm.held_calls()
    assert {(kind, linked) for kind in twins for linked in crm.records.linked("calls", call.id, kind)} == survivors
    assert (call.note, limited.again(followup).state) == ("a note", State.LOGGED)


@pytest.mark.parametrize("dead_target", [400, 404])
@pytest.mark.parametrize("gone", ["archive", "purge"])
def test_a_call_of_a_deleted_contact_is_logged_with_the_company(
    limited: WaitingWorld, crm: HostilePortal, dead_target: int, gone: str
) -> None:
    crm.dead_target = dead_target
    followup, ids = answered(limited), records_of_ana(limited)
    for kind in ("contacts", "deals"):
        getattr(crm.records, gone)(kind, ids[kind])
    deliver_all(limited)
    (call,) = crm.held_calls()
    assert (call.contacts, call.companies, call.deals, call.note) == ((), ("Acme Ltd",), (), "a note")
    assert limited.again(followup).state is State.LOGGED


def test_a_call_whose_records_are_all_gone_waits_until_the_person_retries(limited: WaitingWorld, crm: HostilePortal) -> None:
    followup, ids = answered(limited), records_of_ana(limited)
    for kind, record_id in ids.items():
        crm.records.archive(kind, record_id)
    limited.deliver()
    limited.attend()
    assert limited.again(followup).state is State.DEAD
    assert limited.shown("Not logged").buttons == ("Try again", "Give up")
    sent = len(crm.requests_seen)
    limited.later(days=1)
    assert limited.deliver().next_at is None
    assert len(crm.requests_seen) == sent
    for kind, record_id in ids.items():
        crm.records.restore(kind, record_id)
    assert limited.tap(followup, "retry").deliver
    deliver_all(limited)
    assert [call.note for call in crm.held_calls()] == ["a note"]


@pytest.mark.parametrize("meanwhile", ["merge", "archive", "purge"])
def test_a_lost_post_is_found_although_its_contact_is_gone(limited: WaitingWorld, crm: HostilePortal, meanwhile: str) -> None:
    """By the survivor's calls, or else by search, although that is a minute behind: it is never posted a second time."""
    followup, ids = answered(limited), records_of_ana(limited)
    crm.angry = True
    limited.deliver()
    assert len(crm.held_calls()) == 1
    if meanwhile == "merge":
        crm.records.merge("contacts", crm.records.create("contacts", {"firstname": "Ana"}).id, ids["contacts"])
    else:
        for kind, record_id in ids.items():
            getattr(crm.records, meanwhile)(kind, record_id)
    deliver_all(limited)
    assert [call.note for call in crm.held_calls()] == ["a note"]
    assert crm.answers(201, "/calls") == 1
    assert limited.again(followup).state is State.LOGGED


# ------------------------------------------------------------------------------------------------ limits and rules


def answered_calls(world: World, count: int) -> tuple[FollowUp, ...]:
    return tuple(answered(world, number) for number in numbers_without_choice(world)[:count])


def test_a_portal_under_migration_gets_no_request_until_the_time_it_named(limited: WaitingWorld, crm: HostilePortal) -> None:
    answered_calls(limited, 3)
    crm.fault("status", "POST .*/calls$", status=477, retry_after="300")
    back = limited.deliver().next_at
    assert back
    assert back - limited.now > timedelta(seconds=299)  # the ledger keeps whole seconds
    sent = len(crm.requests_seen)
    for _ in range(9):
        limited.later(seconds=33)
        assert limited.deliver().next_at == back
    assert len(crm.requests_seen) == sent
    limited.now = back
    assert limited.deliver().delivered == len(crm.held_calls()) == 3


def test_the_daily_limit_ends_at_the_accounts_midnight_wherever_the_phone_is(limited: WaitingWorld, crm: HostilePortal) -> None:
    """The account is in Berlin and the phone in Tokyo, where the next day has begun already."""
    limited.phone.change(zone="Asia/Tokyo")
    answered_calls(limited, 5)
    crm.limits.daily = 0
    midnight = limited.deliver().next_at
    assert midnight == datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
    while limited.now < midnight - timedelta(hours=1):
        limited.later(hours=1)
        assert limited.deliver().left == 5
    assert crm.answers(429, "/calls") == 1
    assert ["for today is used up" in trouble.sentence for trouble in limited.app.ledger.key_values.troubles()] == [True]
    limited.now, crm.limits.daily = midnight, None
    assert limited.deliver().delivered == len(crm.held_calls()) == 5
    assert limited.app.ledger.key_values.troubles() == ()


def test_a_rule_of_the_portal_is_reported_in_its_words_with_a_remedy_that_works(limited: WaitingWorld, crm: HostilePortal) -> None:
    crm.required["calls"] = ("hs_activity_type",)
    followups = answered_calls(limited, 2)
    limited.deliver()
    limited.attend()
    remedy = 'Set the missing value: callerid config set log.fields "hs_activity_type = VALUE", then: callerid outbox retry'
    for followup in followups:
        reason = limited.again(followup).reason
        assert "Property hs_activity_type is required" in reason
        assert remedy in reason
    assert [remedy in shown.content for shown in limited.phone.notifications() if "Not logged" in shown.title] == [
        True,
        True,
    ]
    limited.settings('region = "IE"\n[log]\nfields = ["hs_activity_type = Phone call"]\n')
    limited.hub.close()
    limited.hub = client_for(limited, crm)
    for followup in followups:
        retry_refused(limited.app.ledger, limited.again(followup), limited.now)
    deliver_all(limited)
    values = [crm.records.by_kind["calls"][call.id].properties["hs_activity_type"] for call in crm.held_calls()]
    assert values == ["Phone call"] * 2
    assert {limited.again(followup).state for followup in followups} == {State.LOGGED}


# ------------------------------------------------------------------------------------------------ earlier versions and other tokens


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


def write_old_ledger(path: Path, contact: int) -> None:
    """Write a ledger of version 2. Of three answered calls one waits, and the posts of two had begun: that of "bbb" arrived."""
    with closing(ledger_of_version(path, 2)) as db:
        for place, (key, state) in enumerate((("aaa", "waiting"), ("bbb", "unsure"), ("ccc", "unsure"))):
            call = (key, OLD + place, ANA, "INCOMING", 60, "1", 0, "", ANA, OLD)
            db.execute("INSERT INTO calls VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", call)
            db.execute("INSERT INTO followups (call_key, state) VALUES (?, 'queued')", (key,))
            content = OLD_CALL | {"external_id": f"old-{key}", "note": f"of {key}", "contact_id": str(contact)}
            began = OLD if state == "unsure" else None
            db.execute(
                "INSERT INTO outbox (call_key, external_id, engagement, state, attempts, posted_at, created_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (key, f"old-{key}", json.dumps(content), state, int(began is not None), began, OLD),
            )


def test_rows_that_an_earlier_version_left_waiting_and_unsure_are_delivered_once(tmp_path: Path, crm: HostilePortal) -> None:
    crm.populate(people=5, companies=1, deals=1)
    contact = min(crm.records.by_kind["contacts"])
    arrived = {"hs_timestamp": str(OLD * 1000), "hs_call_external_id": "old-bbb", "hs_call_body": "of bbb"}
    crm.records.create("calls", arrived, [("contacts", contact, 194)])
    where = installation_paths({"CALLERID_HOME": str(tmp_path / "home")})
    make_folders(where)
    write_old_ledger(where.ledger, contact)
    world = WaitingWorld(tmp_path, crm, NOON)
    crm.records.clock = crm.limits.clock = world.seconds
    world.sync()
    crm.angry = True
    deliver_all(world)
    held = crm.held_calls()
    assert sorted((call.external_id, call.note) for call in held) == [(f"old-{key}", f"of {key}") for key in ("aaa", "bbb", "ccc")]
    assert [call.contacts for call in held] == [("Ana López",)] * 3
    assert world.app.ledger.history.count_by_state() == {State.LOGGED: 3}
    assert world.app.ledger.outbox.all() == ()
    world.close()


def client_for(world: WaitingWorld, portal: SimulatedPortal) -> HubSpot:
    return HubSpot(
        Token(portal.token),
        url=portal.url,
        wait=world.wait,
        clock=world.clock,
        report_fault=print,
        monotonic=world.seconds,
        call_fields=world.config.log.fields,
    )


def test_waiting_rows_are_delivered_once_a_sync_has_seen_the_new_token(limited: WaitingWorld, crm: HostilePortal) -> None:
    answered_calls(limited, 3)
    crm.token = "pat-eu1-rotated-1111"
    crm.requests_seen.clear()
    limited.hub.close()
    limited.hub = client_for(limited, crm)
    for _ in range(5):
        delivered = limited.deliver()
        assert isinstance(delivered.fault, TokenChanged)
        limited.now = max(limited.now, delivered.next_at or limited.now)
    assert crm.requests_seen == []
    rows = limited.app.ledger.outbox.undelivered()
    assert [(row.state, row.attempts.posts) for row in rows] == [(DeliveryState.WAITING, 0)] * 3
    limited.sync()
    deliver_all(limited)
    assert len(crm.held_calls()) == 3
    assert limited.app.ledger.key_values.troubles() == ()


def test_nothing_is_written_into_another_portal(limited: WaitingWorld) -> None:
    """A sync with its token is refused, because the mirror is of another portal. With the right token everything goes on."""
    answered_calls(limited, 3)
    own = limited.hub
    with SimulatedPortal(token="pat-eu1-another-2222") as other:
        other.records.clock = other.limits.clock = limited.seconds
        other.records.account["portalId"] = 7
        other.populate(people=60, companies=8, deals=12)
        limited.hub = client_for(limited, other)
        for _ in range(3):
            with pytest.raises(SuspiciousSync):
                limited.sync()
            assert isinstance(limited.deliver().fault, TokenChanged)
            limited.later(hours=1)
        assert {method for method, _, _ in other.requests_seen} == {"GET"}
        limited.hub.close()
    limited.hub = own
    deliver_all(limited)
    assert len(limited.portal.held_calls()) == 3
