"""callerid sync: build the mirror of the CRM, with a progress bar on a terminal and one line elsewhere."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from callerid.cli.session import answer, house

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from callerid.crm.port import Crm
    from callerid.models import Page


@click.command()
@click.option("--force", is_flag=True, help="Take over what looks like a loss: no contacts, far fewer, or another portal.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON: contacts, companies, deals, phones, requests, seconds.")
def sync(*, force: bool, as_json: bool) -> None:
    """Build the mirror from the whole CRM. The old mirror serves until the new one is whole."""
    from callerid.turns.house import utc_now
    from callerid.turns.opening import CrmLine, environment
    from callerid.turns.pull import pull

    began = time.monotonic()
    with house() as opened, CrmLine(opened, environment(), time.sleep, utc_now) as line:
        crm = line()
        with _progress(crm, quiet=as_json) as progress:
            pulled = pull(opened, crm, utc_now, force=force, on_page=progress.add)
    seconds = time.monotonic() - began
    counts = {
        "contacts": pulled.contacts,
        "companies": pulled.companies,
        "deals": pulled.deals,
        "phones": pulled.phones,
    }
    if as_json:
        answer(counts | {"requests": crm.requests, "seconds": round(seconds, 3)})
    else:
        said = ", ".join(f"{count} {name}" for name, count in counts.items())
        click.echo(f"{said}; {crm.requests} requests, {seconds:.1f} s")


@dataclass(slots=True)
class _Progress:
    """Counts records as pages come."""

    bar: Any = None
    began: float = 0.0
    done: int = 0

    def add(self, page: Page) -> None:
        """Count a page."""
        records = len(page.contacts) + len(page.companies) + len(page.deals)
        self.done += records
        if self.bar is not None:
            self.bar.label = f"syncing, {self.done / max(0.001, time.monotonic() - self.began):,.0f} records/s"
            self.bar.update(records)


def _progress(crm: Crm, *, quiet: bool) -> AbstractContextManager[_Progress]:
    from contextlib import contextmanager

    @contextmanager
    def shown() -> Iterator[_Progress]:
        if quiet or not sys.stderr.isatty():
            yield _Progress()
            return
        totals = crm.totals()
        length = totals.contacts + totals.companies + totals.deals
        with click.progressbar(length=length, label="syncing", file=sys.stderr, show_pos=True, show_eta=True) as bar:
            yield _Progress(bar=bar, began=time.monotonic())

    return shown()
