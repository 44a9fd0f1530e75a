"""Ways in which a home can be broken, and words with which each command can be typed."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from callerid.cli.main import callerid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

# By its name with those of its groups: words after it. KEY is that of a call, ROW an outbox row's number, FILE a new file.
COMMANDS: dict[str, tuple[str, ...]] = {
    "add": ("+33145678900", "--last-name", "Martin"),
    "automation": ("tasker",),
    "calls": (),
    "config check": (),
    "config columns": (),
    "config path": (),
    "config phones": (),
    "config sample": (),
    "config set": ("log.note", "text"),
    "config show": (),
    "demo": (),
    "doctor": (),
    "export": ("--vcard", "FILE"),
    "forget": ("+33145678900", "--yes"),
    "hygiene": (),
    "ignore": ("+33145678900",),
    "log": ("KEY", "--outcome", "busy"),
    "log-screen": ("off",),
    "lookup": ("087 123 4567",),
    "setup": ("--yes",),
    "show": ("087 123 4567",),
    "match": ("+353871234567", "087 123 4567"),
    "missed": (),
    "off": (),
    "on": (),
    "outbox": (),
    "outbox drop": ("ROW",),
    "outbox retry": ("ROW",),
    "reconcile": (),
    "report": ("-o", "FILE"),
    "report-bug": (),
    "run": ("--once",),
    "schedule": ("--show",),
    "status": (),
    "sync": ("--full",),
    "watch": (),
}


def leaves(group: click.Group, context: click.Context | None = None) -> Iterator[tuple[str, ...]]:
    """Return every command that can be typed, by its words. A group that does something by itself counts too."""
    context = context or click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            if command.invoke_without_command:
                yield (name,)
            yield from ((name, *words) for words in leaves(command))
        else:
            yield (name,)


def all_commands() -> set[str]:
    """Return the names of all commands. Those of a running simulator are one: they only reach what it has made itself."""
    return {" ".join(words) for words in leaves(callerid)}


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenHome:
    """How to break a home, again and again."""

    name: str
    break_home: Callable[[Path], object]


_NEEDED_BY_NONE = ("daemon.pid", "dialog.lock", "requests-sent", "reserve", "marks.list", "addressbook.json")
_JOURNALS = ("callerid.log", "ledger.db.answers", "ledger.db.answers.new", "marks.list.new", "daemon.pid.new")


def homes() -> tuple[BrokenHome, ...]:
    """Return all of them that need no file system of their own."""
    files = ("config.toml", "ledger.db", "mirror.db", "marks.key", "daemon.lock", "callerid.log", "ledger.db-wal", "mirror.db-shm")
    folders = [BrokenHome(name=f"{name} is a folder", break_home=_folder(name)) for name in files]
    folders.append(BrokenHome(name="what no command needs is folders", break_home=_folder(*_NEEDED_BY_NONE)))
    pipes = [BrokenHome(name=f"{name} is a pipe", break_home=_pipe(name)) for name in ("config.toml", "ledger.db", "mirror.db")]
    pipes.append(BrokenHome(name="what no command needs is pipes", break_home=_pipe(*_NEEDED_BY_NONE, *_JOURNALS)))
    contents = {
        "config.toml is not TOML": ("config.toml", b"region = \n[crm"),
        "config.toml is not text": ("config.toml", b"\xff\xfe\x00"),
        "ledger.db is noise": ("ledger.db", bytes(range(256)) * 200),
        "mirror.db is noise": ("mirror.db", bytes(range(256)) * 200),
        "ledger.db is empty": ("ledger.db", b""),
        "mirror.db is empty": ("mirror.db", b""),
        "the key of the block list is empty": ("marks.key", b""),
        "the key of the block list is too long": ("marks.key", b"x" * 99),
        "daemon.pid is nonsense": ("daemon.pid", b"\xff\xfe 12\n\n"),
        "requests-sent is nonsense": ("requests-sent", b"\xff" * 1000),
        "inbox is a file": ("inbox", b""),
        "the home is a file": ("", b""),
    }
    written = [BrokenHome(name=name, break_home=_written(*how)) for name, how in contents.items()]
    cut = [BrokenHome(name=f"{name} is cut", break_home=_cut(name)) for name in ("ledger.db", "mirror.db")]
    overwritten = [BrokenHome(name=f"{name} is overwritten", break_home=_overwritten(name)) for name in ("ledger.db", "mirror.db")]
    tokens = {"is not there": None, "is not text": b"\xff\xfe\x00\x81", "is empty": b"", "is a folder": "folder"}
    of_token = [BrokenHome(name=f"the token's file {what}", break_home=_token(how)) for what, how in tokens.items()]
    return (*folders, *pipes, *written, *cut, *overwritten, *of_token)


def _folder(*names: str) -> Callable[[Path], object]:
    def break_home(home: Path) -> None:
        for name in names:
            _remove(home / name)
            (home / name).mkdir()

    return break_home


def _pipe(*names: str) -> Callable[[Path], object]:
    """Put pipes in place of files: opening one would wait for somebody at its other end."""

    def break_home(home: Path) -> None:
        for name in names:
            _remove(home / name)
            os.mkfifo(home / name)

    return break_home


def _written(name: str, content: bytes) -> Callable[[Path], object]:
    def break_home(home: Path) -> None:
        _remove(home / name)
        (home / name).write_bytes(content)

    return break_home


def _cut(name: str) -> Callable[[Path], object]:
    def break_home(home: Path) -> None:
        _without_journal(home / name)
        with (home / name).open("r+b") as file:
            file.truncate((home / name).stat().st_size // 2 + 100)

    return break_home


def _overwritten(name: str) -> Callable[[Path], object]:
    """Overwrite every other page but the first ones."""

    def break_home(home: Path) -> None:
        _without_journal(home / name)
        with (home / name).open("r+b") as file:
            for page in range(2, (home / name).stat().st_size // 4096, 2):
                file.seek(page * 4096)
                file.write(b"\xa5" * 4096)

    return break_home


def _token(content: bytes | str | None) -> Callable[[Path], object]:
    def break_home(home: Path) -> None:
        _remove(home / "token")
        if isinstance(content, bytes):
            (home / "token").write_bytes(content)
            (home / "token").chmod(0o600)
        elif content:
            (home / "token").mkdir()

    return break_home


def _without_journal(path: Path) -> None:
    for name in ("-wal", "-shm"):
        _remove(path.with_name(path.name + name))


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    if path.suffix == ".db":
        _without_journal(path)
