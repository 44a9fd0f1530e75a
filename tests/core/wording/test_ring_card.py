"""What the card of a ring says, word for word: of candidates, of the phone contacts, of a company's line, and of strangers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from callerid.core.callers.resolve import Certainty, Resolution, resolve
from callerid.core.wording.ring_card import RingCardDetails, match_reason, ring_body, ring_title, spoken_text
from callerid.core.wording.style import Discretion
from callerid.models import Company, Match, Owner
from tests.core.people import ANA, BEN, EN, HIDDEN, JA, NOBODY, NOW, PILOT, RENEWAL, candidate, known, style

ACME = Company(id="601", name="Acme GmbH")
RANGE = Resolution(number="+4989123", certainty=Certainty.RANGE, companies=(ACME,))
NO_DETAILS = RingCardDetails()


def saved(resolution: Resolution, name: str) -> Resolution:
    return replace(resolution, saved_name=name)


# ------------------------------------------------------------------------------------------------ candidates


def test_the_title_names_the_caller_and_their_company() -> None:
    assert ring_title(known(), style(), NO_DETAILS) == "Ana López · Acme GmbH"


def test_the_body_has_the_first_deal_and_then_why_the_number_matched() -> None:
    assert ring_body(known(candidate(deals=(RENEWAL, PILOT))), style(), NO_DETAILS).split("\n") == [
        "Renewal 2027 · €12,000 · Contract sent · closes 30 Nov  (+1 deal)",
        "last spoke 3 days ago · exact match · HubSpot, 2 h old",
    ]


def test_open_matters_that_are_older_than_the_name_have_an_age_of_their_own() -> None:
    older = style(deals_at=NOW - timedelta(days=3))
    assert ring_body(known(), older, NO_DETAILS).endswith("HubSpot, 2 h old, deals 3 days old")
    assert ring_body(known(candidate(deals=())), older, NO_DETAILS).endswith("HubSpot, 2 h old")
    assert ring_body(known(), style(deals_at=NOW), NO_DETAILS).endswith("HubSpot, 2 h old")


def test_a_card_says_only_what_is_known() -> None:
    never_contacted = replace(candidate(deals=()), last_contacted=None)
    assert ring_body(known(never_contacted), style(built_at=None), NO_DETAILS) == "exact match"


def test_the_same_line_says_how_the_crm_has_it() -> None:
    body = ring_body(known(candidate(match=Match.SAME_LINE)), style(), NO_DETAILS)
    assert "same line, written as 087 123 4567" in body


def test_a_probable_match_says_so_first() -> None:
    probable = known(candidate(match=Match.PROBABLE))
    assert ring_title(probable, style(), NO_DETAILS) == "Probably Ana López · Acme GmbH"
    assert "probable match: last 7 digits" in ring_body(probable, style(), NO_DETAILS)


def test_a_card_names_the_contacts_owner() -> None:
    owned = replace(candidate(deals=()), owner=Owner(id="9", email="max@acme.io", first_name="Max", last_name="Own"))
    body = ring_body(known(owned), style(), NO_DETAILS)
    assert body == "last spoke 3 days ago · owner Max Own · exact match · HubSpot, 2 h old"
    nameless = replace(owned, owner=Owner(id="9", email="max@acme.io"))
    assert "owner max@acme.io" in ring_body(known(nameless), style(), NO_DETAILS)


def test_several_contacts_of_one_name_are_counted_and_told_apart_by_their_companies() -> None:
    twice, at_two = known(ANA, candidate()), known(ANA, candidate(company="Bolt"))
    assert ring_body(twice, style(), NO_DETAILS).splitlines()[0] == "2 contacts of this name"
    assert ring_body(at_two, style(), NO_DETAILS).splitlines()[0] == "2 contacts of this name: Acme GmbH, Bolt"
    assert ring_body(at_two, style(texts=JA), NO_DETAILS).splitlines()[0] == "同名2件: Acme GmbH、Bolt"


@pytest.mark.parametrize(
    ("one", "other", "name"),
    [
        (("花子", "山田"), ("", "山田\u3000花子"), "山田 花子"),
        (("太郎", "山田"), ("", "山田太郎"), "山田 太郎"),
        (("Ana", "O'Hara"), ("Ana", "O’Hara"), "Ana O'Hara"),
        (("Ana", "López"), ("ana", "lopez"), "Ana López"),
        (("Ana", "López"), ("", "López, Ana"), "Ana López"),
        (("Taro", "Sato"), ("Sato", "Taro"), "Taro Sato"),
    ],
)
def test_a_name_that_two_contacts_write_in_two_ways_is_said_once(one: tuple[str, str], other: tuple[str, str], name: str) -> None:
    twice = known(candidate(*one), candidate(*other, contact_id="502"))
    assert ring_title(twice, style(texts=JA), NO_DETAILS) == f"{name} · Acme GmbH"
    assert ring_body(twice, style(), NO_DETAILS).splitlines()[0] == "2 contacts of this name"
    with_ben = known(*twice.candidates, BEN)
    assert ring_body(with_ben, style(texts=JA), NO_DETAILS).splitlines()[0] == f"{name}、Ben Kim"


def test_names_with_the_same_words_a_different_number_of_times_are_two() -> None:
    assert "Ana Ana or Ana López" in ring_title(known(candidate("Ana", "Ana"), ANA), style(), NO_DETAILS)


def test_several_candidates_of_one_line_are_listed() -> None:
    crowd = known(ANA, BEN, *(candidate(f"P{n}", "X", contact_id=str(n)) for n in range(5)))
    first, _ = ring_body(crowd, style(), NO_DETAILS).split("\n")
    assert first == "Ana López, Ben Kim, P0 X, P1 X, P2 X, …"
    assert ring_title(saved(crowd, "Front desk"), style(), NO_DETAILS) == "Front desk · Acme GmbH"


def test_a_caller_who_was_found_by_name_says_so() -> None:
    assert match_reason(replace(ANA, phone=None), EN) == "matched by the name that the phone shows"
    assert match_reason(replace(ANA, phone=None), EN, by_typed_name=True) == "matched by the typed name"


def test_the_card_in_japanese() -> None:
    japanese = style(texts=JA)
    assert ring_title(known(), japanese, NO_DETAILS) == "Ana López · Acme GmbH"
    assert "11月30日クローズ予定" in ring_body(known(), japanese, NO_DETAILS)


def test_a_call_that_this_phone_makes_says_so() -> None:
    assert ring_title(known(), style(), RingCardDetails(outgoing=True)) == "Calling Ana López · Acme GmbH"
    assert ring_title(known(), style(texts=JA), RingCardDetails(outgoing=True)) == "Ana López · Acme GmbHに発信中"


def test_a_name_with_braces_or_percent_signs_is_text() -> None:
    odd = candidate("{first}", "%s {0}")
    assert ring_title(known(odd), style(), NO_DETAILS) == "{first} %s {0} · Acme GmbH"


# ------------------------------------------------------------------------------------------------ the phone contacts


def test_the_phone_contacts_name_comes_first_and_the_crms_company_and_deals_beside_it() -> None:
    mum = saved(known(), "Ana (squash)")
    assert ring_title(mum, style(), NO_DETAILS) == "Ana (squash) · Acme GmbH"
    body = ring_body(mum, style(), NO_DETAILS).split("\n")
    assert body[0] == "in HubSpot: Ana López"
    assert body[1].startswith("Renewal 2027")
    for same in ("ana lópez", "Ana-Lopez", "“Ana” López", "Lopez Ana", "López, Ana"):
        assert ring_body(saved(known(), same), style(), NO_DETAILS).startswith("Renewal 2027")


def test_a_saved_name_without_its_blank_or_in_another_order_is_no_other_name() -> None:
    ichiro = known(candidate("一郎", "佐藤"))
    for same in ("佐藤一郎", "佐藤\u3000一郎", "一郎 佐藤"):
        assert ring_body(saved(ichiro, same), style(texts=JA), NO_DETAILS).startswith("Renewal 2027")
    assert ring_body(saved(ichiro, "佐藤二郎"), style(texts=JA), NO_DETAILS).startswith("HubSpotでの名前: 佐藤 一郎")


def test_the_crms_name_comes_first_where_the_settings_say_so() -> None:
    crm_first = style(saved_first=False)
    mum = saved(known(), "Ana (squash)")
    assert ring_title(mum, crm_first, NO_DETAILS) == "Ana López · Acme GmbH"
    assert ring_body(mum, crm_first, NO_DETAILS).startswith("in your contacts: Ana (squash)")


def test_a_probable_match_does_not_add_its_company_to_a_saved_name() -> None:
    probable = saved(known(candidate(match=Match.PROBABLE)), "Tom")
    assert ring_title(probable, style(), NO_DETAILS) == "Tom"
    assert ring_body(probable, style(), NO_DETAILS).startswith("in HubSpot: Probably Ana López")


def test_a_caller_whom_only_the_phone_contacts_know_is_shown_with_the_number() -> None:
    friend = saved(NOBODY, "Tom")
    details = RingCardDetails(number_shown="+353 87 123 4567", whereabouts="mobile")
    assert ring_title(friend, style(), details) == "Tom"
    assert ring_body(friend, style(), details) == "+353 87 123 4567 · not in the CRM\nmobile"


# ------------------------------------------------------------------------------------------------ companies and strangers


def test_a_companys_switchboard_is_shown_as_one() -> None:
    switchboard = resolve("+4989", hidden=False, candidates=(), companies=(Company(id="1", name="Acme"),))
    assert ring_title(switchboard, style(), NO_DETAILS) == "Acme (switchboard)"
    shared = (Company(id="1", name="Acme"), Company(id="2", name="Bolt"))  # a parent and its subsidiary
    both = resolve("+4989", hidden=False, candidates=(), companies=shared)
    assert ring_title(both, style(), NO_DETAILS) == "Acme / Bolt (switchboard)"
    nameless = resolve("+4989", hidden=False, candidates=(), companies=(Company(id="1"), Company(id="2")))
    assert ring_title(nameless, style(), RingCardDetails(number_shown="+49 89")) == "+49 89"


def test_a_companys_direct_dial_range_is_only_ever_probable() -> None:
    assert ring_title(RANGE, style(), NO_DETAILS) == "Probably Acme GmbH"
    body = ring_body(RANGE, style(), RingCardDetails(number_shown="+49 89 123"))
    assert body == "+49 89 123 · in its range of direct-dial numbers · HubSpot, 2 h old"
    assert spoken_text(RANGE, style()) == ""


def test_a_stranger_is_a_number_with_a_place_a_kind_of_line_and_a_history() -> None:
    details = RingCardDetails(number_shown="+49 89 123", calls_this_week=3, whereabouts="Munich, Germany · landline")
    assert ring_title(NOBODY, style(), details) == "+49 89 123"
    assert ring_body(NOBODY, style(), details) == "not in the CRM · called you 3 times this week\nMunich, Germany · landline"
    assert "called you once this week" in ring_body(NOBODY, style(), RingCardDetails(calls_this_week=1))
    assert ring_body(NOBODY, style(built_at=None), NO_DETAILS) == "no contacts yet. In Termux, type: callerid sync"


def test_a_hidden_number_is_private_and_an_unavailable_one_is_not() -> None:
    assert ring_title(HIDDEN, style(), NO_DETAILS) == "Private number"
    assert ring_body(HIDDEN, style(), NO_DETAILS) == ""
    assert ring_title(HIDDEN, style(), RingCardDetails(number_unavailable=True)) == "Incoming call"


# ------------------------------------------------------------------------------------------------ the lock screen


def test_discretion_keeps_names_deals_and_companies_off_the_screen() -> None:
    initials, nothing = style(discretion=Discretion.INITIALS), style(discretion=Discretion.NOTHING)
    assert ring_title(known(), initials, NO_DETAILS) == "A. L."
    assert ring_title(known(), nothing, NO_DETAILS) == "Known caller"
    assert ring_body(known(), initials, NO_DETAILS) == ""
    assert spoken_text(known(), nothing) == ""


@pytest.mark.parametrize("discretion", [Discretion.INITIALS, Discretion.NOTHING])
@pytest.mark.parametrize(
    "resolution", [saved(known(), "Tom Waits"), saved(NOBODY, "Tom Waits"), saved(known(ANA, BEN), "Tom Waits"), RANGE]
)
def test_the_lock_screen_shows_no_saved_name_and_no_company(discretion: Discretion, resolution: Resolution) -> None:
    discreet, details = style(discretion=discretion), RingCardDetails(number_shown="+49")
    shown = ring_title(resolution, discreet, details) + ring_body(resolution, discreet, details)
    assert not any(word in shown for word in ("Tom", "Waits", "Ana", "López", "Acme"))
    assert spoken_text(resolution, discreet) == ""
    assert ring_title(saved(NOBODY, "Tom Waits"), style(discretion=Discretion.INITIALS), NO_DETAILS) == "T. W."


def test_the_lock_screen_shows_no_strangers_number() -> None:
    details = RingCardDetails(number_shown="+353 87 999 8888")
    assert ring_title(NOBODY, style(discretion=Discretion.NOTHING), details) == "Unknown caller"
    assert ring_title(NOBODY, style(discretion=Discretion.INITIALS), details) == "…88"
    assert ring_title(NOBODY, style(discretion=Discretion.INITIALS), RingCardDetails(number_shown="112")) == "112"


# ------------------------------------------------------------------------------------------------ aloud


def test_only_one_sure_name_is_spoken() -> None:
    assert spoken_text(known(), style()) == "Call from Ana López, Acme GmbH"
    assert spoken_text(known(candidate(company="")), style()) == "Call from Ana López"
    assert spoken_text(known(candidate(match=Match.PROBABLE)), style()) == ""


def test_the_saved_name_is_spoken_where_it_comes_first() -> None:
    assert spoken_text(saved(known(), "Anna"), style()) == "Call from Anna, Acme GmbH"
    assert spoken_text(saved(known(), "Anna"), style(saved_first=False)) == "Call from Ana López, Acme GmbH"
    assert spoken_text(saved(NOBODY, "Anna"), style(saved_first=False)) == "Call from Anna"
    assert spoken_text(NOBODY, style()) == spoken_text(HIDDEN, style()) == ""
