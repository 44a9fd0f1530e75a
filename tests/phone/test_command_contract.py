"""What starts commands as processes and what plays them in this process behave alike: every case here runs against both.

The tests of turns rely on this: they play a phone, while on a real phone processes are started.
"""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from callerid.errors import CommandHung, CommandMissing, MalformedOutput, PhoneFault, Stopped
from callerid.models import CallType
from callerid.phone.process import ProcessRunner
from callerid.simulator.phone.commands import COMMANDS
from callerid.simulator.phone.handset import FAULTS, SimulatedPhone
from callerid.simulator.phone.runner import SimulatedRunner
from callerid.simulator.phone.state import MemoryState
from tests.phone.command_answers import ANSWERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from callerid.models.commands import CommandOutput
    from callerid.phone.command_runner import CommandRunner

GENUINE = (Path(__file__).parent.parent / "data" / "call-log.json").read_text()
SHORT, LONG = 0.4, 20.0  # seconds: for what has to time out, and for what must not
EPOCH = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@dataclass
class Termux:
    """A phone, and one way to run its commands."""

    phone: SimulatedPhone
    runner: CommandRunner

    def run(self, *argv: str, stdin: str | None = None, timeout: float = LONG) -> CommandOutput:
        return self.runner.run(argv, timeout=timeout, stdin=stdin)

    def prints(self, *argv: str) -> str:
        return self.run(*argv).stdout


@pytest.fixture(params=["processes", "in this process", "in this process, over files"])
def termux(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Termux]:
    phone = SimulatedPhone(tmp_path / "phone", MemoryState() if request.param == "in this process" else None)
    runner: CommandRunner = ProcessRunner(phone.environment())
    if request.param != "processes":
        runner = SimulatedRunner(phone, elsewhere=runner, waits_for_hangs=True)
    yield Termux(phone, runner)
    runner.stop()


def at(local: str) -> datetime:
    return datetime.fromisoformat(f"{local}+01:00")


def fill(phone: SimulatedPhone) -> None:
    phone.add_call("0891234567", CallType.OUTGOING, at("2026-11-22T07:48:53"), 3725, name="Müller, Ann")
    phone.add_call("+353871234567", CallType.INCOMING, at("2026-11-22T09:12:13"), 65)
    phone.add_call("(415) 555-2671", CallType.MISSED, at("2026-11-22T09:28:53"))
    phone.add_call("", CallType.REJECTED, at("2026-11-22T09:45:33"))
    phone.add_call("*100#", CallType.OUTGOING, at("2026-11-22T10:17:13"))


# ------------------------------------------------------------------------------------------------ what each command answers


def test_the_call_log_is_printed_exactly(termux: Termux) -> None:
    fill(termux.phone)
    output = termux.run("termux-call-log")
    assert (output.code, output.stdout, output.stderr) == (0, GENUINE, "")


def test_limit_and_offset_count_from_the_newest_row(termux: Termux) -> None:
    fill(termux.phone)
    rows = json.loads(GENUINE)
    assert json.loads(termux.prints("termux-call-log", "-l", "2")) == rows[-2:]
    assert json.loads(termux.prints("termux-call-log", "-l", "2", "-o", "1")) == rows[2:4]
    assert termux.prints("termux-call-log", "-l", "0") == "[]\n"


def test_a_flight_rewrites_every_row(termux: Termux) -> None:
    fill(termux.phone)
    termux.phone.change(zone="Asia/Tokyo", digits="٠١٢٣٤٥٦٧٨٩")
    rows = json.loads(termux.prints("termux-call-log"))
    assert (rows[1]["date"], rows[1]["duration"]) == ("٢٠٢٦-١١-٢٢ ١٧:١٢:١٣", "٠١:٠٥")


def test_a_long_call_log_is_printed_completely(termux: Termux) -> None:
    row = {"number": "😀" * 40, "type": "MISSED", "start": EPOCH.timestamp(), "duration": 0, "sim": None, "name": "ä" * 40}
    termux.phone.change(calls=[row] * 3000)
    printed = termux.prints("termux-call-log", "-l", "3000")
    assert len(printed) > 500_000
    assert len(json.loads(printed)) == 3000


