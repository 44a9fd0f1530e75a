"""Each catalogue has every message of the code, and nothing else; a translation has the places of its message."""

from __future__ import annotations

import ast
import re
from functools import cache
from string import Formatter
from typing import TYPE_CHECKING

import pytest

from callerid.cli.main import _COMMANDS
from callerid.core.ringing.hearing import Sense
from callerid.core.ringing.sense_health import remedy
from callerid.core.upkeep.health import SOURCE_NAMES, Source
from callerid.errors import Offline
from callerid.messages import as_typed, counted, joined, message, stored
from callerid.translation import catalogue as loaded
from callerid.translation import in_language
from tests.messages.catalogues import (
    CODE,
    KEYWORDS,
    TRANSLATED,
    catalogue,
    code_of,
    is_translated,
    messages,
    mo_bytes,
    po_bytes,
    po_file,
    updated,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babel.messages.catalog import Catalog, Message

_HOW = "type: make messages; translate what is empty, and type it again"
_LONG_ENOUGH = 20  # letters of a message, for it to be told from what others wrote


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


_ENGLISH = {"number_type"}  # click has no other name of a type than the English one: "integer range"


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_places_of_its_message(language: str) -> None:
    for entry in catalogue(language):
        allowed = {place for text in _ids(entry) for place in _places(text)} if entry.id else set()
        needed = set.intersection(*(set(_places(text)) for text in _ids(entry))) - _ENGLISH if entry.id else set()
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


# Where phrases stand that nobody is told: words of other programs by which they are recognised, commands, what only a log or an
# answer of `report-bug` has, and the texts that the simulated portal and phone have from the real ones.
_NOT_TOLD = {
    "callerid/cli/language/json_answers.py",
    "callerid/cli/language/output.py",
    "callerid/cli/main.py",
    "callerid/cli/session.py",
    "callerid/cli/simulator/simulate.py",
    "callerid/cli/support/report_bug.py",
    "callerid/config/toml_faults.py",
    "callerid/core/doctor/android.py",
    "callerid/core/doctor/running.py",
    "callerid/core/doctor/versions.py",
    "callerid/core/followup/conversation.py",
    "callerid/core/followup/outcomes.py",
    "callerid/core/followup/unfinished.py",
    "callerid/core/inbox_events.py",
    "callerid/core/numbers/__init__.py",
    "callerid/core/numbers/text/hidden_words.py",
    "callerid/core/numbers/text/extensions.py",
    "callerid/core/ringing/dialer_texts.py",
    "callerid/core/upkeep/log_budget.py",
    "callerid/crm/file/column_words.py",
    "callerid/crm/hubspot/reading/property_values.py",
    "callerid/crm/hubspot/writing/engagements.py",
    "callerid/daemon/phone_access.py",
    "callerid/daemon/senses/streams.py",
    "callerid/models/__init__.py",
    "callerid/phone/android.py",
    "callerid/phone/inbox.py",
    "callerid/phone/termux.py",
    "callerid/simulator/phone",
    "callerid/simulator/portal",
    "callerid/simulator/script/syntax.py",
    "callerid/store/faults.py",
    "callerid/store/mirror/lookup.py",
    "callerid/turns/followup/dialogs.py",
    "callerid/turns/ringing/sims.py",
    "callerid/turns/upkeep/bug_report",
}
_PHRASE = re.compile(r"[a-z]{2,} [a-z]+ [a-z]{2,}")
_SQL = re.compile(r"\b(?:SELECT|INSERT|UPDATE|DELETE|CREATE|WHERE|FROM|JOIN)\b")
_TO_NOBODY = {"debug", "info", "warning", "error", "exception", "option", "command", "_setting"}


def test_each_phrase_that_a_person_may_be_told_is_a_message() -> None:
    found = {
        str(file.relative_to(CODE.parent)): phrases for file in CODE.rglob("*.py") if (phrases := sorted(_phrases(code_of(file))))
    }
    untranslated = {file: phrases for file, phrases in found.items() if not any(map(file.startswith, _NOT_TOLD))}
    assert untranslated == {}, "a message, which the catalogues have; or its file is one of _NOT_TOLD"


def _phrases(node: ast.AST) -> Iterator[str]:
    """Return the English phrases in a part of the code that are neither messages nor for readers of the code or the log."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return  # a docstring
    if isinstance(node, ast.Call):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in KEYWORDS or name in _TO_NOBODY:
            for keyword in node.keywords if name in KEYWORDS else ():
                yield from _phrases(keyword)  # its values are told, too
            return
    if (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and _PHRASE.search(node.value)
        and not _SQL.search(node.value)
    ):
        yield node.value
    for child in ast.iter_child_nodes(node):
        yield from _phrases(child)


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


@pytest.mark.parametrize("count", [1, 4])
@pytest.mark.parametrize("language", TRANSLATED)
def test_a_message_that_counts_is_recognised_when_it_was_stored_of_one_and_of_several(language: str, count: int) -> None:
    for entry in catalogue(language):
        if entry.pluralizable and "{count}" in entry.id[1] and len(entry.id[0]) > _LONG_ENOUGH:
            places = {place for text in _ids(entry) for place in _places(text)} - {"count"}
            counts = counted(count, *entry.id, **dict.fromkeys(places, 1234))
            assert in_language(str(counts), language) == in_language(counts, language)


def test_each_sentence_that_is_known_after_one_that_is_not_is_said_in_the_language() -> None:
    tried, typed = "The calls are read from the phone's log again.", "Type: callerid sync"
    said = f"{in_language(tried, 'ja')}{in_language(typed, 'ja')}"
    assert in_language(f"Portal says no. {tried} {typed}", "ja") == f"Portal says no. {said}"


def test_a_language_without_a_catalogue_speaks_english() -> None:
    assert loaded("xx").gettext("nothing") == "nothing"


@pytest.mark.parametrize("maker", ["", "samsung", "Xiaomi"])
@pytest.mark.parametrize("lost", [False, True])
@pytest.mark.parametrize("sense", [Sense.INBOX, Sense.STREAM, Sense.TELEPHONY, Sense.NOTIFICATIONS])
def test_what_to_do_about_a_deaf_sense_is_said_in_the_language_though_it_was_stored(
    sense: Sense, maker: str, *, lost: bool
) -> None:
    told = remedy(sense, maker, lost=lost)
    assert in_language(str(told), "ja") == in_language(told, "ja")


def test_a_text_of_few_words_stays_as_it_is_unless_all_of_its_parts_are_known() -> None:
    known = "Check that root or Shizuku still runs: callerid doctor"
    assert in_language(f"{known}; and call the portal's owner.", "ja") == f"{known}; and call the portal's owner."
