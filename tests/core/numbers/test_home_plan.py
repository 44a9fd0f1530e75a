"""A number as it is dialled at home is read by what was recorded of that country's plan, as all the plans read it."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given

from callerid.core import numbers
from callerid.core.numbers import home_plan
from callerid.core.numbers.parse import parse_number
from callerid.core.numbers.parse_fast import plan_of
from tests.core.numbers.test_matching import PAIRS
from tests.core.numbers.test_parse_fast import national_text


def line_at_home(raw: str, region: str) -> str:
    plan = plan_of(region)
    assert plan is not None
    recorded = home_plan.read(home_plan.written(plan))
    assert recorded is not None
    return home_plan.line_at_home(raw, recorded)


def assert_read_as_by_all_plans(raw: str, region: str) -> None:
    line = line_at_home(raw, region)
    if line:
        parsed = parse_number(raw, region)
        assert not numbers.is_hidden(raw)
        assert parsed is not None
        assert (parsed.e164, parsed.extension, parsed.doubt) == (line, "", "")
        # a change of its plan is a rule for whoever has the number, so that the index does not have it proven
        assert parsed.rule or numbers.lookup_keys(raw, region)[::2] == numbers.lookup_keys(line, region)[::2]
        assert bool(parsed.rule) == (not numbers.lookup_keys(line, region)[2])


@given(national_text())
def test_a_number_of_its_region_is_read_as_by_all_plans(case: tuple[str, str]) -> None:
    assert_read_as_by_all_plans(*case)


def test_all_known_pairs_are_read_as_by_all_plans() -> None:
    for pair in PAIRS:
        for raw in (pair["a"], pair["b"]):
            if pair["region"] in phonenumbers.SUPPORTED_REGIONS:
                assert_read_as_by_all_plans(raw, pair["region"])


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_a_recorded_plan_is_the_same_plan(region: str) -> None:
    plan = plan_of(region)
    assert plan is not None
    assert home_plan.read(home_plan.written(plan)) == plan
    assert home_plan.read("") is None


@pytest.mark.parametrize(
    ("raw", "region", "line"),
    [
        ("087 123 4567", "IE", "+353871234567"),
        ("(212) 555-1234", "US", "+12125551234"),
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("030 1234567", "DE", "+49301234567"),
        ("090-1234-5678", "JP", "+819012345678"),
    ],
)
def test_the_usual_spelling_at_home_is_read(raw: str, region: str, line: str) -> None:
    assert line_at_home(raw, region) == line


@pytest.mark.parametrize(
    "raw", ["00353 87 123 4567", "+353 87 123 4567", "353871234567", "87 123 4567", "087 123 4567 x2", "1234567", "", "anonymous"]
)
def test_what_is_not_surely_dialled_at_home_is_left_to_all_plans(raw: str) -> None:
    assert line_at_home(raw, "IE") == ""


@pytest.mark.parametrize(("raw", "region"), [("06 80 153 763", "HU"), ("11310 307 9675", "CN"), ("0321 676 6276", "CO")])
def test_a_prefix_that_is_no_trunk_zero_is_left_to_all_plans(raw: str, region: str) -> None:
    assert line_at_home(raw, region) == ""
