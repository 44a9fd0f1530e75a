"""Lists, single records and batches of them."""

from __future__ import annotations

import bisect
from typing import TYPE_CHECKING, Any, NamedTuple

from callerid.simulator.portal.reading import rows
from callerid.simulator.portal.refusals import invalid, not_found
from callerid.simulator.portal.shapes import BATCH_READ, BATCH_READ_TO_THE_LETTER

if TYPE_CHECKING:
    from callerid.simulator.portal.cursors import Cursors
    from callerid.simulator.portal.records import Record, Records
    from callerid.simulator.portal.request import Query, Request

_PAGE, _PAGE_WITH_HISTORY, _DEFAULT = 100, 50, 10
_SHOWN = ("properties", "propertiesWithHistory", "associations", "archived")


class _View(NamedTuple):
    """What a request wants to see of each record."""

    properties: list[str]
    histories: list[str]
    associations: list[str]

    @classmethod
    def of(cls, query: Query) -> _View:
        return cls(query.names("properties"), query.names("propertiesWithHistory"), query.names("associations"))


def list_objects(records: Records, kind: str, request: Request, cursors: Cursors) -> dict[str, Any]:
    """GET a page of a list: by record id, at most 100 (50 with history), `after` being the id of the next record."""
    query = request.query
    query.allow("limit", "after", *_SHOWN)
    view = _View.of(query)
    limit = query.integer("limit", _DEFAULT, _PAGE_WITH_HISTORY if view.histories else _PAGE)
    start = cursors.place(query.text("after"))
    listed = _from(records, kind, start, archived=query.flag("archived"), count=limit + 1)
    page = {"results": [_row(records, record, view, request) for record in listed[:limit]]}
    return page | ({"paging": request.next_page(cursors.of(listed[limit].id))} if len(listed) > limit else {})


def _row(records: Records, record: Record, view: _View, request: Request) -> dict[str, Any]:
    row = rows.shown(records, record, view.properties)
    rows.add_associations(records, row, record, view.associations, request)
    if view.histories:
        rows.add_history(row, record, view.histories)
    return row


def _from(records: Records, kind: str, start: int, *, archived: bool, count: int) -> list[Record]:
    ids, listed = records.ids[kind], []
    for place in range(bisect.bisect_left(ids, start), len(ids)):
        record = records.by_kind[kind][ids[place]]
        if (record.archived_at is not None) == archived:
            listed.append(record)
            if len(listed) == count:
                break
    return listed


def get_one(records: Records, kind: str, key: str, request: Request) -> dict[str, Any]:
    """GET one record, by its own id, by one that was merged into it, or by a unique property."""
    request.query.allow("idProperty", *_SHOWN)
    return _row(records, there(records, kind, key, request.query), _View.of(request.query), request)


def there(records: Records, kind: str, key: str, query: Query) -> Record:
    """Return the record of a key that a request names, in the recycle bin if it asks for that. Raise Refusal."""
    record = rows.find(records, kind, key, query.text("idProperty"), archived=query.flag("archived"))
    if record is None:
        raise not_found()
    return record


def batch_read(records: Records, kind: str, request: Request) -> tuple[int, Any]:
    """POST batch/read: at most 100 ids (50 with history), or values of a unique property; missing ones make it a 207."""
    request.query.allow("archived")
    (BATCH_READ_TO_THE_LETTER if request.to_the_letter else BATCH_READ)(request.body, "")
    body, archived = request.body, request.query.flag("archived")
    histories = body.get("propertiesWithHistory") or []
    if histories and len(body["inputs"]) > _PAGE_WITH_HISTORY:
        raise invalid("The maximum number of inputs supported in a batch request for property histories is 50")
    results, missing = [], []
    for key in dict.fromkeys(reference["id"] for reference in body["inputs"]):
        record = _in_batch(records, kind, key, body.get("idProperty") or "", archived=archived)
        if record is None:
            missing.append(key)
            continue
        results.append(rows.shown(records, record, body.get("properties") or []))
        if histories:
            rows.add_history(results[-1], record, histories)
    return rows.batch(records, results, [rows.not_there(kind, missing)] if missing else None)


def _in_batch(records: Records, kind: str, key: str, id_property: str, *, archived: bool) -> Record | None:
    """Return the record of a key. Whether an id that was merged away is answered is not known of the real one: it is not."""
    record = rows.find(records, kind, key, id_property, archived=archived)
    return record if id_property or record is None or str(record.id) == key else None
