"""How long a sync takes, against what the limit of requests alone allows; how much memory; and what is left after kills."""

from __future__ import annotations

import json
import math
import os
import random
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from callerid.models import Kind
from callerid.store.mirror.database import Mirror

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOOK = 0.02  # seconds between looks at how much memory a process has


@dataclass
class Portal:
    """A portal in another process."""

    process: subprocess.Popen[str]
    url: str
    token: str

    def ask(self, command: str) -> Any:
        """Give it a command and return its answer."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{command}\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@contextmanager
def portal(people: int, companies: int, deals: int, latency: float, burst: int) -> Iterator[Portal]:
    """A populated portal."""
    command = [sys.executable, "-m", "tests.bench.portal", *map(str, (people, companies, deals, latency, burst))]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        yield Portal(process, *process.stdout.readline().split())
    finally:
        assert process.stdin
        process.stdin.close()
        process.wait()


@dataclass(frozen=True)
class Ran:
    """A `callerid sync` in a process of its own."""

    answer: dict[str, Any]
    seconds: float
    megabytes: float
    cpu: float


def home(folder: Path, at: Portal) -> Path:
    """Return a home whose settings name a portal."""
    folder.mkdir(mode=0o700, exist_ok=True)
    token = folder / "token"
    token.touch(mode=0o600)
    token.write_text(at.token)
    (folder / "config.toml").write_text(f'region = "IE"\n[crm]\nurl = "{at.url}"\ntoken_file = "{token}"\n')
    return folder


def _environment(where: Path, bin_folder: Path | None = None) -> dict[str, str]:
    path = f"{bin_folder}:{os.environ['PATH']}" if bin_folder else os.environ["PATH"]
    return {"PATH": path, "CALLERID_HOME": str(where), "LANG": "C.UTF-8"}


def start(where: Path, *arguments: str, bin_folder: Path | None = None) -> subprocess.Popen[str]:
    """Start `callerid sync`, with the commands of a phone in a folder."""
    command = [sys.executable, "-m", "callerid", "sync", "--json", *arguments]
    return subprocess.Popen(command, env=_environment(where, bin_folder), stdout=subprocess.PIPE, text=True)


def sync(where: Path, *arguments: str) -> Ran:
    """Run `callerid sync` to its end."""
    began = time.monotonic()
    process = start(where, *arguments)
    assert process.stdout
    peak, ended = 0, 0
    while not ended:  # `ru_maxrss` has what this process had when it started the other
        peak = max(peak, _peak(process.pid))
        ended, status, usage = os.wait4(process.pid, os.WNOHANG)
        time.sleep(0 if ended else _LOOK)
    seconds = time.monotonic() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    return Ran(json.loads(process.stdout.read()), seconds, peak / 1024, usage.ru_utime + usage.ru_stime)


def _peak(pid: int) -> int:
    """Return the most memory that a process has had so far, in KiB; 0 if it has ended."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0)


def full(people: int, companies: int, deals: int, latency: float, burst: int) -> None:
    """Print what a full sync takes."""
    needed = sum(math.ceil(count / 100) for count in (people, companies, deals)) + 2
    floor = needed / burst * 10  # seconds: requests needed / requests allowed
    least = (math.ceil(needed / burst) - 1) * 10 + latency  # when each ten seconds' requests could be sent at once
    with portal(people, companies, deals, latency, burst) as there, tempfile.TemporaryDirectory() as folder:
        ran = sync(home(Path(folder) / "home", there))
        seen = there.ask("seen")
        size = (Path(folder) / "home" / "mirror.db").stat().st_size
    refused = seen["statuses"].get("429", 0)
    took = ran.answer["seconds"]
    against = (
        f" = {took / floor:.2f} x the floor ({floor:.1f} s: {needed} pages / {burst} in 10 s), "
        f"{took / least:.2f} x the least time that rolling windows leave ({least:.1f} s)"
        if latency
        else ""
    )
    print(
        f"full sync, {people:,} + {companies:,} + {deals:,}, {latency} s, {burst}/10 s: "
        f"{took:.1f} s{against}; "
        f"{ran.answer['requests']} requests, {refused} x 429; {ran.megabytes:.0f} MB of memory, "
        f"{ran.cpu:.1f} s CPU; {size / people:.0f} bytes of file a contact",
        flush=True,
    )


