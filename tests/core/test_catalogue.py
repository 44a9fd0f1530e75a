"""The texts in every language."""

from __future__ import annotations

import re

import pytest

from callerid import catalogue
from callerid.catalogue import language_of
from tests.core.people import EN


def test_every_language_has_every_text_with_places_that_the_program_fills() -> None:
    for language in catalogue.LANGUAGES:
        texts = catalogue.load(language).texts
        assert catalogue._read(language).keys() == catalogue._read("en").keys()
        for key, text in texts.items():
            assert places(text) <= places(EN.texts[key]), (language, key)


def places(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)(?::\w+)?\}", text))


def test_a_name_in_japanese_is_followed_by_the_title_that_the_person_chose() -> None:
    for honorific in ("さん", "様"):
        texts = catalogue.load("ja", honorific)
        assert texts.say("engagement.incoming", name="山田 太郎") == f"山田 太郎{honorific}からの電話"


@pytest.mark.parametrize(
    "name",
    [
        "鈴木さん",
        "田中様",
        "山本先生",
        "佐藤 ゆいちゃん",
        "田中くん",
        "鈴木 太郎君",
        "鈴木一太郎殿",
        "a@b.c",
        "090-1111-2222",
        "名前のないコンタクト",
    ],
)
def test_no_second_title_follows_a_name_and_none_what_is_no_name(name: str) -> None:
    texts = catalogue.load("ja", "様")
    assert texts.say("ring.spoken", name=name) == f"{name}から電話です"
    assert texts.say("prompt.title", name=name) == f"{name}との通話を記録しますか？"


@pytest.mark.parametrize("name", ["鄧麗君", "王 昭君", "山田 麗君", "司馬 殿"])
def test_a_given_name_that_ends_as_a_title_does_is_followed_by_one(name: str) -> None:
    assert catalogue.load("ja", "様").say("ring.spoken", name=name) == f"{name}様から電話です"


def test_the_language_follows_the_setting_or_the_locale() -> None:
    assert language_of("auto", "ja_JP.UTF-8") == "ja"
    assert language_of("auto", "fr_FR.UTF-8") == "en"
    assert language_of("ja", "en_US.UTF-8") == "ja"
