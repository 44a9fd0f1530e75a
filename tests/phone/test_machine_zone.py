"""Where the name of the zone is not known, the machine's is taken, with its summer time."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from callerid.phone.device import MACHINE_ZONE
from callerid.turns.context import in_zone

if TYPE_CHECKING:
    from collections.abc import Iterator

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(scope="module", autouse=True)
def _in_berlin() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "Europe/Berlin")
        time.tzset()
        yield
    time.tzset()


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - hypothesis wants these
@example(datetime(2026, 10, 25, 0, 30, tzinfo=UTC))  # 02:30, and an hour later it is 02:30 again
@example(datetime(2026, 10, 25, 1, 30, tzinfo=UTC))
def test_it_is_as_late_as_by_the_name_and_days_are_of_the_calendar(moment: datetime) -> None:
    local, named = in_zone(moment, ""), moment.astimezone(BERLIN)
    assert (f"{local:%c %z %Z}", local.fold) == (f"{named:%c %z %Z}", named.fold)
    assert local.astimezone(UTC) == moment
    ago = timedelta(days=180)
    assert (local - ago).astimezone(UTC) == (named - ago).astimezone(UTC)
    assert in_zone(moment, "No/Where").tzinfo is MACHINE_ZONE
