"""What cards say about a call that is over, word for word."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from callerid.core.wording.call_text import call_line, missed_body, missed_title, prompt_body, prompt_title
from callerid.core.wording.style import Discretion
from callerid.models import CallType, Match
from tests.core.people import ANA, BEN, JA, call, candidate, known, style


def test_a_missed_call_names_the_caller_and_counts_the_calls() -> None:
    missed = call(CallType.MISSED, 0)
    assert missed_title(missed, known(), 1, style()) == "Missed: Ana López · Acme GmbH"
    assert missed_title(missed, known(), 3, style()) == "Missed (3): Ana López · Acme GmbH"
    assert missed_title(call(CallType.REJECTED, 0), known(), 1, style()) == "Declined: Ana López · Acme GmbH"
    assert missed_body(missed, known(), style()).startswith("at 12:55 · Renewal 2027")
    assert missed_body(missed, known(ANA, BEN), style()) == "at 12:55"


def test_the_prompt_after_a_call_asks_whether_to_log_it() -> None:
    assert prompt_title(known(), style()) == "Log call with Ana López?"
    assert prompt_title(known(candidate(match=Match.PROBABLE)), style()) == "Was it Ana López? Log the call?"
    assert prompt_title(known(ANA, BEN), style()) == "Log call with Acme GmbH: Ana López or Ben Kim?"
    assert prompt_body(call(), known(), style()) == "incoming, 3 min 12 s · Renewal 2027"
    assert prompt_body(call(CallType.OUTGOING, 0), known(BEN), style()) == "outgoing, not answered"
    assert prompt_body(call(CallType.OUTGOING, 4000), known(BEN), style()) == "outgoing, 1 h 6 min"


def test_the_prompt_in_japanese() -> None:
    assert prompt_title(known(), style(texts=JA)) == "Ana Lópezさんとの通話を記録しますか？"
    two = known(candidate("太郎", "佐藤", company=""), candidate("次郎", "鈴木", company="", contact_id="502"))
    assert prompt_title(two, style(texts=JA)) == "佐藤 太郎さんまたは鈴木 次郎さんとの通話を記録しますか？"
    nobody_named = style(texts=JA, discretion=Discretion.NOTHING)
    assert prompt_title(known(), nobody_named) == "登録済みのコンタクトとの通話を記録しますか？"


def test_an_earlier_call_says_when_it_was_so_that_two_of_one_person_can_be_told_apart() -> None:
    earlier = replace(call(), start=call().start - timedelta(hours=2))
    assert prompt_body(earlier, known(), style()) == "incoming, 3 min 12 s · at 10:55 · Renewal 2027"
    yesterday = replace(call(CallType.MISSED, 0), start=call().start - timedelta(days=1))
    assert call_line(yesterday, style()).startswith("incoming, not answered · on ")
    assert missed_body(yesterday, known(ANA, BEN), style()).endswith(" at 12:55")


def test_a_call_that_was_not_answered_has_no_duration() -> None:
    lines = {kind: call_line(call(kind, 0), style()) for kind in CallType}
    assert lines[CallType.REJECTED] == "incoming, declined"
    assert lines[CallType.VOICEMAIL] == "voicemail"
    assert lines[CallType.INCOMING] == lines[CallType.MISSED] == "incoming, not answered"
    assert not any("0 s" in line for line in lines.values())


def test_open_matters_are_not_shown_where_names_are_not() -> None:
    nothing = style(discretion=Discretion.NOTHING)
    assert missed_body(call(CallType.MISSED, 0), known(), nothing) == "at 12:55"
    assert prompt_body(call(), known(), nothing) == "incoming, 3 min 12 s"
