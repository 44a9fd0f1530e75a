"""How long a look-up takes: from a key to a card, against one bare point query on the same file."""

from __future__ import annotations

import random
import sqlite3
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import phonenumbers

from callerid.core import numbers
from callerid.core.numbers import parse
from callerid.models import Account, Company, Contact, ContactPhone, Deal, Page, PortalInfo, Stage
from callerid.store.mirror.database import Mirror

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
FIRST_CONTACT = 512_000_000_001
_COMPANY, _DEAL = 600_000_000_001, 700_000_000_001
_PLACES, _BLOCK, _ROUNDS = 10_000, 1000, 5


def number(place: int) -> str:
    return f"+353 87 {1_000_000 + place:07}"


def build(folder: Path, people: int) -> Mirror:
    """A mirror of so many people, each with a number; every fifth has a company, every tenth an open deal."""
    mirror = Mirror(folder / f"mirror-{people}.db")
    building = mirror.build("IE")
    stages = (Stage(pipeline_id="p", stage_id="s", pipeline_label="Sales", label="Sent", order=1, is_closed=False),)
    building.begin("", NOW, PortalInfo(account=Account(portal_id="1", ui_domain="x", currency="EUR"), stages=stages))
    for start in range(0, people, 1000):
        places = range(start, min(start + 1000, people))
        contacts = tuple(
            Contact(
                id=str(FIRST_CONTACT + 3 * place),
                first_name=f"First{place % 997}",
                last_name=f"Last{place % 7919}",
                email=f"person{place}@example.com",
                company_id=str(_COMPANY + place // 5),
                modified=NOW,
                phones=(ContactPhone(property="phone", raw=number(place)),),
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
                close_date=date(2026, 12, 1),
                contact_ids=(str(FIRST_CONTACT + 3 * place),),
            )
            for place in places
            if place % 10 == 0
        )
        building.add(Page(contacts=contacts, companies=companies, deals=deals))
    building.finish(NOW, {})
    mirror.update("IE").release_space()
    return mirror


@dataclass(frozen=True)
class Times:
    """Microseconds: the best of several rounds for each call, which leaves out what else the machine did; and all calls."""

    median: float
    p99: float
    all_p99: float

    def __str__(self) -> str:
        return f"{self.median:7.1f} / {self.p99:7.1f} / {self.all_p99:7.1f}"

    def over(self, floor: Times) -> str:
        """Return the ratios to a floor."""
        return f"{self.median / floor.median:.2f} x / {self.p99 / floor.p99:.2f} x / {self.all_p99 / floor.all_p99:.2f} x"


def measure(tasks: dict[str, Callable[[int], object]], prepare: Callable[[int], object], places: Sequence[int]) -> dict[str, Times]:
    """Return what each task takes for each place. The tasks take turns, block by block, so that all meet the same machine; a
    block is longer than SQLite's cache is large, so that no round finds the pages of the round before."""
    times: dict[str, list[list[int]]] = {name: [[] for _ in places] for name in tasks}
    for _ in range(_ROUNDS):
        for start in range(0, len(places), _BLOCK):
            block = places[start : start + _BLOCK]
            for place in block:
                prepare(place)
            for name, do in tasks.items():
                for place in block[:20]:
                    do(place)
                for at, place in enumerate(block, start):
                    began = time.perf_counter_ns()
                    do(place)
                    times[name][at].append(time.perf_counter_ns() - began)
    return {name: _summary(taken) for name, taken in times.items()}


def _summary(taken: list[list[int]]) -> Times:
    best, every = sorted(min(times) for times in taken), sorted(t for times in taken for t in times)
    return Times(best[len(best) // 2] / 1000, best[len(best) * 99 // 100] / 1000, every[len(every) * 99 // 100] / 1000)


def lookups(people: int) -> float:
    """Print what look-ups take among so many people, and return the median of one from its key."""
    chance = random.Random(people)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"mirror-{people}.db"
        began = time.monotonic()
        mirror = build(Path(folder), people)
        built, size = time.monotonic() - began, len(path.read_bytes())  # it is in the system's cache from here on
        bare = sqlite3.connect(path, isolation_level=None)
        places = [10 * chance.randrange(people // 10) for _ in range(_PLACES)]  # people with company and open deal
        (text,) = bare.execute(
            "SELECT sum(length(first_name) + length(last_name) + length(email) + length(phones) + length(coalesce(company, ''))"
            " + length(coalesce(deals, ''))) FROM contacts"
        ).fetchone()
        took = measure(_from_keys(mirror, bare), lambda place: numbers.lookup_keys(number(place), "IE"), places)
        took |= measure(_from_text(mirror, bare), lambda _: None, places[:_BLOCK])
        mirror.close()
        bare.close()
    print(
        f"look-up in {people:,} contacts ({built:.0f} s to build, {size / people:.0f} bytes a contact, "
        f"{(size - text) / people:.0f} beyond its text); microseconds, best of {_ROUNDS} rounds: median / p99, and p99 of all calls:\n"
        f"  bare point query            {took['point']}\n"
        f"  key to card with deals      {took['card']}   = {took['card'].over(took['point'])}\n"
        f"  parse + format + that query {took['floor']}\n"
        f"  raw text to card            {took['raw']}   = {took['raw'].over(took['floor'])}",
        flush=True,
    )
    return took["card"].median


def _from_keys(mirror: Mirror, bare: sqlite3.Connection) -> dict[str, Callable[[int], object]]:
    """From the key: the numbers of a block were read before, so that only the look-up itself counts."""
    query = "SELECT * FROM contacts WHERE id = ?"

    def point(place: int) -> object:
        return bare.execute(query, (FIRST_CONTACT + 3 * place,)).fetchone()

    def card(place: int) -> object:
        (contact,) = mirror.candidates(number(place), "IE")
        return contact

    def check(place: int) -> object:
        (contact,) = mirror.candidates(number(place), "IE")
        assert contact.company
        assert contact.deals
        return contact

    check(0)
    return {"point": point, "card": card}


def _from_text(mirror: Mirror, bare: sqlite3.Connection) -> dict[str, Callable[[int], object]]:
    """From the text, which was never read before."""
    point, card = _from_keys(mirror, bare).values()

    def floor(place: int) -> object:
        parsed = phonenumbers.parse(number(place), "IE")
        return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164), point(place)

    def unread(place: int) -> object:
        parse.parse_number.cache_clear()
        numbers.lookup_keys.cache_clear()
        return card(place)

    return {"floor": floor, "raw": unread}
