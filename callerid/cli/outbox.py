"""The outbox: calls on their way to the CRM."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from callerid.cli.session import answer, house

if TYPE_CHECKING:
    from callerid.core.delivery import Delivery
    from callerid.turns.house import House


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON: a list of deliveries.")
@click.option("--all", "everything", is_flag=True, help="Those that were delivered, too.")
@click.pass_context
def outbox(context: click.Context, *, as_json: bool, everything: bool) -> None:
    """The calls on their way to the CRM: waiting, unsure or refused."""
    if context.invoked_subcommand:
        return
    with house() as opened:
        listed = [_row(row) for row in opened.ledger.outbox.all(settled=everything)]
    if as_json:
        answer(listed)
        return
    for row in listed:
        click.echo(f"{row['id']:>4}  {row['start']}  {row['title']}  [{row['state']}] {row['fault']}".rstrip())
    if not listed:
        click.echo("nothing is waiting", err=True)


def _row(row: Delivery) -> dict[str, object]:
    return {
        "id": row.id,
        "call": row.call_key,
        "start": row.engagement.start.isoformat(),
        "title": row.engagement.title,
        "state": row.state.value,
        "attempts": row.attempts,
        "not_before": row.not_before.isoformat() if row.not_before else None,
        "remote_id": row.remote_id or None,
        "fault": row.fault,
    }


@outbox.command()
@click.argument("number", type=int, required=False)
def retry(number: int | None) -> None:
    """Try delivery NUMBER again, or all that wait or were refused."""
    import time

    from callerid.core.delivery import DeliveryState
    from callerid.turns.deliver import dead_letter_id, deliver
    from callerid.turns.house import utc_now
    from callerid.turns.opening import CrmLine, environment

    with house() as opened:
        for row in _chosen(opened, number):
            state = DeliveryState.UNSURE if row.state is DeliveryState.UNSURE else DeliveryState.WAITING  # a no is a no
            opened.ledger.outbox.change(row, replace(row, state=state, not_before=None, fault=""), utc_now())
            if row.state is DeliveryState.DEAD:
                opened.termux.remove_notification(dead_letter_id(row.call_key))
        with CrmLine(opened, environment(), time.sleep, utc_now) as crm:
            done = deliver(opened, crm, utc_now)
    click.echo(f"{done.delivered} delivered, {done.left} left")
    if done.left and not done.fault:
        click.echo("What is unsure is looked for again before it is posted: a running daemon goes on by itself.", err=True)
    if done.fault:
        raise done.fault


@outbox.command()
@click.argument("number", type=int)
def drop(number: int) -> None:
    """Give delivery NUMBER up: the call is not logged."""
    from callerid.core.delivery import DeliveryState
    from callerid.turns.house import utc_now

    with house() as opened:
        for row in _chosen(opened, number):
            dropped = replace(row, state=DeliveryState.DROPPED, not_before=None, fault="dropped by hand")
            opened.ledger.outbox.change(row, dropped, utc_now())
            click.echo(f"dropped: {row.engagement.title}")


def _chosen(opened: House, number: int | None) -> tuple[Delivery, ...]:
    from callerid.errors import UsageFault

    rows = opened.ledger.outbox.all()
    chosen = tuple(row for row in rows if number in (None, row.id))
    if number is not None and not chosen:
        raise UsageFault(f"There is no delivery {number}.", remedy="See them with: callerid outbox")
    return chosen
