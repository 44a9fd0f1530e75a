"""An address book that the settings name follows the mirror by itself: when that is due, and told once when it fails."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from callerid.config.settings import CardDav
from callerid.core.upkeep.health import Source
from callerid.errors import Offline, UsageFault
from callerid.store.attempts import Attempts
from callerid.turns.carddav.kept_book import book_due, keep_book
from callerid.turns.upkeep.forget_files import forget_address_book
from tests.carddav.servers import xandikos

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from callerid.turns.context import AppContext
    from tests.carddav.servers import DavServer
    from tests.desks import QuickDesk

NOW = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)  # after every sync of the tests


@pytest.fixture
def server(tmp_path: Path) -> Iterator[DavServer]:
    (tmp_path / "server").mkdir()
    with xandikos(tmp_path / "server") as running:
        yield running


def at(hours: float = 0) -> Callable[[], datetime]:
    return lambda: NOW + timedelta(hours=hours)


def wanting(app: AppContext, url: str, **more: object) -> AppContext:
    return replace(app, config=replace(app.config, carddav=CardDav(url=url, every=timedelta(hours=24), **more)))  # type: ignore[arg-type]


def troubles(app: AppContext) -> list[str]:
    return [trouble.sentence for trouble in app.ledger.key_values.troubles() if trouble.source is Source.ADDRESS_BOOK]


def test_a_book_is_filled_when_that_is_due_and_at_once_when_it_is_another_one_or_of_others(
    app: AppContext, server: DavServer
) -> None:
    wanted = wanting(app, server.book)
    assert book_due(app, NOW) is None  # no book is named
    done = keep_book(wanted, at(0))
    assert done is not None
    assert (done.result.created, len(server.cards())) == (5, 5)
    assert keep_book(wanted, at(23)) is None
    assert book_due(wanted, at(23)()) == NOW + timedelta(hours=24)
    assert keep_book(wanted, at(24)) is not None
    assert keep_book(wanting(app, server.book, deals="open"), at(25)) is not None
    assert len(server.cards()) == 1
    assert keep_book(wanting(app, server.book, limit=3), at(25.5)) is not None
    assert len(server.cards()) == 3
    forget_address_book(wanted, Attempts())
    assert keep_book(wanting(app, server.book, limit=3), at(26)) is not None
    assert keep_book(replace(wanted, config=replace(wanted.config, carddav=CardDav(url=server.book, every=None))), at(99)) is None


def test_a_book_that_cannot_be_filled_is_told_once_and_tried_again_with_growing_pauses(
    app: AppContext, server: DavServer, caplog: pytest.LogCaptureFixture
) -> None:
    wanted = wanting(app, "http://127.0.0.1:9/book/")
    for hours in (0, 1, 2):
        with pytest.raises(Offline):
            keep_book(wanted, at(hours))
    assert len(troubles(app)) == 1
    assert sum("address book" in record.getMessage() for record in caplog.records) == 1
    due = book_due(wanted, at(2)())
    assert due is not None
    assert timedelta(minutes=55) <= due - at(2)() <= timedelta(hours=1)
    assert keep_book(wanted, at(2.5)) is None
    with pytest.raises(UsageFault, match="nobody@example"):
        keep_book(wanting(app, server.book, owner="nobody@example.com"), at(4))
    assert keep_book(wanting(app, server.book), at(30)) is not None
    assert troubles(app) == []


def test_a_book_that_is_no_longer_wanted_is_no_trouble(app: AppContext) -> None:
    with pytest.raises(Offline):
        keep_book(wanting(app, "http://127.0.0.1:9/book/"), at(0))
    assert keep_book(app, at(1)) is None
    assert troubles(app) == []


def test_a_run_without_a_daemon_fills_it_after_the_sync(desk: QuickDesk, server: DavServer) -> None:
    assert desk.start("run", "--once", "addressbook").returncode == 0
    desk.start("config", "set", "carddav.url", server.book)
    done = desk.start("run", "--once", "pull", "addressbook")
    assert (done.returncode, "address book: 5 created" in done.stderr) == (0, True)
    assert desk.start("run", "--once", "addressbook").stderr == ""


def test_a_run_without_a_daemon_tries_at_once_what_failed_under_other_settings_and_takes_back_what_is_not_wanted_any_more(
    desk: QuickDesk, server: DavServer
) -> None:
    desk.start("config", "set", "carddav.url", server.book)
    desk.start("config", "set", "carddav.owner", "nobody@example.org")
    assert desk.start("run", "--once", "addressbook").returncode == 2
    assert desk.start("run", "--once", "addressbook").stderr == ""  # it waits
    assert "nobody@example.org" in desk.start("status").stdout
    desk.start("config", "set", "carddav.owner", "")
    assert "address book: 5 created" in desk.start("run", "--once", "addressbook").stderr
    assert "nobody@example.org" not in desk.start("status").stdout
    desk.start("config", "set", "carddav.owner", "nobody@example.org")
    assert desk.start("run", "--once", "addressbook").returncode == 2
    desk.start("config", "set", "carddav.url", "")
    assert desk.start("run", "--once", "addressbook").returncode == 0
    assert "nobody@example.org" not in desk.start("status").stdout


def test_the_daemon_fills_it_by_itself(desk: QuickDesk, server: DavServer) -> None:
    desk.start("config", "set", "carddav.url", server.book)
    with desk.daemon_here():
        desk.phone.wait(lambda: len(server.cards()) == 5, 30)
