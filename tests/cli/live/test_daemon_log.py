"""The log of the daemon has a bound, and is for its owner only."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

import pytest

from callerid.cli.running import process_log
from callerid.credentials import Token

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The file that is logged to; afterwards, logging and this process are as before."""
    logger, umask = logging.getLogger("callerid"), os.umask(0o022)
    handlers, level, raises = logger.handlers[:], logger.level, logging.raiseExceptions
    monkeypatch.setattr(process_log, "_LOG_BYTES", 2000)
    yield tmp_path / "callerid.log"
    for handler in logger.handlers:
        handler.close()
    logger.handlers[:] = handlers
    logger.setLevel(level)
    logging.raiseExceptions = raises
    os.umask(umask)


def test_a_storm_fills_neither_the_log_file_nor_stderr(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    process_log.log_to(file, verbose=False)
    for number in range(1000):
        logging.getLogger("callerid").warning("event %d failed", number)
    assert len(capsys.readouterr().err.splitlines()) <= 60
    assert file.stat().st_size + file.with_name("callerid.log.1").stat().st_size < 4000


def test_the_log_is_for_its_owner_only_before_and_after_its_rotation(file: Path) -> None:
    process_log.log_to(file, verbose=False)
    for number in range(60):
        logging.getLogger("callerid").warning("event %d failed", number)
    files = (file, file.with_name("callerid.log.1"))
    assert [each.stat().st_mode & 0o777 for each in files] == [0o600, 0o600]


def test_a_traceback_whose_error_quotes_a_request_has_no_token(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    token, short = Token("pat-eu1-7d3c0ffe-aaaa"), Token("e")
    process_log.log_to(file, verbose=False)
    for quoted in (
        f"token={token.reveal()!r}",
        "{'Authorization': 'Bearer unread-pat'}",
        "'authorization': 'Basic dW5yZWFkLXBhdA=='",
    ):
        logging.getLogger("callerid").error("unexpected error", exc_info=ValueError(quoted))
    for written in (capsys.readouterr().err, file.read_text()):
        assert written.count("****") == 3
        assert written.count("unexpected error") == 3, short  # which is not looked for
        assert [part for part in (token.reveal(), "unread-pat", "dW5y") if part in written] == []
