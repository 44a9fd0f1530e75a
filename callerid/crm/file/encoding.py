"""The encoding of a file, decided once for the whole file.

A file in UTF-8 may have a few bad bytes. Otherwise it is the encoding in which the headers are known words; charset-normalizer
decides where none are.
"""

from __future__ import annotations

import codecs
import re
from itertools import pairwise
from typing import TYPE_CHECKING

from callerid.crm.file.columns import recognised
from callerid.records import dataclass

if TYPE_CHECKING:
    from io import BufferedReader

# What Excel and phones save in, by region: Japan, Korea, China, Taiwan; Western, Central European and Cyrillic Windows.
CANDIDATES = ("cp932", "cp949", "gbk", "big5", "cp1252", "cp1250", "cp1251", "cp1253", "cp1254")
# Taken only where it makes known words of the headers: Unix and older Macs, Hebrew, Arabic, Thai, Vietnamese and Baltic Windows.
_RARE = (
    "euc-jp",
    "gb18030",
    "koi8-r",
    "koi8-u",
    "cp1255",
    "cp1256",
    "cp874",
    "cp1258",
    "cp1257",
    "iso8859-2",
    "iso8859-7",
    "mac-roman",
)
_SAMPLE = 1 << 18  # bytes that are decoded to compare encodings
_WIDE = 50  # UTF-16 has a zero in so many bytes at the least: its dividers, digits and line ends; one zero is only a bad byte
_WIDE_ASCII = 4  # … and in so many where all of it is ASCII
_GOOD_FOR_BAD = 10  # UTF-8 with bad bytes, and not another encoding, has so many valid letters for each bad byte
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LETTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_DIVIDERS = re.compile(r"[,;|\t]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """An encoding, and the lines of the file with bytes that are not valid in it (they are replaced)."""

    name: str
    bad_lines: tuple[int, ...] = ()


def encoding_of(file: BufferedReader) -> Encoding:
    """Return the encoding of a file, which is read from its start."""
    start = file.read(_SAMPLE)
    for mark, name in _BOMS:
        if start.startswith(mark):
            return Encoding(name=name)
    wide = _utf_16_without_mark(start)
    if wide:
        return Encoding(name=wide)
    file.seek(0)
    letters, bad_lines = _utf_8_letters(file)
    if letters >= _GOOD_FOR_BAD * len(bad_lines):
        return Encoding(name="utf-8", bad_lines=bad_lines)
    return Encoding(name=_legacy(start))


def _utf_16_without_mark(start: bytes) -> str:
    """Return which UTF-16 a text without a byte order mark is in, by the zero bytes of its dividers and line ends; "" for none."""
    even, odd = start[0::2].count(0), start[1::2].count(0)
    zeros = even + odd
    if zeros * _WIDE < len(start) or (zeros * _WIDE_ASCII < len(start) and _is_utf_8(start)):
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _is_utf_8(start: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)  # the last letter may be cut
    except UnicodeDecodeError:
        return False
    return True


def _utf_8_letters(file: BufferedReader) -> tuple[int, tuple[int, ...]]:
    """Return how many letters beyond ASCII are valid UTF-8, and the lines with bytes that are not."""
    letters, bad = 0, list[int]()
    for number, line in enumerate(file, start=1):
        if line.isascii():
            continue
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            bad.append(number)
        letters += len(_LETTER.findall(line))
    return letters, tuple(bad)


def _legacy(start: bytes) -> str:
    whole = start[: start.rfind(b"\n") + 1] or start
    readings = _readings(whole, CANDIDATES)
    known = {name: _known_headers(text) for name, text in readings.items()}
    if not any(known.values()):
        rare = {name: _known_headers(text) for name, text in _readings(whole, _RARE).items()}
        if any(rare.values()):
            return max(rare, key=lambda name: rare[name])
    if not readings:
        return "cp1252"
    best = [name for name in readings if known[name] == max(known.values())]
    likeliest = best[0] if len(best) == 1 else _by_statistics(whole, best, readings)
    mac = whole.decode("mac-roman")
    return "mac-roman" if not known[likeliest] and _is_likelier(mac, readings[likeliest], likeliest) else likeliest


def _is_likelier(mac: str, text: str, name: str) -> bool:
    """Return whether a content is text as Excel for Mac saves it, and not what it is in another encoding: a better reading, whose
    words are all of one language."""
    if name not in _ALPHABETS or _signs(mac) or not _is_of_one_language(mac, "cp1252"):
        return False
    return _signs(text) > 0 or not _is_of_one_language(text, name)


def _is_of_one_language(text: str, name: str) -> bool:
    return _share_of_one_language(text, _ALPHABETS[name]) == 1.0


def _readings(content: bytes, names: tuple[str, ...]) -> dict[str, str]:
    """Return the text that a content is in each of the encodings that can read it."""
    return {name: text for name in names if (text := _decoded(content, name)) is not None}


def _decoded(content: bytes, name: str) -> str | None:
    try:
        return content.decode(name)
    except UnicodeDecodeError:
        return None


def _known_headers(text: str) -> int:
    """Return how many known headers with letters beyond ASCII there are in the one of the first lines that has most."""
    rows = (_DIVIDERS.split(line.replace('"', "")) for line in text.splitlines()[:20])
    return max((recognised([cell for cell in row if not cell.isascii()]) for row in rows), default=0)


def _by_statistics(content: bytes, names: list[str], readings: dict[str, str]) -> str:
    """Return the likeliest encoding: the one with the fewest unlikely characters, then what charset-normalizer says."""
    signs = {name: _signs(readings[name]) for name in names}
    fewest = [name for name in names if signs[name] == min(signs.values())]
    latin = [name for name in fewest if name in _ALPHABETS]
    if latin:
        return max(latin, key=lambda name: (_share_of_one_language(readings[name], _ALPHABETS[name]), -latin.index(name)))
    if len(fewest) == 1:
        return fewest[0]
    if all(name in _VOWELS for name in fewest):
        return max(fewest, key=lambda name: _share_of_vowels(readings[name], _VOWELS[name]))
    from charset_normalizer import from_bytes

    guess = from_bytes(content, cp_isolation=fewest).best()
    return guess.encoding if guess and guess.encoding in fewest else fewest[0]


# The letters beyond a to z of the languages that are written in each Windows encoding of Latin letters, the usual encoding first.
_ALPHABETS = {
    "cp1252": tuple("áéíñóúü áâãàçéêíóôõúü àâæçéèêëîïôùûüÿ àèéìíîòóùú äöüß åäöéü æøåéäö éëïöüèáóíêç àçèéíïòóúü äöåšž".split()),
    "cp1250": tuple("ąćęłńóśźż áčďéěíňóřšťúůýž áäčďéíĺľňóôŕšťúýž áéíóöőúüű ăâîşţ čćđšž".split()),
    "cp1254": ("çğıöşüâîû",),
}


def _share_of_one_language(text: str, alphabets: tuple[str, ...]) -> float:
    """Return which part of the words with accented letters one language of an encoding can write: a file is mostly of one."""
    words = [word for word in _WORDS.findall(text.casefold().replace("i̇", "i").replace("œu", "oeu")) if not word.isascii()]
    written = (sum(all(sign.isascii() or sign in alphabet for sign in word) for word in words) for alphabet in alphabets)
    return max(written) / len(words) if words else 1.0


# Of two encodings of other letters, the wrong one has too few vowels.
_VOWELS = {"cp1251": "аеёиоуыэюяіїє", "cp1253": "αεηιουωάέήίόύώϊϋ"}


def _share_of_vowels(text: str, vowels: str) -> float:
    letters = [sign for sign in text.casefold() if sign.isalpha() and not sign.isascii()]
    return sum(sign in vowels for sign in letters) / len(letters) if letters else 0.0


_WORDS = re.compile(r"[^\W\d_]+")
_USUAL_SIGNS = frozenset("・「」、。（）　＊々ー–—’“”€©®°·")
_ROWS = re.compile(r"[\u0080-\uffff]{3,}")
_HANGUL, _HAN = re.compile("[가-힣]"), re.compile("[一-鿿]")
_CAPITAL_WITHIN = re.compile("[A-Z][À-ÖØ-ÞŠŒŽŸ](?=[a-z])")  # "JŸrgen"
# A word in two scripts: Latin beside Greek or Cyrillic letters, small Latin ones beside those of East Asia.
_TWO_SCRIPTS = re.compile(
    "[A-Za-z](?=[Ͱ-ӿ])|[Ͱ-ӿ](?=[A-Za-z])|[a-z](?=[一-鿿가-힣\ue000-\uf8ff｡-ﾟ])|[一-鿿가-힣\ue000-\uf8ff｡-ﾟ](?=[a-z])"
)
_GREEK = 0x370  # where the Latin letters end


def _signs(text: str) -> int:
    """Return how many characters beyond ASCII are unlikely: signs, capitals within a word, long runs of accented letters."""
    strange = sum(not c.isascii() and not c.isalpha() and c not in _USUAL_SIGNS for c in text)
    strange += sum(a.islower() and b.isupper() and not b.isascii() for a, b in pairwise(text))
    strange += len(_CAPITAL_WITHIN.findall(text))
    strange += len(_TWO_SCRIPTS.findall(text))
    if _HANGUL.search(text):  # Korean of today is written without Chinese characters
        strange += len(_HAN.findall(text))
    return strange + sum(len(run) for run in _accented_runs(text))


def _accented_runs(text: str) -> list[str]:
    """Return the runs of three or more Latin letters that all have an accent."""
    return [run for run in _ROWS.findall(text) if all(ord(c) < _GREEK for c in run)]
