"""Calls with a note, open tasks and open tickets: read by search, newest id first, because lists hold what is long closed, too.

Sources: HubSpot's guides to calls, tasks, tickets and the CRM search. Calls and tasks are read with the scope of contacts, tickets
with one of their own. What they are associated with comes in batches of a thousand.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from callerid.crm.hubspot.connection import Connection
from callerid.crm.hubspot.http.send import API_VERSION
from callerid.crm.hubspot.reading import records
from callerid.crm.hubspot.reading.property_values import moment, plain_line, text
from callerid.crm.hubspot.reading.rows import associations_of, read_rows, results
from callerid.crm.hubspot.reading.search_body import ASCENDING, DESCENDING, LONGEST_BODY, filter_by, search_body
from callerid.errors import CrmFault
from callerid.messages import message
from callerid.models import Activity, ActivityKind, ActivityPage, ActivityRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from callerid.crm.hubspot.http.send import HttpSender
    from callerid.models import Stage

_PROPERTIES = {
    ActivityKind.CALLS: ("hs_timestamp", "hs_call_body", "hubspot_owner_id"),
    ActivityKind.TASKS: ("hs_timestamp", "hs_task_subject", "hs_task_status", "hubspot_owner_id"),
    ActivityKind.TICKETS: ("createdate", "subject", "hs_pipeline", "hs_pipeline_stage", "hubspot_owner_id"),
}
_TEXTS = {ActivityKind.CALLS: "hs_call_body", ActivityKind.TASKS: "hs_task_subject", ActivityKind.TICKETS: "subject"}
_PAGE = {ActivityKind.CALLS: 100}  # a note may have 65,536 characters; of the others, as many as a search returns
_MOST_IN_PAGE = 200
_DONE = "COMPLETED"
_PIPELINES = message("pipelines of tickets")


class ActivityRecords(Connection):
    """What the lines of a card ask for."""

    def open_activities(self, request: ActivityRequest, below: int | None) -> ActivityPage:
        """Return the page of the activities that a card may show, with the highest ids below one (None: of all); see the port."""
        under = [filter_by("hs_object_id", "LT", below)] if below is not None else []
        return _page(self._sender, request, [*_open_filters(request), *under], DESCENDING, self._report_fault)

    def changed_activities(self, request: ActivityRequest, since: datetime, after: int) -> ActivityPage:
        """Return the page of the activities that were modified since a time, with the lowest ids above one; see the port."""
        filters = [filter_by("hs_lastmodifieddate", "GTE", _milliseconds(since))]
        filters += [filter_by("hs_object_id", "GT", after)] if after else []
        return _page(self._sender, request, filters, ASCENDING, self._report_fault)

    def contacts_of_activities(self, kind: ActivityKind, ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Return the ids of the contacts of each of these activities; see the port."""
        return associations_of(self._sender, kind.value, "contacts", ids)

    def ticket_stages(self) -> tuple[Stage, ...]:
        """Return the stages of tickets; see the port."""
        body = self._sender.read("GET", f"/crm/pipelines/{API_VERSION}/tickets")
        pipelines = read_rows(results(body, _PIPELINES), _PIPELINES, records.stages, self._report_fault)
        return tuple(stage for stages in pipelines for stage in stages)


def _milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def _open_filters(request: ActivityRequest) -> list[dict[str, Any]]:
    """Return the filters of a search for what a card may show. The stages that are closed are told by their pipeline; a search
    compares lists in lower case, so other ids of stages are told apart when the row is there."""
    if request.kind is ActivityKind.CALLS:
        noted = {"propertyName": "hs_call_body", "operator": "HAS_PROPERTY"}
        return [noted, filter_by("hs_timestamp", "GTE", _milliseconds(request.noted_since))]
    if request.kind is ActivityKind.TASKS:
        return [filter_by("hs_task_status", "NEQ", _DONE)]
    closed = sorted({stage.stage_id for stage in request.stages if stage.is_closed and stage.stage_id == stage.stage_id.lower()})
    return [{"propertyName": "hs_pipeline_stage", "operator": "NOT_IN", "values": closed}] if closed else []


def _page(
    sender: HttpSender,
    request: ActivityRequest,
    filters: Sequence[dict[str, Any]],
    sort: str,
    report_fault: Callable[[str], None],
) -> ActivityPage:
    kind = request.kind
    query = search_body([filters] if filters else [], _PROPERTIES[kind], _PAGE.get(kind, _MOST_IN_PAGE), sort)
    if len(json.dumps(query)) > LONGEST_BODY:  # of very many closed stages; rows tell them apart
        query["filterGroups"] = [{"filters": [known for known in filters if known["operator"] != "NOT_IN"]}]
    body = sender.read("POST", f"/crm/objects/{API_VERSION}/{kind}/search", body=query)
    total, rows = body.get("total"), results(body, message("the search for {kind}", kind=kind))
    if not isinstance(total, int):
        raise CrmFault(message("HubSpot's search for {kind} does not say how many it found.", kind=kind))
    ids = _ids(rows)
    if list(ids) != sorted(ids, reverse=sort == DESCENDING):  # the next page goes on from the last id of this one
        raise CrmFault(message("HubSpot's search does not return {kind} in the order of their ids.", kind=kind))
    return ActivityPage(
        activities=tuple(read_rows(rows, kind, lambda row: _activity(request, row), report_fault)), ids=ids, total=total
    )


def _ids(rows: Sequence[Any]) -> tuple[int, ...]:
    return tuple(int(row["id"]) for row in rows if isinstance(row, dict) and str(row.get("id", "")).isdecimal())


def _activity(request: ActivityRequest, row: Any) -> Activity:
    """Return the activity in a row. Raise InvalidRow."""
    activity_id, values = records.id_of(row), records.properties_of(row)
    line = plain_line(text(values.get(_TEXTS[request.kind])))
    pipeline_id, stage_id = text(values.get("hs_pipeline")), text(values.get("hs_pipeline_stage"))
    stage = next((known for known in request.stages if (known.pipeline_id, known.stage_id) == (pipeline_id, stage_id)), None)
    at = moment(values.get("createdate" if request.kind is ActivityKind.TICKETS else "hs_timestamp"))
    return Activity(
        id=activity_id,
        at=at,
        text=line,
        is_open=_is_open(request, values, line, at, is_closed=stage is not None and stage.is_closed),
        modified=moment(values.get("hs_lastmodifieddate")),
        owner_id=text(values.get("hubspot_owner_id")) or None,
        pipeline_id=pipeline_id,
        stage_id=stage_id,
        stage=stage.label if stage else "",
    )


def _is_open(request: ActivityRequest, values: dict[str, Any], line: str, at: datetime | None, *, is_closed: bool) -> bool:
    if request.kind is ActivityKind.CALLS:
        return bool(line) and at is not None and at >= request.noted_since
    return text(values.get("hs_task_status")) != _DONE and not is_closed
