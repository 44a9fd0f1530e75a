"""A command may hang, die, print without end or leave children behind: callerid goes on."""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

import pytest

from callerid.errors import CommandHung, CommandMissing, MalformedOutput, PhoneFault, Stopped
from callerid.phone import process
from callerid.phone.process import ProcessRunner


@pytest.fixture
def runner() -> ProcessRunner:
    return ProcessRunner()


def python(code: str) -> list[str]:
    return [sys.executable, "-I", "-S", "-c", code]


def test_the_output_and_exit_status_of_a_command_are_returned(runner: ProcessRunner) -> None:
    done = runner.run(["sh", "-c", "printf 'ä€'; printf err >&2; exit 3"], timeout=10)
    assert (done.stdout, done.stderr, done.code) == ("ä€", "err", 3)


def test_a_large_text_goes_through_stdin_and_stdout(runner: ProcessRunner) -> None:
    text = "line ä\n" * 200_000
    assert runner.run(["cat"], timeout=20, stdin=text).stdout == text


def test_without_a_text_stdin_is_empty(runner: ProcessRunner) -> None:
    assert runner.run(["cat"], timeout=10).stdout == ""


def test_a_command_may_leave_its_stdin_unread(runner: ProcessRunner) -> None:
    assert runner.run(["true"], timeout=10, stdin="x" * 1_000_000).code == 0


def test_arguments_are_never_run_by_a_shell(runner: ProcessRunner, tmp_path: Path) -> None:
    hostile = f'$(touch {tmp_path}/pwned); `id` \0 "; rm -rf ~'
    assert runner.run(["printf", "%s", hostile], timeout=10).stdout == hostile.replace("\0", "")
    assert not (tmp_path / "pwned").exists()


def test_a_missing_command_is_named_with_the_package_to_install(runner: ProcessRunner) -> None:
    with pytest.raises(CommandMissing, match="termux-nothing") as raised:
        runner.run(["termux-nothing"], timeout=10)
    assert raised.value.remedy == "Type: pkg install termux-api"


def test_a_file_that_cannot_be_started_is_a_fault_of_the_phone(runner: ProcessRunner, tmp_path: Path) -> None:
    with pytest.raises(PhoneFault, match="cannot be started"):
        runner.run([str(tmp_path)], timeout=10)


def test_a_command_that_hangs_is_killed_with_its_children(runner: ProcessRunner, tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    with pytest.raises(CommandHung, match=r"gave no answer within 1 s"):
        runner.run(["sh", "-c", f"trap '' TERM; sleep 60 & echo $! > {pid_file}; wait"], timeout=1)
    child = int(pid_file.read_text())
    _until_gone(child)


def _until_gone(pid: int) -> None:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        status = Path(f"/proc/{pid}/status")
        if not status.exists() or "\nState:\tZ" in status.read_text():
            return
        os.sched_yield()
    pytest.fail("the child is still there")


def test_a_grandchild_that_keeps_the_pipe_open_does_not_delay_the_result(runner: ProcessRunner) -> None:
    began = time.monotonic()
    done = runner.run(
        python("import os,time\nprint('x', flush=True)\nif os.fork() == 0:\n os.setsid(); time.sleep(20)"), timeout=15
    )
    assert done.stdout == "x\n"
    assert time.monotonic() - began < 10


def test_endless_output_is_cut_off(runner: ProcessRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_MOST_OUTPUT", 100_000)
    with pytest.raises(MalformedOutput, match="without end"):
        runner.run(["yes"], timeout=20)


def test_a_hanging_command_is_killed_when_callerid_stops(runner: ProcessRunner) -> None:
    ended: list[BaseException] = []

    def hang() -> None:
        try:
            runner.run(["sleep", "60"], timeout=60)
        except Stopped as stopped:
            ended.append(stopped)

    thread = threading.Thread(target=hang)
    thread.start()
    while not runner._running:
        os.sched_yield()
    began = time.monotonic()
    runner.stop()
    thread.join(5)
    assert len(ended) == 1
    assert time.monotonic() - began < 2
    with pytest.raises(Stopped):
        runner.run(["true"], timeout=1)


def test_no_file_descriptor_stays_open_after_many_commands(runner: ProcessRunner) -> None:
    runner.run(["true"], timeout=10)
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    for _ in range(20):
        runner.run(["echo", "x"], timeout=10)
    assert len(os.listdir("/proc/self/fd")) <= before  # noqa: PTH208 - what an earlier test left may be collected meanwhile
