"""Android's job scheduler, by termux-job-scheduler (JobSchedulerAPI.java of termux-api).

It prints text, and always ends with 0. A job is known by its number, which all apps of Termux share: Termux:Boot's begin at 1000.
"""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from callerid.errors import MalformedOutput
from callerid.messages import message
from callerid.records import dataclass

if TYPE_CHECKING:
    from callerid.phone.command_runner import CommandRunner

JOB_ID = 77
SHORTEST = timedelta(minutes=15)  # Android makes a shorter period that long, without a word
LONGEST = timedelta(days=24)  # milliseconds have to fit into 31 bits
_TIMEOUT = 20.0  # seconds
_SCHEDULED = "response 1"  # JobScheduler.RESULT_SUCCESS
_PERIOD = re.compile(r"\(periodic: (\d+)ms\)")
_REMEDY = message("Try it by hand: termux-job-scheduler --pending")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job that Android runs again and again, when there is a network and the battery is not low."""

    script: Path
    every: timedelta
    wifi: bool = False  # only on a network that is not metered
    charging: bool = False  # only while the phone charges


def schedule(runner: CommandRunner, job: Job) -> None:
    """Have Android run a job, in place of the one that it had. Raise PhoneFault.

    There is no `--network none`: Termux:API fails on such a job then, and on each later list of jobs (termux-api#659).
    """
    period = int(job.every.total_seconds() * 1000)
    what = ["--script", str(job.script), "--job-id", str(JOB_ID), "--period-ms", str(period), "--persisted", "true"]
    when = ["--network", "unmetered" if job.wifi else "any", "--charging", str(job.charging).lower(), "--battery-not-low", "true"]
    printed = _run(runner, *what, *when)
    if _SCHEDULED not in printed:
        raise MalformedOutput(
            message("Android did not take the job: {splitlines}", splitlines=printed.splitlines()[0]), remedy=_REMEDY
        )


def scheduled(runner: CommandRunner) -> Job | None:
    """Return the job that Android has of callerid, None if there is none. Raise PhoneFault."""
    lines = [line for line in _run(runner, "--pending").splitlines() if line.startswith(f"Pending Job {JOB_ID}: ")]
    if not lines:
        return None
    path, _, conditions = lines[0].split(": ", 1)[1].partition("\t")
    period = _PERIOD.search(conditions)
    return Job(
        script=Path(path),
        every=timedelta(milliseconds=int(period[1]) if period else 0),
        wifi="NOT_METERED" in conditions,
        charging="(while charging)" in conditions,
    )


def cancel(runner: CommandRunner) -> bool:
    """Have Android forget the job, and return whether there was one. Raise PhoneFault."""
    return _run(runner, "--cancel", "--job-id", str(JOB_ID)).startswith("Cancelling")


def _run(runner: CommandRunner, *words: str) -> str:
    printed = runner.run(["termux-job-scheduler", *words], timeout=_TIMEOUT).stdout.strip()
    if not printed:  # a Java exception, as a job of another program without a network brings one
        raise MalformedOutput(message("termux-job-scheduler printed nothing."), remedy=_REMEDY)
    return printed
