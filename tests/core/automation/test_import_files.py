"""The files that Tasker and MacroDroid import have the form that public exports show, and run the programs that are installed."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from callerid.core.automation import macrodroid, tasker
from callerid.core.automation.events import EVENTS, IDLE, OFFHOOK, RING

ROOT = Path(__file__).parents[3]
MADE = 1_790_000_000_000
TASKER = {file.event: file for file in tasker.import_files(MADE)}
MACRODROID = {file.event: file for file in macrodroid.import_files(MADE)}

# What public exports have: tag, its attributes without their numbers, and the parts of a profile or task with a name. Counted in an
# export of Tasker 6.4.0 with 16 profiles of events, 25 tasks and 614 actions, and compared with exports of 6.3.13 and 6.6.20.
SHAPES = {
    "TaskerData": ({"sr": "", "dvi": "1"}, set()),
    "Profile": ({"sr": "prof", "ve": "2"}, {"cdate", "edate", "flags", "id", "mid0", "nme", "Event"}),
    "Event": ({"sr": "con", "ve": "2"}, {"code", "pri"}),
    "Task": ({"sr": "task"}, {"cdate", "edate", "id", "nme", "pri", "Action"}),
    "Action": ({"sr": "act", "ve": "7"}, {"code"}),
    "Bundle": ({"sr": "arg"}, {"Vals"}),
    "Vals": ({"sr": "val"}, set()),
    "Str": ({"sr": "arg", "ve": "3"}, set()),
    "Int": ({"sr": "arg"}, set()),
}
ACTION_FIELDS = {  # the kinds of the arguments, in order
    "547": ["Str", "Str", "Int", "Int", "Int", "Int", "Int"],  # Variable Set
    "598": ["Str", "Str", "Int", "Int", "Int", "Str", "Int", "Str"],  # Variable Search Replace
    "1256900802": ["Bundle", "Str", "Str", "Int", "Int"],  # Termux:Tasker
}
BUNDLE_TYPES = {  # the values of the bundle of Termux:Tasker with their types, of versions 6 and 1002; others are optional
    "com.termux.execute.arguments": "String",
    "com.termux.tasker.extra.BACKGROUND_CUSTOM_LOG_LEVEL": "String",
    "com.termux.tasker.extra.EXECUTABLE": "String",
    "com.termux.tasker.extra.SESSION_ACTION": "String",
    "com.termux.tasker.extra.STDIN": "String",
    "com.termux.tasker.extra.TERMINAL": "Boolean",
    "com.termux.tasker.extra.VERSION_CODE": "Integer",
    "com.termux.tasker.extra.WAIT_FOR_RESULT": "Boolean",
    "com.termux.tasker.extra.WORKDIR": "String",
    "com.twofortyfouram.locale.intent.extra.BLURB": "String",
    "net.dinglisch.android.tasker.extras.VARIABLE_REPLACE_KEYS": "String",
    "net.dinglisch.android.tasker.subbundled": "Boolean",
}
# The fields of MacroDroid's exports of 2026.
COMMON = {"disableLogging", "m_SIGUID", "m_classType", "m_comment", "m_constraintList", "m_isDisabled", "m_isOrCondition"}
MACRO = set(
    "aiGenerated breakpoints disabledTimestamp exportedActionBlocks forceEvenIfNotEnabledTimestamp isActionBlock isExtra isFavourite"
    " lastEditedTimestamp localVariables localVarsAlphabetical m_GUID m_actionList m_category m_constraintList m_description"
    " m_descriptionOpen m_enabled m_excludeLog m_headingColor m_isOrCondition m_name m_triggerList".split()
)
CALL = COMMON | set("isExclude m_groupIdList m_groupNameList m_option m_phoneNumber m_phoneNumberExclude useRegex".split())
CALL_FIELDS = {
    "IncomingCallTrigger": CALL | {"m_incomingCallFromList"},
    "CallEndedTrigger": CALL | {"m_contactList"},
    "CallMissedTrigger": CALL | {"m_contactList"},
}
SEND_INTENT = (
    COMMON
    | {f"EXTRA_TYPE_{name}" for name in "AUTO BOOLEAN DOUBLE FLOAT INT LONG STRING STRING_ARRAY".split()}
    | {f"m_extra{place}{part}" for place in range(1, 7) for part in ("Name", "Type", "Value")}
    | set("m_action m_category m_className m_data m_flags m_mimeType m_packageName m_target useCustomCategory".split())
)


def tree(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 - made by us


def bundle(action: ET.Element) -> dict[str, str | None]:
    return {part.tag: part.text for part in action.iterfind("Bundle/Vals/*")}


def macro(text: str) -> dict[str, Any]:
    document = json.loads(text)
    assert document.keys() == {"globalVariables", "macro", "macroExportVersion"}
    return dict(document["macro"])


@pytest.mark.parametrize("file", TASKER.values(), ids=lambda file: file.name)
def test_a_tasker_file_has_the_tags_and_attributes_of_public_exports(file: Any) -> None:
    for element in tree(file.text).iter():
        attributes, parts = SHAPES.get(element.tag, ({}, set()))
        written = {key: re.sub(r"\d+$", "", value) if key == "sr" else value for key, value in element.attrib.items()}
        assert {key: written.get(key) for key in attributes} == attributes, element.tag
        assert {part.tag for part in element} >= parts, element.tag


def test_each_tasker_action_has_its_arguments_in_the_order_and_kinds_of_public_exports() -> None:
    actions = [action for file in TASKER.values() for action in tree(file.text).iter("Action")]
    assert len(actions) == 5
    for action in actions:
        arguments = [part for part in action if part.tag != "code"]
        assert [part.tag for part in arguments] == ACTION_FIELDS[action.findtext("code") or ""]
        assert [part.get("sr") for part in arguments] == [f"arg{place}" for place in range(len(arguments))]


def test_the_termux_action_has_every_value_with_its_type() -> None:
    for file in TASKER.values():
        values = bundle(list(tree(file.text).iter("Action"))[-1])
        typed = {key: values[f"{key}-type"] for key in values if not key.endswith("-type")}
        assert typed == {key: f"java.lang.{kind}" for key, kind in BUNDLE_TYPES.items()}
        assert values["com.termux.tasker.extra.EXECUTABLE"] == file.event.program
        assert "com.termux.execute.arguments" in str(values["net.dinglisch.android.tasker.extras.VARIABLE_REPLACE_KEYS"]).split()


def test_tasker_quotes_the_callers_number_after_it_took_the_single_quotes_out() -> None:
    copied, cleaned, run = tree(TASKER[RING].text).iter("Action")
    assert [part.text for part in copied.iter("Str")] == ["%num", "%CNUM"]
    assert [part.text for part in cleaned.iter("Str")] == ["%num", "'", None, None]
    assert [part.get("val") for part in cleaned.iter("Int")] == ["0", "0", "0", "1"]  # the last: replace the matches
    assert bundle(run)["com.termux.execute.arguments"] == "'%num'"
    assert bundle(next(tree(TASKER[IDLE].text).iter("Action")))["com.termux.execute.arguments"] == "<null>"


def test_a_profile_has_its_events_code_and_runs_the_task_of_its_file() -> None:
    for event, code in {OFFHOOK: "2", IDLE: "4"}.items():
        document = tree(TASKER[event].text)
        assert document.findtext("Profile/Event/code") == code
        assert document.findtext("Profile/mid0") == document.findtext("Task/id")
        assert not TASKER[event].by_hand


def test_phone_ringing_is_left_to_be_chosen_by_hand_because_no_export_shows_its_field() -> None:
    assert tree(TASKER[RING].text).find("Profile") is None
    assert TASKER[RING].name.endswith(".tsk.xml")
    assert "Phone Ringing" in TASKER[RING].by_hand
    assert "Caller ring" in TASKER[RING].by_hand


@pytest.mark.parametrize("file", MACRODROID.values(), ids=lambda file: file.name)
def test_a_macro_has_the_fields_of_public_exports_and_each_thing_an_identity_of_its_own(file: Any) -> None:
    made = macro(file.text)
    assert made.keys() == MACRO
    for trigger in made["m_triggerList"]:
        assert trigger.keys() == CALL_FIELDS[trigger["m_classType"]]
        contacts = next(value for key, value in trigger.items() if key in {"m_incomingCallFromList", "m_contactList"})
        assert (trigger["m_option"], [contact["m_id"] for contact in contacts]) == (0, ["-2"])  # any number
    assert [action.keys() for action in made["m_actionList"]] == [SEND_INTENT]
    identities = [made["m_GUID"], *(part["m_SIGUID"] for part in chain(made["m_triggerList"], made["m_actionList"]))]
    assert len(set(identities)) == len(identities)
    assert all(-(2**63) <= identity < 0 for identity in identities)


def test_a_macro_starts_termux_with_typed_extras_and_the_number_only_on_standard_input() -> None:
    extras = {}
    for event, file in MACRODROID.items():
        (action,) = macro(file.text)["m_actionList"]
        assert (action["m_target"], action["m_action"]) == ("Service", "com.termux.RUN_COMMAND")
        assert (action["m_packageName"], action["m_className"]) == ("com.termux", "com.termux.app.RunCommandService")
        names = [action[f"m_extra{place}Name"].removeprefix("com.termux.RUN_COMMAND_") for place in range(1, 7)]
        values = [(action[f"m_extra{place}Value"], action[f"m_extra{place}Type"]) for place in range(1, 7)]
        extras[event] = {name: value for name, value in zip(names, values, strict=True) if name}
    background = ("true", 2)
    ring = {"PATH": ("~/.termux/tasker/callerid-ring-stdin", 1), "BACKGROUND": background, "STDIN": ("n:{call_number}", 1)}
    assert extras[RING] == ring
    assert extras[IDLE] == {"PATH": ("~/.termux/tasker/callerid-idle", 1), "BACKGROUND": background}


def test_the_same_events_are_in_the_document_and_among_the_installed_programs() -> None:
    document = (ROOT / "docs/hearing-a-ring.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^|(]+?)(?: \([^|]*)? \| `(callerid-\w+)` \| (none|one: [^|]*) \|$", document, re.MULTILINE)
    assert [(when, program, takes != "none") for when, program, takes in rows] == [
        (event.when, event.program, event.has_number) for event in EVENTS
    ]
    programs = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "termux/tasker").iterdir()}
    assert programs.keys() == {event.program for event in EVENTS} | {"callerid-ring-stdin"}
    for event in EVENTS:
        words = f'{event.name} "${{1-}}"' if event.has_number else event.name
        assert f'exec sh "@EVENT@" {words} </dev/null' in programs[event.program]


def test_the_document_names_each_file_that_is_made() -> None:
    document = (ROOT / "docs/hearing-a-ring.md").read_text(encoding="utf-8")
    for file in [*TASKER.values(), *MACRODROID.values()]:
        assert f"| `{file.name}` |" in document
