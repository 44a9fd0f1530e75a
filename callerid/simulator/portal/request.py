"""A request as the portal's API reads it: its query, with parameters that may be repeated, and its body."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlencode

from callerid.records import dataclass
from callerid.simulator.portal.refusals import invalid, unknown_parameter

_FLAGS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Query:
    """The parameters of a request. A list of names is written as repeated parameters (OpenAPI descriptions), with commas (guides),
    or both."""

    values: dict[str, list[str]]

    @classmethod
    def of(cls, text: str) -> Query:
        """Return the parameters in the part of an address after its question mark."""
        return cls(parse_qs(text, keep_blank_values=True)) if text else cls({})

    def allow(self, *names: str) -> None:
        """Raise Refusal when there is any other parameter."""
        for name in self.values.keys() - set(names):
            raise unknown_parameter(name)

    def text(self, name: str, default: str = "") -> str:
        """Return a parameter's text, of several the first."""
        return self.values[name][0] if name in self.values else default

    def names(self, name: str) -> list[str]:
        """Return each name in a list, once."""
        written = [part for value in self.values.get(name, ()) for part in value.split(",")]
        return list(dict.fromkeys(part.strip() for part in written if part.strip()))

    def flag(self, name: str) -> bool:
        """Return whether a parameter is true; it is false when it is not given. Raise Refusal if it is neither."""
        text = self.text(name, "false")
        if text.lower() not in _FLAGS:
            raise invalid(f"Invalid input: {name} is not a boolean")
        return _FLAGS[text.lower()]

    def integer(self, name: str, default: int, most: int) -> int:
        """Return a parameter from 1 to `most`. Raise Refusal if it is no such number."""
        text = self.text(name, str(default))
        if not (text.isascii() and text.isdigit()):
            raise invalid(f"Invalid input: {name} is not an integer")
        if not 1 <= int(text) <= most:
            raise invalid(f"Invalid input: {name} must be between 1 and {most}")
        return int(text)


@dataclass(frozen=True, slots=True)
class Request:
    """A request that was admitted. `address` is its own without the query; `size` is its body's, in bytes; `to_the_letter` says
    that its body must be as HubSpot's description has it."""

    method: str
    address: str
    query: Query
    body: Any = None
    size: int = 0
    to_the_letter: bool = False

    @property
    def origin(self) -> str:
        """The address of the portal as its client wrote it."""
        return "/".join(self.address.split("/", 3)[:3])

    def next_page(self, after: str) -> dict[str, Any]:
        """Return where the next page of this one is: as a cursor, and as an address that can be asked for."""
        query = self.query.values | {"after": [after]}
        return {"next": {"after": after, "link": f"{self.address}?{urlencode(query, doseq=True)}"}}
