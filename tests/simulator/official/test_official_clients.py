"""HubSpot's own clients get from the simulated portal what it holds, whatever they ask for in however their way."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.simulator.official.scenario import Scenario, wanted_after, wanted_before
from tests.simulator.official.steps import ALL

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER, PACKAGES = Path(__file__).parent, Path(sys.prefix) / "node" / "node_modules"


def mismatches(got: dict[str, Any], wanted: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return what differs, by step: what a client got, and what it must get. A step that one of both lacks differs."""
    return {step: (got.get(step), wanted.get(step)) for step in got | wanted if got.get(step) != wanted.get(step)}


def run(client: str, read: Callable[[dict[str, Any]], dict[str, Any]], write: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Take all steps with a client, and print how many requests it made and how many steps differ."""
    scenario = Scenario()
    with scenario.portal:
        scenario.inputs["url"] = scenario.portal.url
        wanted = wanted_before(scenario)
        wrong = mismatches(read(scenario.inputs), wanted)
        written = write(scenario.inputs)
        wrong |= mismatches(written, wanted_after(scenario, written))
    calls = len(scenario.portal.requests_seen)
    print(f"official clients: {client}: {calls} calls, {len(wrong)} mismatches")
    assert wrong == {}
    assert calls > len(wanted)


def test_the_official_client_for_python_gets_what_the_portal_holds() -> None:
    pytest.importorskip("hubspot", reason="hubspot-api-client is not installed")
    from tests.simulator.official.python_reads import Reads
    from tests.simulator.official.python_writes import Writes

    run("hubspot-api-client", lambda inputs: Reads(inputs).take(), lambda inputs: Writes(inputs).take())


def test_the_official_client_for_node_gets_what_the_portal_holds() -> None:
    if not PACKAGES.is_dir():
        pytest.skip("@hubspot/api-client is not installed: `make test` does that where there is npm")

    def steps(which: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
        return lambda inputs: run_node(which, inputs | {"steps": ALL})

    run("@hubspot/api-client", steps("read"), steps("write"))


def run_node(which: str, inputs: dict[str, Any]) -> dict[str, Any]:
    """Return what the client for Node got by these steps."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    words = [node, str(FOLDER / "node_client.mjs"), str(PACKAGES), which]
    done = subprocess.run(words, input=json.dumps(inputs), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    got: dict[str, Any] = json.loads(done.stdout)
    return got
