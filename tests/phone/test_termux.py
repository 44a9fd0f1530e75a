"""The termux commands, on the simulated phone."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callerid.core.followup import dialog_labels
from callerid.errors import CommandHung, MalformedOutput, PermissionDenied, PhoneFault, UsageFault
from callerid.models import Button, CallType, Dialog, DialogReply, Notification, Widget
from callerid.phone import device, termux
from callerid.phone.process import ProcessRunner
from callerid.phone.screen_commands import NotificationActions, notification_command
from callerid.phone.termux import Termux
from callerid.simulator.phone.handset import SimulatedPhone

if TYPE_CHECKING:
    from collections.abc import Callable

ACTIONS = NotificationActions(program=Path("/x y/callerid-event"), environment=(("CALLERID_HOME", "/home of/it's"),))
TOKEN = "A" * 24


@pytest.fixture
def phone(tmp_path: Path) -> SimulatedPhone:
    return SimulatedPhone(tmp_path / "phone")


@pytest.fixture
def commands(phone: SimulatedPhone) -> Termux:
    return Termux(ProcessRunner(environment=phone.environment()))


def test_the_call_log_is_read(phone: SimulatedPhone, commands: Termux) -> None:
    assert commands.call_log(5) == []
    phone.add_call("0891", CallType.MISSED, datetime(2026, 11, 22, 8, 0, tzinfo=UTC))
    (row,) = commands.call_log(5)
    assert isinstance(row, dict)
    assert row["date"] == "2026-11-22 09:00:00"


@pytest.mark.parametrize(
    ("fault", "details", "error", "says"),
    [
        ("denied", {}, PermissionDenied, "READ_CALL_LOG"),
        ("denied", {"says": "Call log is no longer permitted by Google"}, PermissionDenied, "Play store"),
        ("denied", {"says": "Something new"}, PermissionDenied, "Something new"),
        ("empty", {}, MalformedOutput, "printed nothing"),
        ("truncated", {"characters": 30}, MalformedOutput, "only the beginning"),
        ("nonsense", {}, MalformedOutput, "no JSON"),
        ("hang", {"stubborn": True}, CommandHung, "no answer within"),
        ("hang", {"grandchild": True}, CommandHung, "no answer within"),
    ],
)
def test_a_call_log_that_cannot_be_read_is_explained_with_a_remedy(
    phone: SimulatedPhone,
    commands: Termux,
    monkeypatch: pytest.MonkeyPatch,
    fault: str,
    details: dict[str, Any],
    error: type[PhoneFault],
    says: str,
) -> None:
    monkeypatch.setattr(termux, "POLL", 0.6)
    phone.add_call("0891", CallType.MISSED, datetime(2026, 11, 22, 8, 0, tzinfo=UTC))
    phone.fault("termux-call-log", fault, **details)
    with pytest.raises(error, match=says) as raised:
        commands.call_log(5)
    assert raised.value.remedy


def test_a_call_log_that_is_not_a_list_is_malformed(phone: SimulatedPhone, commands: Termux) -> None:
    (phone.bin / "termux-call-log").write_text("#!/bin/sh\necho '{\"code\": 1}'\n")
    with pytest.raises(MalformedOutput, match="no list of calls"):
        commands.call_log(5)


def notification(**changes: object) -> Notification:
    fields = {
        "id": "callerid-1",
        "title": "Ana",
        "body": "x",
        "buttons": (Button(label="View contact", word="view"), Button(label="Call back", word="call")),
        "tap": "log",
        "swipe": "dismiss",
        "token": TOKEN,
    }
    return Notification(**(fields | changes))  # type: ignore[arg-type]


def test_a_notification_is_shown_replaced_and_removed(phone: SimulatedPhone, commands: Termux) -> None:
    commands.notify(notification(), ACTIONS)
    (shown,) = phone.notifications()
    assert (shown.title, shown.content, shown.buttons) == ("Ana", "x", ("View contact", "Call back"))
    commands.notify(notification(title="Ben"), ACTIONS)
    assert [s.title for s in phone.notifications()] == ["Ben"]
    commands.remove_notification("callerid-1")
    commands.remove_notification("callerid-1")
    assert phone.notifications() == ()


@pytest.mark.parametrize(
    "script",
    [
        "echo 'Establishing connection to Termux:API ...'",
        "echo 'libexec/termux-api: not found' >&2; exit 127",
        "cat >/dev/null; echo 'java.lang.SecurityException'",
        'printf \'{\\n  "error": "not granted"\\n}\\n\'',
    ],
)
def test_an_error_that_termux_notification_prints_is_a_fault_whatever_its_exit_status(
    phone: SimulatedPhone, commands: Termux, script: str
) -> None:
    (phone.bin / "termux-notification").write_text(f"#!/bin/sh\n{script}\n")
    with pytest.raises(MalformedOutput, match="termux-notification printed an error: ") as raised:
        commands.notify(notification(), ACTIONS)
    assert any(map(str.isalpha, raised.value.sentence.partition("error: ")[2]))
    assert "termux-notification -t Test" in raised.value.remedy


def test_a_warning_of_the_linker_is_no_error_of_termux_notification(phone: SimulatedPhone, commands: Termux) -> None:
    (phone.bin / "termux-notification").write_text("#!/bin/sh\necho 'WARNING: linker: unused DT entry' >&2\n")
    commands.notify(notification(), ACTIONS)


def test_an_action_contains_only_our_paths_a_token_and_a_word() -> None:
    command = notification_command(notification(title="$(touch /x)", body="`id`"), ACTIONS)
    action = command[command.index("--button1-action") + 1]
    assert shlex.split(action) == ["CALLERID_HOME=/home of/it's", "sh", "/x y/callerid-event", "tap", TOKEN, "view"]
    assert "CALLERID_HOME" not in NotificationActions(program=Path("/x")).command(TOKEN, "view")


@pytest.mark.parametrize(
    ("token", "word"), [("", "view"), (TOKEN + ";", "view"), (TOKEN, "view x"), (TOKEN, "$(id)"), ("short", "view")]
)
def test_an_action_with_an_invalid_token_or_word_is_refused(token: str, word: str) -> None:
    with pytest.raises(ValueError, match="not a valid token"):
        ACTIONS.command(token, word)


@given(st.text(), st.text())
def test_no_name_ever_reaches_an_action(title: str, body: str) -> None:
    command = notification_command(notification(title=title, body=body), ACTIONS)
    assert [word for word in command if "tap " in word] == [ACTIONS.command(TOKEN, w) for w in ("view", "call", "log", "dismiss")]
    assert all("\0" not in word for word in command)


@pytest.mark.parametrize("hostile", ["$(touch x)", '"; rm -rf ~', "Ann, Lee\\", "😀" * 300, "-n", "a\nb\u202eevil", "--title"])
def test_hostile_names_are_shown_as_text(phone: SimulatedPhone, commands: Termux, hostile: str) -> None:
    commands.notify(notification(title=hostile, body=hostile), ACTIONS)
    (shown,) = phone.notifications()
    assert shown.title.rstrip("…")[:20] == hostile.replace("\n", " ").replace("\u202e", "").rstrip("\\")[:20]
    assert shown.content.strip("\u200b")


def ask(phone: SimulatedPhone, commands: Termux, dialog: Dialog, answer: Callable[[], None]) -> tuple[int, str]:
    import threading

    def person() -> None:
        phone.wait(phone.open_dialog)
        answer()

    thread = threading.Thread(target=person)
    thread.start()
    try:
        reply = commands.dialog(dialog, 15)
    finally:
        thread.join()
    return reply.code, reply.text


def test_dialogs_are_answered(phone: SimulatedPhone, commands: Termux) -> None:
    sheet = Dialog(widget=Widget.SHEET, title="Pick", labels=("Ann, Lee\\", "Ben"))
    assert ask(phone, commands, sheet, lambda: phone.answer_dialog(index=0)) == (0, "Ann, Lee/")
    text = Dialog(widget=Widget.TEXT, title="Note", hint="optional")
    assert ask(phone, commands, text, lambda: phone.answer_dialog(text='say "hi"\nbye')) == (-1, 'say "hi"\nbye')
    assert ask(phone, commands, text, phone.answer_dialog) == (-2, "")


SPEECH = Dialog(widget=Widget.SPEECH, title="Note", hint="Speak")
DAY = Dialog(widget=Widget.DATE, title="When?")


def choice(phone: SimulatedPhone, commands: Termux, dialog: Dialog, **answer: Any) -> str | None:
    code, text = ask(phone, commands, dialog, lambda: phone.answer_dialog(**answer))
    return dialog_labels.reply_text(DialogReply(code=code, text=text), dialog.widget)


def test_dictated_text_is_an_answer_and_text_that_is_not_understood_is_none(phone: SimulatedPhone, commands: Termux) -> None:
    assert choice(phone, commands, SPEECH, text="wants the offer") == "wants the offer"
    assert choice(phone, commands, SPEECH, error="ERROR_NO_MATCH") is None
    assert choice(phone, commands, SPEECH, text="") is None
    assert choice(phone, commands, SPEECH) is None
    assert "Speak" in phone.happened("argv")[0]


def test_without_access_to_the_microphone_nothing_is_understood(phone: SimulatedPhone, commands: Termux) -> None:
    phone.fault("termux-dialog", "denied", says="Please grant the following permission: android.permission.RECORD_AUDIO")
    assert commands.dialog(SPEECH, 5) == DialogReply(code=0, text="")
    with pytest.raises(PermissionDenied):
        commands.dialog(DAY, 5)


def test_a_date_is_read_in_any_digits(phone: SimulatedPhone, commands: Termux) -> None:
    assert choice(phone, commands, DAY, text="2026-12-01") == "2026-12-01"
    phone.change(digits="۰۱۲۳۴۵۶۷۸۹")
    assert choice(phone, commands, DAY, text="2026-12-01", raced=True) == "2026-12-01"
    assert choice(phone, commands, DAY) is None


def test_a_dialog_that_android_does_not_show_ends_after_its_timeout(phone: SimulatedPhone, commands: Termux) -> None:
    phone.change(dialogs_blocked=True)
    with pytest.raises(CommandHung):
        commands.dialog(Dialog(widget=Widget.TEXT, title="x"), 0.5)


def test_a_dialog_that_prints_something_unexpected_is_malformed(phone: SimulatedPhone, commands: Termux) -> None:
    (phone.bin / "termux-dialog").write_text("#!/bin/sh\necho '[]'\n")
    with pytest.raises(MalformedOutput):
        commands.dialog(Dialog(widget=Widget.TEXT, title="x"), 5)


def test_numbers_are_dialled_addresses_opened_and_texts_spoken(phone: SimulatedPhone, commands: Termux) -> None:
    commands.telephony_call("+353871234567")
    commands.open_url("https://app.hubspot.com/contacts/1/record/0-1/2")
    commands.begin_speaking("Call from $(x) \\n Ana").end(10)
    assert phone.happened("dialled") == ["+353871234567"]
    assert phone.happened("opened") == ["https://app.hubspot.com/contacts/1/record/0-1/2"]
    assert phone.happened("spoken") == ["Call from $(x) \\n Ana"]


@pytest.mark.parametrize("url", ["file:///etc/passwd", "intent:x", "-x", "https://"])
def test_only_web_addresses_are_opened(commands: Termux, url: str) -> None:
    with pytest.raises(UsageFault):
        commands.open_url(url)


def test_time_zone_and_region_are_those_of_the_phone(phone: SimulatedPhone, commands: Termux) -> None:
    assert str(device.zone(commands)) == "Europe/Berlin"
    phone.change(zone="Asia/Tokyo", sim_country="jp")
    assert str(device.zone(commands)) == "Asia/Tokyo"
    assert device.region(commands) == "JP"
    phone.change(sim_country="", network_country="de")
    assert device.region(commands) == "DE"


def test_without_a_valid_zone_of_the_phone_the_zone_of_the_machine_is_used(phone: SimulatedPhone, commands: Termux) -> None:
    phone.change(zone="Not/AZone")
    assert device.zone(commands) is not None
    phone.uninstall("getprop")
    assert datetime.now(device.zone(commands)).utcoffset() is not None
