"""What a text shows of people when it leaves the phone."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from callerid.core.upkeep.pseudonyms import KnownName, Pseudonyms, words_of

WORDS = frozenset(words_of("the call of with rang at in and note logged will connected kB ms call_log HubSpot"))
ANA = KnownName(kind="person", names=("Ana López", "López Ana"), numbers=("+353 87 123 4567",), mails=("ana@acme.example",))
ACME = KnownName(kind="company", names=("Acme & Sons Ltd",))


def masks(*known: KnownName) -> Pseudonyms:
    return Pseudonyms(known, WORDS)


def test_a_person_has_one_mask_however_name_number_and_mail_are_written() -> None:
    own = masks(ANA)
    assert own.mask("the call of Ana López") == "the call of [person 1]"
    assert own.mask("López, ana rang") == "[person 1] rang"
    assert own.mask("call 087-123 4567, (087) 1234567 and +353871234567") == (
        "call [number of person 1], [number of person 1] and [number of person 1]"
    )
    assert own.mask("note with Ana@Acme.example") == "note with [mail of person 1]"


def test_masks_count_in_the_order_in_which_people_are_met() -> None:
    other = KnownName(kind="person", names=("Ben Bolt",))
    assert masks(ANA, other).mask("Ben Bolt, Ana López, Ben Bolt") == "[person 1], [person 2], [person 1]"


def test_the_phone_s_own_name_for_a_number_is_the_same_person() -> None:
    saved = KnownName(kind="person", names=("Anita",), numbers=("0871234567",))
    assert masks(ANA, saved).mask("Anita and Ana López") == "[person 1] and [person 1]"


def test_a_company_is_masked_as_one_and_its_words_alone_too() -> None:
    assert masks(ACME).mask("at Acme & Sons Ltd") == "at [company 1]"
    assert masks(ACME).mask("at Acme") == "at [text 1]"


def test_what_nobody_knows_is_masked_alike_wherever_it_stands() -> None:
    own = masks()
    assert own.mask("the call of Zoë Quixote") == "the call of [text 1]"
    assert own.mask("with zoe QUIXOTE rang 0899 999 999") == "with [text 1] rang [number 1]"
    assert own.mask("[0899999999] at pat-na1-11111111-2222-3333") == "[[number 1]] at [secret 1]"
    assert own.mask("in who@where.example") == "in [mail 1]"


def test_what_says_nothing_of_anybody_stays() -> None:
    plain = "2026-11-28 21:36:11 call_log: 12 call, 200 in 345 ms at 21:36, 1,234 kB, 0.25 kB, 2026-11-28T21:36:11.5+00:00"
    assert masks(ANA).mask(plain) == plain


def test_a_name_that_is_an_ordinary_word_leaves_the_word_where_it_is_none() -> None:
    will = KnownName(kind="person", names=("Will",))
    assert masks(will).mask("Will will note the call") == "[person 1] will note the call"


def test_a_word_of_the_program_that_is_in_somebody_s_name_is_masked_where_it_begins_with_a_capital() -> None:
    known = KnownName(kind="person", names=("HubSpot Logged rang",))
    assert masks(known).mask("rang at HubSpot") == "rang at [text 1]"


def test_a_short_number_of_somebody_masks_no_count() -> None:
    assert masks(KnownName(kind="person", names=("1",), numbers=("1",))).mask("1 call") == "1 call"


@pytest.mark.parametrize(
    "name", ["प्रिया शर्मा", "田中 健二", "☎★☎", "O'Hara-Smith", "Nguye\u0302\u0303n", "a\x00b", "Ѕtranger", "q"]
)
def test_a_name_in_any_script_is_gone(name: str) -> None:
    known = KnownName(kind="person", names=(name,))
    for own in (masks(), masks(known)):
        text = own.mask(f"the call of {name} rang")
        assert text.startswith("the call of [")
        assert text.endswith("] rang")
        assert name not in text


def test_half_a_surrogate_pair_is_text_that_can_be_written() -> None:
    assert masks().mask("the \ud800Quixote rang").encode() == b"the ?[text 1] rang"


def test_json_keeps_its_numbers_and_its_form() -> None:
    value = {"call": [1234567, None, True, 0.5, "Ana López"], "Ana López": ("rang",)}
    assert masks(ANA).masked_json(value) == {"call": [1234567, None, True, 0.5, "[person 1]"], "[person 1]": ["rang"]}


def test_a_name_is_not_put_together_over_two_lines() -> None:
    assert masks(ANA).mask("Ana\nLópez") == "[text 1]\n[text 2]"
    assert masks().mask("Xaver\nYps") == "[text 1]\n[text 2]"


NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
NUMBERS = st.from_regex(r"\+?[0-9]{2,4}[ ./()-]{0,2}[0-9]{3,4}[ ./-]?[0-9]{2,5}", fullmatch=True)
TOKENS = st.from_regex(r"pat-(eu|na)1-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}", fullmatch=True)


@settings(max_examples=40)
@given(names=st.lists(NAMES, max_size=2), numbers=st.lists(NUMBERS, max_size=2), token=TOKENS, are_known=st.booleans())
@example(names=["the call"], numbers=["112 3456"], token="pat-na1-00000000-0000-0000", are_known=True)
@example(names=["𝓐𝓷𝓪", "A\u030a"], numbers=["+1 (212) 555 0100"], token="pat-na1-00000000-0000-0000", are_known=False)
def test_nothing_of_any_name_number_or_token_is_left_but_words_of_the_program(
    names: list[str], numbers: list[str], token: str, *, are_known: bool
) -> None:
    known = [KnownName(kind="person", names=(name,)) for name in names] + [KnownName(kind="person", numbers=tuple(numbers))]
    own = masks(*(known if are_known else []))
    for name in names:
        for number in numbers:
            text = own.mask(f"the call of {name} rang {number} at {token}: {number}, {name}")
            left = words_of(re.sub(r"\[[a-z ]+ \d+\]", " ", text))
            assert {word for word in left if not word.isdecimal() or len(word) > 3} <= WORDS
            assert number not in text
            assert token not in text
            assert len(max(re.findall(r"\d+", text), key=len, default="")) <= 3
