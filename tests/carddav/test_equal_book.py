"""An address book on a real server equals the mirror, whatever happens, and every other card stays as it is."""

from __future__ import annotations

import random
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import vobject

from callerid.carddav.address_book import AddressBook
from callerid.carddav.connection import Answer, Connection
from callerid.credentials import Token
from callerid.errors import Refused, UsageFault
from callerid.models import Contact, ContactPhone, Kind, Page
from callerid.turns.addressbook.equal_book import BookResult, equal_book
from callerid.turns.addressbook.exported_people import WantedPeople, exported_people

if TYPE_CHECKING:
    from collections.abc import Iterator

    from callerid.core.addressbook.vcard import AddressCard
    from callerid.turns.context import AppContext
    from tests.carddav.servers import DavServer

FOREIGN = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:mum\r\nN:;Mum;;;\r\nFN:Mum\r\nTEL;TYPE=CELL:+353871234567\r\nEND:VCARD\r\n"
HOSTILE = 'Ana\r\nTEL:+1900555\x1b[2J"; =cmd()<b>\u202e,\\n'


class Killed(BaseException):
    """The process ends here."""


class DyingConnection(Connection):
    """A connection whose process is killed when the server has carried out one write more than so many."""

    def __init__(self, server: DavServer, writes: int = 1_000_000) -> None:
        user, password = server.login or ("", "")
        super().__init__(user, Token(password) if password else None)
        self.left = writes

    def send(self, method: str, *words: object, **more: object) -> object:  # type: ignore[override]
        answer = super().send(method, *words, **more)  # type: ignore[arg-type]
        self.left -= method in ("PUT", "DELETE")
        if self.left < 0:
            raise Killed
        return answer


def run(app: AppContext, server: DavServer, *, writes: int = 1_000_000) -> BookResult:
    """Make the book equal to the mirror; a run that is killed leaves the note as it was."""
    note = app.paths.left_cards
    before = note.read_bytes() if note.exists() else b""
    connection = DyingConnection(server, writes)
    try:
        return equal_book(AddressBook(connection, server.book), wanted(app), uid_prefix(app), note, lambda _: None)
    except Killed:
        note.write_bytes(before)
        raise
    finally:
        connection.close()


def wanted(app: AppContext) -> Iterator[AddressCard]:
    return (replace(card, modified=None) for card in exported_people(app, WantedPeople()).cards)


def uid_prefix(app: AppContext) -> str:
    return exported_people(app, WantedPeople()).uid_prefix


def in_book(server: DavServer) -> dict[str, tuple[object, ...]]:
    """What another client reads of each card but the foreign one, by its UID."""
    cards = (vobject.readOne(text) for name, (_, text) in server.cards().items() if name != "mum.vcf")
    return {
        card.uid.value: (
            card.n.value.family,
            card.n.value.given,
            card.fn.value,
            card.org.value[0] if hasattr(card, "org") else "",
            sorted(number.value for number in card.contents.get("tel", [])),
        )
        for card in cards
    }


def in_mirror(app: AppContext) -> dict[str, tuple[object, ...]]:
    from callerid.core.wording.safe_text import clean

    def plain(text: str) -> str:
        return clean(text.replace("\r\n", "\n"), keep="\n")

    return {
        card.uid: (
            plain(card.last_name),
            plain(card.first_name),
            plain(card.full_name),
            plain(card.company),
            sorted(f"{each.number},{each.extension}" if each.extension else each.number for each in card.numbers),
        )
        for card in wanted(app)
    }


def edit(app: AppContext, chance: random.Random) -> None:
    """Create, change or delete a contact of the mirror."""
    update = app.mirror.update(app.region)
    ids = [contact.id for contact in app.mirror.all_contacts()]
    if chance.random() < 0.2 and len(ids) > 3:
        update.remove(Kind.CONTACTS, [int(chance.choice(ids))])
        return
    contact_id = chance.choice(ids) if chance.random() < 0.4 else str(chance.randrange(10**9, 10**10))
    numbers = [f"+35387{chance.randrange(10**6, 10**7)}" for _ in range(chance.randrange(3))]
    numbers = [f"{number} ext. {chance.randrange(10, 99)}" if chance.random() < 0.2 else number for number in numbers]
    update.put(
        Page(
            contacts=(
                Contact(
                    id=contact_id,
                    first_name=chance.choice(["Ana", "Bob, Jr", "悠斗", HOSTILE, ""]),
                    last_name=chance.choice(["López", "O'Neill; & Söhne", "佐藤", "x" * 90, ""]),
                    company_text=chance.choice(["Acme Ltd", "A\\B", ""]),
                    phones=tuple(ContactPhone(property="phone", raw=number) for number in numbers),
                ),
            )
        )
    )


