"""A HubSpot-compatible portal on loopback, as strict and as hostile as the real one."""

from __future__ import annotations

import html
import re
import time
from typing import TYPE_CHECKING, Self

from callerid.models.name_order import in_order
from callerid.records import dataclass
from callerid.simulator.portal.listener import Listener
from callerid.simulator.portal.people import populate
from callerid.simulator.portal.schema import PROPERTIES
from callerid.simulator.portal.server import Handler
from callerid.simulator.portal.state import PortalState

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from callerid.simulator.portal.records import Record

_MARK = re.compile(r"\n?\[callerid \w+\]$")  # by which callerid knows a task again; no word of its note


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldCall:
    """A call as the portal holds it, for people to read."""

    id: int
    external_id: str
    title: str
    start: str
    duration_ms: int
    direction: str
    status: str
    disposition: str
    from_number: str
    to_number: str
    note: str
    owner: str
    contacts: tuple[str, ...]
    companies: tuple[str, ...]
    deals: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldTask:
    """A task as the portal holds it, for people to read."""

    id: int
    subject: str
    due: str
    note: str
    owner: str
    contacts: tuple[str, ...]
    companies: tuple[str, ...]
    deals: tuple[str, ...]


class SimulatedPortal(PortalState):
    """A portal in this process, with a token of its own. Start it with `with`; its clock can be any function that gives epoch
    seconds."""

    def __init__(self, *, token: str = "", clock: Callable[[], float] = time.time, port: int = 0) -> None:
        super().__init__(token, clock)
        self._port = port
        self._listener: Listener | None = None

    # ---------------------------------------------------------------------------------------- life

    def __enter__(self) -> Self:
        self._listener = Listener(type("PortalHandler", (Handler,), {"portal": self}), self._port)
        self._port = self._listener.port
        self.go_online()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self.stopping.set()
        if self._listener:
            self._listener.release()

    @property
    def url(self) -> str:
        """The address of its API."""
        return f"http://127.0.0.1:{self._port}"

    def go_online(self) -> None:
        """Listen, on the same port as before."""
        if self._listener:
            self._listener.open()

    def go_offline(self) -> None:
        """Listen no more and cut every connection: from now on connections are refused. The port stays this portal's."""
        if self._listener:
            self._listener.close()

    def populate(self, people: int = 500, companies: int = 60, deals: int = 120, seed: int = 1) -> None:
        """Fill the portal; the same seed gives the same people."""
        populate(self.records, people=people, companies=companies, deals=deals, seed=seed)

    # ---------------------------------------------------------------------------------------- what it holds

    def held_calls(self) -> tuple[HeldCall, ...]:
        """Return the calls that the portal holds, oldest first."""
        self.carry_out_due()
        with self.records.lock:
            return tuple(self._held(record) for record in self._there("calls"))

    def held_tasks(self) -> tuple[HeldTask, ...]:
        """Return the tasks that the portal holds, oldest first."""
        self.carry_out_due()
        with self.records.lock:
            return tuple(self._held_task(record) for record in self._there("tasks"))

    def _there(self, kind: str) -> list[Record]:
        by_id = self.records.by_kind[kind]
        return [by_id[record_id] for record_id in sorted(by_id) if by_id[record_id].archived_at is None]

    def _held(self, record: Record) -> HeldCall:
        properties, labels = record.properties, {option["value"]: option["label"] for option in _options_of_outcomes()}
        return HeldCall(
            id=record.id,
            external_id=properties.get("hs_call_external_id", ""),
            title=properties.get("hs_call_title", ""),
            start=properties.get("hs_timestamp", ""),
            duration_ms=int(properties.get("hs_call_duration") or "0"),
            direction=properties.get("hs_call_direction", ""),
            status=properties.get("hs_call_status", ""),
            disposition=labels.get(properties.get("hs_call_disposition", ""), ""),
            from_number=properties.get("hs_call_from_number", ""),
            to_number=properties.get("hs_call_to_number", ""),
            note=_text_of(properties.get("hs_call_body", "")),
            owner=self._owner(properties),
            contacts=self._names(record, "contacts"),
            companies=self._names(record, "companies"),
            deals=self._names(record, "deals"),
        )

    def _held_task(self, record: Record) -> HeldTask:
        properties = record.properties
        return HeldTask(
            id=record.id,
            subject=properties.get("hs_task_subject", ""),
            due=properties.get("hs_timestamp", ""),
            note=_MARK.sub("", _text_of(properties.get("hs_task_body", ""))),
            owner=self._owner(properties),
            contacts=self._names(record, "contacts"),
            companies=self._names(record, "companies"),
            deals=self._names(record, "deals"),
        )

    def _owner(self, properties: dict[str, str]) -> str:
        owner = next((known for known in self.records.owners if known["id"] == properties.get("hubspot_owner_id")), None)
        return in_order(owner["firstName"], owner["lastName"]) if owner else ""

    def _names(self, record: Record, kind: str) -> tuple[str, ...]:
        linked = sorted(self.records.linked(record.kind, record.id, kind))
        linked_properties = (self.records.by_kind[kind][i].properties for i in linked if i in self.records.by_kind[kind])
        return tuple(map(_name, linked_properties))


def _name(properties: dict[str, str]) -> str:
    """Return what a contact, company or deal is called."""
    person = in_order(properties.get("firstname", ""), properties.get("lastname", ""))
    return person or properties.get("name", "") or properties.get("dealname", "")


def _options_of_outcomes() -> list[dict[str, str]]:
    outcome_property = next(definition for definition in PROPERTIES["calls"] if definition["name"] == "hs_call_disposition")
    options: list[dict[str, str]] = outcome_property["options"]
    return options


def _text_of(body: str) -> str:
    return html.unescape(body.replace("<br>", "\n"))