@pytest.mark.parametrize(("argv", "code", "out", "err"), ANSWERS)
def test_every_command_answers_as_the_real_one(termux: Termux, argv: tuple[str, ...], code: int, out: str, err: str) -> None:
    output = termux.run(*argv)
    assert (output.code, output.stderr) == (code, err)
    assert output.stdout.startswith(out)
    assert bool(out) == bool(output.stdout)
    entry = termux.phone.journal()[0]
    assert (entry["command"], entry["argv"]) == (argv[0], list(argv[1:]))


def test_every_command_has_a_case() -> None:
    (table,) = (mark.args[1] for mark in test_every_command_answers_as_the_real_one.pytestmark)  # type: ignore[attr-defined]
    in_other_tests = {"termux-dialog", "termux-notification"}
    assert {case[0][0] for case in table} >= COMMANDS.keys() - in_other_tests


def test_numbers_are_printed_as_java_prints_them(termux: Termux) -> None:
    assert '  "temperature": 30.0,' in termux.prints("termux-battery-status").splitlines()


def test_effects_are_on_the_phone_when_the_command_has_ended(termux: Termux) -> None:
    termux.run("termux-telephony-call", "+353871234567")
    termux.run("termux-open-url", "https://example.org/?a=b&c")
    termux.run("termux-notification", "--id", "a", "-t", " T ", "-c", "c", "--button1", "Go", "--button1-action", "true")
    (shown,) = termux.phone.notifications()
    assert (shown.title, shown.content, shown.buttons) == ("T", "c", ("Go",))
    (listed,) = json.loads(termux.prints("termux-notification-list"))
    assert (listed["tag"], listed["packageName"], listed["title"]) == ("a", "com.termux.api", "T")
    termux.run("termux-notification-remove", "a")
    assert termux.phone.notifications() == ()
    termux.phone.change(calls_refused=True)
    assert termux.prints("termux-telephony-call", "112") == ""
    assert termux.phone.happened("dialled") == ["+353871234567"]
    assert termux.phone.happened("refused") == ["112"]
    assert termux.phone.happened("opened") == ["https://example.org/?a=b&c"]
    assert termux.phone.happened("removed") == ["a"]


# ------------------------------------------------------------------------------------------------ arguments and input


@pytest.mark.parametrize(
    "word",
    [
        "",
        " ",
        "$(touch x)",
        '"; rm -rf ~',
        "a\nb\r\nc",
        "`id`",
        "\\n",
        "-",
        "--",
        "😀" * 300,
        "\u202eevil",
        "x" * 131_071,
        "\udcff",
    ],
    ids=lambda word: repr(word[:12]),
)
def test_an_argument_arrives_unchanged(termux: Termux, word: str) -> None:
    termux.run("termux-notification", "--id", "a", "--title", "T", "--content", f"c{word}c"[-131_071:])
    (entry,) = (entry for entry in termux.phone.journal() if "command" in entry)
    assert entry["argv"][-1] == f"c{word}c"[-131_071:]


def test_nul_characters_are_left_out(termux: Termux) -> None:
    termux.run("termux-notification", "--id", "a", "--title", "T\0T", "--content", "\0")
    assert termux.phone.notifications()[0].title == "TT"


def test_an_argument_that_is_too_long_for_the_system_is_a_fault_of_the_phone(termux: Termux) -> None:
    with pytest.raises(PhoneFault, match=r"termux-notification cannot be started: Argument list too long\.") as refused:
        termux.run("termux-notification", "--content", "x" * 131_072)
    assert refused.value.remedy == "See: command -v termux-notification"
    assert termux.phone.journal() == []


@pytest.mark.parametrize("text", ["", "Call from $(x) \\n Ana", "two\nlines\r\n", "ä€😀", "x" * 300_000], ids=lambda text: text[:8])
def test_text_arrives_on_stdin(termux: Termux, text: str) -> None:
    termux.run("termux-tts-speak", stdin=text)
    assert termux.phone.happened("spoken") == [text]


def test_without_a_text_stdin_is_empty(termux: Termux) -> None:
    termux.run("termux-tts-speak")
    termux.run("termux-notification", "--id", "a", "--title", "T")
    assert termux.phone.happened("spoken") == [""]
    assert termux.phone.notifications()[0].content == ""