def test_after_two_hundred_edits_the_book_equals_the_mirror_though_half_of_the_runs_were_killed(
    app: AppContext, server: DavServer
) -> None:
    foreign = server.put("mum.vcf", FOREIGN)
    text = server.cards()["mum.vcf"]
    chance = random.Random(20)
    killed = 0
    for _ in range(10):
        for _ in range(20):
            edit(app, chance)
        with suppress(Killed):
            run(app, server, writes=chance.randrange(5))
            killed -= 1
        killed += 1
        result = run(app, server)
        assert in_book(server) == in_mirror(app)
        assert (result.conflicts, result.refused, result.restored) == ([], [], [])
    assert killed >= 5
    assert len(in_mirror(app)) > 20
    assert server.cards()["mum.vcf"] == text
    assert text[0] == foreign
    again = run(app, server)
    assert (again.created, again.changed, again.deleted, again.unchanged) == (0, 0, 0, len(in_mirror(app)))


def test_a_card_that_somebody_changed_is_as_in_the_mirror_again_and_told(app: AppContext, server: DavServer) -> None:
    run(app, server)
    name, (_, text) = next(item for item in server.cards().items() if "López" in item[1][1])
    server.put(name, text.replace("+353871234567", "+353879999999"))
    result = run(app, server)
    assert (result.restored, result.changed, result.created, result.deleted) == (["Ana López"], 1, 0, 0)
    assert in_book(server) == in_mirror(app)


def test_what_somebody_changes_during_a_run_is_left_told_and_mended_by_the_next(
    app: AppContext, server: DavServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(app, server)
    ana = next(contact for contact in app.mirror.all_contacts() if contact.last_name == "López")
    app.mirror.update(app.region).put(Page(contacts=(replace(ana, last_name="Lopez"),)))
    name = f"{uid_prefix(app)}{ana.id}.vcf"
    text, change = server.cards()[name][1], AddressBook.change

    def change_late(book: AddressBook, *words: str) -> str:
        server.put(name, text.replace("Acme", "Umbrella"))
        return change(book, *words)

    monkeypatch.setattr(AddressBook, "change", change_late)
    assert run(app, server).conflicts == ["Ana Lopez"]
    assert "Umbrella" in server.cards()[name][1]
    monkeypatch.undo()
    assert run(app, server).restored == ["Ana Lopez"]
    assert in_book(server) == in_mirror(app)


def test_a_server_that_names_cards_itself_gets_one_card_and_no_more(
    app: AppContext, server: DavServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = AddressBook._put
    monkeypatch.setattr(AddressBook, "_put", lambda book, name, *words: put(book, f"theirs-{name}", *words))
    with pytest.raises(UsageFault, match="names of its own"):
        run(app, server)
    assert len(server.cards()) == 1


def test_a_card_that_the_server_refuses_keeps_no_other_from_being_written(
    app: AppContext, server: DavServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    put, refused = AddressBook._put, ["López"]

    def refuse(book: AddressBook, name: str, text: str, condition: dict[str, str]) -> str:
        if any(word in text for word in refused):
            raise Refused("the server refuses it (HTTP 403)")
        return put(book, name, text, condition)

    monkeypatch.setattr(AddressBook, "_put", refuse)
    result = run(app, server)
    assert (result.refused, result.created, len(server.cards())) == ([("Ana López", "the server refuses it (HTTP 403)")], 4, 4)
    chance = random.Random(1)
    for _ in range(100):
        edit(app, chance)
    refused.append("BEGIN")
    with pytest.raises(Refused, match="20 cards one after the other"):
        run(app, server)


def test_a_server_that_is_full_is_said_to_be(app: AppContext, server: DavServer, monkeypatch: pytest.MonkeyPatch) -> None:
    send = Connection.send

    def full(connection: Connection, method: str, url: str, **more: Any) -> Answer:
        return Answer(507, "", b"", url) if method == "PUT" else send(connection, method, url, **more)

    monkeypatch.setattr(Connection, "send", full)
    assert {reason for _, reason in run(app, server).refused} == {"the server has no room for it (HTTP 507)"}


def test_a_server_that_tells_no_entity_tags_is_not_written_again_for_that(
    app: AppContext, server: DavServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = AddressBook._put
    monkeypatch.setattr(AddressBook, "_put", lambda *words: put(*words) and "")
    assert run(app, server).created == 5
    monkeypatch.setattr(AddressBook, "cards", lambda _, names: pytest.fail(f"read again: {names}") if names else iter(()))
    assert run(app, server).unchanged == 5
