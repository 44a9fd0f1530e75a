"""What is known around a follow-up, and what the settings say of follow-ups: all that deciding about one needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.followup.outcomes import is_connected, is_missed
from callerid.core.followup.settle_reasons import may_be_outdated
from callerid.core.followup.state import EVENING_BATCH, AskVia, FollowUp, LateCalls, Policy, Situation, belongs_to_evening
from callerid.core.hours import last_evening
from callerid.turns.context import quiet_hours
from callerid.turns.ringing.blocked_callers import is_ignored_number
from callerid.turns.ringing.resolve_caller import resolve_call

if TYPE_CHECKING:
    from callerid.config.settings import Config
    from callerid.core.callers.resolve import Resolution
    from callerid.store.ledger.database import Ledger
    from callerid.turns.context import AppContext
    from callerid.turns.facts import TurnFacts


def followup_policy(config: Config, facts: TurnFacts) -> Policy:
    """Return what decides about follow-ups, from the settings and the facts of this turn."""
    settings = config.log
    return Policy(
        enabled=config.enabled,
        off_since=facts.off_since,
        has_crm=facts.has_crm,
        screen=settings.screen,
        dialogs_work=facts.dialogs_work,
        via=AskVia(settings.via),
        incoming=settings.incoming,
        outgoing=settings.outgoing,
        strangers=settings.unknown == "offer",
        min_duration=settings.min_duration,
        auto_log=settings.auto_log,
        late=LateCalls(settings.late),
        quiet_hours=quiet_hours(config),
        sims=settings.sims,
        evening=last_evening(facts.local, settings.evening),
    )


class Callers:
    """Who the calls of a turn were with, each caller looked up once."""

    def __init__(self, app: AppContext) -> None:
        self._app = app
        self._known: dict[tuple[object, ...], Resolution] = {}

    def of(self, followup: FollowUp) -> Resolution:
        """Return who the call of a follow-up was with, as `resolve_call` does."""
        key = (followup.call.number, *followup.answers)
        if key not in self._known:
            self._known[key] = resolve_call(self._app, followup)
        return self._known[key]


def read_situation(app: AppContext, followup: FollowUp, facts: TurnFacts, callers: Callers | None = None) -> Situation:
    """Return a follow-up with what is known around it. `callers` are the turn's, where it reads several situations."""
    resolution = (callers or Callers(app)).of(followup)
    later = app.ledger.calls.later_on_line(followup) if followup.line and may_be_outdated(followup) else ()
    return Situation(
        followup=followup,
        resolution=resolution,
        mirror_built=_has_mirror(app, resolution, facts),
        is_ignored=is_ignored_number(app, followup.call.number),
        newer_missed=next((later_call.call.key for later_call in later if is_missed(later_call.call)), ""),
        spoken_since=any(is_connected(later_call.call) for later_call in later),
        unanswered_count=_count_unanswered(app.ledger, app.config, followup, facts),
    )


def _has_mirror(app: AppContext, resolution: Resolution, facts: TurnFacts) -> bool:
    """Return whether there was a mirror to look a caller up in. Who is not found may be in one that was put aside in this turn."""
    mirror = facts.mirror if resolution.candidates else app.mirror.facts()
    return mirror.built_at is not None and facts.mirror.built_at is not None


def _count_unanswered(ledger: Ledger, config: Config, followup: FollowUp, facts: TurnFacts) -> int:
    """Return how many calls there are of the evening's batch, to which the follow-up may belong; 1 for a follow-up of none."""
    evening = last_evening(facts.local, config.log.evening)
    if followup.batch != EVENING_BATCH and not belongs_to_evening(followup, evening):
        return 1
    return ledger.calls.count_for_evening(evening, facts.now)
