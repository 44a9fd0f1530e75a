"""An interview: what was given beforehand is not asked, and where nobody is there, the default counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from callerid.config.edit import save, set_value
from callerid.config.load import settings_text
from callerid.messages import message
from callerid.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callerid.errors import CalleridError
    from callerid.turns.context import AppContext


class Person(Protocol):
    """Whoever sets up callerid, at a terminal or at dialogs. Each question raises Left when they leave."""

    def tell(self, text: str) -> None:
        """Say something."""

    def choose(self, question: str, options: Sequence[tuple[str, str]], default: str) -> str:
        """Return the word of an option; options are pairs of a word and what it means."""

    def text(self, question: str, default: str) -> str:
        """Return what was typed, the default for nothing."""

    def secret(self, question: str) -> str:
        """Return what was typed unseen; "" for nothing."""

    def end(self) -> None:
        """Say what was told last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepResult:
    """What a step has done, in words; `missing` is what must be done still, `asked_again` whether the next setup asks for it."""

    says: str
    missing: CalleridError | None = None
    asked_again: bool = True


class Interview:
    """A person, who may be absent (a script), with what was given on the command line."""

    def __init__(self, person: Person, given: dict[str, str], *, asks: bool) -> None:
        self._person, self._given, self.asks = person, given, asks

    def tell(self, text: str) -> None:
        """Say something."""
        self._person.tell(text)

    def given(self, key: str) -> str:
        """Return what was given for a key, once; "" for nothing."""
        return self._given.pop(key, "")

    def choose(self, key: str, question: str, options: Sequence[tuple[str, str]], default: str) -> str:
        """Return what was given for a key, else what is chosen. What was given counts once: a wrong one is asked
        anew. Raise Left."""
        return self.given(key) or (self._person.choose(question, options, default) if self.asks else default)

    def text(self, key: str, question: str, default: str) -> str:
        """Return what was given for a key, else what is typed. Raise Left."""
        return self.given(key) or (self._person.text(question, default) if self.asks else default)

    def secret(self, question: str) -> str:
        """Return what is typed unseen; "" for nothing, and where nobody is there. Raise Left."""
        return self._person.secret(question) if self.asks else ""

    def sees(self, question: str) -> bool:
        """Return whether the person says yes. Nobody says yes where nobody is there. Raise Left."""
        return self.asks and self._person.choose(question, (("yes", message("Yes")), ("no", message("No"))), "yes") == "yes"


def write_setting(app: AppContext, key: str, value: str) -> None:
    """Write a setting into the person's file. Raise ConfigFault."""
    file = app.paths.config_file
    save(file, set_value(settings_text(file), key, value, str(file)))
