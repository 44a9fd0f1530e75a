"""What callerid works with: the CRM, the mirror, what waits, the clock, space."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from callerid.core.delivery.states import DeliveryState
from callerid.core.doctor import pages
from callerid.core.doctor.finding import Finding, Fix, bad, good, unknown
from callerid.messages import counted, joined, message

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from callerid.core.delivery.outbox_row import Delivery
    from callerid.core.followup.states import State
    from callerid.core.upkeep.troubles import Trouble

_STALE = timedelta(days=1)
_STUCK, _MANY_FAILURES = timedelta(days=1), 5
_FUTURE = timedelta(hours=1)
_CLOCK_SET = 300.0  # seconds
_BUILT = datetime(2026, 1, 1, tzinfo=UTC)  # nothing of this version was there before
_LITTLE, _MEGABYTE = 50_000_000, 1_000_000  # bytes
_OLDEST_PYTHON = (3, 11)


def mirror_age(fresh_at: datetime | None, every: timedelta, now: datetime) -> Finding:
    """Return how old the copy of the CRM is. `fresh_at` is the last sync that read all changes, None before the first."""
    if fresh_at is None:
        return bad(message("there is none yet"), message("Type: callerid sync"))
    age = max(timedelta(0), now - fresh_at)
    says = message("{span} old", span=_span(age))
    if age > max(_STALE, every * 3):
        return bad(
            message("{says}, though it is to be synced each {span}", says=says, span=_span(every)),
            message("Type: callerid sync, and see what it says"),
        )
    return good(says)


def _span(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    if minutes < 120:  # noqa: PLR2004 - two hours
        return counted(minutes, "{count} minute", "{count} minutes")
    hours = minutes // 60
    return counted(hours, "{count} hour", "{count} hours") if hours < 48 else counted(hours // 24, "{count} day", "{count} days")  # noqa: PLR2004 - two days


def outbox(rows: Iterable[Delivery], now: datetime) -> Finding:
    """Return whether what was answered comes into the CRM."""
    rows = tuple(rows)
    dead = sum(row.state is DeliveryState.DEAD for row in rows)
    waiting = [row for row in rows if row.state in (DeliveryState.WAITING, DeliveryState.UNSURE)]
    stuck = [row for row in waiting if (row.posted_at and now - row.posted_at > _STUCK) or row.attempts.failures >= _MANY_FAILURES]
    if dead:
        return bad(
            counted(dead, "{count} answer was refused by the CRM", "{count} answers were refused by the CRM"),
            message("Type: callerid outbox"),
        )
    if stuck:
        return bad(
            counted(len(stuck), "{count} answer does not get into the CRM", "{count} answers do not get into the CRM"),
            message("Type: callerid outbox"),
        )
    return good(message("{count} on the way to the CRM", count=len(waiting)) if waiting else message("empty"))


def ledger_sum(by_state: Mapping[State, int], in_log: int) -> Finding:
    """Return whether each call of the log is in exactly one state."""
    total = sum(by_state.values())
    if total == in_log:
        return good(counted(in_log, "adds up: {count} call", "adds up: {count} calls"))
    return bad(
        counted(
            in_log,
            "{count} call in the log, but {total} in their states",
            "{count} calls in the log, but {total} in their states",
            total=total,
        ),
        message("Type: callerid reconcile"),
    )


def block_list(*, ignored: int, forgotten: int) -> Finding:
    """Return how many numbers are ignored and forgotten, on a list that can be read."""
    if not ignored and not forgotten:
        return good(message("nobody is ignored or forgotten"))
    return good(message("{ignored} ignored, {forgotten} forgotten", ignored=ignored, forgotten=forgotten))


def clock(now: datetime, latest_known: datetime | None, set_by: float, zone: str, *, zone_known: bool) -> Finding:
    """Return whether the phone's clock can be right. `latest_known` is the latest time that is stored, `set_by` by how many seconds
    the clock was set since the daemon's last heartbeat, `zone` Android's IANA zone, `zone_known` whether it can be read here."""
    fix = Fix(pages=(pages.DATE,))
    remedy = message("Let Android set it: {typed}", typed=pages.typed(pages.DATE))
    if now < _BUILT:
        return bad(message("it says {now:%Y-%m-%d}, which is over", now=now), remedy, fix)
    if latest_known and latest_known > now + _FUTURE:
        return bad(
            message("it is behind: something is stored of {latest_known:%Y-%m-%d %H:%M} UTC", latest_known=latest_known),
            remedy,
            fix,
        )
    if abs(set_by) > _CLOCK_SET:
        return bad(
            message("it was set forward by {span} just now", span=_span(timedelta(seconds=set_by)))
            if set_by > 0
            else message("it was set back by {span} just now", span=_span(timedelta(seconds=-set_by))),
            remedy,
            fix,
        )
    if not zone_known:
        return bad(
            message("the zone {zone!r} is not known", zone=zone),
            message("Type: pip install --upgrade tzdata, or choose another zone"),
            fix,
        )
    return good(
        message("{now:%Y-%m-%d %H:%M} UTC, zone {zone}", now=now, zone=zone)
        if zone
        else message("{now:%Y-%m-%d %H:%M} UTC", now=now)
    )


def disk(free: int, read_only: Trouble | None) -> Finding:
    """Return whether what is answered can be stored, from the bytes that are free and what keeps anything from being written."""
    says = message("{free:,.0f} MB free", free=free / _MEGABYTE)
    if read_only:
        return bad(joined(" ", (read_only.sentence, message("{says}.", says=says))), read_only.remedy)
    if free < _LITTLE:
        return bad(
            message("only {says}", says=says),
            message("Free some: {typed}", typed=pages.typed(pages.STORAGE)),
            Fix(pages=(pages.STORAGE,)),
        )
    return good(says)


def python(version: tuple[int, int], *, is_upgraded: bool) -> Finding:
    """Return whether this Python will do. `is_upgraded`: its file is no longer the one that runs this."""
    name = f"Python {version[0]}.{version[1]}"
    if version < _OLDEST_PYTHON:
        return bad(message("{name} is too old", name=name), message("Type: pkg upgrade, then: sh termux/install.sh"))
    if is_upgraded:
        return bad(message("{name} was replaced under callerid", name=name), message("Type: sh termux/install.sh"))
    return good(name)


def token(fault: str, remedy: str, *, is_set: bool) -> Finding:
    """Return whether the CRM accepts the token; `fault` is what was said of it, "" for nothing."""
    if not is_set:
        return unknown(message("none is set: names come from the phone's contacts, and no call is logged"), remedy)
    return bad(fault, remedy) if fault else good(message("accepted"))
