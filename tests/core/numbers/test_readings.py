"""How a raw number is read: exact means proven, and what surrounds a number is not part of it."""

from __future__ import annotations

import random
import re

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat

from callerid.core import numbers
from callerid.core.numbers.earlier_plans import CHANGES, Rule
from callerid.core.numbers.fields import find_numbers
from callerid.core.numbers.library import is_valid
from callerid.core.numbers.text import spreadsheets
from callerid.core.numbers.text.addresses import unwrap
from callerid.core.numbers.text.extensions import split_extension
from callerid.models import Match
from tests.accuracy.pairs import by_callerid, known_pairs, tally


def test_no_known_pair_names_a_wrong_person_and_hardly_any_is_missed() -> None:
    pairs = tuple(known_pairs())
    counts = tally(pairs, by_callerid)
    verdicts = {verdict: sum(count for (_, counted), count in counts.items() if counted == verdict) for _, verdict in counts}
    assert len(pairs) > 6_500
    assert verdicts.get("wrong person", 0) == 0
    assert verdicts.get("missed", 0) <= 0.01 * sum(pair.truth == "same" for pair in pairs)
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
        ("116713001234", "+16713001234", "GU", Match.NONE),
        ("1 1 671 300 1234", "+16713001234", "GU", Match.NONE),
        ("1167 300 1234", "+16713001234", "GU", Match.PROBABLE),
        ("1 671 300 1234", "+16713001234", "GU", Match.EXACT),
        ("18 12345", "+3581812345", "AX", Match.PROBABLE),
        ("018 12345", "+3581812345", "AX", Match.EXACT),
        ("468123456", "+468123456", "AX", Match.PROBABLE),
        ("+57 (0) 300 123 4567", "+573001234567", "CO", Match.EXACT),
        ("+57 (0) 601 234 5678", "+576012345678", "CO", Match.EXACT),
        ("+34 (0) 912 345 678", "+34912345678", "ES", Match.EXACT),
        ("+39 (0) 6 1234 5678", "+390612345678", "IT", Match.EXACT),
        ("+39 (0) 312 345 6789", "+390312345678", "IT", Match.NONE),
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


