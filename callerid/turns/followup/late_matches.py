"""Contacts that came into the CRM after their calls -> those calls are offered, once, however long ago they were."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.core.callers.resolve import sure_candidates
from callerid.core.followup.next_step import Enqueue, Gather, next_step
from callerid.core.followup.questions import Question
from callerid.core.followup.state import FollowUp, LateCalls
from callerid.turns.context import log, turn_facts
from callerid.turns.followup.attend import add_to_batch, log_without_asking
from callerid.turns.followup.situation import followup_policy, read_situation

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from callerid.core.followup.next_step import Step
    from callerid.core.followup.state import Situation
    from callerid.store.mirror.changed_contacts import Changed
    from callerid.turns.context import AppContext, TurnFacts

_LAST = "late_matches"  # when earlier calls were last compared with changed contacts
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
    unmatched after its contact came, by a turn that had looked the caller up before."""
    calls = app.ledger.calls
    if changed.every_contact or last is None or last > now:
        return calls.unmatched()
    followups = {followup.call.key: followup for followup in calls.unmatched(last - _LONGEST_TURN)}
    if changed.ids:
        for key in _keys_of_callers(app, changed.ids):
            followup = None if key in followups else calls.followup(key)
            if followup:
                followups[key] = followup
    return sorted(followups.values(), key=lambda followup: followup.call.start)


def _keys_of_callers(app: AppContext, contact_ids: frozenset[str]) -> list[str]:
    """Return the keys of the unmatched calls that came from a number of these contacts, or were answered to be with one of them."""
    contacts = app.mirror.contacts_by_id(contact_ids)
    lines = {app.line_of(phone.raw) for contact in contacts for phone in contact.phones}
    return [
        key
        for key, number, answers in app.ledger.calls.unmatched_numbers()
        if app.line_of(number) in lines or dict(answers).get(Question.PERSON) in contact_ids
    ]
