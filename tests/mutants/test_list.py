"""The list of mutants is up to date with the code: `make mutants` runs it."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.mutants.mutants import ROOT, Mutant, mutated, read_mutants

_FEWEST = 60


@pytest.mark.parametrize("mutant", read_mutants(), ids=lambda mutant: mutant.promise)
def test_every_broken_line_is_a_line_of_the_product_and_its_tests_exist(mutant: Mutant) -> None:
    assert mutated(mutant)
    assert mutant.tests
    assert [path for path in mutant.tests if not (ROOT / path.partition("::")[0]).exists()] == []


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
