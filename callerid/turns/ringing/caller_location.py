"""Where a stranger's number is, "Munich, Germany · landline": the type of line at once, the place after a look-up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.errors import PhoneFault
from callerid.logs import log
from callerid.phone.geocoder import geocode
from callerid.turns.ringing.blocked_callers import is_forgotten

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.turns.context import AppContext


def known_location(app: AppContext, number: str) -> str:
    """Return place and type of line of a raw number in words, as far as they are known; "" if not at all."""
    line_type = numbers.line_type(number, app.region)
    place = app.mirror.live_lookups.location(app.line_of(number), app.texts.language) or ""
    return " · ".join(part for part in (place, app.texts.say(f"place.{line_type}") if line_type else "") if part)


def learn_location(app: AppContext, number: str, rang_at: datetime) -> bool:
    """Look up the place of a raw number, once, while its ring card is shown; return whether that was done.

    A process of its own does it, because libphonenumber's tables take much memory.
    """
    e164, language = numbers.e164(number, app.region), app.texts.language
    line, known = app.line_of(number), app.mirror.live_lookups
    if e164 is None or app.config.privacy.lock_screen != "names" or known.location(line, language) is not None:
        return False
    if app.ledger.rings.current(line, rang_at) is None:
        return False
    try:
        place = geocode(app.termux.runner, e164, language)
    except PhoneFault as fault:
        log.info("the place of %s could not be looked up: %s", app.masked(number), fault.sentence)
        return False
    known.record_location(line, language, place, unless=lambda: is_forgotten(app, number))
    return True
