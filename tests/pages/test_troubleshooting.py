"""docs/troubleshooting.md and its Japanese: each command in them can be typed, each line of doctor and each setting in them exists, and
they go by the same symptoms."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from callerid.config.settings import SETTINGS
from callerid.core.doctor.finding import NAMES, SENSES
from callerid.messages import message
from callerid.translation import in_language
from tests.pages.test_pages import command_of

DOCS = Path(__file__).parents[2] / "docs"
TEXT, JAPANESE = ((DOCS / name).read_text(encoding="utf-8") for name in ("troubleshooting.md", "troubleshooting.ja.md"))
PAGES = {"en": TEXT, "ja": JAPANESE}
ITALIC = re.compile(r"(?<!\*)\*([^*|\n]+)\*(?!\*)")
THE_WORD_ITSELF = {"italics", "斜体"}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_each_command_in_it_is_read_without_a_fault(page: str) -> None:
    typed = set(re.findall(r"`(callerid [^`]+)`", page))
    assert len(typed) > 15
    for command in typed - {"callerid log --help"}:
        assert command.startswith(command_of(command))


@pytest.mark.parametrize("language", PAGES)
def test_each_name_in_italics_is_a_line_that_doctor_prints_in_that_language(language: str) -> None:
    printed = {name if name in SENSES else in_language(message(name), language) for name in map(str, NAMES)}
    named = set(ITALIC.findall(PAGES[language])) - THE_WORD_ITSELF
    assert len(named) > 15
    assert named - printed == set()


def test_the_japanese_page_has_each_row_of_the_english_one() -> None:
    """The same number of rows for each symptom, and in each row the same commands, settings and lines of doctor."""
    in_japanese = {str(name): in_language(message(str(name)), "ja") for name in NAMES}
    english, japanese = (re.findall(r"^\| (?!-|what|原因).*", page, re.MULTILINE) for page in (TEXT, JAPANESE))
    assert len(english) == len(japanese) > 20
    for here, there in zip(english, japanese, strict=True):
        assert set(re.findall("`[^`]+`", here)) == set(re.findall("`[^`]+`", there))
        assert {in_japanese[name] for name in ITALIC.findall(here)} == set(ITALIC.findall(there))


def test_each_setting_in_it_exists() -> None:
    named = {key for pair in re.findall(r"config set (\S+)|show`: `([a-z_.]+)`", TEXT) for key in pair if key}
    assert {"log.quiet_hours", "log.screen", "wake_lock"} == named
    assert named <= SETTINGS.keys()


def test_it_has_each_symptom_that_people_name() -> None:
    headings = re.findall(r"^## (.*)$", TEXT, re.MULTILINE)
    symptoms = ["No card", "No dialog", "Nothing in the morning", "Names are old", "Logged twice", "The battery", "Every command"]
    assert [heading.startswith(symptom) for heading, symptom in zip(headings, symptoms, strict=True)] == [True] * len(symptoms)
    assert len(re.findall("^## ", JAPANESE, re.MULTILINE)) == len(symptoms)
