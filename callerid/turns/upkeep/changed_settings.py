"""What has failed waits before it is tried again, unless the settings are others since then."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from callerid.core.upkeep.health import Source
from callerid.store.ledger.key_value import SETTINGS

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.turns.context import AppContext


def follow_settings(app: AppContext, now: datetime) -> None:
    """Where the settings are others than at the last start, of the daemon or of `run --once`, let everything be tried now that
    failed and waits: it may be just what they are about. As they could be read, no fault of theirs is left."""
    app.report(Source.SETTINGS, None, now)
    by = hashlib.sha256(repr(app.config).encode("utf-8", "backslashreplace")).hexdigest()
    if app.ledger.key_values.read(SETTINGS) == by:
        return
    app.ledger.key_values.forget_failures()
    app.ledger.key_values.write(SETTINGS, by)
