"""callerid outbox: the calls, tasks and new contacts on their way to the CRM."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from callerid.cli.language.json_answers import print_json
from callerid.cli.language.output import echo, print_fitted, shown
from callerid.cli.session import crm_connection, open_session
from callerid.core.delivery.outbox_row import is_settled
from callerid.core.delivery.transitions import WITHDRAWN
from callerid.core.wording.table import padded, places
from callerid.messages import message

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.core.delivery.outbox_row import Content, Delivery
    from callerid.errors import UsageFault
    from callerid.turns.context import AppContext


_UNCERTAIN = message("waits for certainty: a request that HubSpot did not answer may still be carried out, and is then looked for")

_KINDS = {"call": message("call"), "task": message("task"), "contact": message("contact")}
_TIME = 16  # columns
_STATES = {
    "waiting": message("on its way"),
    "unsure": message("may have arrived"),
    "delivered": message("delivered"),
    "dead-letter": message("refused by the CRM"),
    "dropped": message("dropped"),
}
_OF_WITHDRAWAL = {"waiting": message("to be withdrawn"), "unsure": message("to be withdrawn")}


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON: a list of outbox rows.")
@click.option("--all", "everything", is_flag=True, help="Include rows that were delivered, withdrawn or dropped.")
@click.pass_context
def outbox(context: click.Context, *, as_json: bool, everything: bool) -> None:
    """Show the calls, tasks and new contacts that are on their way to the CRM, may have arrived, or were refused.

    Example: callerid outbox --json
    """
    if context.invoked_subcommand:
        return
    with open_session() as app:
        rows = app.ledger.outbox.all(settled=everything)
        if as_json:
            print_json([_row(row) for row in rows])
            return
        for row in rows:
            _print_row(app, row)
    if not rows:
        echo(message("the outbox is empty"))


def _print_row(app: AppContext, row: Delivery) -> None:
    at = _moment(row.content)
    local = f"{app.local_time(at):%Y-%m-%d %H:%M}" if at else ""
    kinds = {kind: shown(name) for kind, name in _KINDS.items()}
    kind, state = padded(kinds[row.kind.value], max(map(places, kinds.values()))), shown(state_text(row))
    print_fitted(f"{row.id:>4}  {kind} {local:<{_TIME}}  {_title(row.content)}  [{state}]")
    if row.certain_at:
        print_fitted(f"      {shown(_UNCERTAIN)}")
    for line in row.fault.splitlines() if row.fault != WITHDRAWN else ():  # the state says that
        print_fitted(f"      {shown(line)}")


def state_text(row: Delivery) -> str:
    """Return where a row stands, for a person. A call of somebody forgotten, which the CRM may keep, is dropped, not withdrawn."""
    if is_settled(row) and row.fault == WITHDRAWN:
        return WITHDRAWN
    words = _STATES | _OF_WITHDRAWAL if row.intent.value == "withdraw" else _STATES
    return words[row.state.value]


def _moment(content: Content) -> datetime | None:
    """Return when a call began, or a task is due."""
    return getattr(content, "start", None) or getattr(content, "due", None)


def _row(row: Delivery) -> dict[str, object]:
    content = row.content
    at = _moment(content)
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
        "certain_at": row.certain_at.until.isoformat() if row.certain_at else None,
        "remote_id": row.remote_id or None,
        "fault": row.fault,
    }


def _title(content: Content) -> str:
    from callerid.models import NewContact
    from callerid.models.name_order import in_order

    return in_order(content.first_name, content.last_name) if isinstance(content, NewContact) else content.title


@outbox.command()
@click.argument("number", type=int, required=False)
def retry(number: int | None) -> None:
    """Deliver row NUMBER now; without NUMBER, every row that is waiting or was refused.

    Example: callerid outbox retry 3
    """
    from callerid.turns.context import utc_now
    from callerid.turns.delivery.by_command import retry_row
    from callerid.turns.delivery.with_late_calls import deliver_with_late_calls
    from callerid.turns.followup.attend import attend

    with open_session() as app:
        for row in _chosen(app, number):
            retry_row(app, row, utc_now())
        with crm_connection(app) as connection:
            result = deliver_with_late_calls(app, connection, utc_now)
        attend(app, utc_now())
    echo(message("{delivered} delivered, {left} left", delivered=result.delivered, left=result.left))
    if result.left and not result.fault:
        echo(
            message("What may have arrived is looked for in the CRM before it is sent again. A running daemon goes on with it."),
            err=True,
        )
    if result.fault:
        raise result.fault


@outbox.command()
@click.argument("number", type=int)
def drop(number: int) -> None:
    """Drop row NUMBER: it is not delivered. What the CRM has already stays, or is changed back to what it was.

    Example: callerid outbox drop 3
    """
    from callerid.turns.context import utc_now
    from callerid.turns.delivery.by_command import drop_row
    from callerid.turns.followup.attend import attend

    with open_session() as app:
        for row in _chosen(app, number):
            after = drop_row(app, row, utc_now())
            echo(message("{consequence}: {title}", consequence=_consequence(after), title=_title(after.content)))
        attend(app, utc_now())


def _consequence(dropped: Delivery) -> str:
    """Return what dropping a row means for what is in the CRM."""
    from callerid.core.delivery.manual import is_reverting
    from callerid.core.delivery.states import DeliveryState, Intent

    if is_reverting(dropped):
        return message("the change is dropped, and undone where it may have arrived")
    if dropped.state is DeliveryState.DROPPED:
        return message("dropped")
    if dropped.intent is Intent.KEEP:
        return message("the change is dropped, and the record in the CRM stays as it was")
    if dropped.remote_id:
        return message("it is in the CRM, and is removed from there")
    return message("it may be in the CRM; if it is, it is removed from there")


def _chosen(app: AppContext, number: int | None) -> tuple[Delivery, ...]:
    """Return the row with a number, or all that are on their way. Raise UsageFault when that one is not."""
    rows = app.ledger.outbox.all()
    chosen = tuple(row for row in rows if number in (None, row.id))
    if number is not None and not chosen:
        raise _not_on_its_way(number, app.ledger.outbox.by_id(number))
    return chosen


def _not_on_its_way(number: int, settled: Delivery | None) -> UsageFault:
    from callerid.errors import UsageFault

    if settled is None:
        return UsageFault(
            message("There is no row {number} in the outbox.", number=number), remedy=message("See the rows with: callerid outbox")
        )
    state = state_text(settled)
    remedy = (
        message("To change that, type: callerid log {key}", key=settled.call_key)
        if settled.call_key
        else message("See: callerid outbox --all")
    )
    return UsageFault(
        message("Row {number} is not on its way to the CRM any more: {state}.", number=number, state=state), remedy=remedy
    )
