"""Whom to call back first, whether business hours run there, and how that is shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers
import phonenumbers.tzdata
import pytest

from callerid.core.missed.business_hours import BusinessHours, OpenNow, open_now
from callerid.core.missed.missed_caller import MissedCaller, different_times, most_urgent_first
from callerid.core.missed.missed_table import COLUMNS, csv_rows, missed_table
from callerid.core.numbers.time_zones import _NAME_NOW, region_of, time_zones
from callerid.core.wording.table import places
from callerid.turns.views.missed_callers import zones_of_region
from tests.core.people import EN, JA, PILOT, RENEWAL
from tests.core.wording.test_person_text import CALL

NINE_TO_SIX = BusinessHours(start=time(9), end=time(18))
NIGHTS = BusinessHours(start=time(22), end=time(6))
THURSDAY = datetime(2026, 11, 26, 13, 5, tzinfo=UTC)
DOLLARS = replace(RENEWAL, id="703", amount=Decimal(500), currency="USD")


def caller(**more: Any) -> MissedCaller:
    known = MissedCaller(
        last=CALL,
        attempts=1,
        first=THURSDAY,
        deals=(),
        zones=("Europe/Dublin",),
        local_times=(THURSDAY,),
        open_now=OpenNow.OPEN,
    )
    return replace(known, **more)


@pytest.mark.parametrize(
    ("local", "region", "hours", "expected"),
    [
        ("2026-11-26T09:00", "DE", NINE_TO_SIX, OpenNow.OPEN),
        ("2026-11-26T18:00", "DE", NINE_TO_SIX, OpenNow.CLOSED),
        ("2026-11-27T12:00", "DE", NINE_TO_SIX, OpenNow.OPEN),  # a Friday
        ("2026-11-27T12:00", "EG", NINE_TO_SIX, OpenNow.CLOSED),
        ("2026-11-28T12:00", "IN", NINE_TO_SIX, OpenNow.OPEN),  # a Saturday
        ("2026-11-28T12:00", "", NINE_TO_SIX, OpenNow.CLOSED),
        ("2026-11-27T23:00", "DE", NIGHTS, OpenNow.OPEN),
        ("2026-11-28T05:00", "DE", NIGHTS, OpenNow.OPEN),  # the night of Friday
        ("2026-11-28T23:00", "DE", NIGHTS, OpenNow.CLOSED),
        ("2026-11-30T05:00", "DE", NIGHTS, OpenNow.CLOSED),  # the night of Sunday
        ("2026-11-26T12:00", "DE", None, OpenNow.UNKNOWN),
    ],
)
def test_business_hours_run_on_working_days_of_the_region(
    local: str, region: str, hours: BusinessHours | None, expected: OpenNow
) -> None:
    assert open_now([datetime.fromisoformat(local)], region, hours) is expected


def test_in_several_zones_it_depends_unless_all_agree() -> None:
    canaries = datetime.fromisoformat("2026-11-26T17:30")
    madrid = canaries.replace(hour=18)
    assert open_now([madrid, canaries], "ES", NINE_TO_SIX) is OpenNow.DEPENDS
    assert open_now([madrid.replace(hour=12), canaries.replace(hour=11)], "ES", NINE_TO_SIX) is OpenNow.OPEN
    assert open_now([], "ES", NINE_TO_SIX) is OpenNow.UNKNOWN


@pytest.mark.parametrize(
    ("number", "zones", "region"),
    [
        ("+12125551234", ("America/New_York",), "US"),
        ("+34612345678", ("Atlantic/Canary", "Europe/Madrid"), "ES"),
        ("+88216123456789", (), ""),  # satellite
        ("+353209100001", ("Europe/Dublin",), "IE"),
        ("+21321123456", ("Africa/Algiers",), "DZ"),  # not Paris, whose summer Algeria does not have
        ("+212520123456", ("Africa/Casablanca",), "MA"),
        ("+12684641234", ("America/Antigua",), "AG"),  # a mobile: not all of North America
        ("+262639012345", ("Indian/Mayotte",), "YT"),
        ("+74012123456", ("Europe/Kaliningrad",), "RU"),
        ("+522011234567", ("America/Mexico_City", "America/Cancun"), "MX"),  # not New York
        ("+38344123456", ("Europe/Belgrade",), "XK"),  # which the list of zones does not have
    ],
)
def test_the_zones_of_a_number_are_those_of_its_first_digits_in_its_region(
    number: str, zones: tuple[str, ...], region: str
) -> None:
    assert (time_zones(number, zones_of_region(region)), region_of(number)) == (zones, region)


def test_a_zone_that_has_another_name_now_is_the_regions_own() -> None:
    assert "Pacific/Chuuk" in time_zones("+6918200334", zones_of_region("FM"))
    assert "Pacific/Kanton" in time_zones("+68672001234", zones_of_region("KI"))
    listed = {zone for region in phonenumbers.SUPPORTED_REGIONS for zone in zones_of_region(region)}
    before = {zone for zones in phonenumbers.tzdata.TIMEZONE_DATA.values() for zone in zones} - listed - _NAME_NOW.keys()
    # each of them the only one of its region
    assert before == {"Africa/Asmera", "Asia/Calcutta", "Asia/Katmandu", "Asia/Rangoon", "Atlantic/Faeroe"}


def test_a_russian_mobile_may_be_in_every_zone_of_russia_and_in_none_of_kazakhstan() -> None:
    zones = time_zones("+79114567890", zones_of_region("RU"))
    assert {"Europe/Kaliningrad", "Europe/Moscow", "Asia/Kamchatka"} <= set(zones)
    assert {"Asia/Almaty", "Europe/Bucharest"}.isdisjoint(zones)


def test_no_landline_of_any_region_is_in_a_zone_with_other_hours_than_the_regions() -> None:
    noons = [datetime(2025, month, 15, 12, tzinfo=UTC) for month in range(1, 13)]

    def hours(zone: str) -> tuple[timedelta | None, ...]:
        return tuple(noon.astimezone(ZoneInfo(zone)).utcoffset() for noon in noons)

    for region in phonenumbers.SUPPORTED_REGIONS:
        own = zones_of_region(region)
        example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.FIXED_LINE)
        if example and own:
            e164 = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
            assert {hours(zone) for zone in time_zones(e164, own)} <= {hours(zone) for zone in own}, region


def test_zones_with_one_time_of_day_are_shown_once() -> None:
    times = different_times(THURSDAY.astimezone(ZoneInfo(zone)) for zone in ("Europe/Madrid", "Europe/London", "Europe/Dublin"))
    assert [f"{local:%H:%M}" for local in times] == ["13:05", "14:05"]


def test_the_highest_value_of_open_deals_comes_first_then_attempts_then_the_newest() -> None:
    newer = caller(last=replace(CALL, start=THURSDAY))
    often, rich, rich_often = caller(attempts=3), caller(deals=(RENEWAL, DOLLARS)), caller(deals=(RENEWAL, DOLLARS), attempts=2)
    assert most_urgent_first([caller(), newer, often, rich, rich_often]) == (rich_often, rich, often, newer, caller())
    assert rich.deal_value == Decimal(12500)
    assert caller(deals=(PILOT,)).deal_values == ()


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("texts", [EN, JA])
def test_no_line_is_wider_than_the_terminal_and_each_says_the_time_there(width: int, texts: object) -> None:
    several = caller(local_times=(THURSDAY.replace(hour=3), THURSDAY), open_now=OpenNow.DEPENDS, deals=(RENEWAL, DOLLARS))
    lines = missed_table([caller(last=replace(CALL, who="Ana\x1b[2J López de la Cruz " * 4)), several], width, texts)  # type: ignore[arg-type]
    assert all(places(line) <= width and line.isprintable() for line in lines)
    assert ("13:05" in lines[0], "03:05-13:05" in lines[1]) == (True, True)
    assert ("€12,000 + $500" in lines[1]) is (width >= 80)


def test_what_is_not_known_of_the_place_is_left_out() -> None:
    assert missed_table([caller(local_times=(), open_now=OpenNow.UNKNOWN)], 40, EN)[0].endswith("1×")


def test_a_number_is_shown_once() -> None:
    stranger = missed_table([caller(last=replace(CALL, who="+33 1 45 67 89 00", number="+33145678900"))], 120, EN)[0]
    assert ("+33 1 45 67 89 00" in stranger, "+33145678900" in stranger) == (True, False)
    assert "+33 1 45 67 89 00" in missed_table([caller(last=replace(CALL, who="Ana", number="+33145678900"))], 120, EN)[0]


def test_the_csv_has_no_formula() -> None:
    heading, row = csv_rows([caller(last=replace(CALL, who="=1+1", number="+353871234567"), deals=(RENEWAL,))])
    named = dict(zip(heading, row, strict=True))
    assert heading == COLUMNS
    assert (named["Name"], named["Number"], named["Deal value"]) == ("'=1+1", "+353871234567", "12000 EUR")
