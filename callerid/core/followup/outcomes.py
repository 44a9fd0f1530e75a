"""What a call's row in the call log says about its outcome: enough for a good first choice, which the person can change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.models import CallOutcome, CallStatus, CallType, Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callerid.catalogue import Catalogue
    from callerid.models import Call


def is_missed(call: Call) -> bool:
    """Return whether a call came in and was not taken."""
    return call.type in (CallType.MISSED, CallType.REJECTED, CallType.VOICEMAIL)


def is_connected(call: Call) -> bool:
    """Return whether two people spoke."""
    return not is_missed(call) and call.type is not CallType.BLOCKED and call.duration > 0


def likely_outcome(call: Call) -> Outcome:
    """Return the outcome that a call's row suggests."""
    if is_connected(call):
        return Outcome.CONNECTED
    return {CallType.VOICEMAIL: Outcome.LEFT_VOICEMAIL, CallType.REJECTED: Outcome.BUSY}.get(call.type, Outcome.NO_ANSWER)


def call_status(call: Call) -> CallStatus:
    """Return the status that a call's row states. The outcome may say more, and does not change what happened."""
    if is_connected(call):
        return CallStatus.COMPLETED
    return CallStatus.BUSY if call.type is CallType.REJECTED else CallStatus.NO_ANSWER


def offered_outcomes(call: Call, known: Sequence[CallOutcome], texts: Catalogue) -> tuple[CallOutcome, ...]:
    """Return the outcomes to choose from, the likely one first: those of the portal, or ours while its own are not known."""
    every = known or [CallOutcome(id=outcome, label=texts.say(f"outcome.{outcome}")) for outcome in Outcome]
    likely = likely_outcome(call)
    return tuple(sorted(every, key=lambda outcome: outcome.id != likely))
