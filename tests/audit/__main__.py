"""`make audit`: compare the installed packages with the published vulnerabilities. Exit with 1 if one is known, and with 0 if none is,
or if nothing could be compared, which is said: a desk without network must not look like a clean one, nor stop a change.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_BESIDE = Path(sys.executable).parent
_PROGRAM = "pip-audit"
_TIMEOUT = 300  # seconds for all packages


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What came of it, as a sentence, and the exit code."""

    says: str
    code: int


def verdict(printed: str, complaint: str) -> Verdict:
    """Return what pip-audit's output means: its JSON, and what it printed beside it."""
    try:
        packages: list[dict[str, Any]] = json.loads(printed)["dependencies"]
    except (ValueError, KeyError, TypeError):
        last = (complaint.strip().splitlines() or ["it printed nothing"])[-1]
        return Verdict(says=f"NOT CHECKED: the list of vulnerabilities cannot be read ({last}). Try again with a network.", code=0)
    compared = [package for package in packages if "vulns" in package]
    known = [f"  {p['name']} {p['version']}: {_described(v)}" for p in compared for v in p["vulns"]]
    left_out = len(packages) - len(compared)
    if known:
        return Verdict(says="\n".join([f"{len(known)} known vulnerabilities:", *known]), code=1)
    if not compared:
        return Verdict(says=f"NOT CHECKED: none of {left_out} packages is in the list that this network gives.", code=0)
    return Verdict(says=f"{len(compared)} packages, no known vulnerability; {left_out} not in the list.", code=0)


def _described(vulnerability: dict[str, Any]) -> str:
    return f"{vulnerability['id']}, fixed in {', '.join(vulnerability['fix_versions']) or 'no version yet'}"


def main() -> int:
    """Run pip-audit, and print what came of it."""
    command = [_PROGRAM, "--format", "json", "--progress-spinner", "off", "--skip-editable"]
    path = os.pathsep.join((str(_BESIDE), os.environ.get("PATH", "")))
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=_TIMEOUT, env=os.environ | {"PATH": path}
        )
        result = verdict(done.stdout, done.stderr)
    except (OSError, subprocess.TimeoutExpired) as fault:
        result = verdict("", str(fault))
    print(f"audit: {result.says}")
    return result.code


if __name__ == "__main__":
    sys.exit(main())
