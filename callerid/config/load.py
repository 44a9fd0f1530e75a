"""Reading config.toml: every fault at once, each with its line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from callerid import files, plain_toml
from callerid.config.settings import TABLES, Config, nearest, settings_of
from callerid.errors import ConfigFault
from callerid.messages import as_typed, joined, message, os_reason

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def load_config(path: Path) -> Config:
    """Return the settings in a file; those of an absent file are the defaults. Raise ConfigFault that lists every fault."""
    return parse_config(settings_text(path), str(path))


def settings_text(path: Path) -> str:
    """Return the text of a settings file, "" for an absent one. Raise ConfigFault."""
    try:
        return files.read_text(path)
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as fault:
        raise ConfigFault(
            message("{path} is not UTF-8 text (byte {start}).", path=path, start=fault.start),
            remedy=message("See it with: cat -v {path}", path=as_typed(path)),
        ) from fault
    except OSError as fault:
        raise ConfigFault(
            message("{path} cannot be read: {reason}.", path=path, reason=os_reason(fault)),
            remedy=message("See what it is: ls -ld {path}", path=as_typed(path)),
        ) from fault


def parse_config(text: str, name: str = "config.toml") -> Config:
    """Return the settings in the text of a file with that name. Raise ConfigFault that lists every fault with its line."""
    try:
        document = plain_toml.loads(text)
    except (ValueError, RecursionError) as fault:  # TOMLDecodeError is a ValueError; so is the one for a number of 5,000 digits
        sentence = message("{name} is not valid TOML: {fault}.", name=name, fault=fault)
        raise ConfigFault(sentence, remedy=message("Fix it in {name}, then type: callerid config check", name=name)) from fault
    faults: list[tuple[int, str]] = []
    tables = {key: _table(text, key, document.pop(key), table, faults) for key, table in TABLES.items() if key in document}
    values = _values(text, "", document, Config, faults)
    if faults:
        lines = joined("\n", (message("  line {line}: {fault}", line=line, fault=fault) for line, fault in sorted(faults)))
        count = message("{count} errors", count=len(faults)) if len(faults) > 1 else message("an error")
        raise ConfigFault(
            message("{name} has {count}:\n{lines}", name=name, count=count, lines=lines),
            remedy=message("Fix it in {name}, then type: callerid config check", name=name),
        )
    return Config(**values, **tables)


def _table(text: str, name: str, content: object, table: type, faults: list[tuple[int, str]]) -> Any:
    if not isinstance(content, dict):
        faults.append((line_of(text, (name,)), message("{name} is a table; write [{name}] on a line of its own", name=name)))
        return table()
    return table(**_values(text, name, content, table, faults))


def _values(text: str, name: str, content: dict[str, Any], table: type, faults: list[tuple[int, str]]) -> dict[str, Any]:
    """Return the values of a table as the settings hold them, and add what is wrong to `faults`."""
    declared, values = settings_of(table), {}
    for key, value in content.items():
        path = (name, key) if name else (key,)
        dotted = ".".join(path)
        if key not in declared:
            faults.append(
                (
                    line_of(text, path),
                    message("{dotted}: there is no such setting; did you mean {near}?", dotted=dotted, near=near)
                    if (near := nearest(dotted))
                    else message("{dotted}: there is no such setting; see all with: callerid config sample", dotted=dotted),
                )
            )
            continue
        try:
            values[key] = declared[key].type.from_toml(value)
        except ValueError as wrong:
            faults.append((line_of(text, path), message("{dotted}: {wrong}", dotted=dotted, wrong=wrong)))
    return values


def line_of(text: str, path: Sequence[str]) -> int:
    """Return the 1-based line of a valid TOML text on which the key with this path stands.

    The standard parser does not tell, so it parses ever longer beginnings: the key stands on the first line after the longest
    beginning that is valid and lacks the key. That holds for strings and arrays over several lines, dotted keys and inline tables.
    """
    import tomllib

    lines = text.splitlines(keepends=True)
    start = 0
    for end in range(1, len(lines) + 1):
        try:
            document = tomllib.loads("".join(lines[:end]))
        except (ValueError, RecursionError):
            continue
        if _has(document, path):
            return _first_with_text(lines, start, end)
        start = end
    return max(1, len(lines))


def _first_with_text(lines: Sequence[str], start: int, end: int) -> int:
    """Skip blank lines and comments, which a part begins with only when it could not be parsed without them."""
    for number in range(start, end):
        if lines[number].strip() and not lines[number].lstrip().startswith("#"):
            return number + 1
    return end


def _has(table: object, path: Sequence[str]) -> bool:
    for key in path:
        if not isinstance(table, dict) or key not in table:
            return False
        table = table[key]
    return True
