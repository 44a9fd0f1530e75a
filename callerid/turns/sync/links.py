"""Read again what records are associated with: no date of theirs changes when a link is made or taken away, so no search tells.

The links of all open deals to contacts, and of companies to their people; a thousand records take one request. Sources: Airbyte's
issues 14390, 14639, 27199 and 44554; HubSpot's guide to associations.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from callerid.models import Kind
from callerid.turns.sync.delta import people_of_deals

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from callerid.turns.sync.delta import DeltaSync

_BATCH = 1000  # records in a request
_MOST_COMPANIES = 8 * _BATCH  # in one sync; of more companies, each sync reads the next part
_READ_TO, _READ_SINCE = "company_links_after", "company_links_began"  # facts: how far, and since when in epoch seconds


def relink_deals(update: DeltaSync) -> set[int]:
    """Give each open deal, and each whose links were read anyway, the contacts that it has in the CRM. Return the contacts that
    lost one: they may be gone themselves."""
    lost: set[int] = set()
    read_anyway = update.mirror_update.present(Kind.DEALS, update.people_of_deals)
    for deals in _batches(sorted({*update.mirror_update.open_deals(), *read_anyway})):
        people = people_of_deals(update, deals)
        changed, lost_here = update.mirror_update.relink({deal: set(contacts) for deal, contacts in people.items()})
        update.counts["changed"] += changed
        lost |= lost_here
    return lost


def people_of_other_companies(update: DeltaSync, checked: dict[Kind, datetime]) -> set[int]:
    """Return the contacts who may have another company, and set since when all companies' links have been read in `checked`."""
    people, read_since = _people_and_since(update)
    if read_since is None:
        checked.pop(Kind.COMPANIES, None)
    elif Kind.COMPANIES in checked:
        checked[Kind.COMPANIES] = read_since
    return people


def _people_and_since(update: DeltaSync) -> tuple[set[int], datetime | None]:
    """Return the contacts who may have another company in the CRM than in the mirror, and since when the links of every company
    have been read with that (by the phone's clock, UTC); None if the next sync goes on with further companies."""
    mirror_update, people = update.mirror_update, set[int]()
    last = int(mirror_update.fact(_READ_TO) or 0)
    began = datetime.fromtimestamp(int(mirror_update.fact(_READ_SINCE)), UTC) if last else update.began
    companies = mirror_update.companies_after(last, _MOST_COMPANIES)
    for batch in _batches(companies):
        links = update.crm.links(Kind.COMPANIES, Kind.CONTACTS, list(map(str, batch)))
        linked = {company: {int(who): primary for who, primary in links.get(str(company), {}).items()} for company in batch}
        update.named[Kind.CONTACTS].update(who for linked_people in linked.values() for who in linked_people)
        people |= mirror_update.people_differing(linked)
    is_end = len(companies) < _MOST_COMPANIES
    mirror_update.record_facts({_READ_TO: 0 if is_end else companies[-1], _READ_SINCE: int(began.timestamp())})
    return people, began if is_end else None


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH))
