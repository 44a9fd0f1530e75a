"""What the card of a ring says when the phone knows somebody, when a company is only likely, and when nobody is known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from callerid.core import numbers
from callerid.core.callers.resolve import Certainty, Resolution
from callerid.core.numbers import direct_dial
from callerid.core.numbers.direct_dial import Neighbour
from callerid.core.wording.notifications import Discretion
from callerid.core.wording.ring_card import RingCardDetails, ring_body, ring_title, spoken, why
from callerid.models import Company, Match
from tests.core.people import ANA, BEN, EN, HIDDEN, JA, NOBODY, candidate, known, style

ACME = Company(id="601", name="Acme GmbH")
RANGE = Resolution(number="+4989123", certainty=Certainty.RANGE, companies=(ACME,))


def saved(resolution: Resolution, name: str) -> Resolution:
    return replace(resolution, saved_name=name)


def test_the_phones_own_name_comes_first_and_the_crms_company_and_deals_beside_it() -> None:
    mum = saved(known(), "Ana (squash)")
    assert ring_title(mum, style(), RingCardDetails()) == "Ana (squash) · Acme GmbH"
    body = ring_body(mum, style(), RingCardDetails()).split("\n")
    assert body[0] == "in HubSpot: Ana López"
    assert body[1].startswith("Renewal 2027")
    assert ring_body(saved(known(), "ana lópez"), style(), RingCardDetails()).startswith("Renewal 2027")


def test_after_the_crms_name_when_that_is_wished() -> None:
    crm_first = style(saved_first=False)
    mum = saved(known(), "Ana (squash)")
    assert ring_title(mum, crm_first, RingCardDetails()) == "Ana López · Acme GmbH"
    assert ring_body(mum, crm_first, RingCardDetails()).startswith("in your contacts: Ana (squash)")


def test_a_probable_match_does_not_lend_its_company_to_a_name_of_the_phone() -> None:
    likely = saved(known(candidate(match=Match.PROBABLE)), "Tom")
    assert ring_title(likely, style(), RingCardDetails()) == "Tom"
    assert ring_body(likely, style(), RingCardDetails()).startswith("in HubSpot: Probably Ana López")


def test_somebody_whom_only_the_phone_knows_is_named_with_the_number() -> None:
    friend = saved(NOBODY, "Tom")
    around = RingCardDetails(number_shown="+353 87 123 4567", whereabouts="mobile")
    assert ring_title(friend, style(), around) == "Tom"
    assert ring_body(friend, style(), around) == "+353 87 123 4567 · not in the CRM\nmobile"


def test_several_people_on_one_line_are_listed() -> None:
    crowd = known(ANA, BEN, *(candidate(f"P{n}", "X", contact_id=str(n)) for n in range(5)))
    first, _ = ring_body(crowd, style(), RingCardDetails()).split("\n")
    assert first == "Ana López, Ben Kim, P0 X, P1 X, P2 X, …"
    assert ring_title(saved(crowd, "Front desk"), style(), RingCardDetails()) == "Front desk · Acme GmbH"


def test_a_stranger_has_a_place_a_kind_of_line_and_a_history() -> None:
    around = RingCardDetails(number_shown="+49 89 123", calls_this_week=3, whereabouts="Munich, Germany · landline")
    assert ring_title(NOBODY, style(), around) == "+49 89 123"
    assert ring_body(NOBODY, style(), around) == "not in the CRM · called you 3 times this week\nMunich, Germany · landline"
    assert "called you once this week" in ring_body(NOBODY, style(), RingCardDetails(calls_this_week=1))


def test_a_companys_range_is_only_ever_probably() -> None:
    assert ring_title(RANGE, style(), RingCardDetails()) == "Probably Acme GmbH"
    body = ring_body(RANGE, style(), RingCardDetails(number_shown="+49 89 123"))
    assert body == "+49 89 123 · in their range of direct-dial numbers · HubSpot, 2 h old"
    assert spoken(RANGE, style()) == ""


def test_a_number_that_was_not_told_is_not_called_private() -> None:
    assert ring_title(HIDDEN, style(), RingCardDetails()) == "Private number"
    assert ring_title(HIDDEN, style(), RingCardDetails(number_unavailable=True)) == "Somebody calls"


def test_a_call_that_this_phone_makes_says_so() -> None:
    assert ring_title(known(), style(), RingCardDetails(outgoing=True)) == "Calling Ana López · Acme GmbH"
    assert ring_title(known(), style(texts=JA), RingCardDetails(outgoing=True)) == "López Ana · Acme GmbH に発信中"


@pytest.mark.parametrize("discretion", [Discretion.INITIALS, Discretion.NOTHING])
@pytest.mark.parametrize(
    "who", [saved(known(), "Tom Waits"), saved(NOBODY, "Tom Waits"), saved(known(ANA, BEN), "Tom Waits"), RANGE]
)
def test_the_lock_screen_shows_no_name_of_the_phones_and_no_company(discretion: Discretion, who: Resolution) -> None:
    quiet = style(discretion=discretion)
    shown = ring_title(who, quiet, RingCardDetails(number_shown="+49")) + ring_body(who, quiet, RingCardDetails(number_shown="+49"))
    assert not any(word in shown for word in ("Tom", "Waits", "Ana", "López", "Acme"))
    assert spoken(who, quiet) == ""
    assert ring_title(saved(NOBODY, "Tom Waits"), style(discretion=Discretion.INITIALS), RingCardDetails()) == "T. W."


def test_the_lock_screen_shows_no_strangers_number() -> None:
    around = RingCardDetails(number_shown="+353 87 999 8888")
    assert ring_title(NOBODY, style(discretion=Discretion.NOTHING), around) == "Somebody unknown calls"
    assert ring_title(NOBODY, style(discretion=Discretion.INITIALS), around) == "…88"
    assert ring_title(NOBODY, style(discretion=Discretion.INITIALS), RingCardDetails(number_shown="112")) == "112"


def test_what_is_spoken_is_the_phones_name_where_that_comes_first() -> None:
    assert spoken(saved(known(), "Anna"), style()) == "Call from Anna, Acme GmbH"
    assert spoken(saved(known(), "Anna"), style(saved_first=False)) == "Call from Ana López, Acme GmbH"
    assert spoken(saved(NOBODY, "Anna"), style(saved_first=False)) == "Call from Anna"
    assert spoken(NOBODY, style()) == spoken(HIDDEN, style()) == ""


def test_somebody_who_was_found_by_name_says_so() -> None:
    assert why(replace(ANA, phone=None), EN) == "by the name that the phone shows"


# ------------------------------------------------------------------------------------------------ direct-dial ranges


def owner(number: str, *known_lines: Neighbour, region: str = "DE") -> int | None:
    for block in direct_dial.blocks_of_number(number, region):
        inside = [one for one in known_lines if one.key.startswith(block.prefix)]
        found = direct_dial.company_of_block(block, inside)
        if found is not None:
            return found
        if not block.switchboard and direct_dial.is_of_several_companies(inside):
            return None
    return None


def test_a_switchboards_stem_and_zeros_name_its_company() -> None:
    board = Neighbour("+498912340", 601, is_company_number=True)
    assert owner("+49 89 1234 567", board) == 601
    assert owner("+49 89 1234 56", board) == 601
    assert owner("+49 89 1299 567", board) is None
    assert owner("+1 415 555 0177", Neighbour("+14155550100", 7, is_company_number=True), region="US") == 7


def test_two_desks_of_one_company_make_the_block_around_them_theirs() -> None:
    desks = (Neighbour("+4989123411", 601), Neighbour("+4989123412", 601))
    assert owner("+49 89 123419", *desks) == 601
    assert owner("+49 89 123419", desks[0]) is None
    assert owner("+49 89 123419", *desks, Neighbour("+4989123413", 602)) is None
    assert owner("+49 89 123419", *desks, Neighbour("+4989123413", None)) is None


def test_mobiles_short_numbers_and_extensions_have_no_range() -> None:
    for number in ("+353 87 123 4567", "110", "", "+49 89 123456 ext. 7"):
        assert list(direct_dial.blocks_of_number(number, "DE")) == []
    assert all(len(block.prefix) >= 8 for block in direct_dial.blocks_of_number("+49 89 12345", "DE"))


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("+353871234567", "mobile"),
        ("+498912345678", "fixed"),
        ("+14155550100", "fixed_or_mobile"),
        ("+448001111", "toll_free"),
        ("112", ""),
    ],
)
def test_the_kind_of_a_line_is_the_numbering_plans(number: str, kind: str) -> None:
    assert numbers.line_type(number, "DE") == kind
