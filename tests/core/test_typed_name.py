"""A name that somebody types finds the person as a human would: accents, capitals and order do not matter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callerid.core.callers.typed_name import Closeness, TypedName, folded, in_any_order


@pytest.mark.parametrize(
    ("typed", "first", "last", "closeness"),
    [
        ("lopez", "Ana", "López", Closeness.EXACT_WORDS),
        ("LÓPEZ ANA", "Ana", "López", Closeness.EXACT),
        ("López, Ana", "Ana", "López", Closeness.EXACT),
        ("López,  Ana", "", "López, Ana", Closeness.AS_TYPED),
        ("López, Ana", "López,", "Ana", Closeness.AS_TYPED),
        ("lóp", "Ana", "López", Closeness.BEGINNINGS),
        ("an lo", "Ana", "López", Closeness.BEGINNINGS),
        ("ópez", "Ana", "López", Closeness.NONE),
        ("ana maria", "Ana María", "López Díaz", Closeness.EXACT_WORDS),
        ("diaz", "Ana María", "López Díaz", Closeness.EXACT_WORDS),
        ("soren", "Søren", "Novák", Closeness.EXACT_WORDS),
        ("strasse", "Karl", "Straße", Closeness.EXACT_WORDS),
        ("петрова НИНА", "Нина", "Петрова", Closeness.EXACT),
        ("山田太郎", "太郎", "山田", Closeness.EXACT),
        ("太郎山田", "太郎", "山田", Closeness.EXACT),
        ("山田", "太郎", "山田", Closeness.EXACT_WORDS),
        ("田太", "太郎", "山田", Closeness.BEGINNINGS),
        ("山田 太郎", "", "山田太郎", Closeness.EXACT),
        ("ジョンスミス", "ジョン・スミス", "", Closeness.WHOLE),
        ("ﾔﾏﾀﾞ", "", "ヤマダ", Closeness.EXACT),
        ("ヤマタ", "", "ヤマダ", Closeness.NONE),
        ("", "Ana", "López", Closeness.NONE),
        ("ana", "", "", Closeness.NONE),
        (",", "Ana", "", Closeness.NONE),
        ("Jean-Luc Picard", "Jean\u2011Luc", "Picard", Closeness.EXACT),  # they look the same
        ("Jean Luc Picard", "Jean\u2011Luc", "Picard", Closeness.WHOLE),
        ("Anna Maria Huber", "Anna-Maria", "Huber", Closeness.WHOLE),
        ("anna-m", "Anna Maria", "Huber", Closeness.BEGINNINGS),
        ("Herr Karl", "(Herr)", "Karl", Closeness.WHOLE),
        ("Bob Ross", "“Bob”", "Ross", Closeness.WHOLE),
        ('"Bob" Ross', "“Bob”", "Ross", Closeness.EXACT),
        ("D'Arcy", "", "D\u02bcArcy", Closeness.EXACT),
        ("D’Arcy", "", "D'Arcy", Closeness.EXACT),
        ("D\u00b4Arcy", "", "D'Arcy", Closeness.EXACT),
        ("OHara", "Pat", "O'Hara", Closeness.WORDS),
        ("O'Hara", "Pat", "OHara", Closeness.WORDS),
        ("Ana", "Anabel", "Ruiz", Closeness.BEGINNINGS),
        ("Ana", "Ana-Bel", "Ruiz", Closeness.WORDS),
        ("Ana López", "", "López, Ana", Closeness.WHOLE),
        ("Anna\u00adMaria", "Annamaria", "", Closeness.EXACT),  # a hyphen that is not seen
        ("צהל", "", "צה״ל", Closeness.WHOLE),
        ("Ana", "Ana 🏠", "", Closeness.WHOLE),
        ("❤", "❤", "", Closeness.EXACT),
        ("-", "Ana-Bel", "", Closeness.NONE),
        ("Gallina", "", "Gal·lina", Closeness.WHOLE),
        ("Ana Ana", "Ana", "López", Closeness.EXACT_WORDS),
        ("ana@example.com", "Ana", "Example Com", Closeness.NONE),
        ("ana@example.com", "", "(ana@example.com)", Closeness.WHOLE),
    ],
)
def test_how_a_typed_name_fits_a_persons(typed: str, first: str, last: str, closeness: Closeness) -> None:
    assert TypedName(typed).closeness(first, last) is closeness


def test_a_name_is_the_same_however_it_is_written() -> None:
    assert {folded(name) for name in ("Ana  López", "ANA LOPEZ", "Ａｎａ Lo\u0301pez")} == {"ana lopez"}


def test_a_name_in_another_order_or_without_its_blank_is_the_same_in_any_order() -> None:
    assert {in_any_order(name) for name in ("Taro Sato", "Sato, Taro", "SATO  taro")} == {"sato taro"}
    assert {in_any_order(name) for name in ("佐藤 一郎", "佐藤\u3000一郎", "佐藤一郎")} == {"佐藤一郎"}


@given(st.text(max_size=20), st.text(max_size=20))
def test_a_name_typed_as_it_is_written_is_exact_and_marks_never_join_two_words(first: str, last: str) -> None:
    if folded(f"{first} {last}".replace(",", " ")):
        assert TypedName(f"{first} {last}").closeness(first, last) <= Closeness.WHOLE
    assert folded(folded(first)) == folded(first)
