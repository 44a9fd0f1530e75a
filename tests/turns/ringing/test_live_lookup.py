"""A caller is looked up in the CRM: once, by one request, if the setting allows it, and the card is updated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from callerid.core.followup.states import State
from callerid.core.inbox_events import Ring
from callerid.core.ringing.card_lifecycle import pseudo_line
from callerid.core.sync.plan import SyncKind
from callerid.models import CallType
from callerid.turns.followup.late_matches import ask_anew
from callerid.turns.inbox.receive import receive
from callerid.turns.ringing.live_lookup import known_callers, look_up_live
from callerid.turns.ringing.show_ring import show_ring
from callerid.turns.upkeep.forget import find, forget
from tests.turns.sync.portal_and_world import PortalAndWorld

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from callerid.crm.port import Crm

STRANGER = "+353879990001"
ANA = "+353871234567"


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[PortalAndWorld]:
    pair = PortalAndWorld(tmp_path)
    pair.world.settings('region = "IE"\n[sync]\nlive_lookup = "always"\n')
    pair.sync()
    pair.world.later(hours=2)
    yield pair
    pair.close()


def ring(pair: PortalAndWorld, number: str = STRANGER, **changes: Any) -> bool:
    """Show the card of a ring, and then look the caller up; return whether they were found."""
    world = pair.world
    show_ring(world.app, Ring(at=world.now, number=number), world.now)
    return look_up_live(world.app, lambda: world.hub, number, world.now, world.clock)


def searches(pair: PortalAndWorld) -> int:
    return sum(path.endswith("contacts/search") for _, path, _ in pair.portal.requests_seen)


def card(pair: PortalAndWorld) -> str:
    (shown,) = pair.world.phone.notifications()
    return shown.title


def _ana(pair: PortalAndWorld) -> int:
    records = pair.portal.records
    return next(i for i in records.ids["contacts"] if records.value(records.by_kind["contacts"][i], "lastname") == "López")


def add_contact(pair: PortalAndWorld, phone: str = "087 999 0001") -> None:
    pair.portal.records.create("contacts", {"firstname": "New", "lastname": "Comer", "phone": phone})


def test_a_stranger_who_is_in_the_crm_gets_a_name_on_the_same_card(pair: PortalAndWorld) -> None:
    add_contact(pair)
    before = searches(pair)
    show_ring(pair.world.app, Ring(at=pair.world.now, number=STRANGER), pair.world.now)
    assert "999 0001" in card(pair)
    assert ring(pair)
    assert card(pair) == "New Comer"
    assert searches(pair) == before + 1


def test_a_result_is_remembered_also_if_nothing_was_found(pair: PortalAndWorld) -> None:
    before = searches(pair)
    assert not ring(pair)
    add_contact(pair)
    pair.world.later(hours=1)
    assert not ring(pair)  # searched an hour ago
    assert searches(pair) == before + 1
    pair.world.later(hours=12)
    assert ring(pair)
    pair.world.later(hours=1)
    ring(pair)
    assert searches(pair) == before + 2


def test_a_contact_that_a_search_returns_must_have_the_number(pair: PortalAndWorld) -> None:
    add_contact(pair, "+49 87 999 0001")  # the same national digits in another country
    assert not ring(pair)
    assert pair.world.app.mirror.candidates("+49879990001", "IE") == ()


@pytest.mark.parametrize("number", ["", "private", "-2", "*100#", "1234"])
def test_hidden_numbers_and_codes_are_never_looked_up(pair: PortalAndWorld, number: str) -> None:
    before = len(pair.portal.requests_seen)
    assert not ring(pair, number)
    assert len(pair.portal.requests_seen) == before


def test_a_known_caller_is_read_again_by_one_request_and_not_for_ten_minutes_after(pair: PortalAndWorld) -> None:
    before = len(pair.portal.requests_seen)
    assert not ring(pair, ANA)
    assert [path for _, path, _ in pair.portal.requests_seen[before:]] == ["/crm/objects/2026-09/contacts/batch/read"]
    pair.world.later(minutes=9)
    ring(pair, ANA)
    assert len(pair.portal.requests_seen) == before + 1
    pair.world.later(minutes=2)
    ring(pair, ANA)
    assert len(pair.portal.requests_seen) == before + 2


@pytest.mark.parametrize("gone", ["archive", "purge"])
def test_a_known_caller_whom_the_crm_lacks_is_withheld_from_the_card_and_from_all_that_follows(
    pair: PortalAndWorld, gone: str
) -> None:
    world = pair.world
    world.watch()
    pair.portal.search_lag = 60.0
    getattr(pair.portal.records, gone)("contacts", _ana(pair))
    rang_at = world.now
    show_ring(world.app, Ring(at=rang_at, number=ANA), rang_at)
    assert card(pair).startswith("Ana López")  # nobody waits for the network
    assert look_up_live(world.app, lambda: world.hub, ANA, rang_at, world.clock)
    assert "123 4567" in card(pair)
    assert "Ana" not in str(world.phone.notifications())
    world.later(seconds=40)
    world.app.ledger.rings.mark_ended(world.now)
    world.phone.add_call(ANA, CallType.MISSED, rang_at)
    world.watch()
    world.attend()
    assert "Ana" not in str(world.phone.notifications())
    world.later(minutes=1)
    show_ring(world.app, Ring(at=world.now, number=ANA), world.now)
    assert "Ana" not in str(world.phone.notifications())


@pytest.mark.parametrize("strangers", [False, True])
@pytest.mark.parametrize("kind", [CallType.MISSED, CallType.INCOMING])
def test_the_question_about_a_call_names_nobody_who_was_withheld_after_it_was_shown(
    pair: PortalAndWorld, kind: CallType, *, strangers: bool
) -> None:
    world = pair.world
    world.settings(f'region = "IE"\n[sync]\nlive_lookup = "always"\n[log]\nunknown = "{"offer" if strangers else "off"}"\n')
    world.watch()
    followup = world.called(ANA, kind, 0 if kind is CallType.MISSED else 60)
    world.attend()
    assert "Ana" in card(pair)
    pair.portal.records.purge("contacts", _ana(pair))
    assert look_up_live(world.app, lambda: world.hub, ANA, world.now, world.clock)
    assert ask_anew(world.app, ANA, world.now) == 1
    world.attend()
    assert "Ana" not in str(world.phone.notifications())
    is_asked = strangers and kind is CallType.INCOMING  # as about any unknown caller's call
    assert is_asked == ("123 4567" in str(world.phone.notifications()))
    assert (world.again(followup).state is State.NOTIFIED) == is_asked


def test_a_known_caller_whom_a_read_missed_is_back_with_the_next_sync(pair: PortalAndWorld) -> None:
    records, ana = pair.portal.records, _ana(pair)
    records.archive("contacts", ana)
    assert ring(pair, ANA)
    records.restore("contacts", ana)
    records.by_kind["contacts"][ana].modified -= 86_400.0  # as if she had been there all the time
    pair.world.later(hours=1)
    pair.sync()
    assert [candidate.last_name for candidate in pair.world.app.mirror.candidates(ANA, "IE")] == ["López"]


def test_a_known_caller_who_was_merged_away_is_shown_as_the_survivor(pair: PortalAndWorld) -> None:
    ids = pair.portal.records.ids["contacts"]
    pair.portal.records.edit("contacts", ids[1], {"firstname": "Survivor", "lastname": "", "phone": ANA})
    survivor = pair.portal.records.merge("contacts", ids[1], _ana(pair)).id
    assert ring(pair, ANA)
    assert [candidate.id for candidate in pair.world.app.mirror.candidates(ANA, "IE")] == [str(survivor)]
    assert card(pair).startswith("Survivor")


@pytest.mark.parametrize("trouble", ["off", "offline", "refused"])
def test_a_known_caller_stays_while_the_crm_is_not_asked_or_does_not_answer(pair: PortalAndWorld, trouble: str) -> None:
    pair.portal.records.purge("contacts", _ana(pair))
    before = len(pair.portal.requests_seen)
    if trouble == "off":
        pair.world.settings('region = "IE"\n[sync]\nlive_lookup = "off"\n')
    elif trouble == "offline":
        pair.portal.go_offline()
    else:
        pair.portal.fault("status", "batch/read", status=403)
    assert not ring(pair, ANA)
    assert card(pair).startswith("Ana López")
    assert trouble != "off" or len(pair.portal.requests_seen) == before


def test_by_default_a_known_caller_is_checked_by_id_and_nobodys_number_leaves_the_phone(pair: PortalAndWorld) -> None:
    pair.world.settings('region = "IE"\n')
    pair.world.phone.change(wifi=False)
    pair.portal.records.purge("contacts", _ana(pair))
    before = len(pair.portal.requests_seen)
    assert ring(pair, ANA)
    assert "Ana" not in card(pair)
    assert not ring(pair, STRANGER)
    pair.world.later(hours=1)
    assert not ring(pair, ANA)  # she is unknown now
    assert [path for _, path, _ in pair.portal.requests_seen[before:]] == ["/crm/objects/2026-09/contacts/batch/read"]


def test_a_caller_of_whom_the_phone_shows_a_name_only_is_checked_and_withheld_too(pair: PortalAndWorld) -> None:
    world = pair.world
    wake = receive(world.app, Ring(at=world.now, number="", name="Ana López"), world.now)
    heard = wake.look_up_live
    assert heard
    assert "Acme" in str(world.phone.notifications())
    before = len(pair.portal.requests_seen)
    for gone, expected in ((False, 1), (False, 1), (True, 2)):
        if gone:
            pair.portal.records.purge("contacts", _ana(pair))
            world.later(minutes=11)
            show_ring(world.app, Ring(at=world.now, number="", name="Ana López"), world.now)
        found = look_up_live(world.app, lambda: world.hub, heard.number, world.now, world.clock, name=heard.name)
        assert (found, len(pair.portal.requests_seen)) == (gone, before + expected)
    assert "Acme" not in str(world.phone.notifications()[-1])


def test_who_is_forgotten_leaves_no_trace_of_a_check_by_name(pair: PortalAndWorld) -> None:
    world, line = pair.world, pseudo_line("Ana López")
    look_up_live(world.app, lambda: world.hub, "", world.now, world.clock, name="Ana López")
    assert world.app.mirror.live_lookups.last_lookup(line)
    forget(world.app, find(world.app, "Ana López"), world.now)
    assert world.app.mirror.live_lookups.last_lookup(line) is None


def test_thirty_known_callers_are_checked_in_an_hour_at_the_most(pair: PortalAndWorld) -> None:
    world = pair.world
    world.app.ledger.key_values.write("live_checks", " ".join([str(int(world.now.timestamp()) - 60)] * 30))
    before = len(pair.portal.requests_seen)
    assert not ring(pair, ANA)
    assert len(pair.portal.requests_seen) == before
    world.later(hours=1)
    ring(pair, ANA)
    assert len(pair.portal.requests_seen) == before + 1


def test_a_known_caller_of_a_call_that_no_sense_heard_is_looked_up_when_the_call_log_has_it(pair: PortalAndWorld) -> None:
    world = pair.world
    world.watch()
    for number in (ANA, ANA, STRANGER):
        world.phone.add_call(number, CallType.MISSED, world.now)
        world.later(seconds=5)
    calls = world.watch().new
    assert [call.number for call in known_callers(world.app, calls, world.now)] == [ANA]
    world.later(hours=2)
    assert known_callers(world.app, calls, world.now) == []


@pytest.mark.parametrize(
    ("setting", "wifi", "expected"),
    [("off", True, 0), ("known", True, 0), ("wifi", True, 1), ("wifi", False, 0), ("always", False, 1)],
)
def test_the_search_for_a_stranger_is_off_or_on_wifi_only_or_always(
    pair: PortalAndWorld, setting: str, *, wifi: bool, expected: int
) -> None:
    pair.world.settings(f'region = "IE"\n[sync]\nlive_lookup = "{setting}"\n')
    pair.world.phone.change(wifi=wifi)
    before = searches(pair)
    ring(pair)
    assert searches(pair) == before + expected


def test_a_crm_that_fails_or_cannot_be_reached_is_searched_again(pair: PortalAndWorld) -> None:
    add_contact(pair)
    pair.portal.fault("status", "search", status=500)
    assert not ring(pair)
    pair.portal.go_offline()
    assert not ring(pair)
    pair.portal.go_online()
    assert ring(pair)


def test_a_contact_found_outside_the_scope_is_removed_by_the_next_sweep(pair: PortalAndWorld) -> None:
    pair.world.settings('region = "IE"\n[sync]\nlive_lookup = "always"\nscope = "mine"\n')
    pair.sync()
    pair.world.later(hours=2)
    pair.portal.records.create("contacts", {"firstname": "Other", "phone": "087 999 0001", "hubspot_owner_id": "77002"})
    assert ring(pair)
    assert pair.world.app.mirror.candidates(STRANGER, "IE")
    pair.world.later(hours=2)
    pair.sync(SyncKind.SWEEP)
    assert pair.world.app.mirror.candidates(STRANGER, "IE") == ()


def test_a_caller_who_is_forgotten_during_the_look_up_does_not_come_back(pair: PortalAndWorld) -> None:
    add_contact(pair)
    world = pair.world

    def forget_first() -> Crm:
        forget(world.app, find(world.app, STRANGER), world.now)
        return world.hub

    assert not look_up_live(world.app, forget_first, STRANGER, world.now, world.clock)
    assert world.app.mirror.candidates_named("New Comer") == ()
