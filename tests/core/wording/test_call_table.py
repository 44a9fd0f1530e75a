"""Calls in a table for a small, a usual and a wide terminal, and as CSV."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from callerid.core.followup.states import ShownState
from callerid.core.wording.call_table import COLUMNS, call_table, csv_rows
from callerid.core.wording.table import cut, places, table
from callerid.models import CallType
from tests.core.people import EN, JA
from tests.core.wording.test_person_text import CALL

if TYPE_CHECKING:
    from callerid.catalogue import Catalogue

LONG = replace(
    CALL, key="0123456789ab", who="Ana López with a very long name · Acme Gesellschaft für Dinge mbH", shown_reason="by tap"
)
WIDE_LETTERS = replace(LONG, who="株式会社東京テスト製作所営業第二部・山田太郎さん長い名前です", type=CallType.MISSED, duration=0)
HOSTILE = replace(LONG, who="=1+1\x1b[31m\nBad", note='=HYPERLINK("http://x")', number="+1-1=cmd", crm_outcome="@x")


def test_the_table_says_more_where_there_is_room() -> None:
    (wide,) = call_table([LONG], 160, EN)
    assert wide.startswith("0123456789ab  2026-11-22 13:00  outgoing, 3 min 12 s  Ana López with")
    assert wide.endswith("Connected  logged: by tap")
    (japanese,) = call_table([replace(LONG, who="Ana", shown_reason="you have spoken since")], 160, JA)
    assert japanese.endswith("Ana  Connected  記録済み: その後に通話した")
    (middle,) = call_table([replace(LONG, who="Ana")], 80, EN)
    assert middle == "01234567  11-22 13:00  → 3:12  Ana  logged"
    waiting = replace(WIDE_LETTERS, who="Ana", state="notified", shown_state="undecided")
    assert call_table([waiting], 40, EN) == ["01234567  11-22 13:00  ×", "  Ana  undecided"]
    assert call_table([waiting], 40, JA)[1] == "  Ana  回答待ち"
    assert call_table([], 80, EN) == []


def test_a_name_keeps_room_beside_a_long_reason_of_another_call() -> None:
    why = replace(
        CALL, who="+33 1 45 67 89 00", shown_state="not-in-crm", shown_reason="nobody in the CRM has this number", crm_outcome=""
    )
    known, unknown = call_table([replace(CALL, who="Ana López · Acme Ltd"), why], 120, EN)
    assert "  Ana López · Acme Ltd  " in known
    assert "  +33 1 45 67 89 00  " in unknown
    assert "not in the CRM: nobody" in unknown


@pytest.mark.parametrize("texts", [EN, JA])
@pytest.mark.parametrize("state", ShownState)
def test_a_small_terminal_shows_the_whole_state_beside_a_long_name(state: ShownState, texts: Catalogue) -> None:
    _, line = call_table([replace(WIDE_LETTERS, shown_state=state.value)], 40, texts)
    assert line.endswith(f"  {texts.say(f'state.{state}')}")


def test_a_column_without_anything_in_it_takes_no_room() -> None:
    assert table([["ab", "", "x"], ["c", "", "y"]], 80, flexible=2) == ["ab  x", "c   y"]


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("texts", [EN, JA])
def test_no_line_is_wider_than_the_terminal_nor_moves_its_cursor(width: int, texts: object) -> None:
    for line in call_table([LONG, WIDE_LETTERS, HOSTILE], width, texts):  # type: ignore[arg-type]
        assert places(line) <= width
        assert line.isprintable()


def test_a_letter_of_japanese_takes_two_places_and_an_accent_none() -> None:
    assert (places("abc"), places("株"), places("e\u0301")) == (3, 2, 1)
    assert cut("株式会社", 5) == "株式…"
    assert cut("abc", 3) == "abc"
    assert table([["株", "x"], ["ab", "y"]], 80, flexible=1) == ["株  x", "ab  y"]


def test_the_csv_has_an_imports_columns_and_no_formula() -> None:
    text = io.StringIO()
    csv.writer(text).writerows(csv_rows([CALL, replace(CALL, type=CallType.INCOMING), HOSTILE], "+353861110000", EN))
    heading, outgoing, incoming, hostile = csv.reader(io.StringIO(text.getvalue()))
    assert tuple(heading) == COLUMNS
    assert outgoing == [
        "1795348800000",
        "Call to Ana López",
        "Sends the offer",
        "OUTBOUND",
        "192000",
        "Connected",
        "+353861110000",
        "+353871234567",
        "501",
        "2026-11-22 13:00",
        "logged",
    ]
    assert (incoming[1], incoming[3], incoming[6]) == ("Call from Ana López", "INBOUND", "+353871234567")
    named, stranger = replace(CALL, who="佐藤 花子 · Acme GmbH"), replace(CALL, who="+33 1 45", contact_id="", type=CallType.MISSED)
    assert [row[1] for row in csv_rows([named, stranger], "", JA)[1:]] == ["佐藤 花子さんへの電話", "着信: +33 1 45"]
    assert (hostile[2], hostile[5], hostile[7]) == ('\'=HYPERLINK("http://x")', "'@x", "'+1-1=cmd")
