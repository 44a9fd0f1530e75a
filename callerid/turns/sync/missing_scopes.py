"""What the token may read: a missing scope takes away what needs it, nothing else, and what becomes readable later is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.logs import log
from callerid.token_scopes import SCOPES_WITH_TICKETS, remedy_of, without_it

if TYPE_CHECKING:
    from collections.abc import Collection

    from callerid.crm.port import Crm
    from callerid.store.mirror.database import Mirror
    from callerid.store.mirror.delta import MirrorUpdate


def read_missing_scopes(mirror: Mirror, crm: Crm) -> frozenset[str]:
    """Return which scopes the token lacks, of those that it lacked at the last sync. No request is sent if it lacked none."""
    before = mirror.facts().missing_scopes
    return frozenset(crm.still_missing(before)) if before else frozenset()


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
