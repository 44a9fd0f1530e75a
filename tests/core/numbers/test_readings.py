"""How a raw number is read: exact means proven, and what surrounds a number is not part of it."""

from __future__ import annotations

import random

import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat

from callerid.core import numbers
from callerid.core.numbers.field_numbers import find_numbers
from callerid.core.numbers.text import spreadsheets
from callerid.core.numbers.text.addresses import unwrap
from callerid.core.numbers.text.extensions import split_extension
from callerid.models import Match
from tests.accuracy.pairs import by_callerid, handed_pairs, tally


def test_no_known_pair_names_a_wrong_person_and_hardly_any_is_missed() -> None:
    pairs = tuple(handed_pairs())
    counts = tally(pairs, by_callerid)
    verdicts = {verdict: sum(count for (_, found), count in counts.items() if found == verdict) for _, verdict in counts}
    assert len(pairs) > 6_500
    assert verdicts.get("wrong person", 0) == 0
    assert verdicts["missed"] <= 0.01 * sum(pair.truth == "same" for pair in pairs)
    changed = tally((pair for pair in pairs if pair.is_digit_changed), by_callerid)
    assert {verdict for _, verdict in changed} == {"right"}


def test_one_digit_changed_is_another_line_in_every_region() -> None:
    """Digits of the country code are left alone: a country may have got a new one, as Kosovo has."""
    draw = random.Random(16)
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for kind in (phonenumbers.PhoneNumberType.FIXED_LINE, phonenumbers.PhoneNumberType.MOBILE):
            number = phonenumbers.example_number_for_type(region, kind)
            if number is None:
                continue
            plain = phonenumbers.format_number(number, PhoneNumberFormat.E164)
            national = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
            for place in range(len(str(number.country_code)) + 2, len(plain)):
                digit = draw.choice([d for d in "0123456789" if d != plain[place]])
                other = plain[:place] + digit + plain[place + 1 :]
                for written in (plain, national):
                    assert numbers.match(other, written, region).match is Match.NONE, (region, other, written)


def test_no_random_local_number_is_surely_a_line_of_another_area() -> None:
    draw = random.Random(89)
    for _ in range(500):
        local = f"{draw.choice('89')}{draw.randrange(10**6, 10**7)}"
        assert numbers.match(local, f"+49{local}", "DE").match in (Match.PROBABLE, Match.NONE), local


@pytest.mark.parametrize(
    ("a", "b", "region", "match"),
    [
        ("89123456", "+4989123456", "DE", Match.PROBABLE),
        ("12349", "+4912349", "DE", Match.PROBABLE),
        ("089123456", "+4989123456", "DE", Match.EXACT),
        ("89123456", "89123456", "DE", Match.EXACT),
        ("4915123978495", "+4915123978495", "DE", Match.PROBABLE),
        ("447911123456", "+447911123456", "DE", Match.PROBABLE),
        ("49(0)3456789012", "+493456789012", "DE", Match.PROBABLE),
        ("4915123978495.0", "+4915123978495", "DE", Match.PROBABLE),
        ("112684682036", "+12684682036", "AG", Match.NONE),
        ("753719", "+441481753719", "GG", Match.PROBABLE),
        ("3163156", "+12423163156", "US", Match.NONE),
        ("3163156", "+12423163156", "BS", Match.PROBABLE),
        ("00447911123456", "+447911123456", "US", Match.PROBABLE),
        ("00447911123456", "+447911123456", "DE", Match.EXACT),
        ("679-555-0142 (cell)", "+16795550142", "US", Match.EXACT),
    ],
)
def test_exact_means_that_nothing_had_to_be_assumed(a: str, b: str, region: str, match: Match) -> None:
    result = numbers.match(a, b, region)
    assert result.match is match, result.why
    assert numbers.match(b, a, region).match is match


EXTENSIONS = (
    ",,12#",
    ";12",
    " #12",
    " 内線12",
    " App. 12",
    " DW 12",
    " Kl. 12",
    " poste 12",
    " Durchwahl 12",
    " доб. 12",
    " x12",
    "p12",
)


