"""Changing one setting in the person's file: their comments and layout stay."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
import tomllib
from pathlib import Path

from callerid.config.load import parse_config
from callerid.config.settings import setting_type
from callerid.errors import ConfigFault, DiskFull, StoreFault
from callerid.messages import as_typed, message, os_reason


def set_value(text: str, key: str, typed: str, name: str = "config.toml") -> str:
    """Return the text of a settings file with a dotted key set to what a person typed.

    Raise ConfigFault when there is no such setting, when the value is not valid, or when the file, which has a name, has other
    errors: with the lines on which they are in it now.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    setting = setting_type(key)
    try:
        value = setting.from_text(typed)
        setting.from_toml(value)
    except ValueError as wrong:
        raise ConfigFault(
            message("{key}: {wrong}.", key=key, wrong=wrong), remedy=message("See what it may be with: callerid config sample")
        ) from wrong
    try:
        document = tomlkit.parse(text)
    except TOMLKitError:
        parse_config(text, name)  # says it in our words
        raise
    table_name, _, last = key.rpartition(".")
    if table_name and table_name not in document:
        document[table_name] = tomlkit.table()
    table = document[table_name] if table_name else document
    is_new = last not in table
    table[last] = value
    changed = tomlkit.dumps(document)
    try:
        parse_config(changed, name)
    except ConfigFault:  # elsewhere in the file; nothing is written, and so the person finds the lines as they were
        parse_config(text, name)
        raise
    return _above_comment_of_next_table(text, changed) if is_new else changed


def _above_comment_of_next_table(text: str, changed: str) -> str:
    """Return a changed text with its new line above the comment that the next table begins with: tomlkit takes it for the end of
    the table before, and puts the line between comment and table."""
    before, after = text.splitlines(keepends=True), changed.splitlines(keepends=True)
    place = next((number for number, lines in enumerate(zip(before, after, strict=False)) if lines[0] != lines[1]), len(before))
    if place == len(before) or not before[place].startswith("["):
        return changed
    above = place
    while above and before[above - 1].startswith("#"):
        above -= 1
    if above in (0, place) or before[above - 1].strip():
        return changed  # a comment of the file, none, or one of the setting above it
    while above and not before[above - 1].strip():
        above -= 1
    moved = "".join((*before[:above], after[place], *before[above:]))
    return moved if tomllib.loads(moved) == tomllib.loads(changed) else changed


def save(path: Path, text: str) -> None:
    """Replace a file's text at once, readable by its owner only; a symbolic link stays one. Raise StoreFault where it cannot be
    written, for want of room DiskFull: the settings have no fault."""
    target = path.resolve()
    try:
        descriptor, fresh = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(fresh).replace(target)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                Path(fresh).unlink()
            raise
    except OSError as fault:
        sentence = message("{target} cannot be written: {reason}.", target=target, reason=os_reason(fault))
        if fault.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(sentence, remedy=message("Free some space on the phone: df -h")) from fault
        who = message("See what it is, and who may write there: ls -la {parent}", parent=as_typed(target.parent))
        raise StoreFault(sentence, remedy=who) from fault
