"""The region of numbers without a country code: from the settings, or learned from the phone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.errors import PhoneFault, Stopped
from callerid.logs import log
from callerid.messages import message

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.config.settings import Config
    from callerid.store.ledger.database import Ledger
    from callerid.turns.context import AppContext

REGION = "region"
_REGION_TRIED = "region_tried"
_TRY_AGAIN = timedelta(minutes=10)


def configured_region(ledger: Ledger, config: Config) -> str:
    """Return the region of numbers without a country code: from the settings, else as the phone reported it, "" until then."""
    if config.region != "auto":
        return config.region
    return ledger.key_values.read(REGION) or ""


def learn_region(app: AppContext, now: datetime) -> AppContext:
    """Read the phone's region where it is needed and not known, and return the application context with it. A phone that does not
    tell is asked again after ten minutes; until then only international numbers are understood."""
    if app.config.region != "auto" or app.region:
        return app
    from callerid.core.backoff import is_due
    from callerid.phone import device

    if not is_due(app.ledger.key_values.read_time(_REGION_TRIED), _TRY_AGAIN, now):
        return app
    app.ledger.key_values.write_time(_REGION_TRIED, now)
    try:
        region = device.region(app.termux)
    except Stopped:
        raise
    except PhoneFault as fault:
        log.warning("%s", message("the phone's region could not be read: {told}", told=fault.told))
        return app
    app.ledger.key_values.write(REGION, region)
    return replace(app, region=region)
