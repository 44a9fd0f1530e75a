"""Which of the phone's notifications is a call, and who it says it is.

termux-notification-list tells neither category nor buttons (NotificationListAPI.java), so a call is known by the dialer's package,
by what its tag and group say, and by its words where they are known. A dialer's notification whose words are not known is taken for
a ring when it is new: a card too many does less harm than none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from callerid.core.numbers.hidden_words import means_hidden
from callerid.core.ringing.senses import CallerInfo, PhoneState
from callerid.core.wording.notification_text import DIRECTION_MARKS, clean

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

# Whose notifications may be about anything: they are a call's only when their words say so.
GENERAL_PACKAGES = frozenset(
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
DIALER_PACKAGES = GENERAL_PACKAGES | frozenset(
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
# As dialers say them in English, German, Spanish, Portuguese, French, Italian, Dutch, Polish, Turkish, Russian, Arabic, Hindi,
# Japanese, Chinese, Korean.
_WORDS = {
    "missed": "missed|verpasst|entgangen|llamadas? perdidas?|chamadas? (?:perdidas?|não atendidas?)|manqué|appel en absence"
    "|chiamat[ae] pers[ae]|gemist|nieodebran|cevapsız|пропущен|فائتة|छूट[ीे]|मिस्ड|不在着信|未接|부재중",
    "dialling": "dialing|dialling|calling|connecting|outgoing|wird angerufen|anruf wird aufgebaut|wählen|llamando|marcando"
    "|chamando|discando|ligando|appel en cours d|numérotation|chiamata in uscita|bellen|dzwonię|łączenie|wybieranie|aranıyor"
    "|çevriliyor|جار[ٍي]? (?:الاتصال|الطلب)|डायल|कॉल कर|発信中|呼び出し中|正在拨号|拨号|발신",
    "talking": "ongoing|on hold|current call|in call|laufend|aktiver anruf|gehalten|en curso|em andamento|em curso|em espera"
    "|en cours|in corso|lopend|trwa|w toku|zawieszon|devam ed|beklemede|(?:مكالمة )?جارية|قيد الانتظار|चालू कॉल|चल रही|जारी"
    "|通話中|通话中|通话(?!录音)|통화 중",
    "ringing": "incoming|eingehend|ankommend|entrante|entrant|recebida|recebendo|in arrivo|inkomend|przychodząc|gelen|входящ"
    "|واردة|आने वाली|इनकमिंग|着信|来电|來電|수신",
}
_PATTERNS = {name: re.compile(rf"(?<![a-zà-žа-я])(?:{words})", re.IGNORECASE) for name, words in _WORDS.items()}
_OF_A_CALL_THAT_WAS = re.compile(  # a recording of it, a reminder to call back
    r"call record|recording (?:is )?(?:saved|ready)|recorded call|^reminder|call back|anrufaufzeichnung|aufzeichnung gespeichert"
    r"|grabación (?:de |guardada)|gravação (?:de |salva|guardada)|enregistrement (?:de l|sauvegardé|enregistré)"
    r"|registrazione (?:chiamata|salvata)|gespreksopname|nagranie (?:rozmowy|zapisane)|(?:arama|çağrı) kaydı"
    r"|запись (?:разговора|вызова|звонка)|تسجيل المكالم|कॉल रिकॉर्ड|通話録音|通话录音|통화 녹음",
    re.IGNORECASE,
)
_TIMER = re.compile(r"^\W*\d{1,2}(:\d{2}){1,2}\W*$")
_NUMBER = re.compile(r"[+(]?[0-9٠-٩۰-۹][0-9٠-٩۰-۹ ().\-/\u00a0\u2011\u202f]{4,24}[0-9٠-٩۰-۹]")
# What stands before the number on which a call comes in.
_ONES_OWN = re.compile(r"(?:\b(?:via|über|par|por|per|przez|to|an|sim ?\d?)|経由)\W*$", re.IGNORECASE)
# What is no number, though it has as many digits: dates, years and times, one or some.
_WHEN = (
    r"(?:[0-3]?\d[./][01]?\d[./](?:(?:19|20)\d\d|\d\d)|[0-3]?\d-[01]?\d-(?:19|20)\d\d|(?:19|20)\d\d[./-][01]?\d[./-][0-3]?\d"
    r"|(?:19|20)\d\d|[0-3]?\d[./-][0-5]?\d\.?)"
)
_DATE = re.compile(rf"\(?{_WHEN}(?:[ ()-]+{_WHEN})*[ ().-]*")
_CLOCK = re.compile(r"(?<!\d)\d{1,2}(?::\d{2}){1,2}(?!\d)")
_OF_THE_WORLD = re.compile(r"\+(?:\D*\d){8,}")  # an international number is one also where a name stands before it
# A title may be about the call, and then who calls is in the text, or behind the words. The words of such titles:
_OF_A_CALL = frozenset(
    "incoming call eingehend eingehender ankommend anruf sprachanruf videoanruf llamada entrante chamada recebida recebendo appel"
    " entrant chiamata inkomende oproep połączenie przychodzące gelen çağrı arama входящий вызов звонок مكالمة واردة आने कॉल इनकमिंग"
    " 着信 来电 來電 수신 전화".split()
)
_BESIDE = frozenset("voice video wifi wi fi hd volte sim on via über auf por en vocal vidéo sur in arrivo su वाली".split())
_APPS = frozenset("phone telefon teléfono telefone téléphone telefono telefoon".split())
_LONGEST_OF_A_CALL = 60
_BETWEEN = re.compile(r"[\s\d().,:;…·|/\-]+")
_CALL_FROM = re.compile(
    r"(?:incoming )?(?:voice |video )?call from|(?:eingehender )?anruf von|llamada (?:entrante )?de|chamada (?:recebida )?de"
    r"|appel (?:entrant )?de|chiamata (?:in arrivo )?da",
    re.IGNORECASE,
)
_TEL = re.compile(r"tel:([+0-9*#%A-Fa-f]{3,40})")
_LONGEST_NAME = 120


Identity = tuple[str, str]


class CallState(StrEnum):
    """What a dialer's notification is about."""

    RINGING = "ringing"
    DIALLING = "dialling"
    TALKING = "talking"
    MISSED = "missed"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedNotification:
    """A notification as termux-notification-list tells it."""

    package: str
    key: str
    tag: str = ""
    group: str = ""
    title: str = ""
    content: str = ""
    lines: tuple[str, ...] = ()

    @property
    def identity(self) -> Identity:
        """By which it is known again: a dialer may use one key for all its calls."""
        return self.key, self.title


