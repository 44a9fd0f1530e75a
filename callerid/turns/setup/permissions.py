"""The step about Android's permissions and what ends a daemon in the background: each is tried as doctor does, and its page is
opened until it works or is left."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.core.doctor import pages
from callerid.core.doctor.finding import job_cannot_work
from callerid.errors import PermissionDenied
from callerid.messages import joined, message
from callerid.turns.context import utc_now
from callerid.turns.doctor.examination import Surroundings
from callerid.turns.doctor.examine import examine
from callerid.turns.doctor.fix import open_page
from callerid.turns.doctor.table import CHECKS
from callerid.turns.open_context import CrmConnection
from callerid.turns.setup.interview import StepResult
from callerid.turns.upkeep.heart import beat_now

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from callerid.core.doctor.finding import Finding
    from callerid.turns.context import AppContext
    from callerid.turns.setup.interview import Interview

_NAMES = (
    "termux:api",
    "cards",
    "call log",
    "phone contacts",
    "sim",
    "draw over",
    "battery",
    "freezer",
    "phantoms",
    "autostart",
    "boot",
)
_RESTRICTIONS = ("phantoms",)  # which are to be off
_PAST = ("freezer",)  # what happened: no look tells whether it is mended
_NEXT = (("look", message("I have allowed it: look again")), ("later", message("Later")))
_NEXT_UNSEEN = (("look", message("Done")), ("later", message("Later")))  # of what no look can tell
_NEXT_OFF = (("look", message("It is off: look again")), ("later", message("Later")))


def permissions(app: AppContext, interview: Interview, environ: Mapping[str, str]) -> StepResult:
    """Try each permission, and open the page of each that is not granted. Raise Left."""
    found = [_granted(app, interview, environ, name) for name in _NAMES]
    left = [finding.name for finding in found if finding.works is False]
    needed = [finding for finding in found if job_cannot_work([finding])]
    says = (
        message("not yet: {names}", names=joined(", ", map(message, left)))
        if left
        else message("granted, as far as they were tried; all else: callerid doctor")
    )
    missing = PermissionDenied(_sentence(needed[0].says), remedy=needed[0].remedy) if needed else None
    return StepResult(says=says, missing=missing)


def _sentence(says: str) -> str:
    return says if says.endswith(".") else message("{says}.", says=says)


def _granted(app: AppContext, interview: Interview, environ: Mapping[str, str], name: str) -> Finding:
    """Return what was found about a permission at last."""
    was_asked = False
    while True:
        finding = check(app, environ, (name,))[0]
        mark = {True: "✓", False: "✗", None: "-"}[finding.works]
        interview.tell(
            message("{mark} {name}: {says}", mark=mark, name=message(name), says=finding.says)
            if finding.works
            else message("{mark} {name} ({why}): {says}", mark=mark, name=message(name), says=finding.says, why=finding.why)
        )
        wanted = _pages(finding)
        if finding.works is False and not interview.asks:
            interview.tell(message("  {remedy}", remedy=finding.remedy))
        is_unseen = finding.works is None or name in _PAST
        is_settled = finding.works or (is_unseen and (was_asked or not wanted))
        if is_settled or not interview.asks:
            return finding
        default = "later" if was_asked else "look"  # who only types Enter gets on
        choices = _NEXT_UNSEEN if is_unseen else _NEXT_OFF if name in _RESTRICTIONS else _NEXT
        for allowed, choice in (wanted or {message(name): ()}).items():
            interview.tell(_advice(finding, choice) if open_page(app.termux.runner, choice) else finding.remedy)
            if interview.choose("", _question(name, allowed), choices, default) == "later":
                return finding
        was_asked = True


def _question(name: str, allowed: str) -> str:
    if name in _RESTRICTIONS:
        return message("{name}: switch the restriction off", name=allowed)
    return message("{name}: allow it", name=allowed)


def _pages(finding: Finding) -> dict[str, Sequence[pages.Page]]:
    """Return for each thing to allow the pages where that may be."""
    name, fix = message(finding.name), finding.fix
    if not fix or not fix.pages:
        return {}
    if not fix.more:
        return {name: fix.pages}
    return {joined(", ", (name, _app_of(choice[-1]))): choice for choice in (fix.pages, *fix.more)}


def _app_of(page: pages.Page) -> str:
    """Return which app a page is about."""
    return "Termux:API" if page[-1].endswith(pages.API) else "Termux"


def _advice(finding: Finding, opened: Sequence[pages.Page]) -> str:
    """Return what to do on a page that is open: the remedy, unless that is only what opens pages."""
    opens = {pages.typed(page) for page in opened}
    if opens.intersection(finding.remedy.split("; ")):
        return message("Its page is open.")
    return message("Its page is open. {remedy}", remedy=finding.remedy)


def check(app: AppContext, environ: Mapping[str, str], names: Sequence[str]) -> list[Finding]:
    """Return what doctor finds about some of the things it checks, without what each costs."""
    checks = [replace(check, cost=None) for check in CHECKS if check.name in names]
    around = Surroundings(now=utc_now(), beat=beat_now(), daemon_runs=False)
    with CrmConnection(app, environ, lambda _: None, utc_now) as connect:
        return list(examine(app, around, environ=environ, connect=connect, checks=checks))
