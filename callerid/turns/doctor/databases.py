"""Look whether the disk takes what is to be stored, whether both databases are whole, and what they hold. Nothing of callerid is
opened for it: what is damaged may not open."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.core.doctor import data
from callerid.core.doctor.finding import DatabaseReport, Finding
from callerid.errors import DiskFull, DiskReadOnly, StoreFault
from callerid.messages import as_typed, counted, joined, message
from callerid.store.inspection import inspect_database
from callerid.store.journal import journal_put_aside
from callerid.turns.read_only_disk import read_only_trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from callerid.messages import Message
    from callerid.paths import Paths

_MEGABYTE = 1_000_000
_HELD: tuple[tuple[str, Callable[[int], Message]], ...] = (  # by tables, of which a person knows what is in them
    ("calls", lambda count: counted(count, "{count:,} call", "{count:,} calls")),
    ("outbox", lambda count: counted(count, "{count:,} delivery", "{count:,} deliveries")),
    ("contacts", lambda count: counted(count, "{count:,} contact", "{count:,} contacts")),
    ("companies", lambda count: counted(count, "{count:,} company", "{count:,} companies")),
    ("deals", lambda count: counted(count, "{count:,} deal", "{count:,} deals")),
)


def examine_disk(paths: Paths, now: datetime) -> Finding:
    """Look how much room there is where the databases are, and whether anything can be written there."""
    trouble = read_only_trouble(paths, now)
    finding = data.disk(shutil.disk_usage(paths.ledger.parent).free, trouble)
    return replace(finding, name="disk", why=message("answers must be stored"), needed=trouble is not None)


def examine_databases(paths: Paths) -> Iterator[Finding]:
    """Look at the ledger and the mirror, one after the other, and whether a journal of answers was put aside."""
    yield _examined("ledger", paths.ledger, message("To have it restored from its backup, type: callerid run --once upkeep"))
    yield _examined("mirror", paths.mirror, message("To have it put aside and filled again, type: callerid run --once upkeep pull"))
    aside = journal_put_aside(paths.ledger)
    if aside.exists():
        says = message("{name} has answers that belong to another ledger; none of them was taken over", name=aside.name)
        remedy = message("If ledger.db is the wrong one, bring the right one back; else type: rm {aside}", aside=as_typed(aside))
        yield Finding(name="journal", works=False, says=says, remedy=remedy)


def _examined(name: str, path: Path, remedy: str) -> Finding:
    try:
        report = inspect_database(path)
    except (DiskFull, DiskReadOnly):
        return Finding(name=name, works=None, says=message("cannot be looked at on such a disk"))
    except StoreFault as fault:
        return Finding(name=name, needed=name == "ledger", works=False, says=fault.sentence, remedy=fault.remedy)
    if report is None:
        return Finding(name=name, works=None, says=message("none yet: the first command makes it"))
    if report.damage:
        says = message("damaged: {names}", names=joined("; ", report.damage))
        return Finding(name=name, needed=name == "ledger", works=False, says=says, remedy=remedy, database=report)
    return Finding(name=name, works=True, says=_contents(report), database=report)


def _contents(report: DatabaseReport) -> str:
    rows = dict(report.rows)
    held = [words(rows[table]) for table, words in _HELD if rows.get(table)]
    return message(
        "whole, version {version}, {bytes:.1f} MB, {what}",
        version=report.version,
        bytes=report.bytes / _MEGABYTE,
        what=joined(", ", held) if held else message("empty"),
    )
