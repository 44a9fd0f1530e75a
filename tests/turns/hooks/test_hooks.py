"""Hooks: a program is told of each ring, missed call and logged call once, in JSON, and what it does harms nothing."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from callerid.core.inbox_events import Ring
from callerid.errors import CommandHung, PhoneFault, Stopped
from callerid.models import CallType
from callerid.store.ledger.outbox import RESTORED_AT
from callerid.turns.hooks.program import run_program
from callerid.turns.hooks.report_event import check_programs, choose_events, report_next_event
from callerid.turns.inbox.receive import receive
from callerid.turns.upkeep.forget import find, forget
from tests.cli.test_show import CALL
from tests.turns.world import ANA, World

if TYPE_CHECKING:
    from pathlib import Path

    from callerid.core.upkeep.troubles import Trouble

STRANGER = "+33145678900"
EVERY = ("ring", "missed", "logged")
KEYS = {"event", "at", "number", "e164", "line_type", "who", "company", "contact_id", "certainty", "deals", "link", "call"}


@pytest.fixture
def hooked(world: World) -> World:
    """A world whose hooks append what they are told to a file."""
    use(world, '#!/bin/sh\nread -r line; echo "$line" >> "${0%/*}/told"\n')
    return world


def program(world: World) -> Path:
    return world.folder / "hook of mine"


def use(world: World, script: str, *events: str, more: str = "") -> None:
    program(world).write_text(script)
    program(world).chmod(0o700)
    lines = "".join(f'{event} = "{program(world)}"\n' for event in events or EVERY)
    world.settings(f'region = "IE"\n{more}\n[hooks]\n{lines}answer = "Back at 2"\n')
    choose_events(world.app)


def run(world: World) -> list[dict[str, Any]]:
    """Let hooks run, and return what was told since the last time."""
    while report_next_event(world.app, world.now):
        pass
    told = world.folder / "told"
    lines = told.read_text().splitlines() if told.exists() else []
    told.unlink(missing_ok=True)
    return [json.loads(line) for line in lines]


def troubles(world: World) -> tuple[Trouble, ...]:
    return tuple(trouble for trouble in world.app.ledger.key_values.troubles() if trouble.source.startswith("hooks"))


def ring(world: World, number: str = ANA) -> None:
    receive(world.app, Ring(at=world.now, number=number, sense="inbox"), world.now)


def test_a_ring_is_told_once_however_many_senses_and_restarts_there_are(hooked: World) -> None:
    ring(hooked)
    (told,) = run(hooked)
    assert told.keys() == KEYS
    assert (told["event"], told["number"], told["e164"], told["call"]) == ("ring", ANA, ANA, None)
    assert (told["who"].startswith("Ana López"), told["certainty"], bool(told["contact_id"])) == (True, "known", True)
    receive(hooked.app, Ring(at=hooked.now, number=ANA, sense="telephony"), hooked.now)
    hooked.restart()
    assert run(hooked) == []
    hooked.later(minutes=5)
    ring(hooked)
    assert len(run(hooked)) == 1


def test_names_are_told_whatever_notifications_show(hooked: World) -> None:
    use(hooked, program(hooked).read_text(), more='[privacy]\nlock_screen = "nothing"')
    ring(hooked)
    hooked.called(kind=CallType.MISSED, talked=0)
    assert [told["who"].startswith("Ana López") for told in run(hooked)] == [True, True]


def test_a_ring_of_nobody_known_waits_for_a_sense_that_tells_who_it_is(hooked: World) -> None:
    hooked.app.ledger.key_values.write("hides numbers: telephony", "1")
    receive(hooked.app, Ring(at=hooked.now, number="", sense="telephony"), hooked.now)
    assert run(hooked) == []
    receive(hooked.app, Ring(at=hooked.now, number=STRANGER, sense="inbox"), hooked.now)
    assert [told["certainty"] for told in run(hooked)] == ["unknown"]
    hooked.later(minutes=5)
    receive(hooked.app, Ring(at=hooked.now, number="", sense="inbox"), hooked.now)
    assert [(told["number"], told["certainty"]) for told in run(hooked)] == [("", "hidden")]


def test_a_missed_call_and_a_logged_one_are_told_once_with_what_is_known(hooked: World) -> None:
    hooked.called(kind=CallType.MISSED, talked=0)
    followup = hooked.called()
    (missed,) = run(hooked)
    assert missed.keys() == KEYS | {"answer"}
    assert missed["call"].keys() == CALL
    assert (missed["event"], missed["call"]["type"], missed["answer"]) == ("missed", "MISSED", "Back at 2")
    hooked.attend()
    hooked.tap(followup, "connected")
    hooked.deliver()
    (logged,) = run(hooked)
    assert logged.keys() == KEYS | {"crm_id"}
    assert (logged["event"], logged["call"]["key"], logged["call"]["state"]) == ("logged", followup.call.key, "logged")
    delivery = hooked.app.ledger.outbox.of_call(followup.call.key)
    assert delivery
    assert logged["crm_id"] == delivery.remote_id != ""
    hooked.restart()
    assert run(hooked) == []


@pytest.mark.parametrize("reason", ["ignored", "forgotten", "off", "old", "restored", "another SIM", "no hook any more"])
def test_a_missed_call_is_not_told(hooked: World, reason: str) -> None:
    app = hooked.app
    hooked.called(STRANGER, CallType.MISSED, talked=0)
    if reason in ("off", "another SIM"):
        use(hooked, program(hooked).read_text(), more="enabled = false" if reason == "off" else '[log]\nsims = ["9"]')
    elif reason == "no hook any more":
        use(hooked, program(hooked).read_text(), "logged")
        assert app.ledger.hook_events.take() is None
        use(hooked, program(hooked).read_text())
    elif reason == "old":
        hooked.later(days=2)
    elif reason == "restored":
        app.ledger.key_values.write(RESTORED_AT, str(int(hooked.now.timestamp())))
    elif reason == "ignored":
        hooked.settings(f'region = "IE"\n[log]\nignore = ["{STRANGER}"]\n[hooks]\nmissed = "{program(hooked)}"\n')
    else:
        forget(app, find(app, STRANGER), hooked.now)
        assert app.ledger.hook_events.take() is None
    assert run(hooked) == []


@pytest.mark.parametrize(
    ("settings", "is_told"),
    [(f'[log]\nignore = ["{ANA}"]', False), ('[log]\nsims = ["9"]', False), ("enabled = false", True), ("", True)],
)
def test_a_logged_call_is_told_unless_its_caller_or_its_sim_is_not_wanted_by_then(
    hooked: World, settings: str, *, is_told: bool
) -> None:
    followup = hooked.called()
    hooked.attend()
    hooked.tap(followup, "connected")
    use(hooked, program(hooked).read_text(), more=settings)
    hooked.deliver()
    assert [told["event"] for told in run(hooked)] == ["logged"] * is_told


@pytest.mark.parametrize("settings", [f'[log]\nignore = ["{ANA}"]', '[log]\nsims = ["9"]'])
def test_a_ring_that_waited_for_another_program_is_not_told_if_it_is_not_wanted_by_then(hooked: World, settings: str) -> None:
    hooked.app.ledger.key_values.write("sim in slot 0", "1")
    receive(hooked.app, Ring(at=hooked.now, number=ANA, sense="inbox", slot=0), hooked.now)
    use(hooked, program(hooked).read_text(), more=settings)
    assert run(hooked) == []
    use(hooked, program(hooked).read_text())
    assert len(run(hooked)) == 1


def test_a_ring_from_before_the_setting_was_made_is_not_told(world: World) -> None:
    ring(world)
    use(world, '#!/bin/sh\nread -r line; echo "$line" >> "${0%/*}/told"\n')
    assert run(world) == []
    world.later(minutes=5)
    ring(world)
    assert len(run(world)) == 1


def test_a_ring_after_the_setting_was_made_is_told_though_nobody_has_read_the_setting_yet(world: World) -> None:
    world.app.paths.config_file.write_text("")
    written = (world.now - timedelta(seconds=2)).timestamp()
    os.utime(world.app.paths.config_file, (written, written))
    ring(world)
    use(world, '#!/bin/sh\nread -r line; echo "$line" >> "${0%/*}/told"\n')
    assert len(run(world)) == 1


def test_nothing_is_queued_where_no_hook_is_set(world: World) -> None:
    choose_events(world.app)
    world.called(kind=CallType.MISSED, talked=0)
    assert world.app.ledger.hook_events.take() is None


def test_a_program_that_fails_is_a_trouble_until_it_works(hooked: World, caplog: pytest.LogCaptureFixture) -> None:
    script = program(hooked).read_text()
    use(hooked, "#!/bin/sh\necho $$ >&2\nexit 3\n")
    for _ in range(3):
        hooked.called(kind=CallType.MISSED, talked=0)
        run(hooked)
    (trouble,) = troubles(hooked)
    assert (trouble.source, "ended with status 3" in trouble.sentence) == ("hooks.missed", True)
    assert len([line for line in caplog.messages if "hooks.missed" in line]) == 1
    use(hooked, script)
    hooked.called(kind=CallType.MISSED, talked=0)
    assert len(run(hooked)) == 1
    assert troubles(hooked) == ()


@pytest.mark.parametrize(
    ("script", "mode", "fault"),
    [("#!/no/such/shell\n", 0o700, "first line"), ("", 0o600, "may not be run"), ("kill -9 $$\n", 0o700, "SIGKILL")],
)
def test_a_program_that_cannot_be_run_is_a_trouble_that_says_why(hooked: World, script: str, mode: int, fault: str) -> None:
    use(hooked, f"#!/bin/sh\n{script}" if "kill" in script else script)
    program(hooked).chmod(mode)
    hooked.called(kind=CallType.MISSED, talked=0)
    run(hooked)
    assert [fault in trouble.sentence for trouble in troubles(hooked)] == [True]


def test_a_program_is_looked_at_before_there_is_an_event(hooked: World) -> None:
    program(hooked).unlink()
    check_programs(hooked.app, hooked.now)
    assert ["there is no file" in trouble.sentence for trouble in troubles(hooked)] == [True] * 3
    program(hooked).mkdir()
    check_programs(hooked.app, hooked.now)
    assert ["is not a file" in trouble.sentence for trouble in troubles(hooked)] == [True] * 3
    hooked.settings('region = "IE"\n[hooks]\nring = "no-such-command"\nmissed = "sh"\n')
    check_programs(hooked.app, hooked.now)
    assert [trouble.sentence for trouble in troubles(hooked)] == ["there is no command 'no-such-command'."]


@pytest.mark.parametrize("mended", ["none", "another", "the same, which could not be found"])
def test_what_was_reported_of_a_program_goes_with_the_setting_in_any_process(hooked: World, mended: str) -> None:
    use(hooked, "#!/bin/sh\nexit 3\n")
    hooked.called(kind=CallType.MISSED, talked=0)
    run(hooked)
    if mended.startswith("the same"):
        program(hooked).chmod(0o600)
        check_programs(hooked.app, hooked.now)
        program(hooked).chmod(0o700)
    else:
        hooked.settings('region = "IE"\n' + ('[hooks]\nmissed = "sh"\n' if mended == "another" else ""))
    check_programs(hooked.app, hooked.now)
    assert troubles(hooked) == ()


def test_a_program_that_fails_stays_a_trouble_after_a_restart(hooked: World) -> None:
    use(hooked, "#!/bin/sh\nexit 3\n")
    hooked.called(kind=CallType.MISSED, talked=0)
    run(hooked)
    hooked.restart()
    check_programs(hooked.app, hooked.now)
    assert [trouble.source for trouble in troubles(hooked)] == ["hooks.missed"]


class Hanging:
    """A runner whose program does not end; it records the environment."""

    def has(self, _name: str) -> bool:
        return True

    def without(self, *names: str) -> dict[str, str]:
        return {name: "x" for name in ("HOME", "CALLERID_TOKEN") if name not in names}

    def run(self, argv: tuple[str, ...], *, timeout: float, stdin: str, environment: dict[str, str]) -> None:
        assert (argv, timeout, stdin, environment) == (("notify", "a b"), 2.0, "{}\n", {"HOME": "x"})
        raise CommandHung("")


def test_a_program_that_hangs_is_killed_in_its_time_and_never_has_the_token() -> None:
    with pytest.raises(PhoneFault, match="did not end within 2 s"):
        run_program("hooks.ring", ("notify", "a b"), "{}\n", 2.0, Hanging())  # type: ignore[arg-type]


def test_an_event_whose_program_the_end_of_the_daemon_kills_is_not_told_again(
    hooked: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object) -> None:
        raise Stopped("callerid is stopping.")

    hooked.called(kind=CallType.MISSED, talked=0)
    monkeypatch.setattr("callerid.turns.hooks.report_event.run_program", stopped)
    with pytest.raises(Stopped):
        run(hooked)
    monkeypatch.undo()
    hooked.restart()
    assert (run(hooked), troubles(hooked)) == ([], ())


def test_what_is_told_is_one_line_of_json_whatever_the_name_is(hooked: World) -> None:
    hooked.called(STRANGER, CallType.MISSED, talked=0, name='Zoé\x1b[2J "$(id)"')
    (told,) = run(hooked)
    assert told["who"].startswith("Zoé")
    assert told["who"].isprintable()
