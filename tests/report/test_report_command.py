"""callerid report, as a person types it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from callerid.turns.context import AppContext
    from tests.desks import QuickDesk


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
