"""Japanese has one word for each thing: コンタクト is a record of the CRM, as in HubSpot's own Japanese; 連絡先 is one of the phone's own
contacts."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from callerid.translation import LOCALES, in_language
from callerid.turns.doctor.table import CHECKS, HEARING
from tests.messages.catalogues import catalogue

OF_THE_CRM, OF_THE_PHONE, OF_NOTHING = "コンタクト", "連絡先", "電話帳"
# How English says that it means the phone's own.
PHONES_OWN = re.compile(
    r"phone's (?:own )?contacts?\b|phone contacts|your contacts|termux-contact-list|contacts \(the phone's own|phone's own .* its contacts"
    r"|^reading the contacts is not permitted|^a contact's name looks like a row"
)
DOCS = Path(__file__).parents[2] / "docs"
README = DOCS / "README.ja.md"
# What says Japanese without a catalogue: pages, and programs that run before or without Python.
PAGES = (
    README,
    DOCS / "troubleshooting.ja.md",
    *(DOCS.parent / each for each in ("termux/texts", "bin/not-started.sh", "bin/callerid-event")),
)
# Where English has the word, Japanese has the other.
OF_THE_SAME = {
    r"\bterminals?\b": "ターミナル",
    r"\b(?:is|are|was|were|who was|has been|everyone) forgotten\b|^Forget |^forgotten": "消去",
    r"\bopen tickets?\b": "未完了のチケット",
    r"\bdialers?\b(?!'s new)": "電話アプリ",
}
LATIN = (
    "CRM|HubSpot|Android|Termux(?::API|:Boot|:Tasker)?|Tasker|MacroDroid|Shizuku|iPhone|callerid|F-Droid|CardDAV|CSV|vCard|JSON|TOML|"
    "UTF-8|SIM|ID|ZIP|HTML|root|adb|Python"
)
JAPANESE = "[ぁ-んァ-ヶ一-龯々]"
SPACED = re.compile(
    rf"(?<![\w./\"-])(?:{LATIN}) (?={JAPANESE})|{JAPANESE} (?=(?:{LATIN})(?:{JAPANESE}|[、。]))|[\d}}] (?=[件回人行秒分個桁])",
    re.ASCII,
)


def test_a_contact_of_the_crm_and_one_of_the_phone_have_each_their_word() -> None:
    wrong = [
        (english, japanese)
        for english, japanese in [*messages_with_translations(), *texts_of_cards()]
        if (OF_THE_PHONE in japanese) is not bool(PHONES_OWN.search(english) and english != "See: termux-contact-list")
        or OF_NOTHING in japanese
    ]
    assert wrong == []


def test_what_the_crm_has_is_called_as_it_calls_it() -> None:
    of_the_crm = re.compile(
        r"\b(?:CRM|HubSpot|portal|owner|deal)\b.*\bcontacts?\b|\bcontacts?\b.*\b(?:CRM|HubSpot|portal|owner|deal)\b"
    )
    told = [(english, japanese) for english, japanese in messages_with_translations() if of_the_crm.search(english)]
    assert len(told) > 10
    others = ("What is in the CRM, in the phone's own", "Have Android's job", "Whether the name from the phone's")
    assert [each for each in told if OF_THE_CRM not in each[1] and not each[0].startswith(others)] == []


def test_the_readme_speaks_of_contacts_of_the_crm() -> None:
    """But for Android's permission, which is quoted."""
    assert re.findall(rf"(?<!端末の)(?<!「){OF_THE_PHONE}|{OF_NOTHING}", README.read_text(encoding="utf-8")) == []


def test_the_readme_calls_the_phone_the_mirror_and_the_terminal_as_the_commands_do() -> None:
    old = re.findall("写し|台帳|模擬|常駐|端末を2つ|電話の中|電話から|電話に入れる", README.read_text(encoding="utf-8"))
    assert old == []


def refused_words() -> list[str]:
    """Return the words that docs/translating.md refuses."""
    table = (DOCS / "translating.md").read_text(encoding="utf-8").partition("**One word for each thing.**")[2]
    rows = re.findall(r"^\|.*\|.*\| *(.*?) *\|$", table, re.MULTILINE)[2:]
    return [word for row in rows for word in row.split("、") if word]


def all_japanese() -> list[tuple[str, str]]:
    """Return each text with where it stands: the message, the key, or the name of the page."""
    pages = ((page.name, line) for page in PAGES for line in page.read_text(encoding="utf-8").splitlines())
    return [*messages_with_translations(), *texts_of_cards(), *pages]


def test_no_text_has_a_word_that_the_glossary_refuses() -> None:
    words = refused_words()
    assert len(words) > 20
    assert [(place, word) for place, text in all_japanese() for word in words if word in text] == []


@pytest.mark.parametrize("english", OF_THE_SAME)
def test_what_is_one_thing_in_english_has_one_word_in_japanese(english: str) -> None:
    told = [each for each in messages_with_translations() if re.search(english, each[0])]
    assert len(told) > 2
    assert [each for each in told if OF_THE_SAME[english] not in each[1]] == []


def test_no_space_is_between_japanese_and_a_latin_name_or_a_number() -> None:
    assert all(map(SPACED.search, ("CRM は", "calleridの CRM、", "3 件")))
    assert [(place, found[0]) for place, text in all_japanese() if (found := SPACED.search(text))] == []


def test_why_a_thing_matters_does_not_read_as_if_it_worked() -> None:
    """It stands beside a ✗: `not installed (names of callers are known)` says the opposite of what is meant."""
    works = re.compile("(?:分かります|できます|使えます|使います|動きます|います)$")
    said = [in_language(check.why, "ja") for check in (*CHECKS, HEARING)]
    assert len(said) > 40
    assert [why for why in said if works.search(why) and "すると、" not in why] == []


def messages_with_translations() -> list[tuple[str, str]]:
    """Return each message, of those that count the form for one, with its Japanese."""
    return [(_first(entry.id), _first(entry.string)) for entry in catalogue("ja") if entry.id]


def _first(texts: object) -> str:
    return str(texts[0]) if isinstance(texts, tuple | list) else str(texts)


def texts_of_cards() -> list[tuple[str, str]]:
    """Return each text of cards and lists with its Japanese."""
    english, japanese = (_texts(tomllib.loads((LOCALES / f"{name}.toml").read_text(encoding="utf-8"))) for name in ("en", "ja"))
    return [(english.get(key, ""), text) for key, text in japanese.items()]


def _texts(table: dict[str, object], before: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in table.items():
        found |= _texts(value, f"{before}{key}.") if isinstance(value, dict) else {f"{before}{key}": str(value)}
    return found
