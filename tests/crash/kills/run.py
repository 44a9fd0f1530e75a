"""Part B: a real daemon on a simulated phone, killed at random moments, before a portal that fails."""

from __future__ import annotations

import itertools
import json
import random
import shutil
import sqlite3
import tempfile
import time
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from callerid.simulator.desk import Desk, event_program
from tests.crash.kills.callers import callers, put_into
from tests.crash.kills.daemons import Daemons
from tests.crash.kills.hostile import HostilePortal
from tests.crash.kills.journal import Journal
from tests.crash.kills.owner import Owner
from tests.crash.kills.verdict import Line, verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

_SETTINGS = """\
region = "IE"

[crm]
url = "{url}"
token_file = "{token}"

[sync]
every = "1h"

[ring]
senses = ["inbox"]

[log]
poll = "1s"
poll_slowest = "5s"
dialog_timeout = "10s"
unknown = "offer"
evening = "{evening}"
"""
_QUIET = 8.0  # seconds in which the person found nothing to do
# Seconds in which the outbox has not become shorter and the person had nothing to do. A post whose end nobody knows is made again after
# two minutes at the earliest, and the portal still fails. How long all of it takes depends on the machine.
_STUCK_AFTER = 900.0
_RESTS_WITHIN = 7200.0  # seconds, on any machine
_PARTS = 4  # of the kills, in each of which the portal has to have failed something
_FEWEST_KILLS = 100  # of which that can be asked
_TELLS_EVERY = 25  # kills
_OPEN = "SELECT count(*) FROM outbox WHERE state IN ('waiting', 'unsure')"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run: how many daemons are killed, for how long at the most (s), by which random numbers, and where it is kept if it goes
    wrong."""

    kills: int
    seconds: float
    seed: int
    keep: Path


def play(run: Run) -> list[Line]:
    """Kill so many daemons, let the last one come to rest, and return what is there then. A run of which anything is wrong is kept,
    with its journal; any other is not."""
    folder = Path(tempfile.mkdtemp(prefix="callerid-crash-"))
    is_right = False
    try:
        lines = _play(run, folder)
        is_right = not any(line.wrong for line in lines)
        return lines
    finally:
        if is_right:
            shutil.rmtree(folder)
        else:
            _keep(folder, run.keep / f"kills-{run.seed}")


def _keep(folder: Path, kept: Path) -> None:
    kept.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(kept, ignore_errors=True)
    shutil.move(folder, kept)
    print(f"  It is kept in {kept}; what happened is in journal.jsonl, daemon.out and phone/journal.", flush=True)


def _play(run: Run, folder: Path) -> list[Line]:
    chance, journal = random.Random(run.seed), Journal(folder / "journal.jsonl")
    with HostilePortal(random.Random(chance.random())) as portal:
        people = callers(max(40, run.kills), random.Random(chance.random()))
        portal.populate(people=20, companies=4, deals=4)
        put_into(portal, people)
        desk = _desk(folder, portal)
        owner = Owner(desk.phone, people, random.Random(chance.random()), journal)
        daemons = Daemons(desk, random.Random(chance.random()), journal)
        try:
            owner.begin()
            portal.be_hostile(journal)
            failed = _kill(daemons, run, owner, portal)
            owner.wants_calls = False
            rest = _wait_until_all_is_done(desk, portal, daemons, owner)
        finally:
            owner.end()
            daemons.stop()
            daemons.kill_the_rest()
        lines = [*_about(daemons, portal, owner, failed), rest, *verdict(desk, owner)]
        _write_what_is_held(folder, portal, lines)
        return lines


def _write_what_is_held(folder: Path, portal: HostilePortal, lines: list[Line]) -> None:
    held = {"calls": [*map(asdict, portal.held_calls())], "tasks": [*map(asdict, portal.held_tasks())]}
    (folder / "crm.json").write_text(json.dumps(held, indent=1, ensure_ascii=False), encoding="utf-8")
    wrong = [f"{line.what}: {fault}\n" for line in lines for fault in line.wrong or ()]
    (folder / "wrong.txt").write_text("".join(wrong), encoding="utf-8")


def _desk(folder: Path, portal: HostilePortal) -> Desk:
    """A desk after its first sync, whose evening has just been."""
    desk = Desk(folder, portal)
    unread = ["/bin/sh", "-c", 'exec /bin/sh "$0" "$@" 2>/dev/null', str(event_program())]  # as an automation app leaves it
    desk.phone.on_event(unread, {"CALLERID_HOME": str(desk.home)})
    token = folder / "token"
    token.touch(mode=0o600)
    token.write_text(portal.token)
    now = datetime.now(ZoneInfo("Europe/Berlin"))  # where the simulated phone is
    evening = f"{now - timedelta(hours=1):%H:%M}"
    (desk.home / "config.toml").write_text(_SETTINGS.format(url=portal.url, token=token, evening=evening))
    done = desk.start("sync")
    assert done.returncode == 0, done.stderr
    done = desk.start("run", "--once", "watch")  # what is in the log before is not asked about
    assert done.returncode == 0, done.stderr
    return desk


def _kill(daemons: Daemons, run: Run, owner: Owner, portal: HostilePortal) -> list[int]:
    """Kill one daemon after the other, and return how many requests had failed before each kill."""
    began, failed = time.monotonic(), []
    for number in range(1, run.kills + 1):
        failed.append(portal.met.total())
        daemons.run_and_kill()
        is_over = number == run.kills or time.monotonic() - began >= run.seconds
        if number % _TELLS_EVERY == 0 or is_over:
            held = len(portal.held_calls())
            print(
                f"  {number} kills in {time.monotonic() - began:.0f} s; {len(owner.called)} calls made, {held} in the CRM,"
                f" {portal.met.total()} requests failed",
                flush=True,
            )
        if is_over:
            break
    return [*failed, portal.met.total()]


def _wait_until_all_is_done(desk: Desk, portal: HostilePortal, daemons: Daemons, owner: Owner) -> Line:
    """Let a daemon live until the outbox is empty and the person has nothing to do, or nothing moves any more, though the portal is
    well and the person has typed `callerid outbox retry`; return how many seconds that took."""
    began = reported_at = moved_at = time.monotonic()
    fewest = left = _undelivered(desk)
    daemons.start()
    wrong: tuple[str, ...] = ()
    is_hurried = False
    while left or time.monotonic() - max(began, owner.busy_at) <= _QUIET:
        now = time.monotonic()
        if not is_hurried and now - max(moved_at, owner.busy_at) > _STUCK_AFTER:
            is_hurried, moved_at = True, now  # what has failed often pauses for up to an hour: the person does not wait for that
            portal.be_well()
            desk.start("outbox", "retry")
            print(f"  {left} in the outbox paused; the portal is well now, and callerid outbox retry was typed", flush=True)
        elif now - max(moved_at, owner.busy_at) > _STUCK_AFTER or now - began > _RESTS_WITHIN:
            wrong = (f"{left} in the outbox; the person had something to do {now - owner.busy_at:.0f} s ago",)
            break
        time.sleep(0.5)
        left = _undelivered(desk)
        if left < fewest:
            fewest, moved_at = left, time.monotonic()
        if time.monotonic() - reported_at > 30:
            reported_at = time.monotonic()
            print(f"  coming to rest for {reported_at - began:.0f} s; {left} in the outbox", flush=True)
    return Line(what="seconds to come to rest", count=round(time.monotonic() - began), wrong=wrong)


def _undelivered(desk: Desk) -> int:
    with closing(sqlite3.connect(desk.home / "ledger.db", timeout=30)) as bare:
        return int(bare.execute(_OPEN).fetchone()[0])


def _about(daemons: Daemons, portal: HostilePortal, owner: Owner, failed: list[int]) -> Iterator[Line]:
    yield Line(what="kills", count=daemons.kills)
    yield Line(what="of them while it started", count=daemons.early)
    yield Line(what="of them with all its commands", count=daemons.whole)
    yield Line(what="daemons that ended by themselves", count=daemons.ended, wrong=("see daemon.out",) if daemons.ended else ())
    yield Line(what=f"requests failed ({', '.join(f'{n} {kind}' for kind, n in portal.met.items())})", count=portal.met.total())
    parts = _failed_in_parts(failed)
    stopped = 0 in parts and daemons.kills >= _FEWEST_KILLS
    text = f"of them in each quarter of the kills: {', '.join(map(str, parts))}; and afterwards"
    yield Line(what=text, count=portal.met.total() - failed[-1], wrong=("it stopped failing",) if stopped else ())
    lines = daemons.output.read_text(encoding="utf-8", errors="replace").splitlines()
    surprises = tuple(line for line in lines if "unexpected error" in line or "Traceback" in line)
    yield Line(what="errors that nobody foresaw", count=len(surprises), wrong=surprises)
    yield Line(what="taps that took too long", count=len(owner.faults), wrong=tuple(owner.faults))


def _failed_in_parts(failed: list[int]) -> list[int]:
    """Return how many requests failed in each part of the kills, from how many had failed before each."""
    at = [failed[part * (len(failed) - 1) // _PARTS] for part in range(_PARTS + 1)]
    return [after - before for before, after in itertools.pairwise(at)]
