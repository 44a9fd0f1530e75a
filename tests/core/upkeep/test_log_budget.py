"""The log has so many lines a minute, whatever happens, and says how many it left out."""

from __future__ import annotations

from callerid.core.upkeep.log_budget import LogBudget


def written(budget: LogBudget, kind: str, times: int, now: float, lines: int = 1) -> int:
    return sum(budget.take(kind, lines, now) for _ in range(times))


def test_what_repeats_is_left_out_and_counted_and_what_else_happens_is_not() -> None:
    budget = LogBudget(most=100, of_a_kind=30)
    assert written(budget, "a storm", 500, 0.0) == 30
    assert written(budget, "a call", 5, 59.0) == 5
    assert (
        budget.tell_left_out() == "left out, because there were too many in a minute: 470 lines of the log, 470 of them as: a storm"
    )
    assert budget.tell_left_out() == ""


def test_all_kinds_together_have_a_bound() -> None:
    budget = LogBudget(most=100, of_a_kind=30)
    assert sum(written(budget, f"kind {kind}", 10, 1.0) for kind in range(500)) == 100
    assert "4900 lines of the log, " in budget.tell_left_out()
    assert len(budget._left_out) == 0


def test_the_kinds_that_are_left_out_are_counted_apart_only_as_far_as_there_is_room() -> None:
    budget = LogBudget(most=0)
    for kind in range(1000):
        budget.take(f"kind {kind}", 1, 1.0)
    assert len(budget._left_out) == 101
    assert budget.tell_left_out().endswith("1000 lines of the log, 900 of them as: others")


def test_each_minute_has_its_own_lines() -> None:
    budget = LogBudget(most=100, of_a_kind=30)
    assert not budget.is_over(5.0)
    assert written(budget, "a storm", 50, 5.0) == 30
    assert not budget.is_over(64.9)
    assert written(budget, "a storm", 50, 64.9) == 0
    assert budget.is_over(65.0)
    assert written(budget, "a storm", 50, 65.0) == 30


def test_a_traceback_counts_by_its_lines_and_the_first_of_a_kind_is_always_whole() -> None:
    budget = LogBudget(most=100, of_a_kind=30)
    assert written(budget, "a traceback", 9, 0.0, lines=40) == 1
    assert written(budget, "another", 9, 0.0, lines=14) == 2
