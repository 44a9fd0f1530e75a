"""The list of mutants is up to date with the code: `make mutants` runs it."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.mutants.__main__ import part, part_of_list
from tests.mutants.copies import failure_in
from tests.mutants.mutants import ROOT, Mutant, mutated, read_mutants

_FEWEST = 60


@pytest.mark.parametrize("mutant", read_mutants(), ids=lambda mutant: mutant.promise)
def test_every_broken_line_is_a_line_of_the_product_and_its_tests_exist(mutant: Mutant) -> None:
    assert mutated(mutant)
    assert mutant.tests
    for test in mutant.tests:
        path, _, name = test.partition("::")
        assert (ROOT / path).exists()
        function = name.rpartition("::")[2].partition("[")[0]
        assert not name or f"def {function}(" in (ROOT / path).read_text(encoding="utf-8")


def test_there_are_many_mutants_and_each_carries_its_own_promise() -> None:
    promises = Counter(mutant.promise for mutant in read_mutants())
    assert len(promises) >= _FEWEST
    assert [promise for promise, count in promises.items() if count > 1] == []


@pytest.mark.parametrize(
    ("text", "broken", "complaint"),
    [
        ("no such line", "x", "0 times"),
        ("ROOT", "x", "times, not once"),
        ("import tomllib", "import tomllib", "nothing is broken"),
        ("import tomllib", "import", "no Python"),
    ],
)
def test_a_list_that_is_out_of_date_is_refused(text: str, broken: str, complaint: str) -> None:
    stale = Mutant(promise="", file="tests/mutants/mutants.py", text=text, broken=broken, tests=("tests/mutants",))
    with pytest.raises(ValueError, match=complaint):
        mutated(stale)


def test_the_parts_of_the_list_are_all_of_it_and_each_mutant_is_in_one() -> None:
    mutants = read_mutants()
    parts = [part(mutants, which, 4) for which in range(1, 5)]
    assert sorted(mutant.promise for each in parts for mutant in each) == sorted(mutant.promise for mutant in mutants)
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


def test_a_part_is_named_by_its_number_and_how_many_there_are() -> None:
    assert part_of_list("2/5") == (2, 5)
    for wrong in ("0/5", "6/5", "2", "a/b", ""):
        with pytest.raises(ValueError, match=r"no part|invalid literal"):
            part_of_list(wrong)


@pytest.mark.parametrize(
    ("line", "failure"),
    [
        ("FAILED tests/a/test_b.py::test_c - AssertionError: x - y", ("test_b.py::test_c", "AssertionError")),
        (
            "FAILED tests/a/test_b.py::test_c[two words] - TimeoutError: it did not happen",
            ("test_b.py::test_c[two", "TimeoutError"),
        ),
        ("ERROR tests/a/test_b.py - callerid.errors.StoreFault", ("test_b.py", "callerid.errors.StoreFault")),
        ("FAILED tests/a/test_b.py::test_c", ("test_b.py::test_c", "")),
        ("3 passed in 1.00s", ("", "")),
    ],
)
def test_what_caught_a_mutant_is_read_from_the_summary_of_pytest(line: str, failure: tuple[str, str]) -> None:
    assert failure_in(f"F.\n{line}\n") == failure
