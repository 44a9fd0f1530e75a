"""What the person reads, word for word."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from callerid import catalogue
from callerid.core.callers.resolve import resolve
from callerid.core.wording import notifications, ring_card, times
from callerid.core.wording.deals import deals_line
from callerid.core.wording.notifications import Discretion
from callerid.models import CallType, Company, Match, Owner
from tests.core.people import ANA, BEN, EN, HIDDEN, JA, NOBODY, NOW, PILOT, RENEWAL, call, candidate, known, style


def test_the_title_of_a_ring_is_enough_by_itself() -> None:
    assert ring_card.ring_title(known(), style(), ring_card.RingCardDetails(number_shown="")) == "Ana López · Acme GmbH"


def test_the_body_has_the_deal_and_then_how_we_know() -> None:
    assert ring_card.ring_body(known(candidate(deals=(RENEWAL, PILOT))), style(), ring_card.RingCardDetails()).split("\n") == [
        "Renewal 2027 · €12,000 · Contract sent · closes 30 Nov  (+1 deal)",
        "last spoke 3 days ago · exact · HubSpot, 2 h old",
    ]


def test_a_card_says_only_what_is_known() -> None:
    never = candidate(deals=())
    never = replace(never, last_contacted=None)
    assert ring_card.ring_body(known(never), style(built_at=None), ring_card.RingCardDetails()) == "exact"
    assert deals_line((), style()) == ""


def test_more_deals_are_counted() -> None:
    assert deals_line((RENEWAL, PILOT, PILOT), style()).endswith("(+2 deals)")


def test_the_same_line_says_how_it_is_written_and_a_probable_one_says_so_first() -> None:
    assert "same line, written as 087 123 4567" in ring_card.ring_body(
        known(candidate(match=Match.SAME_LINE)), style(), ring_card.RingCardDetails()
    )
    probable = known(candidate(match=Match.PROBABLE))
    assert ring_card.ring_title(probable, style(), ring_card.RingCardDetails(number_shown="")) == "Probably Ana López · Acme GmbH"
    assert "probably: last 7 digits" in ring_card.ring_body(probable, style(), ring_card.RingCardDetails())


def test_people_who_share_a_number_are_named_company_first() -> None:
    assert (
        ring_card.ring_title(known(ANA, BEN), style(), ring_card.RingCardDetails(number_shown=""))
        == "Acme GmbH: Ana López or Ben Kim"
    )
    assert (
        ring_card.ring_title(known(ANA, BEN, candidate(contact_id="503")), style(), ring_card.RingCardDetails(number_shown=""))
        == "Acme GmbH: One of 3 people"
    )
    assert (
        ring_card.ring_title(known(ANA, candidate(company="Bolt")), style(), ring_card.RingCardDetails(number_shown=""))
        == "Ana López or Ana López"
    )


def test_an_unknown_caller_is_a_number_and_a_hidden_one_says_so() -> None:
    assert ring_card.ring_title(NOBODY, style(), ring_card.RingCardDetails(number_shown="+353 87 123 4567")) == "+353 87 123 4567"
    assert ring_card.ring_body(NOBODY, style(), ring_card.RingCardDetails()) == "not in the CRM"
    assert ring_card.ring_body(NOBODY, style(built_at=None), ring_card.RingCardDetails()) == "no contacts yet: callerid sync"
    assert ring_card.ring_title(HIDDEN, style(), ring_card.RingCardDetails(number_shown="")) == "Private number"
    assert ring_card.ring_body(HIDDEN, style(), ring_card.RingCardDetails()) == ""


def test_a_companys_switchboard_is_shown_as_one() -> None:
    switchboard = resolve("+4989", hidden=False, candidates=(), companies=(Company(id="1", name="Acme"),))
    assert ring_card.ring_title(switchboard, style(), ring_card.RingCardDetails(number_shown="")) == "Acme (switchboard)"
    shared = (Company(id="1", name="Acme"), Company(id="2", name="Bolt"))  # a parent and its subsidiary
    both = resolve("+4989", hidden=False, candidates=(), companies=shared)
    assert ring_card.ring_title(both, style(), ring_card.RingCardDetails(number_shown="")) == "Acme / Bolt (switchboard)"
    nameless = resolve("+4989", hidden=False, candidates=(), companies=(Company(id="1"), Company(id="2")))
    assert ring_card.ring_title(nameless, style(), ring_card.RingCardDetails(number_shown="+49 89")) == "+49 89"


def test_two_probable_people_are_nobody() -> None:
    two = known(candidate(match=Match.PROBABLE), candidate(match=Match.PROBABLE, contact_id="2"))
    assert two.candidates == ()


def test_discretion_keeps_names_deals_and_companies_off_the_screen() -> None:
    initials, nothing = style(discretion=Discretion.INITIALS), style(discretion=Discretion.NOTHING)
    assert ring_card.ring_title(known(), initials, ring_card.RingCardDetails(number_shown="")) == "A. L."
    assert ring_card.ring_title(known(), nothing, ring_card.RingCardDetails(number_shown="")) == "A known caller"
    assert ring_card.ring_body(known(), initials, ring_card.RingCardDetails()) == ""
    assert notifications.missed_body(call(CallType.MISSED, 0), known(), nothing) == "at 12:55"
    assert notifications.after_body(call(), known(), nothing) == "incoming, 3 min 12 s"
    assert notifications.shown_name(candidate("", ""), initials) == "A known caller"
    assert ring_card.spoken(known(), nothing) == ""


def test_a_contact_without_a_name_is_its_e_mail_address() -> None:
    nameless = candidate("", "")
    assert notifications.full_name(nameless, EN) == "a@b.c"
    assert notifications.full_name(candidate("", "López"), EN) == "López"
    assert notifications.full_name(replace(nameless, email=""), EN) == "(no name)"


def test_a_card_names_the_contacts_owner() -> None:
    own = replace(candidate(deals=()), owner=Owner(id="9", email="max@acme.io", first_name="Max", last_name="Own"))
    assert (
        ring_card.ring_body(known(own), style(), ring_card.RingCardDetails())
        == "last spoke 3 days ago · owner Max Own · exact · HubSpot, 2 h old"
    )
    nameless = replace(own, owner=Owner(id="9", email="max@acme.io"))
    assert "owner max@acme.io" in ring_card.ring_body(known(nameless), style(), ring_card.RingCardDetails())


def test_who_has_no_company_is_named_alone() -> None:
    assert notifications.who(candidate(company=""), style()) == "Ana López"


def test_a_missed_call_says_who_and_how_often() -> None:
    missed = call(CallType.MISSED, 0)
    assert notifications.missed_title(missed, known(), 1, style()) == "Missed: Ana López · Acme GmbH"
    assert notifications.missed_title(missed, known(), 3, style()) == "Missed (3): Ana López · Acme GmbH"
    assert notifications.missed_title(call(CallType.REJECTED, 0), known(), 1, style()) == "Declined: Ana López · Acme GmbH"
    assert notifications.missed_body(missed, known(), style()).startswith("at 12:55 · Renewal 2027")
    assert notifications.missed_body(missed, known(ANA, BEN), style()) == "at 12:55"


def test_the_question_after_a_call() -> None:
    assert notifications.after_title(known(), style()) == "Log call with Ana López?"
    assert notifications.after_title(known(candidate(match=Match.PROBABLE)), style()) == "Was it Ana López? Log the call"
    assert notifications.after_title(known(ANA, BEN), style()) == "Log call with Acme GmbH: Ana López or Ben Kim?"
    assert notifications.after_body(call(), known(), style()) == "incoming, 3 min 12 s · Renewal 2027"
    assert notifications.after_body(call(CallType.OUTGOING, 0), known(BEN), style()) == "outgoing, not answered"
    assert notifications.after_body(call(CallType.OUTGOING, 4000), known(BEN), style()) == "outgoing, 1 h 6 min"


def test_a_call_of_earlier_says_when_it_was_so_that_two_of_one_person_can_be_told_apart() -> None:
    earlier = replace(call(), start=call().start - timedelta(hours=2))
    assert notifications.after_body(earlier, known(), style()) == "incoming, 3 min 12 s · at 10:55 · Renewal 2027"
    yesterday = replace(call(CallType.MISSED, 0), start=call().start - timedelta(days=1))
    assert notifications.call_line(yesterday, style()).startswith("incoming, not answered · on ")
    assert notifications.missed_body(yesterday, known(ANA, BEN), style()).endswith(" at 12:55")


def test_a_call_that_nobody_took_is_not_said_to_have_lasted() -> None:
    said = {kind: notifications.call_line(call(kind, 0), style()) for kind in CallType}
    assert said[CallType.REJECTED] == "incoming, declined"
    assert said[CallType.VOICEMAIL] == "voicemail"
    assert said[CallType.INCOMING] == said[CallType.MISSED] == "incoming, not answered"
    assert not any("0 s" in line for line in said.values())


def test_what_is_spoken_is_one_sure_name() -> None:
    assert ring_card.spoken(known(), style()) == "Call from Ana López, Acme GmbH"
    assert ring_card.spoken(known(candidate(company="")), style()) == "Call from Ana López"
    assert ring_card.spoken(known(candidate(match=Match.PROBABLE)), style()) == ""


def test_in_japanese_the_family_name_comes_first() -> None:
    said = style(texts=JA)
    assert ring_card.ring_title(known(), said, ring_card.RingCardDetails(number_shown="")) == "López Ana · Acme GmbH"
    assert notifications.after_title(known(), said) == "López Anaさんとの通話を記録しますか？"
    assert "11月30日期限" in ring_card.ring_body(known(), said, ring_card.RingCardDetails())


def test_a_name_with_braces_or_percent_signs_is_text() -> None:
    odd = candidate("{first}", "%s {0}")
    assert ring_card.ring_title(known(odd), style(), ring_card.RingCardDetails(number_shown="")) == "{first} %s {0} · Acme GmbH"


@pytest.mark.parametrize(
    ("value", "currency", "shown"),
    [
        ("12000", "EUR", "€12,000"),
        ("12.5", "USD", "$12.50"),
        ("-3", "GBP", "-£3"),
        ("7", "CHF", "CHF 7"),
        ("7", "", "7"),
    ],
)
def test_amounts_are_short(value: str, currency: str, shown: str) -> None:
    assert times.amount(Decimal(value), currency) == shown


@pytest.mark.parametrize(
    ("back", "shown"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(seconds=-50), "just now"),
        (timedelta(minutes=9), "9 min ago"),
        (timedelta(hours=4), "4 h ago"),
        (timedelta(hours=20), "yesterday"),
        (timedelta(days=9), "9 days ago"),
    ],
)
def test_how_long_ago(back: timedelta, shown: str) -> None:
    assert times.ago(NOW - back, NOW, EN) == shown


@pytest.mark.parametrize(
    ("back", "shown"), [(timedelta(minutes=5), "5 min"), (timedelta(hours=30), "30 h"), (timedelta(days=5), "5 days")]
)
def test_how_old(back: timedelta, shown: str) -> None:
    assert times.age(NOW - back, NOW, EN) == shown


def test_a_date_of_another_year_has_its_year() -> None:
    assert times.day(date(2027, 1, 2), NOW.date(), EN) == "2 Jan 2027"
    assert times.duration(59, EN) == "59 s"


def test_every_language_has_every_text_with_the_same_places() -> None:
    import re

    for language in catalogue.LANGUAGES:
        own = catalogue._read(language)
        assert own.keys() == catalogue._read("en").keys()
        for name, text in own.items():
            places = set(re.findall(r"\{(\w+)\}", text))
            assert places <= set(re.findall(r"\{(\w+)\}", EN.texts[name])), (language, name)


def test_the_language_follows_the_setting_or_the_locale() -> None:
    assert catalogue.language_of("auto", "ja_JP.UTF-8") == "ja"
    assert catalogue.language_of("auto", "fr_FR.UTF-8") == "en"
    assert catalogue.language_of("ja", "en_US.UTF-8") == "ja"
