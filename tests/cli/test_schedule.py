"""callerid schedule: Android syncs where no daemon runs."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from callerid.paths import installation_paths
from callerid.simulator.portal import SimulatedPortal
from callerid.store.ledger.database import open_ledger
from callerid.turns.context import utc_now
from tests.desks import QuickDesk, runs

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[QuickDesk]:
    with SimulatedPortal() as portal:
        made = QuickDesk(tmp_path, portal)
        job = Path(made.environment()["HOME"]) / ".local/share/callerid/job/callerid-sync"
        job.parent.mkdir(parents=True)
        job.write_text("#!/bin/sh\n")
        yield made


def scheduled_with(desk: QuickDesk) -> list[str]:
    """Return the words of the newest call of the job scheduler that schedules something."""
    runs: list[list[str]] = [entry["argv"] for entry in desk.phone.journal() if entry.get("command") == "termux-job-scheduler"]
    return [words for words in runs if "--script" in words][-1]


def test_a_job_is_scheduled_shown_and_cancelled(desk: QuickDesk) -> None:
    assert desk.start("schedule", "--show").stdout == "nothing is scheduled (schedule it: callerid schedule)\n"
    daily = "a sync every 1d, with any network, not while the battery is low\n"
    assert desk.start("schedule").stdout == daily
    assert desk.start("schedule", "--show").stdout == daily
    often = desk.start("schedule", "--every", "6h", "--wifi", "--charging")
    assert often.stdout == "a sync every 6h, on Wi-Fi, while charging, not while the battery is low\n"
    assert desk.start("schedule", "--show").stdout == often.stdout
    assert desk.start("schedule", "--off").stdout == "nothing is scheduled any more\n"
    assert desk.start("schedule", "--off").stdout == "nothing was scheduled\n"


@pytest.mark.parametrize(("option", "network"), [((), "any"), (("--wifi",), "unmetered")])
def test_a_job_has_a_number_of_ours_and_never_goes_without_a_network(
    desk: QuickDesk, option: tuple[str, ...], network: str
) -> None:
    desk.start("schedule", *option)
    words = scheduled_with(desk)
    given = dict(zip(words[::2], words[1::2], strict=True))
    assert 0 < int(given["--job-id"]) < 1000
    assert (given["--network"], given["--battery-not-low"], given["--persisted"]) == (network, "true", "true")


@pytest.mark.parametrize("every", ["1m", "25d", "soon"])
def test_a_period_that_android_would_not_keep_is_refused(desk: QuickDesk, every: str) -> None:
    refused = desk.start("schedule", "--every", every)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "callerid schedule --every 24h" in refused.stderr


def test_what_android_does_not_take_or_answer_is_no_success(desk: QuickDesk) -> None:
    for kind, times in (("empty", 1), ("nonsense", 1)):
        desk.phone.fault("termux-job-scheduler", kind, times=times)
        assert desk.start("schedule").returncode == 24


def test_without_the_installed_program_schedule_says_how_to_install_it(desk: QuickDesk) -> None:
    (Path(desk.environment()["HOME"]) / ".local/share/callerid/job/callerid-sync").unlink()
    refused = desk.start("schedule")
    assert refused.returncode == 2
    assert "termux/install.sh" in refused.stderr


def test_without_a_daemon_sync_and_single_turns_read_the_phones_contacts_once_a_day_and_a_typed_sync_soon_again(
    desk: QuickDesk,
) -> None:
    desk.phone.change(contacts=[{"name": "Plumber", "number": "+353871230000"}])
    desk.start("sync")
    assert desk.start("lookup", "+353871230000").stdout.startswith("Plumber\n")
    desk.start("sync")
    desk.start("run", "--once", "contacts")
    assert runs(desk, "termux-contact-list") == 1
    ledger = open_ledger(installation_paths(desk.environment()).ledger)
    for key in ("phone_contacts_read", "phone_contacts_tried"):
        ledger.key_values.write_time(key, utc_now() - timedelta(hours=1))
    ledger.close()
    desk.start("sync")  # somebody types this
    assert runs(desk, "termux-contact-list") == 2


def test_single_turns_read_the_phones_contacts(desk: QuickDesk) -> None:
    desk.phone.change(contacts=[{"name": "Plumber", "number": "+353871230000"}])
    desk.start("run", "--once", "contacts")
    assert "Plumber" in desk.start("lookup", "+353871230000").stdout