def exports(people: int, companies: int, deals: int, latency: float, burst: int) -> None:
    """Print what a full sync by exports takes, against the same by lists, and whether both mirrors have the same."""
    size = f"{people:,} + {companies:,} + {deals:,}, {latency} s, {burst}/10 s"
    with portal(people, companies, deals, latency, burst) as there, tempfile.TemporaryDirectory() as folder:
        lists = _by("list", Path(folder), there)
        there.ask("grant crm.export")
        auto = _by("auto", Path(folder), there)
        wanted = there.ask("everything")
        held = {name: _held(Path(folder) / name) for name in ("list", "auto")}
    both = (auto.answer["no_export"] is None, held["auto"] == held["list"] == wanted)
    print(
        f"full sync by exports, {size}: {auto.answer['requests']} requests (by lists {lists.answer['requests']}), "
        f"{auto.answer['seconds']:.1f} s (by lists {lists.answer['seconds']:.1f} s); {auto.megabytes:.0f} MB of memory (by lists "
        f"{lists.megabytes:.0f} MB); read by exports: {both[0]}; both mirrors are as the portal: {both[1]}",
        flush=True,
    )


def _by(via: str, folder: Path, there: Portal) -> Ran:
    """Sync a new home by that way."""
    where = home(folder / via, there)
    with (where / "config.toml").open("a") as settings:
        settings.write(f'[sync]\nvia = "{via}"\n')
    return sync(where)


def deltas() -> None:
    """Print what a delta sync takes, when nothing and when much has changed."""
    with portal(20_000, 2_000, 4_000, 0.0, 100_000) as there, tempfile.TemporaryDirectory() as folder:
        where = home(Path(folder) / "home", there)
        sync(where)
        idle = sync(where, "--delta")
        bare = _in_process(where)
        print(
            f"delta sync, nothing changed: {idle.answer['requests']} requests; {bare:.3f} s CPU in the turn itself "
            f"({idle.cpu:.2f} s with the start of Python and its imports)",
            flush=True,
        )
        there.ask("change 5000")
        busy = sync(where, "--delta")
        pages = 5000 / 200 + 2
        print(
            f"delta sync, 5,000 changed: {busy.answer['changed']} changed, {busy.answer['requests']} requests "
            f"= {busy.answer['requests'] / pages:.2f} x the pages needed ({pages:.0f})",
            flush=True,
        )


def _in_process(where: Path) -> float:
    """Return the CPU seconds of an idle delta turn in a process that runs already, as in the daemon."""
    command = [sys.executable, "-m", "tests.bench.idle_delta"]
    done = subprocess.run(command, env=_environment(where), capture_output=True, text=True, check=True)
    return float(done.stdout)


def kills(count: int = 20) -> None:
    """Kill a full sync at random moments, then let one end; print whether the mirror equals the portal."""
    chance = random.Random(7)
    with portal(4_000, 200, 400, 0.05, 100_000) as there, tempfile.TemporaryDirectory() as folder:
        where = home(Path(folder) / "home", there)
        whole = sync(where).seconds
        killed = 0
        for _ in range(count):
            process = start(where, "--full")
            time.sleep(chance.uniform(0.2, whole * 0.9))
            killed += process.poll() is None
            process.kill()
            process.wait()
            assert process.stdout
            process.stdout.close()
        there.ask("change 50")
        ran = sync(where, "--full")
        wanted = there.ask("everything")
        held = _held(where)
    print(
        f"{killed} of {count} syncs killed at random moments, then one that ends: "
        + ", ".join(f"{_same(wanted[kind], held[kind])} of {len(wanted[kind])} {kind}" for kind in wanted)
        + f" as in the portal, {_extra(wanted, held)} others; {ran.answer['requests']} requests for what was left",
        flush=True,
    )


_TARGET_RESUMED = 1.1  # x the requests of a fresh sync
_TARGET_EDITS = 12  # requests


