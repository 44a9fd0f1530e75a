"""callerid-event and the inbox: whatever comes from outside arrives as an event, and is never trusted."""

from __future__ import annotations

import errno
import os
import secrets
import subprocess
import sys
import threading
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callerid.core.inbox_events import (
    HEADER,
    LEDGER_WRITTEN,
    Dialled,
    EventFault,
    Idle,
    LedgerWritten,
    Offhook,
    Reply,
    Ring,
    SyncWanted,
    Tap,
    parse,
)
from callerid.phone import inbox as inbox_module
from callerid.phone.folder_watch import FolderWatch
from callerid.phone.inbox import Inbox

ROOT = Path(__file__).parents[2]
EVENT_PROGRAM = ROOT / "bin" / "callerid-event"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TOKEN = "abcdefghijklmnop_-12"


def send_event(home: Path, *words: str, text: str = "", shell: str = "dash") -> subprocess.CompletedProcess[str]:
    environment = {"CALLERID_HOME": str(home), "PATH": "/usr/bin:/bin"}
    return subprocess.run(
        [shell, str(EVENT_PROGRAM), *words], env=environment, input=text, capture_output=True, text=True, check=False, timeout=20
    )


@pytest.mark.parametrize("shell", ["dash", "bash"])
def test_every_kind_of_event_arrives(home: Path, shell: str) -> None:
    for words in (("ring", "+353 87"), ("ring",), ("offhook",), ("idle",), ("tap", TOKEN, "view"), ("sync",)):
        assert send_event(home, *words, shell=shell).returncode == 0
    send_event(home, "reply", TOKEN, text="two\nlines", shell=shell)
    events = [received.event for received in Inbox(home / "inbox").read()]
    assert {type(event) for event in events} == {Ring, Offhook, Idle, Tap, Reply, SyncWanted}
    assert {event.number for event in events if isinstance(event, Ring)} == {"+353 87", ""}
    assert [event.text for event in events if isinstance(event, Reply)] == ["two\nlines"]


@pytest.mark.parametrize(
    "words", [(), ("dance",), ("ring", "1", "2", "3"), ("dial",), ("tap", TOKEN), ("idle", "x"), ("ring", "1" * 201)]
)
def test_wrong_arguments_are_refused_and_leave_no_file(home: Path, words: tuple[str, ...]) -> None:
    assert send_event(home, *words).returncode == 2
    assert not list((home / "inbox").glob("*")) if (home / "inbox").exists() else True
    assert not list((home / "inbox").glob(".*")) if (home / "inbox").exists() else True


@pytest.mark.parametrize("hostile", ["$(touch x)", "`id`", '"; rm -rf ~', "-n", "%s%n", "\\", "a\nring\n+1", "😀"])
def test_an_argument_is_never_run_as_code(home: Path, hostile: str) -> None:
    assert send_event(home, "ring", hostile).returncode == 0
    (received,) = Inbox(home / "inbox").read()
    assert isinstance(received.event, Ring)
    assert (received.event.number or received.event.name) == hostile.split("\n", maxsplit=1)[0]
    assert sorted(path.name for path in home.iterdir()) == ["daemon.pid", "inbox"]


def test_the_name_of_an_events_file_is_not_kept_by_python(home: Path) -> None:
    own = secrets.token_hex(8)  # another test may have had Python keep a name
    names = [f"idle-{own}-{number}.event" for number in range(3)]
    (home / "inbox").mkdir()
    for name in names:
        with open(f"{home}/inbox/{name}", "w", encoding="utf-8") as file:  # noqa: PTH123 - pathlib interns names
            file.write(f"{HEADER}\nidle\n")
    inbox = Inbox(home / "inbox")
    received = inbox.read()
    for event in received[:2]:
        inbox.remove(event)
    assert len(received) == len(names)
    assert all(_is_first_interned(f"idle-{own}-{number}.event") for number in range(3))


def _is_first_interned(name: str) -> bool:
    return sys.intern(name) is name


def test_files_and_folders_can_be_read_by_their_owner_only(home: Path) -> None:
    send_event(home, "idle")
    assert (home / "inbox").stat().st_mode & 0o777 == 0o700
    (file,) = (home / "inbox").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


