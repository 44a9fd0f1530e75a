"""How long a look-up takes: from a key to a card, against one bare point query on the same file."""

from __future__ import annotations

import random
import sqlite3
import tempfile
import time
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import phonenumbers

from callerid.core import numbers
from callerid.models import Account, Background, Company, Contact, ContactPhone, Deal, Page, Stage
from callerid.store.mirror import Mirror

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
_FIRST = 512_000_000_001
_COMPANY, _DEAL = 600_000_000_001, 700_000_000_001
_ROUNDS = 20_000


def _number(place: int) -> str:
    return f"+353 87 {1_000_000 + place:07}"


def build(folder: Path, people: int) -> Mirror:
    """A mirror of so many people, each with a number; every fifth has a company, every tenth an open deal."""
    mirror = Mirror(folder / f"mirror-{people}.db")
    building = mirror.building("IE")
    stages = (Stage(pipeline_id="p", stage_id="s", pipeline_label="Sales", label="Sent", order=1, is_closed=False),)
    building.begin("", NOW, Background(account=Account(portal_id="1", ui_domain="x", currency="EUR"), stages=stages))
    for start in range(0, people, 1000):
        places = range(start, min(start + 1000, people))
        contacts = tuple(
            Contact(
                id=str(_FIRST + 3 * place),
                first_name=f"First{place % 997}",
                last_name=f"Last{place % 7919}",
                email=f"person{place}@example.com",
                company_id=str(_COMPANY + place // 5),
                modified=NOW,
                phones=(ContactPhone(property="phone", raw=_number(place)),),
            )
            for place in places
        )
        companies = tuple(
            Company(id=str(_COMPANY + place // 5), name=f"Company {place // 5}") for place in places if place % 5 == 0
        )
        deals = tuple(
            Deal(
                id=str(_DEAL + place),
                name=f"Deal {place}",
                amount=Decimal(1200),
                pipeline_id="p",
                stage_id="s",
                closes=date(2026, 12, 1),
                contact_ids=(str(_FIRST + 3 * place),),
            )
            for place in places
            if place % 10 == 0
        )
        building.add(Page(contacts=contacts, companies=companies, deals=deals))
    building.finish(NOW, {})
    mirror.updating("IE").tidy()
    return mirror


def measure(do: Callable[[int], object], places: Sequence[int]) -> tuple[float, float]:
    """Return median and 99th percentile of the microseconds that each call takes."""
    times = []
    for place in places:
        began = time.perf_counter_ns()
        do(place)
        times.append(time.perf_counter_ns() - began)
    times.sort()
    return times[len(times) // 2] / 1000, times[len(times) * 99 // 100] / 1000


def lookups(people: int) -> float:
    """Print what look-ups take among so many people, and return the median of one from its key."""
    chance = random.Random(people)
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        mirror = build(Path(folder), people)
        built, size = time.monotonic() - began, (Path(folder) / f"mirror-{people}.db").stat().st_size
        bare = sqlite3.connect(Path(folder) / f"mirror-{people}.db", isolation_level=None)
        text = bare.execute(
            "SELECT sum(length(first_name) + length(last_name) + length(email) + length(phones)) FROM contacts"
        ).fetchone()[0]
        places = [10 * chance.randrange(people // 10) for _ in range(_ROUNDS)]  # people with company and open deal
        query = "SELECT * FROM contacts WHERE id = ?"

        def point(place: int) -> object:
            return bare.execute(query, (_FIRST + 3 * place,)).fetchone()

        def raw_floor(place: int) -> object:
            parsed = phonenumbers.parse(_number(place), "IE")
            return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164), point(place)

        def card(place: int) -> object:
            (found,) = mirror.people(_number(place), "IE")
            assert found.company
            assert found.deals
            return found

        measure(point, places[:2000])  # warm
        measure(card, places[:2000])
        point_times = measure(point, places)
        floor_times = measure(raw_floor, places)
        numbers.read.cache_clear()
        numbers.asked.cache_clear()
        raw_times = measure(card, places)
        key_times = _from_key(mirror, places)
        mirror.close()
        bare.close()
    print(
        f"look-up in {people:,} contacts ({built:.0f} s to build, {size / people:.0f} bytes a contact, "
        f"{(size - text) / people:.0f} beyond its text), median / p99 in microseconds:\n"
        f"  bare point query            {point_times[0]:7.1f} / {point_times[1]:7.1f}\n"
        f"  key to card with deals      {key_times[0]:7.1f} / {key_times[1]:7.1f}"
        f"   = {key_times[0] / point_times[0]:.2f} x / {key_times[1] / point_times[1]:.2f} x\n"
        f"  parse + format + that query {floor_times[0]:7.1f} / {floor_times[1]:7.1f}\n"
        f"  raw text to card            {raw_times[0]:7.1f} / {raw_times[1]:7.1f}"
        f"   = {raw_times[0] / floor_times[0]:.2f} x / {raw_times[1] / floor_times[1]:.2f} x",
        flush=True,
    )
    return key_times[0]


def _from_key(mirror: Mirror, places: Sequence[int]) -> tuple[float, float]:
    """From the key: the numbers of a block were read before, so that only the look-up itself counts."""
    times = []
    for start in range(0, len(places), 1000):
        block = [_number(place) for place in places[start : start + 1000]]
        for number in block:
            numbers.asked(number, "IE")
        mirror.people(block[0], "IE")
        for number in block:
            began = time.perf_counter_ns()
            mirror.people(number, "IE")
            times.append(time.perf_counter_ns() - began)
    times.sort()
    return times[len(times) // 2] / 1000, times[len(times) * 99 // 100] / 1000
