"""Reading config.toml: every fault at once, each with its line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from callerid import files, plain_toml
from callerid.config.settings import TABLES, Config, nearest, settings_of
from callerid.errors import ConfigFault
from callerid.messages import as_typed, joined, message, os_reason

if TYPE_CHECKING:
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
        from callerid.config.toml_faults import toml_fault

        sentence = message("{name} is not valid TOML: {fault}.", name=name, fault=toml_fault(text, fault))
        raise ConfigFault(sentence, remedy=message("Fix it in {name}, then type: callerid config check", name=name)) from fault
    faults: list[tuple[tuple[str, ...], str]] = []
    tables = {key: _table(key, document.pop(key), table, faults) for key, table in TABLES.items() if key in document}
    values = _values("", document, Config, faults)
    if faults:
        from callerid.config.toml_faults import line_of

        placed = sorted((line_of(text, path), fault) for path, fault in faults)
        lines = joined("\n", (message("  line {line}: {fault}", line=line, fault=fault) for line, fault in placed))
        count = message("{count} errors", count=len(faults)) if len(faults) > 1 else message("an error")
        raise ConfigFault(
            message("{name} has {count}:\n{lines}", name=name, count=count, lines=lines),
            remedy=message("Fix it in {name}, then type: callerid config check", name=name),
        )
    return Config(**values, **tables)


def _table(name: str, content: object, table: type, faults: list[tuple[tuple[str, ...], str]]) -> Any:
    if not isinstance(content, dict):
        faults.append(((name,), message("{name} is a table; write [{name}] on a line of its own", name=name)))
        return table()
    return table(**_values(name, content, table, faults))


def _values(name: str, content: dict[str, Any], table: type, faults: list[tuple[tuple[str, ...], str]]) -> dict[str, Any]:
    """Return the values of a table as the settings hold them, and add to `faults` what is wrong, with the path of its key."""
    declared, values = settings_of(table), {}
    for key, value in content.items():
        path = (name, key) if name else (key,)
        dotted = ".".join(path)
        if key not in declared:
            faults.append(
                (
                    path,
                    message("{dotted}: there is no such setting; did you mean {near}?", dotted=dotted, near=near)
                    if (near := nearest(dotted))
                    else message("{dotted}: there is no such setting; see all with: callerid config sample", dotted=dotted),
                )
            )
            continue
        try:
            values[key] = declared[key].type.from_toml(value)
        except ValueError as wrong:
            faults.append((path, message("{dotted}: {wrong}", dotted=dotted, wrong=wrong)))
    return values
