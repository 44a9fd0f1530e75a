"""People who call, and what the person called does about each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from callerid.models import CallType

if TYPE_CHECKING:
    import random

    from callerid.simulator.phone.handset import SimulatedPhone
    from callerid.simulator.portal import SimulatedPortal

TALKED = 60  # seconds
_DEAL_TO_CONTACT = 3  # HubSpot's type of that association
_NAMED = re.compile(r"No(\d{4})")


class Plan(StrEnum):
    """What the person does about a call."""

    TAP = "one tap"
    DIALOG = "by a dialog"
    BODY = "by a tap on the card"
    CORRECT = "one tap, then corrected"
    ADD = "added to the CRM"
    MISSED = "missed, and logged"
    WITHDRAW = "one tap, then withdrawn"
    SWIPE = "swiped away"
    NOBODY = "nobody for the CRM"
    MISSED_SWIPE = "missed, and swiped away"
    LATER = "put off until the evening"


LOGGED = frozenset({Plan.TAP, Plan.DIALOG, Plan.BODY, Plan.CORRECT, Plan.ADD, Plan.MISSED})
DISMISSED = frozenset({Plan.SWIPE, Plan.NOBODY, Plan.MISSED_SWIPE})
STRANGERS = frozenset({Plan.ADD, Plan.NOBODY})
BY_DIALOG = frozenset({Plan.DIALOG, Plan.BODY, Plan.ADD, Plan.MISSED})  # at once, and not only to correct
MISSED = frozenset({Plan.MISSED, Plan.MISSED_SWIPE})
_WEIGHTS = {
    Plan.TAP: 24,
    Plan.DIALOG: 16,
    Plan.BODY: 8,
    Plan.CORRECT: 10,
    Plan.ADD: 6,
    Plan.MISSED: 6,
    Plan.WITHDRAW: 10,
    Plan.SWIPE: 9,
    Plan.NOBODY: 2,
    Plan.MISSED_SWIPE: 4,
    Plan.LATER: 5,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Somebody who calls once."""

    index: int
    plan: Plan

    @property
    def number(self) -> str:
        """Their number."""
        return f"+353 {86 if self.plan in STRANGERS else 87} 200 {self.index:04}"

    @property
    def last_name(self) -> str:
        """Their last name, by which they are known in titles; the first one is Caller."""
        return f"No{self.index:04}"

    @property
    def name(self) -> str:
        """Their name, as the CRM has it."""
        return f"Caller {self.last_name}"

    @property
    def mail(self) -> str:
        """Their e-mail address; not everybody has one."""
        return f"caller{self.index}@example.org" if self.index % 2 else ""

    @property
    def note(self) -> str:
        """What is typed as a note about their call."""
        return f"<b>{self.last_name}</b> & $(more)"

    @property
    def deals(self) -> tuple[str, ...]:
        """The names of their open deals. With two of them each answer asks which one, so only those have two who are asked anyway."""
        if self.plan in STRANGERS:
            return ()
        count = min(self.index % 3, 2 if self.plan in BY_DIALOG else 1)
        return tuple(f"Deal {letter} of {self.last_name}" for letter in "AB"[:count])


def callers(count: int, chance: random.Random) -> tuple[Caller, ...]:
    """Return so many people who will call."""
    plans = chance.choices(list(_WEIGHTS), list(_WEIGHTS.values()), k=count)
    return tuple(Caller(index=index, plan=plan) for index, plan in enumerate(plans))


def named_in(title: str) -> int | None:
    """Return the index of the caller that a title names, or whose number it shows."""
    name = _NAMED.search(title)
    if name:
        return int(name[1])
    digits = re.sub(r"\D", "", title)
    return int(digits[-4:]) if digits.startswith("353") else None


def put_into(portal: SimulatedPortal, people: tuple[Caller, ...]) -> None:
    """Add the callers that the CRM knows to a portal, and their deals."""
    for caller in people:
        if caller.plan not in STRANGERS:
            properties = {"firstname": "Caller", "lastname": caller.last_name, "phone": caller.number}
            contact = portal.records.create("contacts", properties)
            for deal in caller.deals:
                links = [("contacts", contact.id, _DEAL_TO_CONTACT)]
                portal.records.create("deals", {"dealname": deal, "dealstage": "contractsent", "pipeline": "default"}, links)


def call(phone: SimulatedPhone, caller: Caller, *, rings: bool) -> None:
    """Simulate a finished call: with everything that a phone reports of it, or only with its row in the call log."""
    missed = caller.plan in MISSED
    if rings:
        phone.ring(caller.number)
        if missed:
            phone.miss()
        else:
            phone.answer()
            phone.hang_up(talked=TALKED)
        return
    kind, talked = (CallType.MISSED, 0) if missed else (CallType.INCOMING, TALKED)
    phone.add_call(caller.number, kind, datetime.now(UTC) - timedelta(seconds=talked + 1), talked)
