"""Where a stranger's number is, "Munich, Germany · landline": the type of line at once, the place after a look-up."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.errors import PhoneFault, StoreFault
from callerid.logs import log
from callerid.phone.geocoder import geocode
from callerid.turns.ringing.blocked_callers import is_forgotten

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.turns.context import AppContext


_JAPAN, _NAMED_IN_JAPAN = "+81", ("toll_free", "uan")


def known_location(app: AppContext, number: str) -> str:
    """Return place and type of line of a raw number in words, as far as they are known; "" if not at all."""
    return _in_words(app, number, _known_place(app, number) or "")


def location(app: AppContext, number: str) -> str:
    """Return place and type of line of a raw number as `known_location` does, after a look-up where none was made yet."""
    place = _known_place(app, number)
    if place is None and (place := _looked_up(app, number)) is not None:
        with suppress(StoreFault):  # it is only told again next time
            _keep(app, number, place)
    return _in_words(app, number, place or "")


def learn_location(app: AppContext, number: str, rang_at: datetime) -> bool:
    """Look up the place of a raw number, once, while its ring card is shown; return whether that was done."""
    if app.config.privacy.lock_screen != "names" or _known_place(app, number) is not None:
        return False
    if app.ledger.rings.current(app.line_of(number), rang_at) is None:
        return False
    place = _looked_up(app, number)
    if place is not None:
        _keep(app, number, place)
    return place is not None


def _in_words(app: AppContext, number: str, place: str) -> str:
    return " · ".join(part for part in (place, _line_type(app, number)) if part)


def _line_type(app: AppContext, number: str) -> str:
    """Return the type of a number's line in words, by the name that Japan has for it where it is a number of Japan."""
    line_type = numbers.line_type(number, app.region)
    if not line_type:
        return ""
    is_of_japan = line_type in _NAMED_IN_JAPAN and (numbers.e164(number, app.region) or "").startswith(_JAPAN)
    return app.texts.say(f"place.{line_type}{'_in_japan' if is_of_japan else ''}")


def _known_place(app: AppContext, number: str) -> str | None:
    """Return the place of a raw number that was looked up before, "" if no numbering plan says it, None if that was not done."""
    return app.mirror.live_lookups.location(app.line_of(number), app.texts.language)


def _looked_up(app: AppContext, number: str) -> str | None:
    """Return the place of a raw number, None where it has none or cannot be looked up.

    A process of its own does it, because libphonenumber's tables take much memory.
    """
    e164 = numbers.e164(number, app.region)
    try:
        return None if e164 is None else geocode(app.termux.runner, e164, app.texts.language)
    except PhoneFault as fault:
        log.info("the place of %s could not be looked up: %s", app.masked(number), fault.sentence)
        return None


def _keep(app: AppContext, number: str, place: str) -> None:
    lookups = app.mirror.live_lookups
    lookups.record_location(app.line_of(number), app.texts.language, place, unless=lambda: is_forgotten(app, number))
