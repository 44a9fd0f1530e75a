"""What a check of the doctor finds: whether a thing works, in words for a person, and what to do if it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.upkeep import daily_cost
from callerid.messages import joined, message, template
from callerid.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one read by a sense costs. For the inbox, a read is one event that an automation sends."""

    cpu_ms: float  # processor time of the command; Android's own work for it cannot be measured from here
    wall_ms: float
    looks_a_day: int  # at most, on a day with twenty calls

    @property
    def cpu_seconds_a_day(self) -> float:
        """Seconds of processor a day."""
        return self.cpu_ms * self.looks_a_day / 1000

    @property
    def battery_a_day(self) -> float:
        """Roughly which part of a battery that is, in per cent."""
        return daily_cost.battery_share(self.cpu_seconds_a_day)


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseReport:
    """What a database holds. Where it is damaged, the rest may be empty."""

    bytes: int  # of the file and its journal
    version: int = 0  # of its tables
    rows: tuple[tuple[str, int], ...] = ()  # how many each table has, by name
    damage: tuple[str, ...] = ()  # in SQLite's words


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """How `doctor --fix` mends a thing. Every word of it is a constant: nothing from outside ever enters one."""

    shell_line: str = ""  # for the shell of root or Shizuku, where there is one
    command: tuple[str, ...] = ()  # of Termux
    pages: tuple[tuple[str, ...], ...] = ()  # `am start …` of settings pages; the first that this phone has is opened
    more: tuple[tuple[tuple[str, ...], ...], ...] = ()  # further pages to see, each again the first that this phone has


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found about one thing that callerid uses."""

    name: str = ""  # of the check, where it finds one thing only
    works: bool | None  # None: it cannot be told from here, or was not tried
    says: str
    why: str = ""  # it matters
    remedy: str = ""  # the command to type, or the page to open
    fix: Fix | None = None
    needed: bool = False  # without it nobody is told who calls
    optional: bool = False  # nothing is broken: it is a thing more that could be set up
    cost: Cost | None = None
    database: DatabaseReport | None = None


def good(says: str) -> Finding:
    """Return that a thing works."""
    return Finding(works=True, says=says)


def bad(says: str, remedy: str, fix: Fix | None = None) -> Finding:
    """Return that a thing does not work, and what to do."""
    return Finding(works=False, says=says, remedy=remedy, fix=fix)


def could_be(says: str, remedy: str, fix: Fix | None = None) -> Finding:
    """Return that a thing is not set up, which is no fault: callerid works without it."""
    return Finding(works=False, says=says, remedy=remedy, fix=fix, optional=True)


def unknown(says: str, remedy: str = "", fix: Fix | None = None) -> Finding:
    """Return that nobody can tell from here whether a thing works."""
    return Finding(works=None, says=says, remedy=remedy, fix=fix)


def job_cannot_work(findings: Iterable[Finding]) -> bool:
    """Return whether something is missing without which nobody is told who calls."""
    return any(finding.needed and finding.works is False for finding in findings)


NAMES = (
    template("access"),
    template("autostart"),
    template("battery"),
    template("block list"),
    template("boot"),
    template("call log"),
    template("cards"),
    template("clock"),
    template("commands"),
    template("cooldown"),
    template("crm"),
    template("daemon"),
    template("disk"),
    template("draw over"),
    template("dump grant"),
    template("exports"),
    template("freezer"),
    template("hearing"),
    template("inbox"),
    template("job"),
    template("journal"),
    template("ledger"),
    template("mirror"),
    template("mirror age"),
    template("notifications"),
    template("one source"),
    template("outbox"),
    template("owner"),
    template("phantoms"),
    template("phone contacts"),
    template("python"),
    template("region"),
    template("root"),
    template("scopes"),
    template("service"),
    template("shizuku"),
    template("sim"),
    template("stream"),
    template("sum"),
    template("telephony"),
    template("termux"),
    template("termux:api"),
    template("token"),
    template("wake lock"),
)  # of checks, as catalogues have them

SENSES = ("inbox", "stream", "telephony", "notifications")  # the names of their checks


def shown_name(name: str) -> str:
    """Return the name of a check as a person reads it: a sense has the one that the settings give it, in every language."""
    return name if name in SENSES else message(name)


def hearing(findings: Iterable[Finding]) -> Finding:
    """Return whether any sense hears the phone ring, from what was found about each."""
    works = {finding.name: finding.works for finding in findings}
    heard = [name for name in SENSES if works.get(name)]
    if heard:
        return good(message("rings are heard by {names}", names=joined(", ", heard)))
    return bad(
        message("no sense hears the phone ring: calls are shown only after their end"),
        message("Set one up: docs/hearing-a-ring.md"),
    )
