"""Mend what an examination found: by the shell of root or Shizuku where there is one, by a command, or by a settings page.

Only one page is opened at a time, for the next would cover it, what is optional last; each page is opened once before one is opened
again. Every line, command and page is a constant of core/doctor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.doctor.finding import shown_name
from callerid.core.doctor.pages import typed
from callerid.errors import CommandHung, PhoneFault, Stopped
from callerid.messages import counted, message
from callerid.phone.android import System
from callerid.phone.bounded_runner import BoundedRunner
from callerid.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from callerid.core.doctor.finding import Finding
    from callerid.core.doctor.pages import Page
    from callerid.phone.android import AccessMethod
    from callerid.phone.command_runner import CommandRunner
    from callerid.turns.context import AppContext

_OPENED = "pages opened"  # the names of checks whose pages were opened since all of them were
_TIMEOUT = 10.0  # seconds


def mend(app: AppContext, findings: Sequence[Finding], seconds: float) -> Iterator[str]:
    """Mend what can be mended, and return a line for each thing that was done. Looking for a shell and opening a page together take
    `seconds` at most; what is repaired takes its time. Raise Stopped."""
    wrong = [finding for finding in findings if finding.works is not True and finding.fix]
    runner = BoundedRunner(app.termux.runner, seconds)
    shell = System(runner).find_shell() if wrong else None
    left = []
    for finding in wrong:
        try:
            done = _without_page(app, finding, shell)
        except Stopped:
            raise
        except PhoneFault as fault:
            done = ""
            yield message("{name}: could not be mended. {sentence}", name=shown_name(finding.name), sentence=fault.sentence)
        if done:
            yield done
        else:
            left.append(finding)
    yield from _open_next(
        app, runner, [step for finding in sorted(left, key=lambda finding: finding.optional) for step in _steps(finding)]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """A page that a person must see, for a finding."""

    key: str  # of the step among those whose pages were opened
    finding: Finding
    pages: Sequence[Page]  # where it may be


def _steps(finding: Finding) -> Iterator[_Step]:
    """Return the pages for a finding, one after the other."""
    places = (finding.fix.pages, *finding.fix.more) if finding.fix and finding.fix.pages else ()
    for place, choice in enumerate(places):
        yield _Step(key=f"{finding.name} {place}" if place else finding.name, finding=finding, pages=choice)


def _without_page(app: AppContext, finding: Finding, shell: AccessMethod | None) -> str:
    """Mend one thing without its person, and return what was done; "" for nothing. Raise PhoneFault."""
    fix = finding.fix
    if fix and fix.shell_line and shell:
        System(app.termux.runner).run_line(shell, fix.shell_line)
        return message("{name}: set by {reader}", name=shown_name(finding.name), reader=shell)
    if fix and fix.command:
        app.termux.runner.run(fix.command, timeout=_TIMEOUT)
        return message("{name}: done by {command}", name=shown_name(finding.name), command=" ".join(fix.command))
    return ""


def _open_next(app: AppContext, runner: CommandRunner, steps: Sequence[_Step]) -> Iterator[str]:
    """Open the first page that was not opened yet."""
    key_values = app.ledger.key_values
    opened = set((key_values.read(_OPENED) or "").split("\n"))
    fresh = [step for step in steps if step.key not in opened]
    if not fresh:
        fresh, opened = list(steps), set()
    for step in fresh[:1]:
        page = open_page(runner, step.pages)
        key_values.write(_OPENED, "\n".join(sorted({*opened, step.key} - {""})))
        name = shown_name(step.finding.name)
        if page:
            left = counted(len(fresh) - 1, " ({count} more page)", " ({count} more pages)") if len(fresh) > 1 else ""
            yield message("{name}: opened its page; allow it there, then type: callerid doctor --fix{more}", name=name, more=left)
        else:
            yield message("{name}: no page could be opened. {remedy}", name=name, remedy=step.finding.remedy)


def open_page(runner: CommandRunner, pages: Sequence[Page]) -> str:
    """Open the first settings page that this phone has, and return what to type for it; "" when it has none."""
    for page in pages:
        try:
            output = runner.run(page, timeout=_TIMEOUT)
        except Stopped:
            raise
        except CommandHung:
            return ""  # so would the others
        except PhoneFault:
            continue
        if not output.code and "Error" not in output.stdout + output.stderr:
            return typed(page)
    return ""
