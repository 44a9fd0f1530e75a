"""The settings: every key is declared once, and from that come reading, defaults, `config show` and the sample file."""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass, field, fields
from datetime import time, timedelta
from typing import TYPE_CHECKING, Any

from callerid.config import values as read_as
from callerid.config.pairs import pairs
from callerid.config.toml_lines import line_of
from callerid.errors import ConfigFault

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeRange:
    """Quiet hours in the phone's local time."""

    start: time
    end: time


def _key(reader: read_as.Reader, default: Any, says: str) -> Any:
    """Declare a key: how it is read, what it is when absent (as read), and one line about it."""
    return field(default=reader.read(default), metadata={"reader": reader, "default": default, "says": says})


_ON_OFF = read_as.switch()
_TEXT = read_as.text()
_OURS = (
    *("hs_timestamp", "hs_call_title", "hs_call_duration", "hs_call_direction", "hs_call_status", "hs_call_external_id"),
    *("hs_call_from_number", "hs_call_to_number"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Crm:
    """Table [crm]."""

    provider: str = _key(read_as.one_of("hubspot", "file"), "hubspot", "Where contacts come from.")
    file: str = _key(_TEXT, "", 'The CSV or vCard file of the provider "file".')
    columns: tuple[str, ...] = _key(
        read_as.texts(), [], 'Columns of that CSV that are not understood by themselves, as ["Handy = mobile", "Firma = company"].'
    )
    url: str = _key(read_as.url(), "https://api.hubapi.com", "Where its API is.")
    token_file: str = _key(_TEXT, "", "A file that holds the token and nothing else, readable by you alone.")
    token_command: tuple[str, ...] = _key(
        read_as.texts(), [], 'A command that prints the token, as a list: ["pass", "show", "hubspot"].'
    )
    owner: str = _key(_TEXT, "", "E-mail of the owner under whose name calls are logged; empty: the token's own.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sync:
    """Table [sync]."""

    every: timedelta | None = _key(
        read_as.interval(shortest=timedelta(minutes=5)), "1h", 'How often the daemon asks what changed; "off" for never.'
    )
    full_every: timedelta | None = _key(
        read_as.interval(shortest=timedelta(hours=1)),
        "7d",
        'How often every record is compared, because deletions and some changes show in no other way; "off" for never.',
    )
    scope: tuple[str, ...] | str = _key(
        read_as.word_or_texts("all", "mine"), "all", "Whose contacts are mirrored; owners by name or e-mail in a list."
    )
    recent: timedelta | None = _key(read_as.age(), "", 'Only contacts that changed of late, for example "12 months"; empty: all.')
    phone_fields: tuple[str, ...] = _key(
        read_as.texts(), [], "Text properties that hold phone numbers too; see callerid config phones."
    )
    live_lookup: str = _key(
        read_as.one_of("off", "wifi", "always"), "off", "Whether a caller whom the mirror does not know is looked up in the CRM."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """Table [ring]."""

    senses: tuple[str, ...] = _key(
        read_as.senses(known=("inbox", "stream", "telephony", "notifications")),
        "auto",
        'How a ring is heard; "auto" takes the best that works. See callerid doctor.',
    )
    poll: timedelta = _key(
        read_as.duration(shortest=timedelta(seconds=1)), "2s", "How often the senses that have to look do so at the most."
    )
    outgoing: bool = _key(_ON_OFF, False, "Whether a card is shown for calls that you make.")
    phone_contacts: str = _key(
        read_as.one_of("first", "after", "off"),
        "first",
        "Whether the name in the phone's own contacts comes before the CRM's, after it, or nowhere.",
    )
    speak: str = _key(
        read_as.one_of("off", "always", "headset"), "off", 'Whether the caller\'s name is spoken; "headset": only into one.'
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """Table [log]."""

    screen: bool = _key(_ON_OFF, True, "Whether a dialog opens after a call; the notification comes either way.")
    via: str = _key(read_as.one_of("both", "dialog", "notification"), "both", "How you are asked after a call.")
    incoming: bool = _key(_ON_OFF, True, "Whether incoming calls are asked about.")
    outgoing: bool = _key(_ON_OFF, True, "Whether outgoing calls are asked about.")
    unknown: str = _key(
        read_as.one_of("off", "offer"), "off", "Whether you are asked, after a call with somebody unknown, to add them to the CRM."
    )
    late: str = _key(
        read_as.one_of("ask", "log", "off"), "ask", "What becomes of the earlier calls of somebody who appears in the CRM."
    )
    min_duration: timedelta = _key(read_as.duration(), "0s", "Shorter calls are not asked about.")
    auto_log: timedelta | None = _key(
        read_as.interval(shortest=timedelta(seconds=1)), "off", "Calls of this length and more are logged as connected, unasked."
    )
    note: str = _key(
        read_as.one_of("text", "speech", "choose", "off"), "text", "How a note is taken: typed, dictated, as chosen then, or not."
    )
    follow_up: bool = _key(_ON_OFF, True, "Whether the dialogs ask for a follow-up, which becomes a task in the CRM.")
    reply: bool = _key(
        _ON_OFF, False, "Whether a note can be typed into the notification; one notification at a time has the field."
    )
    fields: tuple[tuple[str, str], ...] = _key(
        pairs(_OURS), [], 'Values of properties that callerid leaves empty, for portals that require some: ["team = sales"].'
    )
    quiet_hours: TimeRange | None = _key(
        read_as.hours(TimeRange), "", 'From when to when nothing shows, for example "22:00-07:00".'
    )
    evening: time = _key(read_as.clock(), "18:00", "When calls put off, or not answered, are asked about in one notification.")
    sims: tuple[str, ...] = _key(read_as.texts(), [], "Only calls of these SIMs, as termux-call-log names them; empty: all.")
    ignore: tuple[str, ...] = _key(read_as.texts(), [], "Numbers that are never asked about.")
    own_number: str = _key(_TEXT, "", "Your own number, as the CRM shall show it.")
    dialog_timeout: timedelta = _key(read_as.duration(shortest=timedelta(seconds=10)), "5m", "How long a dialog waits for you.")
    poll: timedelta = _key(read_as.duration(shortest=timedelta(seconds=1)), "15s", "How often the call log is read at the most.")
    poll_slowest: timedelta = _key(
        read_as.duration(shortest=timedelta(seconds=5)), "5m", "How often it is read while nothing happens."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Privacy:
    """Table [privacy]."""

    lock_screen: str = _key(
        read_as.one_of("names", "initials", "nothing"),
        "names",
        "What notifications tell; Android shows them on the lock screen too.",
    )
    mask_logs: bool = _key(_ON_OFF, True, "Whether numbers are masked in the log.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """All settings."""

    enabled: bool = _key(_ON_OFF, True, "Whether caller ID is on.")
    region: str = _key(read_as.region(), "auto", 'Region of numbers without a country code, such as "DE"; "auto": the SIM\'s.')
    language: str = _key(read_as.one_of("auto", "en", "ja"), "auto", "Language of cards and questions.")
    crm: Crm = field(default_factory=Crm)
    sync: Sync = field(default_factory=Sync)
    ring: Ring = field(default_factory=Ring)
    log: Log = field(default_factory=Log)
    privacy: Privacy = field(default_factory=Privacy)


_TABLES: dict[str, type] = {"crm": Crm, "sync": Sync, "ring": Ring, "log": Log, "privacy": Privacy}


def _declared(table: type) -> dict[str, dict[str, Any]]:
    return {item.name: dict(item.metadata) for item in fields(table) if item.metadata}


KEYS: dict[str, dict[str, Any]] = _declared(Config) | {
    f"{name}.{key}": said for name, table in _TABLES.items() for key, said in _declared(table).items()
}


def load(path: Path) -> Config:
    """Given the file's path, return the settings; an absent file means the defaults. Raise ConfigFault with every fault."""
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return Config()
    except UnicodeDecodeError as fault:
        raise ConfigFault(f"{path} is not UTF-8 text (byte {fault.start}).", remedy=f"See it with: cat -v '{path}'") from fault
    except OSError as fault:
        raise ConfigFault(f"{path} cannot be read: {fault.strerror}.", remedy=f"See who may: ls -l '{path}'") from fault
    return read(text, str(path))


def read(text: str, name: str = "config.toml") -> Config:
    """Given a settings file's text and its name, return the settings. Raise ConfigFault that lists every fault with its line."""
    try:
        said = tomllib.loads(text)
    except (ValueError, RecursionError) as fault:  # TOMLDecodeError is one; so is a number of 5,000 digits
        raise ConfigFault(
            f"{name} is no TOML: {fault}.", remedy=f"Mend it there, then type: callerid config check ({name})"
        ) from fault
    faults: list[tuple[int, str]] = []
    tables = {key: _table(text, key, said.pop(key), table, faults) for key, table in _TABLES.items() if key in said}
    values = _values(text, "", said, Config, faults)
    if faults:
        lines = "\n".join(f"  line {line}: {fault}" for line, fault in sorted(faults))
        count = f"{len(faults)} faults" if len(faults) > 1 else "a fault"
        raise ConfigFault(f"{name} has {count}:\n{lines}", remedy="Mend it, then type: callerid config check")
    return Config(**values, **tables)


def _table(text: str, name: str, said: object, table: type, faults: list[tuple[int, str]]) -> Any:
    if not isinstance(said, dict):
        faults.append((line_of(text, (name,)), f"{name} is a table; write [{name}] on a line of its own"))
        return table()
    return table(**_values(text, name, said, table, faults))


def _values(text: str, name: str, said: dict[str, Any], table: type, faults: list[tuple[int, str]]) -> dict[str, Any]:
    """Given what a table says, return its values as read, and add what is wrong to `faults`."""
    declared, values = _declared(table), {}
    for key, value in said.items():
        path = (name, key) if name else (key,)
        shown = ".".join(path)
        if key not in declared:
            faults.append((line_of(text, path), f"{shown}: there is no such setting{_suggestion(shown)}"))
            continue
        try:
            values[key] = declared[key]["reader"].read(value)
        except ValueError as wrong:
            faults.append((line_of(text, path), f"{shown}: {wrong}"))
    return values


def _suggestion(key: str) -> str:
    near = difflib.get_close_matches(key, [*KEYS, *_TABLES], n=1)
    near = near or [known for known in KEYS if known.endswith(f".{key}")][:1]
    return f"; do you mean {near[0]}?" if near else "; see callerid config sample"


def check_key(key: str) -> read_as.Reader:
    """Given a dotted key, return its reader. Raise ConfigFault with a suggestion when there is no such key."""
    if key not in KEYS:
        raise ConfigFault(f"{key}: there is no such setting{_suggestion(key)}", remedy="See all with: callerid config show")
    reader: read_as.Reader = KEYS[key]["reader"]
    return reader


def shown(config: Config) -> list[tuple[str, str]]:
    """Given settings, return each dotted key with its value as it would be written. Tokens are never settings."""
    pairs = []
    for key, said in KEYS.items():
        room, _, name = key.rpartition(".")
        value = getattr(getattr(config, room) if room else config, name)
        pairs.append((key, said["reader"].show(value)))
    return pairs


def sample() -> str:
    """Return a settings file with every key, its default and what it means."""
    lines = ["# callerid's settings. A running daemon takes a change at once.", ""]
    lines += [line for key in _declared(Config) for line in _sampled(key, KEYS[key])]
    for name, table in _TABLES.items():
        lines += [f"[{name}]", *(line for key in _declared(table) for line in _sampled(key, KEYS[f"{name}.{key}"]))]
    return "\n".join(lines).rstrip() + "\n"


def _sampled(key: str, said: dict[str, Any]) -> list[str]:
    reader: read_as.Reader = said["reader"]
    choices = f" {reader.choices}." if reader.choices else ""
    return [f"# {said['says']}{choices}", f"{key} = {reader.show(reader.read(said['default']))}", ""]
