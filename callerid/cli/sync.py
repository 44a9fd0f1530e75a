"""callerid sync: bring the mirror up to date, with a progress bar on a terminal and one line elsewhere. callerid schedule: have
Android do that where no daemon runs."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from callerid.cli.language.json_answers import missing_scope_json, no_export_json, print_json
from callerid.cli.language.output import echo, shown
from callerid.cli.session import BY_LISTS, crm_connection, environment, new_runner, open_session
from callerid.core.wording.counts import records
from callerid.messages import counted, joined, message
from callerid.token_scopes import remedy_of, without_it

if TYPE_CHECKING:
    from datetime import timedelta

    from callerid.phone.job_scheduler import Job
    from callerid.turns.sync.pull import SyncResult


@click.command()
@click.option(
    "--full",
    is_flag=True,
    help="Read every record into a new mirror; the old one stays in use until it is complete.",
)
@click.option("--delta", is_flag=True, help="Read only what changed since the last sync.")
@click.option("--sweep", is_flag=True, help="Read what changed, then compare every record.")
@click.option("--force", is_flag=True, help="Accept what looks like a loss of data: no contacts, far fewer, or another portal.")
@click.option("--dry-run", is_flag=True, help="Show what the sync would do, and change nothing.")
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print JSON: kind, why, dry_run, contacts, companies, deals, phones, changed, removed, missing_scopes, no_export, report, "
    "requests, seconds.",
)
def sync(*, full: bool, delta: bool, sweep: bool, force: bool, dry_run: bool, as_json: bool) -> None:
    """Bring the mirror up to date with the CRM, by default with the sync that is due.

    A sync that was interrupted resumes where it stopped.

    Example: callerid sync --full
    """
    from callerid.core.sync.plan import SyncKind
    from callerid.credentials import HOW_TO_SET_A_TOKEN
    from callerid.errors import UsageFault
    from callerid.turns.context import PHONE_SOURCE, utc_now
    from callerid.turns.followup.attend import attend
    from callerid.turns.followup.late_matches import offer_late_matches
    from callerid.turns.ringing.phone_contacts import read_phone_contacts
    from callerid.turns.sync.mirror_scope import owner_fault
    from callerid.turns.sync.pull import pull

    requested = [kind for kind, chosen in ((SyncKind.FULL, full), (SyncKind.DELTA, delta), (SyncKind.SWEEP, sweep)) if chosen]
    if len(requested) > 1:
        words = joined(message(" and "), (f"--{kind.value}" for kind in requested))
        raise UsageFault(
            message("{words} are different syncs; name one of them.", words=words),
            remedy=message("Type: callerid sync, for the one that is due"),
        )
    began = time.monotonic()
    progress = _progress(quiet=as_json)
    with open_session() as app, crm_connection(app) as connection:
        source = connection.source()
        if source.name == PHONE_SOURCE:
            echo(
                message(
                    "There is no token, so the phone contacts are used. {how_to_set_a_token}", how_to_set_a_token=HOW_TO_SET_A_TOKEN
                ),
                err=True,
            )
        was_told = dry_run or owner_fault(app.mirror, app.config) is not None  # the log tells it once, when a sync finds it
        try:
            kind = next(iter(requested), None)
            result = pull(app, source, utc_now, requested=kind, force=force, dry_run=dry_run, progress=progress)
        finally:
            if progress:
                progress.end()
        wrong_owner = owner_fault(app.mirror, app.config)
        if wrong_owner and was_told:
            echo(wrong_owner.told, err=True)
        if not dry_run:
            read_phone_contacts(app, utc_now())  # once a day, as a daemon does
            if offer_late_matches(app, utc_now()):
                attend(app, utc_now())
    took = {"requests": source.requests, "seconds": round(time.monotonic() - began, 3)}
    if as_json:
        missing_scopes = [missing_scope_json(missing) for missing in result.missing]
        lacks = {"missing_scopes": missing_scopes, "no_export": no_export_json(result.no_export)}
        print_json(_counts(result) | lacks | {"dry_run": dry_run, "report": list(source.report())} | took)
    else:
        echo(
            message(
                "{summary}; {requests} requests, {seconds:.1f} s",
                summary=_summary(result, dry_run=dry_run),
                requests=took["requests"],
                seconds=took["seconds"],
            )
        )
        for line in (*source.report(), *_what_lacks(result)):
            click.echo(f"  {shown(line)}")


def _what_lacks(result: SyncResult) -> list[str]:
    """Return a line for each scope that the token lacks, and one where exports were wanted and lists were read."""
    lines: list[str] = [joined(" ", (without_it(missing.scope), remedy_of(missing.scope))) for missing in result.missing]
    if no_export := result.no_export:
        lines.append(joined(" ", filter(None, (BY_LISTS, no_export.why, no_export.remedy))))
    return lines


def _counts(result: SyncResult) -> dict[str, Any]:
    names = ("contacts", "companies", "deals", "phones", "changed", "removed", "why")
    return {"kind": result.kind.value} | {name: getattr(result, name) for name in names}


def _summary(result: SyncResult, *, dry_run: bool) -> str:
    held = records(result.contacts, result.companies, result.deals)
    if dry_run and result.kind == "full":
        return message("nothing was changed. A full sync is due ({why}): {held}", why=result.why, held=held)
    changes = message("{changed} changed, {removed} removed", changed=result.changed, removed=result.removed)
    if dry_run:
        return message("nothing was changed. A {kind} sync would bring: {changes}", kind=result.kind, changes=changes)
    mirrored = joined(", ", (held, counted(result.phones, "{count} number", "{count} numbers")))
    if result.kind == "full":
        return message("{mirrored} (full)", mirrored=mirrored)
    return message("{mirrored} ({kind}: {changes})", mirrored=mirrored, kind=result.kind, changes=changes)


class _Progress:
    """A ProgressListener that shows a bar with rate and remaining time for each part of a sync."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._began, self._done, self._part = 0.0, 0, ""

    def begins(self, part: str, total: int | None) -> None:
        """Show a bar for a new part; none for a part of unknown length."""
        self.end()
        self._began, self._done, self._part = time.monotonic(), 0, part
        if total:
            self._bar = click.progressbar(length=total, label=shown(part), file=sys.stderr, show_pos=True, show_eta=True)
            self._bar.__enter__()

    def moved(self, records: int) -> None:
        """Count further records that were read."""
        self._done += records
        if self._bar is not None:
            rate = self._done / max(0.001, time.monotonic() - self._began)
            self._bar.label = shown(message("{part}, {rate:,.0f} records/s", part=message(self._part), rate=rate))
            self._bar.update(records)

    def end(self) -> None:
        """End the bar of the current part."""
        if self._bar is not None:
            self._bar.__exit__(None, None, None)
            self._bar = None


