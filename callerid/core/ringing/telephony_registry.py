"""The state of the phone in the output of `dumpsys telephony.registry`, of Android 9 to 16 and of makers' variants.

AOSP TelephonyRegistry.dump() prints one block per SIM slot under "last known state:", one `name=value` per line. `mCallState` is 0
idle, 1 ringing, 2 off the hook; `mForegroundCallState` (from about Android 11) is 3 dialling, 4 alerting. The number is there only
during a ring. AOSP does not redact it; some makers leave it out or mask it.
"""

from __future__ import annotations

import re

from callerid.core.numbers.text.unparsed import is_hidden, normalize
from callerid.core.ringing.senses import CallerInfo, PhoneState
from callerid.records import dataclass

_KNOWN = re.compile(
    r"^[ \t]{0,40}(Phone Id|mCallState|mRingingCallState|mForegroundCallState|mBackgroundCallState|mCallIncomingNumber) ?="
    r"([^\r\n]*)",
    re.MULTILINE,
)
_OTHER_PARTS = re.compile(r"^[ \t]{0,40}(local logs|registrations)\b", re.MULTILINE | re.IGNORECASE)
# Until Android 10 these follow the last slot's block, for the whole phone; from 11 each slot has its own, before its number.
_PRECISE_STATES = ("mRingingCallState", "mForegroundCallState", "mBackgroundCallState")
_IDLE, _RINGING, _OFFHOOK = 0, 1, 2
_DIALLING = (3, 4)
_LONGEST_NUMBER = 100
_LONGEST_TEXT = 1_000_000
_MOST_SLOTS = 8
_CALLER = re.compile(
    r"(?:sips?|tel):\S.*|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|[+(*#]{0,2}[0-9][+0-9*# ()./,\-]*(?:;(?:ext|phone-context|isub)=\S*)?"
    r"|[0-9+][0-9 ().\-]*-[A-Z]{4,}",
    re.IGNORECASE,
)
_MASK = re.compile(r"[*#]{2}|[*#]$|^[*#]+[0-9]{0,4}$")  # stars in place of digits


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryDump:
    """The content of one dump."""

    state: PhoneState
    is_registry: bool  # False if the text is not a registry's at all
    permission_denied: bool = False
    hides_number: bool = False  # the phone rings, and this build leaves the number out or masks it


def parse(text: str) -> RegistryDump:
    """Return the content of a dump. No text makes this fail."""
    text = text[:_LONGEST_TEXT]
    slots = _slots(text)
    if not slots:
        return RegistryDump(
            state=PhoneState(),
            is_registry=False,
            permission_denied="ermission Denial" in text or "missing android.permission" in text,
        )
    states = [_state(slot, fields) for slot, fields in slots.items()]
    return RegistryDump(
        state=PhoneState(
            ringing=tuple(caller for state, _ in states for caller in state.ringing),
            dialling=tuple(caller for state, _ in states for caller in state.dialling),
            talking=any(state.talking for state, _ in states),
        ),
        is_registry=True,
        hides_number=any(hides for _, hides in states),
    )


def _slots(text: str) -> dict[int, dict[str, str]]:
    """Return the fields of each slot; a build without "Phone Id" has one slot."""
    end = _OTHER_PARTS.search(text)
    slots: dict[int, dict[str, str]] = {}
    slot = 0
    for field in _KNOWN.finditer(text, 0, end.start() if end else len(text)):
        name, value = field[1], field[2].strip()
        if name == "Phone Id":
            slot = _number(value, len(slots))
        elif 0 <= slot < _MOST_SLOTS and (name not in _PRECISE_STATES or "mCallIncomingNumber" not in slots.get(slot, {})):
            slots.setdefault(slot, {}).setdefault(name, value)
    return {slot: fields for slot, fields in slots.items() if "mCallState" in fields}


def _state(slot: int, fields: dict[str, str]) -> tuple[PhoneState, bool]:
    state = _number(fields["mCallState"], _IDLE)
    foreground = _number(fields.get("mForegroundCallState", ""), 0)
    if state not in (_RINGING, _OFFHOOK):
        return PhoneState(), False
    if state == _OFFHOOK:
        dialling = (CallerInfo(slot=slot),) if foreground in _DIALLING else ()
        return PhoneState(dialling=dialling, talking=not dialling), False
    number, hides = _incoming(fields.get("mCallIncomingNumber"))
    return PhoneState(ringing=(CallerInfo(number=number, slot=slot),), talking=foreground == 1), hides


def _incoming(value: str | None) -> tuple[str, bool]:
    """Return the number in its field (None: there is no such field), and whether this build hides it.

    An empty value, or a word for it, is a caller who withholds the number. Any other value that is not a number masks it.
    """
    if value is None:
        return "", True
    number = normalize(value[:_LONGEST_NUMBER])
    if is_hidden(number):
        return "", False
    is_shown = _CALLER.fullmatch(number) and not _MASK.search(number)
    return (number, False) if is_shown else ("", True)


def _number(text: str, default: int) -> int:
    return int(text) if re.fullmatch(r"-?[0-9]{1,6}", text) else default
