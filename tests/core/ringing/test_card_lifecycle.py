"""One ring has one card, whichever senses report it; a call of the log takes it over, or it expires."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from callerid.core.ringing import card_lifecycle
from callerid.core.ringing.card_lifecycle import (
    CardUpdate,
    RingCard,
    RingReport,
    assign_report,
    is_of_no_other_number,
    pseudo_line,
)
from callerid.models import Call, CallType

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ANA, BEN = "+353871234567", "+4989123"


def report(line: str = ANA, sense: str = "inbox", seconds: float = 0, **more: object) -> RingReport:
    return RingReport(line=line, at=NOW + timedelta(seconds=seconds), sense=sense, **more)  # type: ignore[arg-type]


def card(line: str = ANA, *senses: str, **more: object) -> RingCard:
    return RingCard(id=1, line=line, at=NOW, sense_reports=senses or ("inbox",), **more)  # type: ignore[arg-type]


def test_two_senses_that_report_one_ring_share_its_card() -> None:
    update = assign_report(report(sense="telephony", seconds=3, slot=1), [card()])
    assert update.card == replace(card(), sense_reports=("inbox", "telephony"), slot=1)
    assert not update.reveals_caller
    assert assign_report(report(seconds=3), [card()]).card == card()


def test_a_report_without_a_number_belongs_to_the_ring_of_the_moment() -> None:
    assert assign_report(report("", "stream", 2), [card()]).card == replace(card(), sense_reports=("inbox", "stream-"))
    assert assign_report(report("", "inbox", 2), [card()]).card == card()  # Android reports a ring twice
    assert assign_report(report("", "inbox", 9), [card()]).card is None  # a second caller, with a hidden number


def test_a_number_that_comes_later_goes_onto_the_card_without_one() -> None:
    update = assign_report(report(ANA, "telephony", 4), [card("", "stream")])
    assert update.card == replace(card("", "stream"), line=ANA, sense_reports=("stream", "telephony"))
    assert update.reveals_caller
    same_sim = assign_report(report(ANA, "telephony", 9, slot=0), [card("", "telephony", slot=0)])
    assert same_sim.reveals_caller
    assert assign_report(report(ANA, "telephony", 9), [card("", "telephony")]) == CardUpdate(card=None)


def test_another_caller_sim_direction_or_time_is_another_ring() -> None:
    assert assign_report(report(BEN), [card()]).card is None
    assert assign_report(report(slot=1), [card(slot=0)]).card is None
    assert assign_report(report(outgoing=True), [card()]).card is None
    assert assign_report(report("", "stream", 30), [card()]).card is None


@given(
    st.lists(
        st.builds(
            RingCard,
            id=st.integers(1, 9),
            line=st.sampled_from(("", ANA, BEN, pseudo_line("Ana"), pseudo_line("Ben"))),
            at=st.integers(-25, 25).map(lambda seconds: NOW + timedelta(seconds=seconds)),
            name=st.sampled_from(("", "Ana", "Ben")),
            sense_reports=st.sampled_from((("inbox",), ("stream-",), ("telephony", "inbox"))),
            slot=st.sampled_from((None, 0, 1)),
            unwanted=st.booleans(),
        ),
        max_size=5,
    ),
    st.sampled_from(("", "Ana")),
    st.sampled_from((None, 0)),
)
def test_a_report_with_a_number_needs_no_ring_of_another_one_to_find_its_card(
    cards: list[RingCard], name: str, slot: int | None
) -> None:
    given_report = report(name=name, slot=slot)
    assert is_of_no_other_number(given_report)
    assert assign_report(given_report, cards) == assign_report(given_report, [card for card in cards if card.line != BEN])


def test_the_same_caller_again_within_a_minute_is_a_new_ring_and_ends_the_first() -> None:
    assert assign_report(report(seconds=40), [card()]) == CardUpdate(card=None, ended=(card(),))


def test_a_call_that_is_reported_with_another_caller_keeps_its_card() -> None:
    named = card(card_lifecycle.pseudo_line("Vodafone"), "notifications", name="Vodafone")
    later = {"sense": "notifications", "earlier_line": named.line, "earlier_name": "Vodafone"}
    assert assign_report(report(ANA, seconds=8, number=ANA, name="Ana", **later), [named]).card == replace(
        named, line=ANA, number=ANA, name="Ana"
    )
    assert assign_report(report("", seconds=8, **later), [named]).card == named
    forgotten = replace(named, unwanted=True)
    assert assign_report(report(ANA, seconds=8, number=ANA, name="Ana", **later), [forgotten]).card == forgotten


CALL = Call(key="k", start=NOW, number=ANA, type=CallType.MISSED, duration=0, sim="1", ordinal=0, name="")


def test_a_call_takes_over_the_card_of_its_line_and_else_one_without_a_number() -> None:
    assert card_lifecycle.ring_of_call(CALL, ANA, [card(""), card()]) == card()
    assert card_lifecycle.ring_of_call(CALL, ANA, [card("")]) == card("")
    late = replace(CALL, start=NOW + timedelta(seconds=60))
    assert card_lifecycle.ring_of_call(late, ANA, [card("")]) is None
    assert card_lifecycle.ring_of_call(replace(CALL, type=CallType.OUTGOING), ANA, [card(""), card()]) is None
    assert card_lifecycle.ring_of_call(replace(CALL, type=CallType.OUTGOING), ANA, [card(outgoing=True)]) == card(outgoing=True)


def test_no_ring_before_the_earliest_of_some_calls_is_of_one_of_them() -> None:
    earliest = card_lifecycle.earliest_ring([replace(CALL, start=NOW + timedelta(minutes=5)), CALL])
    assert card_lifecycle.ring_of_call(CALL, ANA, [replace(card(), at=earliest)])
    assert not card_lifecycle.ring_of_call(CALL, ANA, [replace(card(), at=earliest - timedelta(seconds=1))])


def test_more_strangers_in_a_minute_than_a_telephone_can_ring_for_are_a_flood() -> None:
    assert not card_lifecycle.is_flood(5)
    assert card_lifecycle.is_flood(6)


REPORTS = st.builds(
    RingReport,
    line=st.sampled_from(["", ANA, BEN]),
    at=st.integers(0, 60).map(lambda seconds: NOW + timedelta(seconds=seconds)),
    sense=st.sampled_from(["inbox", "stream", "telephony"]),
    slot=st.sampled_from([None, 0, 1]),
    outgoing=st.booleans(),
)


@given(st.lists(REPORTS, max_size=12))
def test_a_report_never_goes_to_a_ring_of_another_number_sim_or_direction(reports: list[RingReport]) -> None:
    cards: list[RingCard] = []
    for place, reported in enumerate(sorted(reports, key=lambda report: report.at)):
        update = assign_report(reported, cards)
        if update.card is None:
            new = RingCard(
                id=place,
                line=reported.line,
                at=reported.at,
                sense_reports=(reported.sense,),
                slot=reported.slot,
                outgoing=reported.outgoing,
            )
            cards.insert(0, new)
            continue
        before = next(card for card in cards if card.id == update.card.id)
        assert reported.line in ("", update.card.line)
        assert before.line in ("", update.card.line)
        assert before.outgoing == reported.outgoing
        assert before.slot in (None, update.card.slot)
        assert reported.sense in update.card.reporting_senses
        assert update.card.identifying_senses <= update.card.reporting_senses
        assert update.reveals_caller == (before.line != update.card.line)
        cards[cards.index(before)] = update.card


def test_a_waiting_caller_has_a_card_of_their_own() -> None:
    answered = card(ANA, "telephony", answered_at=NOW + timedelta(seconds=3))
    assert assign_report(report(card_lifecycle.pseudo_line("Bob"), "notifications", 8), [answered]).card is None
    assert assign_report(report("", "notifications", 2), [answered]).card


def test_an_unwanted_ring_takes_no_call_of_another_caller() -> None:
    ignored = card(card_lifecycle.pseudo_line("Pest"), unwanted=True, ended_at=NOW)
    assert card_lifecycle.ring_of_call(CALL, ANA, [ignored]) is None
    assert card_lifecycle.ring_of_call(CALL, ANA, [ignored], ["Pest"]) == ignored


def test_names_of_a_number_matter_only_beside_a_ring_of_which_a_name_is_known() -> None:
    assert not card_lifecycle.any_known_by_name_only([card(""), card(ANA)])
    assert card_lifecycle.any_known_by_name_only([card(ANA), card(card_lifecycle.pseudo_line("Ana"))])


INCOMING = Call(key="k", start=NOW, number="+4989", type=CallType.INCOMING, duration=60, sim=None, ordinal=0, name="")


def card_at(number: int, line: str, seconds: int) -> RingCard:
    return RingCard(id=number, line=line, at=NOW + timedelta(seconds=seconds))


def test_a_call_takes_over_the_nearest_card_of_its_line() -> None:
    open_cards = (card_at(1, "+4989", -50), card_at(2, "+4989", 2), card_at(3, "+1", 0))
    assert card_lifecycle.ring_of_call(INCOMING, "+4989", open_cards) == open_cards[1]


def test_a_card_of_another_line_or_time_is_not_taken_over() -> None:
    assert card_lifecycle.ring_of_call(INCOMING, "+4989", (card_at(1, "+1", 0), card_at(2, "+4989", 121))) is None


def test_a_card_goes_soon_after_the_end_and_stays_during_the_call() -> None:
    ringing = card_at(1, "+4989", 0)
    assert not card_lifecycle.has_expired(ringing, NOW + timedelta(minutes=2))
    assert card_lifecycle.has_expired(ringing, NOW + timedelta(minutes=4))
    talking = replace(ringing, answered_at=NOW)
    assert not card_lifecycle.has_expired(talking, NOW + timedelta(hours=3))
    assert card_lifecycle.has_expired(talking, NOW + timedelta(hours=5))
    ended = replace(talking, ended_at=NOW + timedelta(hours=1))
    assert not card_lifecycle.has_expired(ended, NOW + timedelta(hours=1, seconds=10))
    assert card_lifecycle.has_expired(ended, NOW + timedelta(hours=1, seconds=30))


def test_a_ring_older_than_a_minute_gets_no_card() -> None:
    assert card_lifecycle.is_fresh(NOW, NOW + timedelta(seconds=60))
    assert not card_lifecycle.is_fresh(NOW, NOW + timedelta(seconds=61))
    assert card_lifecycle.is_fresh(NOW, NOW - timedelta(hours=1))
