"""Exported people are read back by two independent libraries as they were."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st
from vcard.vcard_validator import VCard

from callerid.core.addressbook.people import Selection, address_card, select
from callerid.core.addressbook.vcard import AddressCard, CardNumber, Version, vcard
from callerid.models import Contact, ContactPhone, Owner
from tests.core.people import EN, JA, candidate

NASTY = (
    "",
    "Ana",
    "López; Ben",
    "a,b\\",
    "\\n",
    "Line 1\nLine 2",
    "山田太郎" * 12,
    "END:VCARD\r\nBEGIN:VCARD",
    "=1+1",
    "x" * 200,
    " padded ",
)
text = st.sampled_from(NASTY) | st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=90)


def card(**more: Any) -> AddressCard:
    return AddressCard(**{"uid": "callerid-1-2", "full_name": "Ana López"} | more)


def plain(value: str) -> str:
    return value.replace("\r\n", "\n").replace("\r", "\n")


@given(first=text, last=text, company=text)
def test_every_text_comes_back_as_it_was(first: str, last: str, company: str) -> None:
    numbers = (CardNumber(number="+353871234567", type="cell"), CardNumber(number="+4930555010", extension="12"))
    exported = card(first_name=first, last_name=last, full_name=f"{first} {last}", company=company, numbers=numbers)
    written = vcard(exported, Version.THREE)
    assert all(len(line.encode()) <= 75 for line in written.split("\r\n"))
    read = vobject.readOne(written)
    assert (read.n.value.given, read.n.value.family) == (plain(first), plain(last))
    assert read.fn.value == plain(f"{first} {last}")
    assert [tel.value for tel in read.tel_list] == ["+353871234567", "+4930555010,12"]
    assert read.categories.value == ["callerid"]
    assert [plain(company)] == (read.org.value if company else [""])


# Of a folded line the validator counts characters, where the RFC counts bytes.
@pytest.mark.parametrize("nasty", [text for text in NASTY if text.strip() and (text.isascii() or len(text) < 20)])
def test_a_strict_validator_accepts_every_card(nasty: str) -> None:
    exported = card(
        first_name=nasty,
        full_name=nasty,
        company=nasty,
        email="ana@example.org",
        numbers=(CardNumber(number="+353871234567", type="cell"),),
        url="https://app.hubspot.com/contacts/1/record/0-1/2",
        modified=datetime(2026, 11, 28, 12, tzinfo=UTC),
    )
    read = VCard(vcard(exported, Version.THREE))
    values = {each.name: each.values for each in read.properties}
    assert values["TEL"] == [["+353871234567"]]
    assert values["URL"] == [["https://app.hubspot.com/contacts/1/record/0-1/2"]]


def test_ten_thousand_people_come_back_from_one_file_without_loss() -> None:
    chance = random.Random(7)
    people = [
        card(uid=f"callerid-1-{n}", full_name=f"P{n} {chance.choice(NASTY)}".strip(), numbers=(CardNumber(number=f"+35387{n:07}"),))
        for n in range(10_000)
    ]
    for version in Version:
        file = "".join(vcard(each, version) for each in people)
        lines = [line for line in file.replace("\r\n ", "").split("\r\n") if line]
        assert lines.count("BEGIN:VCARD") == lines.count("END:VCARD") == 10_000
        assert [line[4:] for line in lines if line.startswith("UID:")] == [each.uid for each in people]
        assert [line[-13:] for line in lines if line.startswith("TEL")] == [each.numbers[0].number for each in people]
    some = people[::500]
    read = list(vobject.readComponents("".join(vcard(each, Version.THREE) for each in some)))
    assert [(each.uid.value, each.fn.value, each.tel.value) for each in read] == [
        (each.uid, plain(each.full_name), each.numbers[0].number) for each in some
    ]


def test_version_4_has_its_numbers_as_addresses() -> None:
    numbers = (
        CardNumber(number="+4930555010", extension="12"),
        CardNumber(number="+353871234567", type="cell"),
        CardNumber(number="110"),
    )
    lines = vcard(card(numbers=numbers, email="a@example.org"), Version.FOUR).split("\r\n")
    assert "TEL;VALUE=uri;TYPE=voice:tel:+4930555010;ext=12" in lines
    assert "TEL;VALUE=uri;TYPE=cell:tel:+353871234567" in lines
    assert "TEL;TYPE=VOICE:110" in lines
    assert "EMAIL:a@example.org" in lines


def exported(*raws: str) -> AddressCard | None:
    contact = Contact(id="1", phones=tuple(ContactPhone(property=f"p{n}", raw=raw) for n, raw in enumerate(raws)))
    return address_card(candidate(), contact, uid="u", url="", region="DE", texts=EN)


def test_every_number_of_a_person_is_exported_once_in_e164() -> None:
    found = exported("0171 5550123", "+49 171 555 01 23", "030 5550100 ext. 12 / 0171 5550199", "110")
    assert found
    assert [(each.number, each.extension) for each in found.numbers] == [
        ("+491715550123", ""),
        ("+49305550100", "12"),
        ("+491715550199", ""),
        ("110", ""),
    ]


def test_a_number_of_which_the_country_is_not_certain_is_exported_as_it_was_written() -> None:
    found = exported("(212) 100-0134", "+52 1 55 1234 5678")
    assert found
    assert [each.number for each in found.numbers] == ["2121000134", "+525512345678"]  # the second as it is dialled today


def test_a_fax_and_a_mobile_are_told_apart() -> None:
    contact = Contact(
        id="1", phones=(ContactPhone(property="fax", raw="+49 30 5550100"), ContactPhone(property="phone", raw="+49 171 5550123"))
    )
    found = address_card(candidate(), contact, uid="u", url="", region="DE", texts=EN)
    assert found
    assert [each.type for each in found.numbers] == ["fax", "cell"]


def test_a_person_without_a_number_is_not_exported_and_one_without_a_name_is_called_by_the_company() -> None:
    assert exported("ask reception", "*100#") is None  # which a phone would dial as a code
    nameless = candidate("", "")
    contact = Contact(id="1", phones=(ContactPhone(property="phone", raw="+49 171 5550123"),))
    found = address_card(nameless, contact, uid="u", url="", region="DE", texts=JA)
    assert found
    assert found.full_name == nameless.company


def test_people_are_chosen_by_owner_and_deal_and_the_last_contacted_come_first() -> None:
    mine = Owner(id="7", email="me@example.org")
    people = [
        replace(candidate(contact_id="1", deals=()), owner=mine, last_contacted=None),
        replace(candidate(contact_id="2"), owner=mine, last_contacted=datetime(2026, 1, 1, tzinfo=UTC)),
        replace(candidate(contact_id="3"), last_contacted=datetime(2026, 2, 1, tzinfo=UTC)),
    ]
    assert [each.id for each in select(people, Selection())] == ["3", "2", "1"]
    assert [each.id for each in select(people, Selection(owner_id="7"))] == ["2", "1"]
    assert [each.id for each in select(people, Selection(with_open_deal=True))] == ["3", "2"]
