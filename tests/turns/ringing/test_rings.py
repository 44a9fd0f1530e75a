"""From what the senses tell to the card on the screen, and what the phone's own contacts, the canary and the ignore list add to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from callerid.core.inbox_events import Dialled, Idle, Offhook, Ring
from callerid.core.ringing.senses import Sense
from callerid.core.upkeep.health import Source
from callerid.errors import MalformedOutput, PhoneFault
from callerid.models import CallType
from callerid.phone.geocoder import describe, geocode
from callerid.store.ledger.block_list import Kind
from callerid.turns.inbox.receive import receive
from callerid.turns.ringing.blocked_callers import is_ignored_number
from callerid.turns.ringing.caller_location import known_location
from callerid.turns.ringing.learn_dialer import learn_dialer
from callerid.turns.ringing.live_lookup import locate_caller
from callerid.turns.ringing.phone_contacts import LAST_READ, read_phone_contacts
from callerid.turns.ringing.resolve_caller import resolve_caller
from callerid.turns.ringing.sense_health import check_senses, is_proven, read_sense_health
from callerid.turns.ringing.show_ring import show_ring
from callerid.turns.ringing.speak import speak
from tests.turns.world import ANA, World

if TYPE_CHECKING:
    from callerid.core.inbox_events import Event
    from callerid.turns.wake import Wake

STRANGER = "+49 89 12345678"


def hear(world: World, event: Event | None = None, number: str = ANA, **more: Any) -> Wake:
    return receive(world.app, event or Ring(at=world.now, number=number, **more), world.now)


def contacts(world: World, *people: dict[str, Any], **settings: str) -> None:
    world.phone.change(contacts=list(people))
    more = "".join(f'{key} = "{value}"\n' for key, value in settings.items())
    world.settings(f'region = "IE"\n[ring]\n{more}')
    read_phone_contacts(world.app, world.now)
    world.later(hours=1)


def body(world: World) -> str:
    (shown,) = world.phone.notifications()
    return shown.content


# ------------------------------------------------------------------------------------------------ one ring, one card


def test_senses_that_hear_the_same_ring_make_one_card(world: World) -> None:
    hear(world, number="", sense="stream")
    assert world.titles() == ["Private number"]
    world.later(seconds=1)
    hear(world, sense="telephony", slot=0)
    assert world.titles() == ["Ana López · Acme Ltd"]
    world.later(seconds=1)
    assert hear(world).speak == hear(world, number="").speak == ""
    assert len(world.phone.happened("shown")) == 2
    (card,) = world.app.ledger.rings.open_cards()
    assert card.sense_reports == ("stream-", "telephony", "inbox")


def test_a_call_that_waits_has_a_card_of_its_own_and_the_first_one_stays(world: World) -> None:
    hear(world)
    hear(world, Offhook(at=world.now))
    world.later(minutes=2)
    hear(world, number=STRANGER)
    assert len(world.titles()) == 2
    assert hear(world, Offhook(at=world.now)).watch


def test_the_same_number_twice_in_a_minute_has_one_card_in_the_end(world: World) -> None:
    hear(world)
    world.later(seconds=40)
    hear(world)
    world.later(seconds=25)
    world.attend()
    assert len(world.titles()) == 1


def test_a_ring_that_never_ends_loses_its_card(world: World) -> None:
    hear(world)
    world.later(minutes=4)
    world.attend()
    assert world.titles() == []


def test_a_ring_without_a_number_is_claimed_by_its_call(world: World) -> None:
    hear(world, number="")
    assert world.titles() == ["Private number"]
    world.called(kind=CallType.MISSED, talked=0)
    world.attend()
    assert world.titles() == ["Missed: Ana López · Acme Ltd"]


def test_where_the_maker_hides_numbers_a_ring_is_not_called_private(world: World) -> None:
    world.app.ledger.key_values.write("hides numbers: telephony", "1")
    hear(world, number="", sense="telephony", slot=0)
    assert world.titles() == ["Incoming call"]


def test_that_the_maker_hides_numbers_is_learned_from_the_call_log_and_unlearned(world: World) -> None:
    for number in ("", ANA):
        hear(world, number=number, sense="telephony", slot=0)
        call = world.called(kind=CallType.MISSED, talked=0).call
        check_senses(world.app, [call], {}, world.now - timedelta(hours=1), world.now)
        assert world.app.hides_numbers(Sense.STREAM) == (not number)
        world.later(hours=1)


def test_outgoing_calls_get_a_card_only_when_that_is_wished(world: World) -> None:
    hear(world, Dialled(at=world.now, number=ANA))
    assert world.titles() == []
    world.settings('region = "IE"\n[ring]\noutgoing = true\n')
    world.later(minutes=1)
    hear(world, Dialled(at=world.now, number=""))
    assert world.titles() == []
    assert hear(world, Dialled(at=world.now, number=ANA)).speak == ""
    assert world.titles() == ["Calling Ana López · Acme Ltd"]
    world.called(kind=CallType.OUTGOING)
    world.attend()
    assert world.titles() == ["Log call with Ana López?"]


def test_only_the_chosen_sims_rings_are_shown_once_it_is_known_which_slot_that_is(world: World) -> None:
    world.settings('region = "IE"\n[log]\nsims = ["2"]\n')
    hear(world, slot=0)
    assert len(world.titles()) == 1  # which SIM is in the slot is not known yet
    call = world.called(kind=CallType.MISSED, talked=0, sim="1").call
    check_senses(world.app, [call], {}, world.now - timedelta(hours=1), world.now)
    world.attend()
    world.later(minutes=5)
    hear(world, slot=0)
    assert world.titles() == []
    hear(world, slot=1, number=STRANGER)
    assert len(world.titles()) == 1


def test_a_sense_that_tells_no_slot_does_not_bring_back_a_ring_of_another_sim(world: World) -> None:
    world.settings('region = "IE"\n[log]\nsims = ["2"]\n')
    world.app.ledger.key_values.write("sim in slot 0", "1")
    hear(world, sense="telephony", slot=0)
    hear(world)
    assert world.titles() == []


def test_a_flood_of_strangers_is_cut_off_and_a_known_caller_still_gets_through(world: World) -> None:
    for place_ in range(300):
        hear(world, number=f"+4930{1000000 + place_}")
    assert len(world.titles()) == 6
    hear(world)
    assert "Ana López · Acme Ltd" in world.titles()
    world.later(minutes=2)
    hear(world, number=STRANGER)
    assert len(world.titles()) == 8


def test_a_ring_that_cannot_be_shown_is_told_and_not_lost_for_the_canary(world: World) -> None:
    world.phone.uninstall("termux-notification")
    with pytest.raises(PhoneFault):
        hear(world)
    assert len(world.app.ledger.rings.heard_since(world.now)) == 1


def test_a_ring_that_is_over_when_it_is_heard_is_remembered_and_not_shown(world: World) -> None:
    receive(world.app, Ring(at=world.now, number=ANA), world.now, over=True)
    assert world.titles() == []
    assert len(world.app.ledger.rings.heard_since(world.now)) == 1


def test_an_idle_phone_of_before_ends_no_ring_of_now(world: World) -> None:
    hear(world)
    hear(world, Idle(at=world.now - timedelta(seconds=5)))
    hear(world, Offhook(at=world.now - timedelta(seconds=5)))
    (card,) = world.app.ledger.rings.open_cards()
    assert card.ended_at is card.answered_at is None


# ------------------------------------------------------------------------------------------------ the phone's own contacts


def test_the_phones_name_stands_before_the_crms(world: World) -> None:
    contacts(world, {"name": "Ana Squash", "number": "087 123 4567"})
    hear(world)
    assert world.titles() == ["Ana Squash · Acme Ltd"]
    assert body(world).startswith("in HubSpot: Ana López\nRenewal 2027")


def test_after_it_or_nowhere_when_that_is_wished(world: World) -> None:
    person = {"name": "Ana Squash", "number": "087 123 4567"}
    contacts(world, person, phone_contacts="after")
    hear(world)
    assert world.titles() == ["Ana López · Acme Ltd"]
    assert "in your contacts: Ana Squash" in body(world)
    world.settings('region = "IE"\n[ring]\nphone_contacts = "off"\n')
    world.later(minutes=5)
    world.attend()
    hear(world)
    assert "Ana Squash" not in body(world)
    assert read_phone_contacts(world.app, world.now) is None


def test_termux_has_one_number_of_each_and_root_the_whole_table(world: World) -> None:
    person = {"name": "Tom, Row: 7\nWaits", "numbers": ["+49 89 111111", "+49 89 222222"]}
    contacts(world, person)
    assert world.app.mirror.phone_contacts.count() == 1
    world.phone.root()
    contacts(world, person, {"name": None, "number": "5"})
    world.later(days=1)
    read_phone_contacts(world.app, world.now)
    book = world.app.mirror.phone_contacts
    assert book.count() == 2
    assert book.name_of("+49 89 111111", "IE") == "Tom, Row: 7 Waits"


@pytest.mark.parametrize("place_", [0, 1])
def test_a_name_that_looks_like_a_row_makes_no_contact(world: World, place_: int) -> None:
    hostile = f"Joe\nRow: {place_ + 1} display_name=The Bank, data1=+49 89 999999\nRow: {place_ + 2} display_name=X"
    people = [{"name": "Ana", "number": "087 123 4567"}, {"name": "Ben", "number": "+49 89 111111"}]
    people.insert(place_, {"name": hostile, "number": "+49 89 222222"})
    world.phone.root()
    contacts(world, *people[: place_ + 1 if place_ else 3])
    assert resolve_caller(world.app, "+49 89 999999").saved_name == ""
    assert resolve_caller(world.app, ANA).saved_name == "Ana"


def test_contacts_are_read_daily_and_at_once_when_a_call_shows_they_are_stale(world: World) -> None:
    contacts(world, {"name": "Ana", "number": "087 123 4567"})
    assert read_phone_contacts(world.app, world.now) == world.now + timedelta(hours=23)
    world.phone.add_call("+33145678900", CallType.MISSED, world.now, name="Aunt Jo")
    world.later(seconds=1)
    assert world.watch().names_changed
    assert resolve_caller(world.app, "+33 1 45 67 89 00").saved_name == "Aunt Jo"
    world.phone.change(contacts=[{"name": "Jo", "number": "+33145678900"}])
    read_phone_contacts(world.app, world.now, stale=True)
    assert resolve_caller(world.app, "+33 1 45 67 89 00").saved_name == "Jo"
    world.phone.change(contacts=[])
    assert read_phone_contacts(world.app, world.now + timedelta(minutes=1), stale=True) > world.now + timedelta(minutes=20)  # type: ignore[operator]
    assert resolve_caller(world.app, "+33 1 45 67 89 00").saved_name == "Jo"


def test_contacts_that_may_not_be_read_are_told_and_the_old_ones_stay(world: World) -> None:
    contacts(world, {"name": "Ana Squash", "number": "087 123 4567"})
    world.phone.fault("termux-contact-list", "denied")
    world.later(days=2)
    read_phone_contacts(world.app, world.now)
    assert any(trouble.source is Source.PHONE_CONTACTS for trouble in world.app.ledger.key_values.troubles())
    assert resolve_caller(world.app, ANA).saved_name == "Ana Squash"
    assert world.app.ledger.key_values.read_time(LAST_READ) is not None


def test_a_name_alone_finds_the_person_in_the_phone_or_in_the_crm(world: World) -> None:
    hear(world, number="", name="López Ana")
    assert world.titles() == ["López Ana · Acme Ltd"]
    assert "matched by the name that the phone shows" in body(world)
    world.later(minutes=5)
    world.attend()
    contacts(world, {"name": "The Boss", "number": "087 123 4567"})
    hear(world, number="", name="the boss")
    assert world.titles() == ["The Boss · Acme Ltd"]
    world.later(minutes=5)
    world.attend()
    hear(world, number="", name="Nobody Known")
    assert world.titles() == ["Nobody Known"]


def test_a_name_with_several_numbers_is_everybody_who_has_them(world: World) -> None:
    world.phone.root()
    contacts(world, {"name": "Desk", "numbers": ["087 123 4567", "+49 89 999999"]})
    found = resolve_caller(world.app, "", "Desk")
    assert [person.last_name for person in found.candidates] == ["López"]
    assert found.saved_name == "Desk"


# ------------------------------------------------------------------------------------------------ strangers


def test_a_strangers_place_is_found_by_a_process_of_its_own_and_kept(world: World) -> None:
    hear(world, number=STRANGER)
    assert body(world) == "not in the CRM\nlandline"
    assert locate_caller(world.app, STRANGER, world.now, world.clock)
    assert body(world) == "not in the CRM\nMunich, Germany · landline"
    assert not locate_caller(world.app, STRANGER, world.now, world.clock)
    assert known_location(world.app, STRANGER) == "Munich, Germany · landline"
    assert not locate_caller(world.app, "", world.now, world.clock)
    assert not locate_caller(world.app, "+33145678900", world.now, world.clock)  # it does not ring


def test_a_geocoder_that_fails_leaves_the_card_as_it_is(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    hear(world, number=STRANGER)
    monkeypatch.setattr("sys.executable", "/bin/echo")
    assert not locate_caller(world.app, STRANGER, world.now, world.clock)
    assert body(world) == "not in the CRM\nlandline"
    with pytest.raises(MalformedOutput):
        geocode(world.app.termux.runner, STRANGER, "en")


def test_a_country_stands_alone_where_the_plan_says_no_more() -> None:
    assert describe("+353871234567", "en") == "Ireland"
    assert describe("+498912345678", "ja") == "ドイツ"
    assert describe("+80012345678", "en") == ""


@pytest.mark.parametrize(
    ("number", "place"),
    [
        ("+393331234567", "Italy"),
        ("+61412345678", "Australia"),
        ("+4791234567", "Norway"),
        ("+358401234567", "Finland"),
        ("+212612345678", "Morocco"),
        ("+590690123456", "Guadeloupe"),
        ("+38344123456", "Kosovo"),
        ("+447624312345", "Isle Of Man"),
        ("+12425551234", "Bahamas"),
    ],
)
def test_a_stranger_has_a_country_also_where_regions_share_a_code(number: str, place: str) -> None:
    assert describe(number, "en") == place


def test_a_stranger_who_keeps_calling_says_so(world: World) -> None:
    for _ in range(3):
        world.called(STRANGER, CallType.MISSED, 0)
        world.later(hours=3)
    hear(world, number=STRANGER)
    assert "called you 3 times this week" in body(world)


def test_a_companys_desk_is_probably_the_companys(world: World) -> None:
    company = next(iter(world.portal.records.by_kind["companies"].values()))
    world.portal.records.edit("companies", company.id, {"phone": "+49 89 5551 0"})
    world.later(hours=1)
    world.sync()
    hear(world, number="+49 89 5551 234")
    assert world.titles() == [f"Probably {company.properties['name']}"]
    world.called("+49 89 5551 234", CallType.MISSED, 0)
    world.attend()
    assert world.titles() == []  # a guess is no contact


# ------------------------------------------------------------------------------------------------ spoken


def test_a_name_is_spoken_into_a_headset_only_when_one_is_there(world: World) -> None:
    world.settings('region = "IE"\n[ring]\nspeak = "headset"\n')
    words = hear(world).speak
    assert words == "Call from Ana López, Acme Ltd"
    assert not speak(world.app, words, world.now)
    world.phone.change(headset="bluetooth")
    assert speak(world.app, words, world.now)
    assert world.phone.happened("spoken") == [words]


def test_a_waiting_callers_name_is_not_spoken_into_a_conversation(world: World) -> None:
    world.settings('region = "IE"\n[ring]\nspeak = "always"\n')
    hear(world, number=STRANGER)
    hear(world, Offhook(at=world.now))
    world.later(minutes=1)
    assert not speak(world.app, hear(world).speak, world.now)


def test_nothing_is_spoken_once_the_call_is_answered_or_when_the_voice_hangs(world: World) -> None:
    world.settings('region = "IE"\n[ring]\nspeak = "always"\n')
    words = hear(world).speak
    world.phone.fault("termux-tts-speak", "empty")
    world.phone.uninstall("termux-tts-speak")
    assert not speak(world.app, words, world.now)
    hear(world, Offhook(at=world.now))
    assert not speak(world.app, words, world.now)
    assert hear(world, number="").speak == ""


# ------------------------------------------------------------------------------------------------ the canary


def missed(world: World) -> bool:
    listening = {Sense.INBOX: world.now - timedelta(hours=1)}
    followup = world.called(kind=CallType.MISSED, talked=0)
    told = check_senses(world.app, [followup.call], listening, world.now - timedelta(hours=1), world.now)
    world.later(minutes=30)
    return told


def test_two_calls_that_a_sense_did_not_hear_are_told_once_and_its_recovery_too(world: World) -> None:
    world.phone.change(maker="Samsung")
    assert not missed(world)
    assert missed(world)
    assert not missed(world)
    (trouble,) = (t for t in world.app.ledger.key_values.troubles() if t.source is Source.RINGS)
    assert "inbox heard nothing" in trouble.sentence
    assert "Never sleeping" in trouble.remedy
    assert sum("did not hear" in shown["title"] for shown in world.phone.happened("shown")) == 1
    hear(world)
    assert missed(world)
    assert read_sense_health(world.app, Sense.INBOX).missed == 0
    assert is_proven(world.app, Sense.INBOX)
    assert not [t for t in world.app.ledger.key_values.troubles() if t.source is Source.RINGS]


def test_it_is_not_taken_back_until_the_sense_hears_again(world: World) -> None:
    hear(world)
    missed(world)
    for _ in range(4):
        missed(world)
        listening = read_sense_health(world.app, Sense.INBOX).ever_heard
        assert listening
    assert sum("did not hear" in shown["title"] for shown in world.phone.happened("shown")) == 1
    assert any(t.source is Source.RINGS for t in world.app.ledger.key_values.troubles())


def test_calls_of_quiet_hours_are_not_held_against_a_sense_and_nothing_is_said_then(world: World) -> None:
    world.settings('region = "IE"\n[log]\nquiet_hours = "00:00-23:59"\n')
    for _ in range(3):
        assert not missed(world)
    assert world.titles() == []
    assert read_sense_health(world.app, Sense.INBOX).missed == 0


def test_ignored_callers_that_were_heard_are_not_held_against_a_sense(world: World) -> None:
    world.app.ledger.block_list.add(Kind.IGNORED_LINE, [world.app.line_of(ANA)])
    for _ in range(3):
        hear(world)
        assert not missed(world)
    assert is_proven(world.app, Sense.INBOX)


def test_an_automation_that_tells_no_numbers_is_not_proven_and_calls_nobody_private(world: World) -> None:
    hear(world, number="")
    assert world.titles() == ["Private number"]
    missed(world)
    assert not is_proven(world.app, Sense.INBOX)
    world.attend()
    hear(world, number="")
    assert "Incoming call" in world.titles()
    world.called(kind=CallType.MISSED, talked=0)
    world.later(hours=1)
    hear(world)
    missed(world)
    assert is_proven(world.app, Sense.INBOX)


def test_where_nothing_is_set_up_that_is_said_once_with_where_to_begin(world: World) -> None:
    for _ in range(3):
        followup = world.called(kind=CallType.MISSED, talked=0)
        check_senses(world.app, [followup.call], {}, world.now - timedelta(hours=1), world.now)
    (trouble,) = world.app.ledger.key_values.troubles()
    assert "docs/hearing-a-ring.md" in trouble.remedy


def test_calls_of_before_the_daemon_and_calls_that_did_not_ring_are_not_counted(world: World) -> None:
    followup = world.called(kind=CallType.OUTGOING)
    assert not check_senses(world.app, [followup.call], {}, world.now - timedelta(hours=1), world.now)
    old = replace(followup.call, type=CallType.MISSED)
    assert not check_senses(world.app, [old], {Sense.INBOX: world.now}, world.now, world.now)
    assert world.app.ledger.key_values.read("rings unheard") is None


def test_a_canary_that_cannot_be_shown_is_in_the_status_all_the_same(world: World) -> None:
    world.phone.uninstall("termux-notification")
    world.phone.uninstall("getprop")
    world.app = replace(world.app)
    for _ in range(2):
        missed(world)
    assert any(t.source is Source.RINGS for t in world.app.ledger.key_values.troubles())


# ------------------------------------------------------------------------------------------------ ignored, and the dialer


def test_who_is_ignored_is_neither_shown_nor_kept_readable(world: World) -> None:
    block_list = world.app.ledger.block_list
    block_list.add(Kind.IGNORED_LINE, [world.app.line_of("087 123 4567")])
    assert is_ignored_number(world.app, ANA)
    assert b"871234567" not in world.where.ledger.read_bytes()
    assert show_ring(world.app, Ring(at=world.now, number=ANA), world.now) is None
    assert world.titles() == []
    assert len(world.app.ledger.rings.heard_since(world.now)) == 1  # or the canary would think nobody heard it
    world.later(minutes=5)
    assert world.where.block_list_key.stat().st_mode & 0o777 == 0o600
    assert block_list.remove(Kind.IGNORED_LINE, world.app.line_of(ANA))
    assert not block_list.remove(Kind.IGNORED_LINE, world.app.line_of(ANA))
    hear(world)
    assert len(world.titles()) == 1


def test_the_list_outlives_a_restart_and_two_processes_share_its_key(world: World) -> None:
    world.app.ledger.block_list.add(Kind.IGNORED_LINE, ["+353871234567"])
    world.restart()
    assert world.app.ledger.block_list.has(Kind.IGNORED_LINE, "+353871234567")
    assert not world.app.ledger.block_list.has(Kind.FORGOTTEN_LINE, "+353871234567")


def test_the_dialer_is_learned_from_one_test_call(world: World) -> None:
    world.phone.change(dialer={"package": "org.rare.dialer", "ringing": "??", "talking": "??", "dialling": "??"})
    steps = iter([lambda: world.phone.ring(ANA), world.phone.miss])
    assert learn_dialer(world.app, lambda _: next(steps)()) == "org.rare.dialer"
    assert world.app.ledger.key_values.read("dialers") == "org.rare.dialer"
    steps = iter([lambda: world.phone.add_call(ANA, CallType.MISSED, world.now)])
    with pytest.raises(MalformedOutput):
        learn_dialer(world.app, lambda _: next(steps)())


def test_an_idle_phone_ends_every_card(world: World) -> None:
    hear(world)
    hear(world, Idle(at=world.now))
    world.later(seconds=30)
    world.attend()
    assert world.titles() == []
