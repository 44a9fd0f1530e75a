"""Each catalogue has every message of the code, and nothing else; a translation has the places of its message."""

from __future__ import annotations

import re
from functools import cache
from string import Formatter
from typing import TYPE_CHECKING

import pytest

from callerid.cli.main import _COMMANDS
from callerid.core.upkeep.health import SOURCE_NAMES, Source
from callerid.errors import Offline
from callerid.messages import as_typed, counted, joined, message, stored
from callerid.translation import catalogue as loaded
from callerid.translation import in_language
from tests.messages.catalogues import CODE, TRANSLATED, catalogue, is_translated, messages, mo_bytes, po_bytes, po_file, updated

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog, Message

_HOW = "type: make messages; translate what is empty, and type it again"


@cache
def _template() -> Catalog:
    return messages()


def _ids(entry: Message) -> tuple[str, ...]:
    return entry.id if isinstance(entry.id, tuple | list) else (str(entry.id),)  # type: ignore[return-value]


def _strings(entry: Message) -> tuple[str, ...]:
    return entry.string if isinstance(entry.string, tuple | list) else (str(entry.string),)  # type: ignore[return-value]


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_has_each_message_of_the_code_and_no_other(language: str) -> None:
    wanted, held = ({entry.id for entry in each if entry.id} for each in (_template(), catalogue(language)))
    assert (sorted(map(str, wanted - held)), sorted(map(str, held - wanted))) == ([], []), _HOW


@pytest.mark.parametrize("language", TRANSLATED)
def test_each_message_is_translated_in_every_plural_form_and_certain(language: str) -> None:
    held = catalogue(language)
    assert [entry.id for entry in held if entry.id and (entry.fuzzy or not is_translated(entry))] == [], _HOW
    assert [entry.id for entry in held if entry.pluralizable and len(_strings(entry)) != held.num_plurals] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_places_of_its_message(language: str) -> None:
    for entry in catalogue(language):
        allowed = {place for text in _ids(entry) for place in _places(text)} if entry.id else set()
        needed = set.intersection(*(set(_places(text)) for text in _ids(entry))) if entry.id else set()
        for text in _strings(entry) if entry.id and "{" in _ids(entry)[0] and allowed else ():
            assert needed <= set(_places(text)) <= allowed, entry.id


def _places(text: str) -> list[str]:
    """Return the names of the places in a template; none where it is a text with braces of its own."""
    try:
        return [name for _, name, _, _ in Formatter().parse(text) if name and name.isidentifier()]
    except ValueError:
        return []


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_is_to_be_typed_is_the_same_in_each_language(language: str) -> None:
    typed = re.compile(
        rf"(?<=: )callerid (?:{'|'.join(_COMMANDS)})(?: --?\w[\w-]*)?|docs/[\w.-]+\w|termux-[a-z-]+\w|adb shell [a-z]+|chmod \d+"
    )
    for entry in catalogue(language):
        for word in typed.findall(_ids(entry)[0]):
            assert word in _strings(entry)[0], entry.id


def test_a_path_in_what_is_to_be_typed_is_quoted_as_a_shell_reads_it() -> None:
    """By its value: quotation marks in the message would end at an apostrophe in the path."""
    marked = [
        text
        for entry in _template()
        for text in _ids(entry)
        if re.search(r"\b(callerid [a-z]+|cat|chmod|head|ls|mv|rm|sh|tail|unzip)\b.* '\{", text)
    ]
    assert marked == []
    assert as_typed("/sdcard/Ana's people.csv") == "'/sdcard/Ana'\"'\"'s people.csv'"
    assert as_typed(CODE / "paths.py") == str(CODE / "paths.py")


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_compiled_catalogue_is_made_of_what_translators_edit(language: str) -> None:
    made = updated(language, _template())
    assert po_file(language).read_bytes() == po_bytes(made), _HOW
    assert po_file(language).with_suffix(".mo").read_bytes() == mo_bytes(made), _HOW


def test_no_fault_has_a_sentence_that_cannot_be_translated() -> None:
    faults = re.findall(r"^class (\w+)\(", (CODE / "errors.py").read_text(encoding="utf-8"), re.MULTILINE)
    bare = re.compile(rf"\b(?:{'|'.join(faults)}|remedy)[(=]\s*(?:f[\"'][^{{]|[\"']\w).*")
    product = (file for file in sorted(CODE.rglob("*.py")) if "simulator" not in file.parts)
    assert [(file.name, found) for file in product for found in bare.findall(file.read_text(encoding="utf-8"))] == []


def test_each_source_of_trouble_has_a_name_that_is_translated() -> None:
    assert set(SOURCE_NAMES) == set(Source)


def test_a_message_is_english_text_that_is_said_in_another_language() -> None:
    fault = message("The file {path} cannot be read: {reason}.", path="/x", reason=message("Permission denied"))
    assert fault == "The file /x cannot be read: Permission denied."
    assert in_language(fault, "en") == fault
    assert in_language(fault, "ja") == "ファイル /x を読み取れません: アクセス権がありません。"
    assert in_language(counted(2, "{count} call", "{count} calls"), "ja") == "通話2件"
    assert in_language(joined(", ", (counted(1, "{count} call", "{count} calls"), "Ana")), "ja") == "通話1件、Ana"


def test_a_message_that_was_stored_as_english_text_is_recognised() -> None:
    text = str(message("{argv} ended {ended}.", argv="/x/{hook}", ended=message("with status {code}", code=3)))
    assert in_language(text, "ja") == in_language(stored(text), "ja") == "/x/{hook} が異常終了しました（ステータス3）。"
    assert in_language("Ana López wrote this.", "ja") == "Ana López wrote this."
    offline = "HubSpot cannot be reached; the phone seems to be offline."
    both = str(Offline(message(offline), remedy=message("A running daemon continues when the network is back.")))
    assert in_language(both, "ja") == in_language(offline, "ja") + "デーモンが動いていれば、ネットワークの復旧後に再開します。"
    assert in_language("Portal says no. Type: callerid sync", "ja") == "Portal says no. 次を実行してください: callerid sync"


def test_a_language_without_a_catalogue_speaks_english() -> None:
    assert loaded("xx").gettext("nothing") == "nothing"
