"""Commands about hearing a ring and about whom callerid must not know, each on a phone of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from callerid.store.ledger.database import open_ledger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.desks import QuickDesk, SyncedHome


@pytest.fixture
def desk(tmp_path: Path, synced_home: SyncedHome) -> Iterator[QuickDesk]:
    with synced_home.desk(tmp_path) as made:
        yield made


def test_the_doctor_says_what_works_what_it_costs_and_what_to_do(desk: QuickDesk) -> None:
    desk.phone.change(dump_granted=True)
    said = desk.start("doctor").stdout
    assert "✓ telephony" in said
    assert "ms of CPU time" in said
    assert "✗ inbox" in said
    assert "docs/hearing-a-ring.md" in said
    assert "- notifications" in said
    found = {one["name"]: one for one in desk.json("doctor", "--notifications")}
    assert found["notifications"]["works"] is True
    assert found["telephony"]["looks_a_day"] == 43_500
    assert found["stream"]["works"] is False


def test_the_doctor_of_a_phone_on_which_nothing_works(desk: QuickDesk) -> None:
    desk.start("config", "set", "region", "auto")
    for command in ("termux-call-log", "termux-contact-list", "termux-notification-list", "termux-telephony-deviceinfo"):
        desk.phone.fault(command, "denied")
    found = {one["name"]: one for one in desk.json("doctor", "--notifications")}
    assert not any(one["works"] for one in found.values())
    assert "adb shell pm grant" in found["telephony"]["remedy"]
    assert "NOTIFICATION_LISTENER" in found["notifications"]["remedy"]
    assert "READ_CALL_LOG" in found["call log"]["says"]


def test_the_doctor_knows_root_an_automation_and_a_maker_who_hides_numbers(desk: QuickDesk) -> None:
    desk.phone.root()
    ledger = open_ledger(desk.home / "ledger.db")
    for name, value in (("ear inbox", "0 1 1"), ("hides numbers: telephony", "1")):
        ledger.key_values.write(name, value)
    ledger.close()
    found = {one["name"]: one for one in desk.json("doctor")}
    assert found["inbox"]["works"]
    assert "root" in found["stream"]["says"]
    assert not found["telephony"]["works"]


def test_numbers_are_ignored_by_command_and_the_list_cannot_be_read(desk: QuickDesk) -> None:
    assert desk.start("ignore", "087 123 4567").returncode == 0
    assert desk.start("ignore").stdout == "1 number is ignored\n"
    assert desk.start("ignore", "nonsense").returncode == 2
    assert desk.start("ignore", "+353871234567", "--remove").returncode == 0
    assert desk.start("ignore", "+353871234567", "--remove").returncode == 2


def test_somebody_is_forgotten_only_when_that_is_confirmed(desk: QuickDesk) -> None:
    assert desk.start("forget", "087 123 4567").returncode != 0
    assert "Ana López" in desk.start("lookup", "087 123 4567").stdout
    assert desk.start("forget", "Nobody Atall").returncode == 2
    assert desk.json("forget", "087 123 4567", "--yes")["contacts"] == 1
    assert "Ana" not in desk.start("lookup", "087 123 4567").stdout
    assert "forgotten: 0 contacts" in desk.start("forget", "+33145678900", "--yes").stdout


def test_while_the_phones_country_is_not_known_nobody_is_put_on_a_list_that_could_not_be_mended(desk: QuickDesk) -> None:
    settings = desk.home / "config.toml"
    settings.write_text(settings.read_text().replace('region = "IE"', 'region = "auto"'))
    desk.phone.fault("termux-telephony-deviceinfo", "empty")
    for words in (("ignore", "087 123 4567"), ("forget", "087 123 4567", "--yes")):
        said = desk.start(*words)
        assert (said.returncode, "callerid config set region" in said.stderr) == (2, True)
    assert desk.start("ignore", "+353871234567").returncode == 0


def test_the_status_says_when_the_last_ring_was_heard_and_by_what(desk: QuickDesk) -> None:
    assert "none heard" in desk.start("status").stdout
    desk.phone.ring("+353 87 123 4567")
    desk.start("run", "--once", "inbox")
    assert "heard just now (inbox)" in desk.start("status").stdout
