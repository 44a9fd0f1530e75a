"""docs/troubleshooting.md: each command in it can be typed, each line of doctor and each setting in it exists."""

from __future__ import annotations

import re
from pathlib import Path

from callerid.config.settings import SETTINGS
from callerid.core.doctor.finding import NAMES
from tests.pages.test_pages import command_of

TEXT = (Path(__file__).parents[2] / "docs/troubleshooting.md").read_text(encoding="utf-8")


def test_each_command_in_it_is_read_without_a_fault() -> None:
    typed = set(re.findall(r"`(callerid [^`]+)`", TEXT))
    assert len(typed) > 15
    for command in typed - {"callerid log --help"}:
        assert command.startswith(command_of(command))


def test_each_line_of_doctor_in_it_exists() -> None:
    assert set(re.findall(r"\*([a-z: ]+)\*", TEXT)) - {"italics"} <= set(map(str, NAMES))


def test_each_setting_in_it_exists() -> None:
    named = {key for pair in re.findall(r"config set (\S+)|show`: `([a-z_.]+)`", TEXT) for key in pair if key}
    assert {"log.quiet_hours", "log.screen", "wake_lock"} == named
    assert named <= SETTINGS.keys()


def test_it_has_each_symptom_that_people_name() -> None:
    headings = re.findall(r"^## (.*)$", TEXT, re.MULTILINE)
    symptoms = ["No card", "No dialog", "Nothing in the morning", "Names are old", "Logged twice", "The battery"]
    assert [heading.startswith(symptom) for heading, symptom in zip(headings, symptoms, strict=True)] == [True] * len(symptoms)
