"""Whether a sense has gone deaf: a call in the log that came in, and that the sense did not report, counts as missed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.core.ringing.hearing import DEAF_AFTER, Sense, SenseHealth, is_deaf
from callerid.messages import joined, message, template
from callerid.models import CallType
from callerid.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from callerid.core.ringing.card_lifecycle import RingCard
    from callerid.messages import Message
    from callerid.models import Call

_RANG = (CallType.INCOMING, CallType.MISSED, CallType.REJECTED)
_RECENT = timedelta(hours=30)  # a deep read of the log may find older calls, which say nothing about today

_BY_MAKER = {
    "xiaomi": template("allow Autostart and 'Display pop-up windows while running in the background' for {apps}"),
    "huawei": template("set {apps} to 'Manage manually' under Battery > App launch"),
    "honor": template("set {apps} to 'Manage manually' under Battery > App launch"),
    "oppo": template("allow auto-launch and background activity for {apps}"),
    "realme": template("allow auto-launch and background activity for {apps}"),
    "oneplus": template("switch battery optimisation off and allow auto-launch for {apps}"),
    "vivo": template("allow 'Autostart' and 'High background power consumption' for {apps}"),
    "samsung": template("put {apps} on the list 'Never sleeping apps' under Battery > Background usage limits"),
    "asus": template("allow auto-start for {apps} in the Mobile Manager"),
}
_ANY_MAKER = template("exempt {apps} from battery optimisation")
_ALIASES = {"redmi": "xiaomi", "poco": "xiaomi", "iqoo": "vivo", "hihonor": "honor"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """How well all senses hear."""

    senses: Mapping[Sense, SenseHealth]
    unheard: int  # calls in a row that no sense reported, while none was expected to

    @property
    def deaf(self) -> frozenset[Sense]:
        """The senses that missed so many calls that they are reported."""
        return frozenset(sense for sense, health in self.senses.items() if is_deaf(health))

    @property
    def is_unheard(self) -> bool:
        """Whether so many calls were reported by no sense that it is reported, though none was expected to."""
        return self.unheard >= DEAF_AFTER


def hearing_after_call(before: Hearing, call: Call, ring: RingCard | None, expected: Collection[Sense]) -> Hearing:
    """Return how well the senses hear after a call, given the card of its ring, None if none reported it, and the senses that were
    expected to report it."""
    reporting, identifying = (ring.reporting_senses, ring.identifying_senses) if ring else (frozenset(), frozenset())
    senses = dict(before.senses)
    for sense in Sense:
        if sense.value in reporting or sense in expected:
            identified = sense.value in identifying if call.number else None
            senses[sense] = health_after_call(senses[sense], heard=sense.value in reporting, identified=identified)
    return Hearing(senses=senses, unheard=0 if ring or expected else before.unheard + 1)


def counts_for_health(call: Call, listening_since: datetime, now: datetime, *, heard: bool) -> bool:
    """Return whether a new call of the log says anything about the senses. `heard` is whether any sense reported its ring.

    If one did, the call may begin before `listening_since`: the log rounds its start down to the second.
    """
    return call.type in _RANG and now - call.start <= _RECENT and (heard or listening_since <= call.start)


def health_after_call(before: SenseHealth, *, heard: bool, identified: bool | None = None) -> SenseHealth:
    """Return the health of a sense after a call. `identified` is whether it gave the number, None if the call had none."""
    if not heard:
        return replace(before, missed=before.missed + 1)
    return SenseHealth(
        missed=0, ever_heard=True, identifies_callers=before.identifies_callers if identified is None else identified
    )


def maker_name(manufacturer: str) -> str:
    """Return the maker that a brand belongs to, by Android's name for it, in lower case."""
    name = manufacturer.strip().lower()
    return _ALIASES.get(name, name)


def maker_advice(name: str, apps: str) -> Message | None:
    """Return what a maker's phones want allowed for apps that run in the background; None for a maker that wants nothing known."""
    advice = _BY_MAKER.get(maker_name(name))
    return message(advice, apps=apps) if advice else None


def deaf_sentence(senses: Collection[Sense]) -> str:
    """Return the sentence for deaf senses; with none of them, no sense is set up that could hear."""
    if not senses:
        return message(
            "Calls rang, and no sense reported them: no automation app has reported a ring yet, and no other sense can be used."
        )
    return message(
        "Calls rang, and {names} did not report them.",
        names=joined(message(" and "), (sense.value for sense in Sense if sense in senses)),
    )


NOTHING_SET_UP = message("Type: callerid doctor, and see docs/hearing-a-ring.md")


ALLOW_ACCESS = message(
    "allow Termux:API under Notification access; if it cannot be switched on there: Android "
    "settings > Apps > Termux:API > ⋮ > Allow restricted settings"
)
RECONNECT_LISTENER = message(
    "Switch notification access for Termux:API off and on, then type: callerid doctor --notifications. Or {allow_access}",
    allow_access=ALLOW_ACCESS,
)
_LOST = {
    Sense.STREAM: message("Start Shizuku again, or allow Termux in the root manager; see what works then: callerid doctor"),
    Sense.TELEPHONY: message(
        "Grant it again, on a computer: adb shell pm grant com.termux android.permission.DUMP; or start Shizuku again"
    ),
    Sense.NOTIFICATIONS: message(
        "{allow_access}. Then try it: callerid doctor --notifications", allow_access=ALLOW_ACCESS.capitalised()
    ),
}


def remedy(sense: Sense, maker: str, *, lost: bool = False) -> str:
    """Return what to do about a deaf sense on a phone of this maker. `lost` is whether the sense cannot be used any more at all."""
    if lost and sense in _LOST:
        return message("{remedy}.", remedy=_LOST[sense])
    apps = message("the automation app, Termux and Termux:API") if sense is Sense.INBOX else message("Termux and Termux:API")
    exempt = maker_advice(maker, apps) or message(_ANY_MAKER, apps=apps)
    check = {
        Sense.INBOX: message("Check that its profile is on and may see the phone's state (docs/hearing-a-ring.md)"),
        Sense.STREAM: message("Check that root or Shizuku still runs: callerid doctor"),
        Sense.TELEPHONY: message("Check whether the grant is still there: callerid doctor"),
        Sense.NOTIFICATIONS: message(
            "Check whether the notification access is still there, or switch it off and on: callerid doctor"
        ),
    }[sense]
    return message("{check}; and {exempt}.", check=check, exempt=exempt)
