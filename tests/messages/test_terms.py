"""Japanese has one word for each thing: コンタクト is a record of the CRM, as in HubSpot's own Japanese; 連絡先 is one of the phone's own
contacts."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from callerid.translation import LOCALES
from tests.messages.catalogues import catalogue

OF_THE_CRM, OF_THE_PHONE, OF_NOTHING = "コンタクト", "連絡先", "電話帳"
# How English says that it means the phone's own.
PHONES_OWN = re.compile(
    r"phone's (?:own )?contacts?\b|phone contacts|your contacts|termux-contact-list|contacts \(the phone's own|phone's own .* its contacts"
    r"|^reading the contacts is not permitted|^a contact's name looks like a row"
)
README = Path(__file__).parents[2] / "docs/README.ja.md"


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
