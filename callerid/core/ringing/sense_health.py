"""Has a sense gone deaf? The call log is the truth: a call that came in, and that a sense did not hear, is counted against it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.core.ringing.senses import Sense
from callerid.models import CallType

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from callerid.models import Call

DEAF_AFTER = 2  # calls in a row that were not heard; one may be chance
_RANG = (CallType.INCOMING, CallType.MISSED, CallType.REJECTED)
_RECENT = timedelta(hours=30)  # a deep read may find an old call late; it says nothing of today

_BY_MAKER = {
    "xiaomi": "allow Autostart and 'Display pop-up windows while running in the background' for {apps}",
    "huawei": "set {apps} to 'Manage manually' under Battery > App launch",
    "honor": "set {apps} to 'Manage manually' under Battery > App launch",
    "oppo": "allow auto-launch and background activity for {apps}",
    "realme": "allow auto-launch and background activity for {apps}",
    "oneplus": "switch battery optimisation off and allow auto-launch for {apps}",
    "vivo": "allow 'Autostart' and 'High background power consumption' for {apps}",
    "samsung": "put {apps} on the list 'Never sleeping apps' under Battery > Background usage limits",
    "asus": "allow auto-start for {apps} in the Mobile Manager",
}
_ANY_MAKER = "exempt {apps} from battery optimisation"
_ALIASES = {"redmi": "xiaomi", "poco": "xiaomi", "iqoo": "vivo", "hihonor": "honor"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SenseHealth:
    """How many calls in a row a sense did not hear; whether it ever heard one, and whether it told the number of the last that had
    one."""

    missed: int = 0
    ever_heard: bool = False
    identifies_callers: bool = False


def counts_for_health(call: Call, listening_since: datetime, now: datetime, *, heard: bool) -> bool:
    """Given a call that is new in the log, since when the daemon listens, and whether its ring was heard, does it tell anything of
    the senses? What was heard always does: the log rounds a start down to the second, to before the daemon's."""
    return call.type in _RANG and now - call.start <= _RECENT and (heard or listening_since <= call.start)


def health_after_call(before: SenseHealth, *, heard: bool, told: bool | None = None) -> SenseHealth:
    """Given how it stood, whether the sense heard this call and whether it told its number (None: it had none), return how it
    stands."""
    if not heard:
        return replace(before, missed=before.missed + 1)
    return SenseHealth(missed=0, ever_heard=True, identifies_callers=before.identifies_callers if told is None else told)


def is_deaf(deafness: SenseHealth) -> bool:
    """Is it time to say so?"""
    return deafness.missed >= DEAF_AFTER


def deaf_sentence(senses: Collection[Sense]) -> str:
    """Given the senses that are deaf, return that in words; with none, nothing is set up that could hear."""
    if not senses:
        return "Calls rang, and nothing here heard them ring: no automation has told of one yet, and nothing else can be used."
    return f"Calls rang one after the other, and {' and '.join(sense.value for sense in Sense if sense in senses)} heard nothing."


NOTHING_SET_UP = "Type: callerid doctor, and see docs/hearing-a-ring.md"


_LOST = {
    Sense.STREAM: "Start Shizuku again, or allow Termux in the root manager; see what works then: callerid doctor",
    Sense.TELEPHONY: "Grant it again, on a computer: adb shell pm grant com.termux android.permission.DUMP; or start Shizuku again",
    Sense.NOTIFICATIONS: "Allow Termux:API under Notification access, and try it: callerid doctor --notifications",
}


def remedy(sense: Sense, maker: str, *, lost: bool = False) -> str:
    """Given a deaf sense, the phone's maker, and whether the sense cannot be used any more at all, return what to do."""
    if lost and sense in _LOST:
        return f"{_LOST[sense]}."
    apps = "the automation app, Termux and Termux:API" if sense is Sense.INBOX else "Termux and Termux:API"
    maker = maker.strip().lower()
    how = _BY_MAKER.get(_ALIASES.get(maker, maker), _ANY_MAKER).format(apps=apps)
    first = {
        Sense.INBOX: "See that its profile is on and may see the phone's state (docs/hearing-a-ring.md)",
        Sense.STREAM: "See that root or Shizuku still runs: callerid doctor",
        Sense.TELEPHONY: "See whether the grant is still there: callerid doctor",
        Sense.NOTIFICATIONS: "See whether the notification access is still there: callerid doctor",
    }[sense]
    return f"{first}; and {how}."
