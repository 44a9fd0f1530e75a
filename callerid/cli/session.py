"""What commands share: where things are, the settings, and a house for this process."""

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
    """Return where everything of this installation is, with its folders made."""
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
    """Open a house for one command; its databases are closed and its processes ended afterwards, and a running daemon is told when
    something was written."""
    from callerid.phone.process import ProcessRunner
    from callerid.turns.context import utc_now
    from callerid.turns.open_context import learn_region, open_app

    where, config = settings()
    runner = ProcessRunner(environment=environment())
    opened = open_app(where, config, runner, environment())
    try:
        yield learn_region(opened, utc_now())
    finally:
        if opened.ledger.was_written:
            _tell_daemon(where)
        opened.close()
        runner.stop()


def _tell_daemon(where: Paths) -> None:
    """A running daemon sleeps until what it knows of is due; it does not know of what a command wrote."""
    from callerid.core.inbox_events import LEDGER_WRITTEN
    from callerid.daemon.single_instance import is_running
    from callerid.phone.inbox import Inbox

    with suppress(OSError):  # it finds it at its next look
        if is_running(where):
            Inbox(where.inbox).put(LEDGER_WRITTEN)


def print_json(value: object) -> None:
    """Print a value as JSON on stdout: with --json, keys are stable."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
