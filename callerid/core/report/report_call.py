"""A call of a report, and who it was with."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.core.followup.outcomes import is_connected, is_missed
from callerid.core.wording.masking import masked_number
from callerid.models import CallType
from callerid.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from callerid.catalogue import Catalogue
    from callerid.core.followup.states import State
    from callerid.models import Call

ANSWERED, MISSED, OUTGOING = "answered", "missed", "outgoing"
KINDS = (ANSWERED, MISSED, OUTGOING)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedCall:
    """What was logged of a call: with whom and about which deal ("" for none), and after how many seconds the CRM had it."""

    contact_id: str
    deal_id: str
    delivery_seconds: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportCall:
    """A call, its line ("" for a hidden number), where its follow-up stands, and what was logged of it."""

    call: Call
    line: str
    state: State
    logged: LoggedCall | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDeal:
    """A deal as a report names it."""

    id: str
    name: str
    amount: Decimal | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportCaller:
    """Somebody as a report names them. All their numbers have one `key`, hidden ones "". A name that takes long to find out is "",
    and asked for when it is shown."""

    key: str
    name: str
    company: str = ""
    number: str = ""  # raw, of one of their calls
    deals: tuple[ReportDeal, ...] = ()  # open ones, and those that their calls were logged with


def kind_of(call: Call) -> str | None:
    """Return of which of the kinds a call is; None for one that was blocked."""
    if call.type is CallType.OUTGOING:
        return OUTGOING
    if call.type is CallType.BLOCKED:
        return None
    return MISSED if is_missed(call) or not is_connected(call) else ANSWERED


def masked(callers: Iterable[ReportCaller], texts: Catalogue) -> dict[str, ReportCaller]:
    """Return the callers by their keys, each person, company and deal under a number of its own instead of its name, and without
    amounts."""
    companies: dict[str, str] = {}
    deals: dict[str, str] = {}

    def called(numbers: dict[str, str], key: str, text: str) -> str:
        return numbers.setdefault(key, texts.say(text, n=len(numbers) + 1)) if key else ""

    return {
        caller.key: replace(
            caller,
            name=texts.say("report.person", n=place) if caller.key else caller.name,
            company=called(companies, caller.company, "report.company_n"),
            number=masked_number(caller.number) if caller.number else "",
            deals=tuple(ReportDeal(id=deal.id, name=called(deals, deal.id, "report.deal_n")) for deal in caller.deals),
        )
        for place, caller in enumerate(callers, start=1)
    }
