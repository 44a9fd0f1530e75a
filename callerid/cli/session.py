"""What commands share: the paths of this installation, its settings, and an application context for one command."""

from __future__ import annotations

import json
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import click

from callerid.config.load import load_config
from callerid.credentials import check_environment
from callerid.paths import installation_paths, make_folders
from callerid.turns.open_context import environment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from callerid.config.settings import Config
    from callerid.paths import Paths
    from callerid.turns.context import AppContext


def home() -> Paths:
    """Return where the files of this installation are; create its folders. Raise ConfigFault."""
    check_environment(environment())
    where = installation_paths(environment())
    make_folders(where)
    return where


def settings() -> tuple[Paths, Config]:
    """Return the paths and the settings. Raise ConfigFault with every fault of the file."""
    where = home()
    return where, load_config(where.config_file)


@contextmanager
def open_session() -> Iterator[AppContext]:
    """Open an application context for one command. At the end, close its databases, kill what it started, and wake a running
    daemon if the ledger was written."""
    from callerid.phone.process import ProcessRunner
    from callerid.turns.context import utc_now
    from callerid.turns.open_context import learn_region, open_app

    where, config = settings()
    runner = ProcessRunner(environment=environment())
    app = open_app(where, config, runner, environment())
    try:
        yield learn_region(app, utc_now())
    finally:
        if app.ledger.has_written:
            _wake_daemon(where)
        app.close()
        runner.stop()


def _wake_daemon(where: Paths) -> None:
    """A running daemon sleeps until something that it knows of is due. It does not know of what a command wrote."""
    from callerid.core.inbox_events import LEDGER_WRITTEN
    from callerid.daemon.single_instance import is_running
    from callerid.phone.inbox import Inbox

    with suppress(OSError):  # then it sees the change at its next turn
        if is_running(where):
            Inbox(where.inbox).put(LEDGER_WRITTEN)


def print_json(value: object) -> None:
    """Print the answer of a command with --json (docs/json.md) on stdout."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
