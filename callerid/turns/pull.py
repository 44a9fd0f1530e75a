"""CRM -> mirror (T5). The new mirror is built beside the old one, which serves until the new one is whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from callerid.core.health import Source
from callerid.errors import AlreadyRunning, CalleridError, Offline

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from callerid.crm.port import Crm
    from callerid.models import Page
    from callerid.turns.house import House

LAST_SYNC, LAST_SYNC_TRY = "last_sync", "last_sync_try"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """What a sync brought."""

    contacts: int
    companies: int
    deals: int
    phones: int


def pull(
    house: House,
    crm: Crm,
    clock: Callable[[], datetime],
    *,
    force: bool = False,
    on_page: Callable[[Page], None] | None = None,
) -> Pulled:
    """Build the mirror anew from the whole CRM, page by page. Raise CalleridError when it fails: the mirror is as it was then."""
    house.ledger.notebook.write_time(LAST_SYNC_TRY, clock())
    try:
        pulled = _build(house, crm, clock, force=force, on_page=on_page)
    except CalleridError as fault:
        if not isinstance(fault, Offline | AlreadyRunning):
            house.report(Source.SYNC, fault, clock())
        raise
    house.report(Source.SYNC, None, clock())
    house.ledger.notebook.write_time(LAST_SYNC, clock())
    return pulled


def _build(house: House, crm: Crm, clock: Callable[[], datetime], *, force: bool, on_page: Callable[[Page], None] | None) -> Pulled:
    building = house.mirror.building(house.region)
    try:
        for page in crm.snapshot():
            building.add(page)
            if on_page:
                on_page(page)
        counts = building.finish(clock(), force=force)
    finally:
        building.abandon()
    return Pulled(contacts=counts.contacts, companies=counts.companies, deals=counts.deals, phones=counts.phones)
