"""Each command once as its users run it: a process of its own, with the commands of the phone as processes too."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, BinaryIO

import pytest

from callerid.cli.main import _COMMANDS
from callerid.models import CallType
from callerid.simulator.phone.handset import SimulatedPhone
from tests.cli.terminal import typed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.desks import QuickDesk, SyncedHome

CASES = {
    "run": (("--once", "watch", "attend"), "", "call log: 1 new"),
    "calls": ((), "Ana López · Acme", ""),
    "missed": ((), "nobody waits", ""),
    "watch": ((), "Ana López · Acme", ""),
    "log": (("KEY", "--outcome", "busy"), "logged", ""),
    "lookup": (("087 123 4567",), "Ana López · Acme", ""),
    "show": (("087 123 4567",), "Ana López · Acme", ""),
    "match": (("+353871234567", "087 123 4567", "--region", "IE"), "exact: ", ""),
    "status": ((), "1 in the log", ""),
    "add": (("+33145678900", "--last-name", "Martin"), "contact: delivered", ""),
    "outbox": ((), "", ""),
    "sync": (("--delta",), "6 contacts", ""),
    "reconcile": ((), "", ""),
    "schedule": (("--show",), "nothing is scheduled", ""),
    "report": (("-o", "FILE"), "people.vcf", ""),
    "automation": (("macrodroid",), "callerid-ring.macro: the phone rings", "Import"),
    "report-bug": ((), "counts.json", "Nothing was sent"),
    "setup": (("--yes",), "✓ card", ""),
    "ignore": (("+33145678900",), "", ""),
    "hygiene": ((), "number", ""),
    "export": (("--vcard", "FILE"), "", "people.vcf: 6 contacts"),
    "forget": (("+33145678900", "--yes"), "forgotten", ""),
    "doctor": ((), "✓ telephony", ""),
    "config": (("check",), "valid", ""),
    "on": ((), "caller ID is on", ""),
    "off": ((), "caller ID is off", ""),
    "log-screen": (("off",), "off", ""),
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, small_home: SyncedHome) -> Iterator[QuickDesk]:
    with small_home.desk(tmp_path_factory.mktemp("desk")) as made:
        made.phone.change(dump_granted=True)
        made.phone.add_call("0871234567", CallType.INCOMING, datetime.now(UTC) - timedelta(minutes=20), 75)
        yield made


def test_every_command_works_as_a_process(desk: QuickDesk) -> None:
    assert CASES.keys() == _COMMANDS.keys() - {"demo", "simulate"}
    for name, (words, out, err) in CASES.items():
        key = desk.json("calls")[0]["key"] if "KEY" in words else ""
        meant = {"KEY": key, "FILE": str(desk.folder / "people.vcf")}
        done = desk.start_process(name, *(meant.get(word, word) for word in words))
        assert done.returncode == (1 if name == "doctor" else 0), (name, done.stderr)  # no daemon runs
        assert out in done.stdout, name
        assert err in done.stderr, name


def test_a_fault_ends_a_process_with_its_code_a_sentence_and_a_remedy(desk: QuickDesk) -> None:
    done = desk.start_process("log", "nothing", "--note", "x")
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 2


def test_the_cost_of_a_check_is_measured_from_its_processes(desk: QuickDesk) -> None:
    costs = {finding["name"]: finding["cpu_ms"] for finding in json.loads(desk.start_process("doctor", "--json").stdout)}
    assert costs["telephony"] > 0


def test_a_process_asks_at_its_terminal(tmp_path: Path, small_home: SyncedHome) -> None:
    with small_home.desk(tmp_path) as desk:

        def add(file: BinaryIO) -> int:
            command = [sys.executable, "-m", "callerid", "add", "+33145678900"]
            return subprocess.run(command, env=desk.environment(), stdin=file, stdout=file, stderr=file, check=False).returncode

        end = "(b: back):"
        assert "contact: delivered" in typed(add, (end, "Zoé"), (end, "Martin"), (end, ""), (end, ""))


def test_the_simulator_is_played_from_a_second_terminal(tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    with (tmp_path / "out").open("w") as out:
        first = subprocess.Popen(
            [sys.executable, "-m", "callerid", "simulate", "--folder", str(folder), "--people", "20"],
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
        try:
            _play(folder, tmp_path / "out")
        finally:
            first.send_signal(signal.SIGHUP)  # its terminal is closed
            first.wait(20)
    printed = next(line for line in (tmp_path / "out").read_text().splitlines() if "simulate" in line and " ring " in line)
    assert printed.strip() == f"{sys.executable} -m callerid simulate --folder {folder} ring +353 87 123 4567"
    ended = second_terminal(folder, "people")
    assert (ended.returncode, "No simulator is running" in ended.stderr) == (2, True)
    assert not (folder / "callerid" / "daemon.pid").exists()  # its daemon has ended with it


def second_terminal(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "callerid", "simulate", "--folder", str(folder), *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


def _play(folder: Path, out: Path) -> None:
    def second(*words: str) -> subprocess.CompletedProcess[str]:
        return second_terminal(folder, *words)

    SimulatedPhone(out.parent / "clock").wait(lambda: "In a second terminal" in out.read_text(), 40)
    phone = SimulatedPhone(folder / "phone")
    phone.wait((folder / "callerid" / "daemon.pid").exists, 20)
    assert "Ana López" in second("people").stdout
    another = second()
    assert (another.returncode, "is running" in another.stderr) == (2, True)
    assert second("hang-up").returncode == 2
    second("do", "config", "set", "card.lines", "tasks")
    assert second("crm-task", "Send the price list").returncode == 0
    phone.wait(lambda: "Send the price list" in second("crm").stdout)
    second("do", "sync")
    assert second("ring", "+353", "87", "123", "4567").returncode == 0
    phone.wait(phone.notifications)
    assert "Ana López · Acme" in (screen := second("screen").stdout)
    assert "Send the price list" in screen
    second("answer")
    second("hang-up", "--talked", "90")
    phone.wait(phone.open_dialog, 20)
    assert second("choose", "nonsense").returncode == 2
    second("choose", "busy")
    phone.wait(lambda: (d := phone.open_dialog()) and "Note" in d.title, 20)
    second("type", "back later")
    phone.wait(lambda: (d := phone.open_dialog()) and "Follow up" in d.title, 20)
    second("choose", "tomorrow")
    phone.wait(lambda: "HubSpot has a new task" in out.read_text(), 20)
    phone.wait(lambda: "HubSpot has a new call" in out.read_text(), 20)
    assert "note: back later" in out.read_text()
    key = second("do", "calls").stdout.split()[0]
    assert second("do", "log", key, "--note", "sent $(it)").stdout.endswith("logged\n")
    assert "note: sent $(it)" in second("crm").stdout
    assert second("do", "log", "nonsense").returncode == 2
    second("offline")
    phone.wait(lambda: "(the phone goes offline)" in out.read_text())
    second("online")
    second("ring", "+353 87 123 4567")
    second("miss")
    phone.wait(lambda: any(s.title.startswith("Missed") for s in phone.notifications()), 20)
    assert second("tap", "call back").returncode == 0
    phone.wait(lambda: "+353871234567" in phone.happened("dialled"))
    assert second("tap", "nonsense").returncode == 2
    assert second("cancel").returncode == 2
