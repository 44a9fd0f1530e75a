"""Commands that check this installation: doctor, reconcile."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from callerid.cli.session import open_session, print_json

if TYPE_CHECKING:
    from callerid.turns.upkeep.doctor import Finding


@click.command()
@click.option(
    "--notifications",
    is_flag=True,
    help="Also check the list of notifications. Without notification access, Android opens a settings page.",
)
@click.option("--learn", is_flag=True, help="Learn from one test call which app is the dialer.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: a list of findings.")
def doctor(*, notifications: bool, learn: bool, as_json: bool) -> None:
    """Check what works on this phone, what each sense costs, and how to fix the rest."""
    from callerid.turns.context import utc_now
    from callerid.turns.ringing.learn_dialer import learn_dialer
    from callerid.turns.upkeep.doctor import examine

    with open_session() as app:
        if learn:
            click.echo("Call this phone from another one now, let it ring, and hang up.", err=True)
            click.echo(f"the dialer of this phone is {learn_dialer(app, time.sleep)}")
            return
        findings = []
        for finding in examine(app, utc_now(), notices=notifications):
            findings.append(finding)
            if not as_json:
                _print(finding)
    if as_json:
        print_json([_json(finding) for finding in findings])


def _print(finding: Finding) -> None:
    mark = {True: "✓", False: "✗", None: "-"}[finding.works]
    click.echo(f"{mark} {finding.name:<15} {finding.says}")
    if finding.cost:
        cost = finding.cost
        check = f"each check takes {cost.cpu_ms:.0f} ms of CPU time and {cost.wall_ms:.0f} ms in all"
        day = f"at most {cost.looks_a_day:,} a day: {cost.cpu_seconds_a_day:.0f} s of CPU time"
        click.echo(f"  {'':<15} {check}; {day}, about {cost.battery_a_day:.2f} % of the battery")
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


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON: missing, unfollowed, belied.")
def reconcile(*, as_json: bool) -> None:
    """Compare the ledger with the phone's whole call log and the outbox, and fix what differs. The daemon does this daily."""
    from callerid.turns.context import utc_now
    from callerid.turns.upkeep.reconcile import reconcile as reconcile_turn
    from callerid.turns.upkeep.reconcile import summary

    with open_session() as app:
        result = reconcile_turn(app, utc_now())
    if as_json:
        corrected = [{"key": key, "before": before.value, "now": now.value} for key, before, now in result.corrected]
        print_json({"missing": result.missing, "unfollowed": result.without_followup, "belied": corrected})
    else:
        click.echo(summary(result))
