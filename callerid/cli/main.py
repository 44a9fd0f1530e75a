"""The callerid command. Each command is options, imports and a call; its answer goes to stdout, everything else to stderr."""

from __future__ import annotations

import importlib
import os
import sys
from gettext import gettext
from typing import TYPE_CHECKING, Any

import click

from callerid import __version__
from callerid.cli.language.faults import print_fault
from callerid.cli.language.output import echo, output_of, shown
from callerid.cli.language.warnings import warnings_on_stderr
from callerid.cli.quick.door import COMPLETION
from callerid.cli.session import with_edges
from callerid.errors import CalleridError
from callerid.messages import message

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_COMMANDS = {
    "add": ("callerid.cli.add", "Add an unknown caller to the CRM and log their newest call."),
    "automation": ("callerid.cli.support.automation", "Write files for Tasker or MacroDroid, which then tells of each ring."),
    "calls": ("callerid.cli.views.calls", "List calls with names and states, newest first."),
    "config": ("callerid.cli.config", "Show, check and change the settings."),
    "demo": ("callerid.cli.simulator.simulate", "Play a day on a simulated phone and CRM."),
    "doctor": ("callerid.cli.doctor", "Check what works on this phone, what it costs, and how to fix the rest."),
    "export": ("callerid.cli.people.export", "Write the people of the mirror as vCards for another phone."),
    "forget": ("callerid.cli.privacy", "Delete everything about a person from this phone, for good."),
    "hygiene": ("callerid.cli.people.hygiene", "List the numbers in the CRM that nobody can match, and correct them."),
    "ignore": ("callerid.cli.privacy", "Never show or ask about a number."),
    "log": ("callerid.cli.log", "Log a call, correct it, or withdraw it."),
    "log-screen": ("callerid.cli.config", "Turn the dialog after a call on or off."),
    "lookup": ("callerid.cli.lookup", "Show who a number is, as its card would, or who has a name."),
    "match": ("callerid.cli.lookup", "Compare two numbers: are they the same line?"),
    "missed": ("callerid.cli.views.missed", "List who was missed and not called back, the most urgent first."),
    "off": ("callerid.cli.config", "Turn caller ID off."),
    "on": ("callerid.cli.config", "Turn caller ID on."),
    "outbox": ("callerid.cli.outbox", "Show, retry or drop what is on its way to the CRM."),
    "reconcile": ("callerid.cli.doctor", "Compare the ledger with the phone's call log, and fix what differs."),
    "report": ("callerid.cli.people.report", "Write a page about your calls: when, with whom, what waits and what works."),
    "report-bug": ("callerid.cli.support.report_bug", "Write an archive about a bug, with names and numbers masked."),
    "run": ("callerid.cli.running.run", "Run the daemon in the foreground, or single turns."),
    "schedule": ("callerid.cli.support.schedule", "Have Android sync now and then, where no daemon runs."),
    "setup": ("callerid.cli.support.setup", "Set up callerid step by step, and test each step."),
    "show": ("callerid.cli.views.show", "Show a person as this phone knows them: numbers, deals, calls and notes."),
    "simulate": ("callerid.cli.simulator.simulate", "Try callerid on a simulated phone and CRM."),
    "status": ("callerid.cli.status", "Show what is on, how fresh the data is, and what is out of order."),
    "sync": ("callerid.cli.sync", "Bring the mirror up to date with the CRM."),
    "watch": ("callerid.cli.live.watch", "Show what happens, as it happens: calls, what waits, senses, syncs, outbox."),
}


_SHOW_THEIR_HELP: tuple[list[str], ...] = ([], ["config"])  # what is typed of the groups that do nothing by themselves


class _LazyGroup(click.Group):
    """A group that imports the module of a command only when that command is used: on a slow phone, imports take the time."""

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run a command. Print a fault as its sentence and its remedy on stderr, and exit with its exit code."""
        extra["standalone_mode"] = False
        edges = extra.get("obj")
        with output_of(getattr(edges, "environment", os.environ)), with_edges(edges):
            try:
                with warnings_on_stderr():
                    code = click.Group.main(self._to_be_run(args, extra), *args, **extra)
            except (CalleridError, OSError) as fault:
                sys.exit(print_fault(fault))
            except click.exceptions.Abort:
                sys.exit(130)
            except click.ClickException as fault:
                from callerid.cli.language.usage import print_fault_of_click

                sys.exit(print_fault_of_click(fault))
        sys.exit(code if isinstance(code, int) else 0)

    def _to_be_run(self, args: tuple[Any, ...], extra: dict[str, Any]) -> click.Group:
        """Return this group, in the person's language where help is asked for: only then it matters."""
        typed = (args[0] if args else extra.get("args")) or sys.argv[1:]
        if [*typed] not in _SHOW_THEIR_HELP and not {"-h", "--help"} & set(typed):
            return self
        from callerid.cli.language.command_help import in_language_of_output

        return in_language_of_output(self)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        del ctx
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by its name; None for an unknown name."""
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(_COMMANDS[cmd_name][0])
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the options and commands that begin so, without importing the commands."""
        from click.shell_completion import CompletionItem

        begun = [
            CompletionItem(name, help=shown(message(_COMMANDS[name][1])))
            for name in sorted(_COMMANDS)
            if name.startswith(incomplete)
        ]
        return begun + click.Command.shell_complete(self, ctx, incomplete)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing their modules."""
        del ctx
        with formatter.section(gettext("Commands")):
            formatter.write_dl([(name, shown(message(_COMMANDS[name][1]))) for name in sorted(_COMMANDS)])


def _print_version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        echo(message("callerid, version {version}", version=__version__))
        context.exit()


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_print_version, help="Show the version and exit."
)
def callerid() -> None:
    """Show who is calling, from a mirror of your CRM on this phone.

    Exit codes: 0 done, 1 a fault was found (doctor, simulate --script), 2 wrong usage, 10 settings, 20-24 phone, 30 token,
    31 scope, 32 offline, 33-37 CRM, 40 already running, 50 a file of callerid, 51 no space.

    Example: callerid lookup "087 123 4567"
    """


def main() -> None:
    """Run the command `callerid`."""
    if COMPLETION in os.environ:
        _keep_descriptions_whole()
    callerid(prog_name="callerid")


def _keep_descriptions_whole() -> None:
    """Complete in fish by a script like click's own, which cuts each description at its first comma."""
    from click.shell_completion import FishComplete, add_completion_class

    class WholeDescriptions(FishComplete):
        source_template = FishComplete.source_template.replace('string split ","', 'string split --max 1 ","')

    add_completion_class(WholeDescriptions)
