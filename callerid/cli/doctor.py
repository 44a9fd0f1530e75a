"""Commands that check this installation: doctor, reconcile."""

from __future__ import annotations

import json
import time
from itertools import chain
from typing import TYPE_CHECKING

import click

from callerid.cli.language.json_answers import json_fault, print_json
from callerid.cli.language.output import echo, print_fitted, print_text, shown, terminal_columns
from callerid.cli.language.together import refuse_together
from callerid.cli.session import crm_connection, environment, home, open_session
from callerid.core.wording.table import beside, padded, places
from callerid.messages import joined, message
from callerid.paths import installation_paths

if TYPE_CHECKING:
    from collections.abc import Iterable

    from callerid.core.doctor.finding import Cost, Finding
    from callerid.errors import StoreFault
    from callerid.messages import Message

_NAMES = 15  # places of the names of checks
_WITHIN = 18.5  # seconds for everything but what is repaired, if a fix is wanted
_FOR_A_PAGE = 2.0  # seconds at the least
_WIDE = 80  # columns of a terminal on which there is room for a remedy beside the names


@click.command()
@click.option(
    "--notifications",
    is_flag=True,
    help="Also check the list of notifications. Without notification access, Android opens a settings page.",
)
@click.option("--learn", is_flag=True, help="Learn from one test call which app is the dialer.")
@click.option("--ring", is_flag=True, help="Try the inbox: report a test ring, and take its card away again.")
@click.option(
    "--read",
    "path",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True),
    help="Show what each notification in a saved output of termux-notification-list is read as, for a report about a dialer.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print JSON: a list of findings; with --read a list of state, name, number, rule."
)
@click.option("--fix", is_flag=True, help="Mend what can be mended, and open the settings page of the next thing that cannot.")
def doctor(*, notifications: bool, learn: bool, ring: bool, path: str | None, as_json: bool, fix: bool) -> None:
    """Check what works on this phone, what each sense costs, and how to fix the rest. A test notification is shown for a moment.

    Before each thing stands ✓ if it works, ✗ if it does not, + if it is optional and not set up, - if that cannot be told.

    The exit status is 1 when something is missing without which nobody is told who calls.

    Example: termux-notification-list > list.json; callerid doctor --read list.json
    """
    refuse_together("doctor", {"--learn": learn, "--ring": ring, "--read": bool(path), "--fix": fix})
    for name, is_given in (("--learn", learn), ("--ring", ring)):
        refuse_together("doctor", {name: is_given, "--json": as_json})
    if path:
        _print_reading(path, as_json=as_json)
        return
    if learn:
        _learn_dialer()
        return
    if ring:
        _try_inbox()
        return
    from callerid.core.doctor.finding import job_cannot_work
    from callerid.daemon.single_instance import is_running
    from callerid.errors import CalleridError
    from callerid.turns.context import utc_now
    from callerid.turns.doctor.databases import examine_databases, examine_disk
    from callerid.turns.doctor.examination import Surroundings
    from callerid.turns.doctor.examine import examine
    from callerid.turns.doctor.fix import mend
    from callerid.turns.upkeep.heart import beat_now

    paths, now, began = home(), utc_now(), time.monotonic()
    stored = _shown(chain((examine_disk(paths, now),), examine_databases(paths)), as_json=as_json)
    if job_cannot_work(stored):
        if as_json:
            print_json([_json(finding) for finding in stored])
        raise _cannot_go_on(stored)
    with open_session(learns_region=False) as app:
        around = Surroundings(now=now, beat=beat_now(), daemon_runs=is_running(app.paths), reads_notifications=notifications)
        others = _shown(examine(app, around, environ=environment(), connect=crm_connection(app)), as_json=as_json)
        left = max(_FOR_A_PAGE, began + _WITHIN - time.monotonic())
        for line in mend(app, (*stored, *others), left) if fix else ():
            echo(line, err=as_json)
    if as_json:
        print_json([_json(finding) for finding in (*stored, *others)])
    broken = [finding.name for finding in (*stored, *others) if job_cannot_work([finding])]
    if broken:
        raise CalleridError(
            message("Nobody is told who calls, because of this: {names}.", names=joined(", ", map(message, broken))),
            remedy=message("Do what is said of it, then type: callerid doctor"),
        )