@pytest.mark.parametrize("code", ["*100#", "*100*1#12", "*#06#", "123*45", "1-800-FLOWERS", "030 1234567-12"])
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
        ("0171 946 0020", "+442079460020", "GB", Match.SAME_LINE),
        ("+44 181 946 0020", "+442089460020", "GB", Match.SAME_LINE),
        ("01705 123456", "+442392123456", "GB", Match.SAME_LINE),
        ("01703 123456", "+442380123456", "GB", Match.SAME_LINE),
        ("01203 123456", "+442476123456", "GB", Match.SAME_LINE),
        ("01222 123456", "+442920123456", "GB", Match.SAME_LINE),
        ("8 (067) 123 4567", "+380671234567", "UA", Match.SAME_LINE),
        ("8 044 123 4567", "+380441234567", "UA", Match.SAME_LINE),
        ("0710 312 3456", "+842923123456", "VN", Match.SAME_LINE),
        ("0650 312 3456", "+842743123456", "VN", Match.SAME_LINE),
        ("061 312 3456", "+842513123456", "VN", Match.SAME_LINE),
        ("056 312 3456", "+842563123456", "VN", Match.PROBABLE),
        ("076 312 3456", "+842963123456", "VN", Match.PROBABLE),
        ("067 312 3456", "+842773123456", "VN", Match.SAME_LINE),
        ("067 212 3456", "+842772123456", "VN", Match.PROBABLE),
        ("9876 5432", "+56998765432", "CL", Match.PROBABLE),
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
        ("+7 095 123 45 67", "+74951234567", "RU", Match.SAME_LINE),
        ("+7 011 212 34 56", "+74012123456", "RU", Match.SAME_LINE),
        ("+7 3272 123456", "+77272123456", "KZ", Match.SAME_LINE),
        ("010 123 4567", "+201001234567", "EG", Match.SAME_LINE),
        ("016 123 4567", "+201061234567", "EG", Match.SAME_LINE),
        ("011 123 4567", "+201111234567", "EG", Match.SAME_LINE),
        ("+20 18 123 4567", "+201281234567", "EG", Match.SAME_LINE),
        ("+20 150 123 4567", "+201201234567", "EG", Match.PROBABLE),
        ("+56 2 671 1234", "+56226711234", "CL", Match.SAME_LINE),
        ("+56 65 350009", "+56652350009", "CL", Match.PROBABLE),
        ("+63 2 812 3456", "+63288123456", "PH", Match.PROBABLE),
        ("+66 9 123 4567", "+66891234567", "TH", Match.SAME_LINE),
        ("+66 1 812 3456", "+66818123456", "TH", Match.PROBABLE),
        ("04 3825 1234", "+842438251234", "VN", Match.SAME_LINE),
        ("+84 511 382 1234", "+842363821234", "VN", Match.SAME_LINE),
        ("+84 8 3825 1234", "+842838251234", "VN", Match.PROBABLE),
        ("+84 31 382 1234", "+842253821234", "VN", Match.PROBABLE),
        ("+212 22 12 34 56", "+212522123456", "MA", Match.SAME_LINE),
        ("+212 61 12 34 56", "+212661123456", "MA", Match.SAME_LINE),
        ("+212 64 12 34 56", "+212664123456", "MA", Match.SAME_LINE),
        ("+213 61 12 34 56", "+213661123456", "DZ", Match.SAME_LINE),
        ("+222 630 12 34", "+22236301234", "MR", Match.SAME_LINE),
        ("+222 525 12 34", "+22245251234", "MR", Match.SAME_LINE),
        ("+222 250 12 34", "+22222501234", "MR", Match.SAME_LINE),
        ("+228 221 23 45", "+22822212345", "TG", Match.SAME_LINE),
        ("+228 901 23 45", "+22890012345", "TG", Match.PROBABLE),
        ("+230 781 2345", "+23057812345", "MU", Match.SAME_LINE),
        ("+233 21 234666", "+233302234666", "GH", Match.SAME_LINE),
        ("051 23456", "+233322023456", "GH", Match.SAME_LINE),
        ("+237 75 12 34 56", "+237675123456", "CM", Match.SAME_LINE),
        ("+237 22 12 34 56", "+237222123456", "CM", Match.PROBABLE),
        ("+241 06 11 11 11", "+24166111111", "GA", Match.PROBABLE),
        ("+241 07 28 01 50", "+24177280150", "GA", Match.PROBABLE),
        ("+242 551 1234", "+242055511234", "CG", Match.SAME_LINE),
        ("+242 281 2345", "+242222812345", "CG", Match.SAME_LINE),
        ("+242 911 1234", "+242069111234", "CG", Match.PROBABLE),
        ("+248 32 12 34", "+2484321234", "SC", Match.SAME_LINE),
        ("+248 51 23 45", "+2482512345", "SC", Match.SAME_LINE),
        ("+250 08301234", "+250788301234", "RW", Match.SAME_LINE),
        ("+250 572123", "+250255572123", "RW", Match.PROBABLE),
        ("+260 1 246702", "+260211246702", "ZM", Match.SAME_LINE),
        ("+260 99 763196", "+260979763196", "ZM", Match.SAME_LINE),
        ("+268 404 1234", "+26824041234", "SZ", Match.SAME_LINE),
        ("+268 601 2345", "+26876012345", "SZ", Match.SAME_LINE),
        ("+371 712 3456", "+37167123456", "LV", Match.SAME_LINE),
        ("+371 912 3456", "+37129123456", "LV", Match.SAME_LINE),
        ("+381 81 234567", "+38220234567", "ME", Match.SAME_LINE),
        ("+382 81 234567", "+38220234567", "ME", Match.SAME_LINE),
        ("+381 69 123456", "+38269123456", "ME", Match.PROBABLE),
        ("+503 222 1234", "+50322221234", "SV", Match.SAME_LINE),
        ("+503 812 3456", "+50378123456", "SV", Match.SAME_LINE),
        ("+504 232 1234", "+50422321234", "HN", Match.SAME_LINE),
        ("+504 991 2345", "+50499912345", "HN", Match.SAME_LINE),
        ("+504 812 3456", "+50498123456", "HN", Match.PROBABLE),
        ("552-2569", "+50525522569", "NI", Match.SAME_LINE),
        ("463-1689", "+50584631689", "NI", Match.SAME_LINE),
        ("247-4747", "+50622474747", "CR", Match.SAME_LINE),
        ("383-1234", "+50683831234", "CR", Match.SAME_LINE),
        ("09 436 4161", "+593994364161", "EC", Match.SAME_LINE),
        ("+598 312 4329", "+59843124329", "UY", Match.PROBABLE),
        ("628 8327", "+59826288327", "UY", Match.PROBABLE),
        ("081 234567", "+38220234567", "ME", Match.SAME_LINE),
        ("022 12 34 56", "+212522123456", "MA", Match.SAME_LINE),
        ("+212 44 12 34 56", "+212524123456", "MA", Match.PROBABLE),
        ("+250 572123", "+250250572123", "RW", Match.PROBABLE),
        ("8 095 123 45 67", "+74951234567", "RU", Match.SAME_LINE),
        ("5421234", "+59995421234", "CW", Match.PROBABLE),
        ("75123456", "+56975123456", "CL", Match.PROBABLE),
        ("+599 542 1234", "+17215421234", "SX", Match.PROBABLE),
        ("+670 723 1234", "+67077231234", "TL", Match.SAME_LINE),
        ("+689 42 12 34", "+68940421234", "PF", Match.PROBABLE),
        ("+965 241 2345", "+96522412345", "KW", Match.PROBABLE),
        ("01 412 3456", "+966114123456", "SA", Match.SAME_LINE),
        ("485 6986", "+97444856986", "QA", Match.SAME_LINE),
        ("+974 315 2145", "+97433152145", "QA", Match.PROBABLE),
        ("+51 1 9876 5432", "+51998765432", "PE", Match.PROBABLE),
        ("+221 869 03 69", "+221338690369", "SN", Match.PROBABLE),
        ("+226 50 33 27 05", "+22625332705", "BF", Match.PROBABLE),
        ("+235 620 12 34", "+23566201234", "TD", Match.PROBABLE),
        ("+995 77 12 34 56", "+995577123456", "GE", Match.SAME_LINE),
        ("+995 32 76 12 34", "+995322761234", "GE", Match.SAME_LINE),
        ("01 234 56 78", "+41442345678", "CH", Match.SAME_LINE),
        ("+41 1 234 56 78", "+41442345678", "CH", Match.SAME_LINE),
        ("+30 1 801 2345", "+302108012345", "GR", Match.SAME_LINE),
        ("010 801 2345", "+302108012345", "GR", Match.SAME_LINE),
        ("031 212345", "+302310212345", "GR", Match.SAME_LINE),
        ("+30 310 212345", "+302310212345", "GR", Match.SAME_LINE),
        ("0221 22345", "+302221022345", "GR", Match.SAME_LINE),
        ("0977 123456", "+306977123456", "GR", Match.SAME_LINE),
        ("02 345678", "+35722345678", "CY", Match.SAME_LINE),
        ("+357 9 612345", "+35799612345", "CY", Match.SAME_LINE),
        ("234567", "+35621234567", "MT", Match.SAME_LINE),
        ("0945 6789", "+35699456789", "MT", Match.SAME_LINE),
        ("01 345 6789", "+351213456789", "PT", Match.SAME_LINE),
        ("+351 91 223456", "+351291223456", "PT", Match.SAME_LINE),
        ("0936 234 5678", "+351962345678", "PT", Match.SAME_LINE),
        ("345678", "+85328345678", "MO", Match.SAME_LINE),
        ("661 2345", "+85366612345", "MO", Match.SAME_LINE),
        ("+853 397 8123", "+85383978123", "MO", Match.SAME_LINE),
        ("+223 224 52 77", "+22320245277", "ML", Match.PROBABLE),
        ("+223 282 05 94", "+22321820594", "ML", Match.PROBABLE),
        ("+223 637 06 32", "+22376370632", "ML", Match.PROBABLE),
        ("+502 234 5678", "+50222345678", "GT", Match.SAME_LINE),
        ("+502 401 2345", "+50254012345", "GT", Match.SAME_LINE),
        ("+502 631 2345", "+50266312345", "GT", Match.SAME_LINE),
        ("+502 776 1234", "+50277761234", "GT", Match.SAME_LINE),
        ("72345", "+35020072345", "GI", Match.SAME_LINE),
        ("+509 222 1234", "+50922221234", "HT", Match.SAME_LINE),
        ("+509 412 3456", "+50934123456", "HT", Match.SAME_LINE),
        ("+509 881 2345", "+50998812345", "HT", Match.SAME_LINE),
        ("734 5678", "+6567345678", "SG", Match.SAME_LINE),
        ("01 234 567", "+21671234567", "TN", Match.SAME_LINE),
        ("+239 222345", "+2392222345", "ST", Match.SAME_LINE),
        ("+239 912345", "+2399912345", "ST", Match.PROBABLE),
        ("+240 091234", "+240333091234", "GQ", Match.SAME_LINE),
        ("+240 212345", "+240222212345", "GQ", Match.SAME_LINE),
        ("0251 771 2345", "+982537712345", "IR", Match.PROBABLE),
        ("+269 61 12 34", "+262269611234", "YT", Match.PROBABLE),
        ("+269 63 92 34", "+262639639234", "YT", Match.PROBABLE),
        ("+590 82 12 34", "+590590821234", "GP", Match.PROBABLE),
        ("65 12 34", "+590690651234", "GP", Match.PROBABLE),
        ("+594 31 12 34", "+594594311234", "GF", Match.PROBABLE),
        ("+596 60 12 34", "+596596601234", "MQ", Match.PROBABLE),
        ("+262 20 12 34", "+262262201234", "RE", Match.PROBABLE),
        ("+591 2 372323", "+59122372323", "BO", Match.SAME_LINE),
        ("01 234 5678", "+40212345678", "RO", Match.SAME_LINE),
        ("+40 64 123456", "+40264123456", "RO", Match.SAME_LINE),
        ("+249 912 345678", "+211912345678", "SS", Match.PROBABLE),
        ("+227 73 45 67", "+22720734567", "NE", Match.PROBABLE),
        ("+244 2 334455", "+244222334455", "AO", Match.SAME_LINE),
        ("+244 2 740123", "+244228740123", "AO", Match.SAME_LINE),
        ("+244 72 31234", "+244272231234", "AO", Match.PROBABLE),
        ("+261 2 23456", "+261202223456", "MG", Match.SAME_LINE),
        ("+261 4 81234", "+261205481234", "MG", Match.SAME_LINE),
        ("072 123456", "+254722123456", "KE", Match.SAME_LINE),
        ("+265 312 3456", "+265993123456", "MW", Match.SAME_LINE),
        ("+265 412 3456", "+265884123456", "MW", Match.SAME_LINE),
        ("022 123 45 67", "+48221234567", "PL", Match.SAME_LINE),
        ("050 12345", "+3725012345", "EE", Match.SAME_LINE),
        ("8 372 212345", "+992372212345", "TJ", Match.PROBABLE),
        ("8 12 498 03 35", "+994124980335", "AZ", Match.PROBABLE),
        ("8 10 234567", "+37410234567", "AM", Match.PROBABLE),
        ("8 32 276 12 34", "+995322761234", "GE", Match.PROBABLE),
        ("8 (71) 120 63 20", "+998711206320", "UZ", Match.PROBABLE),
        ("+591 52 50210", "+59125250210", "BO", Match.SAME_LINE),
        ("052 50210", "+59125250210", "BO", Match.SAME_LINE),
        ("01 5 345 6789", "+525553456789", "MX", Match.PROBABLE),
        ("+591 62 22020", "+59126222020", "BO", Match.SAME_LINE),
        ("+591 64 40000", "+59146440000", "BO", Match.SAME_LINE),
        ("+591 66 43010", "+59146643010", "BO", Match.SAME_LINE),
        ("+591 46 20399", "+59134620399", "BO", Match.PROBABLE),
        ("+375 15 61 23456", "+375154523456", "BY", Match.SAME_LINE),
        ("057 712 3456", "+972537123456", "IL", Match.SAME_LINE),
        ("057-712345", "+972537712345", "IL", Match.PROBABLE),
        ("054-612345", "+972544612345", "IL", Match.PROBABLE),
        ("0602 123456", "+420602123456", "CZ", Match.SAME_LINE),
        ("02 2123 4567", "+420221234567", "CZ", Match.SAME_LINE),
        ("+33 93 30 12 34", "+37793301234", "MC", Match.PROBABLE),
        ("+33 61 30 12 34", "+33561301234", "FR", Match.PROBABLE),
        ("+34 1 345 6789", "+34913456789", "ES", Match.PROBABLE),
        ("+34 09 123456", "+34609123456", "ES", Match.PROBABLE),
        ("092 123456", "+40722123456", "RO", Match.PROBABLE),
        ("+40 94 123456", "+40744123456", "RO", Match.PROBABLE),
        ("098 123456", "+40788123456", "RO", Match.PROBABLE),
        ("+52 5 345 6789", "+525553456789", "MX", Match.PROBABLE),
        ("+54 1 345 6789", "+541143456789", "AR", Match.PROBABLE),
        ("01 345 6789", "+541143456789", "AR", Match.PROBABLE),
        ("02 234 5678", "+61292345678", "AU", Match.PROBABLE),
        ("+61 3 234 5678", "+61392345678", "AU", Match.PROBABLE),
        ("011 333 4444", "+911123334444", "IN", Match.PROBABLE),
        ("0261 344 1234", "+982633441234", "IR", Match.PROBABLE),
        ("0441 344 1234", "+984433441234", "IR", Match.PROBABLE),
        ("+98 511 844 1234", "+985138441234", "IR", Match.PROBABLE),
        ("+253 81 23 45", "+25377812345", "DJ", Match.PROBABLE),
        ("+253 35 12 34", "+25321351234", "DJ", Match.PROBABLE),
        ("04 234567", "+263242234567", "ZW", Match.PROBABLE),
        ("+263 9 234567", "+263292234567", "ZW", Match.PROBABLE),
        ("+593 2 234567", "+59322234567", "EC", Match.PROBABLE),
        ("09 422000", "+593999422000", "EC", Match.PROBABLE),
    ],
)
def test_a_number_of_an_earlier_plan_matches_todays(old: str, today: str, region: str, match: Match) -> None:
    result = numbers.match(old, today, region)
    assert result.match is match
    assert result.why
    assert set(numbers.index_keys(old, region)) & set(numbers.index_keys(today, region))


