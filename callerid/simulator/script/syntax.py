"""Read a script: setup lines, then lines with a time, each followed by what is done and expected at once."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING

from callerid.errors import UsageFault
from callerid.messages import joined, message
from callerid.records import dataclass
from callerid.simulator.phone.handset import FAULTS
from callerid.simulator.portal.limits import KINDS as CRM_FAULTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from callerid.messages import Message

_TIME = re.compile(r"(?P<hour>[0-2]?\d):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?\s+(?P<rest>.*)")
_ON_SIM = r"(?:\s+on\s+SIM\s+(?P<sim>[12]))?"
_LENGTH = r"\d{1,3}:[0-5]\d"
_NUMBER = r"\+?[\d ()./-]*\d"
_DAYS = r"(?:,\s*(?P<days>\d{1,3})\s+days?\s+(?P<when>ago|from now))?"
_SEE = message("docs/simulated-days.md lists the verbs.")


class Part(StrEnum):
    """What a line is for."""

    SETUP = "setup"  # before the first time
    ACTION = "action"
    EXPECTATION = "expectation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """A word that begins a line, and the pattern of what follows it."""

    part: Part
    pattern: re.Pattern[str]
    example: str


def _verb(part: Part, pattern: str, example: str) -> Verb:
    return Verb(part=part, pattern=re.compile(pattern), example=example)


_SETUP = {
    "people": (r"(?P<count>\d{1,4})", "people 20"),
    "person": (rf"(?P<name>[^,]+),(?P<company>[^,]*),\s*(?P<number>{_NUMBER})", "person Ana López, Acme Ltd, +353 87 123 4567"),
    "deal": (r"(?P<name>[^,]+),\s*(?P<amount>\d+)\s+(?P<currency>[A-Z]{3})", "deal Renewal 2027, 12000 EUR"),
    "todo": (rf"(?P<text>.+?){_DAYS}", "todo Send the offer, 2 days ago"),
    "ticket": (r"(?P<text>.+)", "ticket The printer is broken"),
    "crm-note": (rf"(?P<text>.+?){_DAYS}", "crm-note Wants it in red, 3 days ago"),
    "saved": (rf"(?P<name>[^,]+),\s*(?P<number>{_NUMBER})", "saved Mum, 087 765 4321"),
    "zone": (r"(?P<name>[A-Z]\w+/\w+|UTC)", "zone Asia/Tokyo"),
    "set": (r"(?P<key>[a-z_.]+)\s+(?P<value>.+)", "set region JP"),
}
_OF_A_PERSON = ("deal", "todo", "ticket", "crm-note")
_ACTIONS = {
    "ring": (rf"(?P<number>hidden|{_NUMBER}){_ON_SIM}", "ring +353 87 123 4567 on SIM 2"),
    "dial": (rf"(?P<number>{_NUMBER}){_ON_SIM}", "dial +353 87 123 4567"),
    "answer": ("", "answer"),
    "miss": ("", "miss"),
    "reject": ("", "reject"),
    "hang up": (rf"(?:after\s+(?P<length>{_LENGTH}))?", "hang up after 3:12"),
    "tap": (r"(?P<button>.+?)\s+on\s+(?P<title>.+)", "tap Connected on Log call with Ana López?"),
    "swipe": (r"(?P<title>.+)", "swipe Missed: Ana López"),
    "choose": (r"(?P<label>.+)", "choose Connected"),
    "type": (r"(?P<text>.*)", "type Wants the offer by Friday."),
    "cancel": ("", "cancel"),
    "offline": ("", "offline"),
    "online": ("", "online"),
    "fault": (r"(?P<what>[a-z-]+)\s+(?P<kind>\w+)(?:\s+(?P<times>\d{1,3})\s+times?)?", "fault crm status 2 times"),
    "no faults": ("", "no faults"),
    "kill": ("", "kill"),
    "start": ("", "start"),
}
_EXPECTATIONS = {
    "card": (r"(?P<title>.+?)(?:\s+/\s+(?P<content>.+))?", "card Ana López · Acme Ltd / Renewal 2027"),
    "missed": (r"(?P<title>.+)", "missed Ana López · Acme Ltd"),
    "question": (r"(?P<title>.+)", "question Ana López"),
    "notification": (r"(?P<title>.+)", "notification Logged: Ana López"),
    "call": (r"(?P<who>[^|]+)(?P<details>(?:\|[^|]*)*)", "call Ana López | Connected | 3:12 | Wants the offer by Friday."),
    "task": (r"(?P<who>[^|]+)(?P<details>(?:\|[^|]*)*)", "task Ana López | Renewal 2027"),
}
VERBS = {
    name: _verb(part, pattern, example)
    for part, verbs in ((Part.SETUP, _SETUP), (Part.ACTION, _ACTIONS), (Part.EXPECTATION, _EXPECTATIONS))
    for name, (pattern, example) in verbs.items()
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A line of a script. `at`: seconds since midnight; None for a line that follows at once."""

    line: int
    verb: str
    values: dict[str, str]
    at: int | None = None

    @property
    def part(self) -> Part:
        """What the line is for."""
        return VERBS[self.verb].part

    @property
    def details(self) -> tuple[str, ...]:
        """What is expected of a call or a task besides whom it is with."""
        return tuple(filter(None, (part.strip() for part in self.values.get("details", "").split("|"))))


