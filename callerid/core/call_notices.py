"""Which of the phone's notifications is a call, and who it says it is.

termux-notification-list tells neither category nor buttons (NotificationListAPI.java), so a call is known by the dialer's package,
by what its tag and group say, and by its words where they are known. A dialer's notification whose words are not known is taken for
a ring when it is new: a card too many does less harm than none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from callerid.core.notification_text import clean
from callerid.core.senses import Caller, Look

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

# Whose notifications may be about anything: they are a call's only when their words say so.
OF_MANY_THINGS = frozenset(
    (
        "com.android.phone",
        "com.android.contacts",  # Huawei, MIUI
        "com.android.server.telecom",
        "com.huawei.contacts",
        "com.hihonor.contacts",
        "com.vivo.contacts",
        "com.asus.contacts",
        "com.samsung.android.app.telephonyui",
        "com.truecaller",
    )
)
DIALERS = OF_MANY_THINGS | frozenset(
    (
        "com.google.android.dialer",
        "com.android.dialer",
        "com.android.incallui",  # MIUI, ColorOS, and AOSP before 7
        "com.samsung.android.incallui",
        "com.samsung.android.dialer",
        "com.oneplus.dialer",
        "com.oneplus.incallui",
        "com.coloros.dialer",
        "com.oplus.dialer",
        "com.bbk.incallui",
        "com.sonymobile.android.dialer",
        "com.motorola.dialer",
        "org.lineageos.dialer",
        "org.fossify.phone",
        "com.simplemobiletools.dialer",
    )
)
_NO_CALL = re.compile(r"missed|voice ?mail|visual_?voice|spam|post_?call|recording", re.IGNORECASE)
_WORDS = {  # as dialers say them in English, German, Spanish, French, Italian, Dutch, Portuguese, Polish, Turkish, Hindi, Arabic, …
    "missed": "missed|verpasst|entgangen|llamadas? perdidas?|chamadas? perdidas?|manqué|appel en absence"
    "|chiamat[ae] pers[ae]|gemist"
    "|不在着信|未接|부재중|пропущен",
    "dialling": "dialing|dialling|calling|connecting|outgoing|wird angerufen|anruf wird aufgebaut|wählen|llamando|marcando"
    "|appel en cours d|numérotation|chiamata in uscita|bellen|chamando|dzwonię|łączenie|aranıyor|कॉल कर|جار الاتصال|発信中"
    "|呼び出し中|正在拨号|拨号|발신",
    "talking": "ongoing|on hold|current call|in call|em andamento|em curso|trwające|w toku|devam eden|चालू कॉल|مكالمة جارية"
    "|laufend|aktiver anruf|gehalten|en curso|en cours|in corso|lopend"
    "|通話中|通话中|通话|통화 중",
    "ringing": "incoming|eingehend|ankommend|entrante|entrant|in arrivo|inkomend|recebida|przychodzące|gelen"
    "|आने वाली|واردة|着信|来电|來電|수신|входящ",
}
_PATTERNS = {state: re.compile(rf"(?<![a-zà-ÿа-я])(?:{words})", re.IGNORECASE) for state, words in _WORDS.items()}
_TIMER = re.compile(r"^\W*\d{1,2}(:\d{2}){1,2}\W*$")
_NUMBER = re.compile(r"[+(]?[0-9٠-٩۰-۹][0-9٠-٩۰-۹ ().\-/\u00a0\u2011\u202f]{4,24}[0-9٠-٩۰-۹]")
_ONES_OWN = re.compile(r"(?:\b(?:via|über|par|por|per|to|an|sim ?\d?)|経由)\W*$", re.IGNORECASE)  # on which number it came in
_TEL = re.compile(r"tel:([+0-9*#%A-Fa-f]{3,40})")
_LONGEST_NAME = 120
_HIDDEN = re.compile(
    r"^(private( number)?|unknown( caller)?|hidden|withheld|no caller id|anonym\w*|unbekannt\w*|privado|número oculto|desconocido"
    r"|num[eé]ro masqu[eé]|inconnu|sconosciuto|numero privato|非通知\w*|未知(号码|號碼)?|발신번호 ?표시제한)$",
    re.IGNORECASE,
)


class State(StrEnum):
    """What a dialer's notification is about."""

    RINGING = "ringing"
    DIALLING = "dialling"
    TALKING = "talking"
    MISSED = "missed"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A notification as termux-notification-list tells it."""

    package: str
    key: str
    tag: str = ""
    group: str = ""
    title: str = ""
    content: str = ""
    lines: tuple[str, ...] = ()


def read(printed: Sequence[object]) -> tuple[Notice, ...]:
    """Given what was printed, return the notifications; what is none is left out."""
    return tuple(_notice(row) for row in printed if isinstance(row, dict))


def _notice(row: dict[str, object]) -> Notice:
    def text(name: str) -> str:
        said = row.get(name)
        return " ".join(clean(said[:2000], keep="").split()) if isinstance(said, str) else ""

    lines = row.get("lines")
    said = [line for line in lines if isinstance(line, str)] if isinstance(lines, list) else []
    return Notice(
        package=text("packageName"),
        key=text("key"),
        tag=text("tag"),
        group=text("group"),
        title=text("title"),
        content=text("content"),
        lines=tuple(" ".join(clean(line[:2000], keep="").split()) for line in said[:20]),
    )


def look(notices: Iterable[Notice], dialers: Collection[str]) -> Look:
    """Given the notifications and the packages that are dialers, return what the phone is doing."""
    told = [(state(notice), notice) for notice in notices if notice.package in dialers]
    return Look(
        ringing=tuple(caller(notice) for said, notice in told if said is State.RINGING),
        dialling=tuple(caller(notice) for said, notice in told if said is State.DIALLING),
        talking=any(said is State.TALKING for said, _ in told),
    )


def state(notice: Notice) -> State:
    """Given a dialer's notification, return what it is about. The title is a name or a number, unless there is nothing else."""
    if _NO_CALL.search(f"{notice.tag} {notice.group} {notice.key}"):
        return State.MISSED
    said = [line for line in (notice.content, *notice.lines) if line] or [notice.title]
    for line in said:
        for name, pattern in _PATTERNS.items():
            if pattern.search(line):
                return State(name)
    if any(_TIMER.match(line) for line in said):
        return State.TALKING
    return State.RINGING if notice.title and notice.package not in OF_MANY_THINGS else State.NONE


def caller(notice: Notice) -> Caller:
    """Given a notification of a call, return who it says it is: by number from title, text, lines or key, else by the name."""
    name = _name(notice)
    for text in (notice.title, notice.content, *notice.lines):
        found = next((one for one in _NUMBER.finditer(text) if not _ONES_OWN.search(text[: one.start()])), None)
        if found and not _TIMER.match(text):
            return Caller(number=found[0].strip(), name=name)
    tel = _TEL.search(f"{notice.key} {notice.tag}")
    return Caller(number=tel[1].replace("%2B", "+") if tel else "", name=name)


def _name(notice: Notice) -> str:
    """The title, unless it is a number, a word for somebody who hides, or, with nothing else said, words for the call itself."""
    title = notice.title
    is_word = not notice.content and any(pattern.search(title) for pattern in _PATTERNS.values())
    return "" if is_word or _HIDDEN.match(title) or _NUMBER.fullmatch(title) else title[:_LONGEST_NAME]