def test_a_command_may_leave_its_stdin_unread(termux: Termux) -> None:
    assert termux.run("termux-toast", stdin="x" * 1_000_000).code == 0


def test_content_that_echo_takes_for_a_flag_is_lost(termux: Termux) -> None:
    termux.run("termux-notification", "-t", "T", "-c", "-n", "--id", "a")
    assert termux.phone.notifications()[0].content == ""


def test_commands_get_the_environment_that_is_named_for_them(termux: Termux) -> None:
    termux.phone.change(dump_granted=True)
    dumpsys = [f"{termux.runner.variable('ANDROID_ROOT')}/bin/dumpsys", "telephony.registry"]
    own = termux.runner.without("LD_PRELOAD")
    linked = termux.runner.run(dumpsys, timeout=LONG, environment={**own, "LD_PRELOAD": "/nothing"})
    assert (linked.code, "CANNOT LINK" in linked.stdout) == (1, True)
    assert termux.runner.run(dumpsys, timeout=LONG, environment=own).stdout.startswith("last known state:\n")
    assert "HOME" in own
    assert "HOME" not in termux.runner.without("HOME", "NOTHING")
    assert termux.runner.variable("NOTHING") == ""


# ------------------------------------------------------------------------------------------------ what is missing or fails


def test_a_missing_command_is_named_with_the_package_to_install(termux: Termux) -> None:
    termux.phone.uninstall("termux-toast")
    assert not termux.runner.has("termux-toast")
    for start in (termux.run, lambda *argv: termux.runner.begin(argv)):
        with pytest.raises(CommandMissing, match=r"termux-toast is not installed\.") as missing:
            start("termux-toast", "x")
        assert missing.value.remedy == "Type: pkg install termux-api"
    with pytest.raises(CommandMissing) as missing:
        termux.runner.follow(["termux-toast"])
    assert missing.value.remedy == "See: command -v termux-toast"
    termux.phone.install("termux-toast")
    assert termux.runner.has("termux-toast")
    assert termux.run("termux-toast").code == 0


def test_it_is_known_which_commands_exist(termux: Termux) -> None:
    assert termux.runner.has("su")
    assert not termux.runner.has("rish")
    assert not termux.runner.has("dumpsys")  # Android's own programs are not on Termux's search path
    termux.phone.start_shizuku()
    assert termux.runner.has("rish")
    assert termux.runner.has("sh")
    assert termux.prints("sh", "-c", "echo $((6 * 7))") == "42\n"


def denied(*, says: str = "") -> str:
    usual = "Please grant the following permission to use this command: android.permission.READ_CALL_LOG"
    return f'{{\n  "error": "{says or usual}"\n}}\n'


