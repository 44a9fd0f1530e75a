"""How a card tells the last call with somebody, and what was noted about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta

import pytest

from callerid.core.callers.contact_activity import ContactActivity
from callerid.core.callers.contact_history import ContactHistory, latest_call, latest_talk
from callerid.core.callers.past import PastCall, PastNote
from callerid.core.callers.resolve import Certainty
from callerid.core.followup.outcomes import outcome_label, row_outcome
from callerid.core.wording.past_calls import crm_note_line, is_crm_note_newer, last_call_line, note_line
from callerid.core.wording.ring_card import CardLine, RingCardDetails, ring_body
from callerid.core.wording.style import Discretion
from callerid.models import ActivityKind, CallOutcome, CallType, Outcome, Owner
from tests.core.people import ANA, BEN, EN, JA, NOW, candidate, known, style

YESTERDAY = PastCall(start=NOW.astimezone(UTC) - timedelta(days=1), type=CallType.INCOMING, duration=192, outcome="connected")
OFFER = PastNote(at=NOW.astimezone(UTC) - timedelta(days=3), text="Sends the offer")
SPOKEN = RingCardDetails(history=ContactHistory(last_call=YESTERDAY, last_talk=YESTERDAY, last_note=OFFER))


@pytest.mark.parametrize(
    ("kind", "duration", "outcome", "told"),
    [
        (CallType.INCOMING, 192, "", "incoming, 3 min 12 s"),
        (CallType.OUTGOING, 192, "Left live message", "outgoing, 3 min 12 s · Left live message"),
        (CallType.OUTGOING, 0, "", "outgoing, not answered"),
        (CallType.INCOMING, 0, "", "incoming, not answered"),
        (CallType.MISSED, 0, "", "incoming, not answered"),
        (CallType.REJECTED, 0, "", "incoming, declined"),
        (CallType.VOICEMAIL, 8, "", "voicemail"),
    ],
)
def test_the_line_of_the_last_call_says_how_it_ended(kind: CallType, duration: int, outcome: str, told: str) -> None:
    call = replace(YESTERDAY, type=kind, duration=duration)
    assert last_call_line(call, outcome, style()) == f"last call yesterday: {told}"


def test_without_a_call_or_a_note_there_is_no_line() -> None:
    assert last_call_line(None, "", style()) == ""
    assert note_line(None, style()) == ""
    assert note_line(replace(OFFER, text=" \n\t"), style()) == ""


def test_a_note_is_one_line_and_short_whatever_is_in_it() -> None:
    hostile = replace(OFFER, text="\u202eSends\x1b[31m\nthe\u2028offer\x00 {note} " + "x" * 5000)
    line = note_line(hostile, style())
    assert line.startswith("noted 3 days ago: Sends [31m the offer {note} xxx")
    assert line.isprintable()
    assert len(line) < 150


def test_the_body_tells_the_last_call_and_the_last_note_after_the_deal() -> None:
    assert ring_body(known(), style(), SPOKEN).split("\n") == [
        "Renewal 2027 · €12,000 · Contract sent · closes 30 Nov",
        "last call yesterday: incoming, 3 min 12 s",
        "noted 3 days ago: Sends the offer",
        "exact match · HubSpot, 2 h old",
    ]
    assert ring_body(known(), style(texts=JA), SPOKEN).split("\n")[1:3] == [
        "前回の通話（昨日）: 着信、3分12秒",
        "前回のメモ（3日前）: Sends the offer",
    ]


MISSED = replace(YESTERDAY, start=YESTERDAY.start + timedelta(hours=2), type=CallType.MISSED, duration=0)
LONG_AGO = replace(YESTERDAY, start=YESTERDAY.start - timedelta(days=9))


@pytest.mark.parametrize(
    ("on_line", "logged", "says"),
    [
        (YESTERDAY, None, "last spoke yesterday"),
        (MISSED, YESTERDAY, "last spoke yesterday"),
        (MISSED, None, "last spoke 3 days ago"),
        (replace(YESTERDAY, type=CallType.VOICEMAIL), None, "last spoke 3 days ago"),
        (LONG_AGO, None, "last spoke 3 days ago"),
        (None, None, "last spoke 3 days ago"),
    ],
)
def test_a_card_never_says_that_the_last_talk_was_before_a_call_it_knows_of(
    on_line: PastCall | None, logged: PastCall | None, says: str
) -> None:
    history = ContactHistory(last_call=latest_call(on_line, logged), last_talk=latest_talk(on_line, logged))
    facts = RingCardDetails(history=history, lines=(CardLine.FACTS,))
    assert ring_body(known(), style(), facts).startswith(f"{says} · exact match")
    both = ring_body(known(), style(), replace(facts, lines=(CardLine.LAST_CALL, CardLine.FACTS)))
    assert ("last spoke" in both) == (on_line is not YESTERDAY)


def test_the_lines_come_as_they_are_chosen_and_the_title_alone_is_enough() -> None:
    chosen = replace(SPOKEN, lines=(CardLine.NOTE, CardLine.DEAL))
    assert ring_body(known(), style(), chosen).split("\n") == [
        "noted 3 days ago: Sends the offer",
        "Renewal 2027 · €12,000 · Contract sent · closes 30 Nov",
    ]
    assert ring_body(known(), style(), replace(SPOKEN, lines=())) == ""
    assert ring_body(known(ANA, BEN), style(), replace(SPOKEN, lines=())) == "Ana López, Ben Kim"


@pytest.mark.parametrize("discretion", [Discretion.INITIALS, Discretion.NOTHING])
def test_a_card_that_may_not_name_anybody_tells_nothing_of_earlier_calls(discretion: Discretion) -> None:
    assert ring_body(known(), style(discretion=discretion), SPOKEN) == ""


def test_people_who_share_a_number_have_no_history_on_its_card() -> None:
    assert "noted" not in ring_body(known(ANA, BEN), style(), SPOKEN)
    probable = replace(known(candidate()), certainty=Certainty.PROBABLE)
    assert "noted" in ring_body(probable, style(), SPOKEN)


def test_the_later_one_of_two_calls_is_the_last() -> None:
    later = replace(YESTERDAY, start=YESTERDAY.start + timedelta(hours=1), outcome="")
    assert latest_call(later, YESTERDAY) is later
    assert latest_call(YESTERDAY, later) is later
    assert latest_call(replace(YESTERDAY, outcome=""), YESTERDAY) is YESTERDAY
    assert (latest_call(None, later), latest_call(later, None), latest_call(None, None)) == (later, later, None)


def test_a_row_of_the_call_log_suggests_an_outcome() -> None:
    assert row_outcome(CallType.OUTGOING, 5) is Outcome.CONNECTED
    assert row_outcome(CallType.BLOCKED, 5) is Outcome.NO_ANSWER
    assert row_outcome(CallType.VOICEMAIL, 5) is Outcome.LEFT_VOICEMAIL


def test_a_standard_outcome_is_told_in_the_persons_language_unless_the_portal_renamed_it() -> None:
    renamed = (CallOutcome(id="busy", label="Engaged"), CallOutcome(id="77", label="Demo booked"))
    assert outcome_label("left-voicemail", (), JA) == JA.texts["outcome.left-voicemail"]
    assert (outcome_label("busy", renamed, EN), outcome_label("77", renamed, EN)) == ("Engaged", "Demo booked")
    assert outcome_label("no longer offered", renamed, EN) == ""


EVA = Owner(id="2", email="eva@example.com", first_name="Eva", last_name="Else", user_id=None)
OF_EVA = ContactActivity(kind=ActivityKind.CALLS, id="7", at=YESTERDAY.start, text="Wants\nit in red", stage="", owner=EVA)
TASK = replace(OF_EVA, kind=ActivityKind.TASKS, text="Call")


def test_the_crm_s_note_says_whose_it_is_and_when() -> None:
    assert crm_note_line((TASK, OF_EVA), style()) == "noted yesterday by Eva Else: Wants it in red"
    assert crm_note_line((replace(OF_EVA, owner=None),), style()) == "noted yesterday by HubSpot: Wants it in red"
    assert crm_note_line((OF_EVA,), style(texts=JA)) == "Eva Elseのメモ（昨日）: Wants it in red"
    assert crm_note_line((replace(OF_EVA, at=None),), style()) == crm_note_line((TASK,), style()) == ""


def test_of_our_note_and_the_crm_s_a_card_shows_the_newer_one_and_not_one_twice() -> None:
    assert is_crm_note_newer((OF_EVA,), OFFER)
    assert is_crm_note_newer((OF_EVA,), None)
    assert not is_crm_note_newer((), None)
    ours = PastNote(at=YESTERDAY.start - timedelta(milliseconds=900), text="Wants it in red")  # the same call
    assert not is_crm_note_newer((OF_EVA,), ours)
    assert not is_crm_note_newer((replace(OF_EVA, at=None),), OFFER)
    with_note = replace(ANA, activities=(OF_EVA, TASK))
    both = replace(SPOKEN, lines=(CardLine.NOTE, CardLine.CRM_NOTE))
    assert ring_body(known(with_note), style(), both) == "noted yesterday by Eva Else: Wants it in red"
    same = replace(both, history=ContactHistory(last_note=ours))
    assert ring_body(known(with_note), style(), same) == "noted yesterday: Wants it in red"
    crm_only = replace(same, lines=(CardLine.CRM_NOTE, CardLine.TASKS, CardLine.TICKETS))
    assert ring_body(known(with_note), style(), crm_only).startswith("noted yesterday by Eva Else: Wants it in red\ntask: Call")
