"""callerid sync: bring the mirror up to date, with a progress bar on a terminal and one line elsewhere."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

import click

from callerid.cli.language.json_answers import missing_scope_json, no_export_json, print_json
from callerid.cli.language.output import echo, print_fitted, progress_bar, shown
from callerid.cli.session import BY_LISTS, crm_connection, open_session
from callerid.core.wording.counts import records
from callerid.messages import counted, joined, message
from callerid.token_scopes import remedy_of, without_it

if TYPE_CHECKING:
    from callerid.core.sync.plan import SyncKind
    from callerid.crm.port import Source
    from callerid.turns.context import AppContext
    from callerid.turns.sync.pull import SyncResult


@click.command()
@click.option(
    "--full",
    is_flag=True,
    help="Read every record into a new mirror; the old one stays in use until it is complete.",
)
@click.option("--delta", is_flag=True, help="Read only what changed since the last sync.")
@click.option("--sweep", is_flag=True, help="Read what changed, then compare every record.")
@click.option("--force", is_flag=True, help="Accept what looks like a loss of data: no contacts, far fewer, or another portal.")
@click.option("--dry-run", is_flag=True, help="Show what the sync would do, and change nothing.")
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print JSON: kind, why, dry_run, contacts, companies, deals, phones, changed, removed, missing_scopes, no_export, report, "
    "requests, seconds.",
)
def sync(*, full: bool, delta: bool, sweep: bool, force: bool, dry_run: bool, as_json: bool) -> None:
    """Bring the mirror up to date with the CRM, by default with the sync that is due.

    A sync that was interrupted resumes where it stopped.

    Example: callerid sync --full
    """
    from callerid.core.sync.plan import SyncKind

    requested = [kind for kind, chosen in ((SyncKind.FULL, full), (SyncKind.DELTA, delta), (SyncKind.SWEEP, sweep)) if chosen]
    began = time.monotonic()
    kind = _only(requested)
    with open_session() as app, crm_connection(app) as connection:
        source = connection.source()
        _say_if_from_phone(source)
        result = _pulled(app, source, kind, force=force, dry_run=dry_run, quiet=as_json)
        if not dry_run:
            _follow_up(app)
    seconds = time.monotonic() - began
    if as_json:
        took = {"requests": source.requests, "seconds": round(seconds, 3)}
        print_json(_facts(result, source, dry_run=dry_run) | took)
    else:
        _print(result, source, seconds, dry_run=dry_run)


def _only(requested: list[SyncKind]) -> SyncKind | None:
    """Return the kind of sync that was asked for, None for the one that is due. Raise UsageFault for several."""
    from callerid.errors import UsageFault

    if len(requested) > 1:
        words = joined(message(" and "), (f"--{kind.value}" for kind in requested))
        raise UsageFault(
            message("{words} are different syncs; name one of them.", words=words),
            remedy=message("Type: callerid sync, for the one that is due"),
        )
    return next(iter(requested), None)


def _say_if_from_phone(source: Source) -> None:
    from callerid.credentials import HOW_TO_SET_A_TOKEN
    from callerid.turns.context import PHONE_SOURCE

    if source.name == PHONE_SOURCE:
        words = message(
            "There is no token, so the phone contacts are used. {how_to_set_a_token}", how_to_set_a_token=HOW_TO_SET_A_TOKEN
        )
        echo(words, err=True)


def _pulled(app: AppContext, source: Source, kind: SyncKind | None, *, force: bool, dry_run: bool, quiet: bool) -> SyncResult:
    """Return what a sync brought, and say when the scope's owner is not known."""
    from callerid.turns.context import utc_now
    from callerid.turns.sync.mirror_scope import owner_fault
    from callerid.turns.sync.pull import pull

    was_told = dry_run or owner_fault(app.mirror, app.config) is not None  # the log tells it once, when a sync finds it
    progress = _progress(quiet=quiet)
    try:
        result = pull(app, source, utc_now, requested=kind, force=force, dry_run=dry_run, progress=progress)
    finally:
        if progress:
            progress.end()
    wrong_owner = owner_fault(app.mirror, app.config)
    if wrong_owner and was_told:
        echo(wrong_owner.told, err=True)
    return result


