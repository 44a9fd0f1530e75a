"""The spelling that a CRM gives most numbers, plus, country code and digits, read without libphonenumber's long way.

It answers only where the long way can do nothing else: no national prefix that could be stripped, no leading zero, no words. A sync
reads a million numbers, and a phone is slow.
"""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers

_PLAIN = re.compile(r"\+[1-9][0-9 ().\-]{3,30}")
_DIVIDING = str.maketrans("", "", "+ ().-")
_FEWEST, _MOST = 4, 15  # digits of a national number that is read here
_LONGEST_CODE = 3


def is_plain(text: str) -> bool:
    """Given text, is it a plus, digits and what divides them?"""
    return _PLAIN.fullmatch(text) is not None


def international(text: str) -> tuple[int, str] | None:
    """Given text, return country code and national number where both are certain; None where libphonenumber has to say."""
    if not is_plain(text):
        return None
    digits = text.translate(_DIVIDING)
    for length in range(1, _LONGEST_CODE + 1):
        country = int(digits[:length])
        if country in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
            own = digits[length:]
            strips = _strips(country)
            certain = _FEWEST <= len(own) <= _MOST and own[0] != "0" and not (strips and strips.match(own))
            return (country, own) if certain else None
    return None


@lru_cache(maxsize=256)
def _strips(country: int) -> re.Pattern[str] | None:
    """What a country's numbers may begin with that is not part of them."""
    region = phonenumbers.region_code_for_country_code(country)
    metadata = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(country, region)
    prefix = metadata.national_prefix_for_parsing if metadata else None
    return re.compile(prefix) if prefix else None
