"""Moments as a person types them."""

from __future__ import annotations

import pytest

from callerid.core.time_words import read_moment
from tests.core.people import NOW


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("12h", "2026-11-22 01:00"),
        ("30d", "2026-10-23 13:00"),
        (" 2 W ", "2026-11-08 13:00"),
        ("today", "2026-11-22 00:00"),
        ("yesterday", "2026-11-21 00:00"),
        ("2026-11-01", "2026-11-01 00:00"),
        ("2026-11-01 14:00", "2026-11-01 14:00"),
        ("2026-11-01T14:00+00:00", "2026-11-01 15:00"),
    ],
)
def test_a_moment_is_read_in_the_phones_zone(text: str, moment: str) -> None:
    read = read_moment(text, NOW)
    assert read
    assert f"{read.astimezone(NOW.tzinfo):%Y-%m-%d %H:%M}" == moment


@pytest.mark.parametrize("text", ["", "soon", "30x", "2026-13-01", "99999999d", "99999y"])
def test_what_names_no_moment_is_none(text: str) -> None:
    assert read_moment(text, NOW) is None
