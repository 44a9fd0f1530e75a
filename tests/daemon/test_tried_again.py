"""What had no success is tried again as soon as there is a reason to: a grant, a new setting, an event."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from callerid.config.load import parse_config
from callerid.core.backoff import Backoff
from callerid.core.ringing.hearing import Sense
from callerid.daemon import phone_access
from callerid.daemon.phone_access import PhoneAccess
from callerid.daemon.senses.polling import SensePolling
from callerid.daemon.shared import SharedState
from callerid.paths import installation_paths, make_folders
from callerid.phone.android import System
from callerid.simulator.phone.handset import SimulatedPhone
from callerid.simulator.phone.runner import SimulatedRunner
from callerid.simulator.phone.state import MemoryState
from callerid.turns.context import utc_now
from callerid.turns.open_context import open_app
from callerid.turns.wake import Wake
from tests.daemon.hearing import wait_for_senses
from tests.desks import ready

if TYPE_CHECKING:
    from pathlib import Path

    from callerid.daemon.loop import Loop
    from callerid.phone.command_runner import CommandRunner
    from tests.desks import QuickDesk


@pytest.mark.parametrize("words", [("doctor",), ("config", "set", "ring.poll", "1s")], ids=["doctor", "a new setting"])
def test_access_that_is_granted_later_is_used_at_once(
    desk: QuickDesk, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.setattr(phone_access, "_SEARCHES", Backoff.seconds(3600))
    with desk.daemon_here():
        wait_for_senses(desk, "inbox")
        ready(desk)
        desk.phone.change(dump_granted=True)
        desk.start(*words)
        wait_for_senses(desk, "inbox", "telephony")


def test_a_sense_whose_polls_failed_polls_at_once_when_there_is_a_reason(tmp_path: Path) -> None:
    phone = SimulatedPhone(tmp_path / "phone", MemoryState())
    runner = SimulatedRunner(phone)
    paths = installation_paths({"CALLERID_HOME": str(tmp_path / "home")})
    make_folders(paths)
    config = parse_config('[ring]\nsenses = ["telephony"]\n')
    shared = SharedState(paths, config, {}, runner)
    shared.loops = {name: cast("Loop", SimpleNamespace(wake=lambda: None)) for name in ("listen", "rings")}
    polling = SensePolling(shared, System(runner), PhoneAccess(System(runner), lambda: None), lambda: None)
    app = open_app(paths, config, runner, {})
    try:
        for _ in range(9):
            assert polling.poll_registry(app, utc_now(), Sense.TELEPHONY) is None
        assert polling.seconds_until_due(Sense.TELEPHONY, app, utc_now()) > 200
        polling.retry_failed(app)
        assert polling.seconds_until_due(Sense.TELEPHONY, app, utc_now()) == 0
    finally:
        app.close()


def test_any_event_ends_the_pause_after_a_look_at_the_call_log_that_failed(tmp_path: Path) -> None:
    woken: list[str] = []
    config = parse_config("")
    shared = SharedState(installation_paths({"CALLERID_HOME": str(tmp_path)}), config, {}, cast("CommandRunner", None))
    shared.loops = {
        name: cast("Loop", SimpleNamespace(wake=lambda name=name: woken.append(name))) for name in ("watch", "attend", "listen")
    }
    shared.dispatch(Wake(attend=True))
    assert woken == ["attend"]
    shared.look_failed, shared.poll_interval = True, config.log.poll * 9
    shared.dispatch(Wake())
    assert woken == ["attend", "watch"]
    assert shared.poll_interval == config.log.poll
    shared.dispatch(Wake(listen=True))
    assert woken == ["attend", "watch", "listen"]
    assert shared.retry_senses
