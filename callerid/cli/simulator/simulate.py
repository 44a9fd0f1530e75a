"""callerid demo and callerid simulate: callerid without a phone and without a CRM."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from callerid.cli.language.output import echo, language, print_text
from callerid.cli.simulator.portal import PORTAL_COMMANDS
from callerid.cli.simulator.screen import SCREEN_COMMANDS, phone_of
from callerid.errors import UsageFault
from callerid.messages import counted, message

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.simulator.phone.handset import SimulatedPhone


@click.command()
def demo() -> None:
    """Play a day on a simulated phone and CRM. The exit code is 0 if every step happened.

    Example: callerid demo
    """
    from callerid.simulator.demo import main

    sys.exit(main(language()))


@click.group(invoke_without_command=True)
@click.option(
    "--folder",
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    help="The folder of the simulation; name the same one in both terminals.",
)
@click.option("--people", default=200, show_default=True, type=click.IntRange(1, 100_000), help="The number of people in the CRM.")
@click.option("--script", metavar="FILE", help="Replay a day of calls from a text file, and compare what happens with it.")
@click.option("--speed", default=600.0, show_default=True, type=click.FloatRange(1), help="How many times as fast the day passes.")
@click.option(
    "--patience",
    default=60.0,
    show_default=True,
    type=click.FloatRange(1),
    help="How long a line waits, in seconds, for what it expects.",
)
@click.pass_context
def simulate(context: click.Context, folder: Path | None, people: int, script: str | None, speed: float, patience: float) -> None:
    """Try callerid on a simulated phone and CRM. Start it in one terminal, and use the phone in a second one.

    Example of a day that comes with callerid: callerid simulate --script sales-day. The others are bad-network and two-sims-japan;
    docs/simulated-days.md says how to write one. The exit code is 1 if something differs from what the day expects.
    """
    if script:
        if context.invoked_subcommand:
            raise UsageFault(
                message("--script plays a whole day, without a further command."),
                remedy=message("Type: callerid simulate --script FILE"),
            )
        sys.exit(_replay(script, speed, patience))
    from callerid.simulator import live
    from callerid.simulator.desk import default_folder

    context.obj = folder or default_folder()
    if context.invoked_subcommand is None:
        live.run(context.obj, print_text, people, language())


def _replay(script: str, speed: float, patience: float) -> int:
    """Play a day and print what differs from what it expects. Return the exit code."""
    from callerid.simulator.script.play import replay

    differences = replay(script, lambda text: print_text(text, err=True), speed=speed, patience=patience, language=language())
    for difference in differences:
        echo(difference)
    echo(
        message("the day went as expected")
        if not differences
        else message("{count} of what was expected or seen differs", count=len(differences))
    )
    return 1 if differences else 0


for command_of_a_part in (*SCREEN_COMMANDS, *PORTAL_COMMANDS):
    simulate.add_command(command_of_a_part)


def _add_call_command(name: str, description: str, action: Callable[[SimulatedPhone], Any]) -> None:
    @simulate.command(name=name, help=f"{description}\n\nExample: callerid simulate {name}")
    @click.pass_context
    def command(context: click.Context) -> None:
        try:
            action(phone_of(context))
        except StopIteration as no_call:
            raise UsageFault(
                message("No call rings."), remedy=message("Start one with: callerid simulate ring NUMBER")
            ) from no_call

    del command


_add_call_command(
    "answer",
    "Answer the call that rings, or let the other side answer the call that was dialled.",
    lambda phone: phone.answer(),
)
_add_call_command("miss", "Let the call ring until the caller gives up.", lambda phone: phone.miss())
_add_call_command("reject", "Decline the call.", lambda phone: phone.reject())


@simulate.command(name="do", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("words", nargs=-1, required=True, type=click.UNPROCESSED)
@click.pass_context
def do(context: click.Context, words: tuple[str, ...]) -> None:
    """Run a callerid command on the simulated phone, for example: do calls --unlogged.

    Example: callerid simulate do calls --unlogged
    """
    from callerid.simulator import live

    sys.exit(live.command(context.obj, words))


@simulate.command()
@click.argument("number", nargs=-1)
@click.option("--slot", default=0, type=click.IntRange(0, 1), help="The slot of the SIM that rings.")
@click.option("--shown-as", default="", help="The name in the dialer's own notification.")
@click.pass_context
def ring(context: click.Context, number: tuple[str, ...], slot: int, shown_as: str) -> None:
    """Let NUMBER call. Without NUMBER, the caller's number is hidden.

    Example: callerid simulate ring "+353 87 123 4567"
    """
    phone_of(context).ring(_number(number), slot=slot, shown_as=shown_as)


def _number(words: tuple[str, ...]) -> str:
    """Return a number that may be typed with spaces. Raise UsageFault for what nobody can dial."""
    number = " ".join(words).strip()
    if number and (not any(map(str.isdigit, number)) or any(map(str.isalpha, number))):
        raise UsageFault(
            message("{number!r} is not a phone number.", number=number),
            remedy=message("Some to ring with: callerid simulate people"),
        )
    return number


@simulate.command()
@click.argument("change", type=click.Choice(["root", "shizuku", "dump", "no-automation", "no-notification-access"]))
@click.pass_context
def grant(context: click.Context, change: str) -> None:
    """Change what the phone lets callerid do: root the phone, start Shizuku, grant DUMP, or remove the automation app or the
    notification access. The daemon notices at its next start, or within hours.

    Example: callerid simulate grant root
    """
    phone = phone_of(context)
    changes: dict[str, Callable[[], None]] = {
        "root": phone.root,
        "shizuku": phone.start_shizuku,
        "dump": lambda: phone.change(dump_granted=True),
        "no-automation": phone.no_automation,
        "no-notification-access": lambda: phone.change(notification_access=False),
    }
    changes[change]()


@simulate.command()
@click.argument("number", nargs=-1, required=True)
@click.pass_context
def dial(context: click.Context, number: tuple[str, ...]) -> None:
    """Call NUMBER from the phone.

    Example: callerid simulate dial "+353 87 123 4567"
    """
    phone_of(context).dial(_number(number))


@simulate.command(name="hang-up")
@click.option("--talked", type=click.IntRange(0, 86_400), help="The length of the call in seconds.")
@click.pass_context
def hang_up(context: click.Context, talked: int | None) -> None:
    """End the call.

    Example: callerid simulate hang-up --talked 180
    """
    try:
        phone_of(context).hang_up(talked=talked)
    except IndexError as no_call:
        raise UsageFault(
            message("There is no call to end."), remedy=message("Start one with: callerid simulate ring NUMBER")
        ) from no_call


@simulate.command()
@click.argument("name")
@click.pass_context
def zone(context: click.Context, name: str) -> None:
    """Move the phone to another time zone, such as Asia/Tokyo. Android then rewrites every row of the call log.

    Example: callerid simulate zone Asia/Tokyo
    """
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as unknown:
        raise UsageFault(
            message("There is no time zone {name!r}.", name=name), remedy=message("Write one as: callerid simulate zone Asia/Tokyo")
        ) from unknown
    phone_of(context).change(zone=name)


@simulate.command()
@click.argument("count", default=20)
@click.pass_context
def people(context: click.Context, count: int) -> None:
    """List some people of the mirror and their numbers, for: simulate ring NUMBER.

    Example: callerid simulate people 5
    """
    from callerid.models.name_order import in_order
    from callerid.store.mirror.database import Mirror

    phone_of(context)
    mirror = Mirror(context.obj / "callerid" / "mirror.db")
    for person in mirror.sample_candidates(count):
        company = f" · {person.company}" if person.company else ""
        deals = (
            message("  ({deals})", deals=counted(len(person.deals), "{count} open deal", "{count} open deals"))
            if person.deals
            else ""
        )
        number = person.phone.raw if person.phone else ""
        echo(
            message(
                "{number:<24} {name}{company}{deals}",
                number=number,
                name=in_order(person.first_name, person.last_name),
                company=company,
                deals=deals,
            )
        )
    mirror.close()
