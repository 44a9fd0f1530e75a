"""What `dumpsys telephony.registry` says, on Android 9 to 16 and on what makers made of it.

AOSP TelephonyRegistry.dump() prints one block a SIM slot under "last known state:", one `name=value` a line. `mCallState` is 0
idle, 1 ringing, 2 off the hook; `mForegroundCallState` (from about Android 11) is 3 dialling, 4 alerting. The number is there only
while it rings, and not redacted in AOSP; some makers leave it out or mask it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from callerid.core.numbers.raw_text import is_hidden, normalize
from callerid.core.ringing.senses import CallerInfo, PhoneState

_KNOWN = re.compile(
    r"^[ \t]{0,40}(Phone Id|mCallState|mRingingCallState|mForegroundCallState|mBackgroundCallState|mCallIncomingNumber) ?="
    r"([^\r\n]*)",
    re.MULTILINE,
)
_OTHER_PARTS = re.compile(r"^[ \t]{0,40}(local logs|registrations)\b", re.MULTILINE | re.IGNORECASE)
# Until Android 10 these follow the last slot's block and are the whole phone's; from 11 each slot has its own, before its number.
_OF_A_SLOT = ("mRingingCallState", "mForegroundCallState", "mBackgroundCallState")
_IDLE, _RINGING, _OFFHOOK = 0, 1, 2
_DIALLING = (3, 4)
_LONGEST_NUMBER = 100
_LONGEST_TEXT = 1_000_000
_MOST_SLOTS = 8
_SAYS_WHO = re.compile(
    r"(?:sips?|tel):\S.*|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|[+(*#]{0,2}[0-9][+0-9*# ()./,\-]*(?:;(?:ext|phone-context|isub)=\S*)?"
    r"|[0-9+][0-9 ().\-]*-[A-Z]{4,}",
    re.IGNORECASE,
)
_MASK = re.compile(r"[*#]{2}|[*#]$|^[*#]+[0-9]{0,4}$")  # of a number, stars stand for the digits that are kept back


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryDump:
    """One look. `is_registry` is False for what is no registry at all, `denied` when Android forbids it; `hides_number` when a
    phone rings and this build does not say the number's line, or masks it."""

    state: PhoneState
    is_registry: bool
    permission_denied: bool = False
    hides_number: bool = False


def parse(text: str) -> RegistryDump:
    """Given what was printed, return what the phone is doing. Nothing that is printed makes this fail."""
    text = text[:_LONGEST_TEXT]
    slots = _slots(text)
    if not slots:
        return RegistryDump(
            state=PhoneState(),
            is_registry=False,
            permission_denied="ermission Denial" in text or "missing android.permission" in text,
        )
    looks = [_look(slot, said) for slot, said in slots.items()]
    return RegistryDump(
        state=PhoneState(
            ringing=tuple(caller for look, _ in looks for caller in look.ringing),
            dialling=tuple(caller for look, _ in looks for caller in look.dialling),
            talking=any(look.talking for look, _ in looks),
        ),
        is_registry=True,
        hides_number=any(hides for _, hides in looks),
    )


def _slots(text: str) -> dict[int, dict[str, str]]:
    """Given the text, return what it says of each slot; a build without "Phone Id" speaks of one slot."""
    end = _OTHER_PARTS.search(text)
    slots: dict[int, dict[str, str]] = {}
    slot = 0
    for found in _KNOWN.finditer(text, 0, end.start() if end else len(text)):
        name, value = found[1], found[2].strip()
        if name == "Phone Id":
            slot = _number(value, len(slots))
        elif 0 <= slot < _MOST_SLOTS and (name not in _OF_A_SLOT or "mCallIncomingNumber" not in slots.get(slot, {})):
            slots.setdefault(slot, {}).setdefault(name, value)
    return {slot: said for slot, said in slots.items() if "mCallState" in said}


def _look(slot: int, said: dict[str, str]) -> tuple[PhoneState, bool]:
    state = _number(said["mCallState"], _IDLE)
    foreground = _number(said.get("mForegroundCallState", ""), 0)
    if state not in (_RINGING, _OFFHOOK):
        return PhoneState(), False
    if state == _OFFHOOK:
        dialling = (CallerInfo(slot=slot),) if foreground in _DIALLING else ()
        return PhoneState(dialling=dialling, talking=not dialling), False
    written = said.get("mCallIncomingNumber")
    number, hides = _incoming(written)
    return PhoneState(ringing=(CallerInfo(number=number, slot=slot),), talking=foreground == 1), hides


def _incoming(written: str | None) -> tuple[str, bool]:
    """Given the number's line (None: there is none), return the number and whether this build hides it. An empty line, or a word
    for it, is a caller who withholds it: the phone itself knows no more. Whatever else is no number stands in the place of one."""
    if written is None:
        return "", True
    number = normalize(written[:_LONGEST_NUMBER])
    if is_hidden(number):
        return "", False
    says_who = _SAYS_WHO.fullmatch(number) and not _MASK.search(number)
    return (number, False) if says_who else ("", True)


def _number(text: str, otherwise: int) -> int:
    return int(text) if re.fullmatch(r"-?[0-9]{1,6}", text) else otherwise
