"""What a call's row in the call log says about its outcome: enough for a good first choice, which the person can change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.models import CallOutcome, CallStatus, CallType, Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callerid.catalogue import Catalogue
    from callerid.models import Call

# The labels of HubSpot's own outcomes, which no portal's language changes.
_LABELS: dict[str, str] = {
    Outcome.CONNECTED: "Connected",
    Outcome.LEFT_LIVE_MESSAGE: "Left live message",
    Outcome.LEFT_VOICEMAIL: "Left voicemail",
    Outcome.NO_ANSWER: "No answer",
    Outcome.BUSY: "Busy",
    Outcome.WRONG_NUMBER: "Wrong number",
}
_STANDARD = tuple(CallOutcome(id=outcome, label=_LABELS[outcome]) for outcome in Outcome)
_MISSED = (CallType.MISSED, CallType.REJECTED, CallType.VOICEMAIL)


def is_missed(call: Call) -> bool:
    """Return whether a call came in and was not taken."""
    return call.type in _MISSED


def is_connected(call: Call) -> bool:
    """Return whether two people spoke."""
    return call.type.is_talk(call.duration)


def likely_outcome(call: Call) -> Outcome:
    """Return the outcome that a call's row suggests."""
    return row_outcome(call.type, call.duration)


def row_outcome(kind: CallType, duration: int) -> Outcome:
    """Return the outcome that a call's type and length in seconds suggest."""
    if kind.is_talk(duration):
        return Outcome.CONNECTED
    return {CallType.VOICEMAIL: Outcome.LEFT_VOICEMAIL, CallType.REJECTED: Outcome.BUSY}.get(kind, Outcome.NO_ANSWER)


def call_status(call: Call) -> CallStatus:
    """Return the status that a call's row states. The outcome may say more, and does not change what happened."""
    if is_connected(call):
        return CallStatus.COMPLETED
    return CallStatus.BUSY if call.type is CallType.REJECTED else CallStatus.NO_ANSWER


def offered_outcomes(call: Call, known: Sequence[CallOutcome], texts: Catalogue) -> tuple[CallOutcome, ...]:
    """Return the outcomes to choose from, the likely one first: those of the portal, or ours while its own are not known. Those
    that every portal has are in the language of `texts`, unless the portal has given one a label of its own."""
    every = [_in_language(outcome, texts) for outcome in known or _STANDARD]
    likely = likely_outcome(call)
    return tuple(sorted(every, key=lambda outcome: outcome.id != likely))


def _in_language(outcome: CallOutcome, texts: Catalogue) -> CallOutcome:
    is_standard = _LABELS.get(outcome.id) == outcome.label
    return CallOutcome(id=outcome.id, label=texts.say(f"outcome.{outcome.id}")) if is_standard else outcome


def outcome_label(outcome: str, known: Sequence[CallOutcome], texts: Catalogue) -> str:
    """Return the label of an outcome (id) as `offered_outcomes` shows it; "" for one that the portal does not offer any more."""
    found = _find(outcome, known)
    return _in_language(found, texts).label if found else ""


def crm_label(outcome: str, known: Sequence[CallOutcome]) -> str:
    """Return the label of an outcome (id) in the portal; "" for one that it does not offer any more."""
    found = _find(outcome, known)
    return found.label if found else ""


def _find(outcome: str, known: Sequence[CallOutcome]) -> CallOutcome | None:
    return next((each for each in (*known, *_STANDARD) if each.id == outcome), None)
