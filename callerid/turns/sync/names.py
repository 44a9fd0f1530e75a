"""Which owners and stages a delta sync meets without a name, and when their names are asked for.

Some have none for the token: an owner who is in no list any more, a stage of a pipeline that was deleted. All names together take
about ten requests, so those are asked for once a day, and not with each change of a record that has them.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from callerid.models import Page
    from callerid.store.mirror.delta import MirrorUpdate

_AGAIN_AFTER = timedelta(days=1)
_ASKED = "names_asked"  # a fact of the mirror: JSON, when each was asked for, in epoch seconds


def names_missing(mirror_update: MirrorUpdate, page: Page, *, reads_owners: bool) -> set[str]:
    """Return which stages in a page the mirror has no names of, and which owners, if the token reads those."""
    contacts = page.contacts if reads_owners else ()
    owners = {f"owner {contact.owner_id}" for contact in contacts if not mirror_update.knows_owner(contact)}
    return owners | {f"stage {deal.pipeline_id} {deal.stage_id}" for deal in page.deals if not mirror_update.knows_stage(deal)}


def are_due(mirror_update: MirrorUpdate, missing: Collection[str], now: datetime) -> bool:
    """Return whether some of these names were not asked for in the last day (by the phone's clock, UTC)."""
    return not _asked(mirror_update, now).keys() >= set(missing)


def record_asked(mirror_update: MirrorUpdate, missing: Collection[str], now: datetime) -> None:
    """Record that these names were asked for, found or not."""
    asked = _asked(mirror_update, now) | dict.fromkeys(sorted(missing), int(now.timestamp()))
    mirror_update.record_facts({_ASKED: json.dumps(asked)})


def _asked(mirror_update: MirrorUpdate, now: datetime) -> dict[str, int]:
    """Return what was asked for in the last day, with when; nothing of a clock that was ahead."""
    asked: dict[str, int] = json.loads(mirror_update.fact(_ASKED) or "{}")
    return {name: at for name, at in asked.items() if 0 <= now.timestamp() - at < _AGAIN_AFTER.total_seconds()}