def resumed(people: int, companies: int, deals: int, kills: int = 20) -> None:
    """Kill a first full sync when a random number of its requests has come, and let the next one end; print what both asked for,
    against a fresh one."""
    chance, ratios, differing = random.Random(18), list[float](), 0
    with portal(people, companies, deals, 0.1, 100_000) as there, tempfile.TemporaryDirectory() as folder:
        there.ask("seen")
        sync(home(Path(folder) / "fresh", there))
        fresh = there.ask("seen")["requests"]
        wanted = there.ask("everything")
        for number in range(kills):
            where = home(Path(folder) / str(number), there)
            process = start(where)
            there.ask(f"until {chance.randrange(1, fresh)}")
            process.kill()
            process.wait()
            assert process.stdout
            process.stdout.close()
            sync(where)
            ratios.append(there.ask("seen")["requests"] / fresh)
            held = _held(where)
            differing += sum(held[kind] != wanted[kind] for kind in wanted)
            shutil.rmtree(where)
    print(
        f"{kills} full syncs of {people:,} + {deals:,} + {companies:,}, each killed at a random moment, and the next: {min(ratios):.2f} "
        f"to {max(ratios):.2f} x the {fresh} requests of a fresh one (target {_TARGET_RESUMED}); {differing} kinds differ from the "
        f"portal",
        flush=True,
    )


def edits(people: int, companies: int, deals: int, seeds: int) -> None:
    """Print what one quiet delta takes after 300 edits of every kind, links and purges too, and how many records differ then."""
    asked, differences = list[int](), 0
    with portal(people, companies, deals, 0.0, 100_000) as there, tempfile.TemporaryDirectory() as folder:
        synced = home(Path(folder) / "home", there)
        sync(synced)
        there.ask("keep")
        there.ask("seen")
        sync(synced, "--delta")
        idle = there.ask("seen")["requests"]
        for seed in range(seeds):
            where = Path(shutil.copytree(synced, Path(folder) / str(seed)))
            there.ask("restore")
            there.ask(f"edit 300 {seed}")
            there.ask("seen")
            sync(where, "--delta", "--force")
            asked.append(there.ask("seen")["requests"])
            differences += _shown_differently(there.ask("everything"), _held(where))
    print(
        f"300 edits of every kind, {people:,} + {deals:,} + {companies:,}, then one delta, {seeds} seeds: {min(asked)} to {max(asked)} "
        f"requests, {statistics.mean(asked):.1f} on average (target {_TARGET_EDITS}; when nothing has changed: {idle}), "
        f"{differences} differences (target 0)",
        flush=True,
    )


def _shown_differently(wanted: Everything, held: Everything) -> int:
    """Return how many contacts, companies and deals differ in what a card shows; links of closed deals are on no card."""
    return sum(
        wanted[kind].get(record) != held[kind].get(record)
        for kind in ("contacts", "companies")
        for record in wanted[kind] | held[kind]
    ) + len(wanted["deals"].keys() ^ held["deals"].keys())


Everything = dict[str, dict[str, list[object]]]


def _held(where: Path) -> Everything:
    """What the mirror holds, as the portal tells it."""
    mirror = Mirror(where / "mirror.db")
    contacts: dict[str, list[object]] = {
        contact.id: [contact.first_name, contact.last_name, contact.email, contact.company_id or ""]
        for contact in mirror.all_contacts()
    }
    people: dict[str, list[str]] = {}
    for deal, kind, contact in mirror.deal_links():
        if kind is Kind.CONTACTS:
            people.setdefault(deal, []).append(contact)
    mirror.close()
    with closing(sqlite3.connect(where / "mirror.db")) as bare:
        companies: dict[str, list[object]] = {str(i): [name] for i, name in bare.execute("SELECT id, name FROM companies")}
        deals: dict[str, list[object]] = {
            str(i): [name, sorted(people.get(str(i), []))] for i, name in bare.execute("SELECT id, name FROM deals")
        }
    return {"contacts": contacts, "companies": companies, "deals": deals}


def _same(wanted: dict[str, list[object]], held: dict[str, list[object]]) -> int:
    return sum(held.get(record_id) == answer for record_id, answer in wanted.items())


def _extra(wanted: Everything, held: Everything) -> int:
    return sum(len(held[kind].keys() - wanted[kind].keys()) for kind in wanted)