def parse(printed: Sequence[object]) -> tuple[ListedNotification, ...]:
    """Given what was printed, return the notifications; what is none is left out."""
    return tuple(_notice(row) for row in printed if isinstance(row, dict))


def _notice(row: dict[str, object]) -> ListedNotification:
    def text(name: str) -> str:
        said = row.get(name)
        return _plain(said) if isinstance(said, str) else ""

    lines = row.get("lines")
    said = [line for line in lines if isinstance(line, str)] if isinstance(lines, list) else []
    return ListedNotification(
        package=text("packageName"),
        key=text("key"),
        tag=text("tag"),
        group=text("group"),
        title=text("title"),
        content=text("content"),
        lines=tuple(map(_plain, said[:20])),
    )


def _plain(said: str) -> str:
    return " ".join(clean(said[:2000], keep="").split()).strip(DIRECTION_MARKS)


def _nobodys(_: str) -> bool:
    return False


def phone_state(
    notices: Iterable[ListedNotification],
    dialers: Collection[str],
    is_own: Callable[[str], bool] = _nobodys,
    was: Mapping[Identity, CallState] = MappingProxyType({}),
) -> PhoneState:
    """Given the notifications, the packages that are dialers, what knows this phone's own number, and what the notifications were
    about when they were looked at before, return what the phone is doing."""
    told = [(call_state(notice, was.get(notice.identity)), notice) for notice in notices if notice.package in dialers]
    return PhoneState(
        ringing=tuple(caller_info(notice, is_own) for said, notice in told if said is CallState.RINGING),
        dialling=tuple(caller_info(notice, is_own) for said, notice in told if said is CallState.DIALLING),
        talking=any(said is CallState.TALKING for said, _ in told),
    )


