"""The outcomes to choose from after a call."""

from __future__ import annotations

from callerid.core.followup.outcomes import offered_outcomes
from callerid.models import CallOutcome, CallType, Outcome
from tests.core.people import EN, JA, call


def test_the_outcomes_that_every_portal_has_are_in_the_persons_language() -> None:
    known = [CallOutcome(id=Outcome.BUSY, label="Busy"), CallOutcome(id=Outcome.CONNECTED, label="Connected")]
    assert [each.label for each in offered_outcomes(call(), known, JA)] == ["通話できた", "話し中"]
    assert [each.label for each in offered_outcomes(call(), (), JA)][:1] == ["通話できた"]
    assert [each.label for each in offered_outcomes(call(CallType.MISSED, 0), (), EN)][:1] == ["No answer"]


def test_a_label_that_the_portal_has_given_stays() -> None:
    known = [CallOutcome(id=Outcome.CONNECTED, label="Spoke with them"), CallOutcome(id="6f-1", label="Busy")]
    assert [each.label for each in offered_outcomes(call(), known, JA)] == ["Spoke with them", "Busy"]
