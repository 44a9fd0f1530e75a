"""The command that adds an unknown caller to the CRM."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from callerid.cli.log import ask_in_terminal, deliver_now, print_state, require_crm
from callerid.cli.session import open_session, print_json

if TYPE_CHECKING:
    from callerid.core.followup.conversation import Draft
    from callerid.turns.context import AppContext


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
    from callerid.core.followup.new_contact import ContactField

    given = {
        ContactField.FIRST_NAME: first_name,
        ContactField.LAST_NAME: last_name,
        ContactField.COMPANY: company,
        ContactField.EMAIL: email,
    }
    with open_session() as opened:
        opened.mirror.reindex_when_free(opened.region)
        key = _add(opened, number, {entry.value: said for entry, said in given.items() if said is not None})
        deliver_now(opened)
        _tell_added(opened, number, key, as_json=as_json)


def _add(opened: AppContext, number: str, given: dict[str, str]) -> str:
    """Store who is to be added, and return the key of the call that is logged then ("" for none)."""
    from callerid.core import numbers
    from callerid.core.callers.resolve import sure_candidates
    from callerid.core.delivery import engagement
    from callerid.core.followup.new_contact import ContactField, EnteredContact, is_email, next_field_question
    from callerid.core.followup.state import State
    from callerid.core.wording.names import full_name
    from callerid.errors import UsageFault
    from callerid.turns.context import has_crm, turn_facts, utc_now
    from callerid.turns.followup.conversation import deny, likely
    from callerid.turns.followup.record_answer import own_owner_id, record_entry
    from callerid.turns.ringing.callers import resolve_number

    require_crm(has_crm(opened))
    if numbers.e164(number, opened.region) is None:
        raise UsageFault(f"{number!r} is no whole telephone number.", remedy="Write it with its country code: +353871234567")
    found = resolve_number(opened, number)
    names = ", ".join(full_name(person, opened.texts) for person in found.candidates)
    if sure_candidates(found):
        raise UsageFault(f"It is in the CRM already: {names}.", remedy=f"See: callerid lookup '{number}'")
    if names:
        click.echo(f"It is perhaps in the CRM already: {names}. Whoever is added is somebody else.", err=True)
    if given.get(ContactField.EMAIL) and not is_email(given[ContactField.EMAIL]):
        raise UsageFault(f"{given[ContactField.EMAIL]!r} is no e-mail address.", remedy="Write it as in: --email ana@example.com")
    draft: Draft = tuple(given.items())
    asks = sys.stdin.isatty()
    if not asks:
        draft += tuple((entry.value, "") for entry in ContactField if entry.value not in given)
    while not isinstance(step := next_field_question(number, draft, turn_facts(opened, utc_now()).style), EnteredContact):
        said = ask_in_terminal(step, draft) if asks else None
        if said is None:
            raise UsageFault("Somebody needs a name.", remedy="Say it with: --first-name NAME --last-name NAME")
        draft = said
    followup = opened.ledger.calls.newest_of_line(opened.line_of(number))
    if followup and followup.state in (State.NOT_IN_CRM, State.OPEN, State.NOTIFIED, State.GATHERED):
        followup = deny(opened, followup, utc_now())
        record_entry(opened, followup, likely(opened, followup, step, turn_facts(opened, utc_now())), utc_now())
        return followup.call.key
    written = numbers.e164(number, opened.region) or number
    contact_id = engagement.external_id(opened.ledger.key_values.installation(), opened.line_of(number), "contact")
    opened.ledger.outbox.put(contact_id, step.contact(written, own_owner_id(opened)), utc_now())
    return ""


def _tell_added(opened: AppContext, number: str, key: str, *, as_json: bool) -> None:
    from callerid.turns.delivery.new_contact import contact_deliveries

    row = contact_deliveries(opened, number)[-1]
    followup = opened.ledger.calls.followup(key) if key else None
    if as_json:
        call = {"key": key, "state": followup.state.value, "reason": followup.reason} if followup else None
        print_json({"contact": row.remote_id or None, "state": row.state.value, "fault": row.fault, "call": call})
        return
    click.echo(f"contact: {row.state}{f', id {row.remote_id}' if row.remote_id else ''}{f' ({row.fault})' if row.fault else ''}")
    if followup:
        print_state(opened, key, as_json=False)
