"""People to call back as a table of a terminal, by its width, and as the rows of a CSV file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.core.missed.business_hours import OpenNow
from callerid.core.wording import times
from callerid.core.wording.call_table import MIDDLE, WIDE
from callerid.core.wording.csv_cells import safe_cell
from callerid.core.wording.table import table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from callerid.catalogue import Catalogue
    from callerid.core.missed.missed_caller import MissedCaller

COLUMNS = (
    "Name",
    "Company",
    "Number",
    "Attempts",
    "Last call",
    "First call (UTC)",
    "Deal value",
    "Local time",
    "Business hours",
    "Record ID",
)


def missed_table(callers: Sequence[MissedCaller], width: int, texts: Catalogue) -> list[str]:
    """Return a line for each caller, of at most so many places: with number, deals and time of day there in 110, with deals and
    that time in 60, with that time in less."""
    if width >= WIDE:
        return table([_wide(caller, texts) for caller in callers], width, flexible=0)
    if width >= MIDDLE:
        return table([_middle(caller, texts) for caller in callers], width, flexible=0)
    return table([_narrow(caller, texts) for caller in callers], width, flexible=0)


def _wide(caller: MissedCaller, texts: Catalogue) -> tuple[str, ...]:
    last = f"{caller.last.local:%Y-%m-%d %H:%M}"
    return caller.last.who, _number(caller), _attempts(caller, texts), last, _values(caller), _there(caller, texts)


def _middle(caller: MissedCaller, texts: Catalogue) -> tuple[str, ...]:
    return caller.last.who, _attempts(caller, texts), f"{caller.last.local:%m-%d %H:%M}", _values(caller), _there(caller, texts)


def _narrow(caller: MissedCaller, texts: Catalogue) -> tuple[str, ...]:
    return caller.last.who, _attempts(caller, texts), _there(caller, texts)


def _number(caller: MissedCaller) -> str:
    """Return the number of somebody who has a name, as people write it; "" where the number stands for it."""
    return numbers.display(caller.last.number, "") if any(map(str.isalpha, caller.last.who)) else ""


def _attempts(caller: MissedCaller, texts: Catalogue) -> str:
    return texts.say("call_back.times", n=caller.attempts)


def _values(caller: MissedCaller) -> str:
    """Return `€12,000 + $500` for the open deals; "" if there are none, or none has an amount."""
    return " + ".join(times.amount(value, currency) for currency, value in caller.deal_values)


def _there(caller: MissedCaller, texts: Catalogue) -> str:
    """Return `there 14:05 open` for the time of day where the number is, `there 03:05-12:05 depends` where it may be in several
    zones; "" where no zone is known."""
    clock, state = _clock(caller), "" if caller.open_now is OpenNow.UNKNOWN else texts.say(f"call_back.{caller.open_now}")
    return texts.say("call_back.there", clock=clock, state=state).strip() if clock else state


def _clock(caller: MissedCaller) -> str:
    if not caller.local_times:
        return ""
    first, last = (times.clock_time(local) for local in (caller.local_times[0], caller.local_times[-1]))
    return first if first == last else f"{first}-{last}"


def csv_rows(callers: Iterable[MissedCaller]) -> list[tuple[str, ...]]:
    """Return the cells of a CSV file: its heading, and a row for each caller."""
    return [COLUMNS, *(tuple(map(safe_cell, _csv_row(caller))) for caller in callers)]


def _csv_row(caller: MissedCaller) -> tuple[str, ...]:
    return (
        caller.last.who,
        caller.last.company,
        caller.last.number,
        str(caller.attempts),
        f"{caller.last.local:%Y-%m-%d %H:%M}",
        f"{caller.first:%Y-%m-%d %H:%M}",
        " + ".join(f"{value} {currency}".strip() for currency, value in caller.deal_values),
        _clock(caller),
        caller.open_now.value,
        caller.last.contact_id,
    )
