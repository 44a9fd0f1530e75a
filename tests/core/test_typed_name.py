"""A name that somebody types finds the person as a human would: accents, capitals and order do not matter."""

from __future__ import annotations

import pytest

from callerid.core.callers.typed_name import Closeness, TypedName, folded


@pytest.mark.parametrize(
    ("typed", "first", "last", "closeness"),
    [
        ("lopez", "Ana", "López", Closeness.WORDS),
        ("LÓPEZ ANA", "Ana", "López", Closeness.WHOLE),
        ("López, Ana", "Ana", "López", Closeness.WHOLE),
        ("lóp", "Ana", "López", Closeness.BEGINNINGS),
        ("an lo", "Ana", "López", Closeness.BEGINNINGS),
        ("ópez", "Ana", "López", Closeness.NONE),
        ("ana maria", "Ana María", "López Díaz", Closeness.WORDS),
        ("diaz", "Ana María", "López Díaz", Closeness.WORDS),
        ("soren", "Søren", "Novák", Closeness.WORDS),
        ("strasse", "Karl", "Straße", Closeness.WORDS),
        ("петрова НИНА", "Нина", "Петрова", Closeness.WHOLE),
        ("山田太郎", "太郎", "山田", Closeness.WHOLE),
        ("太郎山田", "太郎", "山田", Closeness.WHOLE),
        ("山田", "太郎", "山田", Closeness.WORDS),
        ("田太", "太郎", "山田", Closeness.BEGINNINGS),
        ("ﾔﾏﾀﾞ", "", "ヤマダ", Closeness.WHOLE),
        ("ヤマタ", "", "ヤマダ", Closeness.NONE),
        ("", "Ana", "López", Closeness.NONE),
        ("ana", "", "", Closeness.NONE),
        (",", "Ana", "", Closeness.NONE),
    ],
)
def test_how_a_typed_name_fits_a_persons(typed: str, first: str, last: str, closeness: Closeness) -> None:
    assert TypedName(typed).closeness(first, last) is closeness


def test_a_name_is_the_same_however_it_is_written() -> None:
    assert {folded(name) for name in ("Ana  López", "ANA LOPEZ", "Ａｎａ Lo\u0301pez")} == {"ana lopez"}
