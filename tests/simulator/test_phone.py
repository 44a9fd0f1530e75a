"""The simulated phone prints what the genuine commands print, and fails as they fail."""

from __future__ import annotations

import json
import subprocess
from datetime import datetime
from pathlib import Path

import pytest

from callerid.models import CallType
from callerid.simulator.phone import screen
from callerid.simulator.phone.dialog import split_values
from callerid.simulator.phone.handset import Asked, Shown, SimulatedPhone

GENUINE = (Path(__file__).parent.parent / "data" / "call-log.json").read_text()


@pytest.fixture
def phone(tmp_path: Path) -> SimulatedPhone:
    return SimulatedPhone(tmp_path / "phone")


def run(phone: SimulatedPhone, *words: str, seconds: float = 15) -> tuple[int, str, str]:
    done = subprocess.run(
        [str(phone.bin / words[0]), *words[1:]],
        env=phone.environment(),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=seconds,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def at(local: str) -> datetime:
    return datetime.fromisoformat(f"{local}+01:00")


def fill(phone: SimulatedPhone) -> None:
    phone.add_call("0891234567", CallType.OUTGOING, at("2026-11-22T07:48:53"), 3725, name="Müller, Ann")
    phone.add_call("+353871234567", CallType.INCOMING, at("2026-11-22T09:12:13"), 65)
    phone.add_call("(415) 555-2671", CallType.MISSED, at("2026-11-22T09:28:53"))
    phone.add_call("", CallType.REJECTED, at("2026-11-22T09:45:33"))
    phone.add_call("*100#", CallType.OUTGOING, at("2026-11-22T10:17:13"))


def test_the_call_log_is_printed_to_the_letter(phone: SimulatedPhone) -> None:
    fill(phone)
    assert run(phone, "termux-call-log") == (0, GENUINE, "")


def test_limit_and_offset_count_from_the_newest_row(phone: SimulatedPhone) -> None:
    fill(phone)
    rows = json.loads(GENUINE)
    assert json.loads(run(phone, "termux-call-log", "-l", "2")[1]) == rows[-2:]
    assert json.loads(run(phone, "termux-call-log", "-l", "2", "-o", "1")[1]) == rows[2:4]
    assert run(phone, "termux-call-log", "-l", "0") == (0, "[]\n", "")


@pytest.mark.parametrize(
    ("words", "code", "out", "err"),
    [
        (("termux-call-log", "-l", "x"), 1, "", "ERROR: The -l value 'x' is not a positive number.\n"),
        (("termux-call-log", "-z"), 1, "termux-call-log: illegal option -z\n", ""),
        (("termux-call-log", "extra"), 1, "termux-call-log: too many arguments\n", ""),
        (
            ("termux-notification", "--ongoing", "-t", "x", "-c", "y"),
            1,
            "Ongoing notifications without an ID are not removable.",
            "",
        ),
        (("termux-notification", "--nope"), 1, "", "termux-notification: unrecognized option '--nope'\n"),
        (("termux-notification", "-t", "x", "-c", "y", "more"), 1, "termux-notification: too many arguments\n", ""),
        (("termux-notification-remove", "nobody"), 0, "", ""),
        (("termux-dialog", "radio", "-t", "NoValues"), 1, "ERROR: 'radio' must be called with [-v \",,,\"]", ""),
        (("termux-dialog", "nosuch"), 0, "ERROR", ""),
        (("termux-dialog", "text", "-m", "-n", "-t", "both"), 1, "ERROR: Invalid option(s) detected for 'text'\n", ""),
        (("termux-dialog", "date", "-i", "a hint"), 1, "ERROR: Invalid option(s) detected for 'date'\n", ""),
        (("termux-dialog", "speech", "-m"), 1, "ERROR: Invalid option(s) detected for 'speech'\n", ""),
        (("termux-dialog", "date", "-t", "Day", "more"), 0, "ERROR: Too many arguments!\n", ""),
        (("termux-telephony-call", "-x"), 1, "termux-telephony-call: illegal option -x\n", ""),
        (("termux-job-scheduler",), 0, "No script path given\n", ""),
    ],
)
def test_wrong_words_are_answered_as_by_the_genuine_commands(
    phone: SimulatedPhone, words: tuple[str, ...], code: int, out: str, err: str
) -> None:
    found = run(phone, *words)
    assert found[0] == code
    assert found[1].startswith(out)
    assert found[2] == err


def test_device_and_battery_are_printed_to_the_letter(phone: SimulatedPhone) -> None:
    assert run(phone, "termux-telephony-deviceinfo")[1].splitlines()[1:3] == [
        '  "data_enabled": "true",',
        '  "data_activity": "none",',
    ]
    assert '  "temperature": 30.0,' in run(phone, "termux-battery-status")[1].splitlines()


def test_a_flight_writes_every_row_anew(phone: SimulatedPhone) -> None:
    fill(phone)
    phone.change(zone="Asia/Tokyo", digits="٠١٢٣٤٥٦٧٨٩")
    rows = json.loads(run(phone, "termux-call-log")[1])
    assert (rows[1]["date"], rows[1]["duration"]) == ("٢٠٢٦-١١-٢٢ ١٧:١٢:١٣", "٠١:٠٥")


@pytest.mark.parametrize("kind", ["denied", "empty", "truncated", "nonsense"])
def test_faults_are_as_on_a_phone_and_end_when_they_shall(phone: SimulatedPhone, kind: str) -> None:
    fill(phone)
    phone.fault("termux-call-log", kind, times=1)
    code, out, _ = run(phone, "termux-call-log")
    assert code == 0
    assert out != GENUINE
    assert run(phone, "termux-call-log")[1] == GENUINE
    with pytest.raises(ValueError, match="no fault"):
        phone.fault("termux-call-log", "explodes")
    with pytest.raises(KeyError):
        phone.change(colour="red")


def test_a_hanging_command_never_returns(phone: SimulatedPhone) -> None:
    phone.fault("termux-call-log", "hang")
    with pytest.raises(subprocess.TimeoutExpired):
        run(phone, "termux-call-log", seconds=0.5)
    phone.clear_faults()
    assert run(phone, "termux-call-log")[0] == 0


def test_a_rows_life_is_that_of_the_call(phone: SimulatedPhone) -> None:
    phone.ring("+353871234567")
    assert run(phone, "termux-call-log")[1] == "[]\n"
    phone.ring("+1")
    phone.miss()
    phone.answer()
    phone.hang_up(talked=300)
    phone.dial("+2")
    phone.hang_up()
    phone.ring(None)
    phone.reject()
    rows = json.loads(run(phone, "termux-call-log")[1])
    assert sorted((r["phone_number"], r["type"], r["duration"]) for r in rows) == [
        ("", "REJECTED", "00:00"),
        ("+1", "MISSED", "00:00"),
        ("+2", "OUTGOING", "00:00"),
        ("+353871234567", "INCOMING", "05:00"),
    ]


def test_actions_run_without_our_environment(phone: SimulatedPhone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLERID_HOME", "/secret")
    run(
        phone,
        "termux-notification",
        "-t",
        "T",
        "-c",
        "c",
        "--id",
        "a",
        "--button1",
        "Go",
        "--button1-action",
        'echo "[$CALLERID_HOME]" > out',
        "--button2",
        "dead",
    )
    (shown,) = phone.notifications()
    assert shown.buttons == ("Go",)
    phone.tap("a", "Go")
    assert (phone.folder / "home" / "out").read_text() == "[]\n"
    assert phone.notifications()
    phone.tap("a", "body")
    assert phone.notifications() == ()


def test_content_that_echo_takes_for_a_flag_is_lost(phone: SimulatedPhone) -> None:
    run(phone, "termux-notification", "-t", "T", "-c", "-n", "--id", "a")
    assert phone.notifications()[0].content == ""


def test_a_second_dialog_waits_for_ever_and_the_index_is_stale(phone: SimulatedPhone) -> None:
    first = subprocess.Popen(
        [phone.bin / "termux-dialog", "sheet", "-v", "A,B"], env=phone.environment(), stdout=subprocess.PIPE, text=True
    )
    phone.wait(phone.open_dialog)
    with pytest.raises(subprocess.TimeoutExpired):
        run(phone, "termux-dialog", "text", seconds=0.5)
    phone.answer_dialog(label="B")
    assert json.loads(first.communicate(timeout=10)[0]) == {"code": 0, "text": "B", "index": 1}
    second = subprocess.Popen(
        [phone.bin / "termux-dialog", "text", "-t", "x"], env=phone.environment(), stdout=subprocess.PIPE, text=True
    )
    phone.wait(phone.open_dialog)
    phone.answer_dialog()
    assert json.loads(second.communicate(timeout=10)[0]) == {"code": -2, "text": "", "index": 1}


def test_values_are_split_as_java_splits_them() -> None:
    assert split_values("Al\\, pha,Beta") == ["Al, pha", "Beta"]
    assert split_values("a\\,b,,") == ["a,b"]
    assert split_values(" a ,b\\") == ["a", "b\\"]


def test_dumpsys_is_for_those_who_may(phone: SimulatedPhone) -> None:
    assert "Permission Denial" in run(phone, "../system/bin/dumpsys", "telephony.registry")[1]
    phone.change(dump_granted=True)
    phone.ring("+353")
    assert "mCallIncomingNumber=+353" in run(phone, "../system/bin/dumpsys", "telephony.registry")[1]


def test_pictures_are_straight_whatever_is_in_them() -> None:
    shown = Shown(
        id="a",
        title="田中さん 😀\u202e\n" * 9,
        content="x" * 900,
        buttons=("Go", "Say"),
        replies=("Say",),
        priority="high",
        group="",
    )
    asked = [Asked(id=1, widget=widget, title="Note", labels=(), hint="") for widget in ("text", "speech", "date")]
    for picture in (screen.card(shown), *map(screen.box, asked)):
        assert {screen.width_of(line) for line in picture.splitlines()} == {screen.WIDTH}


def test_waiting_for_what_never_happens_ends(phone: SimulatedPhone) -> None:
    with pytest.raises(TimeoutError):
        phone.wait(lambda: False, 0.05)
