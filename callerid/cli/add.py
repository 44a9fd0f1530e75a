"""callerid add: add an unknown caller to the CRM."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from callerid.cli.language.json_answers import print_json
from callerid.cli.language.output import echo
from callerid.cli.log import ask_in_terminal, deliver_now, end_as_refused, end_if_refused, print_state, require_crm
from callerid.cli.outbox import state_text
from callerid.cli.session import open_session
from callerid.core.delivery.states import DeliveryState
from callerid.messages import as_typed, joined, message, stored

if TYPE_CHECKING:
    from callerid.core.followup.conversation import Draft
    from callerid.core.followup.new_contact import EnteredContact
    from callerid.core.followup.questions import AskedQuestion
    from callerid.turns.context import AppContext


@click.command()
@click.argument("who", metavar="NUMBER|NAME")
@click.option("--first-name", help="The first name.")
@click.option("--last-name", help="The last name.")
@click.option("--company", default=None, help="The company.")
@click.option("--email", default=None, help="The e-mail address. If a contact in the CRM has it, that contact gets the number.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: contact, state, call.")
def add(who: str, *, first_name: str | None, last_name: str | None, company: str | None, email: str | None, as_json: bool) -> None:
    """Add an unknown caller to the CRM and log their newest call.

    NAME is one that the phone contacts or the call log have for the number. A contact with this number or e-mail address is not
    added a second time.

    Example: callerid add +353871234567 --first-name Ana --company "Acme Ltd"
    """
    from callerid.core.followup.new_contact import ContactField
    from callerid.turns.full_disk import with_reserve

    options = {
        ContactField.FIRST_NAME: first_name,
        ContactField.LAST_NAME: last_name,
        ContactField.COMPANY: company,
        ContactField.EMAIL: email,
    }
    given = {field.value: text for field, text in options.items() if text is not None}
    with open_session() as app:
        require_crm(app)
        app.mirror.reindex_when_free(app.region)
        number = _number_of(app, who)
        _check(app, number, given.get(ContactField.EMAIL, ""))
        entered = _enter(app, number, given)
        key = with_reserve(app, lambda: _store(app, number, entered))
        told = deliver_now(app)
        added = _print_added(app, number, key, told, as_json=as_json)
        if added is DeliveryState.DEAD:
            end_as_refused()
        end_if_refused(app, key)


def _number_of(app: AppContext, who: str) -> str:
    """Return the number that was typed, or the only one that the phone has for the name that was. Raise UsageFault for a name that
    is in the CRM, has several numbers, or is unknown here: nobody is guessed."""
    from callerid.core.wording import safe_text
    from callerid.core.wording.names import full_name
    from callerid.errors import UsageFault
    from callerid.turns.ringing.resolve_caller import is_name
    from callerid.turns.views.find_people import find_people

    if not is_name(who):
        return who
    found, shown = find_people(app, who, by_parts=False), safe_text.title(who)
    if found.contacts:
        names = ((person.id, safe_text.clean(full_name(person, app.texts), keep="")) for person in found.contacts)
        listed = joined(", ", (message("{id} for {name}", id=contact_id, name=name) for contact_id, name in names))
        raise UsageFault(
            message("{shown} is in the CRM already: {listed}.", shown=shown, listed=listed),
            remedy=message("For somebody else of that name, type the number."),
        )
    by_line = {app.line_of(raw): raw for raw in sorted(found.numbers)}
    if not by_line:
        raise UsageFault(
            message("This phone knows no number of {shown}.", shown=shown),
            remedy=message("Type the number, with its country code: +353871234567"),
        )
    if len(by_line) > 1:
        every = joined(", ", by_line.values())
        raise UsageFault(
            message("{shown} has several numbers: {every}.", shown=shown, every=every),
            remedy=message("Type the one that is to be added."),
        )
    return next(iter(by_line.values()))


def _check(app: AppContext, number: str, email: str) -> None:
    """Raise UsageFault for a number or e-mail address that is not valid, and for a number that is known."""
    from callerid.core import numbers
    from callerid.core.callers.resolve import sure_candidates
    from callerid.core.followup.new_contact import is_email
    from callerid.core.numbers.fields import is_number
    from callerid.core.wording.names import full_name
    from callerid.errors import UsageFault
    from callerid.turns.ringing.resolve_caller import resolve_number

    has_called = app.ledger.calls.newest_on_line(app.line_of(number)) is not None  # so it can be dialled, whatever the plan says
    if numbers.e164(number, app.region) is None or not (has_called or is_number(number, app.region)):
        raise UsageFault(
            message("{number!r} is not a complete phone number.", number=number),
            remedy=message("Write it with its country code: +353871234567"),
        )
    resolution = resolve_number(app, number)
    names = joined(", ", (full_name(person, app.texts) for person in resolution.candidates))
    if sure_candidates(resolution):
        raise UsageFault(
            message("This number is in the CRM already: {names}.", names=names),
            remedy=message("See: callerid lookup {number}", number=as_typed(number)),
        )
    if names:
        echo(message("This number may be in the CRM already: {names}. A new contact is added anyway.", names=names), err=True)
    if email and not is_email(email):
        raise UsageFault(
            message("{email!r} is not an e-mail address.", email=email), remedy=message("Write it as in: --email ana@example.com")
        )


def _enter(app: AppContext, number: str, given: dict[str, str]) -> EnteredContact:
    """Return the contact from the options, names as they were typed there; ask for the rest in a terminal. Raise UsageFault for a
    contact without a name."""
    from callerid.core.followup.new_contact import ContactField, EnteredContact, next_field_question
    from callerid.errors import UsageFault
    from callerid.turns.context import utc_now
    from callerid.turns.facts import turn_facts

    draft: Draft = tuple(given.items())
    asks = sys.stdin.isatty()
    if not asks:
        draft += tuple((field.value, "") for field in ContactField if field.value not in given)
    has_name = bool(given.get(ContactField.FIRST_NAME) or given.get(ContactField.LAST_NAME))

    def next_step() -> AskedQuestion | EnteredContact:
        return next_field_question(number, draft, turn_facts(app, utc_now()).style, as_typed=has_name)

    while not isinstance(step := next_step(), EnteredContact):
        answered = ask_in_terminal(step, draft) if asks else None
        if answered is None:
            raise UsageFault(message("A contact needs a name."), remedy=message("Name it with: --first-name NAME --last-name NAME"))
        draft = answered
    return step


def _store(app: AppContext, number: str, contact: EnteredContact) -> str:
    """Put the contact into the outbox, and return the key of the call that is logged with it ("" for none)."""
    from callerid.core import numbers
    from callerid.core.delivery import engagement
    from callerid.core.followup.states import State
    from callerid.turns.context import utc_now
    from callerid.turns.facts import turn_facts
    from callerid.turns.followup.conversation import likely_new_caller, record_denial
    from callerid.turns.followup.record_answer import own_owner_id, record_new_caller

    followup = app.ledger.calls.newest_on_line(app.line_of(number))
    if followup and followup.state in (State.NOT_IN_CRM, State.OPEN, State.NOTIFIED, State.GATHERED):
        followup = record_denial(app, followup, utc_now())
        record_new_caller(app, followup, likely_new_caller(app, followup, contact, turn_facts(app, utc_now())), utc_now())
        return followup.call.key
    written = numbers.e164(number, app.region) or number
    contact_id = engagement.external_id(app.ledger.key_values.installation_id(), app.line_of(number), "contact")
    app.ledger.outbox.put(contact_id, contact.contact(written, own_owner_id(app.mirror, app.config)), utc_now())
    return ""


def _print_added(app: AppContext, number: str, key: str, told: str, *, as_json: bool) -> DeliveryState:
    """Print what became of the contact and of its call, without a fault that was told already, and return the state of the
    contact's row."""
    from callerid.turns.delivery.new_contact import contact_deliveries

    row = contact_deliveries(app, number)[-1]
    followup = app.ledger.calls.followup(key) if key else None
    if as_json:
        call = {"key": key, "state": followup.state.value, "reason": followup.reason} if followup else None
        print_json({"contact": row.remote_id or None, "state": row.state.value, "fault": row.fault, "call": call})
        return row.state
    echo(
        message(
            "contact: {state}{id}{fault}",
            state=state_text(row),
            id=message(", id {id}", id=row.remote_id) if row.remote_id else "",
            fault=message(" ({fault})", fault=stored(row.fault)) if row.fault not in ("", told) else "",
        )
    )
    if followup:
        print_state(app, key, told, as_json=False)
    return row.state