def _follow_up(app: AppContext) -> None:
    """Forget who waits for a sync, read the phone's contacts, once a day as a daemon does, and offer earlier calls of people who
    are new in the mirror."""
    from callerid.turns.context import utc_now
    from callerid.turns.followup.attend import attend
    from callerid.turns.followup.late_matches import offer_late_matches
    from callerid.turns.ringing.phone_contacts import read_phone_contacts
    from callerid.turns.upkeep.forget_later import finish_forgetting

    finish_forgetting(app, utc_now())
    read_phone_contacts(app, utc_now(), stale=True)  # who types this may just have added somebody
    if offer_late_matches(app, utc_now()):
        attend(app, utc_now())


def _print(result: SyncResult, source: Source, seconds: float, *, dry_run: bool) -> None:
    echo(
        message(
            "{summary}; {requests} requests, {seconds:.1f} s",
            summary=_summary(result, dry_run=dry_run),
            requests=source.requests,
            seconds=seconds,
        )
    )
    for line in (*source.report(), *_what_lacks(result)):
        print_fitted(f"  {shown(line)}")


def _what_lacks(result: SyncResult) -> list[str]:
    """Return a line for each scope that the token lacks, and one where exports were wanted and lists were read."""
    lines: list[str] = [joined(" ", (without_it(missing.scope), remedy_of(missing.scope))) for missing in result.missing]
    if no_export := result.no_export:
        lines.append(joined(" ", filter(None, (BY_LISTS, no_export.why, no_export.remedy))))
    return lines


def _facts(result: SyncResult, source: Source, *, dry_run: bool) -> dict[str, Any]:
    """Return what --json prints of a sync, but for what it took."""
    names = ("contacts", "companies", "deals", "phones", "changed", "removed", "why")
    lacks = {
        "missing_scopes": [missing_scope_json(missing) for missing in result.missing],
        "no_export": no_export_json(result.no_export),
    }
    counts = {"kind": result.kind.value} | {name: getattr(result, name) for name in names}
    return counts | lacks | {"dry_run": dry_run, "report": list(source.report())}


def _summary(result: SyncResult, *, dry_run: bool) -> str:
    held = records(result.contacts, result.companies, result.deals)
    if dry_run and result.kind == "full":
        return message("nothing was changed. A full sync is due ({why}): {held}", why=result.why, held=held)
    changes = message("{changed} changed, {removed} removed", changed=result.changed, removed=result.removed)
    if dry_run:
        return message("nothing was changed. A {kind} sync would bring: {changes}", kind=result.kind, changes=changes)
    mirrored = joined(", ", (held, counted(result.phones, "{count} number", "{count} numbers")))
    if result.kind == "full":
        return message("{mirrored} (full)", mirrored=mirrored)
    return message("{mirrored} ({kind}: {changes})", mirrored=mirrored, kind=result.kind, changes=changes)


class _Progress:
    """A ProgressListener that shows a bar with rate and remaining time for each part of a sync."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._began, self._done, self._part = 0.0, 0, ""

    def begins(self, part: str, total: int | None) -> None:
        """Show a bar for a new part; none for a part of unknown length."""
        self.end()
        self._began, self._done, self._part = time.monotonic(), 0, part
        if total:
            self._bar = progress_bar(total, part, show_pos=True, show_eta=True)
            self._bar.__enter__()

    def moved(self, records: int) -> None:
        """Count further records that were read."""
        self._done += records
        if self._bar is not None:
            rate = self._done / max(0.001, time.monotonic() - self._began)
            if self._bar.show_eta:  # else there is no room for it either
                self._bar.label = shown(message("{part}, {rate:,.0f} records/s", part=message(self._part), rate=rate))
            self._bar.update(records)

    def end(self) -> None:
        """End the bar of the current part."""
        if self._bar is not None:
            self._bar.__exit__(None, None, None)
            self._bar = None


def _progress(*, quiet: bool) -> _Progress | None:
    return None if quiet or not sys.stderr.isatty() else _Progress()
