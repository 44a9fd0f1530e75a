"""callerid calls: the calls of the ledger."""

from __future__ import annotations

import click

from callerid.cli.session import open_session, print_json
from callerid.cli.views.json_values import call_json


@click.command()
@click.option(
    "-n", "--limit", default=20, show_default=True, type=click.IntRange(1, 10_000), help="The number of calls, newest first."
)
@click.option("--unlogged", is_flag=True, help="Only calls that are not in the CRM.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: a list of calls.")
def calls(limit: int, *, unlogged: bool, as_json: bool) -> None:
    """List calls with names and states, newest first."""
    from callerid.core.wording.times import duration
    from callerid.turns.context import local_clock, turn_facts, utc_now
    from callerid.turns.views.listed_calls import caller_of, listed_call

    with open_session() as app:
        app.mirror.reindex_when_free(app.region)
        facts, local = turn_facts(app, utc_now()), local_clock(app.ledger)
        followups = app.ledger.calls.newest(limit, unlogged=unlogged)
        listed = [listed_call(app, followup, caller_of(app, followup, facts), facts, local) for followup in followups]
        lengths = [duration(call.duration, app.texts) for call in listed]
    if as_json:
        print_json([call_json(call) | {"length": length} for call, length in zip(listed, lengths, strict=True)])
        return
    for call, length in zip(listed, lengths, strict=True):
        state = f"{call.state}: {call.reason}" if call.reason else call.state
        click.echo(f"{call.key}  {call.local:%Y-%m-%d %H:%M}  {call.type.lower():<8}  {length:>9}  {call.who}  [{state}]")
    if not listed:
        click.echo("no calls yet", err=True)