def _progress(*, quiet: bool) -> _Progress | None:
    return None if quiet or not sys.stderr.isatty() else _Progress()


@click.command()
@click.option(
    "--every", default="24h", show_default=True, help="How often: 15m at the least, 24d at the most. Android decides when."
)
@click.option("--wifi", is_flag=True, help="Only on a network that is not metered.")
@click.option("--charging", is_flag=True, help="Only while the phone charges.")
@click.option("--show", is_flag=True, help="Show what is scheduled, and change nothing.")
@click.option("--off", is_flag=True, help="Schedule nothing any more.")
def schedule(*, every: str, wifi: bool, charging: bool, show: bool, off: bool) -> None:
    """Have Android's job scheduler read the CRM and the phone's contacts and deliver what was logged, where no daemon runs.

    It waits for a network, and while the battery is low. A running daemon does all that by itself, every hour.

    Example: callerid schedule --every 6h --wifi
    """
    from callerid.phone import job_scheduler

    runner = new_runner()
    try:
        if off:
            was_there = job_scheduler.cancel(runner)
            echo(message("nothing is scheduled any more") if was_there else message("nothing was scheduled"))
            return
        if not show:
            job_scheduler.schedule(
                runner, job_scheduler.Job(script=_job_script(), every=_period(every), wifi=wifi, charging=charging)
            )
        job = job_scheduler.scheduled(runner)
        echo(_job_text(job) if job else message("nothing is scheduled (schedule it: callerid schedule)"))
    finally:
        runner.stop()


def _job_script() -> Path:
    """Return the program that a job runs, as termux/install.sh installs it. Raise UsageFault when it is not there."""
    from callerid.errors import UsageFault

    script = Path(environment().get("HOME") or Path.home()) / ".local" / "share" / "callerid" / "job" / "callerid-sync"
    if not script.is_file():
        installer = Path(__file__).resolve().parents[2] / "termux" / "install.sh"
        remedy = (
            message("Type: sh {installer}", installer=installer)
            if installer.is_file()
            else message("Type, in the folder of callerid: sh termux/install.sh")
        )
        raise UsageFault(message("There is no {script}, which Android is to run.", script=script), remedy=remedy)
    return script


def _period(typed: str) -> timedelta:
    """Return a period that Android keeps. Raise UsageFault."""
    from callerid.config.time_types import duration
    from callerid.errors import UsageFault
    from callerid.phone.job_scheduler import LONGEST, SHORTEST

    try:
        period: timedelta = duration(shortest=SHORTEST).from_toml(typed)
    except ValueError as wrong:
        raise UsageFault(message("{wrong}.", wrong=wrong), remedy=message("Type: callerid schedule --every 24h")) from wrong
    if period > LONGEST:
        raise UsageFault(
            message("{typed!r} is too long; the most is {days}d.", typed=typed, days=LONGEST.days),
            remedy=message("Type: callerid schedule --every 24h"),
        )
    return period


def _job_text(job: Job) -> str:
    from callerid.config.time_types import duration

    length = str(duration().to_toml(job.every)).strip('"')
    conditions = [
        message("on Wi-Fi") if job.wifi else message("with any network"),
        *([message("while charging")] if job.charging else []),
        message("not while the battery is low"),
    ]
    return message("a sync every {length}, {names}", length=length, names=joined(", ", conditions))
