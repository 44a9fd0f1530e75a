"""callerid sync: bring the mirror up to date, with a progress bar on a terminal and one line elsewhere."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

import click

from callerid.cli.session import open_session, print_json
from callerid.core.wording.counts import counted, records

if TYPE_CHECKING:
    from callerid.turns.sync.sync import SyncResult


@click.command()
@click.option("--full", "wanted", flag_value="full", help="Read everything anew, beside the mirror that serves.")
@click.option("--delta", "wanted", flag_value="delta", help="Ask only what changed.")
@click.option("--sweep", "wanted", flag_value="sweep", help="Ask what changed, then compare every record.")
@click.option("--force", is_flag=True, help="Take over what looks like a loss: no contacts, far fewer, or another portal.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and leave the mirror as it is.")
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Answer as JSON: kind, why, dry_run, contacts, companies, deals, phones, changed, removed, requests, seconds.",
)
def sync(wanted: str | None, *, force: bool, dry_run: bool, as_json: bool) -> None:
    """Bring the mirror up to date with the CRM: by default with the sync that is due.

    The old mirror serves until the new one is whole. A sync that is interrupted goes on where it was.
    """
    from callerid.core.sync.plan import SyncKind
    from callerid.credentials import HOW_TO_SET_A_TOKEN
    from callerid.turns.context import PHONE_SOURCE, utc_now
    from callerid.turns.followup.attend import attend
    from callerid.turns.followup.late_matches import offer_late
    from callerid.turns.open_context import CrmConnection, environment
    from callerid.turns.sync.sync import pull

    began = time.monotonic()
    progress = _progress(quiet=as_json)
    with open_session() as opened, CrmConnection(opened, environment(), time.sleep, utc_now) as line:
        source = line.source()
        if source.name == PHONE_SOURCE:
            click.echo(f"There is no token: the phone's own contacts are taken. {HOW_TO_SET_A_TOKEN}", err=True)
        try:
            kind = SyncKind(wanted) if wanted else None
            pulled = pull(opened, source, utc_now, wanted=kind, force=force, dry_run=dry_run, progress=progress)
        finally:
            if progress:
                progress.end()
        if not dry_run and offer_late(opened, utc_now()):
            attend(opened, utc_now())
    seconds = time.monotonic() - began
    if as_json:
        print_json(_counts(pulled) | {"dry_run": dry_run, "requests": source.requests, "seconds": round(seconds, 3)})
    else:
        click.echo(f"{_told(pulled, dry_run=dry_run)}; {source.requests} requests, {seconds:.1f} s")


def _counts(pulled: SyncResult) -> dict[str, Any]:
    names = ("contacts", "companies", "deals", "phones", "changed", "removed", "why")
    return {"kind": pulled.kind.value} | {name: getattr(pulled, name) for name in names}


def _told(pulled: SyncResult, *, dry_run: bool) -> str:
    held = f"{records(pulled.contacts, pulled.companies, pulled.deals)}, {counted(pulled.phones, 'number')}"
    if dry_run and pulled.kind == "full":
        return f"nothing was done. A full sync is due ({pulled.why}): {held.rpartition(',')[0]}"
    moved = f"{pulled.changed} changed, {pulled.removed} removed"
    if dry_run:
        return f"nothing was done. A {pulled.kind} sync would bring: {moved}"
    return f"{held} (full)" if pulled.kind == "full" else f"{held} ({pulled.kind}: {moved})"


class _Progress:
    """A bar with the rate and the time that is left, one for each part of a sync."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._began, self._done, self._what = 0.0, 0, ""

    def begins(self, what: str, total: int | None) -> None:
        """Show a new part; nothing is shown of one whose length nobody knows."""
        self.end()
        self._began, self._done, self._what = time.monotonic(), 0, what
        if total:
            self._bar = click.progressbar(length=total, label=what, file=sys.stderr, show_pos=True, show_eta=True)
            self._bar.__enter__()

    def moved(self, records: int) -> None:
        """Show that so many more records came."""
        self._done += records
        if self._bar is not None:
            self._bar.label = f"{self._what}, {self._done / max(0.001, time.monotonic() - self._began):,.0f} records/s"
            self._bar.update(records)

    def end(self) -> None:
        """Leave the bar as it is."""
        if self._bar is not None:
            self._bar.__exit__(None, None, None)
            self._bar = None


def _progress(*, quiet: bool) -> _Progress | None:
    return None if quiet or not sys.stderr.isatty() else _Progress()
