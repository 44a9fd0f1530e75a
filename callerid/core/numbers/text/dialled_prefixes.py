"""What a caller dials before a number and is not part of it: caller-ID control and carrier selection, by region.

A prefix is removed only if a number of the region's plan remains (see `parse`).
"""

from __future__ import annotations

import re

_EVERYWHERE = r"(?:\*{1,2}|#)31#"  # 3GPP TS 22.030: *31# shows, #31# hides one's own number
_NORTH_AMERICA = r"\*(?:67|82)|11(?:67|82)"  # FCC 47 CFR 64.1601: *67 hides, *82 shows; 1167, 1182 on rotary phones
_BY_REGION = {
    "JP": "18[46]",  # NTT: 184 hides, 186 shows
    "GB": "1470|141",  # Ofcom, National Telephone Numbering Plan: 141 hides, 1470 shows
    "IE": "14[12]",  # ComReg, numbering conventions: 141 hides, 142 shows
    "FR": "3651",  # Orange: 3651 hides
    "ES": "06[78]",  # CNMC, numbering plan: 067 hides, 068 shows
    "AU": "183[12]",  # ACMA, Telecommunications Numbering Plan: 1831 hides, 1832 shows
    "HK": "133",  # OFCA, numbering plan: 133 hides
    "CN": "179\\d\\d|12593",  # MIIT: 179xx and 12593 select an IP carrier
}
_PREFIXES = {region: re.compile(rf"^\s*(?:{_EVERYWHERE}|{own})[\s\-]*") for region, own in _BY_REGION.items()}
_OF_NORTH_AMERICA = re.compile(rf"^\s*(?:{_EVERYWHERE}|{_NORTH_AMERICA})[\s\-]*")
_OTHERS = re.compile(rf"^\s*(?:{_EVERYWHERE})[\s\-]*")


def without_dialled_prefix(text: str, region: str, *, north_american: bool) -> str:
    """Return a number's text without a prefix that callers in a region dial before it."""
    pattern = _PREFIXES.get(region) or (_OF_NORTH_AMERICA if north_american else _OTHERS)
    return pattern.sub("", text, count=1)
