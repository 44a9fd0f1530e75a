"""callerid doctor: what works here, what it costs, and what to do."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from callerid.cli.session import open_session, print_json

if TYPE_CHECKING:
    from callerid.turns.upkeep.doctor import Finding


@click.command()
@click.option(
    "--notifications", is_flag=True, help="Try the list of notifications too; without access Android opens a settings page."
)
@click.option("--learn", is_flag=True, help="Learn which app is the dialer from one test call.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON: a list of findings.")
def doctor(*, notifications: bool, learn: bool, as_json: bool) -> None:
    """Try everything that this phone lets callerid do, and say what works, what one look costs, and what to do about the rest."""
    from callerid.turns.context import utc_now
    from callerid.turns.ringing.learn_dialer import learn_dialer
    from callerid.turns.upkeep.doctor import examine

    with open_session() as opened:
        if learn:
            click.echo("Call this phone from another one now, let it ring, and hang up.", err=True)
            click.echo(f"the dialer here is {learn_dialer(opened, time.sleep)}")
            return
        found = []
        for finding in examine(opened, utc_now(), notices=notifications):
            found.append(finding)
            if not as_json:
                _tell(finding)
    if as_json:
        print_json([_json(finding) for finding in found])


def _tell(finding: Finding) -> None:
    mark = {True: "✓", False: "✗", None: "-"}[finding.works]
    click.echo(f"{mark} {finding.name:<15} {finding.says}")
    if finding.cost:
        cost = finding.cost
        look = f"one look: {cost.cpu_ms:.0f} ms of processor, {cost.wall_ms:.0f} ms in all"
        day = f"at most {cost.looks_a_day:,} a day: {cost.cpu_seconds_a_day:.0f} s of processor"
        click.echo(f"  {'':<15} {look}; {day}, about {cost.battery_a_day:.2f} % of the battery")
    if finding.remedy and not finding.works:
        click.echo(f"  {'':<15} {finding.remedy}")


def _json(finding: Finding) -> dict[str, object]:
    cost = finding.cost
    return {
        "name": finding.name,
        "works": finding.works,
        "says": finding.says,
        "remedy": finding.remedy,
        "cpu_ms": round(cost.cpu_ms, 1) if cost else None,
        "wall_ms": round(cost.wall_ms, 1) if cost else None,
        "looks_a_day": cost.looks_a_day if cost else None,
        "battery_percent_a_day": round(cost.battery_a_day, 3) if cost else None,
    }
