"""callerid show: a person as the phone knows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from callerid.cli.language.json_answers import print_json
from callerid.cli.language.output import echo, print_fitted
from callerid.cli.language.people_found import tell_if_cut
from callerid.cli.session import open_session
from callerid.core.callers.json_values import activity_json, call_json, linked_deal_json
from callerid.core.callers.typed_name import MOST_FOUND
from callerid.messages import as_typed, message
from callerid.models import ActivityKind

if TYPE_CHECKING:
    from callerid.core.callers.contact_activity import ContactActivity
    from callerid.core.callers.person import Person
    from callerid.turns.context import AppContext
    from callerid.turns.views.find_people import FoundPeople

_MOST_CALLS = 10_000


@click.command()
@click.argument("who")
@click.option(
    "-n", "--limit", default=10, show_default=True, type=click.IntRange(0, _MOST_CALLS), help="The number of calls, newest first."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON: who, person, people.")
def show(who: str, limit: int, *, as_json: bool) -> None:
    """Show the person WHO as this phone knows them: numbers, company, deals, tasks, calls and notes.

    WHO is a number, a name or the beginning of one, an e-mail address, or a contact's id. Accents, capitals, the order of
    the names, and marks such as hyphens, apostrophes and brackets do not matter. If several people match, they are listed.

    Example: callerid show "Ana López"
    """
    from callerid.turns.context import utc_now
    from callerid.turns.facts import turn_facts
    from callerid.turns.views.find_people import find_people
    from callerid.turns.views.person import person_of_contact, person_of_numbers

    with open_session() as app:
        app.mirror.reindex_when_free(app.region)
        found, now = find_people(app, who), utc_now()
        if len(found.contacts) + len(found.saved) > 1:
            _list_people(app, who, found, as_json=as_json)
            return
        if not found.contacts and not found.numbers:
            raise _nobody(who)
        if found.contacts:
            person = person_of_contact(app, found.contacts[0], limit, now)
        else:
            person = person_of_numbers(app, found.numbers, limit, now)
        style = turn_facts(app, now).style
    if as_json:
        print_json({"who": who, "person": _person_json(person), "people": []})
        return
    from callerid.core.wording.person_text import person_lines

    print_fitted("\n".join(person_lines(person, style)))


def _nobody(who: str) -> Exception:
    from callerid.core.wording import safe_text
    from callerid.errors import UsageFault

    return UsageFault(
        message("This phone knows nobody by {title!r}.", title=safe_text.title(who)),
        remedy=message("Fewer letters find more: the beginning of a name is enough. Bring the mirror up to date: callerid sync"),
    )


def _list_people(app: AppContext, who: str, found: FoundPeople, *, as_json: bool) -> None:
    """Print several people: contacts by their ids, and those whom only the phone knows by their first numbers."""
    if as_json:
        print_json({"who": who, "person": None, "people": _people_json(app, found)})
        return
    from callerid.core.wording import safe_text
    from callerid.core.wording.names import full_name

    names = [(person.id, full_name(person, app.texts), person.company) for person in found.contacts]
    numbers = [(person.numbers[0], person.name) for person in found.saved[:MOST_FOUND]]
    titles = [(key, " · ".join(filter(None, (name, company)))) for key, name, company in names] + numbers
    for key, title in titles:
        echo(message("{contact_id}  {title}", contact_id=safe_text.title(key), title=safe_text.title(title)))
    chosen = titles[0][0]
    print_fitted(app.texts.say("person.several", count=len(titles), id=chosen if names else as_typed(chosen)), err=True)
    tell_if_cut(len(titles))


def _people_json(app: AppContext, found: FoundPeople) -> list[dict[str, object]]:
    """Return who is found, each with what they can be chosen by: an id, or a number."""
    from callerid.core.wording.names import full_name

    phones = {
        contact.id: [phone.raw for phone in contact.phones]
        for contact in app.mirror.contacts_by_id(person.id for person in found.contacts)
    }
    contacts: list[dict[str, object]] = [
        {
            "id": person.id,
            "name": full_name(person, app.texts),
            "company": person.company,
            "numbers": phones.get(person.id, []),
        }
        for person in found.contacts
    ]
    saved = found.saved[:MOST_FOUND]
    return contacts + [{"id": None, "name": person.name, "company": "", "numbers": list(person.numbers)} for person in saved]


def _person_json(person: Person) -> dict[str, object]:
    contact, urls = person.contact, dict(person.links.deals)
    open_deals = [linked_deal_json(deal, urls, is_open=True) for deal in contact.deals] if contact else []

    def of_kind(kind: ActivityKind) -> list[ContactActivity]:
        return [one for one in contact.activities if one.kind is kind] if contact else []

    return {
        "id": contact.id if contact else None,
        "name": person.name,
        "first_name": contact.first_name if contact else "",
        "last_name": contact.last_name if contact else "",
        "email": contact.email if contact else "",
        "company": contact.company if contact else "",
        "company_id": contact.company_id if contact else None,
        "owner": contact.owner.email if contact and contact.owner else None,
        "last_contacted": contact.last_contacted.isoformat() if contact and contact.last_contacted else None,
        "numbers": [
            {
                "raw": number.raw,
                "e164": number.e164,
                "property": number.property,
                "certainty": number.certainty.value,
                "why": number.why,
                "others": list(number.others),
            }
            for number in person.numbers
        ],
        "deals": open_deals + [linked_deal_json(deal, urls, is_open=False) for deal in person.closed_deals],
        "tasks": [
            {"due": task.due.isoformat(), "title": task.title, "note": task.note, "state": task.state} for task in person.tasks
        ],
        "crm_tasks": [activity_json(one, "due") for one in of_kind(ActivityKind.TASKS)],
        "tickets": [activity_json(one, "opened") | {"stage": one.stage} for one in of_kind(ActivityKind.TICKETS)],
        "crm_notes": [activity_json(one, "at") for one in of_kind(ActivityKind.CALLS)],
        "calls": [call_json(call) for call in person.calls],
        "links": {"contact": person.links.contact, "company": person.links.company},
    }
