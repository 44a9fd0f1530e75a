"""callerid schedule: have Android sync now and then, where no daemon runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from callerid.cli.language.output import echo
from callerid.cli.session import environment, new_runner
from callerid.messages import joined, message

if TYPE_CHECKING:
    from datetime import timedelta

    from callerid.phone.job_scheduler import Job


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
        installer = Path(__file__).resolve().parents[3] / "termux" / "install.sh"
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
