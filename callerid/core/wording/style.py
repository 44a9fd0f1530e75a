"""In which style texts for the person are written: language, discretion, and what is known of the data behind them."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from callerid.records import dataclass

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.catalogue import Catalogue


class Discretion(StrEnum):
    """How much a card may reveal to whoever sees the screen (setting privacy.lock_screen)."""

    NAMES = "names"
    INITIALS = "initials"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextStyle:
    """How to word a text: the language's catalogue, how openly, the time now (aware, in the phone's zone), and the CRM's name."""

    texts: Catalogue
    discretion: Discretion
    now: datetime
    provider: str = ""
    has_crm: bool = True
    built_at: datetime | None = None  # when the names and companies of the mirror were last true; None: there is none yet
    deals_at: datetime | None = None  # when its deals and their links were; None: then, too
    saved_first: bool = True  # the phone contacts' name for a person comes before the CRM's