def parse_script(text: str, name: str) -> tuple[Step, ...]:
    """Return the steps of a script in the order of its lines. Raise UsageFault with every fault, each with the file's name and its
    line."""
    steps: list[Step] = []
    faults: list[Message] = []
    for number, line in enumerate(text.splitlines(), start=1):
        written = line.strip()
        if written and not written.startswith("#"):
            try:
                step = _step(number, written)
                _check_order(step, steps)
                steps.append(step)
            except ValueError as wrong:
                faults.append(message("{name}, line {number}: {fault}", name=name, number=number, fault=wrong))
    if not faults and not any(step.part is Part.ACTION for step in steps):
        faults.append(message("{name}: nothing happens in it", name=name))
    if faults:
        raise UsageFault(joined("\n", faults), remedy=_SEE)
    return tuple(steps)


def _step(number: int, written: str) -> Step:
    timed = _TIME.fullmatch(written)
    at = None
    if timed:
        hour, minute, second = (int(timed[part] or 0) for part in ("hour", "minute", "second"))
        if hour > 23:  # noqa: PLR2004
            raise ValueError(message("there is no hour {hour}", hour=hour))
        at, written = hour * 3600 + minute * 60 + second, timed["rest"].strip()
    name = next((verb for verb in VERBS if written == verb or written.startswith(f"{verb} ")), "")
    if not name:
        raise ValueError(message("{word!r} is no verb of a script", word=written.split(maxsplit=1)[0]))
    verb = VERBS[name]
    match = verb.pattern.fullmatch(written.removeprefix(name).strip())
    if not match:
        raise ValueError(
            message("{name!r} is followed by what it does not take; write it as in: {example}", name=name, example=verb.example)
        )
    values = {key: value.strip() for key, value in match.groupdict().items() if value is not None}
    if name == "fault":
        _check_fault(values["what"], values["kind"])
    return Step(line=number, verb=name, values=values, at=at)


def _check_fault(what: str, kind: str) -> None:
    known = CRM_FAULTS if what == "crm" else FAULTS
    if kind not in known:
        names = joined(", ", known)
        raise ValueError(message("there is no fault {kind!r} of {what}; there are {names}", kind=kind, what=what, names=names))


def _check_order(step: Step, before: list[Step]) -> None:
    """Raise ValueError for a line that cannot stand where it does."""
    has_begun = any(earlier.part is not Part.SETUP for earlier in before)
    if step.part is Part.SETUP:
        if step.at is not None:
            raise ValueError(message("{verb!r} sets the day up and has no time", verb=step.verb))
        if has_begun:
            raise ValueError(message("{verb!r} sets the day up, and the day has begun", verb=step.verb))
        if step.verb in _OF_A_PERSON and not any(earlier.verb == "person" for earlier in before):
            raise ValueError(message("{verb!r} belongs to the person of a line before it", verb=step.verb))
        return
    if not has_begun and step.at is None:
        raise ValueError(message("the first thing of a day has a time, as in: 09:00 ring +353 87 123 4567"))
    if step.at is not None and step.at < max((earlier.at or 0 for earlier in before), default=0):
        raise ValueError(message("it is earlier than a line before it"))


def examples() -> Iterator[str]:
    """Return one line for each verb, as it is written."""
    return (verb.example for verb in VERBS.values())