@pytest.mark.parametrize(
    ("old", "other", "region"),
    [
        ("+7 095 123 45 67", "+74991234567", "RU"),
        ("+7 011 212 34 56", "+74112123456", "RU"),
        ("+7 3272 123456", "+73472123456", "KZ"),
        ("010 123 4567", "+201061234567", "EG"),
        ("016 123 4567", "+201001234567", "EG"),
        ("011 123 4567", "+201141234567", "EG"),
        ("+20 18 123 4567", "+201081234567", "EG"),
        ("+20 150 123 4567", "+201001234567", "EG"),
        ("+56 2 671 1234", "+56322671123", "CL"),
        ("+56 65 350009", "+56642350009", "CL"),
        ("+63 2 812 3456", "+63328123456", "PH"),
        ("+66 9 123 4567", "+66911234567", "TH"),
        ("+66 1 812 3456", "+66618123456", "TH"),
        ("04 3825 1234", "+842838251234", "VN"),
        ("+84 511 382 1234", "+842353821234", "VN"),
        ("+84 8 3825 1234", "+842438251234", "VN"),
        ("+84 31 382 1234", "+842033821234", "VN"),
        ("+212 22 12 34 56", "+212622123456", "MA"),
        ("+212 61 12 34 56", "+212561123456", "MA"),
        ("+212 64 12 34 56", "+212564123456", "MA"),
        ("+213 61 12 34 56", "+213761123456", "DZ"),
        ("+222 630 12 34", "+22246301234", "MR"),
        ("+222 525 12 34", "+22225251234", "MR"),
        ("+222 250 12 34", "+22232501234", "MR"),
        ("+228 221 23 45", "+22892212345", "TG"),
        ("+228 901 23 45", "+22891012345", "TG"),
        ("+230 781 2345", "+23059812345", "MU"),
        ("+233 21 234666", "+233303234666", "GH"),
        ("051 23456", "+233332023456", "GH"),
        ("+237 75 12 34 56", "+237695123456", "CM"),
        ("+237 22 12 34 56", "+237233123456", "CM"),
        ("+241 06 11 11 11", "+24176111111", "GA"),
        ("+241 07 28 01 50", "+24174280150", "GA"),
        ("+242 551 1234", "+242065511234", "CG"),
        ("+242 281 2345", "+242222912345", "CG"),
        ("+242 911 1234", "+242069111235", "CG"),
        ("+248 32 12 34", "+2482321234", "SC"),
        ("+248 51 23 45", "+2484512345", "SC"),
        ("+250 08301234", "+250783301234", "RW"),
        ("+250 572123", "+250255572124", "RW"),
        ("+260 1 246702", "+260212246702", "ZM"),
        ("+260 99 763196", "+260977763196", "ZM"),
        ("+268 404 1234", "+26825041234", "SZ"),
        ("+268 601 2345", "+26826012345", "SZ"),
        ("+371 712 3456", "+37127123456", "LV"),
        ("+371 912 3456", "+37169123456", "LV"),
        ("+381 81 234567", "+38230234567", "ME"),
        ("+382 81 234567", "+38230234567", "ME"),
        ("+381 69 123456", "+38268123456", "ME"),
        ("+503 222 1234", "+50372221234", "SV"),
        ("+503 812 3456", "+50378123457", "SV"),
        ("+504 232 1234", "+50492321234", "HN"),
        ("+504 991 2345", "+50429912345", "HN"),
        ("+504 812 3456", "+50438123456", "HN"),
        ("552-2569", "+50585522569", "NI"),
        ("463-1689", "+50524631689", "NI"),
        ("247-4747", "+50682474747", "CR"),
        ("383-1234", "+50623831234", "CR"),
        ("09 436 4161", "+593984364161", "EC"),
        ("+598 312 4329", "+59893124329", "UY"),
        ("+212 44 12 34 56", "+212544123456", "MA"),
        ("+250 572123", "+250252572123", "RW"),
        ("+599 542 1234", "+12425421234", "SX"),
        ("+670 723 1234", "+67078231234", "TL"),
        ("+689 42 12 34", "+68988421234", "PF"),
        ("+965 241 2345", "+96542412345", "KW"),
        ("01 412 3456", "+966124123456", "SA"),
        ("485 6986", "+97454856986", "QA"),
        ("+974 315 2145", "+97455152145", "QA"),
        ("+51 1 9876 5432", "+51998765433", "PE"),
        ("+221 869 03 69", "+221708690369", "SN"),
        ("+226 50 33 27 05", "+22624332705", "BF"),
        ("+235 620 12 34", "+23596201235", "TD"),
        ("+995 77 12 34 56", "+995597123456", "GE"),
        ("+995 32 76 12 34", "+995322761235", "GE"),
        ("01 234 56 78", "+41432345678", "CH"),
        ("+41 1 234 56 78", "+41442345679", "CH"),
        ("+30 1 801 2345", "+302108012346", "GR"),
        ("010 801 2345", "+302118012345", "GR"),
        ("031 212345", "+302311212345", "GR"),
        ("+30 310 212345", "+302310212346", "GR"),
        ("0221 22345", "+302221122345", "GR"),
        ("0977 123456", "+306978123456", "GR"),
        ("02 345678", "+35724345678", "CY"),
        ("+357 9 612345", "+35796612345", "CY"),
        ("234567", "+35627234567", "MT"),
        ("0945 6789", "+35679456789", "MT"),
        ("01 345 6789", "+351223456789", "PT"),
        ("+351 91 223456", "+351291223457", "PT"),
        ("0936 234 5678", "+351932345678", "PT"),
        ("345678", "+85328345679", "MO"),
        ("661 2345", "+85368612345", "MO"),
        ("+853 397 8123", "+85388978123", "MO"),
        ("+223 224 52 77", "+22320245278", "ML"),
        ("+223 282 05 94", "+22322820594", "ML"),
        ("+223 637 06 32", "+22396370632", "ML"),
        ("+502 234 5678", "+50272345678", "GT"),
        ("+502 401 2345", "+50224012345", "GT"),
        ("+502 631 2345", "+50226312345", "GT"),
        ("+502 776 1234", "+50277761235", "GT"),
        ("72345", "+35020172345", "GI"),
        ("+509 222 1234", "+50932221234", "HT"),
        ("+509 412 3456", "+50944123456", "HT"),
        ("+509 881 2345", "+50938812345", "HT"),
        ("734 5678", "+6587345678", "SG"),
        ("01 234 567", "+21672234567", "TN"),
        ("+239 222345", "+2392222346", "ST"),
        ("+239 912345", "+2399712345", "ST"),
        ("+240 091234", "+240350091234", "GQ"),
        ("+240 212345", "+240551212345", "GQ"),
        ("0251 771 2345", "+982537712346", "IR"),
        ("+269 61 12 34", "+262269611235", "YT"),
        ("+269 63 92 34", "+262692639234", "YT"),
        ("+590 82 12 34", "+590590821235", "GP"),
        ("65 12 34", "+590691651234", "GP"),
        ("+594 31 12 34", "+594594311235", "GF"),
        ("+596 60 12 34", "+596596601235", "MQ"),
        ("+262 20 12 34", "+262263201234", "RE"),
        ("+591 2 372323", "+59123372323", "BO"),
        ("01 234 5678", "+40312345678", "RO"),
        ("+40 64 123456", "+40364123456", "RO"),
        ("+249 912 345678", "+211922345678", "SS"),
        ("+227 73 45 67", "+22721734567", "NE"),
        ("+244 2 334455", "+244228334455", "AO"),
        ("+244 2 740123", "+244222740123", "AO"),
        ("+244 72 31234", "+244272731234", "AO"),
        ("+261 2 23456", "+261202223457", "MG"),
        ("+261 4 81234", "+261205681234", "MG"),
        ("072 123456", "+254720123456", "KE"),
        ("+265 312 3456", "+265883123456", "MW"),
        ("+265 412 3456", "+265994123456", "MW"),
        ("022 123 45 67", "+48221234568", "PL"),
        ("050 12345", "+3725112345", "EE"),
        ("8 372 212345", "+992373212345", "TJ"),
        ("8 12 498 03 35", "+994124980336", "AZ"),
        ("8 10 234567", "+37411234567", "AM"),
        ("8 32 276 12 34", "+995322761235", "GE"),
        ("8 (71) 120 63 20", "+998711206321", "UZ"),
        ("8077 123456", "+37477123456", "AM"),
        ("+591 52 50210", "+59135250210", "BO"),
        ("+591 62 22020", "+59146222020", "BO"),
        ("+591 64 40000", "+59126440000", "BO"),
        ("+591 66 43010", "+59146643011", "BO"),
        ("+591 46 20399", "+59124620399", "BO"),
        ("+375 15 61 23456", "+375154523457", "BY"),
        ("057 712 3456", "+972527123456", "IL"),
        ("057-712345", "+972537712346", "IL"),
        ("054-612345", "+972545612345", "IL"),
        ("0602 123456", "+420603123456", "CZ"),
        ("02 2123 4567", "+420321234567", "CZ"),
        ("+33 93 30 12 34", "+37792301234", "MC"),
        ("+33 61 30 12 34", "+33561301235", "FR"),
        ("+34 1 345 6789", "+34933456789", "ES"),
        ("+34 09 123456", "+34608123456", "ES"),
        ("092 123456", "+40742123456", "RO"),
        ("+40 94 123456", "+40724123456", "RO"),
        ("098 123456", "+40798123456", "RO"),
        ("+52 5 345 6789", "+525653456789", "MX"),
        ("+54 1 345 6789", "+541153456789", "AR"),
        ("02 234 5678", "+61282345678", "AU"),
        ("+61 3 234 5678", "+61292345678", "AU"),
        ("011 333 4444", "+911143334444", "IN"),
        ("0261 344 1234", "+982643441234", "IR"),
        ("0441 344 1234", "+984443441234", "IR"),
        ("+98 511 844 1234", "+985148441234", "IR"),
        ("+253 81 23 45", "+25377812346", "DJ"),
        ("+253 35 12 34", "+25321351235", "DJ"),
        ("04 234567", "+263292234567", "ZW"),
        ("+263 9 234567", "+263242234567", "ZW"),
        ("+593 2 234567", "+59332234567", "EC"),
        ("09 422000", "+593989422000", "EC"),
        ("0301 123456", "+420301123456", "CZ"),
    ],
)
def test_a_number_of_an_earlier_plan_does_not_match_another_of_todays(old: str, other: str, region: str) -> None:
    assert phonenumbers.is_possible_number(phonenumbers.parse(other))
    assert numbers.match(old, other, region).match is Match.NONE