def _cannot_go_on(stored: Iterable[Finding]) -> StoreFault:
    """Return why nothing else is checked: of that which is checked first, what is out of order."""
    from callerid.errors import DiskReadOnly, StoreFault

    remedy = message("Do what is said of it, then type: callerid doctor")
    if any(finding.name == "disk" and finding.works is False and finding.needed for finding in stored):
        return DiskReadOnly(message("Nothing can be written on this phone, so nothing else was checked."), remedy=remedy)
    return StoreFault(message("The ledger is out of order, so nothing else was checked."), remedy=remedy)


def _learn_dialer() -> None:
    """Learn from one test call which app is the dialer, and print it."""
    from callerid.core.ringing.dialer_packages import TEXTLESS_PACKAGES, TEXTLESS_REMEDY
    from callerid.turns.ringing.learn_dialer import learn_dialer

    with open_session() as app:
        echo(message("Call this phone from another one now, let it ring, and hang up."), err=True)
        package = learn_dialer(app.ledger, app.termux, time.sleep)
    echo(message("the dialer of this phone is {package}", package=package))
    if package in TEXTLESS_PACKAGES:
        echo(TEXTLESS_REMEDY)


def _try_inbox() -> None:
    """Report a test ring to the daemon, or handle it here where none runs, and print what became of it."""
    from callerid.cli.running.turns import take_inbox
    from callerid.daemon.single_instance import is_running
    from callerid.turns.ringing.try_inbox import try_inbox

    with open_session() as app:
        runs = is_running(app.paths)
        had_card = try_inbox(app, lambda: None if runs else take_inbox(app), time.sleep)
    echo(
        message("A test ring was heard by the inbox; its card is taken away again.")
        if had_card
        else message("A test ring was heard by the inbox. It had no card: caller ID is off, or these are quiet hours.")
    )
    if not runs:
        echo(message("No daemon runs, so no other ring is heard. Start it: callerid run"), err=True)


def _shown(findings: Iterable[Finding], *, as_json: bool) -> list[Finding]:
    """Return findings; print each when it is there, unless JSON is wanted."""
    shown = []
    for finding in findings:
        shown.append(finding)
        if not as_json:
            _print(finding)
    return shown


def _print_reading(path: str, *, as_json: bool) -> None:
    """Print what each row of a saved list of notifications is taken for, in the order of the file. Raise UsageFault for no list."""
    from callerid.core.ringing.dialer_dictionary import build_dictionary
    from callerid.core.ringing.dialer_notifications import read_list
    from callerid.core.ringing.dialer_packages import DIALER_PACKAGES
    from callerid.core.ringing.dialer_texts import STATE_NAMES
    from callerid.core.wording.table import padded
    from callerid.dialer_strings import load_dialer_strings

    readings = read_list(saved_list(path), build_dictionary(load_dialer_strings()), DIALER_PACKAGES | _learned_dialers())
    if as_json:
        print_json(
            [
                {"state": reading.state.value, "name": reading.caller.name, "number": reading.caller.number, "rule": reading.rule}
                for reading in readings
            ]
        )
        return
    for reading in readings:
        who = " ".join(part for part in (reading.caller.name, reading.caller.number) if part) or "-"
        print_fitted(f"{padded(shown(STATE_NAMES[reading.state]), 10)} {padded(who, 32)} {shown(reading.rule)}")


def _learned_dialers() -> frozenset[str]:
    """Return the packages that callerid doctor --learn has found on this phone, which the daemon hears too."""
    from callerid.errors import StoreFault
    from callerid.store.ledger.database import open_ledger
    from callerid.turns.ringing.sense_health import DIALERS_KEY

    file = installation_paths(environment()).ledger
    if not file.exists():
        return frozenset()
    try:
        ledger = open_ledger(file)
    except StoreFault:  # a saved list can be read all the same
        return frozenset()
    try:
        return frozenset((ledger.key_values.read(DIALERS_KEY) or "").split())
    finally:
        ledger.close()


