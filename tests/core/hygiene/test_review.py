"""Numbers that nobody can match are found, and a correction is proposed only where there is one reading."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callerid.core import numbers
from callerid.core.hygiene.field_problems import Problem, review_field
from callerid.core.hygiene.review import corrections, review_contacts
from callerid.core.wording.csv_cells import safe_cell
from callerid.models import Contact, ContactPhone, Match
from tests.core.people import EN, JA


@pytest.mark.parametrize(
    ("raw", "region", "problem", "proposed"),
    [
        ("+49 171 5550123", "DE", None, ""),
        ("0171 5550123", "DE", Problem.NO_COUNTRY, "+491715550123"),
        ("0049 171 5550123", "DE", Problem.NO_COUNTRY, "+491715550123"),
        ("0171 5550123", "", Problem.NO_COUNTRY, ""),
        ("087 155 50103", "IE", Problem.NO_COUNTRY, ""),
        ("171 5550123", "DE", Problem.AMBIGUOUS, ""),
        ("491715550123", "DE", Problem.AMBIGUOUS, ""),
        ("0049 171 5550123", "US", Problem.AMBIGUOUS, "+491715550123"),
        ("+49 30 5550100 ext. 12", "DE", None, ""),
        ("030 5550100 ext. 12", "DE", Problem.NO_COUNTRY, ""),
        ("030 5550100 / 0171 5550123", "DE", Problem.SEVERAL, ""),
        ("4.91512E+12", "DE", Problem.DESTROYED, ""),
        ("+49 171 *****23", "DE", Problem.MASKED, ""),
        ("00004", "DE", Problem.IMPOSSIBLE, ""),
        ("ask reception", "DE", Problem.IMPOSSIBLE, ""),
        ("anonymous", "DE", Problem.IMPOSSIBLE, ""),
        ("0171 5550123 (ask for Ben)", "DE", Problem.NO_COUNTRY, ""),
        ("Tel: 0171 5550123", "DE", Problem.NO_COUNTRY, ""),
        (" ０１７１ ５５５０１２３ ", "DE", Problem.NO_COUNTRY, "+491715550123"),
        ("+49 171 5", "DE", Problem.IMPOSSIBLE, ""),
        ("555-0142", "US", Problem.NO_AREA_CODE, ""),
        ("+229 97 12 34 56", "BJ", Problem.OLD_PLAN, "+2290197123456"),
    ],
)
def test_each_problem_of_a_field_is_told_apart(raw: str, region: str, problem: Problem | None, proposed: str) -> None:
    review = review_field(raw, region)
    assert (review.problem, review.proposed) == (problem, proposed)


@given(st.text(alphabet="0123456789+ ()-/.,;x*ext", min_size=1, max_size=30), st.sampled_from(["DE", "US", "JP", "GB", "IT", ""]))
def test_a_proposal_is_surely_the_number_that_stands_there(raw: str, region: str) -> None:
    proposed = review_field(raw, region).proposed
    if proposed:
        assert numbers.match(raw, proposed, region).match in (Match.EXACT, Match.SAME_LINE)
        assert numbers.e164(proposed, "") is not None
        assert review_field(proposed, "").problem is None


def contact(number: int, *raws: str, name: str = "Ana") -> Contact:
    return Contact(
        id=str(number), first_name=name, phones=tuple(ContactPhone(property=f"p{i}", raw=raw) for i, raw in enumerate(raws))
    )


def test_two_contacts_with_one_number_are_perhaps_one_person_and_four_share_a_switchboard() -> None:
    pair = [contact(1, "+49 171 5550123"), contact(20, "0171 5550123", "+49 (0)171 5550123")]
    office = [contact(number, "+49 30 5550100") for number in (5, 6, 7, 8)]
    found = review_contacts([*pair, *office], "DE", EN)
    assert [(each.contact_id, each.problem, each.others) for each in found if each.problem is not Problem.NO_COUNTRY] == [
        *((str(number), Problem.SHARED, tuple(str(n) for n in (5, 6, 7, 8) if n != number)) for number in (5, 6, 7, 8)),
        ("1", Problem.DUPLICATE, ("20",)),
        ("20", Problem.DUPLICATE, ("1",)),
    ]


def test_one_contact_that_has_a_number_twice_is_no_duplicate() -> None:
    assert review_contacts([contact(1, "+49 171 5550123", "+49 171 555 01 23")], "DE", EN) == ()


def test_a_contact_is_called_as_on_a_card() -> None:
    phones = (ContactPhone(property="phone", raw="x"),)
    people = [
        Contact(id="7", email="a@example.org", phones=phones),
        Contact(id="8", first_name="太郎", last_name="山田", phones=phones),
    ]
    assert [each.name for each in review_contacts(people, "DE", JA)] == ["a@example.org", "山田 太郎"]


def test_only_findings_with_a_proposal_are_corrections() -> None:
    found = review_contacts([contact(1, "0171 5550123"), contact(2, "x")], "DE", EN)
    assert [each.proposed for each in corrections(found)] == ["+491715550123"]


@pytest.mark.parametrize("text", ["=1+1", "+cmd|x", "-2+3", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_spreadsheet_computes_no_cell(text: str) -> None:
    assert safe_cell(text) == "'" + re.sub(r"\s", " ", text)


@pytest.mark.parametrize("text", ["+49 171 5550123", "+1 (212) 555-0100", "Ana = López", ""])
def test_a_number_with_a_plus_stays_as_it_is(text: str) -> None:
    assert safe_cell(text) == text


def test_a_cell_has_no_escape_sequence_because_it_may_be_printed_on_a_terminal() -> None:
    assert safe_cell("Ana\x1b]0;x\x07 \u202eevil\nsecond line") == "Ana ]0;x  evil\nsecond line"
    assert safe_cell("\x1b=1+1") == " =1+1"
    assert safe_cell("\u202e=1+1") == "'=1+1"  # a formula as soon as the invisible sign is gone
