"""Where everything of an installation is. With CALLERID_HOME one folder; else the XDG folders."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from callerid.errors import ConfigFault

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Paths of the files and folders."""

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


def places(environ: Mapping[str, str]) -> Places:
    """Given the environment, return the places. Raise ConfigFault when CALLERID_HOME is no absolute path."""
    own = environ.get("CALLERID_HOME", "")
    if own:
        folder = Path(own).expanduser()
        if not folder.is_absolute():
            raise ConfigFault(
                f"CALLERID_HOME is {own!r}, which depends on where one stands.",
                remedy=f'Type: export CALLERID_HOME="$PWD/{own}"',
            )
        return _places(folder, folder, folder)
    home = Path(environ.get("HOME") or "~").expanduser()
    return _places(
        _xdg(environ, "XDG_CONFIG_HOME", home / ".config"),
        _xdg(environ, "XDG_DATA_HOME", home / ".local" / "share"),
        _xdg(environ, "XDG_STATE_HOME", home / ".local" / "state"),
    )


def _xdg(environ: Mapping[str, str], name: str, default: Path) -> Path:
    """The base folders of the XDG specification, which says that a relative one is to be ignored."""
    said = Path(environ.get(name, ""))
    return (said if said.is_absolute() else default) / "callerid"


def _places(config: Path, data: Path, state: Path) -> Places:
    return Places(
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
    )


def named_file(where: Places, said: str) -> Path:
    """Given a file as the settings name it, return its path: one that is not absolute is beside the settings."""
    return where.config_file.parent / Path(said).expanduser()


def make(where: Places) -> None:
    """Make the folders, for their owner only. Raise ConfigFault when that cannot be."""
    for folder in {where.config_file.parent, where.ledger.parent, where.inbox.parent, where.inbox}:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if folder.stat().st_mode & 0o077:
                folder.chmod(0o700)
        except OSError as fault:
            raise ConfigFault(
                f"{folder} cannot be made: {fault.strerror}.", remedy=f"See who may: ls -ld '{folder.parent}'"
            ) from fault
