"""A day of calls as a text file: what is read, what is wrong in it, and what it finds."""

from __future__ import annotations

from typing import Any

import pytest
from click.testing import CliRunner

from callerid.catalogue import load
from callerid.cli.main import callerid
from callerid.errors import UsageFault
from callerid.models.name_order import in_order, parts_of
from callerid.simulator.desk import Desk
from callerid.simulator.portal import HeldCall, HeldTask
from callerid.simulator.script import play
from callerid.simulator.script.compare import (
    Comparison,
    missing,
    seen_of_call,
    seen_of_notification,
    seen_of_task,
    unexpected,
)
from callerid.simulator.script.play import read_day, shipped_days
from callerid.simulator.script.syntax import VERBS, Part, Step, examples, parse_script

ANA = "Ana López · Acme Ltd"


def steps(*lines: str) -> tuple[Step, ...]:
    return parse_script("\n".join(lines), "day.txt")


def expectation(line: str) -> Step:
    return steps("09:00 ring 123", line)[-1]


def faults(*lines: str) -> str:
    with pytest.raises(UsageFault) as wrong:
        steps(*lines)
    return wrong.value.sentence


# ------------------------------------------------------------------------------------------------ reading


def test_a_day_is_read_line_by_line() -> None:
    read = steps(
        "# a day",
        "person Ana López, Acme, +353 87 1",
        "",
        "9:00 ring +353 87 1 on SIM 2",
        "  card Ana / Renewal",
        "09:00:30 hang up after 3:12",
    )
    assert [(step.line, step.verb, step.at) for step in read] == [
        (2, "person", None),
        (4, "ring", 32400),
        (5, "card", None),
        (6, "hang up", 32430),
    ]
    assert read[1].values == {"number": "+353 87 1", "sim": "2"}
    assert read[2].values == {"title": "Ana", "content": "Renewal"}
    assert read[3].values == {"length": "3:12"}


def test_every_example_of_a_verb_is_read_as_that_verb() -> None:
    for (name, verb), example in zip(VERBS.items(), examples(), strict=True):
        before = () if verb.part is Part.SETUP else ("09:00 ring 123",)
        if name in ("deal", "todo", "ticket", "crm-note"):
            before = ("person A B, C, 1",)
        after = ("09:00 ring 123",) if verb.part is Part.SETUP else ()
        assert name in [step.verb for step in steps(*before, example, *after)][-2:]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("09:00 dance", "'dance' is no verb of a script"),
        ("25:00 answer", "there is no hour 25"),
        ("09:00 ring me", "'ring' is followed by what it does not take; write it as in: ring +353 87 123 4567 on SIM 2"),
        ("08:00 answer", "it is earlier than a line before it"),
        ("people 20", "'people' sets the day up, and the day has begun"),
        ("09:00 fault crm banana", "there is no fault 'banana' of crm"),
        ("09:00 fault termux-dialog banana", "there is no fault 'banana' of termux-dialog"),
        ("09:00", "'09:00' is no verb of a script"),
    ],
)
def test_a_fault_names_file_and_line(line: str, fault: str) -> None:
    sentence = faults("# first", "08:30 ring 123", line)
    assert sentence.startswith("day.txt, line 3: ")
    assert fault in sentence


def test_all_faults_are_told_at_once() -> None:
    assert faults("09:00 dance", "09:00 sing").count("\n") == 1


def test_a_day_without_a_time_or_without_anything_is_refused() -> None:
    assert "the first thing of a day has a time" in faults("ring 123")
    assert "has no time" in faults("09:00 people 3")
    assert "'deal' belongs to the person" in faults("deal Renewal, 1 EUR", "09:00 ring 1")
    assert faults("# nothing") == "day.txt: nothing happens in it"


# ------------------------------------------------------------------------------------------------ comparing


def shown(title: str, content: str = "", *, shown_id: str = "callerid-1", language: str = "en") -> tuple[Any, ...]:
    return seen_of_notification({"id": shown_id, "title": title, "content": content}, load(language).texts)


@pytest.mark.parametrize(
    ("title", "language", "line"),
    [
        ("Missed: Ana López", "en", "missed Ana López"),
        ("Missed (3): Ana López", "en", "missed Ana López"),
        ("Missed (3): Ana López", "en", "missed Missed (3): Ana López"),
        ("Log call with Ana López?", "en", "question Ana López"),
        ("Was it Ana López? Log the call?", "en", "question Ana López"),
        ("田中 健二さんとの通話を記録しますか？", "ja", "question 田中 健二"),
        ("Logged: Ana López", "en", "notification Logged: Ana López"),
    ],
)
def test_a_notification_is_known_by_its_words_in_the_language_of_the_day(title: str, language: str, line: str) -> None:
    for shown_id in ("callerid-1", "callerid-ring-1"):
        assert Comparison().take(expectation(line), shown(title, shown_id=shown_id, language=language))


def test_a_card_of_a_ring_is_known_by_its_id_and_its_content_counts() -> None:
    card = shown(ANA, "Renewal 2027 · €12,000", shown_id="callerid-ring-1")
    assert Comparison().take(expectation(f"card {ANA} / Renewal 2027"), card)
    assert not Comparison().take(expectation(f"card {ANA} / Pilot"), card)
    assert not Comparison().take(expectation(f"missed {ANA}"), card)


