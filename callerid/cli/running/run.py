"""callerid run: the daemon in the foreground, or single turns."""

from __future__ import annotations

import logging
import os
import shutil
import sys
from pathlib import Path

import click

from callerid.cli.running.process_log import log_to
from callerid.cli.running.turns import TURNS, take_turns
from callerid.cli.session import environment, new_runner, settings
from callerid.messages import message


@click.command()
@click.option("--once", is_flag=True, help="Take each turn once and exit; with TURNS, only those.")
@click.option("-v", "--verbose", is_flag=True, help="Log more.")
@click.argument("turns", nargs=-1, type=click.Choice(TURNS))
def run(turns: tuple[str, ...], *, once: bool, verbose: bool) -> None:
    """Run the daemon in the foreground until SIGTERM. With --once, take turns once and exit.

    TURNS: upkeep (are the databases whole? and a backup), inbox (rings and taps), watch (read the call log), reconcile (compare
    ledger and call log), contacts (the phone's own, once a day), attend (notifications), ask (dialogs), deliver (outbox to CRM),
    hooks (programs that are told of what happened), pull (CRM to mirror), addressbook (mirror to the address book on a server, if
    that is due).

    Example: callerid run --once watch attend deliver
    """
    from callerid.errors import UsageFault

    if turns and not once:
        raise UsageFault(message("TURNS need --once."), remedy=message("Type: callerid run --once {names}", names=" ".join(turns)))
    where, config = settings()
    log_to(where.log_file, verbose=verbose)
    if once:
        take_turns(turns or TURNS)
        return
    from callerid.daemon.main import Daemon

    daemon = Daemon(where, config, environment(), new_runner())
    daemon.run()
    logging.shutdown()
    sys.stdout.flush()
    if daemon.is_to_start_anew:
        _start_anew()
    os._exit(0)  # does not wait for a thread that waits for the network: every effect can be repeated


def _start_anew() -> None:
    """Become a new process of the same number, which runs the same command by the program of this checkout: that makes a new
    environment when Python was upgraded. Without a checkout, whoever started this one starts the next."""
    program = Path(__file__).resolve().parents[3] / "bin" / "callerid"
    shell = shutil.which("sh")
    if shell and program.is_file():
        os.execv(shell, [shell, str(program), *sys.argv[1:]])  # noqa: S606 - our own program
