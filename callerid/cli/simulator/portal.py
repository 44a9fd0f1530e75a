"""callerid simulate, the commands for the portal: what it holds, what colleagues do in it, its network and its faults."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from callerid.cli.language.output import language, print_text
from callerid.cli.simulator.screen import phone_of
from callerid.errors import UsageFault
from callerid.messages import joined, message

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from callerid.simulator.portal.activities import Activity

_FOR = click.option(
    "--for", "who", default="+353 87 123 4567", show_default=True, help="The contact: a number, a name, an e-mail address or an id."
)


@click.command()
@click.pass_context
def crm(context: click.Context) -> None:
    """Show the calls and tasks in the simulated HubSpot.

    Example: callerid simulate crm
    """
    from callerid.simulator import live

    print_text(live.held(context.obj, language()).rstrip())


@click.command()
@click.pass_context
def offline(context: click.Context) -> None:
    """Disconnect the network.

    Example: callerid simulate offline
    """
    from callerid.simulator import live

    live.request_from_portal(context.obj, "offline")


@click.command()
@click.pass_context
def online(context: click.Context) -> None:
    """Reconnect the network.

    Example: callerid simulate online
    """
    from callerid.simulator import live

    live.request_from_portal(context.obj, "online")


@click.command()
@click.argument("target", metavar="COMMAND|crm")
@click.argument("kind")
@click.option(
    "--times",
    type=click.IntRange(min=1),
    default=None,
    help="The number of runs or requests that fail. Default: for a COMMAND until it is cleared, for the CRM one.",
)
@click.option("--matching", default=".", help="For the CRM: only requests whose METHOD and path match this pattern.")
@click.pass_context
def fault(context: click.Context, target: str, kind: str, times: int | None, matching: str) -> None:
    """Make a termux COMMAND fail (denied, empty, hang, slow, truncated, nonsense), or the crm (status, html, cut_before,
    cut_after, slow, truncated_json, not_json_200, redirect). `fault COMMAND none` ends all faults of the phone.

    Example: callerid simulate fault termux-dialog hang --times 2
    """
    from callerid.simulator import live
    from callerid.simulator.phone.commands import PROGRAMS
    from callerid.simulator.phone.handset import FAULTS
    from callerid.simulator.portal.limits import KINDS

    if target == "crm":
        _check(kind, KINDS, message("fault of the CRM"))
        _check_pattern(matching)
        live.request_from_portal(context.obj, "fault", kind=kind, pattern=matching, times=times or 1)
        return
    _check(target, PROGRAMS, message("command"))
    if kind == "none":
        phone_of(context).clear_faults()
    else:
        _check(kind, FAULTS, message("fault of a command"))
        phone_of(context).fault(target, kind, times=times)


def _check(word: str, known: Iterable[str], what: str) -> None:
    """Raise UsageFault for a word that is not known."""
    if word not in known:
        raise UsageFault(
            message("There is no {what} {word!r}.", what=what, word=word),
            remedy=message("There are: {names}", names=joined(", ", sorted(known))),
        )


def _check_pattern(pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as wrong:
        raise UsageFault(
            message("{pattern!r} is not a pattern: {wrong}.", pattern=pattern, wrong=wrong),
            remedy=message("Write one as: contacts/search"),
        ) from wrong


@click.command(name="crm-task")
@click.argument("text")
@_FOR
@click.option("--in-days", "days", default=1.0, show_default=True, help="The days until it is due; negative: it is overdue.")
@click.pass_context
def crm_task(context: click.Context, text: str, who: str, days: float) -> None:
    """Add an open task in the CRM. Cards show it when `card.lines` has "tasks", from the next sync on.

    Example: callerid simulate crm-task "Send the offer" --in-days -2
    """
    from callerid.simulator.portal.activities import Activity

    _add_activity(context.obj, Activity.TASK, text, who, days)


@click.command(name="crm-ticket")
@click.argument("text")
@_FOR
@click.pass_context
def crm_ticket(context: click.Context, text: str, who: str) -> None:
    """Add an open ticket in the CRM. Cards show it when `card.lines` has "tickets", from the next sync on, if the token has the
    scope: callerid simulate crm-scope tickets

    Example: callerid simulate crm-ticket "The printer is broken"
    """
    from callerid.simulator.portal.activities import Activity

    _add_activity(context.obj, Activity.TICKET, text, who, 0.0)


@click.command(name="crm-note")
@click.argument("text")
@_FOR
@click.option("--days-ago", "days", default=0.0, show_default=True, help="The days since the call of the note.")
@click.pass_context
def crm_note(context: click.Context, text: str, who: str, days: float) -> None:
    """Add a call with a note in the CRM, by a colleague. Cards show it when `card.lines` has "crm-note", from the next sync on.

    Example: callerid simulate crm-note "Wants it in red" --days-ago 3
    """
    from callerid.simulator.portal.activities import Activity

    _add_activity(context.obj, Activity.NOTE, text, who, -days)


def _add_activity(folder: Path, activity: Activity, text: str, who: str, days: float) -> None:
    """Have the portal add something to the contact whom a text means. Raise UsageFault when that is not one of the mirror."""
    from callerid.simulator import live
    from callerid.store.mirror.database import Mirror

    if not text.strip():
        raise UsageFault(message("A text is missing."), remedy=message('Write one as: callerid simulate crm-task "Send the offer"'))
    live.phone(folder)
    mirror = Mirror(folder / "callerid" / "mirror.db")
    try:
        found = mirror.candidates(who, "") or mirror.search(who)
    finally:
        mirror.close()
    if len(found) != 1:
        raise UsageFault(
            message("{count} contacts are meant by {who!r}, and it has to be one.", count=len(found), who=who),
            remedy=message("Name it by its number. See numbers with: callerid simulate people"),
        )
    live.request_from_portal(folder, "activity", kind=activity.value, contact=int(found[0].id), text=text, days=days)


@click.command(name="crm-scope")
@click.argument("scope")
@click.option("--take-away", is_flag=True, help="Take the scope away from the token instead.")
@click.pass_context
def crm_scope(context: click.Context, scope: str, *, take_away: bool) -> None:
    """Give the token of the simulated HubSpot a SCOPE: what it lacks at first is tickets and crm.export.

    Example: callerid simulate crm-scope tickets
    """
    from callerid.simulator import live
    from callerid.token_scopes import EXPORT, SCOPES_WITH_TICKETS

    _check(scope, (*SCOPES_WITH_TICKETS, EXPORT), message("scope"))
    live.request_from_portal(context.obj, "scope", scope=scope, is_given=not take_away)


PORTAL_COMMANDS = (crm, offline, online, fault, crm_task, crm_ticket, crm_note, crm_scope)
