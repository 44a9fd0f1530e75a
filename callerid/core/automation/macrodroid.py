"""MacroDroid's import files: one macro a file, which starts a program of ~/.termux/tasker with Termux's RUN_COMMAND intent.

Sources: public exports of 2026 for a macro, the triggers Call Incoming and Call Ended, and "any number" (contact -2). Send Intent
has the field names of a public catalogue, made from an export with every action; the types of its extras are 1 (text) and 2
(boolean). A field that is missing may have the whole file refused, so all are there. Of Call Active, which tells off hook, the
values of three fields are not known, and a number among the arguments could be cut: off hook and dial have no file.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from callerid.core.automation.events import IDLE, RING, ImportFile, PhoneEvent

_EXTRAS = 6
_TEXT, _BOOLEAN = 1, 2
_TRIGGERS = {
    RING: (("IncomingCallTrigger", "m_incomingCallFromList"),),
    IDLE: (("CallEndedTrigger", "m_contactList"), ("CallMissedTrigger", "m_contactList")),
}
_ANY_NUMBER = {"m_id": "-2", "m_lookupKey": "-2", "m_name": "[Any Number]"}
_TYPES = ("AUTO", "STRING", "BOOLEAN", "INT", "LONG", "FLOAT", "DOUBLE", "STRING_ARRAY")


def import_files(made: int) -> list[ImportFile]:
    """Return the files for ring and idle, made at a time in ms since 1970."""
    return [ImportFile(name=f"{event.program}.macro", text=_text_of(event, made), event=event) for event in _TRIGGERS]


def _text_of(event: PhoneEvent, made: int) -> str:
    document = {"globalVariables": [], "macro": _macro(event, made), "macroExportVersion": 1}
    return json.dumps(document, separators=(",", ":")) + "\n"


def _macro(event: PhoneEvent, made: int) -> dict[str, Any]:
    empty = ("breakpoints", "exportedActionBlocks", "localVariables", "m_constraintList")
    unset = ("isActionBlock", "isExtra", "isFavourite", "m_descriptionOpen", "m_excludeLog", "m_isOrCondition")
    zero = ("aiGenerated", "disabledTimestamp", "forceEvenIfNotEnabledTimestamp", "m_headingColor")
    return {
        **{key: [] for key in empty},
        **dict.fromkeys(unset, False),
        **dict.fromkeys(zero, 0),
        "lastEditedTimestamp": made,
        "localVarsAlphabetical": True,
        "m_GUID": _identity(event.title),
        "m_actionList": [_send_intent(event)],
        "m_category": "callerid",
        "m_description": f"{event.when}: {event.program}",
        "m_enabled": True,
        "m_name": event.title,
        "m_triggerList": [_trigger(event, kind, contacts) for kind, contacts in _TRIGGERS[event]],
    }


def _trigger(event: PhoneEvent, kind: str, contacts: str) -> dict[str, Any]:
    return {
        contacts: [_ANY_NUMBER],
        "isExclude": False,
        "m_groupIdList": [],
        "m_groupNameList": [],
        "m_option": 0,
        "m_phoneNumber": "",
        "m_phoneNumberExclude": False,
        "useRegex": False,
        **_common(kind, event),
    }


def _send_intent(event: PhoneEvent) -> dict[str, Any]:
    extras = [*_extras(event), *[("", "", 0)] * _EXTRAS][:_EXTRAS]
    return {
        **{f"EXTRA_TYPE_{name}": number for number, name in enumerate(_TYPES)},
        "m_action": "com.termux.RUN_COMMAND",
        "m_category": "",
        "m_className": "com.termux.app.RunCommandService",
        "m_data": "",
        **{f"m_extra{place}Name": name for place, (name, _, _) in enumerate(extras, start=1)},
        **{f"m_extra{place}Type": kind for place, (_, _, kind) in enumerate(extras, start=1)},
        **{f"m_extra{place}Value": value for place, (_, value, _) in enumerate(extras, start=1)},
        "m_flags": 0,
        "m_mimeType": "",
        "m_packageName": "com.termux",
        "m_target": "Service",
        "useCustomCategory": False,
        **_common("SendIntentAction", event),
    }


def _extras(event: PhoneEvent) -> list[tuple[str, str, int]]:
    """Return the extras of the intent. A number goes to standard input: that is never cut into arguments, and never empty."""
    program = f"{event.program}-stdin" if event.has_number else event.program
    named = [("PATH", f"~/.termux/tasker/{program}", _TEXT), ("BACKGROUND", "true", _BOOLEAN)]
    number = [("STDIN", "n:{call_number}", _TEXT)] if event.has_number else []
    return [(f"com.termux.RUN_COMMAND_{name}", value, kind) for name, value, kind in named + number]


def _common(kind: str, event: PhoneEvent) -> dict[str, Any]:
    return {
        "disableLogging": False,
        "m_SIGUID": _identity(f"{event.title} {kind}"),
        "m_classType": kind,
        "m_comment": "",
        "m_constraintList": [],
        "m_isDisabled": False,
        "m_isOrCondition": False,
    }


def _identity(name: str) -> int:
    """Return the same negative 64-bit number for a name each time, as MacroDroid's own are."""
    return -(int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big") >> 1) - 1
