"""A masked number is nobody's: what is left of its digits may be another line's number."""

from __future__ import annotations

import pytest

from callerid.core import numbers
from callerid.core.hygiene.field_problems import Problem, review_field
from callerid.core.numbers.fields import find_numbers
from callerid.models import Match

_MASKED = (
    "•••• 4567",
    "(•••) •••-112",
    "●●● ●●● 4567",
    "∙∙∙∙4567",
    "··· ··· 4567",
    "• • • • 4567",
    "087 • 4567",
    "•4567",
    "*** 4567",
    "087 *** 4567",
    "+49 171 *****23",
    "+49 171 **123",
    "+353 87 155 ****",
    "138****5678",
    "***",
    "XXX-XXX-4568",
    "xxx 4567",
    "1-800-XXX-4567",
    "(XXX) XXX-112",
    "087 123 4xxx",
    "087 12345xx",
    "8 916 ХХХ-45-67",
    "０９０－××××－５６７８",
    "0x7x1x3",
    "030x234567",
    "087 123456x",
    "### ### 4567",
    "## 4567",
    "___ 4567",
    "087_ _ _4567",
    "087 ??? 4567",
    "… 4567",
    "…4567",
    "087…4567",
    "+353 87 12…",
    "...4567",
    "---- 4567",
    "090-○○○○-5678",
    "■■■■4567",
    "tel:•••4567",
    "*31#•••• 4567",
    "•••• 4567 (work)",
    "•••  456789",
    "Mob: XXX 4567",
)
_SHOWN = (
    ("IE", "*100#"),
    ("IE", "*#06#"),
    ("IE", "##002#"),
    ("IE", "*#*#4636#*#*"),
    ("IE", "**21*+353871234567#"),
    ("IE", "**61*+353871234567**20#"),
    ("DE", "**610"),
    ("DE", "*31#+49301234567"),
    ("US", "**31#+17005554141"),
    ("US", "*67 212 5139961"),
    ("US", "*123"),
    ("DE", "+49 30 123*45"),
    ("RU", "8 495 123-45-67 *12"),
    ("US", "+1 650 253 0000 x9"),
    ("US", "212-555-0142x12"),
    ("BE", "012 34 64 28x12"),
    ("DE", "030 1234567 ext. x 12"),
    ("DE", "+49892262262,,123#"),
    ("AD", "+376738729 #12"),
    ("US", "1-800-EXAMPLE"),
    ("GB", "0800 XEROX"),
    ("US", "1-800-FOXX-NOW"),
    ("BR", "(0xx11) 2345-6789"),
    ("BR", "+55 (0XX11) 92345-6789"),
    ("IE", "Mob: 087 1234567 *private*"),
    ("IE", "**private** 087 1234567"),
    ("US", "212•555•0142"),
    ("FR", "06·12·34·56·78"),
    ("IE", "• 087 1234567"),
    ("DE", "030 1234567 • Durchwahl 12"),
    ("IE", "087_123_4567"),
    ("IE", "087 1234567 ?"),
    ("IE", "Tel... 087 1234567"),
    ("IE", "087 1234567 …"),
    ("DE", "030 1234567 2x"),
    ("DE", "sip:xxx1234567@example.org"),
)


@pytest.mark.parametrize("masked", _MASKED)
@pytest.mark.parametrize("region", ["IE", "DE", "US", ""])
def test_a_masked_text_is_nobodys_number_not_even_its_own(masked: str, region: str) -> None:
    assert find_numbers(masked, region) == ()
    assert numbers.index_keys(masked, region) == ()
    assert numbers.index_entries(masked, region) == ()
    assert numbers.match(masked, masked, region).match is Match.NONE
    assert numbers.e164(masked, region) is None
    assert review_field(masked, region).problem is Problem.MASKED


@pytest.mark.parametrize(("region", "written"), _SHOWN)
def test_signs_that_are_dialled_or_divide_or_belong_to_words_are_no_mask(region: str, written: str) -> None:
    assert find_numbers(written, region)
    assert numbers.match(written, written, region).match in (Match.EXACT, Match.SAME_LINE)
    assert review_field(written, region).problem is not Problem.MASKED


@pytest.mark.parametrize("written", ["087 123 4567 / •••• 4568", "XXX-XXX-4568; 087 123 4567 (work)", "087 123 4567, ***"])
def test_a_whole_number_beside_a_masked_one_is_found(written: str) -> None:
    assert [numbers.e164(number, "IE") for number in find_numbers(written, "IE")] == ["+353871234567"]
