"""Commands that look up numbers: match and lookup."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

import click

from callerid.cli.language.output import echo, shown
from callerid.cli.session import json_fault, json_text, open_session, print_json
from callerid.messages import Message, counted, message, stored

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.core.callers.candidate import Candidate
    from callerid.core.callers.resolve import Resolution
    from callerid.turns.context import AppContext

_MATCHES = {
    "exact": message("exact"),
    "same-line": message("same-line"),
    "probable": message("probable"),
    "none": message("none"),
}


@click.command()
@click.argument("a", required=False)
@click.argument("b", required=False)
@click.option("--region", default="", help="The region of numbers without a country code, for example DE. Default: the phone's.")
@click.option(
    "--file",
    "path",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True),
    help="Compare each pair of a file of JSON Lines (a, b, region; other keys are kept) and print each with match and why.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON: match, why.")
def match(a: str | None, b: str | None, region: str, path: str | None, *, as_json: bool) -> None:
    """Compare two numbers: exact, same-line, probable or none, and why.

    Example: callerid match "0171 1234567" "+49 171 1234567" --region DE
    """
    from callerid.core import numbers
    from callerid.errors import UsageFault

    if region and not numbers.is_region(region.upper()):
        raise UsageFault(
            message("{region!r} is not a region.", region=region), remedy=message("A region is two letters, as in: --region DE")
        )
    if path and not a:
        _match_file(path, region.upper())
        return
    if a is None or b is None or path:
        raise UsageFault(
            message("Two numbers, or a file of pairs, are needed."),
            remedy=message("Type: callerid match A B, or: callerid match --file FILE"),
        )
    where = region.upper() or _region()
    result = numbers.match(a, b, where)
    if not where and not all(number.lstrip(" (").startswith("+") for number in (a, b)):
        echo(message("No region is known, so a number without a country code is only its digits. Name one: --region DE"), err=True)
    if as_json:
        print_json({"match": result.match.value, "why": result.why})
    else:
        echo(message("{match}: {why}", match=_MATCHES[result.match], why=stored(result.why)))


def _match_file(path: str, region: str) -> None:
    """Print a line for each line of a file that is not blank: the pair with its match, or what is wrong with it."""
    from callerid.core import numbers
    from callerid.errors import UsageFault

    bad, default = 0, cache(lambda: region or _region())
    with click.open_file(path, encoding="utf-8-sig", errors="replace") as lines:
        for place, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            row: dict[str, object] = {}
            try:
                row = _row(line)
                first, second, pair_region = _pair(row, default)
            except ValueError as fault:
                echo(message("line {place}: {fault}", place=place, fault=fault.args[0]), err=True)
                click.echo(json_text(row | {"line": place, "error": str(fault)}))
                bad += 1
                continue
            result = numbers.match(first, second, pair_region)
            click.echo(json_text(row | {"match": result.match.value, "why": result.why}))
    if bad:
        raise UsageFault(
            message("{bad} of the lines could not be read as pairs.", bad=bad),
            remedy=message('A line is: {"region": "DE", "a": "…", "b": "…"}'),
        )


def _row(line: str) -> dict[str, object]:
    """Return a line's keys. Raise ValueError when it is not a JSON object."""
    try:
        row = json.loads(line.rstrip("\r\n"))
    except (ValueError, RecursionError) as fault:
        raise ValueError(message("it is not valid JSON: {json_fault}", json_fault=json_fault(fault))) from fault
    if not isinstance(row, dict):
        raise ValueError(message("it is not a JSON object"))
    return row


def _pair(row: dict[str, object], default: Callable[[], str]) -> tuple[str, str, str]:
    """Return a line's two numbers and its region. Raise ValueError when it is not a pair."""
    from callerid.core import numbers

    first, second, region = row.get("a"), row.get("b"), row.get("region") or default()
    if not (isinstance(first, str) and isinstance(second, str) and isinstance(region, str)):
        raise ValueError(message("a, b and region have to be texts"))
    if region and not numbers.is_region(region.upper()):
        raise ValueError(message("{region!r} is not a region", region=region))
    return first, second, region.upper()


def _region() -> str:
    with open_session() as app:
        return app.region


@click.command()
@click.argument("number", metavar="NUMBER|NAME")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: number, certainty, title, body, people, company, companies.")
def lookup(number: str, *, as_json: bool) -> None:
    """Show who NUMBER is, as its card would, or the people of a NAME (whole, a part of it, or an e-mail address).

    Example: callerid lookup "087 123 4567"
    """
    from callerid.core.wording import safe_text
    from callerid.turns.ringing.resolve_caller import is_name, resolve_name, resolve_number
    from callerid.turns.views.ring_card import ring_card

    with open_session() as app:
        app.mirror.reindex_when_free(app.region)
        by_name = is_name(number)
        resolution = resolve_name(app, number) if by_name else resolve_number(app, number)
        title, body = _people_named(app, number, resolution) if by_name else ring_card(app, number, resolution)
    if as_json:
        people = [_person(candidate) for candidate in resolution.candidates]
        card = {"number": number, "certainty": resolution.certainty.value, "title": title, "body": body}
        companies = [{"id": company.id, "name": company.name} for company in resolution.companies]
        print_json(card | {"people": people, "company": companies[0] if companies else None, "companies": companies})
    else:
        click.echo(safe_text.title(_in_language(title)))
        if body:
            click.echo(safe_text.body(_in_language(body)))


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


def _people_named(app: AppContext, name: str, resolution: Resolution) -> tuple[str, str]:
    """Return title and body for who has a name: the card and the numbers of one person, a line for each of several."""
    from callerid.core.wording.names import full_name

    if not resolution.candidates and not resolution.saved_name:
        return name, message("nobody has this name, neither in the mirror nor in the phone contacts")
    raws = {
        contact.id: [phone.raw for phone in contact.phones]
        for contact in app.mirror.contacts_by_id(p.id for p in resolution.candidates)
    }
    if len(resolution.candidates) < 2:  # noqa: PLR2004 - one person, or a saved name
        saved = app.mirror.phone_contacts.numbers_of(resolution.saved_name) if resolution.saved_name else ()
        title, body = _card_of_person(app, resolution, next(iter(raws.values()), []))
        theirs = dict.fromkeys((*(raw for phones in raws.values() for raw in phones), *saved))
        return title, "\n".join(line for line in (" · ".join(theirs), body) if line)
    lines = [
        " · ".join(part for part in (full_name(person, app.texts), person.company, *raws.get(person.id, ())) if part)
        for person in resolution.candidates
    ]
    return counted(len(lines), "{count} person has the name {name}", "{count} people have the name {name}", name=name), "\n".join(
        lines
    )


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
