"""Who called is known only later, or is somebody else -> the calls of a contact who came into the CRM are offered, once,
however old, and the open questions about a caller are asked anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.core.callers.resolve import sure_candidates
from callerid.core.followup.next_step import Enqueue, Gather, next_step
from callerid.core.followup.questions import Question
from callerid.core.followup.state import FollowUp, LateCalls
from callerid.core.followup.states import State
from callerid.logs import log
from callerid.turns.facts import turn_facts
from callerid.turns.followup.attend import add_to_batch, log_without_asking
from callerid.turns.followup.situation import followup_policy, read_situation

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from callerid.core.followup.next_step import Step
    from callerid.core.followup.state import Situation
    from callerid.store.mirror.changed_contacts import Changed
    from callerid.turns.context import AppContext
    from callerid.turns.facts import TurnFacts

_LAST = "late_matches"  # when earlier calls were last compared with changed contacts
_LINES_READ_BY = "lines_read_by"  # the rules by which the lines of unmatched callers were read
_LONGEST_TURN = timedelta(hours=1)  # a call may be settled by a look-up of so long ago


def offer_late_matches(app: AppContext, now: datetime) -> int:
    """Compare the calls of unknown callers with the contacts that came or changed, log or ask about those that match, and return
    the count of these calls. For after anything that brings contacts into the mirror."""
    facts = turn_facts(app, now)
    policy = followup_policy(app.config, facts)
    if policy.late is LateCalls.OFF or not policy.enabled or not policy.has_crm:
        return 0  # the changed contacts are compared when that is wanted again
    changed = app.mirror.changed_contacts.read()
    unmatched_lines: set[str] = set()
    compare_again: set[str] = set()
    count = 0
    for followup in _that_may_match(app, changed, app.ledger.key_values.read_time(_LAST), now):
        if followup.line in unmatched_lines:
            continue
        situation = read_situation(app, followup, facts)
        step = next_step(situation, policy, facts.local)
        if _offer(app, situation, step, facts):
            count += 1
            continue
        # of a caller who is ignored, or a call that somebody changed just now
        compare_again.update(contact.id for contact in sure_candidates(situation.resolution))
        if not isinstance(step, Gather | Enqueue):
            unmatched_lines.add(followup.line)
    app.mirror.changed_contacts.compared(changed, compare_again)
    app.ledger.key_values.write_time(_LAST, now)
    if count:
        log.info("%d earlier calls match contacts that came into the CRM later", count)
    return count


def _offer(app: AppContext, situation: Situation, step: Step, facts: TurnFacts) -> bool:
    match step:
        case Gather():
            return add_to_batch(app.ledger, situation.followup, step, facts.now) is not None
        case Enqueue():
            return log_without_asking(app, situation, step, facts)
    return False


def _that_may_match(app: AppContext, changed: Changed, last: datetime | None, now: datetime) -> Iterable[FollowUp]:
    """Return the unmatched follow-ups whose callers the changed contacts may be, oldest first. One may also have been settled as
    unmatched after its contact came, by a turn that had looked the caller up before.

    Where any contact may have changed, either all unmatched calls are looked up in the mirror, or all of the mirror's numbers in
    the ledger: whichever are fewer.
    """
    calls, every_contact = app.ledger.calls, changed.every_contact or last is None or last > now
    _renew_lines(app)
    if every_contact and not calls.has_more_unmatched_than(app.mirror.facts().contacts):
        return calls.unmatched()
    contacts = app.mirror.all_contacts() if every_contact else app.mirror.contacts_by_id(changed.ids)
    followups = [] if last is None else [*calls.unmatched(last - _LONGEST_TURN)]
    followups += calls.unmatched_on_lines({app.line_of(phone.raw) for contact in contacts for phone in contact.phones})
    if every_contact or changed.ids:
        named = calls.unmatched_with_answers()
        followups += [call for call in named if every_contact or dict(call.answers).get(Question.PERSON) in changed.ids]
    return sorted({followup.call.key: followup for followup in followups}.values(), key=lambda followup: followup.call.start)


def _renew_lines(app: AppContext) -> None:
    """Have the lines of unmatched callers as the present rules read their numbers: those of another region may differ."""
    rules = f"{app.region} {numbers.RULES_VERSION}"
    if app.ledger.key_values.read(_LINES_READ_BY) != rules:
        app.ledger.calls.renew_lines(app.line_of)
        app.ledger.key_values.write(_LINES_READ_BY, rules)


def ask_anew(app: AppContext, number: str, now: datetime) -> int:
    """Have the prompts of a raw number's calls shown again as it is known now, or removed if nothing is asked of an unknown caller,
    by the next `attend`; return how many. A dialog that is open is left as it is."""
    line, count = app.line_of(number), 0
    for followup in app.ledger.calls.active():
        if followup.state is State.NOTIFIED and line and followup.line == line:
            count += app.ledger.calls.change(followup, replace(followup, state=State.OPEN), now) is not None
    return count
