"""`make audit` fails for a known vulnerability, and says when nothing could be compared."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.audit.__main__ import verdict

if TYPE_CHECKING:
    from collections.abc import Mapping


def listed(*packages: Mapping[str, object]) -> str:
    return json.dumps({"dependencies": packages, "fixes": []})


CLEAN = {"name": "requests", "version": "2.32.0", "vulns": []}
SKIPPED = {"name": "tzdata", "skip_reason": "not found"}
VULNERABLE = {"name": "urllib3", "version": "1.0", "vulns": [{"id": "PYSEC-2021-1", "fix_versions": ["1.1"]}]}


def test_a_known_vulnerability_fails_and_is_named() -> None:
    found = verdict(listed(CLEAN, VULNERABLE), "")
    assert found.code == 1
    assert "urllib3 1.0: PYSEC-2021-1, fixed in 1.1" in found.says


def test_packages_without_one_pass_and_those_that_were_not_compared_are_counted() -> None:
    found = verdict(listed(CLEAN, SKIPPED), "")
    assert (found.code, found.says) == (0, "1 packages, no known vulnerability; 1 not in the list.")


def test_without_network_it_passes_and_says_that_nothing_was_checked() -> None:
    for found in (verdict("", "ERROR: could not connect\n"), verdict(listed(SKIPPED), ""), verdict("[]", "")):
        assert found.code == 0
        assert found.says.startswith("NOT CHECKED")
