"""Calls and tasks in HubSpot: created with their associations, once; looked for by our own id; changed and withdrawn."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from callerid.config.setting_types import as_typed
from callerid.crm.hubspot.http.api_version import VERSION
from callerid.crm.hubspot.reading import records
from callerid.crm.hubspot.reading.answers import associations_of, results
from callerid.crm.hubspot.writing.properties import body_of, changes_of, due_of, kind_of, mark_of, properties_of, targets
from callerid.errors import CrmFault, NotFound, OutcomeUnknown, PartiallyApplied, Refused, RequiredPropertiesMissing
from callerid.models import CallEngagement

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from callerid.crm.hubspot.http.send import HttpSender
    from callerid.models import Engagement

_IDS_IN_A_BATCH = 100
_MOST_FOUND = 200
_MADE_OF = ("contacts", "companies", "deals")
_NUMBERS = ("hs_call_from_number", "hs_call_to_number")  # empty where our own number is not known
_OURS = {"calls": "hs_call_external_id", "tasks": "hs_task_body"}  # where our own id is


def create(sender: HttpSender, engagement: Engagement, fields: Sequence[tuple[str, str]]) -> str:
    """Create a call or task with its associations; see the port for what each error means."""
    try:
        return records.id_of(sender.write(f"/crm/objects/{VERSION}/{kind_of(engagement)}", body_of(engagement, fields)))
    except RequiredPropertiesMissing as broken:
        raise _with_remedy(broken, engagement, fields) from broken
    except records.BadRow as bad:
        raise OutcomeUnknown("HubSpot did not say under which id it keeps what was logged.") from bad


def _with_remedy(
    broken: RequiredPropertiesMissing, engagement: Engagement, fields: Sequence[tuple[str, str]]
) -> RequiredPropertiesMissing:
    """What a rule requires of calls can be a setting, beside those that are set already."""
    if not isinstance(engagement, CallEngagement):
        return broken
    rest = [name for name in broken.missing if name not in _NUMBERS]
    said = as_typed((dict(fields) | dict.fromkeys(rest, "VALUE")).items())
    steps = ["callerid config set log.own_number NUMBER"] if len(rest) < len(broken.missing) else []
    steps += [f"callerid config set log.fields {_in_shell(said)}"] if rest else []
    remedy = f"Say what it shall be: {', '.join(steps)}, then: callerid outbox retry"
    return RequiredPropertiesMissing(broken.sentence, remedy=remedy, missing=broken.missing)


def _in_shell(text: str) -> str:
    return shlex.quote(text) if set(text) & set('"$`\\!') else f'"{text}"'


# ------------------------------------------------------------------------------------------------ looking for it


def find(sender: HttpSender, engagement: Engagement) -> str | None:
    """Look for our own id: among what the contact (or company, or deal) is associated with, which is consistent, and by search,
    whose index lags. A contact that was merged is another one now, and has what the old one had."""
    return _among_linked(sender, engagement) or _by_search(sender, engagement)


def _among_linked(sender: HttpSender, engagement: Engagement) -> str | None:
    kind = kind_of(engagement)
    target = next(targets(resolve_associations(sender, engagement)), None)
    if target is None:
        return None
    source, record_id = target
    ids = associations_of(sender, source, kind, [record_id]).get(record_id, ())
    newest = sorted(ids, key=lambda found: (len(found), found), reverse=True)
    for start in range(0, len(newest), _IDS_IN_A_BATCH):
        inputs = [{"id": found} for found in newest[start : start + _IDS_IN_A_BATCH]]
        body = {"inputs": inputs, "properties": [_OURS[kind]], "propertiesWithHistory": []}
        found = _ours(sender.read("POST", f"/crm/objects/{VERSION}/{kind}/batch/read", body=body), engagement)
        if found:
            return found
    return None


def _by_search(sender: HttpSender, engagement: Engagement) -> str | None:
    kind = kind_of(engagement)
    body = {"filterGroups": [{"filters": _criteria(engagement)}], "properties": [_OURS[kind]], "limit": _MOST_FOUND}
    said = sender.read("POST", f"/crm/objects/{VERSION}/{kind}/search", body=body)
    if said.get("total") and not said.get("results"):  # seen of an index that lags: it counts what it cannot show yet
        raise CrmFault("HubSpot's search has found what was logged but does not show it yet.")
    return _ours(said, engagement)


def _criteria(engagement: Engagement) -> list[dict[str, str]]:
    said = properties_of(engagement)
    if isinstance(engagement, CallEngagement):
        wanted = {"hs_call_external_id": engagement.external_id}
    else:  # the mark cannot be searched for, but few tasks are due at the same second under the same subject
        wanted = {"hs_task_subject": said["hs_task_subject"], "hs_timestamp": due_of(engagement)}
    return [{"propertyName": name, "operator": "EQ", "value": value} for name, value in wanted.items()]


def _ours(said: dict[str, Any], engagement: Engagement) -> str | None:
    for row in results(said, kind_of(engagement)):
        found = row.get("properties") if isinstance(row, dict) else None
        if isinstance(found, dict) and _is_ours(found, engagement):
            return records.id_of(row)
    return None


def _is_ours(found: dict[str, Any], engagement: Engagement) -> bool:
    if isinstance(engagement, CallEngagement):
        return found.get("hs_call_external_id") == engagement.external_id
    return mark_of(engagement) in str(found.get("hs_task_body") or "")


# ------------------------------------------------------------------------------------------------ changing it


def update(
    sender: HttpSender,
    remote_id: str,
    engagement: Engagement,
    before: Sequence[Engagement],
    fields: Sequence[tuple[str, str]],
) -> None:
    """Make what HubSpot has what the engagement says; see the port. `fields` are only put again where a rule asks for them."""
    kind = kind_of(engagement)
    changes, kinds = changes_of(engagement, before), _relinked(engagement, before)
    try:
        if changes:
            _patch(sender, f"/crm/objects/{VERSION}/{kind}/{remote_id}", changes, fields)
    except RequiredPropertiesMissing as broken:
        raise _with_remedy(broken, engagement, fields) from broken
    except NotFound as gone:
        raise _deleted(kind) from gone
    if kinds and not changes:  # of what is gone, no link is there to be changed
        check_exists(sender, kind, remote_id)
    try:
        for to in kinds:
            _relink(sender, kind, remote_id, to, dict(targets(engagement)).get(to), [dict(targets(one)).get(to) for one in before])
    except NotFound as gone:  # the record, or the call itself, has gone just now
        raise CrmFault("HubSpot has deleted a record while a call was linked with it.") from gone
    except Refused as refused:
        raise PartiallyApplied(refused.sentence, remedy=refused.remedy) from refused


def check_exists(sender: HttpSender, kind: str, remote_id: str) -> None:
    """Raise NotFound when HubSpot has no such call or task any more."""
    if _living(sender, kind, remote_id) is None:
        raise _deleted(kind)


def _deleted(kind: str) -> NotFound:
    return NotFound(
        f"HubSpot no longer has this {engagement_name(kind)}; somebody deleted it there.",
        remedy="Try again to log it anew (callerid outbox retry), or give it up (callerid outbox drop NUMBER).",
    )


def _relinked(engagement: Engagement, before: Sequence[Engagement]) -> tuple[str, ...]:
    """The kinds of records of which another one than before, or none, is to be associated."""
    wanted, known = dict(targets(engagement)), [dict(targets(one)) for one in before]
    return tuple(to for to in _MADE_OF if not known or any(one.get(to) != wanted.get(to) for one in known))


def _patch(sender: HttpSender, path: str, changes: dict[str, str], fields: Sequence[tuple[str, str]]) -> None:
    try:
        sender.change("PATCH", path, {"properties": changes})
    except RequiredPropertiesMissing as broken:
        asked = {name: value for name, value in fields if name in broken.missing and not changes.get(name)}
        if not asked:
            raise
        sender.change("PATCH", path, {"properties": changes | asked})


def _relink(sender: HttpSender, kind: str, remote_id: str, to: str, wanted: str | None, before: Sequence[str | None]) -> None:
    """Let a call or task be associated with a record of a kind, or with none, and with none of those that it was associated with
    `before`; with no other at all where that is not known. What others have associated with it stays."""
    linked = associations_of(sender, kind, to, [remote_id]).get(remote_id, ())
    if wanted and wanted not in linked:  # it may have been merged meanwhile, and the survivor, which has the link, is no other
        wanted = _living(sender, to, wanted)
    if wanted and wanted not in linked:
        sender.change("PUT", f"/crm/objects/{VERSION}/{kind}/{remote_id}/associations/default/{to}/{wanted}", None)
    ours = _still_linked(sender, to, before, linked) if before else linked
    others = [record_id for record_id in linked if record_id in ours and record_id != wanted]
    if others:
        _unlink(sender, kind, remote_id, to, others)


def _still_linked(sender: HttpSender, to: str, before: Sequence[str | None], linked: Collection[str]) -> set[str | None]:
    """Which of the records we have associated are so now, those under the ids of their survivors that were merged since."""
    return {one if one in linked else _living(sender, to, one) for one in before if one}


def engagement_name(kind: str) -> str:
    """Given what the API calls a kind, return what people call one of it."""
    return kind.removesuffix("s")


def _unlink(sender: HttpSender, kind: str, remote_id: str, to: str, others: Sequence[str]) -> None:
    body = {"inputs": [{"from": {"id": remote_id}, "to": [{"id": record_id} for record_id in others]}]}
    sender.change("POST", f"/crm/associations/{VERSION}/{kind}/{to}/batch/archive", body)


def withdraw(sender: HttpSender, kind: str, remote_id: str) -> None:
    """Delete a call or task; one that is gone already is no fault."""
    try:
        sender.change("DELETE", f"/crm/objects/{VERSION}/{kind}/{remote_id}", None)
    except NotFound:
        return


# ------------------------------------------------------------------------------------------------ whom it is of


def resolve_associations(sender: HttpSender, engagement: Engagement) -> Engagement:
    """Ask for each record: one that was merged is answered for by its survivor, whose id is another."""
    living = {kind: _living(sender, kind, record_id) for kind, record_id in targets(engagement)}
    return replace(
        engagement,
        contact_id=living.get("contacts"),
        company_id=living.get("companies"),
        deal_id=living.get("deals"),
    )


def _living(sender: HttpSender, kind: str, record_id: str) -> str | None:
    try:
        said = sender.read("GET", f"/crm/objects/{VERSION}/{kind}/{record_id}", query={"properties": "hs_object_id"})
        return records.id_of(said)
    except NotFound:
        return None
    except records.BadRow as bad:
        raise CrmFault("HubSpot's answer about a record is not as it should be.") from bad
