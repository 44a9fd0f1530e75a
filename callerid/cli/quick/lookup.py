"""The answer of `callerid lookup`: who a number is, as its card would say it, or who has a name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.cli.language.output import print_fitted, shown
from callerid.cli.session import open_session
from callerid.messages import Message, counted, message

if TYPE_CHECKING:
    from callerid.core.callers.candidate import Candidate
    from callerid.core.callers.resolve import Resolution
    from callerid.turns.context import AppContext
    from callerid.turns.views.find_people import FoundPeople, SavedPerson


def answer(number: str, *, as_json: bool) -> None:
    """Print who a raw number is, or the people of a name."""
    from callerid.core.wording import safe_text
    from callerid.turns.ringing.resolve_caller import is_name
    from callerid.turns.views.ring_card import ring_card

    with open_session() as app:
        app.mirror.reindex_when_free(app.region)
        found = _found(app, number) if is_name(number) else None
        resolution = _resolved_name(app, number, found) if found else _resolved(app, number)
        title, body = _people_named(app, number, resolution, found.saved) if found else ring_card(app, number, resolution)
    if as_json:
        people = [_person(candidate) for candidate in resolution.candidates]
        card: dict[str, object] = {"number": number, "certainty": resolution.certainty.value, "title": title, "body": body}
        companies = [{"id": company.id, "name": company.name} for company in resolution.companies]
        from callerid.cli.language.json_answers import print_json

        card["saved"] = [{"name": person.name, "numbers": list(person.numbers)} for person in (found.saved if found else ())]
        print_json(card | {"people": people, "company": companies[0] if companies else None, "companies": companies})
    else:
        print_fitted(safe_text.title(_in_language(title)))
        if body and found:
            _print_people(_in_language(body), len(resolution.candidates) + len(found.saved))
        elif body:
            print_fitted(safe_text.body(_in_language(body)))


def _print_people(listed: str, count: int) -> None:
    """Print the people of a name, a line each: they are as many as they are, and no card."""
    from callerid.cli.language.people_found import tell_if_cut
    from callerid.core.wording import safe_text

    for line in listed.splitlines():
        print_fitted(safe_text.clean(line, keep=""))
    tell_if_cut(count)


def _found(app: AppContext, name: str) -> FoundPeople:
    from callerid.turns.views.find_people import find_people

    return find_people(app, name)


def _resolved_name(app: AppContext, name: str, found: FoundPeople) -> Resolution:
    """Return who has a name, a part of it, or an e-mail address; one that only the phone has may be typed in part, too."""
    from callerid.core.callers.resolve import Certainty, Resolution
    from callerid.turns.ringing.resolve_caller import resolve_name

    if len(found.contacts) > 1 or (found.contacts and found.saved):
        return Resolution(number="", certainty=Certainty.SEVERAL, candidates=found.contacts)
    if found.contacts and not app.mirror.phone_contacts.numbers_of(name):
        return Resolution(number="", certainty=Certainty.KNOWN, candidates=found.contacts)
    resolution = resolve_name(app, found.saved[0].name if len(found.saved) == 1 else name)
    return replace(resolution, certainty=Certainty.SEVERAL) if len(found.saved) > 1 else resolution


def _resolved(app: AppContext, number: str) -> Resolution:
    """Return who a raw number is. One that is dialled at home and in the mirror is told without all the numbering plans."""
    from callerid.turns.ringing.resolve_caller import resolve_number

    return resolve_number(app, app.mirror.line_at_home(number, app.region) or number)


def _in_language(text: str) -> str:
    """Return what we say in the person's language, and the text of a card, which is in it already, as it is."""
    return shown(text) if isinstance(text, Message) else text


def _card_of_person(app: AppContext, named: Resolution, raws: list[str]) -> tuple[str, str]:
    """Return title and body for somebody whose name was typed: the card of a ring with their first number."""
    from callerid.turns.ringing.resolve_caller import resolve_number
    from callerid.turns.views.ring_card import ring_card

    by_number = resolve_number(app, raws[0]) if raws else named
    is_theirs = [person.id for person in by_number.candidates] == [person.id for person in named.candidates]
    return ring_card(app, raws[0], by_number) if raws and is_theirs else ring_card(app, "", named)


def _people_named(app: AppContext, name: str, resolution: Resolution, saved: tuple[SavedPerson, ...]) -> tuple[str, str]:
    """Return title and body for who has a name: the card and the numbers of one person, a line for each of several."""
    from callerid.core.wording.names import full_name

    only_saved = [" · ".join((person.name, *person.numbers)) for person in saved]
    if not resolution.candidates and not resolution.saved_name:
        nobody = message("nobody has this name, neither in the mirror nor in the phone contacts")
        return (_how_many(len(saved), name), "\n".join(only_saved)) if saved else (name, nobody)
    raws = {
        contact.id: [phone.raw for phone in contact.phones]
        for contact in app.mirror.contacts_by_id(p.id for p in resolution.candidates)
    }
    if len(resolution.candidates) + len(saved) < 2 or not resolution.candidates:  # noqa: PLR2004 - one person, or a saved name
        of_name = app.mirror.phone_contacts.numbers_of(resolution.saved_name) if resolution.saved_name else ()
        title, body = _card_of_person(app, resolution, next(iter(raws.values()), []))
        theirs = dict.fromkeys((*(raw for phones in raws.values() for raw in phones), *of_name))
        return title, "\n".join(line for line in (" · ".join(theirs), body) if line)
    lines = [
        " · ".join(part for part in (full_name(person, app.texts), person.company, *raws.get(person.id, ())) if part)
        for person in resolution.candidates
    ]
    return _how_many(len(lines) + len(saved), name), "\n".join((*lines, *only_saved))


def _how_many(people: int, name: str) -> Message:
    return counted(people, "{count} person has the name {name}", "{count} people have the name {name}", name=name)


def _person(candidate: Candidate) -> dict[str, object]:
    from callerid.core.callers.json_values import deal_json

    owner = candidate.owner
    return {
        "id": candidate.id,
        "first_name": candidate.first_name,
        "last_name": candidate.last_name,
        "email": candidate.email,
        "company": candidate.company,
        "company_id": candidate.company_id,
        "owner": owner.email if owner else None,
        "last_contacted": candidate.last_contacted.isoformat() if candidate.last_contacted else None,
        "match": candidate.match.match.value,
        "why": candidate.match.why,
        "deals": [deal_json(deal) for deal in candidate.deals],
    }
