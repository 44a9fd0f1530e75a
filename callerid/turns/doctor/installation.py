"""Checks of this installation: the daemon and what starts it, the wake lock, the clock, space, Python."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from callerid.core.doctor import data, pages, running
from callerid.core.upkeep.wake_lock import WakeLockPolicy
from callerid.errors import CommandMissing

if TYPE_CHECKING:
    from callerid.core.doctor.finding import Finding
    from callerid.turns.doctor.examination import Examination

_ROUNDING = 60.0  # seconds
_SCRIPT = "callerid"


def daemon(x: Examination) -> Finding:
    """Check that the daemon lives and is not frozen."""
    not_started = x.app.paths.not_started.exists() and not x.around.daemon_runs
    return running.daemon(runs=x.around.daemon_runs, beat=x.beat, now=x.around.beat, not_started=not_started)


def boot_seen(x: Examination) -> bool:
    """Return whether our script of Termux:Boot ran at the last start of the phone: it leaves a mark."""
    try:
        at = x.app.paths.booted.stat().st_mtime
    except OSError:
        return False
    return at >= x.around.beat.wall - x.around.beat.boot - _ROUNDING


def boot(x: Examination) -> Finding:
    """Check that callerid starts with the phone."""
    folder = Path(x.runner.variable("HOME"), ".termux", "boot")
    entries = sorted(folder.iterdir()) if folder.is_dir() else []
    installed = pages.BOOT in x.packages if x.packages else None
    return running.boot(
        app_installed=True if x.is_play_store else installed,  # it is part of that Termux
        script=(folder / _SCRIPT).is_file(),
        blocked_by=next((entry.name for entry in entries if not entry.is_file() and entry.name < _SCRIPT), ""),
        seen=boot_seen(x),
    )


def service(x: Examination) -> Finding:
    """Check the service of termux-services."""
    prefix = x.runner.variable("PREFIX")
    services = Path(prefix, "var", "service")
    if not prefix or not services.is_dir():
        return running.service(folder=None, down=False, state="")
    folder = services / _SCRIPT
    try:
        state = (folder / "supervise" / "stat").read_text(encoding="utf-8").split()
    except OSError:
        state = []
    return running.service(folder=(folder / "run").is_file(), down=(folder / "down").exists(), state=state[0] if state else "")


def wake_lock(x: Examination) -> Finding:
    """Check that the processor stays awake as the setting wants it."""
    rows, config = x.test_card.rows, x.app.config
    own = [row for row in rows or () if isinstance(row, dict) and row.get("packageName") == pages.TERMUX]
    texts = [f"{row.get('title')} {row.get('content')}" for row in own]
    is_wanted = config.enabled and x.around.daemon_runs
    return running.wake_lock(WakeLockPolicy(config.wake_lock), enabled=is_wanted, texts=texts or None)


def clock(x: Examination) -> Finding:
    """Check the phone's clock and zone."""
    try:
        zone = x.termux.zone_name()
    except CommandMissing:
        zone = ""
    known = True
    try:
        ZoneInfo(zone or "UTC")
    except (KeyError, ValueError, OSError):
        known = False
    set_by = x.beat.clock_set_by(x.around.beat) if x.beat else 0.0
    return data.clock(x.around.now, x.latest_known, set_by, zone, zone_known=known)


def space(x: Examination) -> Finding:
    """Check that there is room."""
    return data.space(shutil.disk_usage(x.app.paths.ledger.parent).free)


def python(_: Examination) -> Finding:
    """Check the Python that runs this."""
    return data.python(sys.version_info[:2], is_upgraded=not Path(sys.executable).exists())
