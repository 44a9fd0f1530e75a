"""What an automation app has to report: which program of ~/.termux/tasker it runs, when, and with what."""

from __future__ import annotations

from callerid.messages import message
from callerid.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneEvent:
    """An event of the phone, and the program that tells callerid of it."""

    name: str
    when: str
    has_number: bool = False

    @property
    def program(self) -> str:
        """Return the name of the program in ~/.termux/tasker."""
        return f"callerid-{self.name}"

    @property
    def title(self) -> str:
        """Return the name of the event's task or macro in the app."""
        return f"Caller {self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportFile:
    """A file for an app to import; for an event that no file can carry as a whole, what is left to do by hand."""

    name: str
    text: str
    event: PhoneEvent
    by_hand: str = ""


RING = PhoneEvent(name="ring", when=message("the phone rings"), has_number=True)
OFFHOOK = PhoneEvent(name="offhook", when=message("off hook"))
IDLE = PhoneEvent(name="idle", when=message("idle"))
DIAL = PhoneEvent(name="dial", when=message("this phone dials"), has_number=True)
EVENTS = (RING, OFFHOOK, IDLE, DIAL)
