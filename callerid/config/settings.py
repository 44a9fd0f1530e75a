"""The settings. Each is declared once; from that come reading, defaults, `config show` and the sample file."""

from __future__ import annotations

from dataclasses import field, fields
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from callerid.config.setting_types import (
    SettingType,
    boolean,
    command,
    count,
    name_values,
    one_of,
    program,
    region_code,
    senses,
    text,
    text_encoding,
    text_list,
    web_address,
    word_or_list,
    words,
)
from callerid.config.time_types import TimeRange, duration, interval, max_age, time_of_day, time_range
from callerid.errors import ConfigFault
from callerid.messages import message
from callerid.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import time


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A declared setting: its type, its default as TOML holds it, and one line about it."""

    type: SettingType
    default: Any
    description: str


def _setting(kind: SettingType, default: Any, description: str) -> Any:
    declared = Setting(type=kind, default=default, description=description)
    return field(default=kind.from_toml(default), metadata={"setting": declared})


_HUBSPOT = "https://api.hubapi.com"
_ALWAYS_FILLED = (
    *("hs_timestamp", "hs_call_title", "hs_call_duration", "hs_call_direction", "hs_call_status", "hs_call_external_id"),
    *("hs_call_from_number", "hs_call_to_number"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Crm:
    """Table [crm]."""

    provider: str = _setting(one_of("hubspot", "file"), "hubspot", "Where contacts come from.")
    file: str = _setting(text(), "", 'The CSV or vCard file of the provider "file".')
    columns: tuple[str, ...] = _setting(
        text_list(),
        [],
        'Columns of that CSV that callerid does not recognise: ["Handy = mobile", "Firma = company"].',
    )
    encoding: str = _setting(
        text_encoding(),
        "auto",
        'The encoding of that file, such as "cp1252" or "iso-8859-2"; "auto": recognised for the whole file.',
    )
    url: str = _setting(web_address(_HUBSPOT), _HUBSPOT, "The address of HubSpot's API.")
    token_file: str = _setting(text(), "", "A file that holds the token and nothing else, readable by you alone.")
    token_command: tuple[str, ...] = _setting(
        command(), [], 'A command that prints the token, as a list: ["pass", "show", "hubspot"].'
    )
    language: str = _setting(
        one_of("auto", "en", "ja"), "auto", 'Language of what is written into the CRM; "auto": that of the cards.'
    )
    owner: str = _setting(text(), "", "E-mail of the owner under whose name calls are logged; empty: the owner of the token.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sync:
    """Table [sync]."""

    every: timedelta | None = _setting(
        interval(shortest=timedelta(minutes=5)), "1h", 'How often the daemon asks what changed; "off" for never.'
    )
    full_every: timedelta | None = _setting(
        interval(shortest=timedelta(hours=1)),
        "7d",
        'How often every record is compared, because deletions and some changes show in no other way; "off" for never.',
    )
    scope: tuple[str, ...] | str = _setting(
        word_or_list("all", "mine"),
        "all",
        "Whose contacts are mirrored; owners are named by name or e-mail in a list.",
    )
    recent: timedelta | None = _setting(
        max_age(), "", 'Only contacts that changed within this time, such as "12 months"; empty: all.'
    )
    via: str = _setting(
        one_of("auto", "list", "export"),
        "auto",
        "How all records are read: by lists, a hundred in a request, or by exports of HubSpot's, in a handful of requests, for "
        'which the token needs the scope crm.export; "auto": by exports where there are many records.',
    )
    phone_fields: tuple[str, ...] = _setting(
        text_list(), [], "Text properties that hold phone numbers too; see callerid config phones."
    )
    live_lookup: str = _setting(
        one_of("off", "known", "wifi", "always"),
        "known",
        'Whether a caller is looked up in the CRM, beside the card. "known": whether a known one is still there, by id; "always", '
        'or "wifi" on Wi-Fi only: an unknown one too, by number.',
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """Table [ring]."""

    senses: tuple[str, ...] = _setting(
        senses("inbox", "stream", "telephony", "notifications"),
        "auto",
        'How a ring is heard; "auto" takes the best that works. See callerid doctor.',
    )
    poll: timedelta = _setting(duration(shortest=timedelta(seconds=1)), "2s", "How often the senses that poll do so at most.")
    outgoing: bool = _setting(boolean(), False, "Whether a card is shown for calls that you make.")
    phone_contacts: str = _setting(
        one_of("first", "after", "off"),
        "first",
        "Whether the name from the phone's own contacts is shown before the CRM's, after it, or not at all.",
    )
    speak: str = _setting(
        one_of("off", "always", "headset"), "off", 'Whether the caller\'s name is spoken; "headset": only when one is connected.'
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """Table [log]."""

    screen: bool = _setting(boolean(), True, "Whether a dialog opens after a call; the notification comes either way.")
    via: str = _setting(one_of("both", "dialog", "notification"), "both", "How you are asked after a call.")
    incoming: bool = _setting(boolean(), True, "Whether incoming calls are asked about.")
    outgoing: bool = _setting(boolean(), True, "Whether outgoing calls are asked about.")
    unknown: str = _setting(
        one_of("off", "offer"),
        "off",
        "Whether you are asked, after a call with an unknown person, to add them to the CRM.",
    )
    late: str = _setting(
        one_of("ask", "log", "off"), "ask", "What happens to the earlier calls of a person who appears in the CRM."
    )
    min_duration: timedelta = _setting(duration(), "0s", "Shorter calls are not asked about.")
    auto_log: timedelta | None = _setting(
        interval(shortest=timedelta(seconds=1)),
        "off",
        "Calls of this length and more are logged as connected without asking.",
    )
    note: str = _setting(
        one_of("text", "speech", "choose", "off"),
        "text",
        "How a note is taken: typed, dictated, chosen each time, or not at all.",
    )
    follow_up: bool = _setting(boolean(), True, "Whether the dialogs ask for a follow-up, which becomes a task in the CRM.")
    reply: bool = _setting(
        boolean(),
        False,
        "Whether a note can be typed into the notification; one notification at a time has the field.",
    )
    fields: tuple[tuple[str, str], ...] = _setting(
        name_values(_ALWAYS_FILLED),
        [],
        'Values of properties that callerid leaves empty, for portals that require some: ["team = sales"].',
    )
    quiet_hours: TimeRange | None = _setting(
        time_range(), "", 'Hours in which nothing is shown, such as "22:00-07:00"; empty: none.'
    )
    evening: time = _setting(
        time_of_day(),
        "18:00",
        "When the calls that you put off, or left unanswered, are asked about in one notification.",
    )
    sims: tuple[str, ...] = _setting(text_list(), [], "Only calls of these SIMs, as termux-call-log names them; empty: all.")
    ignore: tuple[str, ...] = _setting(text_list(), [], "Numbers that are never asked about.")
    own_number: str = _setting(text(), "", "Your own number, as the CRM is to show it.")
    keep: timedelta | None = _setting(
        max_age(), "13 months", "How long the phone keeps calls that the CRM has; then only totals. Empty: for ever."
    )
    dialog_timeout: timedelta = _setting(duration(shortest=timedelta(seconds=10)), "5m", "How long a dialog waits for you.")
    poll: timedelta = _setting(duration(shortest=timedelta(seconds=1)), "15s", "How often the call log is read at most.")
    poll_slowest: timedelta = _setting(
        duration(shortest=timedelta(seconds=5)), "5m", "How often the call log is read while nothing happens."
    )


_CARD_LINES = ("name", "deal", "last-call", "note", "facts")
_CARD_LINES_OF_CRM = ("crm-note", "tasks", "tickets")  # each costs the syncs some requests


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Table [card]."""

    lines: tuple[str, ...] = _setting(
        words(*_CARD_LINES, *_CARD_LINES_OF_CRM),
        list(_CARD_LINES),
        "What a known caller's card says below its title, in this order; a line without anything to say is left out. "
        'With "crm-note", "tasks" or "tickets" syncs read the CRM\'s call notes, open tasks or open tickets, too.',
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Hooks:
    """Table [hooks]."""

    ring: tuple[str, ...] = _setting(
        program(),
        "",
        'A program that is told who is calling: a path, or a list such as ["python", "/path/of/ring.py"]. See docs/hooks.md.',
    )
    missed: tuple[str, ...] = _setting(program(), "", "A program that is told of a missed call.")
    logged: tuple[str, ...] = _setting(program(), "", "A program that is told of a call that the CRM has accepted.")
    time_limit: timedelta = _setting(duration(shortest=timedelta(seconds=1)), "30s", "How long such a program may take.")
    answer: str = _setting(
        text(), "", "A text that is handed to the program for missed calls, such as one to answer by SMS; empty: none."
    )

    @property
    def has_program(self) -> bool:
        """Whether there is a program for any event."""
        return bool(self.ring or self.missed or self.logged)


@dataclass(frozen=True, slots=True, kw_only=True)
class Privacy:
    """Table [privacy]."""

    lock_screen: str = _setting(
        one_of("names", "initials", "nothing"),
        "names",
        "What notifications show; Android shows them on the lock screen too.",
    )
    mask_logs: bool = _setting(boolean(), True, "Whether numbers are masked in the log.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CardDav:
    """Table [carddav]."""

    url: str = _setting(
        text(), "", "The address book on a CardDAV server that follows the mirror by itself; empty: none. See docs/address-book.md."
    )
    every: timedelta | None = _setting(
        interval(shortest=timedelta(minutes=15)), "24h", 'How often it does so; "off": only by callerid export.'
    )
    owner: str = _setting(text(), "", 'Only contacts of this owner are in that book: "me", or an e-mail address; empty: of any.')
    deals: str = _setting(one_of("any", "open"), "any", "Whether only contacts with an open deal are in it.")
    limit: int = _setting(count(), 0, "At most so many contacts are in it, those who were contacted last first; 0: all.")
    user: str = _setting(
        text(), "", "Your user name at that server, and at that of `callerid export --carddav`; empty: it asks for none."
    )
    password_file: str = _setting(text(), "", "A file that holds the password there and nothing else, readable by you alone.")
    password_command: tuple[str, ...] = _setting(
        command(), [], 'A command that prints that password, as a list: ["pass", "show", "contacts"].'
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """All settings."""

    enabled: bool = _setting(boolean(), True, "Whether caller ID is on.")
    region: str = _setting(region_code(), "auto", 'Region of numbers without a country code, such as "DE"; "auto": the SIM\'s.')
    language: str = _setting(one_of("auto", "en", "ja"), "auto", "Language of cards, questions and what commands say.")
    honorific: str = _setting(one_of("さん", "様"), "さん", "What follows a name in Japanese texts.")
    business_hours: TimeRange | None = _setting(
        time_range(),
        "09:00-18:00",
        "When people can be called back, in their own local time, except at weekends; empty: not shown. See callerid missed.",
    )
    wake_lock: str = _setting(
        one_of("held", "while-ringing", "off"),
        "held",
        'When the daemon keeps the processor awake. "held" announces a ring at once and takes the most battery, day and night; '
        '"while-ringing" does so around calls only, "off" never: then a ring or a sync may come late while the screen is off.',
    )
    crm: Crm = field(default_factory=Crm)
    sync: Sync = field(default_factory=Sync)
    ring: Ring = field(default_factory=Ring)
    card: Card = field(default_factory=Card)
    log: Log = field(default_factory=Log)
    hooks: Hooks = field(default_factory=Hooks)
    privacy: Privacy = field(default_factory=Privacy)
    carddav: CardDav = field(default_factory=CardDav)


TABLES: dict[str, type] = {
    "crm": Crm,
    "sync": Sync,
    "ring": Ring,
    "card": Card,
    "log": Log,
    "hooks": Hooks,
    "privacy": Privacy,
    "carddav": CardDav,
}


def settings_of(table: type) -> dict[str, Setting]:
    """Return the declared settings of a table by their names."""
    return {item.name: item.metadata["setting"] for item in fields(table) if item.metadata}


SETTINGS: dict[str, Setting] = settings_of(Config) | {
    f"{name}.{key}": setting for name, table in TABLES.items() for key, setting in settings_of(table).items()
}


def setting_type(key: str) -> SettingType:
    """Return the type of a dotted key. Raise ConfigFault with a suggestion when there is no such setting."""
    if key not in SETTINGS:
        raise ConfigFault(
            message("{key}: there is no such setting; did you mean {near}?", key=key, near=near)
            if (near := nearest(key))
            else message("{key}: there is no such setting.", key=key),
            remedy=message("See all settings with: callerid config show"),
        )
    return SETTINGS[key].type


def nearest(key: str) -> str:
    """Return the setting that an unknown key resembles, "" if there is none."""
    import difflib  # only who has mistyped a setting waits for it

    near = difflib.get_close_matches(key, [*SETTINGS, *TABLES], n=1)
    near = near or [known for known in SETTINGS if known.endswith(f".{key}")][:1]
    return near[0] if near else ""


def toml_values(config: Config) -> list[tuple[str, str]]:
    """Return each dotted key with its value as TOML. The token is not a setting."""
    values = []
    for key, setting in SETTINGS.items():
        table, _, name = key.rpartition(".")
        value = getattr(getattr(config, table) if table else config, name)
        values.append((key, setting.type.to_toml(value)))
    return values


_HEADING = message("callerid's settings. A running daemon applies a change at once.")


def sample_file(shown: Callable[[str], str] = str) -> str:
    """Return a settings file with every setting, its default and its description; `shown` says a message in a language."""
    lines = [f"# {shown(_HEADING)}", ""]
    lines += [line for key, setting in settings_of(Config).items() for line in _sample_lines(key, setting, shown)]
    for name, table in TABLES.items():
        lines += [
            f"[{name}]",
            *(line for key, setting in settings_of(table).items() for line in _sample_lines(key, setting, shown)),
        ]
    return "\n".join(lines).rstrip() + "\n"


def _sample_lines(key: str, setting: Setting, shown: Callable[[str], str]) -> list[str]:
    description: str = message(setting.description)
    if setting.type.choices:
        description = message("{description} {choices}.", description=description, choices=setting.type.choices)
    return [f"# {shown(description)}", f"{key} = {setting.type.to_toml(setting.type.from_toml(setting.default))}", ""]
