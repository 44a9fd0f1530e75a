"""Writing a follow-up back, within the caller's transaction."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from callerid.core.followup.state import UNSETTLED, FollowUp
from callerid.store.ledger import rows

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime


def update(connection: sqlite3.Connection, before: FollowUp, after: FollowUp, now: datetime) -> bool:
    """Given a follow-up as it was read and as it shall be, write it if it still is of the revision that was read, and say whether
    it was. How many missed calls it stands for others may have raised meanwhile."""
    settled = None if after.state in UNSETTLED else rows.stamp(now)
    done = connection.execute(
        "UPDATE followups SET state = ?, reason = ?, not_before = ?, notified_at = ?, notification_id = ?,"
        " notification_out = ?, token = ?, asked = ?, wanted_at = ?, missed_count = missed_count + ?, draft = ?, said = ?,"
        " batch = ?, told = ?, is_offered = ?, settled_at = ?, revision = revision + 1 WHERE call_key = ? AND revision = ?",
        (
            after.state,
            after.reason,
            rows.end_of(after.not_before),
            rows.stamp(after.notified_at),
            after.notification_id,
            int(after.notification_shown),
            after.token,
            after.dialogs_opened,
            rows.stamp(after.dialog_wanted_at),
            after.missed_count - before.missed_count,
            json.dumps(after.draft, ensure_ascii=False),
            json.dumps(after.answers, ensure_ascii=False),
            after.batch,
            after.card_status,
            int(after.late_match_settled),
            settled,
            before.call.key,
            before.revision,
        ),
    )
    return done.rowcount == 1
