"""What is listed in Japanese is separated by 、, and no part of it stays English because a list was made of it."""

from __future__ import annotations

import ast
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

import callerid
from callerid.core.callers.resolve import resolve
from callerid.core.followup.batches import Batch
from callerid.core.followup.cards import batch_card
from callerid.core.followup.state import EVENING_BATCH, FollowUp, Situation, late_batch_name
from callerid.core.wording.ring_card import RingCardDetails, ring_body
from callerid.crm.file.source import file_source
from callerid.models import SyncRequest
from callerid.translation import in_language
from tests.core.people import JA, call, candidate, style
from tests.messages.catalogues import code_of

_CODE = Path(callerid.__file__).parent
# Who joins what no person reads, or reads in English alone: SQL, code, what HubSpot answered, what is typed, and a script's words.
_NO_LISTS: tuple[str, ...] = (
    "store",
    "records.py",
    "crm/hubspot/http/response.py",
    "core/doctor/android.py",
    "daemon",
    "simulator",
)
_NO_LISTS += ("config/setting_types.py", "core/hygiene/field_problems.py", "crm/file/report.py")
_JAPANESE = "[\u3040-\u30ff\u4e00-\u9fff]"


def test_a_list_for_a_person_is_made_by_the_language() -> None:
    joining = [
        f"{name}:{node.lineno}"
        for file in sorted(_CODE.rglob("*.py"))
        if not (name := str(file.relative_to(_CODE))).startswith(_NO_LISTS)
        for node in ast.walk(code_of(file))
        if isinstance(node, ast.Attribute) and node.attr == "join"
        if isinstance(node.value, ast.Constant) and node.value.value in (", ", "; ")
    ]
    assert joining == []


def test_cards_list_people_as_japanese_does() -> None:
    names = (("太郎", "田中"), ("一郎", "鈴木"), ("花子", "佐藤"))
    people = [candidate(*name, company="", contact_id=f"50{place}", deals=()) for place, name in enumerate(names)]
    ringing = [resolve("+81", hidden=False, candidates=tuple(some), companies=()) for some in (people, people[:1], people[1:2])]
    body = ring_body(ringing[0], style(texts=JA), RingCardDetails())
    calls = [Situation(followup=FollowUp(call=call(), line="k"), resolution=one, mirror_built=True) for one in ringing[1:]]
    evening = batch_card(Batch(name=EVENING_BATCH, notification_id="n"), [*calls, calls[0]], style(texts=JA))
    late = batch_card(Batch(name=late_batch_name("k"), notification_id="n"), calls[:1], style(texts=JA))
    assert body.split("\n")[0] == "田中 太郎、鈴木 一郎、佐藤 花子"
    assert evening.body == "田中 太郎（2件）、鈴木 一郎"
    assert late.title == "田中 太郎さんがCRMに登録されました。以前の通話1件を記録しますか？"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("o.csv", "氏名,電話番号\n山田 花子,090-1111-2222\n佐藤,1,2,3\n", "o.csv、3行目: 項目は4個ですが、列は2個です"),
        (
            "o.vcf",
            "BEGIN:VCARD\nFN:A\nTEL:090-1111-2222\nEND:VCARD\nBEGIN:VCARD\nFN:B\n",
            "o.vcf、5行目: カードの終わりがありません",
        ),
        ("o.vcf", "BEGIN:VCARD\nTEL:x\nEND:VCARD\n", "o.vcf、1行目: 名前も番号もありません"),
    ],
)
def test_what_is_wrong_with_a_row_of_a_file_is_said_in_japanese(tmp_path: Path, name: str, content: str, said: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    faults: list[str] = []
    source = file_source(tmp_path / name, (), clock=lambda: datetime(2026, 11, 23, tzinfo=UTC), report_fault=faults.append)
    for _ in source.all_records(SyncRequest()):
        pass
    assert [in_language(fault, "ja") for fault in faults] == [said]
    assert not [line for line in source.report() if re.search(f"{_JAPANESE}, {_JAPANESE}", in_language(line, "ja"))]


def test_numbers_that_a_spreadsheet_destroyed_are_listed_in_japanese(tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_text("氏名,勤務先電話\n山田 花子,9.01112E+09\n佐藤 太郎,なし\n", encoding="utf-8")
    source = file_source(tmp_path / "o.csv", (), clock=lambda: datetime(2026, 11, 23, tzinfo=UTC), report_fault=print)
    list(source.all_records(SyncRequest()))
    told = [in_language(line, "ja").strip() for line in source.report()]
    assert {"2行目、勤務先電話: 9.01112E+09", "3行目、勤務先電話: なし"} <= set(told)
