"""Changes of numbering plans that libphonenumber's metadata does not know: from an earlier spelling to today's.

The rules of `current_national` (`earlier_plans`) are one to one, and so are certain; those of `possible_lines` are not.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import phonenumbers

from callerid.core.numbers.earlier_plans import CHANGES

if TYPE_CHECKING:
    from collections.abc import Iterator

# Ukraine, 14 October 2009: 0 for the trunk prefix 8, which stood before the 0 of area codes (Ministry of Transport and
# Communications, order 1200 of 29 September 2008).
_UKRAINE_HOME = re.compile(r"80(\d{9})")
_MEXICO_HOME = re.compile(r"(?:01|04[45])(\d{10})")
# Where libphonenumber leaves the trunk prefix 0 before an old number, which is too short for it.
_OLD_TRUNK_ZERO = {
    "CH": 41,
    "CY": 357,
    "GE": 995,
    "GH": 233,
    "GR": 30,
    "MA": 212,
    "PT": 351,
    "RO": 40,
    "SA": 966,
    "TN": 216,
    "ZM": 260,
}
# Where a trunk prefix 0 was given up: Estonia, 1 February 2004 (EMT, in Cellular News), Poland, 30 September 2009 to 15 May 2010
# (regulation of the Minister of Infrastructure of 28 February 2008).
_TRUNK_ZERO_GIVEN_UP = {"EE": re.compile(r"0(\d{7,8})"), "PL": re.compile(r"0(\d{9})")}
_GIVEN_UP = "written with a trunk prefix 0 that was given up"
# Where the trunk prefix was 8 (ITU, dialling procedures, position of 1 July 2000; for Tajikistan the World Telephone Numbering
# Guide): 0 is today's, or none.
_TRUNK_EIGHT = {"AM": 374, "AZ": 994, "GE": 995, "TJ": 992, "UZ": 998}
TRUNK_EIGHT_GIVEN_UP = "written with the trunk prefix 8, which was given up"


def current_national(country: int, national: str) -> tuple[int, str, str]:
    """Return the country code and national number that a number has today, and why they changed ("" if they did not)."""
    for pattern, template, why in CHANGES.get(country, ()):
        old = pattern.fullmatch(national)
        if old:
            code, _, number = old.expand(template).partition(":")
            return int(code), number, why
    return country, national, ""


def was_possible(country: int, national: str) -> bool:
    """Return whether a national number is one of an earlier plan that today's metadata may call impossible."""
    return bool(current_national(country, national)[2]) or any(possible_lines(country, national))


def rewrite_old_prefix(region: str, digits: str) -> tuple[str, str]:
    """Return the international number of digits that a region dialled by its earlier plan, and why; else ("", "")."""
    old = _MEXICO_HOME.fullmatch(digits) if region == "MX" else None
    if old:
        return f"+52{old[1]}", "Mexican number with an old prefix"
    old = _UKRAINE_HOME.fullmatch(digits) if region == "UA" else None
    if old:
        return f"+380{old[1]}", "Ukrainian number with the old prefix 8"
    old = _TRUNK_ZERO_GIVEN_UP[region].fullmatch(digits) if region in _TRUNK_ZERO_GIVEN_UP else None
    if old and not old[1].startswith("0"):
        return f"+{phonenumbers.country_code_for_region(region)}{old[1]}", _GIVEN_UP
    country = _OLD_TRUNK_ZERO.get(region, 0) if digits.startswith("0") else 0
    why = current_national(country, digits[1:])[2] if country else ""
    return (f"+{country}{digits[1:]}", why) if why else ("", "")


def without_trunk_eight(region: str, digits: str) -> str:
    """Return the country code and number of digits that a region dialled with its earlier trunk prefix 8; else ""."""
    country = _TRUNK_EIGHT.get(region, 0)
    return f"{country}{digits[1:]}" if country and digits.startswith("8") and not digits.startswith("80") else ""


def _may_be(why: str, *rules: tuple[str, ...]) -> tuple[tuple[re.Pattern[str], tuple[str, ...], str], ...]:
    """Return a change that is not one to one: why in words, and the national numbers it applies to with what they may be now."""
    return tuple((re.compile(pattern), tuple(templates), why) for pattern, *templates in rules)


