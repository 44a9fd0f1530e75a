"""Opens a house: the one place where settings, texts and edges come together."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from callerid.catalogue import language_of, load
from callerid.errors import CommandMissing, PhoneFault
from callerid.phone import device
from callerid.phone.termux import NotificationActions, Termux
from callerid.store.ledger import open_ledger
from callerid.store.mirror import Mirror
from callerid.turns.house import House

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from callerid.config import Config
    from callerid.crm.port import Crm
    from callerid.phone.process import Starter
    from callerid.places import Places

REGION = "region"


def open_house(places: Places, config: Config, starter: Starter, environ: Mapping[str, str]) -> House:
    """Given the places, settings and the starter of processes, return a house for this thread. Raise StoreFault, CommandMissing."""
    ledger = open_ledger(places.ledger)
    termux = Termux(starter)
    house = House(
        places=places,
        config=config,
        texts=load(language_of(config.language, environ.get("LANG", ""))),
        region="",
        ledger=ledger,
        mirror=Mirror(places.mirror),
        termux=termux,
        actions=NotificationActions(program=event_program(), home=home_of(environ)),
    )
    return replace(house, region=region_of(house))


def with_config(house: House, config: Config, environ: Mapping[str, str]) -> House:
    """Given new settings, return the house furnished with them."""
    texts = load(language_of(config.language, environ.get("LANG", "")))
    furnished = replace(house, config=config, texts=texts)
    return replace(furnished, region=region_of(furnished))


def region_of(house: House) -> str:
    """Return the region of numbers without a country code: from the settings, else as the phone said, which is asked once."""
    if house.config.region != "auto":
        return house.config.region
    known = house.ledger.notebook.read(REGION)
    if known is not None:
        return known
    return learn_region(house)


def learn_region(house: House) -> str:
    """Ask the phone for its region and remember it; "" (only international numbers are understood) when it cannot say."""
    try:
        found = device.region(house.termux)
    except PhoneFault:
        return ""
    if found:
        house.ledger.notebook.write(REGION, found)
    return found


def home_of(environ: Mapping[str, str]) -> Path | None:
    """Return CALLERID_HOME, absolute: a notification's action starts in an environment without it."""
    home = environ.get("CALLERID_HOME")
    return Path(home).expanduser().resolve() if home else None


def event_program() -> Path:
    """Return where callerid-event is: beside this Python, or in bin/ of a checkout. Raise CommandMissing when it is nowhere."""
    beside = Path(sys.executable).parent / "callerid-event"
    checkout = Path(__file__).resolve().parents[2] / "bin" / "callerid-event"
    on_path = shutil.which("callerid-event")
    for place in (beside, checkout, Path(on_path) if on_path else None):
        if place and place.is_file():
            return place.absolute()
    raise CommandMissing("callerid-event is not installed.", remedy="Type: pip install --force-reinstall callerid")


def crm_opener(
    house: House, environ: Mapping[str, str], wait: Callable[[float], None], clock: Callable[[], datetime]
) -> Callable[[], Crm]:
    """Return a function that connects to the CRM once, when it is first called. It raises TokenFault, ConfigFault."""
    connected: list[Crm] = []

    def connect() -> Crm:
        if not connected:
            from callerid.credentials import token
            from callerid.crm.hubspot.client import HubSpot

            def run(argv: tuple[str, ...]) -> str:
                return house.termux.starter.run(argv, timeout=30).stdout

            secret = token(house.config, environ, run)
            connected.append(HubSpot(secret, url=house.config.crm.url, wait=wait, clock=clock, faults=_log_fault))
        return connected[0]

    return connect


def _log_fault(place: str) -> None:
    from callerid.turns.house import log

    log.warning("sync: %s; it was skipped", place)


def environment() -> Mapping[str, str]:
    """Return the process's environment; the one place where it is read."""
    return os.environ
