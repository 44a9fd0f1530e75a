"""Cards -> an address book on a server that has just these of ours, and every card of somebody else as it was."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from callerid.core.addressbook.book_plan import KnownCard, card_name, fingerprint, is_ours, is_same_card, plan
from callerid.core.addressbook.vcard import Version, vcard
from callerid.errors import Conflict, Refused, UsageFault
from callerid.messages import message
from callerid.turns.addressbook.left_cards import left_cards, note_left_cards

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from callerid.carddav.address_book import AddressBook
    from callerid.core.addressbook.vcard import AddressCard

_MOST_REFUSED = 20  # one after the other: then it is the book that takes nothing, and not a card that is wrong


@dataclass(slots=True, kw_only=True)
class BookResult:
    """What became of the cards: how many were created, changed, deleted or are as they were, and which (names of people) somebody
    else had changed and are as in the mirror again, were changed while this ran, or were refused (with the reason)."""

    created: int = 0
    changed: int = 0
    deleted: int = 0
    unchanged: int = 0
    restored: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


def equal_book(
    book: AddressBook, cards: Iterable[AddressCard], prefix: str, note: Path, progress: Callable[[BookResult], None]
) -> BookResult:
    """Make a book's cards of ours equal to these, and return what was done; `prefix` is how the ids of all of them begin, `note`
    the file that says how they were left. `progress` is called after each write. Raise what the book raises, and Refused when it
    takes nothing: what is done then stays, and the next run does the rest."""
    run = _Run(book, {card_name(card.uid): card for card in cards}, prefix, left_cards(note, book.url), progress)
    try:
        run.carry_out()
    finally:
        with suppress(OSError):  # then the next run reads the cards
            note_left_cards(note, book.url, run.left)
    return run.result


class _Run:
    def __init__(
        self,
        book: AddressBook,
        cards: dict[str, AddressCard],
        prefix: str,
        left: dict[str, KnownCard],
        progress: Callable[[BookResult], None],
    ) -> None:
        self._book, self._cards, self._prefix, self._progress = book, cards, prefix, progress
        self._texts = {name: vcard(card, Version.THREE) for name, card in cards.items()}
        self._untold: list[str] = []
        self._refused_in_a_row = 0
        self.left, self.result = left, BookResult()

    def carry_out(self) -> None:
        etags = self._book.etags(partial(is_ours, prefix=self._prefix))
        steps = plan(self._texts, etags, self.left)
        self.result.unchanged = len(steps.unchanged)
        for name in steps.delete:
            self._write(name, partial(self._delete, name, etags[name]))
        for name, etag in (*((name, etags[name]) for name in steps.change), *self._different(steps.read)):
            self._write(name, partial(self._change, name, etag))
        for name in steps.create:
            self._write(name, partial(self._create, name))
        for name, etag, _ in self._book.cards(self._untold):
            self.left[name] = KnownCard(etag, fingerprint(self._texts[name]))

    def _different(self, names: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Yield name and entity tag of each card that is not as it should be, and note the others."""
        for name, etag, text in self._book.cards(names):
            if name not in self._texts:
                continue
            if is_same_card(text, self._texts[name]):
                self.result.unchanged += 1
                self.left[name] = KnownCard(etag, fingerprint(self._texts[name]))
                continue
            if name in self.left:
                self.result.restored.append(self._called(name))
            yield name, etag

    def _write(self, name: str, write: Callable[[], None]) -> None:
        try:
            write()
            self._refused_in_a_row = 0
        except Conflict:
            self.result.conflicts.append(self._called(name))
        except Refused as fault:
            self.result.refused.append((self._called(name), fault.sentence))
            self._refused_in_a_row += 1
            if self._refused_in_a_row >= _MOST_REFUSED:
                raise Refused(
                    message(
                        "The server refused {refused_in_a_row} cards one after the other; the last one: {sentence}.",
                        refused_in_a_row=self._refused_in_a_row,
                        sentence=fault.sentence,
                    ),
                    remedy=message("See on the server whether you may write into this address book, and whether there is room."),
                ) from fault
        self._progress(self.result)

    def _delete(self, name: str, etag: str) -> None:
        self._book.delete(name, etag)
        self.left.pop(name, None)
        self.result.deleted += 1

    def _change(self, name: str, etag: str) -> None:
        self._note(name, self._book.change(name, self._texts[name], etag))
        self.result.changed += 1

    def _create(self, name: str) -> None:
        """Create a card, and see that the first one can be found again: a server that gives cards names of its own would get all of
        them anew in each run."""
        self._note(name, self._book.create(name, self._texts[name]))
        self.result.created += 1
        if self.result.created == 1 and not any(True for _ in self._book.cards([name])):
            raise UsageFault(
                message(
                    "The server keeps cards under names of its own, so that callerid could not find them again; it "
                    "has one more now, of {called}.",
                    called=self._called(name),
                ),
                remedy=message("Delete that card, and use another server."),
            )

    def _note(self, name: str, etag: str) -> None:
        """Note how a card was left. A server that stores it in its own words does not tell, and is asked at the end."""
        if etag:
            self.left[name] = KnownCard(etag, fingerprint(self._texts[name]))
        else:
            self.left.pop(name, None)
            self._untold.append(name)

    def _called(self, name: str) -> str:
        return self._cards[name].full_name if name in self._cards else name
