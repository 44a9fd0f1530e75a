"""A person's fingers on the simulated phone: what is typed, spoken and picked arrives as on a real one, pitfalls included."""

from __future__ import annotations

import fcntl
import json
import subprocess
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from callerid.cli.simulator.simulate import simulate
from callerid.errors import UsageFault
from callerid.simulator import live
from callerid.simulator.narration import narrate, table
from callerid.simulator.phone.dialog import misheard
from callerid.simulator.phone.handset import SimulatedPhone
from callerid.simulator.portal import HeldCall

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[SimulatedPhone]:
    """The phone of a simulator that runs: its mark is locked."""
    with (tmp_path / "this-is-a-callerid-simulator").open("w", encoding="utf-8") as mark:
        fcntl.flock(mark, fcntl.LOCK_EX)
        yield SimulatedPhone(tmp_path / "phone")


def asked(phone: SimulatedPhone, *words: str) -> subprocess.Popen[str]:
    command = [str(phone.bin / "termux-dialog"), *words]
    process = subprocess.Popen(command, env=phone.environment(), stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
    phone.wait(phone.open_dialog)
    return process


def finished(process: subprocess.Popen[str]) -> dict[str, Any]:
    printed: dict[str, Any] = json.loads(process.communicate(timeout=10)[0])
    return printed


def answered(phone: SimulatedPhone, *words: str, **answer: Any) -> dict[str, Any]:
    process = asked(phone, *words)
    phone.answer_dialog(**answer)
    return finished(process)


def test_speech_is_heard_or_not(phone: SimulatedPhone) -> None:
    assert answered(phone, "speech", "-t", "Note", "-i", "Speak", text="call back") == {"code": 0, "text": "call back"}
    unheard = {"code": 0, "text": "", "error": "ERROR_SPEECH_TIMEOUT"}
    assert answered(phone, "speech", "-t", "Note", error="ERROR_SPEECH_TIMEOUT") == unheard
    assert answered(phone, "speech", error="ERROR_NO_MATCH") == unheard | {"error": "ERROR_UNKNOWN"}
    assert answered(phone, "speech") == {"code": -2, "text": ""}


def test_only_a_dialog_that_listens_can_mishear() -> None:
    with pytest.raises(ValueError, match="does not listen"):
        misheard({"widget": "text"}, "ERROR_NO_MATCH")


def test_a_day_is_written_as_the_pattern_and_the_language_require(phone: SimulatedPhone) -> None:
    picked = "2026-12-01"
    assert answered(phone, "date", "-d", "yyyy-MM-dd", text=picked) == {"code": -1, "text": "2026-12-01"}
    assert answered(phone, "date", "-d", "dd.MM.yyyy HH:mm", text=picked)["text"] == "01.12.2026 00:00"
    assert answered(phone, "date", "-t", "Day", text=picked)["text"] == "Tue Dec 01 00:00:00 CET 2026"
    phone.change(digits="٠١٢٣٤٥٦٧٨٩")
    assert answered(phone, "date", "-d", "yyyy-MM-dd", text=picked)["text"] == "٢٠٢٦-١٢-٠١"
    assert answered(phone, "date", "-d", "yyyy-MM-dd") == {"code": -2, "text": ""}


def test_the_calendar_opens_with_the_phones_own_day(phone: SimulatedPhone) -> None:
    phone.change(zone="Pacific/Kiritimati", clock_offset=datetime(2026, 12, 1, 10, 0, tzinfo=UTC).timestamp() - time.time())
    assert answered(phone, "date", "-d", "yyyy-MM-dd", text="")["text"] == "2026-12-02"


def test_an_answer_can_be_overtaken_by_the_dialogs_end(phone: SimulatedPhone) -> None:
    assert answered(phone, "confirm", text="yes", raced=True) == {"code": -2, "text": "yes"}
    assert answered(phone, "date", "-d", "yyyy", text="2026-12-01", raced=True) == {"code": -2, "text": "2026"}


def show(phone: SimulatedPhone, notification_id: str, *words: str) -> None:
    command = [
        str(phone.bin / "termux-notification"),
        "-t",
        f"Of {notification_id}",
        "-c",
        "content",
        "--id",
        notification_id,
        *words,
    ]
    subprocess.run(command, env=phone.environment(), stdin=subprocess.DEVNULL, check=True, timeout=15)


def out(phone: SimulatedPhone) -> str:
    return (phone.folder / "home" / "out").read_text()


def with_reply(name: str, number: int = 1) -> tuple[str, ...]:
    return (f"--button{number}", "Reply", f"--button{number}-action", f"printf '%s|' {name} $REPLY >> out")


def test_a_reply_runs_in_double_quotes_that_keep_nothing_from_being_run(phone: SimulatedPhone) -> None:
    show(phone, "a", *with_reply("a"), "--action", "echo $REPLY > body")
    assert phone.notifications()[0].replies == ("Reply",)
    phone.tap("a", "Reply")
    assert not (phone.folder / "home" / "out").exists()
    phone.reply("a", 'say "x" $(echo run)')
    assert out(phone) == 'a|say "x" run|'
    assert phone.notifications() == ()
    assert phone.happened("replied") == ['say "x" $(echo run)']
    show(phone, "a", *with_reply("a"))
    phone.reply("a", "a backslash takes the last quote away\\")
    assert out(phone) == 'a|say "x" run|'


def test_reply_is_a_word_like_any_other_outside_buttons(phone: SimulatedPhone) -> None:
    show(phone, "a", "--action", "echo [$REPLY] > out", "--on-delete", "echo $REPLY")
    assert phone.notifications()[0].replies == ()
    phone.tap("a")
    assert out(phone) == "[]\n"


def test_what_is_typed_into_an_older_notification_goes_to_the_newest(phone: SimulatedPhone) -> None:
    show(phone, "a", *with_reply("a"))
    show(phone, "b", *with_reply("b"))
    show(phone, "c", *with_reply("c", number=2))
    phone.reply("a", "x")
    assert out(phone) == "b|x|"
    assert [shown.id for shown in phone.notifications()] == ["a", "c"]
    phone.reply("a", "y")  # the newest is gone, and yet its action runs
    assert out(phone) == "b|x|b|y|"
    show(phone, "a", *with_reply("a"))
    phone.reply("a", "z")
    phone.reply("c", "w")
    assert out(phone) == "b|x|b|y|a|z|c|w|"
    assert phone.notifications() == ()


def test_an_ongoing_notification_stays_after_a_reply_without_its_content(phone: SimulatedPhone) -> None:
    show(phone, "a", *with_reply("a"), "--ongoing", "--action", "echo own > out")
    phone.reply("a", "x")
    assert [(shown.id, shown.content) for shown in phone.notifications()] == [("a", "")]
    phone.tap("a")
    assert out(phone) == "a|x|a|"


def test_what_is_typed_is_narrated(phone: SimulatedPhone) -> None:
    show(phone, "a", *with_reply("a"))
    phone.reply("a", "hello")
    story = "\n".join(narrate(entry) for entry in phone.journal())
    assert "[ Reply ✎ ]" in story
    assert "(typed into the notification: hello)" in story
    answered(phone, "speech", "-t", "Note", error="ERROR_NETWORK")
    assert "(answered: not understood)" in narrate(phone.journal()[-1])


def typed(phone: SimulatedPhone, *words: str) -> str:
    """Type a command of the second terminal and return what it prints. Raise what it raises."""
    done = CliRunner().invoke(simulate, ["--folder", str(phone.folder.parent), *words], catch_exceptions=False)
    assert done.exit_code == 0
    return done.output


def test_a_second_terminal_types_into_notifications(phone: SimulatedPhone) -> None:
    with pytest.raises(UsageFault, match="takes a reply"):
        typed(phone, "reply", "hello")
    show(phone, "a", *with_reply("a"))
    show(phone, "b", "--button1", "Go", "--button1-action", "true")
    with pytest.raises(UsageFault, match="takes a text"):
        typed(phone, "tap", "reply")
    typed(phone, "reply", "hello", "of a")
    assert out(phone) == "a|hello|"
    assert "reply" in typed(phone, "--help")
    assert typed(phone, "crm") == "(no calls)\n(no tasks)\n"


def test_a_second_terminal_answers_every_dialog(phone: SimulatedPhone) -> None:
    for words, answer, text in (
        (("speech", "-t", "Note"), ("type", "call back"), "call back"),
        (("speech", "-t", "Note"), ("mumble",), ""),
        (("date", "-d", "yyyy-MM-dd"), ("type", "2027-01-31"), "2027-01-31"),
        (("date", "-d", "yyyy-MM-dd"), ("cancel",), ""),
        (("sheet", "-v", "Alpha,Beta"), ("choose", "be"), "Beta"),
    ):
        process = asked(phone, *words)
        typed(phone, *answer)
        assert finished(process)["text"] == text


def test_a_second_terminal_says_what_a_dialog_cannot_take(phone: SimulatedPhone) -> None:
    with pytest.raises(UsageFault, match="no dialog"):
        typed(phone, "type", "x")
    process = asked(phone, "date")
    with pytest.raises(UsageFault, match="not a valid date"):
        typed(phone, "type", "tomorrow")
    with pytest.raises(UsageFault, match="does not take dictation"):
        typed(phone, "mumble")
    with pytest.raises(UsageFault, match="a text field"):
        typed(phone, "choose", "x")
    typed(phone, "cancel")
    assert finished(process)["code"] == -2
    process = asked(phone, "sheet", "-v", "Alpha,Beta")
    with pytest.raises(UsageFault, match="no text field"):
        typed(phone, "type", "x")
    typed(phone, "cancel")
    assert finished(process)["code"] == -2


@pytest.mark.parametrize(
    "words",
    [
        ("ring", "banana"),
        ("dial", "call", "me"),
        ("zone", "Foo/Bar"),
        ("zone", "../etc"),
        ("fault", "crm", "foo"),
        ("fault", "crm", "slow", "--matching", "("),
        ("fault", "termux-foo", "hang"),
        ("fault", "termux-dialog", "foo"),
        ("crm-task", "Send the offer", "--for", "Nobody Known"),
        ("crm-task", " "),
        ("crm-scope", "foo.bar"),
    ],
    ids=" ".join,
)
def test_a_second_terminal_is_refused_what_means_nothing(phone: SimulatedPhone, words: tuple[str, ...]) -> None:
    before = phone.state.read()
    (phone.folder.parent / "callerid").mkdir()
    with pytest.raises(UsageFault):
        typed(phone, *words)
    assert phone.state.read() == before
    assert not (phone.folder.parent / "requests.jsonl").exists()


def test_a_call_that_was_answered_is_neither_missed_nor_declined(phone: SimulatedPhone) -> None:
    (phone.folder.parent / "callerid").mkdir()
    for words in (("ring", "+353871234567"), ("answer",)):
        typed(phone, *words)
    for verb in ("answer", "miss", "reject"):
        with pytest.raises(UsageFault, match="No call rings"):
            typed(phone, verb)
    typed(phone, "hang-up")


def test_what_only_looks_at_a_folder_is_not_taken_for_a_simulator(tmp_path: Path) -> None:
    mark = tmp_path / "this-is-a-callerid-simulator"
    mark.touch()
    with mark.open(encoding="utf-8") as looking:
        fcntl.flock(looking, fcntl.LOCK_SH)  # as a second terminal does for a moment
        with pytest.raises(UsageFault, match="No simulator is running"):
            live.phone(tmp_path)


def test_an_outcome_of_hubspots_own_is_told_in_the_persons_language() -> None:
    held = HeldCall(
        id=1,
        external_id="",
        title="",
        start="",
        duration_ms=60_000,
        direction="INBOUND",
        status="",
        disposition="",
        from_number="",
        to_number="",
        note="",
        owner="",
        contacts=(),
        companies=(),
        deals=(),
    )
    left, own = replace(held, disposition="Left live message"), replace(held, disposition="Callback requested")
    assert "伝言を残した" in table([left], "ja")
    assert "Left live message" in table([left])
    assert "Callback requested" in table([own], "ja")
