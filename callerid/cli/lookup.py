"""Commands that look: match, lookup, calls, status."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from callerid.cli.session import open_session, print_json

if TYPE_CHECKING:
    from callerid.core.callers.candidate import Candidate
    from callerid.core.followup.state import FollowUp
    from callerid.turns.context import AppContext


@click.command()
@click.argument("a")
@click.argument("b")
@click.option("--region", default="", help="Region of numbers without a country code, e.g. DE; the phone's own if not given.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON: match, why.")
def match(a: str, b: str, region: str, *, as_json: bool) -> None:
    """Say whether two numbers are one line: exact, same-line, probable or none, and why."""
    from callerid.core import numbers
    from callerid.errors import UsageFault

    if region and not numbers.is_region(region.upper()):
        raise UsageFault(f"{region!r} is no region.", remedy="Regions are two letters, for example: --region DE")
    found = numbers.match(a, b, region.upper() or _region())
    if as_json:
        print_json({"match": found.match.value, "why": found.why})
    else:
        click.echo(f"{found.match}: {found.why}")


def _region() -> str:
    with open_session() as opened:
        return opened.region


@click.command()
@click.argument("number")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON: number, certainty, title, body, people.")
def lookup(number: str, *, as_json: bool) -> None:
    """Say who a number is, from the mirror, as the card would."""
    from callerid.core import numbers
    from callerid.core.wording import safe_text
    from callerid.core.wording.ring_card import RingCardDetails, ring_body, ring_title
    from callerid.turns.context import turn_facts, utc_now
    from callerid.turns.ringing.callers import resolve_number
    from callerid.turns.ringing.show_ring import known_location

    with open_session() as opened:
        opened.mirror.reindex_when_free(opened.region)
        found = resolve_number(opened, number)
        speak = turn_facts(opened, utc_now()).style
        around = RingCardDetails(
            number_shown=numbers.display(number, opened.region),
            whereabouts="" if found.candidates else known_location(opened, number),
        )
        title, body = ring_title(found, speak, around), ring_body(found, speak, around)
    if as_json:
        people = [_person(candidate) for candidate in found.candidates]
        card = {"number": number, "certainty": found.certainty.value, "title": title, "body": body}
        companies = [{"id": company.id, "name": company.name} for company in found.companies]
        print_json(card | {"people": people, "company": companies[0] if companies else None, "companies": companies})
    else:
        click.echo(safe_text.title(title))
        if body:
            click.echo(safe_text.body(body))


def _person(candidate: Candidate) -> dict[str, object]:
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
        "deals": [
            {
                "id": item.id,
                "name": item.name,
                "amount": None if item.amount is None else str(item.amount),
                "currency": item.currency,
                "stage": item.stage_label,
                "pipeline": item.pipeline_label,
                "closes": item.closes.isoformat() if item.closes else None,
            }
            for item in candidate.deals
        ],
    }


@click.command()
@click.option("-n", "--limit", default=20, show_default=True, type=click.IntRange(1, 10_000), help="How many, newest first.")
@click.option("--unlogged", is_flag=True, help="Only those that are not in the CRM.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON: a list of calls.")
def calls(limit: int, *, unlogged: bool, as_json: bool) -> None:
    """The calls of the log with their names and what became of them, newest first."""
    with open_session() as opened:
        opened.mirror.reindex_when_free(opened.region)
        listed = [_call(opened, followup) for followup in opened.ledger.calls.latest(limit, unlogged=unlogged)]
    if as_json:
        print_json(listed)
        return
    for call in listed:
        state = f"{call['state']}: {call['reason']}" if call["reason"] else str(call["state"])
        click.echo(f"{call['key']}  {call['local']}  {str(call['type']).lower():<8}  {call['length']:>9}  {call['who']}  [{state}]")
    if not listed:
        click.echo("no calls yet", err=True)


def _call(opened: AppContext, followup: FollowUp) -> dict[str, object]:
    from callerid.core import numbers
    from callerid.core.followup.state import ANSWERED
    from callerid.core.wording import safe_text
    from callerid.core.wording.ring_card import RingCardDetails, ring_title
    from callerid.core.wording.times import duration
    from callerid.turns.context import turn_facts, utc_now
    from callerid.turns.followup.contact_of_call import as_told
    from callerid.turns.ringing.callers import resolve_call

    call, style = followup.call, turn_facts(opened, utc_now()).style
    found = resolve_call(opened, followup)
    if followup.state in ANSWERED:
        found = as_told(opened, followup, found, style)
    title = ring_title(found, style, RingCardDetails(number_shown=numbers.display(call.number, opened.region)))
    return {
        "key": call.key,
        "start": call.start.isoformat(),
        "local": f"{opened.local_time(call.start):%Y-%m-%d %H:%M}",
        "number": call.number,
        "type": call.type.value,
        "duration": call.duration,
        "length": duration(call.duration, opened.texts),
        "sim": call.sim,
        "who": safe_text.title(title if found.candidates or not call.name else call.name),
        "certainty": found.certainty.value,
        "state": followup.state.value,
        "reason": followup.reason,
    }
