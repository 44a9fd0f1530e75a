"""`make device`: go through docs/not-proven.md on a real phone, and tick what is so into a file that can be sent."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from callerid.config.load import load_config
from callerid.credentials import Token, read_token
from callerid.crm.hubspot.client import HubSpot
from callerid.errors import CalleridError
from callerid.models import CallType
from callerid.paths import installation_paths
from callerid.phone.process import ProcessRunner
from callerid.simulator.phone.handset import SimulatedPhone
from callerid.simulator.portal import SimulatedPortal
from tests.device import phone_checks, portal_checks
from tests.device.tester import Tester
from tests.device.tick_file import DOCUMENT, Line, Verdict, file_of, lines_of, read_ticks, ticked

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from callerid.simulator.phone.handset import ShownDialog

TRIED = phone_checks.TRIED | portal_checks.TRIED
ASKED = phone_checks.ASKED | portal_checks.ASKED
_FILE = "callerid-device.md"


def run_checks(tester: Tester, file: Path, *, only: Collection[str] = (), again: bool = False) -> int:
    """Check each line that is not ticked yet, and write the file after each: somebody may stop in between. Return how many lines
    are not ticked."""
    lines = lines_of(DOCUMENT.read_text(encoding="utf-8"))
    ticks = read_ticks(file.read_text(encoding="utf-8")) if file.exists() else {}
    where = tester.describe()
    for line in lines:
        is_due = line.check in only if only else again or ticks.get(line.check, " ")[0] != "x"
        if is_due:
            verdict = _checked(tester, line)
            tester.say(f"  {({True: '✓', False: '✗', None: '·'})[verdict.is_so]} {line.check} {verdict.says}".rstrip())
            ticks[line.check] = ticked(verdict, where, f"{datetime.now(UTC):%Y-%m-%d}")
            _write(file, file_of(lines, ticks))
    return sum(ticks.get(line.check, " ")[0] != "x" for line in lines)


def _write(file: Path, text: str) -> None:
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as opened:
        opened.write(text)


def _checked(tester: Tester, line: Line) -> Verdict:
    """Try a line, or ask about it. What cannot be tried is no answer; of the fault, its kind alone is kept: its words may be
    somebody's."""
    tester.say(f"\n{line.check}: {line.what}")
    try:
        if line.check in TRIED:
            return TRIED[line.check](tester)
        tester.say(f"  Try it: {line.command}")
        return tester.ask(f"  {ASKED[line.check]}")
    except CalleridError as fault:
        tester.say(f"  {fault}")
        return Verdict(is_so=False, says=type(fault).__name__)


@contextlib.contextmanager
def simulated() -> Iterator[Tester]:
    """Give a tester with a simulated phone and portal, and somebody who says yes to all and answers each dialog."""
    with tempfile.TemporaryDirectory() as folder, SimulatedPortal() as portal:
        portal.populate(people=3, companies=1, deals=1)
        phone = SimulatedPhone(Path(folder) / "phone")
        phone.add_call("+15005550006", CallType.INCOMING, datetime.now(UTC), 60)
        runner = ProcessRunner(phone.environment())
        client = HubSpot(
            Token(portal.token), url=portal.url, wait=lambda _: None, clock=lambda: datetime.now(UTC), report_fault=print
        )
        with _hand(phone):
            yield Tester(runner=runner, home=Path(folder) / "home", say=print, read=lambda _: "y", client=client)
        client.close()
        runner.stop()


@contextlib.contextmanager
def _hand(phone: SimulatedPhone) -> Iterator[None]:
    ended = threading.Event()

    def answer() -> None:
        while not ended.wait(0.05):
            if dialog := phone.open_dialog():
                _answer(phone, dialog)

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _answer(phone: SimulatedPhone, dialog: ShownDialog) -> None:
    if dialog.labels:
        phone.answer_dialog(label=dialog.labels[0])
    else:
        phone.answer_dialog(text="2026-12-01" if dialog.widget == "date" else "two words")


@contextlib.contextmanager
def real(environ: Mapping[str, str], *, on_portal: bool) -> Iterator[Tester]:
    """Give a tester with this phone, and the portal of the settings if it may be written to."""
    paths = installation_paths(environ)
    runner, client = ProcessRunner(environ), None
    if on_portal:
        config = load_config(paths.config_file)
        token = read_token(config, environ, lambda argv: runner.run(argv, timeout=30).stdout)
        client = HubSpot(token, url=config.crm.url, wait=time.sleep, clock=lambda: datetime.now(UTC), report_fault=print)
    try:
        yield Tester(runner=runner, home=paths.pid_file.parent, say=print, read=input, client=client)
    finally:
        if client:
            client.close()
        runner.stop()


def main(argv: list[str]) -> int:
    """Run the checks that the arguments name, and return the exit code: 0 when all that was wanted was gone through."""
    parser = argparse.ArgumentParser(
        prog="make device", description=__doc__, epilog='example: make device DEVICE="--only wifi-info"'
    )
    parser.add_argument(
        "--only", action="append", default=[], metavar="CHECK", choices=sorted(TRIED | ASKED), help="check this alone"
    )
    parser.add_argument("--again", action="store_true", help="check also what is ticked")
    parser.add_argument("--portal", action="store_true", help="write to the CRM of the settings too: a test account")
    parser.add_argument("--simulated", action="store_true", help="try the checks themselves, on a simulated phone and portal")
    parser.add_argument("--to", type=Path, default=Path(_FILE), metavar="FILE", help=f"the file of ticks ({_FILE})")
    wanted = parser.parse_args(argv)
    try:
        with simulated() if wanted.simulated else real(os.environ, on_portal=wanted.portal) as tester:
            left = run_checks(tester, wanted.to, only=wanted.only, again=wanted.again)
    except CalleridError as fault:
        print(f"{fault.sentence}\n{fault.remedy}".rstrip(), file=sys.stderr)
        return fault.exit_code
    except (KeyboardInterrupt, EOFError):
        print(f"\nstopped; what was checked is in {wanted.to}")
        return 130
    print(f"\n{left} lines are not ticked. Look at {wanted.to}, then send it: it has neither names nor numbers.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
