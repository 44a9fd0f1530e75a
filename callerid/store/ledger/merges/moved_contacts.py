"""Contacts that the CRM has merged: what the ledger has of them follows to the contact that is left.

Nothing of it is in the journal of answers, and no delivery's revision changes: it is no new answer, and nothing is sent for it. A
ledger that is restored, or a delivery or an answer that was under way meanwhile and stores the old id again, follows after the next
sync.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from callerid.core.followup.conversation import with_contacts
from callerid.store.connection import writing
from callerid.store.ledger import rows
from callerid.store.ledger.reading.summary import UNFINISHED

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping

_CALLS_WITH = (
    "SELECT call_key FROM outbox INDEXED BY outbox_by_contact"
    " WHERE kind = 'call' AND json_extract(content, '$.contact_id') IN (SELECT value FROM json_each({}))"
)
# A task goes with its call. Of calls that have moved already, what was under way meanwhile may have stored the old id again, beside
# the new one. What is not finished may be on its way to somebody else than it was posted for.
_DELIVERIES = f"""
    SELECT id, content, posted, tried FROM outbox WHERE call_key IN ({_CALLS_WITH.format(":old")})
    UNION SELECT id, content, posted, tried FROM outbox
        WHERE (kind = 'task' OR posted <> content OR tried <> '[]') AND call_key IN ({_CALLS_WITH.format(":new")})
    UNION SELECT id, content, posted, tried FROM outbox {UNFINISHED}
"""  # noqa: S608 - words of ours
_ANSWERS = "SELECT call_key, said, draft FROM followups WHERE said <> '[]' OR draft <> '[]'"
_COLUMNS = ("content", "posted", "tried")


class MovedContacts:
    """The contacts whom deliveries and answers name."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def follow(self, survivors: Mapping[str, str]) -> int:
        """Have deliveries and answers name, for each id that was merged away, the contact that is left, and return how many rows
        that were. Without any, nothing is written."""
        if not any((*self._deliveries(survivors), *self._answers(survivors))):
            return 0
        with writing(self._db):
            deliveries, answers = tuple(self._deliveries(survivors)), tuple(self._answers(survivors))
            self._db.executemany("UPDATE outbox SET content = ?, posted = ?, tried = ? WHERE id = ?", deliveries)
            self._db.executemany("UPDATE followups SET said = ?, draft = ?, revision = revision + 1 WHERE call_key = ?", answers)
        return len(deliveries) + len(answers)

    def _deliveries(self, survivors: Mapping[str, str]) -> Iterator[tuple[Any, ...]]:
        """Return what each delivery that names an old id is to have, and its own id."""
        contacts = {"old": json.dumps(list(survivors)), "new": json.dumps(list(set(survivors.values())))}
        for row in self._db.execute(_DELIVERIES, contacts).fetchall():
            before = tuple(row[name] for name in _COLUMNS)
            after = tuple(_followed(text, survivors) for text in before)
            if after != before:
                yield *after, row["id"]

    def _answers(self, survivors: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
        """Return the answers and the draft that each follow-up that names an old id is to have, and the key of its call."""
        for row in self._db.execute(_ANSWERS).fetchall():
            before = rows.answers(row["said"]), rows.answers(row["draft"])
            after = tuple(with_contacts(answers, survivors) for answers in before)
            if after != before:
                said, draft = (json.dumps(answers, ensure_ascii=False) for answers in after)
                yield said, draft, row["call_key"]


def _followed(text: str | None, survivors: Mapping[str, str]) -> str | None:
    """Return the JSON of a delivery's content, or of a list of them, with the contact that is left."""
    if not text or text == "[]":
        return text
    parsed = json.loads(text)
    contents = parsed if isinstance(parsed, list) else [parsed]
    moved = [content for content in contents if content.get("contact_id") in survivors]
    for content in moved:
        content["contact_id"] = survivors[content["contact_id"]]
    return json.dumps(parsed, ensure_ascii=False) if moved else text
