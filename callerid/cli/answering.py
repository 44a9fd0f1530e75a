"""Commands that say what a call was: log, add, reconcile."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import click

from callerid.cli.session import answer, house

if TYPE_CHECKING:
    from callerid.core.asking import Draft
    from callerid.core.people import Candidate
    from callerid.core.questions import Asked
    from callerid.turns.house import House

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
    from callerid.turns.by_hand import Said, find_call

    said = Said(outcome=outcome, note=note, person=person, deal=deal, follow_up=follow_up)
    with house() as opened:
        opened.mirror.reindex_when_free(opened.region)
        followup = find_call(opened, key)
        if withdraw:
            _withdraw(opened, followup.call.key)
        elif said != Said() or not sys.stdin.isatty():
            _log(opened, followup.call.key, said)
        elif not _asked(opened, followup.call.key):
            click.echo("left as it was", err=True)
            return
        _deliver(opened)
        _tell(opened, followup.call.key, as_json=as_json)


def _withdraw(opened: House, key: str) -> None:
    from callerid.errors import UsageFault
    from callerid.turns.by_hand import find_call
    from callerid.turns.house import utc_now
    from callerid.turns.withdrawing import withdraw

    if not withdraw(opened, find_call(opened, key), utc_now()):
        raise UsageFault("That call is not logged, so there is nothing to withdraw.", remedy="See it with: callerid calls")


def _log(opened: House, key: str, said: object) -> None:
    from callerid.core.followup import Told
    from callerid.turns.answering import record_answer, record_entry
    from callerid.turns.by_hand import Said, answer_of, entry_of, find_call
    from callerid.turns.house import has_crm, utc_now
    from callerid.turns.withdrawing import add_nobody

    _need_crm(has_crm(opened))
    assert isinstance(said, Said)  # noqa: S101 - the words of the command
    followup = find_call(opened, key)
    entry = entry_of(opened, followup, said, utc_now())
    if entry:
        record_entry(opened, followup, entry, utc_now())
        return
    record_answer(opened, followup, answer_of(opened, followup, said, utc_now()), utc_now(), Told.NOTHING)
    add_nobody(opened, followup, utc_now())


def _need_crm(there_is_one: bool) -> None:
    from callerid.errors import UsageFault

    if not there_is_one:
        raise UsageFault("There is no CRM to log it to.", remedy="See where contacts come from: callerid config show")


def _asked(opened: House, key: str) -> bool:
    """Ask in the terminal, with the questions of the dialogs."""
    from callerid.core.asking import held
    from callerid.core.followup import ASKED_ABOUT, Told
    from callerid.core.numbers import is_hidden
    from callerid.core.questions import Question
    from callerid.turns.answering import logged_before
    from callerid.turns.by_hand import find_call
    from callerid.turns.conversation import converse, keep
    from callerid.turns.house import has_crm, utc_now

    _need_crm(has_crm(opened))
    followup = find_call(opened, key)
    if is_hidden(followup.call.number) and not logged_before(opened, followup):
        person = _said_whom(opened)
        if person is None:
            return False
        followup = keep(opened, followup, held(((Question.PERSON, person.id),)), utc_now())
    elif followup.state not in ASKED_ABOUT:
        followup = keep(opened, followup, (), utc_now())  # a change begins with what is logged
    return converse(opened, followup, _put, utc_now, Told.NOTHING)


def _said_whom(opened: House) -> Candidate | None:
    """Ask with whom a call was whose number was withheld; None when nobody is said."""
    from callerid.core.wording import full_name

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


def _put(asked: Asked, draft: Draft) -> Draft | None:
    """Put a question in the terminal: a number chooses, "b" goes one question back, Ctrl-C leaves."""
    from callerid.core.asking import back, chosen

    click.echo(asked.dialog.title)
    for number, label in enumerate(asked.dialog.labels, start=1):
        click.echo(f"  {number}  {label}")
    try:
        if not asked.values:
            text: str = click.prompt(f"{asked.dialog.hint or _DAY} (b goes back)", default="", show_default=False)
            return back(draft) if text == "b" else chosen(asked, None, text, draft)
        numbers = [str(number + 1) for number in range(len(asked.values))]
        said = click.prompt("number, or b to go back", type=click.Choice([*numbers, "b"]), show_choices=False)
    except click.Abort:
        return None
    return back(draft) if said == "b" else chosen(asked, int(said) - 1, "", draft)


def _deliver(opened: House) -> None:
    from callerid.errors import CalleridError
    from callerid.turns.attend import attend
    from callerid.turns.deliver import deliver
    from callerid.turns.house import utc_now
    from callerid.turns.late import offer_late
    from callerid.turns.opening import CrmLine, environment

    try:
        with CrmLine(opened, environment(), time.sleep, utc_now) as crm:
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


def _tell(opened: House, key: str, *, as_json: bool) -> None:
    followup = opened.ledger.calls.followup(key)
    if followup is None:
        return
    if as_json:
        answer({"key": key, "state": followup.state.value, "reason": followup.reason})
    else:
        click.echo(f"{key}: {followup.state}{f' ({followup.reason})' if followup.reason else ''}")


@click.command()
@click.argument("number")
@click.option("--first-name", help="Their first name.")
@click.option("--last-name", help="Their last name.")
@click.option("--company", default=None, help="Their company.")
@click.option("--email", default=None, help="Their e-mail address; somebody who has it in the CRM already gets the number.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON: contact, state, call.")
def add(
    number: str, *, first_name: str | None, last_name: str | None, company: str | None, email: str | None, as_json: bool
) -> None:
    """Add the unknown caller NUMBER to the CRM, and log the newest call with them. Whoever has the number or the e-mail there
    already is not added a second time."""
    from callerid.core.adding import Entry

    given = {Entry.FIRST_NAME: first_name, Entry.LAST_NAME: last_name, Entry.COMPANY: company, Entry.EMAIL: email}
    with house() as opened:
        opened.mirror.reindex_when_free(opened.region)
        key = _add(opened, number, {entry.value: said for entry, said in given.items() if said is not None})
        _deliver(opened)
        _tell_added(opened, number, key, as_json=as_json)


def _add(opened: House, number: str, given: dict[str, str]) -> str:
    """Store who is to be added, and return the key of the call that is logged then ("" for none)."""
    from callerid.core import engagement, numbers
    from callerid.core.adding import Entered, Entry, is_email, next_entry
    from callerid.core.followup import State
    from callerid.core.resolution import sure
    from callerid.core.wording import full_name
    from callerid.errors import UsageFault
    from callerid.turns.answering import own_owner_id, record_entry
    from callerid.turns.conversation import deny, likely
    from callerid.turns.house import has_crm, utc_now, voice, who_is

    _need_crm(has_crm(opened))
    if numbers.e164(number, opened.region) is None:
        raise UsageFault(f"{number!r} is no whole telephone number.", remedy="Write it with its country code: +353871234567")
    found = who_is(opened, number)
    names = ", ".join(full_name(person, opened.texts) for person in found.people)
    if sure(found):
        raise UsageFault(f"It is in the CRM already: {names}.", remedy=f"See: callerid lookup '{number}'")
    if names:
        click.echo(f"It is perhaps in the CRM already: {names}. Whoever is added is somebody else.", err=True)
    if given.get(Entry.EMAIL) and not is_email(given[Entry.EMAIL]):
        raise UsageFault(f"{given[Entry.EMAIL]!r} is no e-mail address.", remedy="Write it as in: --email ana@example.com")
    draft: Draft = tuple(given.items())
    asks = sys.stdin.isatty()
    if not asks:
        draft += tuple((entry.value, "") for entry in Entry if entry.value not in given)
    while not isinstance(step := next_entry(number, draft, voice(opened, utc_now())), Entered):
        said = _put(step, draft) if asks else None
        if said is None:
            raise UsageFault("Somebody needs a name.", remedy="Say it with: --first-name NAME --last-name NAME")
        draft = said
    followup = opened.ledger.calls.newest_of_line(opened.line_of(number))
    if followup and followup.state in (State.NOT_IN_CRM, State.OPEN, State.NOTIFIED, State.GATHERED):
        followup = deny(opened, followup, utc_now())
        record_entry(opened, followup, likely(opened, followup, step, utc_now()), utc_now())
        return followup.call.key
    written = numbers.e164(number, opened.region) or number
    contact_id = engagement.external_id(opened.ledger.notebook.installation(), opened.line_of(number), "contact")
    opened.ledger.outbox.put(contact_id, step.contact(written, own_owner_id(opened)), utc_now())
    return ""


def _tell_added(opened: House, number: str, key: str, *, as_json: bool) -> None:
    from callerid.turns.new_contact import rows_of

    row = rows_of(opened, number)[-1]
    followup = opened.ledger.calls.followup(key) if key else None
    if as_json:
        call = {"key": key, "state": followup.state.value, "reason": followup.reason} if followup else None
        answer({"contact": row.remote_id or None, "state": row.state.value, "fault": row.fault, "call": call})
        return
    click.echo(f"contact: {row.state}{f', id {row.remote_id}' if row.remote_id else ''}{f' ({row.fault})' if row.fault else ''}")
    if followup:
        _tell(opened, key, as_json=False)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON: missing, unfollowed, belied.")
def reconcile(*, as_json: bool) -> None:
    """Hold the ledger against the phone's whole call log and the outbox, and mend what is wrong. The daemon does it daily."""
    from callerid.turns.house import utc_now
    from callerid.turns.reconcile import reconcile as hold_against
    from callerid.turns.reconcile import told

    with house() as opened:
        healed = hold_against(opened, utc_now())
    if as_json:
        belied = [{"key": key, "before": before.value, "now": now.value} for key, before, now in healed.belied]
        answer({"missing": healed.missing, "unfollowed": healed.unfollowed, "belied": belied})
    else:
        click.echo(told(healed))
