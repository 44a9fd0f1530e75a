"""What a call's row tells of its end, so that a person need not: the outcome is guessed, never forced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.models import CallOutcome, CallStatus, CallType, Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callerid.catalogue import Catalogue
    from callerid.models import Call


def is_missed(call: Call) -> bool:
    """Given a call, did it reach nobody here?"""
    return call.type in (CallType.MISSED, CallType.REJECTED, CallType.VOICEMAIL)


def is_connected(call: Call) -> bool:
    """Given a call, did two people speak?"""
    return not is_missed(call) and call.type is not CallType.BLOCKED and call.duration > 0


def likely_outcome(call: Call) -> Outcome:
    """Given a call, return the outcome that its row suggests."""
    if is_connected(call):
        return Outcome.CONNECTED
    return {CallType.VOICEMAIL: Outcome.LEFT_VOICEMAIL, CallType.REJECTED: Outcome.BUSY}.get(call.type, Outcome.NO_ANSWER)


def call_status(call: Call) -> CallStatus:
    """Given a call, return the status that its row states. An outcome may say more; it does not change what happened."""
    if is_connected(call):
        return CallStatus.COMPLETED
    return CallStatus.BUSY if call.type is CallType.REJECTED else CallStatus.NO_ANSWER


def offered_outcomes(call: Call, known: Sequence[CallOutcome], texts: Catalogue) -> tuple[CallOutcome, ...]:
    """Given a call and the outcomes that the portal has (none: it has not told yet), return those to choose from, the likely one
    first."""
    every = known or [CallOutcome(id=outcome, label=texts.say(f"outcome.{outcome}")) for outcome in Outcome]
    likely = likely_outcome(call)
    return tuple(sorted(every, key=lambda outcome: outcome.id != likely))
