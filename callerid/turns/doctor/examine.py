"""Examine an installation: all checks of the table side by side, so that the whole takes no longer than the slowest."""

from __future__ import annotations

import threading
from concurrent.futures import Future, wait
from concurrent.futures import TimeoutError as NotInTime
from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.core.doctor.finding import Finding, bad, hearing, unknown
from callerid.credentials import has_token_setting
from callerid.errors import CalleridError, CommandHung, PhoneFault, Stopped
from callerid.messages import message
from callerid.turns.doctor.crm import CrmAnswer
from callerid.turns.doctor.examination import Examination
from callerid.turns.doctor.table import CHECKS, HEARING
from callerid.turns.ringing.notification_access import note_list_answered, note_list_failed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from callerid.crm.port import Crm
    from callerid.turns.context import AppContext
    from callerid.turns.doctor.examination import Surroundings
    from callerid.turns.doctor.table import Check

_THREADS = 12
_MORE = 1.0  # seconds for all answers after the last command's time was up


def examine(
    app: AppContext,
    around: Surroundings,
    *,
    environ: Mapping[str, str],
    connect: Callable[[], Crm],
    checks: Sequence[Check] = CHECKS,
) -> Iterator[Finding]:
    """Make the checks and return what each found, in the order of the table. `connect` returns the CRM. Raise Stopped.

    What failed before and waits is tried again by a daemon as soon as the ledger says so: a grant is used at once.
    """
    app.ledger.key_values.forget_failures()
    app.ledger.key_values.write_time("examined", around.now)
    examination = Examination(app, around, has_token=has_token_setting(app.config, environ))
    checks = [_without_hubspot(check) for check in checks] if app.config.crm.provider == "file" else checks
    answers = _begin(examination, lambda: CrmAnswer(examination, environ, connect), checks)
    found: list[Finding] = []
    for check in checks:
        if check.cost:
            _wait_for_all(examination, answers.values())
        for finding in _named(check, _answer(examination, check, answers)):
            complete = _with_cost(examination, check, finding)
            found.append(complete)
            yield complete
    _note_list(examination)
    if any(check.name == "inbox" for check in checks):
        yield from _named(HEARING, hearing(found))


def _without_hubspot(check: Check) -> Check:
    """Return a check as it is where names come from a file."""
    return replace(check, crm=None, here=_not_used) if check.of_hubspot else check


def _not_used(_: Examination) -> Finding:
    return unknown(message("not used: names come from a file, and no call is logged"))


Found = Finding | tuple[Finding, ...]


def _begin(examination: Examination, crm: Callable[[], CrmAnswer], checks: Sequence[Check]) -> dict[str, Future[Found]]:
    """Start the checks that need not run in this thread, and return their answers to be, by name. The threads end with the process,
    whatever they wait for."""
    answers: dict[str, Future[Found]] = {check.name: Future() for check in checks if check.phone or check.crm}
    places = threading.BoundedSemaphore(_THREADS)

    def run(name: str, look: Callable[[], Found]) -> None:
        with places:
            try:
                answers[name].set_result(look())
            except BaseException as fault:  # noqa: BLE001 - raised in the thread that waits for it
                answers[name].set_exception(fault)

    for check in sorted(checks, key=lambda check: check.cost is None):  # what is measured must end first
        if phone := check.phone:
            _start(check.name, run, lambda phone=phone: phone(examination))  # type: ignore[misc]
    asked = [(check.name, check.crm) for check in checks if check.crm]
    answer = crm() if asked else None
    for name, look in asked:
        _start(name, run, lambda look=look: look(answer))  # type: ignore[misc]
    return answers


def _start(name: str, run: Callable[[str, Callable[[], Found]], None], look: Callable[[], Found]) -> None:
    threading.Thread(target=run, args=(name, look), name=f"doctor: {name}", daemon=True).start()


def _answer(examination: Examination, check: Check, answers: Mapping[str, Future[Found]]) -> Found:
    try:
        if check.here:
            return check.here(examination)
        return answers[check.name].result(examination.runner.seconds_until(_MORE))
    except Stopped:
        raise
    except NotInTime:
        return unknown(message("no answer in time"), message("Try it again: callerid doctor"))
    except CalleridError as fault:
        return bad(fault.sentence, fault.remedy)


def _wait_for_all(examination: Examination, answers: Iterable[Future[Found]]) -> None:
    """Wait until no check runs any more: a cost is measured by what the children of this process use."""
    wait(answers, examination.runner.seconds_until(_MORE))


def _named(check: Check, found: Found) -> Iterator[Finding]:
    for finding in found if isinstance(found, tuple) else (found,):
        yield replace(finding, name=finding.name or check.name, why=check.why, needed=check.needed)


def _with_cost(examination: Examination, check: Check, finding: Finding) -> Finding:
    """Return what was found with what it costs. A read that fails while it is measured does not work."""
    if not check.cost or not finding.works:
        return finding
    try:
        return replace(finding, cost=check.cost(examination))
    except Stopped:
        raise
    except CommandHung:
        return (
            finding if not examination.runner.seconds_left else replace(finding, works=False, says=message("it hangs now and then"))
        )
    except PhoneFault as fault:
        return replace(finding, works=False, says=fault.sentence, remedy=fault.remedy)


def _note_list(examination: Examination) -> None:
    """Record whether the list of notifications answered: the daemon reads it only where it does."""
    if not examination.was_asked("card"):
        return
    try:
        is_gone, rows = examination.list_is_gone, examination.test_card.rows
    except CalleridError:  # it was not read
        return
    if is_gone:
        note_list_failed(examination.app.ledger, examination.around.now)
    elif rows is not None:
        note_list_answered(examination.app.ledger)
