"""Calls and tasks in HubSpot: created once with their associations, found by our own id, changed and deleted."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from callerid.config.setting_types import as_typed
from callerid.crm.hubspot.http.send import API_VERSION
from callerid.crm.hubspot.reading import records
from callerid.crm.hubspot.reading.rows import associations_of, results
from callerid.crm.hubspot.reading.search_body import filter_by, search_body
from callerid.crm.hubspot.writing.properties import (
    changes_of,
    creation_body,
    due_of,
    kind_of,
    mark_of,
    properties_of,
    targets,
)
from callerid.errors import (
    CrmFault,
    NotFound,
    OutcomeUnknown,
    PartiallyApplied,
    Refused,
    RequiredPropertiesMissing,
    ScopeMissing,
)
from callerid.messages import joined, message
from callerid.models import ActivityKind, CallEngagement, Kind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from callerid.crm.hubspot.http.send import HttpSender
    from callerid.models import Engagement

_IDS_IN_A_BATCH = 100
_MOST_RESULTS = 200
_TARGET_KINDS = ("contacts", "companies", "deals")
_NUMBERS = ("hs_call_from_number", "hs_call_to_number")  # empty where our own number is not known
_OWN_ID = {"calls": "hs_call_external_id", "tasks": "hs_task_body"}  # the property that holds our own id


def create(sender: HttpSender, engagement: Engagement, fields: Sequence[tuple[str, str]]) -> str:
    """Create a call or task with its associations; see the port for what each error means."""
    path = f"/crm/objects/{API_VERSION}/{kind_of(engagement)}"
    try:
        return records.id_of(sender.write_once(path, creation_body(engagement, fields)))
    except RequiredPropertiesMissing as missing:
        raise _with_remedy(missing, engagement, fields) from missing
    except records.InvalidRow as invalid:
        raise OutcomeUnknown(message("HubSpot did not return the id of what was logged.")) from invalid


def _with_remedy(
    fault: RequiredPropertiesMissing, engagement: Engagement, fields: Sequence[tuple[str, str]]
) -> RequiredPropertiesMissing:
    """Return the error with the commands that set the missing properties of calls, beside the fixed values that are set already."""
    if not isinstance(engagement, CallEngagement):
        return fault
    names = [name for name in fault.missing if name not in _NUMBERS]
    values = as_typed((dict(fields) | dict.fromkeys(names, "VALUE")).items())
    steps = ["callerid config set log.own_number NUMBER"] if len(names) < len(fault.missing) else []
    steps += [f"callerid config set log.fields {_in_shell(values)}"] if names else []
    remedy = message("Set the missing value: {names}, then: callerid outbox retry", names=joined(", ", steps))
    return RequiredPropertiesMissing(fault.sentence, remedy=remedy, missing=fault.missing)


def _in_shell(text: str) -> str:
    return shlex.quote(text) if set(text) & set('"$`\\!') else f'"{text}"'


# ------------------------------------------------------------------------------------------------ finding


def find(sender: HttpSender, engagement: Engagement) -> str | None:
    """Return the id of the call or task that has our own id, or None.

    Looked for among what the contact (or company, or deal) is associated with, which is consistent, and by search, whose index
    lags. The survivor of a merged contact has what the merged one had.
    """
    associated = _find_associated(sender, engagement)
    return next(iter(associated or _existing(sender, kind_of(engagement), _find_by_search(sender, engagement))), None)


def find_all(sender: HttpSender, possible: Sequence[Engagement], known_id: str) -> tuple[str, ...]:
    """Return the ids of all calls or tasks with our own id that HubSpot has, oldest first, whichever of its contents each has; also
    that of the known one, if it exists still."""
    associated = {target: engagement for engagement in reversed(possible) if (target := next(targets(engagement), None))}
    searched = {str(_filters(engagement)): engagement for engagement in reversed(possible)}
    certain = {own for engagement in associated.values() for own in _find_associated(sender, engagement)}
    indexed = {own for engagement in searched.values() for own in _find_by_search(sender, engagement)} | ({known_id} - {""})
    existing = _existing(sender, kind_of(possible[0]), sorted(indexed - certain, key=_age))
    return tuple(sorted(certain | set(existing), key=_age))


def _existing(sender: HttpSender, kind: str, ids: Iterable[str]) -> tuple[str, ...]:
    """Return those of some ids that exist: an index that lags shows what was deleted a moment ago."""
    return tuple(own for own in ids if current_id(sender, kind, own) is not None)


def _age(record_id: str) -> tuple[int, str]:
    return len(record_id), record_id  # HubSpot gives ids in order


def _find_associated(sender: HttpSender, engagement: Engagement) -> tuple[str, ...]:
    kind = kind_of(engagement)
    target = next(targets(resolve_associations(sender, engagement)), None)
    if target is None:
        return ()
    source, record_id = target
    ids = associations_of(sender, source, kind, [record_id]).get(record_id, ())
    newest_first, own_ids = sorted(ids, key=_age, reverse=True), list[str]()
    for start in range(0, len(newest_first), _IDS_IN_A_BATCH):
        inputs = [{"id": engagement_id} for engagement_id in newest_first[start : start + _IDS_IN_A_BATCH]]
        query = {"inputs": inputs, "properties": [_OWN_ID[kind]], "propertiesWithHistory": []}
        more = _own_in(sender.read("POST", f"/crm/objects/{API_VERSION}/{kind}/batch/read", body=query), engagement)
        if own_ids and not more:  # another one was created within minutes of it
            break
        own_ids += more
    return tuple(sorted(own_ids, key=_age))


def _find_by_search(sender: HttpSender, engagement: Engagement) -> tuple[str, ...]:
    kind = kind_of(engagement)
    query = search_body([_filters(engagement)], [_OWN_ID[kind]], _MOST_RESULTS)
    body = sender.read("POST", f"/crm/objects/{API_VERSION}/{kind}/search", body=query)
    if body.get("total") and not body.get("results"):  # seen of an index that lags: it counts what it cannot show yet
        raise CrmFault(message("HubSpot's search has found what was logged but does not show it yet."))
    return _own_in(body, engagement)


def _filters(engagement: Engagement) -> list[dict[str, str]]:
    if isinstance(engagement, CallEngagement):
        wanted = {"hs_call_external_id": engagement.external_id}
    else:  # the mark cannot be searched for, but few tasks with the same subject are due at the same second
        subject = properties_of(engagement)["hs_task_subject"]
        wanted = {"hs_task_subject": subject, "hs_timestamp": due_of(engagement)}
    return [filter_by(name, "EQ", value) for name, value in wanted.items()]


def _own_in(body: dict[str, Any], engagement: Engagement) -> tuple[str, ...]:
    """Return the ids of the rows that have our own id, oldest first."""
    shown = [
        row
        for row in results(body, ActivityKind(kind_of(engagement)))
        if isinstance(row, dict) and isinstance(row.get("properties"), dict)
    ]
    return tuple(sorted((records.id_of(row) for row in shown if _is_own(row["properties"], engagement)), key=_age))


def _is_own(properties: dict[str, Any], engagement: Engagement) -> bool:
    if isinstance(engagement, CallEngagement):
        return properties.get("hs_call_external_id") == engagement.external_id
    return mark_of(engagement) in str(properties.get("hs_task_body") or "")


# ------------------------------------------------------------------------------------------------ changing


def update(
    sender: HttpSender,
    remote_id: str,
    engagement: Engagement,
    before: Sequence[Engagement],
    fields: Sequence[tuple[str, str]],
) -> None:
    """Change a call or task to what the engagement says; see the port. `fields` are written only where a rule requires them."""
    kind = kind_of(engagement)
    changes, to_kinds = changes_of(engagement, before), _changed_targets(engagement, before)
    try:
        if changes:
            _patch(sender, f"/crm/objects/{API_VERSION}/{kind}/{remote_id}", changes, fields)
    except RequiredPropertiesMissing as missing:
        raise _with_remedy(missing, engagement, fields) from missing
    except NotFound as not_found:
        raise _deleted(kind) from not_found
    if to_kinds and not changes:  # an engagement that was deleted has no associations to change
        check_exists(sender, kind, remote_id)
    try:
        for to in to_kinds:
            earlier = [dict(targets(possible)).get(to) for possible in before]
            _associate(sender, kind, remote_id, to, dict(targets(engagement)).get(to), earlier)
    except NotFound as not_found:  # a record, or the call itself, was deleted just now
        raise CrmFault(message("HubSpot has deleted a record while a call was associated with it.")) from not_found
    except Refused as refused:
        raise PartiallyApplied(refused.sentence, remedy=refused.remedy) from refused


def check_exists(sender: HttpSender, kind: str, remote_id: str) -> None:
    """Raise NotFound when HubSpot no longer has a call or task."""
    if current_id(sender, kind, remote_id) is None:
        raise _deleted(kind)


_ONE = {"calls": message("call"), "tasks": message("task")}


def _deleted(kind: str) -> NotFound:
    return NotFound(
        message("HubSpot no longer has this {kind}; it was deleted there.", kind=_ONE[kind]),
        remedy=message("Try again to log it as a new one (callerid outbox retry), or give it up (callerid outbox drop NUMBER)."),
    )


def _changed_targets(engagement: Engagement, before: Sequence[Engagement]) -> tuple[str, ...]:
    """Return the kinds of records in which another one than before, or none, is to be associated."""
    wanted, earlier = dict(targets(engagement)), [dict(targets(possible)) for possible in before]
    return tuple(to for to in _TARGET_KINDS if not earlier or any(each.get(to) != wanted.get(to) for each in earlier))


def _patch(sender: HttpSender, path: str, changes: dict[str, str], fields: Sequence[tuple[str, str]]) -> None:
    try:
        sender.write_repeatable("PATCH", path, {"properties": changes})
    except RequiredPropertiesMissing as missing:
        required = {name: value for name, value in fields if name in missing.missing and not changes.get(name)}
        if not required:
            raise
        sender.write_repeatable("PATCH", path, {"properties": changes | required})


def _associate(sender: HttpSender, kind: str, remote_id: str, to: str, wanted: str | None, before: Sequence[str | None]) -> None:
    """Associate a call or task with a record of a kind, or with none, and remove the associations that it had `before`.

    Where `before` is empty every other association with that kind is removed; else those that others made stay.
    """
    associated = associations_of(sender, kind, to, [remote_id]).get(remote_id, ())
    if wanted and wanted not in associated:  # it may have been merged meanwhile into a survivor that has the association
        wanted = _known_id(sender, to, wanted, wanted)
    if wanted and wanted not in associated:
        sender.write_repeatable("PUT", f"/crm/objects/{API_VERSION}/{kind}/{remote_id}/associations/default/{to}/{wanted}", None)
    ours = _current_ids(sender, to, before, associated) if before else associated
    others = [record_id for record_id in associated if record_id in ours and record_id != wanted]
    if others:
        _dissociate(sender, kind, remote_id, to, others)


def _current_ids(sender: HttpSender, to: str, ids: Sequence[str | None], associated: Collection[str]) -> set[str | None]:
    """Return the ids under which records exist now; those that are still associated are not requested."""
    return {record_id if record_id in associated else _known_id(sender, to, record_id, record_id) for record_id in ids if record_id}


def _dissociate(sender: HttpSender, kind: str, remote_id: str, to: str, others: Sequence[str]) -> None:
    body = {"inputs": [{"from": {"id": remote_id}, "to": [{"id": record_id} for record_id in others]}]}
    sender.write_repeatable("POST", f"/crm/associations/{API_VERSION}/{kind}/{to}/batch/archive", body)


def withdraw(sender: HttpSender, kind: str, remote_id: str) -> None:
    """Delete a call or task; one that no longer exists is not an error."""
    try:
        sender.write_repeatable("DELETE", f"/crm/objects/{API_VERSION}/{kind}/{remote_id}", None)
    except NotFound:
        return


# ------------------------------------------------------------------------------------------------ its associations


def resolve_associations(sender: HttpSender, engagement: Engagement) -> Engagement:
    """Request each associated record: a merged one is answered for by its survivor, whose id is another; see the port.

    A company or deal that the token may not read is left out: it cannot be known whether it exists, and the call is logged without.
    """
    current = {kind: _known_id(sender, kind, record_id, None) for kind, record_id in targets(engagement)}
    return replace(
        engagement,
        contact_id=current.get("contacts"),
        company_id=current.get("companies"),
        deal_id=current.get("deals"),
    )


def _known_id(sender: HttpSender, kind: str, record_id: str, unreadable: str | None) -> str | None:
    """Do `current_id`; return `unreadable` for a company or deal that the token may not read."""
    try:
        return current_id(sender, kind, record_id)
    except ScopeMissing as fault:
        if kind == Kind.CONTACTS or not fault.by_crm:
            raise
        return unreadable


def current_id(sender: HttpSender, kind: str, record_id: str) -> str | None:
    """Return the id under which a record exists now: its own, or that of its survivor; None when it was deleted."""
    try:
        row = sender.read("GET", f"/crm/objects/{API_VERSION}/{kind}/{record_id}", query={"properties": "hs_object_id"})
        return records.id_of(row)
    except NotFound:
        return None
    except records.InvalidRow as invalid:
        raise CrmFault(message("HubSpot's answer about a record is not valid.")) from invalid
