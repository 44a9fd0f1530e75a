"""The facts that a turn reads once, at its start, and passes to the functions it calls."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from callerid.core.wording.style import Discretion, TextStyle
from callerid.models import Kind
from callerid.records import dataclass
from callerid.turns.context import has_crm, in_zone, source_name

if TYPE_CHECKING:
    from callerid.store.ledger.reading.turn_start import TurnStart
    from callerid.store.mirror.mirror_facts import MirrorFacts
    from callerid.turns.context import AppContext

_RETRY_DIALOGS_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnFacts:
    """What a turn reads once, at its start, and passes to the functions it calls."""

    now: datetime  # UTC
    local: datetime  # the same in the phone's zone
    style: TextStyle  # of the texts that the person reads
    mirror: MirrorFacts
    off_since: datetime | None  # when callerid was switched off (UTC), as far as a round has found it so
    cards_worded: str  # by which settings the last round worded the cards; "" before the first
    dialogs_work: bool  # whether Android shows dialogs, as far as is known
    notifications_fail: bool  # whether the last notification could not be shown

    @property
    def has_crm(self) -> bool:
        """Return whether there is a CRM, to which calls are logged and in which contacts can be opened."""
        return self.style.has_crm


def turn_facts(app: AppContext, now: datetime, start: TurnStart | None = None) -> TurnFacts:
    """Read what a turn that starts now (UTC) needs from ledger and mirror: one statement each, while nobody writes the mirror.
    `start` is the ledger's part, where it was read already."""
    start, mirror = start or app.ledger.turn_starts.turn_start(), app.mirror.facts()
    local = in_zone(now, start.zone)
    style = _text_style(app, local, mirror)
    return TurnFacts(
        now=now,
        local=local,
        style=style,
        mirror=mirror,
        off_since=start.off_since,
        cards_worded=start.cards_worded,
        dialogs_work=_dialogs_work(start, now),
        notifications_fail=start.notifications_fail,
    )


def _text_style(app: AppContext, local: datetime, mirror: MirrorFacts) -> TextStyle:
    return TextStyle(
        texts=app.texts,
        discretion=Discretion(app.config.privacy.lock_screen),
        now=local,
        provider=source_name(app, mirror),
        has_crm=has_crm(app.mirror, app.config, mirror),
        built_at=mirror.names_as_of,
        deals_at=mirror.as_of(Kind.DEALS) if mirror.deals else None,
        saved_first=app.config.ring.phone_contacts == "first",
    )


def _dialogs_work(start: TurnStart, now: datetime) -> bool:
    """Return whether to try a dialog: where the last ones did not show, one is tried each day."""
    if not start.dialogs_fail:
        return True
    from callerid.core.backoff import is_due

    return is_due(start.dialog_tried, _RETRY_DIALOGS_AFTER, now)