def saved_list(path: str) -> list[object]:
    """Return the rows of a saved output of termux-notification-list. Raise UsageFault for anything else."""
    from callerid.core.ringing.sense_health import RECONNECT_LISTENER
    from callerid.errors import UsageFault

    save_again = message("Save it with: termux-notification-list > list.json")
    with click.open_file(path, encoding="utf-8-sig", errors="replace") as file:
        text = file.read()
    if not text.strip("\0 \r\n\t"):
        raise UsageFault(
            message("{path} is empty: termux-notification-list printed nothing.", path=path),
            remedy=message(
                "{save_again}. If it prints nothing again: {reconnect_listener}",
                save_again=save_again,
                reconnect_listener=RECONNECT_LISTENER,
            ),
        )
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError) as fault:
        raise UsageFault(
            message("{path} is not valid JSON: {json_fault}.", path=path, json_fault=json_fault(fault)), remedy=save_again
        ) from fault
    if not isinstance(rows, list):
        says = (
            message(": Termux:API says {str!r}", str=str(rows["error"])[:200]) if isinstance(rows, dict) and "error" in rows else ""
        )
        raise UsageFault(message("{path} is not a list of notifications{says}.", path=path, says=says), remedy=save_again)
    return rows


def _print(finding: Finding) -> None:
    """Print a finding, whose words fit the terminal. What is typed is one line, so that it can be copied from there."""
    from callerid.core.doctor.finding import SENSES

    width = terminal_columns()
    mark = {True: "✓", False: "+" if finding.optional else "✗", None: "-"}[finding.works]
    says = shown(finding.says)
    if finding.works is False and finding.why:
        why = message(" (optional: {why})", why=finding.why) if finding.optional else message(" ({why})", why=finding.why)
        says = f"{says.rstrip('.。')}{shown(why)}"
    named = finding.name if finding.name in SENSES else shown(message(finding.name))
    name = f"{mark} {padded(named, _width_of_names())}"
    lines = [*beside(name, says, width)]
    margin = " " * (places(name) if width is None or width >= _WIDE else 1)
    if finding.cost:
        lines += beside(margin, shown(_cost(finding.cost)), width)
    if finding.remedy and not finding.works:
        lines += beside(margin, shown(finding.remedy), width)
    print_text("\n".join(lines))


def _width_of_names() -> int:
    from callerid.core.doctor.finding import NAMES

    return max(_NAMES, *(places(shown(message(name))) for name in NAMES))


def _cost(cost: Cost) -> Message:
    return message(
        "each check takes {cpu_ms:.0f} ms of CPU time and {wall_ms:.0f} ms in all; "
        "at most {checks:,} a day: {seconds:.0f} s of CPU time, about {battery:.2f} % of the battery",
        cpu_ms=cost.cpu_ms,
        wall_ms=cost.wall_ms,
        checks=cost.looks_a_day,
        seconds=cost.cpu_seconds_a_day,
        battery=cost.battery_a_day,
    )


def _json(finding: Finding) -> dict[str, object]:
    cost, database = finding.cost, finding.database
    return {
        "name": finding.name,
        "works": finding.works,
        "says": finding.says,
        "remedy": finding.remedy,
        "why": finding.why,
        "needed": finding.needed,
        "cpu_ms": round(cost.cpu_ms, 1) if cost else None,
        "wall_ms": round(cost.wall_ms, 1) if cost else None,
        "looks_a_day": cost.looks_a_day if cost else None,
        "battery_percent_a_day": round(cost.battery_a_day, 3) if cost else None,
        "version": database.version if database else None,
        "bytes": database.bytes if database else None,
        "rows": dict(database.rows) if database else None,
    }


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON: missing, unfollowed, belied.")
def reconcile(*, as_json: bool) -> None:
    """Compare the ledger with the phone's whole call log and the outbox, and fix what differs. The daemon does this daily.

    Example: callerid reconcile
    """
    from callerid.turns.context import utc_now
    from callerid.turns.upkeep.reconcile import reconcile as reconcile_turn
    from callerid.turns.upkeep.reconcile import summary

    with open_session() as app:
        result = reconcile_turn(app, utc_now())
        fault = app.ledger.block_list.fault
    if as_json:
        corrected = [{"key": key, "before": before.value, "now": now.value} for key, before, now in result.corrected]
        print_json({"missing": result.missing, "unfollowed": result.without_followup, "belied": corrected})
    else:
        echo(summary(result))
    if fault:  # what is wrong with the list, nothing but the person can correct
        raise fault
