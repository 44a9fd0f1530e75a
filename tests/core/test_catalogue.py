"""The texts in every language."""

from __future__ import annotations

import re

from callerid import catalogue
from callerid.catalogue import language_of
from tests.core.people import EN


def test_every_language_has_every_text_with_places_that_the_program_fills() -> None:
    for language in catalogue.LANGUAGES:
        texts = catalogue._read(language)
        assert texts.keys() == catalogue._read("en").keys()
        for key, text in texts.items():
            assert places(text) <= places(EN.texts[key]), (language, key)


def places(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def test_the_language_follows_the_setting_or_the_locale() -> None:
    assert language_of("auto", "ja_JP.UTF-8") == "ja"
    assert language_of("auto", "fr_FR.UTF-8") == "en"
    assert language_of("ja", "en_US.UTF-8") == "ja"
