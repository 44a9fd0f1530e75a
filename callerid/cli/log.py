"""callerid log, and what it shares with callerid add: questions in the terminal, delivery at once, the state of a call."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from callerid.cli.language.json_answers import print_json
from callerid.cli.language.output import ask, echo, print_fitted
from callerid.cli.session import crm_connection, open_session
from callerid.messages import message, stored

if TYPE_CHECKING:
    from callerid.core.callers.candidate import Candidate
    from callerid.core.followup.conversation import Draft
    from callerid.core.followup.questions import AskedQuestion
    from callerid.core.followup.state import FollowUp
    from callerid.turns.context import AppContext
    from callerid.turns.followup.log_by_command import CommandAnswers

_DATE_HINT = message("a date as in 2027-01-31")


@click.command()
@click.argument("key")
@click.option("--outcome", help="The outcome, by the portal's label or ours: connected, no-answer, …")
@click.option("--note", help="A note about the call.")
@click.option("--person", help="The person: a contact's id, name or e-mail address.")
@click.option("--deal", help="The deal: its id, or none.")
@click.option("--follow-up", help="The follow-up task: none, tomorrow, 3-days, next-week, or a date such as 2027-01-31.")
@click.option("--withdraw", is_flag=True, help="Remove the call and its task from the CRM.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: key, state, reason.")
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
    """Log the call KEY of callerid calls, correct it, or withdraw it. Without options, it asks.

    What you do not name stays as it was logged. For a call that is not logged yet, the likely outcome is used. Outside a terminal,
    nothing is asked.

    Example: callerid log fbc98 --outcome connected --note "sent the offer"
    """
    from callerid.errors import UsageFault
    from callerid.turns.followup.log_by_command import CommandAnswers, find_call

    answers = CommandAnswers(outcome=outcome, note=note, person=person, deal=deal, follow_up=follow_up)
    if withdraw and answers != CommandAnswers():
        raise UsageFault(
            message("A call that is withdrawn is not in the CRM, so nothing else can be logged of it."),
            remedy=message("Type: callerid log {key} --withdraw", key=key),
        )
    with open_session() as app:
        app.mirror.reindex_when_free(app.region)
        followup = find_call(app.ledger, key)
        if withdraw:
            _withdraw(app, followup)
        elif answers != CommandAnswers() or not sys.stdin.isatty():
            _log(app, followup, answers)
        elif not _log_by_questions(app, followup):
            echo(message("nothing was changed"), err=True)
            return
        told = deliver_now(app)
        print_state(app, followup.call.key, told, as_json=as_json)
        end_if_refused(app, followup.call.key)


def _withdraw(app: AppContext, followup: FollowUp) -> None:
    from callerid.errors import UsageFault
    from callerid.turns.context import utc_now
    from callerid.turns.followup.withdraw import withdraw
    from callerid.turns.full_disk import with_reserve

    if not with_reserve(app, lambda: withdraw(app, followup, utc_now())):
        raise UsageFault(
            message("This call is not logged, so there is nothing to withdraw."),
            remedy=message("See its state with: callerid calls"),
        )


def _log(app: AppContext, followup: FollowUp, answers: CommandAnswers) -> None:
    from callerid.core.followup.states import CardStatus
    from callerid.turns.context import utc_now
    from callerid.turns.followup.log_by_command import answer_from_command, new_caller_from_command
    from callerid.turns.followup.record_answer import record_answer, record_new_caller
    from callerid.turns.followup.withdraw import cancel_new_contact
    from callerid.turns.full_disk import with_reserve

    require_crm(app)
    entry = new_caller_from_command(app, followup, answers, utc_now())
    if entry:
        with_reserve(app, lambda: record_new_caller(app, followup, entry, utc_now()))
        return
    answer = answer_from_command(app, followup, answers, utc_now())
    with_reserve(app, lambda: record_answer(app, followup, answer, utc_now(), CardStatus.NONE))
    with_reserve(app, lambda: cancel_new_contact(app.ledger, followup, utc_now()))


def require_crm(app: AppContext) -> None:
    """Raise UsageFault when there is no CRM that calls can be logged to."""
    from callerid.errors import UsageFault
    from callerid.turns.context import has_crm

    if not has_crm(app.mirror, app.config):
        raise UsageFault(
            message("There is no CRM to log to."), remedy=message("See where contacts come from: callerid config show")
        )


def _log_by_questions(app: AppContext, followup: FollowUp) -> bool:
    """Ask the dialogs' questions in the terminal, and return whether an answer was recorded."""
    from callerid.core.followup.conversation import initial_draft
    from callerid.core.followup.questions import Question
    from callerid.core.followup.states import ANSWERED, CardStatus
    from callerid.core.numbers import is_hidden
    from callerid.turns.context import utc_now
    from callerid.turns.followup.conversation import ask_all, store_draft
    from callerid.turns.followup.record_answer import logged_call
    from callerid.turns.full_disk import with_reserve

    require_crm(app)
    if is_hidden(followup.call.number) and not logged_call(app.ledger, followup):
        person = _ask_person(app)
        if person is None:
            return False
        begun = initial_draft(((Question.PERSON, person.id),))
        followup = with_reserve(app, lambda: store_draft(app.ledger, followup, begun, utc_now()))
    elif followup.state in ANSWERED:  # a change starts from what is logged
        followup = with_reserve(app, lambda: store_draft(app.ledger, followup, (), utc_now()))
    return ask_all(app, followup, ask_in_terminal, utc_now, CardStatus.NONE)


