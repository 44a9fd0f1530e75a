"""Names and notes are data from strangers: a terminal, a spreadsheet, an address book and a browser only show them."""

from __future__ import annotations

import csv
import io
import unicodedata
from typing import TYPE_CHECKING

import pytest
import vobject

from tests.report.pages_made import HOSTILE

if TYPE_CHECKING:
    from pathlib import Path

    from callerid.turns.context import AppContext
    from tests.desks import QuickDesk

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def test_no_command_prints_a_control_character_to_a_terminal(desk: QuickDesk, app: AppContext) -> None:
    ids = [contact.id for contact in app.mirror.all_contacts() if contact.last_name in HOSTILE]
    assert len(ids) == len(HOSTILE)
    printed = [desk.start(*words) for words in (("calls", "-n", "1000"), ("hygiene",), *(("show", each) for each in ids))]
    printed += [desk.start("lookup", f"+35387{7_000_000 + place:07}") for place in range(len(HOSTILE))]
    for done in printed:
        assert done.returncode == 0, done.stderr
        text = (done.stdout + done.stderr).replace("\n", "")
        assert {sign for sign in text if unicodedata.category(sign) in ("Cc", "Cs") or sign == "\u202e"} == set()


@pytest.mark.usefixtures("app")
def test_no_cell_of_a_csv_is_a_formula(desk: QuickDesk) -> None:
    file = desk.folder / "numbers.csv"
    assert desk.start("hygiene", "--csv", str(file)).returncode == 0
    calls = desk.start("calls", "-n", "1000", "--csv").stdout
    assert "HYPERLINK" in calls
    for text in (calls, file.read_text(encoding="utf-8-sig")):
        cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
        formulas = [cell for cell in cells if cell.startswith(_FORMULA) and not cell[1:].replace(" ", "").isdigit()]
        assert formulas == []


def test_a_wide_sign_of_a_formula_is_none_either() -> None:
    from callerid.core.wording.csv_cells import safe_cell

    assert [safe_cell(text)[0] for text in ("＝1+1", "＠x", "－1", "＋cmd")] == ["'"] * 4
    assert safe_cell("+353 87 123 4567") == "+353 87 123 4567"


@pytest.mark.usefixtures("app")
def test_no_name_adds_a_line_or_a_card_to_an_address_book(desk: QuickDesk) -> None:
    file = desk.folder / "people.vcf"
    assert desk.start("export", "--vcard", str(file)).returncode == 0
    cards = list(vobject.readComponents(file.read_text(encoding="utf-8")))
    assert len(cards) == 35
    named = {card.n.value.family for card in cards}
    for name in HOSTILE:
        assert name.replace("\x1b", " ").replace("\u202e", "") in named
    assert {key for card in cards for key in card.contents} <= {
        *("version", "uid", "n", "fn", "org", "tel", "email", "url", "categories", "rev"),
    }


@pytest.mark.usefixtures("app")
def test_no_name_becomes_a_tag_of_a_page(desk: QuickDesk, tmp_path: Path) -> None:
    file = tmp_path / "r.html"
    assert desk.start("report", "-o", str(file), "--since", "2026-10-01").returncode == 0
    text = file.read_text(encoding="utf-8")
    assert "&lt;script&gt;alert(1)" in text
    assert "<script" not in text
    assert "<img" not in text
