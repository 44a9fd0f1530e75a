"""What commands share: the paths of this installation, its settings, an application context for one command, and the CRM."""

from __future__ import annotations

import os
import time
from contextlib import ExitStack, contextmanager, suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING

from callerid.cli.language.output import choose_language, echo
from callerid.config.load import load_config
from callerid.messages import joined, message
from callerid.paths import check_environment, installation_paths, make_folders

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from callerid.config.settings import Config
    from callerid.paths import Paths
    from callerid.phone.command_runner import CommandRunner
    from callerid.turns.context import AppContext
    from callerid.turns.open_context import CrmConnection


BY_LISTS = message("The last full sync read lists, not exports.")


class Edges:
    """What a command uses of the outside: environment variables, and what starts other commands. A process of its own uses those
    of the process; a test that runs a command in its own process passes others as click's `obj`."""

    def __init__(self, *, environment: Mapping[str, str], new_runner: Callable[[Mapping[str, str]], CommandRunner]) -> None:
        self.environment, self.new_runner = environment, new_runner


_given: ContextVar[Edges | None] = ContextVar("edges of the command", default=None)


@contextmanager
def with_edges(edges: Edges | None) -> Iterator[None]:
    """Have the command inside use these of the outside; None for those of the process."""
    before = _given.set(edges)
    try:
        yield
    finally:
        _given.reset(before)


def _edges() -> Edges:
    return _given.get() or Edges(environment=os.environ, new_runner=_new_process_runner)


def _new_process_runner(environ: Mapping[str, str]) -> CommandRunner:
    from callerid.turns.late_runner import LateRunner

    return LateRunner(environ)


def environment() -> Mapping[str, str]:
    """Return the environment of this command. The process's own is read nowhere else."""
    return _edges().environment


def new_runner() -> CommandRunner:
    """Return what starts the commands of the phone for this command."""
    edges = _edges()
    return edges.new_runner(edges.environment)


def home() -> Paths:
    """Return where the files of this installation are; create its folders. Raise ConfigFault."""
    check_environment(environment())
    where = installation_paths(environment())
    make_folders(where)
    return where


def settings(known: Config | None = None) -> tuple[Paths, Config]:
    """Return the paths and the settings: those that are known, or the file's. Raise ConfigFault with every fault of the file."""
    where = home()
    config = known or load_config(where.config_file)
    choose_language(config.language)
    return where, config


@contextmanager
def open_session(*, learns_region: bool = True, config: Config | None = None) -> Iterator[AppContext]:
    """Open an application context for one command, by these settings (None: those of the file); learn the region first, unless the
    command must not wait for the phone. At the end, close its databases, kill what it started, and wake a running daemon if the
    ledger was written."""
    from callerid.errors import DatabaseDamaged
    from callerid.turns.context import utc_now
    from callerid.turns.open_context import open_app
    from callerid.turns.region import learn_region
    from callerid.turns.repair import repair, report_replaced_mirror

    where, config = settings(config)
    with ExitStack() as stack:
        runner = new_runner()
        stack.callback(runner.stop)
        app = open_app(where, config, runner, environment())
        stack.callback(app.close)
        try:
            yield learn_region(app, utc_now()) if learns_region else app
        except DatabaseDamaged as fault:
            repair(app, fault, utc_now())
            sentence = joined(" ", (fault.sentence, _REPAIRED))
            raise DatabaseDamaged(sentence, remedy=message("Type the same command again."), path=fault.path) from fault
        finally:
            if report_replaced_mirror(app, utc_now()):
                _say_replaced_mirror(app)
                _request_sync(where)
            if app.ledger.has_written:
                _wake_daemon(where)


_REPAIRED = message("It was put aside, and what can be restored is in its place.")


def _say_replaced_mirror(app: AppContext) -> None:
    """Say on stderr why the mirror is empty now: this command has answered from nothing."""
    from callerid.core.upkeep.health import Source
    from callerid.errors import CalleridError

    with suppress(CalleridError):
        for trouble in app.ledger.key_values.troubles():
            if trouble.source is Source.MIRROR:
                echo(joined(" ", (trouble.sentence, trouble.remedy)), err=True)


def _request_sync(where: Paths) -> None:
    """Have a running daemon fill a new mirror."""
    from callerid.daemon.single_instance import is_running
    from callerid.phone.inbox import Inbox

    with suppress(OSError):
        if is_running(where):
            Inbox(where.inbox).put("sync")


def crm_connection(app: AppContext) -> CrmConnection:
    """Return a connection to the CRM of the settings; it connects when it is first used."""
    from callerid.turns.context import utc_now
    from callerid.turns.open_context import CrmConnection

    return CrmConnection(app, environment(), time.sleep, utc_now)


@contextmanager
def repeated_by_hand(remedy: str) -> Iterator[None]:
    """Have a command that no daemon continues say so, where the CRM is not reached."""
    from callerid.errors import Offline

    try:
        yield
    except Offline as fault:
        raise Offline(fault.sentence, remedy=remedy) from fault


def _wake_daemon(where: Paths) -> None:
    """Let a running daemon look again: it sleeps until what it knows of is due, and does not know of what a command wrote."""
    from callerid.core.inbox_events import LEDGER_WRITTEN
    from callerid.daemon.single_instance import is_running
    from callerid.phone.inbox import Inbox

    with suppress(OSError):  # then it sees the change at its next turn
        if is_running(where):
            Inbox(where.inbox).put(LEDGER_WRITTEN)