@pytest.mark.parametrize(
    "written", [*EXTENSIONS, ";ext=12", " ext. 12", " (ext 12)", " int. 12", " ramal 12", " 내선 12", " 分机12"]
)
def test_an_extension_is_part_of_the_line_however_it_is_written(written: str) -> None:
    desk = f"+49 30 1234567{written}"
    assert numbers.match(desk, "030 1234567 x12", "DE").match is Match.EXACT
    assert numbers.match(desk, "+49301234567", "DE").match is Match.PROBABLE
    assert numbers.match(desk, f"+49 30 1234567{written.replace('12', '13')}", "DE").match is Match.NONE
    assert [numbers.e164(number, "DE") for number in find_numbers(desk, "DE")] == ["+49301234567"]


@pytest.mark.parametrize("code", ["*100#", "*100*1#12", "*#06#", "1-800-FLOWERS", "030 1234567-12"])
def test_what_only_looks_like_an_extension_is_not_one(code: str) -> None:
    assert split_extension(code) == (code, "")


@pytest.mark.parametrize(
    "address",
    [
        "sip:+49892262262@ims.mnc001.mcc262.3gppnetwork.org;user=phone",
        "sip:+49892262262@ims.example",
        "sips:+49892262262:secret@x",
        "<sip:+49892262262@example.invalid>",
        '"Ana" <sip:+49892262262@x>;tag=1',
        "sip:0892262262@x;user=phone",
        "tel:+49892262262;cpc=ordinary",
        "tel:+49-89-2262262;verstat=TN-Validation-Passed",
        "tel:%2B49892262262",
        "tel:2262262;phone-context=+4989",
        "+49892262262;npdi;rn=+49123",
    ],
)
def test_an_address_matches_as_the_number_in_it(address: str) -> None:
    assert numbers.match(address, "+49892262262", "DE").match is Match.EXACT


@pytest.mark.parametrize(
    "hidden",
    ["tel:anonymous", '"Anonymous" <sip:anonymous@anonymous.invalid>', "ID withheld", "Coverage area unavailable", "P", "O", "-2"],
)
def test_a_word_or_address_for_a_hidden_number_is_not_a_number(hidden: str) -> None:
    assert numbers.is_hidden(hidden)
    assert numbers.index_keys(hidden, "US") == ()


def test_an_address_without_a_number_equals_only_itself() -> None:
    assert unwrap("sip:bob2262262@example.org") == "sip:bob2262262@example.org"
    assert numbers.match("sip:bob2262262@example.org", "2262262", "DE").match is Match.NONE
    assert numbers.match("sip:bob@example.org", "SIP:Bob@example.org", "DE").match is Match.EXACT


@pytest.mark.parametrize(
    ("dialled", "number", "region"),
    [
        ("186 090-1399-6112", "+819013996112", "JP"),
        ("18409013996112", "+819013996112", "JP"),
        ("*67 212 513 9961", "+12125139961", "US"),
        ("*82-604-555-0142", "+16045550142", "CA"),
        ("141 020 7946 0018", "+442079460018", "GB"),
        ("1470 02079460018", "+442079460018", "GB"),
        ("3651 01 23 45 67 89", "+33123456789", "FR"),
        ("*31#030 1234567", "+49301234567", "DE"),
        ("#31#+49301234567", "+49301234567", "US"),
        ("17951 138 0013 1399", "+8613800131399", "CN"),
        ("0 15 11 3888 8888", "+551138888888", "BR"),
        ("0 9 601 234 5678", "+576012345678", "CO"),
    ],
)
def test_a_dialled_prefix_is_not_part_of_the_number(dialled: str, number: str, region: str) -> None:
    assert numbers.match(dialled, number, region).match in (Match.EXACT, Match.SAME_LINE)


