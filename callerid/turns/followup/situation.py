"""What is known around a follow-up, and what the settings say of follow-ups: all that deciding about one needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.followup.outcomes import is_connected, is_missed
from callerid.core.followup.state import EVENING, FollowUp, Late, Policy, Situation, Via, is_for_the_evening
from callerid.core.hours import last_evening
from callerid.turns.context import has_crm, quiet_hours, turn_facts
from callerid.turns.ringing.callers import is_ignored_number, resolve_call

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.turns.context import AppContext


def policy(app: AppContext, now: datetime) -> Policy:
    """Given a house and now, return what decides about follow-ups."""
    config = app.config
    said = config.log
    return Policy(
        enabled=config.enabled,
        has_crm=has_crm(app),
        screen=said.screen,
        dialogs_work=turn_facts(app, now).dialogs_work,
        via=Via(said.via),
        incoming=said.incoming,
        outgoing=said.outgoing,
        strangers=said.unknown == "offer",
        min_duration=said.min_duration,
        auto_log=said.auto_log,
        late=Late(said.late),
        quiet_hours=quiet_hours(app.config),
        sims=said.sims,
        evening=last_evening(app.local(now), said.evening),
    )


def situation(app: AppContext, followup: FollowUp, now: datetime) -> Situation:
    """Given a follow-up and now, return it with what is known around it."""
    later = app.ledger.calls.on_line_since(followup) if is_missed(followup.call) and followup.line else ()
    return Situation(
        followup=followup,
        resolution=resolve_call(app, followup),
        mirror_built=app.mirror.facts().built_at is not None,
        on_ignore_list=is_ignored_number(app, followup.call.number),
        newer_missed=any(is_missed(other.call) for other in later),
        spoken_since=any(is_connected(other.call) for other in later),
        unanswered=_unanswered(app, followup, now),
    )


def _unanswered(app: AppContext, followup: FollowUp, now: datetime) -> int:
    """Given a follow-up that may be one of the evening's batch, return how many there are of it; 1 for another."""
    evening = last_evening(app.local(now), app.config.log.evening)
    if followup.batch != EVENING and not is_for_the_evening(followup, evening):
        return 1
    return app.ledger.calls.count_for_evening(evening, now)