@pytest.mark.parametrize(
    ("kind", "details", "out"),
    [
        ("denied", {}, denied()),
        ("denied", {"says": "Something new"}, denied(says="Something new")),
        ("empty", {}, ""),
        ("killed", {}, ""),
        ("truncated", {}, GENUINE[: len(GENUINE) // 2]),
        ("truncated", {"characters": 30}, GENUINE[:30]),
        ("nonsense", {}, "java.lang.NullPointerException: Attempt to invoke virtual method on a null object reference\n\tat …\n"),
        ("prints", {"text": "[3]"}, "[3]"),
        ("slow", {"seconds": 0.05}, GENUINE),
    ],
)
def test_a_fault_happens_as_often_as_requested(termux: Termux, kind: str, details: dict[str, Any], out: str) -> None:
    fill(termux.phone)
    termux.phone.fault("termux-call-log", kind, times=1, **details)
    faulty = termux.run("termux-call-log")
    assert (faulty.code, faulty.stdout, faulty.stderr) == (137 if kind == "killed" else 0, out, "")
    assert termux.prints("termux-call-log") == GENUINE


def test_a_fault_without_an_end_happens_until_it_is_cleared(termux: Termux) -> None:
    termux.phone.fault("getprop", "empty")
    assert [termux.prints("getprop", "ro.build.version.sdk") for _ in range(2)] == ["", ""]
    termux.phone.clear_faults()
    assert termux.prints("getprop", "ro.build.version.sdk") == "34\n"


@pytest.mark.parametrize("details", [{}, {"stubborn": True}, {"grandchild": True}])
def test_a_command_that_hangs_is_killed_when_its_time_is_up(termux: Termux, details: dict[str, Any]) -> None:
    termux.phone.fault("termux-call-log", "hang", times=1, **details)
    began = time.monotonic()
    with pytest.raises(CommandHung, match=r"termux-call-log gave no answer within 0 s\.") as hung:
        termux.run("termux-call-log", timeout=SHORT)
    assert SHORT <= time.monotonic() - began < SHORT + 5
    assert "Termux:API" in hung.value.remedy
    assert termux.prints("termux-call-log") == "[]\n"


def test_a_slow_command_ends_in_time_or_counts_as_hung(termux: Termux) -> None:
    termux.phone.fault("termux-toast", "slow", seconds=0.3)
    assert termux.run("termux-toast", timeout=LONG).code == 0
    termux.phone.fault("termux-vibrate", "slow", seconds=LONG)
    with pytest.raises(CommandHung):
        termux.run("termux-vibrate", timeout=SHORT)


def test_endless_output_is_cut_off(termux: Termux) -> None:
    termux.phone.fault("termux-call-log", "endless")
    with pytest.raises(MalformedOutput, match=r"termux-call-log prints without end\.") as endless:
        termux.run("termux-call-log")
    assert endless.value.remedy == "See it with: termux-call-log | head"


def test_a_list_that_may_not_be_read_hangs(termux: Termux) -> None:
    termux.phone.change(notification_access=False)
    with pytest.raises(CommandHung):
        termux.run("termux-notification-list", timeout=SHORT)


def test_every_fault_has_a_case() -> None:
    (table,) = (mark.args[1] for mark in test_a_fault_happens_as_often_as_requested.pytestmark)
    assert {case[0] for case in table} | {"hang", "endless"} == set(FAULTS)


# ------------------------------------------------------------------------------------------------ several at once, and the end


def test_a_command_that_was_begun_runs_at_once_and_gets_its_input_in_the_end(termux: Termux) -> None:
    begun = termux.runner.begin(["termux-notification", "--id", "a", "-t", "T", "-c", "c"])
    termux.phone.wait(termux.phone.notifications)
    assert begun.end(LONG).code == 0
    begun = termux.runner.begin(["termux-tts-speak"], stdin="hello")
    termux.phone.wait(lambda: termux.phone.journal()[-1].get("command") == "termux-tts-speak")
    assert termux.phone.happened("spoken") == []
    output = begun.end(LONG)
    assert (output.code, output.stdout, output.stderr) == (0, "", "")
    assert termux.phone.happened("spoken") == ["hello"]


def test_a_command_that_is_stopped_ends_at_once(termux: Termux) -> None:
    termux.phone.fault("termux-tts-speak", "hang")
    begun = termux.runner.begin(["termux-tts-speak"], stdin="hello")
    termux.phone.wait(termux.phone.journal)
    began = time.monotonic()
    threading.Timer(0.1, begun.stop).start()
    output = begun.end(LONG)
    assert (output.code, output.stdout) == (-9, "")
    assert time.monotonic() - began < 5
    begun.stop()


def test_a_command_ends_when_whoever_waits_for_it_does_not_want_it_any_more(termux: Termux) -> None:
    def check() -> None:
        if termux.phone.open_dialog():
            raise LookupError("not wanted")

    began = time.monotonic()
    begun = termux.runner.begin(["termux-dialog", "text", "-t", "x"])
    termux.phone.wait(termux.phone.open_dialog)
    with pytest.raises(LookupError, match="not wanted"):
        begun.end(LONG, check)
    assert time.monotonic() - began < 5
    termux.phone.answer_dialog(text="x")
    assert termux.runner.begin(["termux-toast"]).end(LONG, check).code == 0


def test_a_command_that_was_begun_and_hangs_is_killed_when_its_time_is_up(termux: Termux) -> None:
    termux.phone.fault("termux-tts-speak", "slow", seconds=LONG)
    begun = termux.runner.begin(["termux-tts-speak"], stdin="hello")
    with pytest.raises(CommandHung, match="termux-tts-speak"):
        begun.end(SHORT)


def test_many_commands_at_once_all_have_their_effect(termux: Termux) -> None:
    begun = [termux.runner.begin(["termux-notification", "--id", str(n), "-t", "T", "-c", "c"]) for n in range(12)]
    assert all(command.end(LONG).code == 0 for command in begun)
    assert {shown.id for shown in termux.phone.notifications()} == {str(n) for n in range(12)}
    assert len(termux.phone.journal()) == 24


def stopped(action: Callable[[], object]) -> bool:
    try:
        action()
    except Stopped:
        return True
    return False


def test_the_end_of_callerid_ends_what_runs_and_starts_nothing_more(termux: Termux) -> None:
    termux.phone.fault("termux-call-log", "hang")
    begun = termux.runner.begin(["termux-call-log"])
    was_stopped: list[bool] = []
    waits = threading.Thread(target=lambda: was_stopped.append(stopped(lambda: termux.run("termux-call-log"))))
    waits.start()
    termux.phone.wait(lambda: len(termux.phone.journal()) == 2)
    began = time.monotonic()
    termux.runner.stop()
    waits.join(5)
    assert was_stopped == [True]
    assert stopped(lambda: begun.end(LONG))
    assert time.monotonic() - began < 3
    assert stopped(lambda: termux.run("termux-toast"))
    assert stopped(lambda: termux.runner.begin(["termux-toast"]))
    assert stopped(lambda: termux.runner.follow(["logcat"]) if termux.runner.has("logcat") else termux.runner.follow(["su"]))
    assert len(termux.phone.journal()) == 2


# ------------------------------------------------------------------------------------------------ dialogs


def test_a_dialog_is_answered_while_its_command_waits(termux: Termux) -> None:
    begun = termux.runner.begin(["termux-dialog", "sheet", "-t", "Pick", "-v", "A,B"])
    shown = termux.phone.wait(termux.phone.open_dialog)
    assert (shown.title, shown.labels) == ("Pick", ("A", "B"))
    termux.phone.answer_dialog(label="B")
    assert json.loads(begun.end(LONG).stdout) == {"code": 0, "text": "B", "index": 1}
    begun = termux.runner.begin(["termux-dialog", "text", "-t", "x"])
    termux.phone.wait(termux.phone.open_dialog)
    termux.phone.answer_dialog()
    assert json.loads(begun.end(LONG).stdout) == {"code": -2, "text": "", "index": 1}  # the index is stale


def test_a_second_dialog_is_not_drawn_and_waits_forever(termux: Termux) -> None:
    begun = termux.runner.begin(["termux-dialog", "text", "-t", "First"])
    termux.phone.wait(termux.phone.open_dialog)
    with pytest.raises(CommandHung):
        termux.run("termux-dialog", "text", "-t", "Second", timeout=SHORT)
    assert termux.phone.happened("not_drawn") == ["Second"]
    termux.phone.answer_dialog(text="x")
    assert json.loads(begun.end(LONG).stdout) == {"code": -1, "text": "x"}


def test_a_dialog_that_nobody_answers_stays_on_the_screen(termux: Termux) -> None:
    with pytest.raises(CommandHung):
        termux.run("termux-dialog", "text", "-t", "x", timeout=SHORT)
    shown = termux.phone.open_dialog()
    assert shown
    assert shown.title == "x"


def test_where_no_dialog_is_drawn_its_command_hangs(termux: Termux) -> None:
    termux.phone.change(dialogs_blocked=True)
    with pytest.raises(CommandHung):
        termux.run("termux-dialog", "confirm", "-t", "x", timeout=SHORT)
    assert termux.phone.open_dialog() is None


# ------------------------------------------------------------------------------------------------ Android below Termux:API


def test_the_registry_can_be_read_only_with_the_permission(termux: Termux) -> None:
    dumpsys = f"{termux.runner.variable('ANDROID_ROOT')}/bin/dumpsys"
    assert "Permission Denial" in termux.prints(dumpsys, "telephony.registry")
    assert termux.prints(dumpsys, "battery") == "Can't find service: battery\n"
    termux.phone.change(dump_granted=True)
    termux.phone.ring("+353")
    assert "mCallIncomingNumber=+353" in termux.prints(dumpsys, "telephony.registry")


@pytest.mark.parametrize("shell", ["su", "rish"])
def test_the_shell_of_another_user_may_read_the_system(termux: Termux, shell: str) -> None:
    line = "/system/bin/dumpsys telephony.registry"
    if shell == "su":
        termux.phone.root()
    else:
        termux.phone.start_shizuku()
    termux.phone.change(contacts=[{"name": "Ana, López", "number": "1"}])
    assert termux.prints(shell, "-c", line).startswith("last known state:\n")
    contacts = "/system/bin/content query --uri content://com.android.contacts/data/phones --projection display_name:data1"
    assert termux.prints(shell, "-c", contacts) == "Row: 0 display_name=Ana, López, data1=1\n"
    termux.phone.change(rooted=False, shizuku=False)
    refused = termux.run(shell, "-c", line)
    assert (refused.code, refused.stderr) == ((13, "Permission denied\n") if shell == "su" else (1, "Server is not running\n"))
    termux.phone.fault(shell, "hang")
    with pytest.raises(CommandHung):
        termux.run(shell, "-c", line, timeout=SHORT)


LOGCAT = "exec /system/bin/logcat -v epoch -T 1 -s Telecom:I"


def test_a_command_that_prints_forever_is_followed_line_by_line_until_it_is_stopped(termux: Termux) -> None:
    termux.phone.start_shizuku()
    termux.phone.ring("+1")
    followed = termux.runner.follow(["rish", "-c", LOGCAT])
    lines: list[str] = []
    follows = threading.Thread(target=lambda: followed.lines(lines.append))
    follows.start()
    termux.phone.wait(lambda: len(lines) == 2)
    termux.phone.answer()
    termux.phone.wait(lambda: len(lines) == 3)
    assert lines[0] == "--------- beginning of main\n"
    assert "NEW -> RINGING".replace("NEW", "NEW(NEW)") in lines[1]
    assert "ACTIVE" in lines[2]
    assert all(line.endswith("\n") for line in lines)
    followed.stop()
    follows.join(5)
    assert not follows.is_alive()
    followed.stop()


def test_a_log_that_may_not_be_followed_ends_at_once(termux: Termux) -> None:
    termux.phone.root()
    termux.phone.change(rooted=False)
    lines: list[str] = []
    termux.runner.follow(["su", "-c", LOGCAT]).lines(lines.append)
    assert lines == []


def test_an_endless_line_arrives_in_pieces(termux: Termux) -> None:
    termux.phone.fault("termux-toast", "endless")
    followed = termux.runner.follow(["termux-toast"])
    pieces: list[int] = []

    def receive(line: str) -> None:
        pieces.append(len(line))
        if len(pieces) == 20:
            followed.stop()

    followed.lines(receive)
    assert set(pieces[:20]) == {8192}


def test_a_command_that_is_followed_ends_with_callerid(termux: Termux) -> None:
    termux.phone.start_shizuku()
    followed = termux.runner.follow(["rish", "-c", LOGCAT])
    lines: list[str] = []
    follows = threading.Thread(target=lambda: followed.lines(lines.append))
    follows.start()
    termux.phone.wait(lambda: lines)
    termux.runner.stop()
    follows.join(5)
    assert not follows.is_alive()


def test_a_calls_row_is_in_the_log_when_the_call_is_over(termux: Termux) -> None:
    phone = termux.phone
    phone.ring("+353871234567")
    assert termux.prints("termux-call-log") == "[]\n"
    phone.ring("+1")
    phone.miss()
    phone.answer()
    phone.hang_up(talked=300)
    phone.dial("+2")
    phone.hang_up()
    phone.ring(None)
    phone.reject()
    rows = json.loads(termux.prints("termux-call-log"))
    assert sorted((r["phone_number"], r["type"], r["duration"]) for r in rows) == [
        ("", "REJECTED", "00:00"),
        ("+1", "MISSED", "00:00"),
        ("+2", "OUTGOING", "00:00"),
        ("+353871234567", "INCOMING", "05:00"),
    ]


def test_what_happens_on_the_phone_is_dated_by_its_wrong_clock(termux: Termux) -> None:
    termux.phone.change(clock_offset=timedelta(days=-300).total_seconds())
    termux.phone.ring("+1")
    termux.phone.miss()
    (row,) = json.loads(termux.prints("termux-call-log"))
    assert row["date"][:4] == str((datetime.now(UTC) - timedelta(days=300)).year)