def test_hints_about_the_phone_come_first_and_all_events_in_their_order(home: Path) -> None:
    for number, words in enumerate((("idle",), ("tap", TOKEN, "view"), ("ring", "1"))):
        send_event(home, *words)
        newest = max((home / "inbox").iterdir(), key=lambda path: path.stat().st_ctime_ns)
        os.utime(newest, (1000 + number, 1000 + number))
    assert [type(received.event) for received in Inbox(home / "inbox").read()] == [Idle, Ring, Tap]


def test_a_tap_that_was_interrupted_before_its_rename_is_recovered(home: Path) -> None:
    """Android may kill an app and all its processes at any moment."""
    send_event(home, "tap", TOKEN, "connected")
    (file,) = (home / "inbox").iterdir()
    gone = subprocess.Popen(["true"])
    gone.wait()
    file.rename(home / f".tap-{gone.pid}-0.new")
    for name in (f".ring-{gone.pid}-0.new", f".tap-{os.getpid()}-0.new"):
        (home / name).write_text("callerid-event 1\n")
    inbox = Inbox(home / "inbox")
    inbox.recover_interrupted()
    assert [type(received.event) for received in inbox.read()] == [Tap]
    assert [path.name for path in home.glob(".*.new")] == [f".tap-{os.getpid()}-0.new"]  # its writer still runs


def test_refused_files_are_not_kept_in_memory(home: Path) -> None:
    (home / "inbox").mkdir()
    for number in range(200):
        (home / "inbox" / f"ring-{number}.event").write_text("callerid-event 1\nring\n" + "9" * 100_000)
    tracemalloc.start()
    try:
        assert Inbox(home / "inbox").read() == []
        assert tracemalloc.get_traced_memory()[1] < 3_000_000  # twenty megabytes were read
    finally:
        tracemalloc.stop()


def test_an_event_stays_until_it_is_handled(home: Path) -> None:
    send_event(home, "tap", TOKEN, "view")
    inbox = Inbox(home / "inbox")
    (first,) = inbox.read()
    (again,) = inbox.read()
    assert first.event == again.event
    inbox.remove(first)
    inbox.remove(first)
    assert inbox.read() == []


def test_folders_in_the_inbox_use_up_no_file_descriptors(home: Path) -> None:
    """Many phones allow 1024 for each process. With none left, no card could be shown and no command started."""
    send_event(home, "idle")
    for number in range(100):
        (home / "inbox" / f"ring-{number}.event").mkdir()
    before = len(list(Path("/proc/self/fd").iterdir()))
    assert [type(received.event) for received in Inbox(home / "inbox").read()] == [Idle]
    assert len(list(Path("/proc/self/fd").iterdir())) <= before  # what an earlier test left may be collected meanwhile


def test_a_tap_that_cannot_be_read_for_now_stays(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    send_event(home, "tap", TOKEN, "connected")
    inbox = Inbox(home / "inbox")

    def no_more(path: Path) -> str:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE), str(path))

    with monkeypatch.context() as short:
        short.setattr(inbox_module, "_content", no_more)
        assert inbox.read() == []
        assert inbox.has_unreadable
    assert [type(received.event) for received in inbox.read()] == [Tap]
    assert not inbox.has_unreadable


