"""The outbox: calls on their way to the CRM."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from callerid.cli.session import open_session, print_json

if TYPE_CHECKING:
    from callerid.core.delivery.outbox_row import Content, Delivery
    from callerid.turns.context import AppContext


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON: a list of deliveries.")
@click.option("--all", "everything", is_flag=True, help="Those that were delivered, too.")
@click.pass_context
def outbox(context: click.Context, *, as_json: bool, everything: bool) -> None:
    """The calls on their way to the CRM: waiting, unsure or refused."""
    if context.invoked_subcommand:
        return
    with open_session() as opened:
        listed = [_row(row) for row in opened.ledger.outbox.all(settled=everything)]
    if as_json:
        print_json(listed)
        return
    for row in listed:
        what = f"{row['kind']:<7} {row['start'] or '':<25}"
        click.echo(f"{row['id']:>4}  {what}  {row['title']}  [{row['state']}] {row['fault']}".rstrip())
    if not listed:
        click.echo("nothing is waiting", err=True)


def _row(row: Delivery) -> dict[str, object]:
    content = row.content
    at = getattr(content, "start", None) or getattr(content, "due", None)
    return {
        "id": row.id,
        "call": row.call_key or None,
        "kind": row.kind.value,
        "start": at.isoformat() if at else None,
        "title": _title(content),
        "state": row.state.value,
        "wish": row.intent.value,
        "attempts": row.attempts.posts,
        "not_before": row.not_before.until.isoformat() if row.not_before else None,
        "remote_id": row.remote_id or None,
        "fault": row.fault,
    }


def _title(content: Content) -> str:
    from callerid.models import NewContact

    return f"{content.first_name} {content.last_name}".strip() if isinstance(content, NewContact) else content.title


@outbox.command()
@click.argument("number", type=int, required=False)
def retry(number: int | None) -> None:
    """Try delivery NUMBER again, or all that wait or were refused."""
    import time

    from callerid.core.delivery.manual import retry_now
    from callerid.core.delivery.outbox_row import DeliveryState
    from callerid.turns.context import utc_now
    from callerid.turns.delivery.deliver import deliver
    from callerid.turns.followup.attend import attend
    from callerid.turns.open_context import CrmConnection, environment

    with open_session() as opened:
        for row in _chosen(opened, number):
            opened.ledger.outbox.change(row, retry_now(row), utc_now())
            if row.state is DeliveryState.DEAD:
                _let_calls_wait(opened, row)
        with CrmConnection(opened, environment(), time.sleep, utc_now) as crm:
            done = deliver(opened, crm, utc_now)
        attend(opened, utc_now())
    click.echo(f"{done.delivered} delivered, {done.left} left")
    if done.left and not done.fault:
        click.echo("What is unsure is looked for again before it is posted: a running daemon goes on by itself.", err=True)
    if done.fault:
        raise done.fault


def _let_calls_wait(opened: AppContext, row: Delivery) -> None:
    """Let the calls wait again whose caller was refused."""
    from callerid.core.delivery.outbox_row import Kind
    from callerid.models import NewContact
    from callerid.turns.context import utc_now
    from callerid.turns.followup.withdraw import wait_for_caller

    if row.kind is Kind.CONTACT and isinstance(row.content, NewContact):
        wait_for_caller(opened, opened.line_of(row.content.number), utc_now())


@outbox.command()
@click.argument("number", type=int)
def drop(number: int) -> None:
    """Give delivery NUMBER up: it is not brought to the CRM. What is there already stays, or is changed back to, what it was:
    the change is given up."""
    from callerid.core.delivery.manual import cancel
    from callerid.core.delivery.outbox_row import Kind, may_be_in_crm
    from callerid.errors import UsageFault
    from callerid.turns.context import utc_now
    from callerid.turns.followup.attend import attend
    from callerid.turns.followup.withdraw import give_caller_up

    with open_session() as opened:
        for row in _chosen(opened, number):
            if row.kind is Kind.CONTACT and may_be_in_crm(row):
                raise UsageFault("They may be in the CRM already.", remedy="Look there, and delete the contact if need be.")
            after = cancel(row)
            opened.ledger.outbox.change(row, after, utc_now())
            if row.kind is Kind.CONTACT:
                give_caller_up(opened, opened.line_of(getattr(row.content, "number", "")), utc_now())
            click.echo(f"{_what_becomes(after)}: {_title(after.content)}")
        attend(opened, utc_now())


def _what_becomes(given_up: Delivery) -> str:
    """Given a row that was given up, return what that means for what is in the CRM."""
    from callerid.core.delivery.manual import is_reverting
    from callerid.core.delivery.outbox_row import DeliveryState, Intent

    if is_reverting(given_up):
        return "its change is dropped, and what may have arrived of it is changed back"
    if given_up.state is DeliveryState.DROPPED:
        return "dropped"
    if given_up.intent is Intent.KEEP:
        return "its change is dropped, and it stays in the CRM as it was"
    if given_up.remote_id:
        return "it is in the CRM, and is taken out of it"
    return "it may be in the CRM; once that is known it is taken out of it"


def _chosen(opened: AppContext, number: int | None) -> tuple[Delivery, ...]:
    from callerid.errors import UsageFault

    rows = opened.ledger.outbox.all()
    chosen = tuple(row for row in rows if number in (None, row.id))
    if number is not None and not chosen:
        raise UsageFault(f"There is no delivery {number}.", remedy="See them with: callerid outbox")
    return chosen
