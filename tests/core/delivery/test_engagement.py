"""Which engagements an answered call becomes in the CRM."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from callerid.core.delivery.engagement import call_engagement, external_id, has_association, same_associations, task_engagement
from callerid.core.followup.conversation import Answer
from callerid.models import CallStatus, CallType, Direction, Outcome
from tests.core.people import ANA, EN, JA, NOW, call, candidate

INSTALLATION = "0d4f3b9e-5c1a-4b0a-9d7e-3f3d2f6a1b2c"
ANSWER = Answer(candidate=ANA, outcome=Outcome.CONNECTED, deal_id="701", note="note")


def test_an_incoming_call_becomes_an_inbound_engagement() -> None:
    made = call_engagement(
        call(), ANSWER, installation=INSTALLATION, own_number="+49301", owner_id="9", number="+353871234567", texts=EN
    )
    assert (made.direction, made.status, made.duration_ms) == (Direction.INBOUND, CallStatus.COMPLETED, 192_000)
    assert (made.from_number, made.to_number) == ("+353871234567", "+49301")
    assert (made.contact_id, made.company_id, made.deal_id, made.owner_id) == ("501", "601", "701", "9")
    assert (made.title, made.note) == ("Call from Ana López", "note")
    assert made.start == datetime(2026, 11, 22, 11, 55, tzinfo=UTC)


def test_an_outgoing_call_that_nobody_answered_becomes_an_outbound_engagement_without_answer() -> None:
    answer = Answer(candidate=candidate(company="", deals=()), outcome=Outcome.NO_ANSWER, deal_id=None, note="")
    dialled = call(CallType.OUTGOING, 0)
    made = call_engagement(dialled, answer, installation=INSTALLATION, own_number="", owner_id=None, number="+353", texts=EN)
    assert (made.direction, made.status) == (Direction.OUTBOUND, CallStatus.NO_ANSWER)
    assert (made.from_number, made.to_number, made.company_id) == ("", "+353", None)
    assert made.title == "Call to Ana López"


def test_a_contact_without_a_name_is_called_by_the_number() -> None:
    nameless = replace(ANSWER, candidate=replace(ANSWER.candidate, first_name="", last_name="", email=""), due=NOW)
    made = call_engagement(call(), nameless, installation=INSTALLATION, own_number="", owner_id=None, number="+353", texts=JA)
    task = task_engagement(call(), nameless, installation=INSTALLATION, owner_id=None, texts=JA)
    assert (made.title, task and task.title) == ("+353からの電話", f"{call().number}へのフォローアップ")


def test_the_same_call_has_one_id_and_another_phone_has_another() -> None:
    assert external_id(INSTALLATION, "k") == external_id(INSTALLATION, "k")
    assert external_id(INSTALLATION, "k") != external_id(INSTALLATION, "l")
    assert external_id(INSTALLATION, "k") != external_id("1d4f3b9e-5c1a-4b0a-9d7e-3f3d2f6a1b2c", "k")


def test_a_task_has_the_associations_of_its_call_and_an_id_of_its_own() -> None:
    answer = replace(ANSWER, due=datetime(2026, 12, 1, 8, tzinfo=UTC))
    task, again = (task_engagement(call(), answer, installation=INSTALLATION, owner_id="9", texts=EN) for _ in range(2))
    assert task
    assert task == again
    logged = call_engagement(call(), answer, installation=INSTALLATION, own_number="", owner_id="9", number="+353", texts=EN)
    assert same_associations(task, logged)
    assert task.external_id != logged.external_id
    assert has_association(task)
    assert not has_association(replace(task, contact_id=None, company_id=None, deal_id=None))


def test_a_call_without_a_due_date_has_no_task() -> None:
    assert task_engagement(call(), ANSWER, installation=INSTALLATION, owner_id=None, texts=EN) is None
