"""The paths of an installation: all in one folder with CALLERID_HOME, else in the XDG folders."""

from __future__ import annotations

import stat
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from callerid.errors import ConfigFault
from callerid.messages import as_typed, joined, message, os_reason
from callerid.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

_OTHERS = 0o077
_KNOWN_VARIABLES = {"CALLERID_HOME", "CALLERID_TOKEN"}
TOKEN_FILE = "hubspot-token"  # noqa: S105 - a name; beside the settings; made by `callerid setup`
_EVENTS = ("ring", "dial", "offhook", "idle", "tap", "reply", "sync", "written")
# How the names of files begin that have no path of their own: written by shell programs, left half-written, or there for a moment.
# tests/made_files.py looks in every test whether another one is made.
OTHER_FILES = ("job.lock", TOKEN_FILE, f".{TOKEN_FILE}.", ".config.toml.", ".trial-", *(f".{event}-" for event in _EVENTS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """The files and folders of an installation."""

    config_file: Path
    ledger: Path
    mirror: Path
    inbox: Path
    lock: Path
    dialog_lock: Path
    pid_file: Path
    log_file: Path
    requests_sent: Path
    block_list_key: Path
    reserve: Path
    not_started: Path
    corrections: Path
    booted: Path
    left_cards: Path


def check_environment(environ: Mapping[str, str]) -> None:
    """Raise ConfigFault for an unknown CALLERID_ variable: a misspelt CALLERID_TOKEN must not be ignored."""
    unknown = sorted(name for name in environ if name.startswith("CALLERID_") and name not in _KNOWN_VARIABLES)
    if unknown:
        raise ConfigFault(
            message(
                "There is no variable {names}; callerid knows {names2}.",
                names=joined(", ", unknown),
                names2=joined(message(" and "), sorted(_KNOWN_VARIABLES)),
            ),
            remedy=message("Type: unset {names}", names=" ".join(unknown)),
        )


def installation_paths(environ: Mapping[str, str]) -> Paths:
    """Return the paths that the environment names. Raise ConfigFault when CALLERID_HOME is not an absolute path."""
    home = environ.get("CALLERID_HOME", "")
    if home:
        folder = Path(home).expanduser()
        if not folder.is_absolute():
            raise ConfigFault(
                message("CALLERID_HOME is {home!r}, which is not an absolute path.", home=home),
                remedy=message('Type: export CALLERID_HOME="$PWD/{home}"', home=home),
            )
        return _paths_in(folder, folder, folder)
    user_home = Path(environ.get("HOME") or "~").expanduser()
    return _paths_in(
        _xdg_folder(environ, "XDG_CONFIG_HOME", user_home / ".config"),
        _xdg_folder(environ, "XDG_DATA_HOME", user_home / ".local" / "share"),
        _xdg_folder(environ, "XDG_STATE_HOME", user_home / ".local" / "state"),
    )


def _xdg_folder(environ: Mapping[str, str], name: str, default: Path) -> Path:
    folder = Path(environ.get(name, ""))
    # the XDG base directory specification says that a relative path is to be ignored
    return (folder if folder.is_absolute() else default) / "callerid"


def _paths_in(config: Path, data: Path, state: Path) -> Paths:
    return Paths(
        config_file=config / "config.toml",
        ledger=data / "ledger.db",
        mirror=data / "mirror.db",
        inbox=state / "inbox",
        lock=state / "daemon.lock",
        dialog_lock=state / "dialog.lock",
        pid_file=state / "daemon.pid",
        log_file=state / "callerid.log",
        requests_sent=state / "requests-sent",
        block_list_key=config / "marks.key",
        reserve=state / "reserve",
        not_started=state / "not-started",
        corrections=state / "corrections",
        booted=state / "booted",
        left_cards=state / "addressbook.json",
    )


def beside_settings(paths: Paths, name: str) -> Path:
    """Return the path of a file that the settings name: a relative one is in the folder of the settings."""
    return paths.config_file.parent / Path(name).expanduser()


def make_folders(paths: Paths) -> None:
    """Create the folders, and let nobody but their owner use them and the files in them. What belongs to another user, or is on a
    file system that cannot be written or has no permissions, stays as it is. Raise ConfigFault when a folder cannot be created."""
    for folder in {paths.config_file.parent, paths.ledger.parent, paths.inbox.parent, paths.inbox}:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as fault:
            raise ConfigFault(
                message("The folder {folder} cannot be created: {reason}.", folder=folder, reason=os_reason(fault)),
                remedy=message("See its permissions: ls -ld {parent}", parent=as_typed(folder.parent)),
            ) from fault
        _make_private(folder)
    for folder, names in places_of_files(paths).items():
        with suppress(OSError):
            for path in folder.iterdir():
                if path.name.startswith(names):
                    _make_private(path)


def places_of_files(paths: Paths) -> dict[Path, tuple[str, ...]]:
    """Return for each of our folders how the names of our files in it begin: a journal, a copy and what was put aside are named
    after their file. Other programs may have files in a home, too."""
    places: dict[Path, tuple[str, ...]] = {paths.inbox: ("",), paths.corrections: ("",)}
    for path in (getattr(paths, item.name) for item in fields(paths)):
        if path != paths.inbox:
            names = (f"{path.stem}.",) if path == paths.block_list_key else (path.name,)  # the list is beside its key
            places[path.parent] = (*places.get(path.parent, OTHER_FILES), *names)
    return places


def _make_private(path: Path) -> None:
    """Take all permissions from group and others, by a change of mode alone: a database must not be opened for it. A symbolic link
    is not followed: what it leads to is not ours to change."""
    with suppress(OSError):
        mode = path.lstat().st_mode
        if not stat.S_ISLNK(mode) and mode & _OTHERS:
            path.chmod(stat.S_IMODE(mode) & ~_OTHERS)


def journal_of(path: Path) -> Path:
    """Return the path of a database's journal of answers."""
    return path.with_name(f"{path.name}.answers")