def _ask_person(app: AppContext) -> Candidate | None:
    """Ask who a call with a hidden number was with; None when the person leaves it."""
    from callerid.core.wording.names import full_name

    echo(message("The number was hidden. Who was the call with?"))
    while True:
        try:
            text = ask(message("name, e-mail or contact id (empty: cancel)"), default="", show_default=False).strip()
        except click.Abort:
            return None
        people = app.mirror.search(text) if text else ()
        if not text or len(people) == 1:
            return next(iter(people), None)
        for person in people:
            print_fitted(f"  {person.id}  {full_name(person, app.texts)}{f' · {person.company}' if person.company else ''}")
        echo(message("Type the id of one of them.") if people else message("The mirror has no such contact."))


def ask_in_terminal(question: AskedQuestion, draft: Draft) -> Draft | None:
    """Ask a question in the terminal and return the draft with its answer. A number chooses; "b" goes back one question and
    returns the draft without the last answer; Ctrl-C returns None."""
    from callerid.core.followup.conversation import with_answer, without_last

    print_fitted(question.dialog.title)
    for number, label in enumerate(question.dialog.labels, start=1):
        print_fitted(f"  {number}  {label}")
    try:
        if not question.values:
            hint = message("{hint} (b: back)", hint=question.dialog.hint or _DATE_HINT)
            text = ask(hint, default="", show_default=False)
            return without_last(draft) if text == "b" else with_answer(question, None, text, draft)
        numbers = [str(number + 1) for number in range(len(question.values))]
        choice = ask(message("number (b: back)"), type=click.Choice([*numbers, "b"]), show_choices=False)
    except click.Abort:
        return None
    return without_last(draft) if choice == "b" else with_answer(question, int(choice) - 1, "", draft)


def deliver_now(app: AppContext) -> str:
    """Deliver what is due and update the cards. Print a failure, whose row stays in the outbox, and return it as it is stored
    there; "" for none."""
    from callerid.errors import CalleridError, Refused
    from callerid.turns.context import utc_now
    from callerid.turns.delivery.with_late_calls import deliver_with_late_calls
    from callerid.turns.followup.attend import attend

    try:
        with crm_connection(app) as connection:
            result = deliver_with_late_calls(app, connection, utc_now)
    except CalleridError as fault:
        echo(fault.told, err=True)
        return str(fault)
    if isinstance(result.fault, Refused):
        echo(result.fault.told, err=True)
    elif result.fault:
        echo(message("{fault} It stays in the outbox and is tried again.", fault=result.fault.told), err=True)
    attend(app, utc_now())
    return str(result.fault or "")


def print_state(app: AppContext, key: str, told: str, *, as_json: bool) -> None:
    """Print the state of a call now, for a person without a reason that they were told already."""
    from callerid.turns.followup.withdraw import reason_beside, shown_state_now

    followup = app.ledger.calls.followup(key)
    if followup is None:
        return
    if as_json:
        print_json({"key": key, "state": followup.state.value, "reason": followup.reason})
    else:
        state = shown_state_now(app.ledger, followup)
        reason = reason_beside(state, followup)
        echo(
            message(
                "{key}: {state}{reason}",
                key=key,
                state=app.texts.say(f"state.{state}"),
                reason=message(" ({reason})", reason=stored(reason)) if reason not in ("", told) else "",
            )
        )


def end_if_refused(app: AppContext, key: str) -> None:
    """End the command with the exit code of a refusal if the CRM has refused a call, or a change of it."""
    from callerid.core.followup.states import REFUSED

    followup = app.ledger.calls.followup(key)
    if followup and followup.state in REFUSED:
        end_as_refused()


def end_as_refused() -> None:
    """End the command with the exit code of a refusal."""
    from callerid.errors import Refused

    click.get_current_context().exit(Refused.exit_code)
