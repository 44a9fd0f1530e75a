"""callerid setup: from a fresh installation to a card on the screen, at a terminal, by dialogs, or without a question."""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from callerid.cli.language.output import ask, echo, print_fitted, shown
from callerid.cli.session import environment, open_session
from callerid.core.wording.table import padded, places
from callerid.messages import message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callerid.turns.context import AppContext
    from callerid.turns.setup.interview import Interview, Person, StepResult

_NAMES = 13  # places of the names of steps
_LEFT = 130  # the exit status of a command that was ended by Ctrl-C
_sleep = time.sleep


@click.command()
@click.option("--region", default="", help="The region of numbers without a country code, for example DE.")
@click.option("--language", type=click.Choice(["auto", "en", "ja"]), help="The language of cards and questions.")
@click.option("--source", type=click.Choice(["hubspot", "file", "phone"]), help="Where names come from.")
@click.option("--token-file", default="", metavar="FILE", help="The file with the token for HubSpot.")
@click.option("--people-file", default="", metavar="FILE", help="The CSV or vCard file of people.")
@click.option(
    "--automation", type=click.Choice(["tasker", "macrodroid", "automate", "adb", "none"]), help="What reports that it rings."
)
@click.option("--gui", is_flag=True, help="Ask by dialogs on the phone's screen.")
@click.option("--yes", is_flag=True, help="Ask nothing: take what is given, what is set, and what the phone tells.")
@click.option("--again", is_flag=True, help="Take the steps that are done once more.")
def setup(*, gui: bool, yes: bool, again: bool, **given: str | None) -> None:
    """Set up callerid step by step: region, language, where names come from with a tested token, permissions, what reports a ring,
    the first sync, a test notification, a test card.

    Leave it at any question (Ctrl-C, or Back at a dialog): the same command goes on there. What is missing at the end is listed;
    the exit code is that of the first thing.

    Example: callerid setup --yes --region DE --token-file ~/.hubspot-token
    """
    from callerid.errors import UsageFault
    from callerid.turns.setup.dialogs import DialogPerson, Left
    from callerid.turns.setup.interview import Interview

    answers = {name: value for name, value in given.items() if value}
    answers.setdefault("source", "file" if "people_file" in answers else "hubspot" if "token_file" in answers else "")
    if gui and yes:
        raise UsageFault(message("--gui asks, and --yes does not."), remedy=message("Name one of them."))
    if not (gui or yes or _is_terminal()):
        raise UsageFault(
            message("There is no terminal to ask at."), remedy=message("Type: callerid setup --gui, or: callerid setup --yes")
        )
    with open_session() as app:
        person: Person = DialogPerson(app, shown) if gui else TerminalPerson()
        interview = Interview(person, answers, asks=not yes)
        try:
            results = _take_steps(app, interview, answers, anew=yes or again)
            _sum_up(person, results)
        except (Left, KeyboardInterrupt, click.Abort):
            if not gui:
                echo()  # after the ^C that the terminal shows
            person.tell(
                message(
                    "Left. What was answered is kept; to go on there, type: callerid setup{what}",
                    what=message(" --gui") if gui else "",
                )
            )
            with suppress(OSError):
                person.end()
            sys.exit(_LEFT)
    for result in results.values():
        if result.missing:
            raise result.missing


def _is_terminal() -> bool:
    return sys.stdin.isatty()


def _take_steps(app: AppContext, interview: Interview, answers: dict[str, str], *, anew: bool) -> dict[str, StepResult]:
    """Take the steps that are not done yet, and return what became of each by its name. Raise Left."""
    from callerid.turns.setup.steps import STEPS, done, forget_done, looked_at_again, note_done

    if anew:
        forget_done(app.ledger.key_values)
    known = done(app.ledger.key_values)
    results: dict[str, StepResult] = {}
    for place, step in enumerate(STEPS, start=1):
        if step.name in known and not any(answers.get(option) for option in step.options):
            results[step.name] = looked_at_again(app.ledger.key_values, step, known[step.name] if step.take else _in_mirror(app))
            continue
        interview.tell("")
        interview.tell(message("{place}/{count} {name}", place=place, count=len(STEPS), name=message(step.name)))
        result = _take(step.name, interview)
        results[step.name] = result
        if result.missing:
            interview.tell(result.missing.told)
        else:
            note_done(app.ledger.key_values, step.name, result.says)
    return results