@pytest.mark.parametrize(
    ("old", "today", "region", "match"),
    [
        ("+229 97 12 34 56", "+2290197123456", "BJ", Match.SAME_LINE),
        ("+84 165 123 4567", "+84351234567", "VN", Match.SAME_LINE),
        ("0120 123 4567", "+84701234567", "VN", Match.SAME_LINE),
        ("0121 123 4567", "+84791234567", "VN", Match.SAME_LINE),
        ("0122 123 4567", "+84771234567", "VN", Match.SAME_LINE),
        ("0126 123 4567", "+84761234567", "VN", Match.SAME_LINE),
        ("0128 123 4567", "+84781234567", "VN", Match.SAME_LINE),
        ("0123 123 4567", "+84831234567", "VN", Match.SAME_LINE),
        ("0127 123 4567", "+84811234567", "VN", Match.SAME_LINE),
        ("0129 123 4567", "+84821234567", "VN", Match.SAME_LINE),
        ("0186 123 4567", "+84561234567", "VN", Match.SAME_LINE),
        ("0199 123 4567", "+84591234567", "VN", Match.SAME_LINE),
        ("0549 883533", "+3780549883533", "IT", Match.SAME_LINE),
        ("+39 0549 883533", "+378 883533", "IT", Match.SAME_LINE),
        ("+54 9 11 15 2345 6789", "+5491123456789", "AR", Match.SAME_LINE),
        ("+54 9 2982 15 123456", "+5492982123456", "AR", Match.SAME_LINE),
        ("+377 44 123 456", "+38344123456", "XK", Match.PROBABLE),
        ("+386 49 123 456", "+38349123456", "XK", Match.PROBABLE),
        ("+381 38 123 456", "+38338123456", "XK", Match.PROBABLE),
        ("+225 07 08 09 10", "+2250107080910", "CI", Match.PROBABLE),
        ("+52 1 55 1234 5678", "+525512345678", "MX", Match.SAME_LINE),
        ("044 55 1234 5678", "+525512345678", "MX", Match.SAME_LINE),
        ("+55 11 8888 8888", "+5511988888888", "BR", Match.SAME_LINE),
        ("+57 1 234 5678", "+576012345678", "CO", Match.SAME_LINE),
    ],
)
def test_a_number_of_an_earlier_plan_matches_todays(old: str, today: str, region: str, match: Match) -> None:
    result = numbers.match(old, today, region)
    assert result.match is match
    assert result.why
    assert set(numbers.index_keys(old, region)) & set(numbers.index_keys(today, region))


@pytest.mark.parametrize(
    ("region", "text", "expected"),
    [
        ("US", "679-555-0142 (cell)", ["+16795550142"]),
        ("GB", "m: 07911 123456 w: 020 7946 0020", ["+447911123456", "+442079460020"]),
        ("GB", "1. 020 7946 0020; 2. 020 7946 0021", ["+442079460020", "+442079460021"]),
        ("GB", "(1) 020 7946 0020 (2) 020 7946 0021", ["+442079460020", "+442079460021"]),
        ("GB", "020 7946 0019 24/7", ["+442079460019"]),
        ("DE", "030 1234567/68", ["+49301234567", "+49301234568"]),
        ("DE", "Büro: 030 1000006, Mobil: 0171 1000006", ["+49301000006", "+491711000006"]),
        ("AT", "01 4867251 DW 12, mobil 0664 1234567", ["+4314867251", "+436641234567"]),
        ("DE", "Tel 1 030 1234567 Tel 2 030 1234568", ["+49301234567", "+49301234568"]),
        ("GB", "020 7946 0019 (ask for Jo, room 24)", ["+442079460019"]),
        ("US", "(1) 212 555 0142", ["+12125550142"]),
        ("DE", "4.91512E+12", []),
    ],
)
def test_words_counts_and_list_marks_are_not_part_of_a_number(region: str, text: str, expected: list[str]) -> None:
    assert [numbers.e164(number, region) for number in find_numbers(text, region)] == expected


@pytest.mark.parametrize(
    ("written", "restored"),
    [
        ("491714445563.0", "491714445563"),
        ("491714445562,0", "491714445562"),
        ("3.108207120E9", "3108207120"),
        ("3.10820712E9", "3108207120"),
        ('="+491714445561"', "+491714445561"),
        ("'+491714445560", "+491714445560"),
        ("4.91512E+12", ""),
        ("4,91713E+12", ""),
        ("########", ""),
    ],
)
def test_a_number_that_a_spreadsheet_reshaped_is_read_and_a_destroyed_one_is_not(written: str, restored: str) -> None:
    assert spreadsheets.may_be(written)
    assert spreadsheets.restored(written) == restored
    assert spreadsheets.is_destroyed(written) == (not restored)
