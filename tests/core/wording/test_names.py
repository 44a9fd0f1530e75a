"""Names in one line, as openly as the settings allow."""

from __future__ import annotations

from dataclasses import replace

import pytest

from callerid.core.followup.new_contact import ContactField, EnteredContact, entered_so_far, next_field_question
from callerid.core.wording.names import full_name, names_line, shown_name, with_company
from callerid.core.wording.style import Discretion
from callerid.models import Match
from callerid.models.name_order import parts_of
from tests.core.people import ANA, BEN, EN, JA, candidate, known, style


def test_a_contact_without_a_name_is_called_by_its_e_mail_address() -> None:
    nameless = candidate("", "")
    assert full_name(nameless, EN) == "a@b.c"
    assert full_name(candidate("", "López"), EN) == "López"
    assert full_name(replace(nameless, email=""), EN) == "(no name)"


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [
        ("太郎", "山田", "山田 太郎"),
        ("タロウ", "ヤマダ", "ヤマダ タロウ"),
        ("ﾀﾛｳ", "ﾔﾏﾀﾞ", "ﾔﾏﾀﾞ ﾀﾛｳ"),
        ("はなこ", "佐々木", "佐々木 はなこ"),
        ("민준", "김", "김 민준"),
        ("小明", "王", "王 小明"),
        ("Ana", "López", "Ana López"),
        ("Taro", "Yamada", "Taro Yamada"),
        ("Иван", "Петров", "Иван Петров"),
    ],
)
def test_in_any_language_the_family_name_comes_first_where_it_is_written_so(first: str, last: str, shown: str) -> None:
    assert full_name(candidate(first, last), JA) == shown
    assert full_name(candidate(first, last), EN) == shown  # also of what is written into the CRM
    assert parts_of(shown) == (first, last)


def test_a_contact_without_a_company_is_named_alone() -> None:
    assert with_company(candidate(company=""), style()) == "Ana López"


def test_initials_need_a_name() -> None:
    initials = style(discretion=Discretion.INITIALS)
    assert shown_name(ANA, initials) == "A. L."
    assert shown_name(candidate("", ""), initials) == "Known caller"


def test_candidates_who_share_a_number_are_named_company_first() -> None:
    assert names_line(known(ANA, BEN), style()) == "Acme GmbH: Ana López or Ben Kim"
    assert names_line(known(ANA, BEN, candidate(contact_id="503")), style()) == "Acme GmbH: One of 3 people"
    assert names_line(known(ANA, candidate(company="Bolt")), style()) == "Ana López"
    assert names_line(known(ANA, candidate()), style()) == "Ana López · Acme GmbH"


def test_two_probable_candidates_count_as_none() -> None:
    two = known(candidate(match=Match.PROBABLE), candidate(match=Match.PROBABLE, contact_id="2"))
    assert two.candidates == ()


def test_a_new_contact_whose_whole_name_is_typed_into_one_field_has_both_names() -> None:
    for field in (ContactField.FIRST_NAME, ContactField.LAST_NAME):
        entered = entered_so_far(((field, "山田 花子"),))
        assert entered
        assert (entered.first_name, entered.last_name) == ("花子", "山田")
    latin = entered_so_far(((ContactField.LAST_NAME, "López García"),))
    assert latin
    assert (latin.first_name, latin.last_name) == ("", "López García")


def test_a_name_that_is_to_be_kept_or_was_entered_before_is_not_divided() -> None:
    asked = tuple((str(field), "ジョン スミス" if field is ContactField.FIRST_NAME else "") for field in ContactField)
    nothing = tuple((field, "") for field, _ in asked)
    for entered in (
        next_field_question("", asked, style(), as_typed=True),
        next_field_question("", nothing, style(), earlier=asked),
        next_field_question("", asked, style(), earlier=asked),
    ):
        assert isinstance(entered, EnteredContact)
        assert (entered.first_name, entered.last_name) == ("ジョン スミス", "")
    divided = next_field_question("", asked, style())
    assert isinstance(divided, EnteredContact)
    assert (divided.first_name, divided.last_name) == ("スミス", "ジョン")
