"""Compare what was seen on the phone and in the portal with what a script expects, each thing once."""

from __future__ import annotations

import re
from dataclasses import field
from typing import TYPE_CHECKING, Any

from callerid.messages import joined, message
from callerid.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from callerid.messages import Message
    from callerid.simulator.portal import HeldCall, HeldTask
    from callerid.simulator.script.syntax import Step

_RING_CARD = "callerid-ring-"  # how the ids of the cards of rings begin
_TITLES = {
    "missed": ("missed.one", "missed.more", "missed.rejected", "missed.voicemail"),
    "question": ("prompt.title", "prompt.title_probable", "prompt.title_several"),
}
_STRICT = ("card", "missed", "question", "call", "task")  # what must be expected where it is seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Something that was seen: a notification with one of its titles, a call or a task in the portal."""

    verb: str  # by which a script expects it
    key: str  # of what it is: an update of a notification is the same notification
    title: str
    who: str  # the title without the words of its kind; of a call, with whom
    details: tuple[str, ...] = ()

    def __str__(self) -> str:
        parts = (self.title, *self.details)
        return f"{self.verb} {' | '.join(parts) if self.verb in ('call', 'task') else ' / '.join(filter(None, parts))}"

    def meets(self, step: Step) -> bool:
        """Return whether it is what a line expects."""
        if step.verb != self.verb:
            return False
        expected = step.values.get("title") or step.values["who"]
        if expected.strip() not in (self.title, self.who):
            return False
        if self.verb in ("call", "task"):
            return all(detail in self.details for detail in step.details)
        return step.values.get("content", "") in " ".join(self.details)


@dataclass(slots=True)
class Comparison:
    """Which of the things seen a script has expected."""

    expected: set[tuple[str, str]] = field(default_factory=set)

    def take(self, step: Step, seen: Iterable[Seen]) -> bool:
        """Return whether what a line expects has been seen, and was not expected by a line before it."""
        for each in seen:
            if (each.verb, each.key) not in self.expected and each.meets(step):
                self.expected.add((each.verb, each.key))
                return True
        return False

    def left(self, seen: Iterable[Seen]) -> tuple[Seen, ...]:
        """Return what no line has expected, though it must be: the last state of each thing."""
        return tuple(
            {
                (each.verb, each.key): each for each in seen if each.verb in _STRICT and (each.verb, each.key) not in self.expected
            }.values()
        )


def missing(name: str, step: Step, written: str, seen: Iterable[Seen]) -> Message:
    """Return that what a line expects was not seen, and what was instead."""
    alike: list[str] = [str(each) for each in seen if each.verb == step.verb]
    instead = joined("\n    + ", alike or [message("nothing of the kind")])
    return message(
        "{name}, line {line}: was not seen\n    - {written}\n    + {instead}",
        name=name,
        line=step.line,
        written=written,
        instead=instead,
    )


def unexpected(name: str, left: Iterable[Seen]) -> list[Message]:
    """Return each thing that was seen and is in no line."""
    return [message("{name}: was seen, and no line expects it\n    + {seen}", name=name, seen=str(each)) for each in left]


def seen_of_notification(shown: Mapping[str, Any], texts: Mapping[str, str]) -> tuple[Seen, ...]:
    """Return what a notification is to a script: a ring's card, a missed call or a question, and always a notification. `texts`:
    the catalogue in the language of the day."""
    title, content = shown["title"], shown["content"]
    kind, who = _kind(shown["id"], title, texts)
    kinds = dict.fromkeys((kind, "notification"))
    return tuple(Seen(verb=verb, key=shown["id"], title=title, who=who, details=(content,)) for verb in kinds)


def _kind(shown_id: str, title: str, texts: Mapping[str, str]) -> tuple[str, str]:
    """Return of which kind a notification is, and whom it names. A card of a ring becomes that of its call, under the same id."""
    for kind, keys in _TITLES.items():
        for key in keys:
            if match := re.fullmatch(_pattern(texts[key]), title):
                return kind, match["who"]
    return "card" if shown_id.startswith(_RING_CARD) else "notification", title


def _pattern(text: str) -> str:
    """Return a text of the catalogue as a pattern, whose group `who` is the one of its places that names somebody."""
    parts = re.split(r"\{(\w+)\}", text)  # words and places in turn
    places = (r"\d+" if place == "count" else "(?P<who>.+)" for place in parts[1::2])
    return re.escape(parts[0]) + "".join(place + re.escape(words) for place, words in zip(places, parts[2::2], strict=True))


def seen_of_call(call: HeldCall) -> Seen:
    """Return what a call in the portal is to a script."""
    minutes, seconds = divmod(call.duration_ms // 1000, 60)
    number = call.from_number if call.direction == "INBOUND" else call.to_number
    direction = "incoming" if call.direction == "INBOUND" else "outgoing"
    details = (call.disposition, f"{minutes}:{seconds:02}", direction, call.note, *call.companies, *call.deals)
    who = ", ".join(call.contacts) or number
    return Seen(verb="call", key=str(call.id), title=who, who=number, details=tuple(filter(None, details)))


def seen_of_task(task: HeldTask) -> Seen:
    """Return what a task in the portal is to a script."""
    details = (task.note, *task.companies, *task.deals)
    who = ", ".join(task.contacts)
    return Seen(verb="task", key=str(task.id), title=who, who=task.subject, details=tuple(filter(None, details)))