# Area codes of 2017 whose old numbers are mobiles or VoIP numbers (672) today (decision 2036/QĐ-BTTTT).
_VIETNAM_AREAS_OF_MOBILES = {
    "30": "229",
    "31": "225",
    "33": "203",
    "36": "227",
    "37": "237",
    "38": "238",
    "39": "239",
    "52": "232",
    "55": "255",
    "56": "256",
    "58": "258",
    "59": "269",
    "67(?=2)": "277",
    "70": "270",
    "76": "296",
    "77": "297",
    "79": "299",
}
# Changes by operator, which does not show, and old numbers that may be assigned again today. By country code.
CHOICES = {
    # Egypt, 6 October 2011: eleven digits with 015, which Telecom Egypt has today (NTRA, press release).
    20: _may_be(
        "Egyptian mobile written with 015",
        (r"150(\d{7})", r"20:120\1"),
        (r"151(\d{7})", r"20:101\1"),
        (r"15([25]\d{7})", r"20:11\1"),
    ),
    # Peru, 5 April 2008: 9 before mobiles, which Lima had with its area code 1 (MTC and Osiptel, in La República).
    51: _may_be("Peruvian mobile written with the old eight digits", (r"1?(9\d{7})", r"51:9\1")),
    54: _may_be("Argentine number with and without the 9 of mobiles", (r"9(\d{10})", r"54:\1"), (r"(\d{10})", r"54:9\1")),
    # Chile, 20 October 2012 to 6 July 2013: 2 before the six digits of other areas (Subtel by ITU, communication of 2.VII.2014); 6
    # February 2016: 9 before mobiles, always (Subtel).
    56: _may_be(
        "Chilean number written with eight digits",
        (r"([3-7][1-8])(\d{6})", r"56:\g<1>2\2", r"56:9\1\2"),
        (r"([89]\d{7}|[3-7][09]\d{6})", r"56:9\1"),
    ),
    # Philippines, 6 October 2019: 8, 7 or 3 before the seven digits of Metro Manila, by the operator (NTC, memorandum order
    # 10-10-2017).
    63: _may_be("Metro Manila before and after the eight digits of 2019", (r"2(\d{7})", r"63:28\1", r"63:27\1", r"63:23\1")),
    # Thailand, 1 September 2006: 8 before mobiles (NTC; CAT Telecom, in the World Telephone Numbering Guide).
    66: _may_be("Thai mobile written with nine digits", (r"(1[0689]\d{6})", r"66:8\1")),
    84: _may_be(
        "Vietnamese landline written with the old area code",
        (r"8(\d{8})", r"84:28\1"),
        *((rf"{old}(\d{{7}})", rf"84:{new}\1") for old, new in _VIETNAM_AREAS_OF_MOBILES.items()),
    ),
    # Morocco, 24 March 2006 and 7 March 2009: 4 and 5 were landlines, which became 2 and 3, then mobiles (ANRT by ITU,
    # 12.VII.2006).
    212: _may_be(
        "Moroccan number written with the old nine digits",
        (r"4(\d{7})", r"212:64\1", r"212:52\1"),
        (r"5(\d{7})", r"212:65\1", r"212:53\1"),
    ),
    # Iran, 17 May 2013: 25 with 3 before the seven digits of Qom, for 251 (Mehr News), which eight digits of today may look like.
    98: _may_be("Iranian landline written with the old area code", (r"251(\d{7})", r"98:253\1")),
    # Senegal, 2007: 33 before landlines, 77 or 76 before mobiles, by operator (ARTP; Agence de presse sénégalaise).
    221: _may_be("Senegalese number written with the old seven digits", (r"(\d{7})", r"221:33\1", r"221:77\1", r"221:76\1")),
    # Mali, 1 November 2008: 20 or 21 for the 2 of landlines, by the region; 4, 6 or 7 before others, by the operator (CRT, in
    # Ouestaf).
    223: _may_be(
        "Malian number written with the old seven digits",
        (r"2(\d{6})", r"223:20\1", r"223:21\1"),
        (r"([3-9]\d{6})", r"223:4\1", r"223:6\1", r"223:7\1"),
    ),
    # Côte d'Ivoire, 31 January 2021: 01, 05, 07 before mobiles, 21, 25, 27 before others, by the operator (ARTCI).
    225: _may_be(
        "Ivorian number before and after the ten digits of 2021",
        (r"(\d{8})", r"225:01\1", r"225:05\1", r"225:07\1", r"225:21\1", r"225:25\1", r"225:27\1"),
    ),
    # Burkina Faso, 15 December 2014: landlines with 25 for 50 and 24 for 40, which were reserved for mobiles then (ARCEP).
    226: _may_be("Burkinabe landline written with the old code", (r"50(\d{6})", r"226:25\1"), (r"40(\d{6})", r"226:24\1")),
    # Niger, 30 June 2006: two digits of the service and operator before the six (ARM by ITU, communication of 6.IX.2006).
    227: _may_be(
        "Nigerien number written with the old six digits",
        (r"(\d{6})", r"227:20\1", r"227:90\1", r"227:93\1", r"227:94\1", r"227:96\1"),
    ),
    # Togo, 7 August 2011: two digits for the first of a mobile, by the operator (ARTP).
    228: _may_be(
        "Togolese number written with the old seven digits",
        (r"0(\d{6})", r"228:91\1", r"228:98\1"),
        (r"5(\d{6})", r"228:99\1", r"228:25\1"),
        (r"6(\d{6})", r"228:98\1", r"228:26\1"),
        (r"7(\d{6})", r"228:92\1", r"228:99\1", r"228:27\1"),
        (r"8(\d{6})", r"228:91\1", r"228:98\1"),
        (r"9(\d{6})", r"228:90\1", r"228:99\1"),
    ),
    # Chad, 15 March 2010: 2, 6, 7 or 9 before the seven digits, by operator (OTRT).
    235: _may_be("Chadian number written with the old seven digits", (r"(\d{7})", r"235:2\1", r"235:6\1", r"235:7\1", r"235:9\1")),
    # Cameroon, 21 November 2014: 2 before landlines, some 24 for their first digit (ART; Camtel's notice in Bamenda Online).
    237: _may_be("Cameroonian landline written with the old eight digits", (r"([23])(\d{7})", r"237:2\1\2", r"237:24\2")),
    # São Tomé and Príncipe, 31 January 2010: 98 or 99 for the 9 of mobiles (AGER by ITU, communication of 28.XII.2009).
    239: _may_be("Mobile of São Tomé written with six digits", (r"9(\d{5})", r"239:98\1", r"239:99\1")),
    # Gabon, 15 November 2019, the old numbers until 6 April 2024: a digit of the operator after the 0, none from abroad (ARCEP).
    241: _may_be(
        "Gabonese number written with the old eight digits",
        (r"0([256]\d{6})", r"241:6\1"),
        (r"0([47]\d{6})", r"241:7\1"),
        (r"0(1\d{6})", r"241:1\1"),
    ),
    # Congo, 15 October 2010: 0 and a digit of the operator, where the first digit does not show it (World Telephone Numbering
    # Guide).
    242: _may_be(
        "Congolese number written with the old seven digits", (r"([3789]\d{6})", r"242:01\1", r"242:04\1", r"242:05\1", r"242:06\1")
    ),
    # Angola, 26 June 2005: 2 before the area codes outside Luanda, 2 or 8 behind them, by the operator (World Telephone Numbering
    # Guide).
    244: _may_be("Angolan number written in the plan before 2005", (r"([3-7]\d)(\d{5})", r"244:2\g<1>2\2", r"244:2\g<1>8\2")),
    # South Sudan, 1 October 2011: +211 for +249 (VOA; New Vision), where Sudan may have assigned the numbers again.
    249: _may_be("South Sudan's old country code", (r"(9[1257]\d{7})", r"211:\1")),
    # Rwanda, 1 February 2009: 250 or 255 before landlines (RURA by ITU, in the World Telephone Numbering Guide).
    250: _may_be("Rwandan landline written with the old six digits", (r"(5\d{5})", r"250:250\1", r"250:255\1")),
    # French overseas departments, 22 June 2001: the country code before the six digits again, or 690 to 696 if it is a mobile
    # (ARCEP). Mayotte, 30 March 2007: +262 269 for +269, or +262 639 for mobiles (ARCEP, decision 2006-0720).
    262: _may_be("Number of Réunion written with six digits", (r"([2-9]\d{5})", r"262:262\1", r"262:692\1")),
    269: _may_be("Mayotte's old country code", (r"([26]\d{5})", r"262:269\1", r"262:639\1")),
    590: _may_be("Number of Guadeloupe written with six digits", (r"([2-9]\d{5})", r"590:590\1", r"590:690\1")),
    594: _may_be("Number of French Guiana written with six digits", (r"([2-9]\d{5})", r"594:594\1", r"594:694\1")),
    596: _may_be("Number of Martinique written with six digits", (r"([2-9]\d{5})", r"596:596\1", r"596:696\1")),
    # Kosovo, 15 December 2016 to 2017: +383 replaced numbers of Serbia, Monaco and Slovenia (ITU, Operational Bulletin
    # 1113), which may have assigned them again since.
    377: _may_be("Kosovo's old country code", (r"(4[45]\d{6})", r"383:\1")),
    386: _may_be("Kosovo's old country code", (r"(4[3489]\d{6})", r"383:\1")),
    # Montenegro: mobiles that Serbia may have today, and an area that was divided.
    381: (
        *_may_be("Kosovo's old country code", (r"((?:2[89]|3[89])\d{6})", r"383:\1")),
        *_may_be(
            "Montenegrin number written with the old codes", (r"(6[789]\d{6})", r"382:\1"), (r"86(\d{6})", r"382:33\1", r"382:41\1")
        ),
    ),
    382: _may_be("Montenegrin number written with the old codes", (r"86(\d{6})", r"382:33\1", r"382:41\1")),
    504: _may_be("Honduran number written with the old seven digits", (r"(8\d{6})", r"504:9\1", r"504:2\1")),
    # Uruguay, 29 August 2010: 4 before the seven digits of the interior (URSEC by ITU, communication of 18.VI.2010), which
    # Montevideo wrote without its 2.
    598: _may_be("Uruguayan number written with the old seven digits", (r"0?([3-7]\d{6})", r"598:4\1", r"598:2\1")),
    # Sint Maarten, 30 September 2011: +1 721 for +599, but for 555 (Bureau Telecommunications and Post). Curaçao's numbers with 5
    # look the same without their 9.
    599: _may_be("Sint Maarten's old country code", (r"(5(?!55)\d{6})", r"1:721\1", r"599:9\1")),
    # French Polynesia, 21 and 23 June 2014: 40 before landlines, 87 or 49 before mobiles (council of ministers; Tahiti Infos).
    689: _may_be(
        "Polynesian number before and after the eight digits of 2014", (r"(\d{6})", r"689:40\1", r"689:87\1", r"689:49\1")
    ),
    # Kuwait, 17 October 2008: 2 before landlines, 9, 6 or 5 before mobiles, by the operator (the Ministry of Communications' plan).
    965: _may_be(
        "Kuwaiti number before and after the eight digits of 2008",
        (r"([2-9]\d{6})", r"965:2\1", r"965:5\1", r"965:6\1", r"965:9\1"),
    ),
    # Qatar, 28 July 2010: 33 for 3 (ictQATAR); ITU's list has 31 for another operator's as well.
    974: _may_be("Qatari number written with the old seven digits", (r"(3\d{6})", r"974:3\1")),
}


# Country codes that are area codes too: 0590 with its 0 doubled looks like 00 and the country code.
_ALSO_AREA_CODES = (262, 269, 590, 594, 596)


def possible_lines(country: int, national: str, digits: str = "") -> Iterator[tuple[str, str]]:
    """Yield the keys of other lines that a number may be, by a change of its plan that is not one to one, with the reason.

    `digits` are those that were written.
    """
    if digits.startswith("00") and country in _ALSO_AREA_CODES:
        return
    for pattern, templates, why in CHOICES.get(country, ()):
        old = pattern.fullmatch(national)
        if old:
            for template in templates:
                code, _, number = old.expand(template).partition(":")
                yield f"+{code}{number}", why
