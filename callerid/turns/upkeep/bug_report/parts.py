"""The parts of a report about a bug. Each returns its text as it may leave the phone: masked, or made of what is nobody's."""

from __future__ import annotations

import json
import platform
import re
import sqlite3
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from callerid import __version__, files
from callerid.config.settings import SETTINGS, toml_values
from callerid.errors import CalleridError
from callerid.store.inspection import count_states, inspect_database

if TYPE_CHECKING:
    from collections.abc import Iterable

    from callerid.config.setting_types import SettingType
    from callerid.config.settings import Config
    from callerid.core.upkeep.pseudonyms import Pseudonyms
    from callerid.paths import Paths
    from callerid.phone.command_runner import CommandRunner

_TIMEOUT = 5.0  # seconds, for each command
_LOG_LINES = 400  # of each log
_LONGEST_LINE = 2000  # characters
_PROPERTIES = {
    "android": "ro.build.version.release",
    "android_sdk": "ro.build.version.sdk",
    "android_patch": "ro.build.version.security_patch",
    "maker": "ro.product.manufacturer",
    "model": "ro.product.model",
}
_TIMES = re.compile(r"(?:[0-9]{4}-[01][0-9]-[0-3][0-9][ _][0-2][0-9]:[0-5][0-9]:[0-5][0-9](?:\.[0-9]{5})? )*")
_PLAIN = re.compile(r"[\w .()+,/-]{0,60}", re.ASCII)
_TERMUX_APP = re.compile(r"package:(com\.termux[\w.]*)(?: versionCode:(\d+))?", re.ASCII)
# Values that say nothing about anybody: yes or no, a length of time, hours, a region, senses.
_PLAIN_VALUE = re.compile(r'true|false|"[0-9]{1,4} ?[a-z]{1,7}"|"[0-9]{2}:[0-9]{2}(?:-[0-9]{2}:[0-9]{2})?"')
_OWN_VALUES = {
    "region": re.compile(r'"[A-Z]{2}"'),
    "ring.senses": re.compile(r"\[[a-z\", ]*\]"),
    "crm.encoding": re.compile(r'"[a-z0-9_-]{1,20}"'),
}


def versions(runner: CommandRunner) -> str:
    """Return the versions of all that takes part, as JSON."""
    found: dict[str, Any] = {
        "callerid": __version__,
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "machine": platform.machine(),
        "termux": _plain(runner.variable("TERMUX_VERSION")),
        "termux_from": _plain(runner.variable("TERMUX_APK_RELEASE")),
    }
    found |= {name: _plain(_printed(runner, "getprop", key)) for name, key in _PROPERTIES.items()}
    listed = _printed(runner, "pm", "list", "packages", "--show-versioncode")
    found["apps"] = dict(_TERMUX_APP.findall(listed))
    return _json(found)


def settings(config: Config) -> str:
    """Return each setting. What a person writes freely is not shown, only whether there is something."""
    lines = [f"{key} = {value if _may_show(key, value) else '(set, not shown)'}" for key, value in toml_values(config)]
    return "\n".join(lines)


def _may_show(key: str, value: str) -> bool:
    kind, own = SETTINGS[key].type, _OWN_VALUES.get(key, _PLAIN_VALUE)
    is_choice = bool(kind.choices) and not value.startswith("[")
    is_default = value == kind.to_toml(kind.from_toml(SETTINGS[key].default))
    return is_choice or is_default or (bool(own.fullmatch(value)) and not _takes_any_text(kind))


def _takes_any_text(kind: SettingType) -> bool:
    try:
        kind.from_toml("any words")
    except ValueError:
        return False
    return True


def counts(paths: Paths) -> str:
    """Return how many rows each table has, and how many calls and deliveries are in which state, as JSON. A damaged database has
    less to say."""
    found: dict[str, Any] = {}
    for name, path in (("ledger", paths.ledger), ("mirror", paths.mirror)):
        try:
            report = inspect_database(path)
        except CalleridError as fault:
            found[name] = {"cannot be read": type(fault).__name__}
            continue
        found[name] = report and {
            "bytes": report.bytes,
            "version": report.version,
            "damaged": bool(report.damage),
            "rows": dict(report.rows),
        }
    found["states"] = count_states(paths.ledger)
    with suppress(OSError):
        found["inbox"] = sum(1 for _ in paths.inbox.iterdir())
    return _json(found)


def log_lines(paths: Paths, runner: CommandRunner, masks: Pseudonyms) -> str:
    """Return the last lines of the logs, masked: of the program's own, and of the service's."""
    service = Path(runner.variable("PREFIX") or "/") / "var" / "log" / "sv" / "callerid" / "current"
    files = (paths.log_file.with_name(f"{paths.log_file.name}.1"), paths.log_file, service, paths.not_started)
    return "\n".join(f"== {file.name}\n{_masked(lines, masks)}" for file in files if (lines := _last_lines(file)))


def _masked(lines: Iterable[str], masks: Pseudonyms) -> str:
    """Return lines of a log, masked but for the times before them: with a count after it, a time looks like a number."""
    ends = [(line, found.end()) for line in lines if (found := _TIMES.match(line))]
    return "".join(line[:end] + masks.mask(line[end:]) for line, end in ends)


def _last_lines(file: Path) -> deque[str]:
    """Return the last lines of a file, each with its end; none if it cannot be read."""
    lines: deque[str] = deque(maxlen=_LOG_LINES)
    with suppress(OSError), files.to_read(file) as text:
        lines.extend(f"{line.decode('utf-8', 'replace')[:_LONGEST_LINE].rstrip()}\n" for line in text)
    return lines


def notifications(rows: list[object], masks: Pseudonyms) -> str:
    """Return rows of termux-notification-list, as JSON. Their texts are masked, but for what dialers say of a call."""
    return _json(masks.masked_json(rows))


def masked_answer(text: str, masks: Pseudonyms) -> str:
    """Return what a command answered, masked; as JSON, if it is that."""
    with suppress(ValueError, RecursionError):
        return _json(masks.masked_json(json.loads(text)))
    return masks.mask(text)


def _printed(runner: CommandRunner, *argv: str) -> str:
    """Return what a command prints, "" if it fails."""
    try:
        return runner.run(argv, timeout=_TIMEOUT).stdout
    except CalleridError:
        return ""


def _plain(text: str | None) -> str:
    """Return a short plain text as it is, and anything else as "?"."""
    stripped = (text or "").strip()
    return stripped if _PLAIN.fullmatch(stripped) else "?"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)
