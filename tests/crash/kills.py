"""Part B: a real daemon on a simulated phone, killed at random moments, before a portal that fails."""

from __future__ import annotations

import random
import sqlite3
import tempfile
import time
from contextlib import closing, nullcontext
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from callerid.simulator.desk import Desk
from tests.crash.callers import callers, put_into
from tests.crash.daemons import Daemons
from tests.crash.hostile import HostilePortal
from tests.crash.owner import Owner
from tests.crash.verdict import Line, verdict

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

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
_DRAINS_WITHIN = 480.0  # seconds; a post whose end nobody knows is made again after two minutes at the earliest
_TELLS_EVERY = 25  # kills
_OPEN = "SELECT count(*) FROM outbox WHERE state IN ('waiting', 'unsure')"


def kills(count: int, seed: int, keep: Path | None = None) -> list[Line]:
    """Kill so many daemons, let the last one come to rest, and return what is there then. The desk is kept in a folder if one is
    named."""
    chance = random.Random(seed)
    with HostilePortal(random.Random(chance.random())) as portal, _folder(keep) as name:
        people = callers(max(40, count), random.Random(chance.random()))
        portal.populate(people=20, companies=4, deals=4)
        put_into(portal, people)
        desk = _desk(Path(name), portal)
        owner = Owner(desk.phone, people, random.Random(chance.random()))
        daemons = Daemons(desk, random.Random(chance.random()))
        try:
            owner.begin()
            portal.is_hostile = True
            _kill(daemons, count, owner, portal)
            portal.is_hostile = owner.wants_calls = False
            took = _wait_until_all_is_done(desk, daemons, owner)
        finally:
            owner.end()
            daemons.stop()
            daemons.kill_the_rest()
        return [*_about(daemons, portal, owner, took), *verdict(desk, owner)]


def _folder(keep: Path | None) -> AbstractContextManager[str]:
    if keep:
        keep.mkdir(parents=True)
        return nullcontext(str(keep))
    return tempfile.TemporaryDirectory(prefix="callerid-crash-")


def _desk(folder: Path, portal: HostilePortal) -> Desk:
    """A desk after its first sync, whose evening has just been."""
    desk = Desk(folder, portal)
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


def _kill(daemons: Daemons, count: int, owner: Owner, portal: HostilePortal) -> None:
    began = time.monotonic()
    for number in range(1, count + 1):
        daemons.run_and_kill()
        if number % _TELLS_EVERY == 0 or number == count:
            held = len(portal.held_calls())
            print(
                f"  {number} kills in {time.monotonic() - began:.0f} s; {len(owner.called)} calls made, {held} in the CRM,"
                f" {portal.met.total()} requests failed",
                flush=True,
            )


def _wait_until_all_is_done(desk: Desk, daemons: Daemons, owner: Owner) -> float:
    """Let a daemon live until the outbox is empty and the person has nothing to do; return how many seconds that took."""
    began = reported_at = time.monotonic()
    daemons.start()
    while time.monotonic() - began < _DRAINS_WITHIN:
        time.sleep(0.5)
        left = _undelivered(desk)
        if not left and time.monotonic() - owner.busy_at > _QUIET:
            break
        if time.monotonic() - reported_at > 30:
            reported_at = time.monotonic()
            print(f"  coming to rest for {reported_at - began:.0f} s; {left} in the outbox", flush=True)
    return time.monotonic() - began


def _undelivered(desk: Desk) -> int:
    with closing(sqlite3.connect(desk.home / "ledger.db", timeout=30)) as bare:
        return int(bare.execute(_OPEN).fetchone()[0])


def _about(daemons: Daemons, portal: HostilePortal, owner: Owner, took: float) -> Iterator[Line]:
    yield Line(what="kills", count=daemons.kills)
    yield Line(what="of them while it started", count=daemons.early)
    yield Line(what="of them with all its commands", count=daemons.whole)
    yield Line(what="daemons that ended by themselves", count=daemons.ended, wrong=("see daemon.out",) if daemons.ended else ())
    yield Line(what=f"requests failed ({', '.join(f'{n} {kind}' for kind, n in portal.met.items())})", count=portal.met.total())
    yield Line(what="seconds to come to rest", count=round(took))
    lines = daemons.output.read_text(encoding="utf-8", errors="replace").splitlines()
    surprises = tuple(line for line in lines if "unexpected error" in line or "Traceback" in line)
    yield Line(what="errors that nobody foresaw", count=len(surprises), wrong=surprises)
    yield Line(what="taps that took too long", count=len(owner.faults), wrong=tuple(owner.faults))
