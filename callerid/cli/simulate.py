"""callerid demo and callerid simulate: the product on a desk, without a phone and without a CRM."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from callerid.cli.simulate_screen import TOUCHES, phone_of
from callerid.errors import UsageFault

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.simulator.phone.handset import SimulatedPhone


@click.command()
def demo() -> None:
    """Play the main job on a simulated phone and CRM: status 0 when every step happened."""
    from callerid.simulator.demo import main

    sys.exit(main())


@click.group(invoke_without_command=True)
@click.option("--folder", type=click.Path(path_type=Path), help="Where the desk is kept; both terminals must name the same.")
@click.option("--people", default=200, show_default=True, type=click.IntRange(1, 100_000), help="How many people the CRM has.")
@click.pass_context
def simulate(context: click.Context, folder: Path | None, people: int) -> None:
    """A simulated phone and CRM to play with: start it in one terminal, use the phone in a second one."""
    from callerid.simulator import live
    from callerid.simulator.desk import default_folder

    context.obj = folder or default_folder()
    if context.invoked_subcommand is None:
        live.run(context.obj, click.echo, people)


for touch in TOUCHES:
    simulate.add_command(touch)


def _calling(name: str, does: str, what: Callable[[SimulatedPhone], Any]) -> None:
    @simulate.command(name=name, help=does)
    @click.pass_context
    def command(context: click.Context) -> None:
        try:
            what(phone_of(context))
        except (StopIteration, IndexError) as nothing:
            raise UsageFault("There is no such call.", remedy="Begin one: callerid simulate ring NUMBER") from nothing

    del command


_calling(
    "answer",
    "Take the call that rings; or have the other side take the one that was dialled.",
    lambda phone: phone.answer(),
)
_calling("miss", "Let the call ring out.", lambda phone: phone.miss())
_calling("reject", "Decline the call.", lambda phone: phone.reject())


@simulate.command(name="do", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("words", nargs=-1, required=True, type=click.UNPROCESSED)
@click.pass_context
def do(context: click.Context, words: tuple[str, ...]) -> None:
    """Run a callerid command on the simulated phone, such as: do calls --unlogged."""
    from callerid.simulator import live

    sys.exit(live.command(context.obj, words))


@simulate.command()
@click.argument("number", default="")
@click.option("--slot", default=0, type=click.IntRange(0, 1), help="Which SIM rings.")
@click.option("--shown-as", default="", help="The name that the dialer's own notification shows.")
@click.pass_context
def ring(context: click.Context, number: str, slot: int, shown_as: str) -> None:
    """Let NUMBER call; without one, the number is withheld."""
    phone_of(context).ring(number, slot=slot, shown_as=shown_as)


@simulate.command()
@click.argument("what", type=click.Choice(["root", "shizuku", "dump", "no-automation", "no-notification-access"]))
@click.pass_context
def grant(context: click.Context, what: str) -> None:
    """Change what the phone lets callerid do: root it, start Shizuku, grant DUMP; or take the automation app or the notification
    access away. The daemon finds out at its next start, or within hours."""
    phone = phone_of(context)
    changes: dict[str, Callable[[], None]] = {
        "root": phone.root,
        "shizuku": phone.start_shizuku,
        "dump": lambda: phone.change(dump_granted=True),
        "no-automation": phone.no_automation,
        "no-notification-access": lambda: phone.change(notification_access=False),
    }
    changes[what]()


@simulate.command()
@click.argument("number")
@click.pass_context
def dial(context: click.Context, number: str) -> None:
    """Call NUMBER."""
    phone_of(context).dial(number)


@simulate.command(name="hang-up")
@click.option("--talked", type=click.IntRange(0, 86_400), help="How many seconds the call shall have lasted.")
@click.pass_context
def hang_up(context: click.Context, talked: int | None) -> None:
    """End the call."""
    try:
        phone_of(context).hang_up(talked=talked)
    except IndexError as nothing:
        raise UsageFault("There is no call to end.", remedy="Begin one: callerid simulate ring NUMBER") from nothing


@simulate.command()
@click.pass_context
def crm(context: click.Context) -> None:
    """Show the calls and tasks that HubSpot holds."""
    from callerid.simulator import live

    click.echo(live.held(context.obj).rstrip())


@simulate.command()
@click.pass_context
def offline(context: click.Context) -> None:
    """Take the network away."""
    from callerid.simulator import live

    live.wish(context.obj, "offline")


@simulate.command()
@click.pass_context
def online(context: click.Context) -> None:
    """Bring the network back."""
    from callerid.simulator import live

    live.wish(context.obj, "online")


@simulate.command()
@click.argument("where", metavar="COMMAND|crm")
@click.argument("kind")
@click.option("--times", type=int, default=None, help="For how many runs or requests; the phone's: until cleared, the CRM's: one.")
@click.option("--matching", default=".", help="For the CRM: only requests whose METHOD and path match this.")
@click.pass_context
def fault(context: click.Context, where: str, kind: str, times: int | None, matching: str) -> None:
    """Let something go wrong: a termux COMMAND (denied, empty, hang, slow, truncated, nonsense), or the crm (status, html,
    cut_before, cut_after, slow, truncated_json, not_json_200, redirect). `fault COMMAND none` clears the phone's faults.
    """
    from callerid.simulator import live

    if where == "crm":
        live.wish(context.obj, "fault", kind=kind, pattern=matching, times=times or 1)
    elif kind == "none":
        phone_of(context).clear_faults()
    else:
        try:
            phone_of(context).fault(where, kind, times=times)
        except ValueError as unknown:
            raise UsageFault(f"{unknown}.") from unknown


@simulate.command()
@click.argument("name")
@click.pass_context
def zone(context: click.Context, name: str) -> None:
    """Travel to another time zone, such as Asia/Tokyo: every row of the call log is written anew."""
    phone_of(context).change(zone=name)


@simulate.command()
@click.argument("count", default=20)
@click.pass_context
def people(context: click.Context, count: int) -> None:
    """List some people of the mirror with their numbers, to call from."""
    from callerid.store.mirror.lookup import Mirror

    phone_of(context)
    mirror = Mirror(context.obj / "callerid" / "mirror.db")
    for person in mirror.some_people(count):
        company = f" · {person.company}" if person.company else ""
        several = "" if len(person.deals) == 1 else "s"
        deals = f"  ({len(person.deals)} open deal{several})" if person.deals else ""
        number = person.phone.raw if person.phone else ""
        click.echo(f"{number:<24} {person.first_name} {person.last_name}{company}{deals}")
    mirror.close()
