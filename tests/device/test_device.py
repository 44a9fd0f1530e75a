"""Every line of docs/not-proven.md has a check, and the checks work against the simulated phone and portal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from callerid.errors import PermissionDenied
from tests.device import phone_checks
from tests.device.__main__ import ASKED, TRIED, main, run_checks, simulated
from tests.device.tick_file import DOCUMENT, Verdict, file_of, lines_of, read_ticks, ticked
from tests.phone.command_answers import without_effect

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.device.tester import Tester

LINES = lines_of(DOCUMENT.read_text(encoding="utf-8"))
_NOT_ON_A_DESK = {
    "python-on-android": "!",  # this is no phone
    "registry-layout": "?",  # the simulated phone grants nothing by itself
    "memory-and-battery": "?",  # no daemon runs
    "headset": "!",  # nobody connects one
    "zone-after-flight": "!",  # nobody changes it
}


def test_every_line_of_the_document_has_one_check_and_every_check_a_line() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| check")]
    assert len(rows) == len(LINES) == len({line.check for line in LINES}) > 40
    assert {line.check for line in LINES} == TRIED.keys() | ASKED.keys()
    assert not TRIED.keys() & ASKED.keys()


def test_a_question_is_one_plain_sentence_that_yes_or_no_answers() -> None:
    for question in ASKED.values():
        assert re.fullmatch(r"[^?]+\?", question)
        assert question.count("?") == 1


def test_all_checks_run_on_the_simulated_phone_and_portal_and_are_ticked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "ticks.md"
    assert main(["--simulated", "--to", str(file)]) == 0
    ticks = read_ticks(file.read_text())
    assert {check: mark for check, (mark, _) in ticks.items() if mark != "x"} == _NOT_ON_A_DESK
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\d · Simulated.*, Android .*, Termux 0.118.3, callerid [\d.]+ · 1 rows, 0 of another form; 0 of \d\d refusals differ",
        ticks["commands-print"][1],
    )
    assert file.stat().st_mode & 0o777 == 0o600
    assert f"{len(_NOT_ON_A_DESK)} lines are not ticked" in capsys.readouterr().out
    asked = file.read_text()
    main(["--simulated", "--to", str(file), "--only", "python-on-android"])
    assert file.read_text() == asked  # the others stay as they were


def test_what_is_ticked_is_not_asked_again_and_a_fault_is_kept_by_its_kind_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_: Tester) -> Verdict:
        raise PermissionDenied("The number +353871234567 is Ana's.")

    file = tmp_path / "ticks.md"
    ticks = {line.check: ticked(Verdict(is_so=line.check != "inotify"), "a phone", "2026-11-28") for line in LINES}
    file.write_text(file_of(LINES, ticks))
    monkeypatch.setitem(phone_checks.TRIED, "inotify", refused)
    monkeypatch.setitem(TRIED, "inotify", refused)
    with simulated() as tester:
        assert run_checks(tester, file) == 1
    assert "353871234567" not in file.read_text()
    assert read_ticks(file.read_text())["inotify"][1].endswith("PermissionDenied")
    assert read_ticks(file.read_text())["swipe"] == ("x", "2026-11-28 · a phone")


def test_no_case_that_is_tried_on_a_phone_does_anything() -> None:
    tried = without_effect()
    assert len(tried) > 20
    effects = {("termux-toast", "x"), ("termux-vibrate",), ("termux-wake-lock",), ("termux-wake-unlock",)}
    assert not effects & {case[0] for case in tried}
    assert {case[0][0] for case in tried} >= {"termux-call-log", "termux-notification", "termux-dialog", "termux-telephony-call"}


def test_a_file_shows_what_is_not_tried_yet() -> None:
    text = file_of(LINES, {})
    assert f"0 of {len(LINES)} lines" in text
    assert f"- [ ] inotify: {next(line.what for line in LINES if line.check == 'inotify')}" in text
