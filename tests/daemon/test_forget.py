"""callerid forget while the daemon runs: nothing of the person is left, and what the daemon hears afterwards leaves nothing either."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from callerid.models import CallType
from tests.desks import daemon_log, ready, report, titles
from tests.turns.upkeep.everywhere import ZOE, traces_in

if TYPE_CHECKING:
    from pathlib import Path

    from tests.desks import QuickDesk


def _content(path: Path) -> bytes:
    with contextlib.suppress(FileNotFoundError):  # the daemon runs, and has handled an event meanwhile
        return path.read_bytes()
    return b""


def left(desk: QuickDesk, contact_id: str) -> dict[str, list[str]]:
    files = [path for path in desk.home.rglob("*") if path.is_file() and path.name != "reserve"]  # that one is random bytes
    found = {path.name: traces_in(_content(path), contact_id) for path in files}
    return {name: each for name, each in found.items() if each}


def test_nothing_is_left_of_a_person_who_is_forgotten_while_the_daemon_runs(desk: QuickDesk) -> None:
    contact = desk.portal.records.create("contacts", {"firstname": "Zoraida", "lastname": "Quixote", "phone": ZOE})
    assert desk.start("sync").returncode == 0
    with desk.daemon_here():
        ready(desk)
        report(desk, "ring", ZOE)
        desk.phone.wait(lambda: any("Zoraida" in title for title in titles(desk)))
        desk.phone.ring(ZOE)
        desk.phone.miss()
        report(desk, "idle")
        desk.phone.wait(lambda: "Missed: Zoraida Quixote" in titles(desk))
        desk.phone.wait(lambda: desk.home.joinpath("ledger.db.backup-1").exists())
        assert desk.start("run", "--once", "upkeep").returncode == 0
        assert left(desk, str(contact.id))
        assert desk.start("forget", "Zoraida Quixote", "--yes").returncode == 0
        assert (left(desk, str(contact.id)), titles(desk)) == ({}, [])
        report(desk, "ring", ZOE)
        desk.phone.ring(ZOE)
        desk.phone.miss()
        report(desk, "idle")
        desk.phone.wait(lambda: not list((desk.home / "inbox").glob("*.event")))
        assert desk.start("run", "--once", "watch").returncode == 0
        assert titles(desk) == []
    assert left(desk, str(contact.id)) == {}
    assert "Traceback" not in daemon_log(desk)


def test_who_is_forgotten_while_there_is_no_mirror_is_forgotten_everywhere_when_the_daemon_has_filled_it(desk: QuickDesk) -> None:
    mobile = "+353 87 999 0002"  # which only the CRM knows
    properties = {"firstname": "Zoraida", "lastname": "Quixote", "phone": ZOE, "mobilephone": mobile}
    contact = desk.portal.records.create("contacts", properties)
    assert desk.start("run", "--once", "watch").returncode == 0
    desk.phone.add_call(mobile, CallType.INCOMING, datetime.now(UTC) - timedelta(hours=1), 75)
    assert desk.start("run", "--once", "watch").returncode == 0
    (desk.home / "mirror.db").unlink()
    desk.portal.go_offline()
    answer = desk.start("forget", ZOE, "--yes", "--json")
    assert (answer.returncode, json.loads(answer.stdout)["waits_for_mirror"]) == (0, True)
    assert "forgotten as soon as it is filled: callerid sync" in answer.stderr
    desk.portal.go_online()
    with desk.daemon_here():
        desk.phone.wait(lambda: desk.json("status")["calls"]["in_log"] == 0, 30)
    assert left(desk, str(contact.id)) == {}
    assert desk.start("lookup", mobile).stdout.count("Zoraida") == 0
