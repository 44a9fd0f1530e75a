"""callerid export --carddav, as a person types it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from callerid.carddav.connection import Connection, checked_url
from callerid.errors import CrmFault, UsageFault
from tests.carddav.servers import PASSWORD, USER

if TYPE_CHECKING:
    from tests.carddav.servers import DavServer
    from tests.desks import QuickDesk


def log_in(desk: QuickDesk, server: DavServer, password: str = PASSWORD) -> None:
    if server.login:
        file = desk.folder / "password"
        file.write_text(f"{password}\n", encoding="utf-8")
        file.chmod(0o600)
        assert desk.start("config", "set", "carddav.user", USER).returncode == 0
        assert desk.start("config", "set", "carddav.password_file", str(file)).returncode == 0


def test_the_only_book_of_a_server_is_found_filled_and_emptied_of_what_is_no_longer_wanted(
    desk: QuickDesk, server: DavServer
) -> None:
    log_in(desk, server)
    done = desk.start("export", "--carddav", f"{server.url}/")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == f"{server.book}: 5 contacts (5 created, 0 changed, 0 deleted, 0 as they were)\n"
    done = desk.start("export", "--carddav", server.book, "--deals", "open")
    assert done.stderr == f"{server.book}: 1 contact (0 created, 0 changed, 4 deleted, 1 as they were)\n"
    [(_, text)] = server.cards().values()
    assert "FN:Ana López" in text
    assert "REV:" not in text
    assert desk.start("forget", "Ana López", "--yes").returncode == 0
    assert [path for path in desk.home.iterdir() if path.name.startswith("addressbook")] == []
    assert desk.start("export", "--carddav", server.book, "--deals", "open").returncode == 0
    assert server.cards() == {}


def test_people_of_a_file_are_kept_on_a_server_wherever_the_file_lies(desk: QuickDesk, server: DavServer) -> None:
    log_in(desk, server)
    desk.start("config", "set", "crm.provider", "file")
    for folder, counted in (("one", "1 created, 0 changed, 0 deleted, 0"), ("two", "0 created, 0 changed, 0 deleted, 1")):
        people = desk.folder / folder / "people.csv"
        people.parent.mkdir()
        people.write_text("Name,Phone\nAna López,+353871234567\n", encoding="utf-8")
        desk.start("config", "set", "crm.file", str(people))
        assert desk.start("sync").returncode == 0
        done = desk.start("export", "--carddav", server.book)
        assert done.stderr == f"{server.book}: 1 contact ({counted} as they were)\n"
        assert str(desk.folder) not in str(server.cards())


def test_neither_password_nor_name_is_in_the_note_the_log_or_what_is_printed(desk: QuickDesk, server: DavServer) -> None:
    log_in(desk, server)
    done = desk.start("export", "--carddav", server.book)
    kept = "".join(file.read_text(errors="replace") for file in desk.home.iterdir() if file.suffix in (".json", ".log", ".toml"))
    for secret in (PASSWORD, "López", "+353871234567"):
        assert secret not in done.stdout + done.stderr + kept
    assert (desk.home / "addressbook.json").stat().st_mode & 0o777 == 0o600


def test_a_wrong_password_or_address_is_an_error_with_a_remedy(desk: QuickDesk, server: DavServer) -> None:
    log_in(desk, server, "wrong")
    if server.login:
        done = desk.start("export", "--carddav", server.book)
        assert (done.returncode, "carddav.password_file" in done.stderr, "wrong" in done.stderr) == (30, True, False)
        log_in(desk, server)
        (desk.folder / "password").chmod(0o644)
        assert desk.start("export", "--carddav", server.book).returncode == 10
        (desk.folder / "password").write_text("")
        (desk.folder / "password").chmod(0o600)
        assert desk.start("export", "--carddav", server.book).returncode == 30
        log_in(desk, server)
    assert desk.start("export", "--carddav", f"{server.url}/nobody/nothing/").returncode in (30, 36)
    for words in ((), ("--carddav", server.book, "--vcard", "x.vcf"), ("--carddav", "http://example.com/book/")):
        assert desk.start("export", *words).returncode == 2
    done = desk.start("export", "--carddav", "https://ana:sesame@example.com/")
    assert (done.returncode, "sesame" in done.stderr) == (2, False)


def test_a_server_that_is_not_there_is_told_and_nothing_is_lost(desk: QuickDesk) -> None:
    done = desk.start("export", "--carddav", "http://127.0.0.1:9/book/")
    assert (done.returncode, "was not reached" in done.stderr) == (32, True)


@pytest.mark.parametrize(
    "url", ["ftp://example.com/", "https:///x", "https://[::1", "https://example.com/?a=b", "http://10.0.0.1/", "https://e.com/ x"]
)
def test_only_an_encrypted_address_is_taken(url: str) -> None:
    with pytest.raises(UsageFault):
        checked_url(url)
    assert checked_url("http://127.0.0.1:5232/ana/") == "http://127.0.0.1:5232/ana/"


def test_a_server_cannot_lead_the_password_to_an_open_line_or_to_this_machine() -> None:
    connection = Connection("ana", None)
    for href in ("http://example.com/book/", "ftp://example.com/", "http://127.0.0.1/"):
        with pytest.raises(CrmFault):
            connection.resolve("https://example.com/", href)
    assert connection.resolve("https://example.com/dav/", "/book/") == "https://example.com/book/"
    connection.close()