def _take(name: str, interview: Interview) -> StepResult:
    """Take a step in a session of its own, with the settings as the step before has left them. A fault is what is missing."""
    from callerid.cli.running.turns import take_inbox
    from callerid.errors import CalleridError, Stopped
    from callerid.turns.setup.interview import StepResult
    from callerid.turns.setup.steps import STEPS, Edges

    take = next(step.take for step in STEPS if step.name == name)
    try:
        if take is None:
            return _first_sync(interview)
        with open_session() as app:
            return take(app, interview, Edges(environ=environment(), take_inbox=take_inbox, sleep=_sleep))
    except Stopped:
        raise
    except CalleridError as fault:
        return StepResult(says=message("not done"), missing=fault)


def _first_sync(interview: Interview) -> StepResult:
    """Fill the mirror by the sync that is due, which shows its progress."""
    from callerid.cli.sync import sync
    from callerid.turns.setup.interview import StepResult

    interview.tell(message("The people are read now. It may be left: the next sync goes on where it stopped."))
    click.get_current_context().invoke(sync, full=False, delta=False, sweep=False, force=False, dry_run=False, as_json=False)
    with open_session() as app:
        return StepResult(says=_in_mirror(app))


def _in_mirror(app: AppContext) -> str:
    """Return how many records the mirror has now."""
    from callerid.core.wording.counts import records

    facts = app.mirror.facts()
    return records(facts.contacts, facts.companies, facts.deals)


def _sum_up(person: Person, results: dict[str, StepResult]) -> None:
    """Say what was set up, what is missing, and what to type next."""
    from callerid.cli.session import home
    from callerid.daemon.single_instance import is_running

    person.tell("")
    width = max((places(shown(message(name))) for name in results), default=0)
    for name, result in results.items():
        mark = "✗" if result.missing else "✓"
        person.tell(f"{mark} {padded(shown(message(name)), max(width, _NAMES))} {shown(result.says)}")
    if any(result.missing and result.asked_again for result in results.values()):
        person.tell(message("What has a ✗ is asked once more by: callerid setup"))
    if not is_running(home()):
        person.tell(message("Start it: callerid run (or, to stay: SVDIR=$PREFIX/var/service sv-enable callerid)"))
    person.end()


class TerminalPerson:
    """Somebody at a terminal."""

    def tell(self, text: str) -> None:
        """Print a line."""
        echo(text)

    def choose(self, question: str, options: Sequence[tuple[str, str]], default: str) -> str:
        """Return the word of the option that was chosen by its number or its word."""
        words = [word for word, _ in options]
        for place, (_, meaning) in enumerate(options, start=1):
            print_fitted(f"  {place}  {shown(meaning)}")
        while True:
            typed = ask(question, default=str(words.index(default) + 1)).strip()
            chosen = words[int(typed) - 1] if typed.isascii() and typed.isdigit() and 0 < int(typed) <= len(words) else typed
            if chosen in words:
                return chosen
            echo(message("Type a number from 1 to {count}.", count=len(words)))

    def text(self, question: str, default: str) -> str:
        """Return what was typed; Enter alone is the default."""
        typed = ask(question, default=default, show_default=bool(default))
        return typed.strip()

    def secret(self, question: str) -> str:
        """Return what was typed without being shown."""
        typed = ask(question, default="", show_default=False, hide_input=True)
        return typed.strip()

    def end(self) -> None:
        """Do nothing: what was told is on the screen."""
