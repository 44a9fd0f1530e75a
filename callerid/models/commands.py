"""What a command of the phone printed, and the errors of one that did not do its part."""

from __future__ import annotations

from dataclasses import dataclass

from callerid.errors import CommandHung, CommandMissing, MalformedOutput, PhoneFault


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandOutput:
    """What a command printed, and its exit status (negative: the signal that ended it)."""

    stdout: str
    stderr: str
    code: int


def missing(command: str) -> CommandMissing:
    """Return the error for a command that is not installed."""
    return CommandMissing(f"{command} is not installed.", remedy="Type: pkg install termux-api")


def not_started(command: str, reason: str) -> PhoneFault:
    """Return the error for a command that the system refused to start, with the system's reason."""
    return PhoneFault(f"{command} cannot be started: {reason}.", remedy=f"See: command -v {command}")


def hung(command: str, timeout: float) -> CommandHung:
    """Return the error for a command that did not end within so many seconds."""
    remedy = f"Try it by hand: {command}"
    if command.startswith("termux-"):
        remedy = "Open the Termux:API app once, and exempt Termux and Termux:API from battery optimisation."
    return CommandHung(f"{command} gave no answer within {timeout:.0f} s.", remedy=remedy)


def endless(command: str) -> MalformedOutput:
    """Return the error for a command that printed more than any answer has."""
    return MalformedOutput(f"{command} prints without end.", remedy=f"See it with: {command} | head")
