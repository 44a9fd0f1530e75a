"""What HubSpot's own mobile app does for callers (its help page of July 2025), a row each, and that callerid does it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from callerid.core.inbox_events import Ring
from callerid.models import CallType
from callerid.turns.inbox.receive import receive
from callerid.turns.ringing.live_lookup import look_up_live
from callerid.turns.ringing.phone_contacts import read_phone_contacts
from tests.turns.doctor.examinations import examined
from tests.turns.world import ANA

if TYPE_CHECKING:
    from collections.abc import Iterator

    from callerid.core.followup.state import FollowUp
    from callerid.simulator.phone.shown import ShownNotification
    from tests.desks import QuickDesk, SyncedHome
    from tests.turns.world import World

pytestmark = pytest.mark.usefixtures("quick_searches")
STRANGER = "+33145678900"


@pytest.fixture
def desk(tmp_path: Path, small_home: SyncedHome) -> Iterator[QuickDesk]:
    with small_home.desk(tmp_path) as made:
        yield made


def card_of(world: World, number: str) -> ShownNotification:
    """Let a number ring, and return the card that is shown."""
    before = set(world.titles())
    receive(world.app, Ring(at=world.now, number=number), world.now)
    (card,) = (shown for shown in world.phone.notifications() if shown.title not in before)
    return card


def is_asked(world: World, followup: FollowUp) -> bool:
    """Return whether there is a card that offers to log a call."""
    world.attend()
    return any(shown.id == followup.notification_id and "Connected" in shown.buttons for shown in world.phone.notifications())


def test_row_1_caller_id_is_switched_on_and_off_and_the_setting_can_be_checked(desk: QuickDesk) -> None:
    for word, state in (("off", False), ("on", True)):
        assert desk.start(word).stdout == f"caller ID is {word}\n"
        assert desk.json("status")["enabled"] is state
        assert ("caller ID is off" in desk.start("status").stdout) is not state


def test_row_1_off_is_effective_at_the_next_ring(world: World) -> None:
    world.settings('region = "IE"\nenabled = false\n')
    receive(world.app, Ring(at=world.now, number=ANA), world.now)
    assert world.titles() == []
    world.settings('region = "IE"\n')
    world.later(minutes=5)
    assert card_of(world, ANA).title == "Ana López · Acme Ltd"


@pytest.mark.parametrize("name", ["phone", "mobilephone", "hs_whatsapp_phone_number", "direct_line"])
def test_row_2_every_property_of_the_type_phone_number_tells_the_caller_custom_ones_too(world: World, name: str) -> None:
    world.portal.records.create("contacts", {"firstname": "Zoe", name: "087 999 0001"})
    world.later(hours=2)
    world.sync()
    assert card_of(world, "+353879990001").title == "Zoe"


def test_row_2_text_that_looks_like_numbers_is_suggested_and_read_only_after_it_was_taken(desk: QuickDesk) -> None:
    desk.portal.records.create("contacts", {"firstname": "Zoe", "cellphonenumber": "087 999 0001"})
    assert "cellphonenumber" in desk.start("config", "phones").stdout
    desk.start("sync", "--full")
    assert desk.json("lookup", "+353879990001")["certainty"] == "unknown"
    assert desk.start("config", "phones", "--take", "cellphonenumber").returncode == 0
    desk.start("sync", "--full")
    assert desk.json("lookup", "+353879990001")["people"][0]["first_name"] == "Zoe"


@pytest.mark.parametrize(("setting", "title"), [("first", "Ana Squash · Acme Ltd"), ("second", "Ana López · Acme Ltd")])
def test_row_3_the_phones_own_name_comes_first_and_company_and_deals_still_appear(world: World, setting: str, title: str) -> None:
    world.phone.change(contacts=[{"name": "Ana Squash", "number": "087 123 4567"}])
    read_phone_contacts(world.app, world.now)
    if setting == "second":
        world.settings('region = "IE"\n[ring]\nphone_contacts = "after"\n')
    card = card_of(world, ANA)
    assert card.title == title
    assert "Renewal 2027" in card.content


def test_row_4_a_card_has_the_names_the_company_the_deal_and_its_amount_and_why_it_matched(world: World) -> None:
    card = card_of(world, ANA)
    assert card.title == "Ana López · Acme Ltd"
    for words in ("Renewal 2027 · €12,000", "Contract sent", "closes ", "exact match", "HubSpot, "):
        assert words in card.content


def test_row_5_a_sync_by_hand_and_the_time_of_the_last_and_the_number_of_contacts(desk: QuickDesk) -> None:
    desk.portal.records.create("contacts", {"firstname": "Zoe", "phone": "087 999 0001"})
    done = desk.start("sync", "--full")
    assert done.stdout.startswith("6 contacts")
    status = desk.json("status")
    assert (status["mirror"]["contacts"], bool(status["last_sync"])) == (6, True)
    assert "6 contacts" in desk.start("status").stdout


def test_row_6_android_syncs_daily_also_while_nothing_of_callerid_runs(desk: QuickDesk) -> None:
    job = Path(desk.environment()["HOME"]) / ".local/share/callerid/job/callerid-sync"
    job.parent.mkdir(parents=True)
    job.write_text("#!/bin/sh\n")  # as install.sh puts it there
    assert desk.start("schedule").stdout.startswith("a sync every 1d")
    desk.portal.records.create("contacts", {"firstname": "Zoe", "phone": "087 999 0001"})
    assert desk.start("run", "--once", "inbox", "contacts", "deliver", "pull").returncode == 0  # as the job does
    assert desk.json("lookup", "+353879990001")["people"][0]["first_name"] == "Zoe"


def test_row_7_an_unknown_caller_is_asked_for_in_the_crm_when_there_is_a_good_connection(world: World) -> None:
    world.portal.records.create("contacts", {"firstname": "Zoe", "phone": "087 999 0001"})
    world.settings('region = "IE"\n[sync]\nlive_lookup = "wifi"\n')
    world.later(hours=1)
    receive(world.app, Ring(at=world.now, number="+353879990001"), world.now)
    assert look_up_live(world.app, lambda: world.hub, "+353879990001", world.now, world.clock)
    assert world.titles() == ["Zoe"]


@pytest.mark.parametrize(
    "stored", ["+353871234567", "087 123 4567", "(087) 123-4567", "00353 87 1234567", "+353 (0)87 123 4567", "tel:0871234567"]
)
def test_row_8_a_number_is_found_however_it_is_written(desk: QuickDesk, stored: str) -> None:
    assert desk.json("match", "+353871234567", stored, "--region", "IE")["match"] in ("exact", "same-line")


def test_row_8_the_numbers_that_nobody_can_match_are_listed(desk: QuickDesk) -> None:
    desk.portal.records.create("contacts", {"firstname": "Zoe", "phone": "1.23457E+11"})
    desk.start("sync", "--full")
    assert "1.23457E+11" in desk.start("hygiene").stdout


def test_row_9_a_missed_call_is_a_notification_from_which_to_view_the_contact_or_call(world: World) -> None:
    for _ in range(2):
        missed = world.called(kind=CallType.MISSED, talked=0)
    world.attend()
    shown = world.shown("Missed (2): Ana López")
    assert ("View contact" in shown.buttons, "Call back" in shown.buttons) == (True, True)
    assert len([title for title in world.titles() if "Ana López" in title]) == 1
    world.press(missed, "View contact")
    world.press(missed, "Call back")
    (opened,) = world.phone.happened("opened")
    assert opened.startswith("https://app.hubspot.com/contacts/")
    assert world.phone.happened("dialled") == [ANA]


def test_row_10_after_a_call_it_is_logged_from_a_screen_that_can_be_switched_off(world: World) -> None:
    followup = world.called()
    world.attend()
    world.tap(followup, "log")
    world.ask("Connected", "a note")
    world.deliver()
    assert [call.note for call in world.portal.held_calls()] == ["a note"]
    world.settings('region = "IE"\n[log]\nscreen = false\n')
    again = world.called()
    assert is_asked(world, world.again(again))


def test_row_10_the_switch_is_a_command(desk: QuickDesk) -> None:
    assert desk.start("log-screen", "off").returncode == 0
    assert desk.json("config", "show")["log.screen"] == "false"


def test_row_11_a_call_dialled_outside_of_any_app_to_a_contact_is_offered_for_logging(world: World) -> None:
    followup = world.called(kind=CallType.OUTGOING)
    world.attend()
    assert is_asked(world, world.again(followup))
    world.press(followup, "Connected")
    world.later(minutes=1)
    world.deliver()
    assert [call.direction for call in world.portal.held_calls()] == ["OUTBOUND"]


def test_row_12_calls_of_contacts_are_logged_and_a_stranger_is_added_first(world: World) -> None:
    world.settings('region = "IE"\n[log]\nunknown = "offer"\n')
    stranger = world.called(STRANGER)
    world.attend()
    assert world.shown("Add +33 1 45 67 89 00").buttons == ("Add…", "No")
    assert world.portal.held_calls() == ()
    world.tap(stranger, "log")
    world.ask("Zoé", "Martin", "Atelier Sud", "zoe@example.org", "Connected", "")
    for _ in range(5):
        world.deliver()
        world.attend()
        world.later(minutes=1)
    (call,) = world.portal.held_calls()
    assert call.contacts == ("Zoé Martin",)


def test_row_13_a_permission_that_is_missing_is_named_with_the_way_to_grant_it(world: World) -> None:
    for check, command, permission in (
        ("call log", "termux-call-log", "READ_CALL_LOG"),
        ("sim", "termux-telephony-deviceinfo", "READ_PHONE_STATE"),
        ("phone contacts", "termux-contact-list", "READ_CONTACTS"),
    ):
        assert examined(world, check)[check].works
        world.phone.fault(command, "denied")
        found = examined(world, check)[check]
        assert found.works is False
        assert permission in found.says + found.remedy
        world.phone.clear_faults()


@pytest.mark.parametrize("maker", ["Xiaomi", "HUAWEI", "HONOR", "OPPO", "realme", "OnePlus", "vivo", "samsung", "asus"])
def test_row_14_what_the_maker_asks_for_before_an_app_may_stay_is_named_with_its_page(world: World, maker: str) -> None:
    world.phone.change(maker=maker)
    found = examined(world, "autostart")["autostart"]
    assert "Termux and Termux:API" in found.says + found.remedy
    assert found.fix
    assert found.fix.pages


def test_row_15_the_call_history_has_the_names_and_an_iphone_can_have_them_too(desk: QuickDesk, tmp_path: Path) -> None:
    desk.phone.add_call("087 123 4567", CallType.MISSED, datetime.now(UTC) - timedelta(seconds=5))
    desk.start("run", "--once", "watch")
    (call,) = desk.json("calls", "--missed")
    assert (call["who"], call["type"]) == ("Ana López · Acme Ltd", "MISSED")
    assert desk.start("export", "--vcard", str(tmp_path / "people.vcf")).returncode == 0
    people = (tmp_path / "people.vcf").read_text(encoding="utf-8")
    for line in ("N:López;Ana;;;", "ORG:Acme Ltd", "+353871234567"):
        assert line in people