def test_files_that_are_not_events_are_deleted_and_do_no_harm(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = home / "inbox"
    folder.mkdir()
    (folder / "a.event").write_bytes(b"\xff\xfe\x00")
    (folder / "b.event").write_text("callerid-event 1\nring\n" + "1" * 200_000)
    (folder / "e.event").write_text("callerid-event 1\ntap\nshort\nview\n")
    (folder / "f.event").write_text("callerid-event 1\ntap\n" + TOKEN + "\nDROP TABLE\n")
    (folder / ".half-written.event").write_text("x")
    (folder / "good.event").write_text("callerid-event 1\nring\n+353\n")
    assert [received.name for received in Inbox(folder).read()] == ["good.event"]
    assert sorted(path.name for path in folder.iterdir()) == [".half-written.event", "good.event"]
    monkeypatch.setattr(inbox_module, "_MOST_AT_ONCE", 3)
    for number in range(9):
        (folder / f"{number}.event").write_text("callerid-event 1\nidle\n")
    assert len(Inbox(folder).read()) == 3


def test_an_event_that_goes_on_for_too_long_is_not_read(home: Path) -> None:
    (home / "inbox").mkdir()
    for length, kinds in ((190_000, [Ring]), (200_000, [])):
        (home / "inbox" / "ring-1-0.event").write_text(f"callerid-event 1\nring\n+353\n1\n{'x' * length}")
        assert [type(received.event) for received in Inbox(home / "inbox").read()] == kinds


def test_a_second_line_of_a_number_is_not_taken_for_the_slot(home: Path) -> None:
    assert send_event(home, "ring", "+353\n1").returncode == 0
    (received,) = Inbox(home / "inbox").read()
    assert received.event == Ring(at=received.event.at, number="+353", slot=None)


def test_a_link_to_a_valid_event_is_no_event_and_what_it_points_to_stays(home: Path) -> None:
    (home / "inbox").mkdir()
    (home / "elsewhere").write_text(f"callerid-event 1\ntap\n{TOKEN}\nconnected\n")
    (home / "inbox" / "tap-1-0.event").symlink_to(home / "elsewhere")
    inbox = Inbox(home / "inbox")
    assert inbox.read() == []
    assert not inbox.has_unreadable
    assert list((home / "inbox").iterdir()) == []
    assert (home / "elsewhere").exists()
    (home / "elsewhere").rename(home / "inbox" / "tap-1-0.event")
    assert [type(received.event) for received in inbox.read()] == [Tap]  # the file itself is one


@pytest.mark.parametrize("writer", [False, True])
def test_a_pipe_in_the_inbox_holds_nothing_up_and_is_no_event(home: Path, *, writer: bool) -> None:
    send_event(home, "idle")
    pipe = home / "inbox" / "ring-1-0.event"
    os.mkfifo(pipe)
    end = os.open(pipe, os.O_RDWR | os.O_NONBLOCK) if writer else None
    if end is not None:
        os.write(end, b"callerid-event 1\nring\n+353\n")
    events: list[str] = []
    reader = threading.Thread(
        target=lambda: events.extend(type(got.event).__name__ for got in Inbox(home / "inbox").read()), daemon=True
    )
    reader.start()
    reader.join(10)
    is_held_up = reader.is_alive()
    if is_held_up:
        os.close(os.open(pipe, os.O_RDWR | os.O_NONBLOCK))  # lets the reader go
    if end is not None:
        os.close(end)
    assert (is_held_up, events, pipe.exists()) == (False, ["Idle"], False)


@given(
    st.text()
    | st.builds(lambda verb, rest: f"callerid-event 1\n{verb}\n{rest}", st.sampled_from(["ring", "tap", "reply"]), st.text())
)
def test_any_text_is_either_an_event_or_refused(text: str) -> None:
    try:
        event = parse(text, NOW)
    except EventFault:
        return
    assert event.at == NOW


@pytest.mark.parametrize(
    "text", ["", "callerid-event 2\nring\n", "callerid-event 1\ndance\n", "callerid-event 1\nring\n" + "1" * 300]
)
def test_a_text_that_is_not_an_event_is_refused_with_the_reason(text: str) -> None:
    with pytest.raises(EventFault, match=r"begin|verb|too long"):
        parse(text, NOW)


def test_a_rename_into_the_inbox_wakes_the_daemon_at_once(tmp_path: Path) -> None:
    woken = threading.Event()
    folders = FolderWatch()
    folders.watch_folder(tmp_path, woken.set)
    (tmp_path / ".x.new").write_text("x")
    assert not woken.is_set()
    (tmp_path / ".x.new").rename(tmp_path / "x.event")
    assert woken.wait(5)
    folders.stop()


def test_a_replaced_settings_file_is_noticed(tmp_path: Path) -> None:
    changed = threading.Event()
    folders = FolderWatch()
    folders.watch_file(tmp_path / "config.toml", changed.set)
    (tmp_path / "other").write_text("x")
    (tmp_path / "fresh").write_text("x")
    (tmp_path / "fresh").rename(tmp_path / "config.toml")
    assert changed.wait(5)
    folders.stop()


def test_on_android_too_folders_are_watched_by_inotify_and_not_polled(tmp_path: Path) -> None:
    """Termux's Python has sys.platform == "android" from 3.13 on, for which watchdog would choose its polling observer."""
    code = (
        "import sys, threading, pathlib; sys.platform = 'android'\n"
        "from callerid.phone.folder_watch import FolderWatch\n"
        "folder, woken = pathlib.Path(sys.argv[1]), threading.Event()\n"
        "folders = FolderWatch(); folders.watch_folder(folder, woken.set)\n"
        "names = {type(t).__name__ for t in threading.enumerate()}\n"
        "(folder / '.a').write_text('x'); (folder / '.a').rename(folder / 'a.event')\n"
        "assert woken.wait(5); folders.stop(); print(*sorted(names))\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True, cwd=ROOT)
    assert "InotifyObserver" in done.stdout
    assert "Polling" not in done.stdout


@pytest.mark.parametrize(
    ("passed", "number", "name"),
    [
        ("+353871234567", "+353871234567", ""),
        ("Ana López", "", "Ana López"),
        ("%CNUM", "", ""),
        ("{call_number}", "", ""),
        ("[call_number]", "", ""),
        ("Private number", "", ""),
        ("", "", ""),
        ("0", "0", ""),
        ("-1", "-1", ""),
        ("sip:ana@acme.example", "sip:ana@acme.example", ""),
        ("Jo Fair 14.09.2023", "", "Jo Fair 14.09.2023"),
        ("3M Office", "", "3M Office"),
        ("Unknown Caller", "", ""),
        ("[Private Caller]", "", ""),
        ("Unterdrückte Nummer", "", ""),
        ("$number", "", ""),
        ("${number}", "", ""),
        ("{{number}}", "", ""),
        ("%CNUM()", "", ""),
        ("%CNUM%", "", ""),
        ("%evtprm(1)", "", ""),
        ("{lv=number}", "", ""),
        ("[lv=number]", "", ""),
        ('"+353 87 123 4567"', "+353 87 123 4567", ""),
        ("‹+353871234567›", "+353871234567", ""),
        ("[+353871234567]", "+353871234567", ""),
        ('"Ana López"', "", "Ana López"),
        ("Ana López\u200f", "", "Ana López"),
        ("24/7 Taxi", "", "24/7 Taxi"),
        ("360 Grad GmbH", "", "360 Grad GmbH"),
        ("1-800-FLOWERS", "1-800-FLOWERS", ""),
        ("+353 87 123 4567 ext. 5", "+353 87 123 4567 ext. 5", ""),
    ],
)
def test_what_automation_apps_pass_as_the_caller_is_understood(passed: str, number: str, name: str) -> None:
    assert parse(f"callerid-event 1\nring\n{passed}\n1\n", NOW) == Ring(at=NOW, number=number, name=name, slot=1)
    assert parse(f"callerid-event 1\nring\n{passed}\n9\n", NOW) == Ring(at=NOW, number=number, name=name)
    assert parse(f"callerid-event 1\ndial\n{passed}\n", NOW) == Dialled(at=NOW, number=number, name=name)


def test_a_slot_and_a_dialled_number_arrive(home: Path) -> None:
    send_event(home, "ring", "+353", "1")
    send_event(home, "dial", "+4989")
    events = [received.event for received in Inbox(home / "inbox").read()]
    assert {(type(event), getattr(event, "number", ""), getattr(event, "slot", None)) for event in events} == {
        (Ring, "+353", 1),
        (Dialled, "+4989", None),
    }


@pytest.mark.parametrize("slot", ["%sim", "SIM 1", "12", "-1"])
def test_a_wrong_slot_does_not_lose_the_ring(home: Path, slot: str) -> None:
    assert send_event(home, "ring", "\n+353871234567", slot).returncode == 0
    (received,) = Inbox(home / "inbox").read()
    assert (received.event.number, received.event.slot) == ("+353871234567", None)  # type: ignore[union-attr]


def test_the_newest_of_too_many_rings_are_read(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = home / "inbox"
    folder.mkdir()
    for number in range(20):
        path = folder / f"ring-1-{number}.event"
        path.write_text(f"callerid-event 1\nring\n+{number}00\n")
        os.utime(path, (1000 + number, 1000 + number))
    monkeypatch.setattr(inbox_module, "_MOST_AT_ONCE", 3)
    inbox = Inbox(folder)
    assert [item.event.number for item in inbox.read() if isinstance(item.event, Ring)] == ["+1700", "+1800", "+1900"]
    assert inbox.has_more


def test_a_command_reports_that_it_wrote_the_ledger_and_leaves_no_other_file(home: Path) -> None:
    (home / "inbox").mkdir(parents=True, exist_ok=True)
    inbox = Inbox(home / "inbox")
    inbox.put(LEDGER_WRITTEN)
    inbox.put(LEDGER_WRITTEN)
    (received,) = inbox.read()
    assert isinstance(received.event, LedgerWritten)
    inbox.remove(received)
    assert not list(home.glob("**/*written*"))
