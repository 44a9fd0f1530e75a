"""What had no success is tried again as soon as there is a reason to: a grant, a new setting, an event."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from callerid.config.load import parse_config
from callerid.core.backoff import Backoff
from callerid.daemon import phone_access
from callerid.daemon.shared import SharedState
from callerid.paths import installation_paths
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
