"""The callerid command. Each command is options, one import, one call; what it answers goes to stdout, all else to stderr."""

from __future__ import annotations

import importlib
import logging
import sys

import click

from callerid import __version__
from callerid.errors import CalleridError

_COMMANDS = {
    "add": ("callerid.cli.add", "Add an unknown caller to the CRM, and log the call."),
    "calls": ("callerid.cli.lookup", "The calls of the log with their names and what became of them."),
    "config": ("callerid.cli.config", "Show, check and change the settings."),
    "demo": ("callerid.cli.simulate", "Play the main job on a simulated phone and CRM."),
    "doctor": ("callerid.cli.doctor", "What works on this phone, what it costs, and what to do about the rest."),
    "forget": ("callerid.cli.privacy", "Remove every trace of somebody from this phone, and keep them away."),
    "ignore": ("callerid.cli.privacy", "Never show or ask about a number."),
    "log": ("callerid.cli.log", "Log a call, correct it, or withdraw it."),
    "log-screen": ("callerid.cli.config", "Switch the dialog after a call on or off."),
    "lookup": ("callerid.cli.lookup", "Say who a number is, from the mirror."),
    "match": ("callerid.cli.lookup", "Say whether two numbers are one line."),
    "off": ("callerid.cli.config", "Switch caller ID off, in a running daemon too."),
    "on": ("callerid.cli.config", "Switch caller ID on, in a running daemon too."),
    "outbox": ("callerid.cli.outbox", "The calls on their way to the CRM."),
    "reconcile": ("callerid.cli.log", "Hold the ledger against the phone's call log, and mend it."),
    "run": ("callerid.cli.run", "Run the daemon in the foreground, or turns once."),
    "simulate": ("callerid.cli.simulate", "A simulated phone and CRM to play with."),
    "status": ("callerid.cli.lookup", "What is on, what is fresh, and what is out of order."),
    "sync": ("callerid.cli.sync", "Bring the mirror up to date with the CRM."),
}


class _LateGroup(click.Group):
    """Imports a command's module only when the command is used: starting is what a slow phone feels."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        del ctx
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Given a command's name, return it; None when there is none of that name."""
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(_COMMANDS[cmd_name][0])
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, _COMMANDS[name][1]) for name in sorted(_COMMANDS)])


@click.group(cls=_LateGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="callerid")
def callerid() -> None:
    """Say who is calling, from a mirror of your CRM kept on this phone.

    Exit codes: 0 done, 2 wrong usage, 10 settings, 20-24 the phone, 30 token, 31 scope, 32 offline, 33-37 the CRM,
    40 already running, 50 storage.
    """


def _speak_on_stderr() -> None:
    """Show warnings; not those about health, because a command that meets a trouble ends with its words anyway."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setLevel(logging.WARNING)
    handler.setFormatter(logging.Formatter("callerid: %(message)s"))
    logging.getLogger("callerid").addHandler(handler)
    logging.getLogger("callerid.health").addHandler(logging.NullHandler())
    logging.getLogger("callerid.health").propagate = False


def main() -> None:
    """Run the command; words for the person go to stderr, and the error tree says the exit code."""
    _speak_on_stderr()
    try:
        code = callerid.main(prog_name="callerid", standalone_mode=False)
    except CalleridError as fault:
        click.echo(f"callerid: {fault.sentence}", err=True)
        if fault.remedy:
            click.echo(fault.remedy, err=True)
        sys.exit(fault.exit_code)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as fault:
        fault.show()
        sys.exit(fault.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    sys.exit(code if isinstance(code, int) else 0)
