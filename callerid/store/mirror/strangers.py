"""What the mirror can say of a number that nobody in it has, and of a name without a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.numbers import direct_dial
from callerid.models import Company, Match, NumberMatch
from callerid.store.mirror import card_query

if TYPE_CHECKING:
    import sqlite3

    from callerid.core.callers.candidate import Candidate

_BY_NAME = NumberMatch(match=Match.EXACT, why="the name that the phone shows")
_MOST_NEIGHBOURS, _MOST_NAMESAKES, _MOST_SPLITS = 1001, 20, 6
_LONGEST_UNDIVIDED = 12
_NEIGHBOURS = (
    "SELECT DISTINCT k.key, c.company_id FROM contact_keys AS k JOIN contacts AS c ON c.id = k.record_id"
    f" WHERE k.key >= ? AND k.key < ? LIMIT {_MOST_NEIGHBOURS}"
)
_COMPANY_NEIGHBOURS = f"SELECT k.key, k.record_id FROM company_keys AS k WHERE k.key >= ? AND k.key < ? LIMIT {_MOST_NEIGHBOURS}"
_NAMED = f"SELECT id FROM contacts WHERE last_name = ? COLLATE NOCASE AND first_name = ? COLLATE NOCASE LIMIT {_MOST_NAMESAKES}"
_SAID = (
    "SELECT id FROM contacts WHERE email = ?1 COLLATE NOCASE OR last_name = ?1 COLLATE NOCASE OR first_name = ?1 COLLATE NOCASE"
    f" LIMIT {_MOST_NAMESAKES}"
)


def company_of_range(cursor: sqlite3.Cursor, number: str, region: str) -> Company | None:
    """Given a raw number that nobody has, return the company whose range of direct-dial numbers it is probably of, or None."""
    for block in direct_dial.blocks_of_number(number, region):
        bounds = (block.prefix, block.prefix + ":")  # ":" follows "9"
        people = [direct_dial.Neighbour(key, company) for key, company in cursor.execute(_NEIGHBOURS, bounds)]
        own = [
            direct_dial.Neighbour(key, company, is_company_number=True)
            for key, company in cursor.execute(_COMPANY_NEIGHBOURS, bounds)
        ]
        if len(people) == _MOST_NEIGHBOURS or len(own) == _MOST_NEIGHBOURS:
            return None  # more than were looked at: somebody else may be among them
        said = direct_dial.company_of_block(block, (*people, *own))
        if said is not None:
            return _company(cursor, said)
        if not block.switchboard and direct_dial.is_of_several_companies((*people, *own)):
            return None
    return None


def _company(cursor: sqlite3.Cursor, company_id: int) -> Company | None:
    row = cursor.execute("SELECT id, name, domain FROM companies WHERE id = ?", (company_id,)).fetchone()
    return Company(id=str(row[0]), name=row[1], domain=row[2]) if row and row[1] else None


def people_named(cursor: sqlite3.Cursor, name: str) -> tuple[Candidate, ...]:
    """Given a name as the phone shows it, return the contacts who have it, whichever word of it is the last name."""
    ids: dict[int, None] = {}
    for first, last in _splits(name):
        ids |= dict.fromkeys(row[0] for row in cursor.execute(_NAMED, (last, first)))
    found = (card_query.by_id(cursor, contact_id, _BY_NAME) for contact_id in list(ids)[:_MOST_NAMESAKES])
    return tuple(person for person in found if person)


def people_said(cursor: sqlite3.Cursor, said: str) -> tuple[Candidate, ...]:
    """Given a whole name, one part of it, or an e-mail address, return the contacts who have it."""
    ids = (row[0] for row in cursor.execute(_SAID, (said,)).fetchall())
    return people_named(cursor, said) or tuple(person for person in (card_query.by_id(cursor, one) for one in ids) if person)


def _splits(name: str) -> list[tuple[str, str]]:
    """First and last names that a shown name may be made of: in either order, and undivided where a script divides no words."""
    words = name.replace(",", " ").split()
    if len(words) > 1:
        halves = [(" ".join(words[:n]), " ".join(words[n:])) for n in range(1, min(len(words), _MOST_SPLITS))]
        return halves + [(last, first) for first, last in halves]
    if name.isascii() or len(name) > _LONGEST_UNDIVIDED:
        return [("", name), (name, "")]
    return [(name[n:], name[:n]) for n in range(1, len(name))] + [("", name), (name, "")]