# as ENACOM, Anatel and the metadata have them: the same numbers in two spellings that both are valid
SPELLED_TWICE = {39, 54, 55, 378}


@given(st.sampled_from([(c, rule) for c, rules in CHANGES.items() if c not in SPELLED_TWICE for rule in rules]), st.data())
def test_no_old_number_that_is_one_line_with_todays_is_assigned_today(change: tuple[int, Rule], data: st.DataObject) -> None:
    country, (pattern, template, _) = change
    old = data.draw(st.from_regex(pattern, fullmatch=True, alphabet="0123456789"))
    assert not is_valid(f"+{country}{old}", ""), old
    code, _, number = re.fullmatch(pattern, old).expand(template).partition(":")  # type: ignore[union-attr]
    assert phonenumbers.is_possible_number(phonenumbers.parse(f"+{code}{number}")), old


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
        ("GB", "020 7946 0019 24 hrs", ["+442079460019"]),
        ("GB", "020 7946 0019 (24hrs)", ["+442079460019"]),
        ("GB", "24 hour: 020 7946 0019", ["+442079460019"]),
        ("DE", "030 1234567 24 Std.", ["+49301234567"]),
        ("FR", "01 23 45 67 89 24h/24 7j/7", ["+33123456789"]),
        ("GB", "#1 020 7946 0020 #2 020 7946 0021", ["+442079460020", "+442079460021"]),
        ("GB", "#1 020 7946 0020", ["+442079460020"]),
        ("GB", "1st: 020 7946 0020 2nd: 020 7946 0021", ["+442079460020", "+442079460021"]),
        ("GB", "1 - 020 7946 0020 2 - 020 7946 0021", ["+442079460020", "+442079460021"]),
        ("GB", "1 - 020 7946 0020", ["+442079460020"]),
        ("US", "1 - 212 555 0142", ["+12125550142"]),
        ("GB", "[1] 020 7946 0020 [2] 020 7946 0021", ["+442079460020", "+442079460021"]),
        ("GB", "①020 7946 0020②020 7946 0021", ["+442079460020", "+442079460021"]),
        ("JP", "❶ 03-1234-5678 ❷ 090-1234-5678", ["+81312345678", "+819012345678"]),
        ("GB", "⒈ 020 7946 0020 ⒉ 020 7946 0021", ["+442079460020", "+442079460021"]),
        ("RU", "1. +7 (8) 3011234874", ["+73011234874"]),
        ("DE", "030/2000003+0171/2000003", ["+49302000003", "+491712000003"]),
        ("DE", "030 7654321 / -22", ["+49307654321", "+49307654322"]),
        ("DE", "030 1234567 (2. Stock)", ["+49301234567"]),
        ("GB", "1.) 020 7946 0020 2.) 020 7946 0021", ["+442079460020", "+442079460021"]),
        ("GB", "1/ 020 7946 0020 2/ 020 7946 0021", ["+442079460020", "+442079460021"]),
        ("US", "(1)212-555-0142 (2)212-555-0199", ["+12125550142", "+12125550199"]),
        ("BR", "1- (11) 3234-5678 2- (11) 91234-5678", ["+551132345678", "+5511912345678"]),
        ("JP", "1：03-1234-5678 2：090-1234-5678", ["+81312345678", "+819012345678"]),
        ("CN", "1、13800138000 2、13900139000", ["+8613800138000", "+8613900139000"]),
        ("ES", "1º 912 345 678 2º 612 345 678", ["+34912345678", "+34612345678"]),
        ("GB", "020 7946 0020 (1), 020 7946 0021 (2)", ["+442079460020", "+442079460021"]),
        ("DE", "030 1234567 ~ 0171 2000003", ["+49301234567", "+491712000003"]),
        ("DE", "030 1234567¹, 0171 2000003²", ["+49301234567", "+491712000003"]),
        ("DE", "030 1234567, 2. Handy: 0171 2000003", ["+49301234567", "+491712000003"]),
        ("IT", "333 1234567 (h24)", ["+393331234567"]),
        ("TR", "0532 123 45 67 (7/24)", ["+905321234567"]),
    ],
)
def test_words_counts_and_list_marks_are_not_part_of_a_number(region: str, text: str, expected: list[str]) -> None:
    assert [numbers.e164(number, region) for number in find_numbers(text, region)] == expected


