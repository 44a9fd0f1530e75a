"""One ring, one card, whoever hears it, in which order, and however much each tells."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from callerid.core.ringing import ring_card
from callerid.core.ringing.ring_card import CardUpdate, RingCard, RingReport, assign_report
from callerid.models import Call, CallType

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ANA, BEN = "+353871234567", "+4989123"


def hint(line: str = ANA, sense: str = "inbox", seconds: float = 0, **more: object) -> RingReport:
    return RingReport(line=line, at=NOW + timedelta(seconds=seconds), sense=sense, **more)  # type: ignore[arg-type]


def card(line: str = ANA, *heard: str, **more: object) -> RingCard:
    return RingCard(id=1, line=line, at=NOW, sense_reports=heard or ("inbox",), **more)  # type: ignore[arg-type]


def test_two_senses_that_hear_one_ring_share_its_card() -> None:
    joined = assign_report(hint(sense="telephony", seconds=3, slot=1), [card()])
    assert joined.card == replace(card(), sense_reports=("inbox", "telephony"), slot=1)
    assert not joined.reveals_caller
    assert assign_report(hint(seconds=3), [card()]).card == card()


def test_a_sense_without_a_number_joins_the_ring_of_the_moment() -> None:
    assert assign_report(hint("", "stream", 2), [card()]).card == replace(card(), sense_reports=("inbox", "stream-"))
    assert assign_report(hint("", "inbox", 2), [card()]).card == card()  # Android tells automation apps twice
    assert assign_report(hint("", "inbox", 9), [card()]).card is None  # a second caller, who hides the number


def test_a_number_that_comes_later_goes_onto_the_card_that_has_none() -> None:
    joined = assign_report(hint(ANA, "telephony", 4), [card("", "stream")])
    assert joined.card == replace(card("", "stream"), line=ANA, sense_reports=("stream", "telephony"))
    assert joined.reveals_caller
    same_sim = assign_report(hint(ANA, "telephony", 9, slot=0), [card("", "telephony", slot=0)])
    assert same_sim.reveals_caller
    assert assign_report(hint(ANA, "telephony", 9), [card("", "telephony")]) == CardUpdate(card=None)


def test_another_caller_another_sim_another_direction_and_another_time_are_other_rings() -> None:
    assert assign_report(hint(BEN), [card()]).card is None
    assert assign_report(hint(slot=1), [card(slot=0)]).card is None
    assert assign_report(hint(outgoing=True), [card()]).card is None
    assert assign_report(hint("", "stream", 30), [card()]).card is None


def test_the_same_caller_again_within_a_minute_is_a_new_ring_and_ends_the_old_card() -> None:
    assert assign_report(hint(seconds=40), [card()]) == CardUpdate(card=None, ended=(card(),))


CALL = Call(key="k", start=NOW, number=ANA, type=CallType.MISSED, duration=0, sim="1", ordinal=0, name="")


def test_a_call_claims_its_own_ring_first_and_else_one_without_a_number() -> None:
    assert ring_card.ring_of_call(CALL, ANA, [card(""), card()]) == card()
    assert ring_card.ring_of_call(CALL, ANA, [card("")]) == card("")
    late = replace(CALL, start=NOW + timedelta(seconds=60))
    assert ring_card.ring_of_call(late, ANA, [card("")]) is None
    assert ring_card.ring_of_call(replace(CALL, type=CallType.OUTGOING), ANA, [card(""), card()]) is None
    assert ring_card.ring_of_call(replace(CALL, type=CallType.OUTGOING), ANA, [card(outgoing=True)]) == card(outgoing=True)


def test_more_strangers_in_a_minute_than_a_telephone_can_bring_are_a_flood() -> None:
    assert not ring_card.is_flood(5)
    assert ring_card.is_flood(6)


HINTS = st.builds(
    RingReport,
    line=st.sampled_from(["", ANA, BEN]),
    at=st.integers(0, 60).map(lambda seconds: NOW + timedelta(seconds=seconds)),
    sense=st.sampled_from(["inbox", "stream", "telephony"]),
    slot=st.sampled_from([None, 0, 1]),
    outgoing=st.booleans(),
)


@given(st.lists(HINTS, max_size=12))
def test_a_hint_never_joins_a_ring_of_another_number_sim_or_direction(hints: list[RingReport]) -> None:
    standing: list[RingCard] = []
    for place, one in enumerate(sorted(hints, key=lambda h: h.at)):
        joined = assign_report(one, standing)
        if joined.card is None:
            made = RingCard(id=place, line=one.line, at=one.at, sense_reports=(one.sense,), slot=one.slot, outgoing=one.outgoing)
            standing.insert(0, made)
            continue
        before = next(c for c in standing if c.id == joined.card.id)
        assert one.line in ("", joined.card.line)
        assert before.line in ("", joined.card.line)
        assert before.outgoing == one.outgoing
        assert before.slot in (None, joined.card.slot)
        assert one.sense in joined.card.reporting_senses
        assert joined.card.identifying_senses <= joined.card.reporting_senses
        assert joined.reveals_caller == (before.line != joined.card.line)
        standing[standing.index(before)] = joined.card


def test_who_waits_while_the_first_caller_talks_has_a_ring_of_their_own() -> None:
    answered = card(ANA, "telephony", answered_at=NOW + timedelta(seconds=3))
    assert assign_report(hint(ring_card.pseudo_line("Bob"), "notifications", 8), [answered]).card is None
    assert assign_report(hint("", "notifications", 2), [answered]).card


def test_a_ring_that_was_not_to_be_shown_takes_no_row_of_another() -> None:
    pest = card(ring_card.pseudo_line("Pest"), unwanted=True, ended_at=NOW)
    assert ring_card.ring_of_call(CALL, ANA, [pest]) is None
    assert ring_card.ring_of_call(CALL, ANA, [pest], ["Pest"]) == pest
