"""Look up who a number or a name is. Bare sqlite3 and few statements: a ring waits for this.

The cursors are those of `DerivedFile`, whose rows are bare tuples.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.core.numbers import direct_dial
from callerid.models import Company, Match, NumberMatch
from callerid.store.mirror import card_query

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence

    from callerid.core.callers.candidate import Candidate
    from callerid.core.callers.typed_name import Closeness, TypedName

# looking up and hashing an enum's member is slow, and a look-up does it often
_RANKS = _EXACT, _SAME_LINE, _PROBABLE, _NONE = Match.EXACT, Match.SAME_LINE, Match.PROBABLE, Match.NONE
_SURE = (_EXACT, _SAME_LINE)
_MOST_COMPANIES = 50  # of one key: a junk number that thousands share must not delay a ring
_COMPANY_BY_KEY = (
    "SELECT k.place, c.id, c.name, c.domain, c.owner_id, c.phones FROM company_keys AS k"
    f" JOIN companies AS c ON c.id = k.record_id WHERE k.key = ? LIMIT {_MOST_COMPANIES}"
)
_BY_NAME = NumberMatch(match=Match.EXACT, why="the name that the phone shows")
_MOST_NEIGHBOURS, _MOST_NAMESAKES, _MOST_SPLITS = 1001, 20, 6
_LONGEST_UNDIVIDED = 12
# One block's known lines, each with its company: those of contacts, and the companies' own.
_CONTACTS_LINES = (
    "SELECT ?, key, company, 0 FROM (SELECT DISTINCT k.key AS key, c.company_id AS company FROM contact_keys AS k"
    f" JOIN contacts AS c ON c.id = k.record_id WHERE k.key >= ? AND k.key < ? LIMIT {_MOST_NEIGHBOURS})"
)
_COMPANIES_LINES = (
    "SELECT ?, key, record_id, 1 FROM (SELECT k.key, k.record_id FROM company_keys AS k"
    f" WHERE k.key >= ? AND k.key < ? LIMIT {_MOST_NEIGHBOURS})"
)
_NAMED = f"SELECT id FROM contacts WHERE last_name = ? COLLATE NOCASE AND first_name = ? COLLATE NOCASE LIMIT {_MOST_NAMESAKES}"
_ALL_NAMES = "SELECT id, first_name, last_name FROM contacts ORDER BY id"
_BY_EMAIL = f"SELECT id FROM contacts WHERE email = ? COLLATE NOCASE LIMIT {_MOST_NAMESAKES}"


def candidates(
    cursor: sqlite3.Cursor, number: str, region: str, entries: Mapping[str, Sequence[card_query.Row]] = MappingProxyType({})
) -> tuple[Candidate, ...]:
    """Return the contacts whose raw number this is, best match first; a probable one only if it is the only one. `entries` are the
    index entries of keys that were read already."""
    own, may_be, proven = numbers.lookup_keys(number, region)
    if not own:
        return ()
    rows = list(entries[own[0]]) if own[0] in entries else card_query.by_key(cursor, own[0])
    if proven and len(rows) == 1 and rows[0][1]:  # nearly every ring: one entry, proven by its key alone
        return (card_query.candidate(rows[0], proven),)
    rows += card_query.by_keys(cursor, own[1:])
    matches = _matching(rows, (), number, region, proven)
    if any(candidate.match.match is not _PROBABLE for candidate in matches):
        return tuple(candidate for candidate in matches if candidate.match.match is not _PROBABLE)
    others = card_query.by_keys(cursor, may_be)
    matches = _matching(rows, others, number, region, proven)
    return tuple(matches) if len(matches) == 1 else ()


def _matching(
    rows: Sequence[card_query.Row], others: Sequence[card_query.Row], number: str, region: str, proven: NumberMatch | None
) -> list[Candidate]:
    """Return each contact that really has the number, once, by its best phone. `rows` were found by the number's own key, which may
    prove the match; `others` by keys of what else it may be, which prove nothing."""
    best: dict[int, tuple[int, NumberMatch, card_query.Row]] = {}
    for place, row in enumerate((*rows, *others)):
        is_proven = proven and row[1] and place < len(rows)
        match = proven if proven and is_proven else numbers.match(number, card_query.phone(row).raw, region)
        rank, record_id = _RANKS.index(match.match), row[2]
        if match.match is not _NONE and (record_id not in best or rank < best[record_id][0]):
            best[record_id] = (rank, match, row)
    return [card_query.candidate(best[i][2], best[i][1]) for i in sorted(best, key=lambda i: (best[i][0], i))]


def companies(cursor: sqlite3.Cursor, number: str, region: str) -> tuple[Company, ...]:
    """Return the companies whose own raw number this surely is."""
    matches: dict[int, Company] = {}
    for key in numbers.lookup_keys(number, region)[0]:
        for place, record_id, name, domain, owner_id, phones in cursor.execute(_COMPANY_BY_KEY, (key,)):
            match = numbers.match(number, card_query.phone((place, None, None, phones)).raw, region).match
            if match in _SURE:
                owner = None if owner_id is None else str(owner_id)
                matches[record_id] = Company(id=str(record_id), name=name, domain=domain, owner_id=owner)
    return tuple(matches.values())


def company_of_range(cursor: sqlite3.Cursor, number: str, region: str) -> Company | None:
    """Return the company whose direct-dial range a raw number probably belongs to, or None. For a number that no contact has."""
    blocks = tuple(direct_dial.blocks_of_number(number, region))
    neighbours = _neighbours(cursor, blocks)
    for block in blocks:
        lines = neighbours[block.prefix]
        own = sum(line.is_company_number for line in lines)
        if _MOST_NEIGHBOURS in (own, len(lines) - own):
            return None  # there are more than were read, and they may be another company's
        company_id = direct_dial.company_of_block(block, lines)
        if company_id is not None:
            return _company(cursor, company_id)
        if not block.switchboard and direct_dial.is_of_several_companies(lines):
            return None
    return None


def _neighbours(cursor: sqlite3.Cursor, blocks: Sequence[direct_dial.Block]) -> dict[str, list[direct_dial.Neighbour]]:
    """Return the known lines of each block, by its prefix. One statement: a ring of a stranger waits for this."""
    lines: dict[str, list[direct_dial.Neighbour]] = {block.prefix: [] for block in blocks}
    if not lines:
        return lines
    bounds = [bound for prefix in lines for bound in (prefix, prefix, prefix + ":") * 2]  # ":" follows "9"
    statement = " UNION ALL ".join((_CONTACTS_LINES, _COMPANIES_LINES) * len(lines))
    for prefix, key, company, is_own in cursor.execute(statement, bounds):
        lines[prefix].append(direct_dial.Neighbour(key, company, is_company_number=bool(is_own)))
    return lines


def _company(cursor: sqlite3.Cursor, company_id: int) -> Company | None:
    row = cursor.execute("SELECT id, name, domain FROM companies WHERE id = ?", (company_id,)).fetchone()
    return Company(id=str(row[0]), name=row[1], domain=row[2]) if row and row[1] else None


def candidates_named(cursor: sqlite3.Cursor, name: str) -> tuple[Candidate, ...]:
    """Return the contacts who have a name as a phone shows it, whichever word of it is the last name."""
    ids: dict[int, None] = {}
    for first, last in _splits(name):
        ids |= dict.fromkeys(row[0] for row in cursor.execute(_NAMED, (last, first)))
    named = (card_query.by_id(cursor, contact_id, _BY_NAME) for contact_id in list(ids)[:_MOST_NAMESAKES])
    return tuple(candidate for candidate in named if candidate)


def search(cursor: sqlite3.Cursor, text: str, least: Closeness) -> tuple[Candidate, ...]:
    """Return the contacts who have an e-mail address, or whose name a typed one fits best, at least so well. This reads the whole
    table: for commands."""
    from callerid.core.callers.typed_name import TypedName

    ids = [row[0] for row in cursor.execute(_BY_EMAIL, (text,))] or _best_named(cursor, TypedName(text), least)
    return tuple(candidate for candidate in (card_query.by_id(cursor, contact_id) for contact_id in ids) if candidate)


def _best_named(cursor: sqlite3.Cursor, typed: TypedName, least: Closeness) -> list[int]:
    from callerid.core.callers.typed_name import MOST_FOUND

    by_closeness: dict[Closeness, list[int]] = {}
    for contact_id, first, last in cursor.execute(_ALL_NAMES):
        closeness = typed.closeness(first or "", last or "")
        if closeness <= least:
            by_closeness.setdefault(closeness, []).append(contact_id)
    return by_closeness[min(by_closeness)][:MOST_FOUND] if by_closeness else []


def _splits(name: str) -> list[tuple[str, str]]:
    """Return the pairs of first and last name that a shown name may consist of: in either order, and split anywhere in a script
    that separates no words. A comma may part them, or stand in one of them."""
    if "," in name:
        return [*_splits(name.replace(",", " ")), *_splits_at_blanks(name.split())]
    words = name.split()
    if len(words) > 1:
        return _splits_at_blanks(words)
    name = "".join(words)
    if name.isascii() or len(name) > _LONGEST_UNDIVIDED:
        return [("", name), (name, "")]
    return [(name[n:], name[:n]) for n in range(1, len(name))] + [("", name), (name, "")]


def _splits_at_blanks(words: Sequence[str]) -> list[tuple[str, str]]:
    halves = [(" ".join(words[:n]), " ".join(words[n:])) for n in range(min(len(words), _MOST_SPLITS))]
    return halves + [(last, first) for first, last in halves]
