"""What the token may read: a missing scope takes away what needs it, nothing else, and what becomes readable later is read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from callerid.core.backoff import is_due
from callerid.logs import log
from callerid.token_scopes import CONTACTS_WRITE, OWNERS_READ, SCOPES_WITH_TICKETS, remedy_of, without_it

if TYPE_CHECKING:
    from collections.abc import Collection

    from callerid.crm.port import Crm
    from callerid.store.mirror.database import Mirror
    from callerid.store.mirror.delta import MirrorUpdate
    from callerid.store.mirror.mirror_facts import MirrorFacts

_UNSEEN = (CONTACTS_WRITE, OWNERS_READ)  # what a delta sync needs neither to read changes nor to count
_EVERY = timedelta(days=1)
_ASKED = "scopes_asked_at"  # a fact of the mirror: epoch seconds


def read_missing_scopes(mirror: Mirror, mirror_update: MirrorUpdate, crm: Crm, now: datetime, *, dry_run: bool) -> frozenset[str]:
    """Return which scopes the token lacks, of those that it lacked at the last sync, and once a day of those that no delta sync
    shows. No request is sent for others."""
    facts = mirror.facts()
    asked = {*facts.missing_scopes, *(_UNSEEN if is_due(_last_asked(facts, mirror_update), _EVERY, now) else ())}
    missing = frozenset(crm.missing_of(asked, facts.missing_scopes)) if asked else frozenset()
    if asked.issuperset(_UNSEEN) and not dry_run:
        mirror_update.record_facts({_ASKED: int(now.timestamp())})
    return missing


def _last_asked(facts: MirrorFacts, mirror_update: MirrorUpdate) -> datetime | None:
    """Return when those that no delta sync shows were asked for: a full sync and a sweep do, too."""
    asked = mirror_update.fact(_ASKED)
    times = (facts.built_at, facts.swept_at, datetime.fromtimestamp(int(asked), UTC) if asked else None)
    return max(filter(None, times), default=None)


def record_missing_scopes(mirror: Mirror, mirror_update: MirrorUpdate, missing: Collection[str]) -> None:
    """Record which scopes the token lacks, and log what has changed."""
    before = mirror.facts().missing_scopes
    if set(before) != set(missing):
        log_changes(before, missing)
        mirror_update.record_missing_scopes([scope for scope in SCOPES_WITH_TICKETS if scope in missing])


def log_changes(before: Collection[str], missing: Collection[str]) -> None:
    """Log which scopes the token lacks now and did not lack before, or the other way round."""
    for scope in SCOPES_WITH_TICKETS:
        if scope in missing and scope not in before:
            log.info("sync: %s %s", without_it(scope), remedy_of(scope))
        elif scope in before and scope not in missing:
            log.info("sync: the token has %s now", scope)
