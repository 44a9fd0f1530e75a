"""People, calls and a text style for tests of core."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from callerid import catalogue
from callerid.core.callers.candidate import Candidate, OpenDeal
from callerid.core.callers.resolve import Resolution, resolve
from callerid.core.wording.style import Discretion, TextStyle
from callerid.models import Call, CallType, ContactPhone, Match, NumberMatch

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 22, 13, 0, tzinfo=BERLIN)
EN, JA = catalogue.load("en"), catalogue.load("ja")

RENEWAL = OpenDeal(
    id="701",
    name="Renewal 2027",
    amount=Decimal(12000),
    closes=date(2026, 11, 30),
    stage_label="Contract sent",
    pipeline_label="Sales",
    currency="EUR",
)
PILOT = OpenDeal(id="702", name="Pilot", amount=None, closes=None, stage_label="", pipeline_label="Sales", currency="EUR")


def candidate(
    first: str = "Ana",
    last: str = "López",
    *,
    match: Match = Match.EXACT,
    company: str = "Acme GmbH",
    deals: tuple[OpenDeal, ...] = (RENEWAL,),
    contact_id: str = "501",
) -> Candidate:
    return Candidate(
        id=contact_id,
        first_name=first,
        last_name=last,
        email="a@b.c",
        company=company,
        company_id="601" if company else None,
        owner=None,
        last_contacted=NOW.astimezone(UTC) - timedelta(days=3),
        phone=ContactPhone(property="phone", raw="087 123 4567"),
        match=NumberMatch(match=match, why="last 7 digits"),
        deals=deals,
    )


ANA = candidate()
BEN = candidate("Ben", "Kim", contact_id="502", deals=())


def known(*people: Candidate) -> Resolution:
    return resolve("+353871234567", hidden=False, candidates=people or (ANA,), companies=())


NOBODY = resolve("+353871234567", hidden=False, candidates=(), companies=())
HIDDEN = resolve("", hidden=True, candidates=(), companies=())


def call(kind: CallType = CallType.INCOMING, duration: int = 192, minutes_ago: float = 5, **changes: object) -> Call:
    made = Call(
        key="k",
        start=NOW.astimezone(UTC) - timedelta(minutes=minutes_ago),
        number="+353871234567",
        type=kind,
        duration=duration,
        sim="1",
        ordinal=0,
        name="",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def style(**changes: object) -> TextStyle:
    made = TextStyle(texts=EN, discretion=Discretion.NAMES, now=NOW, provider="HubSpot", built_at=NOW - timedelta(hours=2))
    return replace(made, **changes)  # type: ignore[arg-type]
