"""The cursors of the simulated portal's lists."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field

from callerid.simulator.portal.refusals import invalid


@dataclass(slots=True)
class Cursors:
    """How a list's cursors are written. Today ("ids"): the id of the next record. One day they may say nothing ("opaque"), or a
    portal may begin again at a cursor that it has not given itself ("restarts")."""

    mode: str = "ids"
    _given: set[str] = field(default_factory=set)

    def of(self, record_id: int) -> str:
        """Return the cursor of a page that begins with a record."""
        cursor = base64.urlsafe_b64encode(f"next:{record_id}".encode()).decode() if self.mode == "opaque" else str(record_id)
        self._given.add(cursor)
        return cursor

    def place(self, after: str) -> int:
        """Return the id at which the page of a cursor begins."""
        if not after or (self.mode == "restarts" and after not in self._given):
            return 0
        if self.mode == "opaque":
            try:
                return int(base64.urlsafe_b64decode(after).decode().removeprefix("next:"))
            except ValueError as wrong:
                raise invalid("Invalid input: after is not a cursor") from wrong
        return whole_number(after, "after")


def whole_number(text: str, name: str) -> int:
    """Return the integer of a parameter. Raise Refusal if it is not one."""
    if not text.isdigit():
        raise invalid(f"Invalid input: {name} is not an integer")
    return int(text)
