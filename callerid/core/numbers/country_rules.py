"""Changes of numbering plans that libphonenumber's metadata does not know: from an earlier spelling to today's.

The rules of `current_national` are one to one, and so are certain; those of `possible_lines` are not.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_MEXICO_HOME = re.compile(r"(?:01|04[45])(\d{10})")


def _rule(pattern: str, template: str, why: str) -> tuple[re.Pattern[str], str, str]:
    """Return a change: the national numbers that it applies to, what they became (country code:number), and why in words."""
    return re.compile(pattern), template, why


_VIETNAM = "Vietnamese mobile written with the old eleven digits"
# By country code; the first that fits applies. Each has the date of the change and its source.
_CHANGES = {
    # San Marino, also dialled from Italy with 0549 (ITU, E.164 assigned country codes: 378; the 0549 area of +39).
    39: (_rule(r"(0549[89]\d{5})", r"378:\1", "San Marino dialled by way of Italy"),),
    378: (_rule(r"([89]\d{5})", r"378:0549\1", "San Marino written without 0549"),),
    # Mexico, 3 August 2019: no 1 before a mobile from abroad; 044, 045 and 01 at home given up (IFT, Plan Técnico Fundamental de
    # Numeración).
    52: (_rule(r"1(\d{10})", r"52:\1", "Mexican mobile written with the old 1"),),
    # Argentina: 15 between area code and number at home, 9 before the area code from abroad; some write both (ENACOM, Plan
    # Fundamental de Numeración Nacional).
    54: (
        _rule(r"9?(11)15(\d{8})", r"54:9\1\2", "Argentine mobile written with 15"),
        _rule(r"9?([23]\d{2})15(\d{7})", r"54:9\1\2", "Argentine mobile written with 15"),
        _rule(r"9?([23]\d{3})15(\d{6})", r"54:9\1\2", "Argentine mobile written with 15"),
    ),
    # Brazil, until November 2016: a 9 before mobiles that began with 6 to 9 (Anatel, Resolução 553/2010).
    55: (_rule(r"([1-9]\d)([6-9]\d{7})", r"55:\g<1>9\2", "Brazilian mobile written without the ninth digit"),),
    # Colombia, 1 September 2021: 60 before the one-digit area code (CRC, Resolución 5826 of 2019).
    57: (_rule(r"([124-8])(\d{7})", r"57:60\1\2", "Colombian number written with the old area code"),),
    # Vietnam, 15 September 2018: eleven-digit mobiles got ten (Ministry of Information and Communications, decision 798/QD-BTTTT).
    84: (
        _rule(r"16([2-9]\d{7})", r"84:3\1", _VIETNAM),
        _rule(r"120(\d{7})", r"84:70\1", _VIETNAM),
        _rule(r"121(\d{7})", r"84:79\1", _VIETNAM),
        _rule(r"122(\d{7})", r"84:77\1", _VIETNAM),
        _rule(r"126(\d{7})", r"84:76\1", _VIETNAM),
        _rule(r"128(\d{7})", r"84:78\1", _VIETNAM),
        _rule(r"12([345])(\d{7})", r"84:8\1\2", _VIETNAM),
        _rule(r"127(\d{7})", r"84:81\1", _VIETNAM),
        _rule(r"129(\d{7})", r"84:82\1", _VIETNAM),
        _rule(r"18([68])(\d{7})", r"84:5\1\2", _VIETNAM),
        _rule(r"199(\d{7})", r"84:59\1", _VIETNAM),
    ),
    # Benin, 30 November 2024: 01 before every eight digits (ARCEP Bénin; ITU, T0202000017).
    229: (_rule(r"(\d{8})", r"229:01\1", "Beninese number written with the old eight digits"),),
}


def current_national(country: int, national: str) -> tuple[int, str, str]:
    """Return the country code and national number that a number has today, and why they changed ("" if they did not)."""
    for pattern, template, why in _CHANGES.get(country, ()):
        old = pattern.fullmatch(national)
        if old:
            code, _, number = old.expand(template).partition(":")
            return int(code), number, why
    return country, national, ""


def was_possible(country: int, national: str) -> bool:
    """Return whether a national number is one of an earlier plan that today's metadata may call impossible."""
    return bool(current_national(country, national)[2])


def rewrite_old_prefix(region: str, digits: str) -> tuple[str, str]:
    """Return the international number of digits dialled with a prefix that the region gave up, and why; else ("", "")."""
    old = _MEXICO_HOME.fullmatch(digits) if region == "MX" else None
    return (f"+52{old[1]}", "Mexican number with an old prefix") if old else ("", "")


# Kosovo, 15 December 2016 to 2017: +383 replaced numbers of Serbia, Monaco and Slovenia (ITU, Operational Bulletin
# 1113), which may have assigned them again since.
_KOSOVO = {377: r"4[45]\d{6}", 386: r"4[3489]\d{6}", 381: r"(?:2[89]|3[89])\d{6}"}
# Côte d'Ivoire, 31 January 2021: 01, 05, 07 before mobiles, 21, 25, 27 before others, by operator, which does not show (ARTCI).
_IVORY_COAST = ("01", "05", "07", "21", "25", "27")


def possible_lines(country: int, national: str) -> Iterator[tuple[str, str]]:
    """Yield the keys of other lines that a number may be, by a change of its plan that is not one to one, with the reason."""
    if country == 54 and len(national) in (10, 11):  # noqa: PLR2004 - with and without the 9 of mobiles
        other = national[1:] if len(national) == 11 and national[0] == "9" else f"9{national}"  # noqa: PLR2004
        yield f"+54{other}", "Argentine number with and without the 9 of mobiles"
    if country == 225 and len(national) == 8:  # noqa: PLR2004
        for before in _IVORY_COAST:
            yield f"+225{before}{national}", "Ivorian number before and after the ten digits of 2021"
    if country in _KOSOVO and re.fullmatch(_KOSOVO[country], national):
        yield f"+383{national}", "Kosovo's old country code"
