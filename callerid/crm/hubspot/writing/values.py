"""Properties of contacts, read and written a hundred contacts at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.crm.hubspot.http.send import API_VERSION
from callerid.crm.hubspot.reading import records
from callerid.crm.hubspot.reading.rows import expect_only_missing, results
from callerid.errors import NotFound, Offline, OutcomeUnknown, Refused, TokenFault
from callerid.messages import message

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from callerid.crm.hubspot.http.send import HttpSender

_BATCH = f"/crm/objects/{API_VERSION}/contacts/batch"
_GONE = message("HubSpot does not have the contact any more.")


def contact_values(sender: HttpSender, ids: Sequence[str], names: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return the values of properties of contacts; see the port."""
    query = {"inputs": [{"id": contact_id} for contact_id in ids], "properties": list(names), "propertiesWithHistory": []}
    body = sender.read("POST", f"{_BATCH}/read", body=query)
    expect_only_missing(body)
    rows = (row for row in results(body, message("the batch of contacts")) if isinstance(row, dict))
    valued = ((records.id_of(row), row.get("properties")) for row in rows)
    return {contact_id: {name: str(of.get(name) or "") for name in names} for contact_id, of in valued if isinstance(of, dict)}


def set_contact_values(sender: HttpSender, values: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Write properties of contacts; see the port. HubSpot refuses a whole batch for one value that it does not accept, so a batch
    that is refused is written in halves."""
    inputs = [{"id": contact_id, "properties": dict(properties)} for contact_id, properties in values.items()]
    try:
        body = sender.write_repeatable("POST", f"{_BATCH}/update", {"inputs": inputs})
    except (Refused, NotFound) as refused:
        if len(values) <= 1:
            return dict.fromkeys(values, refused.sentence)
        pairs = list(values.items())
        middle = len(pairs) // 2
        return _set_halves(sender, dict(pairs[:middle]), dict(pairs[middle:]))
    written = {str(row.get("id")) for row in results(body, message("the changed contacts")) if isinstance(row, dict)}
    return {contact_id: _GONE for contact_id in values if contact_id not in written}


def _set_halves(
    sender: HttpSender, first: Mapping[str, Mapping[str, str]], second: Mapping[str, Mapping[str, str]]
) -> dict[str, str]:
    """Write one half after the other. Raise OutcomeUnknown in place of what says that nothing was written, when a half was."""
    not_written = set_contact_values(sender, first)
    try:
        return not_written | set_contact_values(sender, second)
    except (Offline, TokenFault) as fault:
        if len(not_written) == len(first):
            raise
        raise OutcomeUnknown(fault.sentence, remedy=fault.remedy) from fault
