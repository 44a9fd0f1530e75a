"""Look whether both databases are whole, and what they hold. Nothing of callerid is opened for it: what is damaged may not open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.errors import StoreFault
from callerid.store.inspection import DatabaseReport, inspect_database
from callerid.turns.upkeep.doctor import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from callerid.paths import Paths

_MEGABYTE = 1_000_000


def examine_databases(paths: Paths) -> Iterator[Finding]:
    """Look at the ledger and the mirror, one after the other."""
    # A journal that stays beside a new database would be written into it. A dump of a damaged database ends with a ROLLBACK; the
    # command .recover of SQLite 3.40 fails on tables like ours.
    save = (
        f"Stop callerid, and save what can be read (pkg install sqlite): cd '{paths.ledger.parent}' && umask 077 && mkdir broken"
        " && mv ledger.db ledger.db-* broken; sqlite3 broken/ledger.db .dump | sed 's/^ROLLBACK;.*/COMMIT;/' | sqlite3 ledger.db"
    )
    yield _examined("ledger", paths.ledger, save)
    fill = (
        f"Stop callerid, and fill the mirror again: rm -f '{paths.mirror}' '{paths.mirror}-wal' '{paths.mirror}-shm'; callerid sync"
    )
    yield _examined("mirror", paths.mirror, fill)


def _examined(name: str, path: Path, remedy: str) -> Finding:
    try:
        report = inspect_database(path)
    except StoreFault as fault:
        return Finding(name=name, works=False, says=fault.sentence, remedy=fault.remedy)
    if report is None:
        return Finding(name=name, works=None, says="none yet: the first command makes it")
    if report.damage:
        says = f"damaged: {'; '.join(report.damage)}"
        return Finding(name=name, works=False, says=" ".join(says.split()), remedy=remedy, database=report)
    return Finding(name=name, works=True, says=_contents(report), database=report)


def _contents(report: DatabaseReport) -> str:
    rows = ", ".join(f"{count:,} {name}" for name, count in report.rows if count)
    return f"whole, version {report.version}, {report.bytes / _MEGABYTE:.1f} MB, {f'rows: {rows}' if rows else 'empty'}"
