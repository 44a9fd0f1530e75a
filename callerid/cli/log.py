"""Commands that say what a call was: log, reconcile; and what they share with the one that adds a caller."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import click

from callerid.cli.session import open_session, print_json

if TYPE_CHECKING:
    from callerid.core.callers.candidate import Candidate
    from callerid.core.followup.conversation import Draft
    from callerid.core.followup.questions import AskedQuestion
    from callerid.turns.context import AppContext

_DAY = "as in 2027-01-31"


@click.command()
@click.argument("key")
@click.option("--outcome", help="How it ended, in the portal's words or ours: connected, no-answer, …")
@click.option("--note", help="What was said.")
@click.option("--person", help="Whom it was with: a contact's id, name or e-mail address.")
@click.option("--deal", help="Which deal it was about: its id, or none.")
@click.option("--follow-up", help="A task: none, tomorrow, 3-days, next-week, or a date such as 2027-01-31.")
@click.option("--withdraw", is_flag=True, help="Take it out of the CRM again, with its task.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON: key, state, reason.")
def log(
    key: str,
    *,
    outcome: str | None,
    note: str | None,
    person: str | None,
    deal: str | None,
    follow_up: str | None,
    withdraw: bool,
    as_json: bool,
) -> None:
    """Log the call KEY (see: callerid calls), or correct it, or withdraw it. With no options, it asks.

    What is not mentioned stays as it was logged; of a call that was not, the likely outcome is taken.
    """
    from callerid.turns.followup.log_by_command import CommandAnswers, find_call

    said = CommandAnswers(outcome=outcome, note=note, person=person, deal=deal, follow_up=follow_up)
    with open_session() as opened:
        opened.mirror.reindex_when_free(opened.region)
        followup = find_call(opened, key)
        if withdraw:
            _withdraw(opened, followup.call.key)
        elif said != CommandAnswers() or not sys.stdin.isatty():
            _log(opened, followup.call.key, said)
        elif not _asked(opened, followup.call.key):
            click.echo("left as it was", err=True)
            return
        deliver_now(opened)
        print_state(opened, followup.call.key, as_json=as_json)


def _withdraw(opened: AppContext, key: str) -> None:
    from callerid.errors import UsageFault
    from callerid.turns.context import utc_now
    from callerid.turns.followup.log_by_command import find_call
    from callerid.turns.followup.withdraw import withdraw

    if not withdraw(opened, find_call(opened, key), utc_now()):
        raise UsageFault("That call is not logged, so there is nothing to withdraw.", remedy="See it with: callerid calls")


def _log(opened: AppContext, key: str, said: object) -> None:
    from callerid.core.followup.state import CardStatus
    from callerid.turns.context import has_crm, utc_now
    from callerid.turns.followup.log_by_command import CommandAnswers, answer_of, entry_of, find_call
    from callerid.turns.followup.record_answer import record_answer, record_entry
    from callerid.turns.followup.withdraw import add_nobody

    require_crm(has_crm(opened))
    assert isinstance(said, CommandAnswers)  # noqa: S101 - the words of the command
    followup = find_call(opened, key)
    entry = entry_of(opened, followup, said, utc_now())
    if entry:
        record_entry(opened, followup, entry, utc_now())
        return
    record_answer(opened, followup, answer_of(opened, followup, said, utc_now()), utc_now(), CardStatus.NONE)
    add_nobody(opened, followup, utc_now())


def require_crm(there_is_one: bool) -> None:
    """Raise UsageFault where there is no CRM to log to."""
    from callerid.errors import UsageFault

    if not there_is_one:
        raise UsageFault("There is no CRM to log it to.", remedy="See where contacts come from: callerid config show")


def _asked(opened: AppContext, key: str) -> bool:
    """Ask in the terminal, with the questions of the dialogs."""
    from callerid.core.followup.conversation import initial_draft
    from callerid.core.followup.questions import Question
    from callerid.core.followup.state import ANSWERED, CardStatus
    from callerid.core.numbers import is_hidden
    from callerid.turns.context import has_crm, utc_now
    from callerid.turns.followup.conversation import converse, keep
    from callerid.turns.followup.log_by_command import find_call
    from callerid.turns.followup.record_answer import logged_before

    require_crm(has_crm(opened))
    followup = find_call(opened, key)
    if is_hidden(followup.call.number) and not logged_before(opened, followup):
        person = _said_whom(opened)
        if person is None:
            return False
        followup = keep(opened, followup, initial_draft(((Question.PERSON, person.id),)), utc_now())
    elif followup.state in ANSWERED:
        followup = keep(opened, followup, (), utc_now())  # a change begins with what is logged
    return converse(opened, followup, ask_in_terminal, utc_now, CardStatus.NONE)


def _said_whom(opened: AppContext) -> Candidate | None:
    """Ask with whom a call was whose number was withheld; None when nobody is said."""
    from callerid.core.wording.names import full_name

    click.echo("The number was withheld. Whom was the call with?")
    while True:
        try:
            said: str = click.prompt("name, e-mail or contact id (empty leaves)", default="", show_default=False).strip()
        except click.Abort:
            return None
        found = opened.mirror.people_said(said) if said else ()
        if not said or len(found) == 1:
            return next(iter(found), None)
        for person in found:
            click.echo(f"  {person.id}  {full_name(person, opened.texts)}{f' · {person.company}' if person.company else ''}")
        click.echo("Type the id of one of them." if found else "The mirror has nobody of that name.")


def ask_in_terminal(asked: AskedQuestion, draft: Draft) -> Draft | None:
    """Put a question in the terminal: a number chooses, "b" goes one question back, Ctrl-C leaves."""
    from callerid.core.followup.conversation import with_answer, without_last

    click.echo(asked.dialog.title)
    for number, label in enumerate(asked.dialog.labels, start=1):
        click.echo(f"  {number}  {label}")
    try:
        if not asked.values:
            text: str = click.prompt(f"{asked.dialog.hint or _DAY} (b goes back)", default="", show_default=False)
            return without_last(draft) if text == "b" else with_answer(asked, None, text, draft)
        numbers = [str(number + 1) for number in range(len(asked.values))]
        said = click.prompt("number, or b to go back", type=click.Choice([*numbers, "b"]), show_choices=False)
    except click.Abort:
        return None
    return without_last(draft) if said == "b" else with_answer(asked, int(said) - 1, "", draft)


def deliver_now(opened: AppContext) -> None:
    """Deliver what is due, and show what became of it; what could not be delivered is kept, and told."""
    from callerid.errors import CalleridError
    from callerid.turns.context import utc_now
    from callerid.turns.delivery.deliver import deliver
    from callerid.turns.followup.attend import attend
    from callerid.turns.followup.late_matches import offer_late
    from callerid.turns.open_context import CrmConnection, environment

    try:
        with CrmConnection(opened, environment(), time.sleep, utc_now) as crm:
            done = deliver(opened, crm, utc_now)
            if done.added:  # their calls are to be logged now
                offer_late(opened, utc_now())
                done = deliver(opened, crm, utc_now)
    except CalleridError as fault:
        click.echo(str(fault), err=True)
        return
    if done.fault:
        click.echo(f"{done.fault} It is kept, and tried again.", err=True)
    attend(opened, utc_now())


def print_state(opened: AppContext, key: str, *, as_json: bool) -> None:
    """Given a call's key, print how it stands now."""
    followup = opened.ledger.calls.followup(key)
    if followup is None:
        return
    if as_json:
        print_json({"key": key, "state": followup.state.value, "reason": followup.reason})
    else:
        click.echo(f"{key}: {followup.state}{f' ({followup.reason})' if followup.reason else ''}")
