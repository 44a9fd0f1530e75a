"""What a command of the phone printed, and the errors of one that did not do its part."""

from __future__ import annotations

from callerid.errors import CommandHung, CommandMissing, MalformedOutput, PhoneFault
from callerid.messages import message
from callerid.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandOutput:
    """What a command printed, and its exit status (negative: the signal that ended it)."""

    stdout: str
    stderr: str
    code: int


def missing(command: str) -> CommandMissing:
    """Return the error for a command that is not installed."""
    return CommandMissing(message("{command} is not installed.", command=command), remedy=message("Type: pkg install termux-api"))


def not_started(command: str, reason: str) -> PhoneFault:
    """Return the error for a command that the system refused to start, with the system's reason."""
    return PhoneFault(
        message("{command} cannot be started: {reason}.", command=command, reason=reason),
        remedy=message("See: command -v {command}", command=command),
    )


def hung(command: str, timeout: float) -> CommandHung:
    """Return the error for a command that did not end within so many seconds."""
    remedy = message("Try it by hand: {command}", command=command)
    if command.startswith("termux-"):
        remedy = message("Open the Termux:API app once, and exempt Termux and Termux:API from battery optimisation.")
    return CommandHung(message("{command} gave no answer within {timeout:.0f} s.", command=command, timeout=timeout), remedy=remedy)


def endless(command: str) -> MalformedOutput:
    """Return the error for a command that printed more than any answer has."""
    return MalformedOutput(
        message("{command} prints without end.", command=command), remedy=message("See it with: {command} | head", command=command)
    )