@pytest.mark.parametrize(
    ("written", "restored"),
    [
        ("491714445563.0", "491714445563"),
        ("491714445562,0", "491714445562"),
        ("+491714445563.0", "+491714445563"),
        ("+491714445563,0", "+491714445563"),
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


@pytest.mark.parametrize(
    ("region", "first", "second", "match"),
    [
        ("US", "(415) 555-2671 option 1", "(415) 555-2671 option 2", Match.NONE),
        ("US", "(415) 555-2671 press 1", "(415) 555-2671", Match.PROBABLE),
        ("US", "(415) 555-2671 room 12", "415-555-2671 ext 12", Match.EXACT),
        ("CA", "416-555-0142 local 12", "416-555-0142 local 13", Match.NONE),
        ("GB", "020 7946 0020 desk 3", "020 7946 0020 desk 4", Match.NONE),
        ("DE", "030 2000004 DW 12 oder 13", "+49302000004", Match.PROBABLE),
        ("DE", "030 2000007 (Mo-Fr 8-16 Uhr)", "+49302000007", Match.EXACT),
        ("DE", "030 2000007 (2. Stock)", "+49302000007", Match.EXACT),
        ("DE", "0171 2000007 ab 18 Uhr", "+491712000007", Match.EXACT),
        ("DE", "0171 2000007 (ab 18 Uhr)", "+491712000007", Match.EXACT),
        ("GB", "020 7946 0020 after 6pm", "020 7946 0020 after 5pm", Match.EXACT),
        ("FR", "06 12 34 56 78 après 18h", "+33612345678", Match.EXACT),
        ("DE", "030 1234567 1. Stock", "+49301234567", Match.EXACT),
        ("DE", "030 1234567 1. Stock", "+493012345671", Match.NONE),
        ("DE", "030 1234567 2x", "+493012345672", Match.NONE),
        ("DE", "030 1234567 9 bis 17", "+493012345679", Match.NONE),
        ("DE", "030 1234567 8-16 Uhr", "+49301234567", Match.EXACT),
        ("DE", "030 1234567 D-10115", "+49301234567", Match.EXACT),
        ("AT", "01 5131234 5%", "+43151312345", Match.NONE),
        ("DE", "030 1234567¹", "+493012345671", Match.NONE),
        ("JP", "03-1234-5678（9:00～17:00）", "+81312345678", Match.EXACT),
        ("RU", "8 916 123-45-67 с 9 до 18", "+79161234567", Match.EXACT),
        ("DE", "030 123 45 67 privat", "+49301234567", Match.EXACT),
        ("US", "212-555-0142 [ext 12]", "+12125550142", Match.PROBABLE),
        ("US", "212-555-0142 [ext 12]", "212-555-0142 x13", Match.NONE),
        ("US", "1-800-FLOWERS", "+18003569377", Match.EXACT),
        ("US", "1-800-FLOWERS", "+18003569378", Match.NONE),
    ],
)
def test_digits_of_a_remark_behind_a_complete_number_are_a_desk_and_never_part_of_it(
    region: str, first: str, second: str, match: Match
) -> None:
    assert numbers.match(first, second, region).match is match
    assert numbers.match(second, first, region).match is match


@pytest.mark.parametrize(
    ("region", "called", "stored"),
    [
        ("IT", "447911123456", "+447911123456"),
        ("IN", "447911123456", "+447911123456"),
        ("SG", "4930901820", "+4930901820"),
        ("DE", "22997123456", "+2290197123456"),
        ("DE", "841651234567", "+84351234567"),
        ("DE", "5215512345678", "+525512345678"),
    ],
)
def test_a_country_code_without_its_plus_is_tried_wherever_the_digits_are_not_a_number_of_the_region(
    region: str, called: str, stored: str
) -> None:
    assert numbers.match(called, stored, region).match is Match.PROBABLE


@pytest.mark.parametrize(
    ("written", "line", "region"),
    [
        ("0063 917 123 4567", "+639171234567", "SG"),  # 006 39 … would be a number of Italy
        ("00862081234567", "+862081234567", "HK"),  # 008 62 …: of Indonesia
        ("0091 98 1234 5678", "+919812345678", "TH"),  # 009 19 …: of the United States
    ],
)
def test_zeros_written_for_the_plus_are_tried_where_they_begin_a_carrier_s_international_prefix(
    written: str, line: str, region: str
) -> None:
    assert numbers.match(written, line, region).match is Match.PROBABLE
    assert set(numbers.index_keys(written, region)) & set(numbers.index_keys(line, region)) >= {line}


def test_a_number_behind_a_carrier_s_international_prefix_is_exact() -> None:
    assert numbers.match("001 44 20 7946 0020", "+442079460020", "SG").match is Match.EXACT


def test_an_area_code_that_morocco_never_had_is_not_read_as_an_old_one() -> None:
    assert numbers.match("020 12 63 72", "+212520126372", "MA").match is Match.NONE


def test_what_is_dialled_before_a_number_is_removed_also_where_the_whole_has_a_possible_length() -> None:
    assert numbers.match("133 2123 4567", "+85221234567", "HK").match is Match.EXACT


@pytest.mark.parametrize(
    ("region", "switchboard", "written"),
    [
        ("CN", "010-87654321", "转12"),
        ("TW", "02 2345 6789", " 轉 12"),
        ("KR", "02-123-4567", " 내선번호 12"),
        ("AT", "01 234567", " /DW 12"),
        ("NO", "22 12 34 56", " linje 12"),
        ("IL", "03-1234567", " שלוחה 12"),
        ("TH", "02 123 4567", " ต่อ 12"),
        ("DE", "030 901820", " Nebenst. 12"),
        ("BR", "(11) 3456-7890", " R: 12"),
        ("KR", "010-1234-5678", "-12"),
        ("KR", "+82-10-1234-5678", "-12"),
        ("CN", "010-87654321", "-12"),
        ("TR", "0212 123 45 67", " / 12"),
        ("RU", "8 495 123-45-67", " *12"),
        ("PL", "22 123 45 67", " w. 12"),
        ("PL", "22 123 45 67", " p. 12"),
        ("HU", "06 1 234 4596", " / mellék 12"),
        ("HU", "06 1 234 4596", " / mellék: 12"),
        ("HU", "06 1 234 4596", "/12 mellék"),
        ("HU", "06 1 234 4596", " 12-es mellék"),
    ],
)
def test_an_extension_is_read_however_its_country_writes_it(region: str, switchboard: str, written: str) -> None:
    assert numbers.match(f"{switchboard}{written}", f"{switchboard} ext 12", region).match is Match.EXACT
    assert numbers.match(f"{switchboard}{written}", f"{switchboard} ext 13", region).match is Match.NONE
    assert len(find_numbers(f"{switchboard}{written}", region)) == 1
    assert numbers.match(f"{switchboard}{written}", switchboard, region).match is Match.PROBABLE


def test_a_hyphen_before_last_digits_that_a_number_may_have_begins_no_extension() -> None:
    assert numbers.match("030 1234567-12", "030123456712", "DE").match is Match.EXACT
    assert numbers.match("8 495 123-45-67", "+74951234567", "RU").match is Match.EXACT


@pytest.mark.parametrize("digits", ["353871234573", "+353871234573", "0871234573", "+35315550140"])
def test_a_decimal_of_a_spreadsheet_is_the_number_with_and_without_its_plus(digits: str) -> None:
    longer = numbers.match(f"{digits}.0", f"{digits}0", "IE")
    assert longer.match is Match.NONE
    assert numbers.index_keys(f"{digits}.0", "IE") == numbers.index_keys(f"{digits},0", "IE") == numbers.index_keys(digits, "IE")
    assert numbers.match(f"{digits}.0", digits, "IE").match is Match.EXACT
    assert numbers.dialable(f"{digits}.0") == digits


def test_a_number_in_scientific_notation_has_no_digits_of_a_fraction() -> None:
    assert spreadsheets.restored("1.7144455570E+09") == "1714445557"
    assert spreadsheets.restored("1.7144455575E+09") == ""


@pytest.mark.parametrize("written", ["+1 1 212 555 0142", "+112125550142", "011 1 1 212 555 0142"])
def test_a_second_trunk_prefix_behind_the_code_of_north_america_is_not_the_same_line(written: str) -> None:
    assert numbers.match(written, "+12125550142", "US").match is Match.NONE
    assert numbers.match("+1 (1) 212 555 0142", "+12125550142", "US").match is Match.EXACT
    assert numbers.match("011 1 212 555 0142 x12", "+12125550142 x12", "US").match is Match.EXACT


@pytest.mark.parametrize(
    ("region", "local", "mobile"),
    [("RU", "1234567", "+79261234567"), ("IN", "2345678", "+919872345678"), ("UA", "1234567", "+380671234567")],
)
def test_last_digits_alone_are_no_mobile_where_mobiles_have_no_area(region: str, local: str, mobile: str) -> None:
    assert numbers.match(local, mobile, region).match is Match.NONE
    assert numbers.match("5552671", "+12125552671", "US").match is Match.PROBABLE


def test_an_area_code_in_brackets_that_is_another_one_is_no_list_mark() -> None:
    assert numbers.match("(1) 2123 2694", "+56221232694", "CL").match is Match.NONE
    assert numbers.match("(2) 2123 2694", "+56221232694", "CL").match is Match.EXACT
    assert numbers.match("(1) 793 6461", "+576017936461", "CO").match is Match.PROBABLE


def test_a_display_name_of_a_hidden_caller_is_not_read_as_the_number() -> None:
    hidden = '"+4915123978495" <sip:anonymous@anonymous.invalid>'
    assert numbers.match(hidden, "+4915123978495", "DE").match is Match.NONE


def test_what_is_dialled_before_a_number_may_be_divided_from_it_by_a_hyphen() -> None:
    assert numbers.match("184-03-1234-5678", "+81312345678", "JP").match is Match.EXACT
    assert numbers.match("*67-212-555-0142", "+12125550142", "US").match is Match.EXACT