def test_what_was_seen_is_expected_once() -> None:
    comparison = Comparison()
    first, second = shown(ANA, shown_id="callerid-ring-1"), shown(ANA, shown_id="callerid-ring-2")
    assert comparison.take(expectation(f"card {ANA}"), first)
    assert not comparison.take(expectation(f"card {ANA}"), (*first, *first))
    assert comparison.take(expectation(f"card {ANA}"), (*first, *second))


def call(**changed: Any) -> HeldCall:
    values: dict[str, Any] = {
        "id": 1,
        "external_id": "x",
        "title": "",
        "start": "",
        "duration_ms": 192_000,
        "direction": "INBOUND",
        "status": "",
    }
    values |= {"disposition": "Connected", "from_number": "+1", "to_number": "+2", "note": "By Friday.", "owner": ""}
    return HeldCall(**(values | {"contacts": ("Ana López",), "companies": ("Acme",), "deals": ("Renewal",)} | changed))


def test_a_call_in_the_crm_is_compared_by_all_that_the_line_has() -> None:
    seen = [seen_of_call(call())]
    assert Comparison().take(expectation("call Ana López | Connected | 3:12 | incoming | By Friday. | Renewal"), seen)
    assert not Comparison().take(expectation("call Ana López | Connected | 3:13"), seen)
    assert not Comparison().take(expectation("call Ben Bolt"), seen)
    assert Comparison().take(expectation("call +2"), [seen_of_call(call(contacts=(), direction="OUTBOUND"))])


def test_a_task_is_compared_by_person_and_deal() -> None:
    task = HeldTask(id=1, subject="Call Ana", due="", note="", owner="", contacts=("Ana López",), companies=(), deals=("Renewal",))
    assert Comparison().take(expectation("task Ana López | Renewal"), [seen_of_task(task)])


def test_a_difference_says_what_was_expected_and_what_was_there_instead() -> None:
    seen = shown("Missed: Ben Bolt")
    step = expectation("missed Ana López")
    assert missing("day.txt", step, "missed Ana López", seen) == (
        "day.txt, line 2: was not seen\n    - missed Ana López\n    + missed Missed: Ben Bolt"
    )
    assert "nothing of the kind" in missing("day.txt", step, "missed Ana López", ())


def test_what_no_line_expects_is_a_difference_but_for_other_notifications() -> None:
    comparison = Comparison()
    seen = (*shown("Missed: Ana López"), *shown("Logged: Ana López", shown_id="b"), seen_of_call(call()), seen_of_call(call(id=2)))
    assert comparison.take(expectation("call Ana López"), seen)
    told = unexpected("day.txt", comparison.left(seen))
    assert told == [
        "day.txt: was seen, and no line expects it\n    + missed Missed: Ana López",
        "day.txt: was seen, and no line expects it\n    + call Ana López | Connected | 3:12 | incoming | By Friday. | Acme | Renewal",
    ]


# ------------------------------------------------------------------------------------------------ the command


def test_three_days_ship_and_each_can_be_read() -> None:
    days = shipped_days()
    assert days.keys() == {"sales-day", "bad-network", "two-sims-japan"}
    for name in days:
        assert any(step.part is Part.EXPECTATION for step in parse_script(read_day(name), name))


def test_whoever_a_shipped_day_expects_to_see_is_named_as_a_card_names_them() -> None:
    for name in shipped_days():
        steps = parse_script(read_day(name), name)
        people = {step.values["name"] for step in steps if step.verb in ("person", "saved")}
        shown_as = [step.values.get("title", "") or step.values["who"] for step in steps if step.verb in ("card", "missed", "call")]
        known = [title.split(" · ")[0] for title in shown_as if not title.startswith(("+", "Private number"))]
        assert set(known) <= people == {in_order(*parts_of(person)) for person in people}


def test_a_file_that_is_no_script_is_refused_before_anything_starts(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Desk, "__init__", lambda *_: pytest.fail("a desk was made"))
    (tmp_path / "day.txt").write_text("09:00 dance\n")
    refused = CliRunner().invoke(callerid, ["simulate", "--script", str(tmp_path / "day.txt")])
    assert refused.exit_code == 2
    assert "day.txt, line 1: 'dance' is no verb" in refused.stderr
    absent = CliRunner().invoke(callerid, ["simulate", "--script", str(tmp_path / "no.txt")])
    assert absent.exit_code == 2
    assert "sales-day" in absent.stderr


@pytest.mark.parametrize(
    ("differences", "code", "says"), [([], 0, "the day went as expected"), (["day, line 3: was not seen"], 1, "line 3")]
)
def test_a_difference_is_printed_and_is_the_exit_code(
    differences: list[str], code: int, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(play, "replay", lambda *_, **__: differences)
    done = CliRunner().invoke(callerid, ["simulate", "--script", "sales-day"])
    assert done.exit_code == code
    assert says in done.stdout


def test_a_whole_day_takes_no_further_command() -> None:
    refused = CliRunner().invoke(callerid, ["simulate", "--script", "sales-day", "screen"])
    assert refused.exit_code == 2