def call_state(notice: ListedNotification, was: CallState | None = None) -> CallState:
    """Given a dialer's notification and what it was about before, return what it is about. The title is a name or a number, unless
    there is nothing else. Where the words are not known, what was a call already is no new ring: "Call ended" follows a talk."""
    if _NO_CALL.search(f"{notice.tag} {notice.group} {notice.key}"):
        return CallState.MISSED
    said = [line for line in (notice.content, *notice.lines) if line] or [notice.title]
    for line in said:
        for name, pattern in _PATTERNS.items():
            if pattern.search(line):
                return CallState(name)
    if any(_TIMER.match(line) for line in said):
        return CallState.TALKING
    if any(_OF_A_CALL_THAT_WAS.search(line) for line in (notice.title, *said)):
        return CallState.NONE
    if was in (CallState.DIALLING, CallState.TALKING):
        return was
    if notice.package in GENERAL_PACKAGES:
        says_so = _is_about_the_call(notice.title) and _PATTERNS["ringing"].search(notice.title)
        return CallState.RINGING if says_so else CallState.NONE
    return CallState.RINGING if notice.title else CallState.NONE


def caller_info(notice: ListedNotification, is_own: Callable[[str], bool] = _nobodys) -> CallerInfo:
    """Given a notification of a call, return who it says it is: by number from title, text, lines or key, else by the name. The
    number on which the call comes in is not the caller's, and neither is a year or a date in a name."""
    name = _name(notice)
    for text in (notice.title, notice.content, *notice.lines):
        for found in _numbers_in(text, is_title=text == notice.title):
            if not _ONES_OWN.search(text[: found.start()]) and not is_own(found[0]):
                return CallerInfo(number=found[0].strip(), name=name)
    tel = _TEL.search(f"{notice.key} {notice.tag}")
    return CallerInfo(number=tel[1].replace("%2B", "+") if tel else "", name=name)


def _numbers_in(text: str, *, is_title: bool) -> list[re.Match[str]]:
    if _TIMER.match(text):
        return []
    plain = _CLOCK.sub(lambda clock: "|" * len(clock[0]), text)
    found = [number for number in _NUMBER.finditer(plain) if not _DATE.fullmatch(number[0])]
    if not is_title or any(pattern.search(text) for pattern in _PATTERNS.values()) or _CALL_FROM.match(text):
        return found
    return [number for number in found if _NUMBER.fullmatch(text) or _OF_THE_WORLD.match(number[0])]


def _name(notice: ListedNotification) -> str:
    """The title, unless it is a number, a word for somebody who hides, or words for the call itself: then what follows them, or the
    text where that is no such word either."""
    name = _CALL_FROM.sub("", notice.title, count=1).strip() if _CALL_FROM.match(notice.title) else notice.title
    if _is_about_the_call(name):
        first = notice.content.split(" · ")[0]
        name = "" if _NUMBER.search(first) or _is_about_the_call(first) else first
    elif name == notice.title and not notice.content and any(pattern.search(name) for pattern in _PATTERNS.values()):
        return ""
    return "" if means_hidden(name) or _NUMBER.fullmatch(name) or _TIMER.match(name) else name[:_LONGEST_NAME]


def _is_about_the_call(text: str) -> bool:
    words = [word for word in _BETWEEN.split(text.casefold()) if word] if len(text) <= _LONGEST_OF_A_CALL else []
    return (len(words) == 1 and words[0] in _APPS) or (
        not _OF_A_CALL.isdisjoint(words) and (_OF_A_CALL | _BESIDE | _APPS).issuperset(words)
    )
