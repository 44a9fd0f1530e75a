"""What the settings name outside of callerid: programs to run, and an address to go to. What is wrong with it is said in the words
of the command that uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.upkeep.health import HOOKS
from callerid.errors import CalleridError, ConfigFault, UsageFault
from callerid.messages import message
from callerid.turns.hooks.program import find_program

if TYPE_CHECKING:
    from collections.abc import Iterator

    from callerid.config.settings import Config
    from callerid.phone.command_runner import CommandRunner


def faults_of_named(config: Config, runner: CommandRunner) -> Iterator[CalleridError]:
    """Yield the fault of each program that cannot be run, and of an address that cannot be used."""
    for event, setting in HOOKS.items():
        words = getattr(config.hooks, event)
        try:
            if words:
                find_program(setting, words, runner)
        except CalleridError as fault:
            yield fault
    try:
        check_book_address(config.carddav.url)
    except UsageFault as fault:
        sentence = message("{setting}: {sentence}", setting="carddav.url", sentence=fault.sentence)
        yield ConfigFault(sentence, remedy=fault.remedy)


def check_book_address(url: str) -> None:
    """Raise UsageFault for an address to which no address book can be sent; "" is none."""
    if url:
        from callerid.carddav.connection import checked_url  # it loads what makes requests

        checked_url(url)
