"""Extensions: the digits behind a switchboard's number, in the ways that people, exchanges, phones and vCards write them."""

from __future__ import annotations

import re

# Words before an extension, by language: English, German and Austrian, French, Italian, Spanish and Portuguese, Dutch,
# Scandinavian, Finnish, Polish, Czech and Slovak, Hungarian, Turkish, Russian and Ukrainian, Greek, Japanese, Chinese, Korean.
_WORDS = (
    "extension extensión extensão extensio ext extn exten xtn x",
    "durchwahl dw app apparat nebenstelle nst klappe kl",
    "poste pst interne int interno",
    "anexo ramal anx intern",
    "toestel tst",
    "lokal lok anknytning ankn",
    "alanumero alanro",
    "wewnętrzny wewn wew",
    "linka klapka",
    "mellék",
    "dahili dah",
    "добавочный добав доб внутренний внутр вн додатковий дод",
    "εσωτερικό εσωτ",
    "linje nebenst r ramais local loc",
    "שלוחה تحويلة ต่อ",
    "内線番号 内線 内线 分机 分機 转 轉 내선번호 내선",
)
_WORD = "|".join(sorted((re.escape(word) for line in _WORDS for word in line.split()), key=len, reverse=True))
_BY_WORD = re.compile(rf"(?<=[\d\s()\[\]{{}},.;:/\-–—])(?:{_WORD})\s*[.:#]?\s*#?\s*(\d{{1,7}})\s*[)\]}}]?$", re.IGNORECASE)
_BY_WORD_BEHIND = re.compile(
    r"(?:\s*[/,;(–-]\s*|(?<=\d)\s+)(\d{1,5})\s*(?:-?[aeoöá]s)?\s*(?:mellék|mell\.)\s*\)?$", re.IGNORECASE
)  # Hungarian
_BY_SIGN = re.compile(r"\s*[#]\s*(\d{1,7})$")
_BY_STAR = re.compile(r"\s*\*\s*(\d{1,6})$")  # Russian
_BEHIND_SEPARATOR = re.compile(rf"\s*[/|,;]\s*((?:{_WORD})[\s.:#]*\d{{1,6}}(?!\d))", re.IGNORECASE)
# RFC 3966 (tel URI): ;ext=12
_BY_PARAMETER = re.compile(r";\s*ext\s*=\s*(\d{1,15})", re.IGNORECASE)
# What a phone dials after the call is answered: it pauses at a comma or p, and waits at a semicolon or w
# (PhoneNumberUtils.java: PAUSE ',', WAIT ';'; iPhone and older phones write p and w).
_AFTER_PAUSE = re.compile(r"(?<=[\d)])\s*(?:[,;]|[pw]\.?)\s*(?:[,;pw]\s*)*(\d[\d,;pw#\s]*|)$", re.IGNORECASE)
_MOST_DIALLED = 24
_FEWEST_BEFORE = 4  # digits of a number that has an extension
_FEWEST_BEFORE_STAR = 7  # with fewer, it is a code for the network


def join_extensions(text: str) -> str:
    """Return a field's text without the separators that stand before an extension and its word ("030 1234567 / DW 12")."""
    return _BEHIND_SEPARATOR.sub(r" \1", text)


def split_extension(text: str) -> tuple[str, str]:
    """Return a number's text without its extension, and the extension's digits; (text, "") if it has none.

    Digits that are dialled after a pause are an extension too: different ones reach different desks.
    """
    for pattern in (_BY_PARAMETER, _AFTER_PAUSE, _BY_WORD, _BY_WORD_BEHIND, _BY_SIGN, _BY_STAR):
        extension = pattern.search(text)
        before = text[: extension.start()] if extension else ""
        fewest = _FEWEST_BEFORE_STAR if pattern is _BY_STAR else _FEWEST_BEFORE
        if extension and sum(map(str.isdigit, before)) >= fewest and not _is_code(before):
            rest = before + (text[extension.end() :] if pattern is _BY_PARAMETER else "")
            return rest.rstrip(" ,;/(-–—[{"), "".join(filter(str.isdigit, extension[1]))[:_MOST_DIALLED]
    return text, ""


def _is_code(text: str) -> bool:
    """Return whether a text is a code for the network, such as *100*1: what follows is part of it."""
    return "*" in text or "#" in text
