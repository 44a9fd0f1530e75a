"""callerid report, as a person types it."""

from __future__ import annotations

import html as entities
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from callerid.models import CallType

if TYPE_CHECKING:
    from pathlib import Path

    from callerid.turns.context import AppContext
    from tests.desks import QuickDesk, SyncedHome


@pytest.mark.usefixtures("app")
def test_a_report_is_written_for_its_owner_alone_and_opened(desk: QuickDesk) -> None:
    file = desk.folder / "r.html"
    file.touch(0o644)
    done = desk.start("report", "-o", str(file), "--since", "1y", "--open")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{file}\n", "")
    assert file.stat().st_mode & 0o777 == 0o600
    assert desk.phone.happened("opened") == [str(file)]
    assert "Ana 12 López" in file.read_text(encoding="utf-8")
    assert desk.start("report", "-o", str(file), "--since", "1y", "--mask").returncode == 0
    assert "López" not in file.read_text(encoding="utf-8")


def test_a_time_that_is_none_and_a_file_that_cannot_be_written_are_errors_with_a_remedy(desk: QuickDesk, app: AppContext) -> None:
    for words in (("--since", "soon"), ("--since", "2999-01-01"), ("-o", str(desk.folder / "no" / "r.html"))):
        done = desk.start("report", *words)
        assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 2)
    assert app.ledger.history.count() > 0


def test_a_call_shows_the_deal_and_the_company_of_whom_it_was_with_and_strangers_by_their_numbers(
    tmp_path: Path, small_home: SyncedHome
) -> None:
    with small_home.desk(tmp_path) as desk:
        assert desk.start("run", "--once", "watch").returncode == 0
        before = datetime.now(UTC) - timedelta(hours=2)
        desk.phone.add_call("+33145678911", CallType.MISSED, before)
        for minutes, number in ((0, "0871234567"), (10, "+33145678900"), (20, "")):
            desk.phone.add_call(number, CallType.INCOMING, before + timedelta(minutes=minutes), 90)
        assert desk.start("run", "--once", "watch").returncode == 0
        deal = desk.json("show", "0871234567")["person"]["deals"][0]["name"]
        file = tmp_path / "r.html"
        assert desk.start("report", "-o", str(file), "--since", "3h").returncode == 0
        text = re.sub(r"\s+", " ", file.read_text(encoding="utf-8"))
        rows = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', text)
        cells = {name: re.findall(r"<td[^>]*>(.*?)</td>", rest) for name, rest in rows}
        assert cells[entities.escape(deal, quote=False)][1:] == ["1", "1 min 30 s"]
        assert cells["Ana López"] == ["1 min 30 s", "1"]
        assert cells["+33 1 45 67 89 00"] == ["1 min 30 s", "1"]
        assert cells["Private number"] == ["1 min 30 s", "1"]
        assert cells["+33 1 45 67 89 11"][0] == ""  # the number is the name here, and stands once
        assert cells[desk.json("show", "0871234567")["person"]["company"]] == ["1 min 30 s", "1"]
