"""Checks of this installation: the daemon and what starts it, the wake lock, the clock, Python."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from callerid.core.doctor import data, pages, running
from callerid.core.doctor.finding import bad, good
from callerid.core.upkeep.wake_lock import WakeLockPolicy
from callerid.errors import CommandMissing
from callerid.messages import joined, message
from callerid.turns.doctor.named import faults_of_named

if TYPE_CHECKING:
    from callerid.core.doctor.finding import Finding
    from callerid.turns.doctor.examination import Examination

_ROUNDING = 60.0  # seconds
_SCRIPT = "callerid"


def daemon(examination: Examination) -> Finding:
    """Check that the daemon lives and is not frozen."""
    not_started = examination.app.paths.not_started.exists() and not examination.around.daemon_runs
    return running.daemon(
        runs=examination.around.daemon_runs, beat=examination.beat, now=examination.around.beat, not_started=not_started
    )


def boot_seen(examination: Examination) -> bool:
    """Return whether our script of Termux:Boot ran at the last start of the phone: it leaves a mark."""
    return _is_of_this_start(examination, examination.app.paths.booted)


def _is_of_this_start(examination: Examination, file: Path) -> bool:
    """Return whether a file was written since the phone was started last."""
    try:
        at = file.stat().st_mtime
    except OSError:
        return False
    return at >= examination.around.beat.wall - examination.around.beat.boot - _ROUNDING


def boot(examination: Examination) -> Finding:
    """Check that callerid starts with the phone."""
    folder = Path(examination.runner.variable("HOME"), ".termux", "boot")
    entries = sorted(folder.iterdir()) if folder.is_dir() else []
    installed = pages.BOOT in examination.packages if examination.packages else None
    return running.boot(
        app_installed=True if examination.is_play_store else installed,  # it is part of that Termux
        script=(folder / _SCRIPT).is_file(),
        is_fresh=_is_of_this_start(examination, folder / _SCRIPT),
        blocked_by=next((entry.name for entry in entries if not entry.is_file() and entry.name < _SCRIPT), ""),
        seen=boot_seen(examination),
    )


def service(examination: Examination) -> Finding:
    """Check the service of termux-services."""
    prefix = examination.runner.variable("PREFIX")
    services = Path(prefix, "var", "service")
    if not prefix or not services.is_dir():
        return running.service(folder=None, down=False, state="")
    folder = services / _SCRIPT
    try:
        state = (folder / "supervise" / "stat").read_text(encoding="utf-8").split()
    except OSError:
        state = []
    return running.service(folder=(folder / "run").is_file(), down=(folder / "down").exists(), state=state[0] if state else "")


def wake_lock(examination: Examination) -> Finding:
    """Check that the processor stays awake as the setting wants it."""
    rows, config = examination.test_card.rows, examination.app.config
    own = [row for row in rows or () if isinstance(row, dict) and row.get("packageName") == pages.TERMUX]
    texts = [f"{row.get('title')} {row.get('content')}" for row in own]
    is_wanted = config.enabled and examination.around.daemon_runs
    return running.wake_lock(WakeLockPolicy(config.wake_lock), enabled=is_wanted, texts=texts or None)


def clock(examination: Examination) -> Finding:
    """Check the phone's clock and zone."""
    try:
        zone = examination.termux.zone_name()
    except CommandMissing:
        zone = ""
    known = True
    try:
        ZoneInfo(zone or "UTC")
    except (KeyError, ValueError, OSError):
        known = False
    set_by = examination.beat.clock_set_by(examination.around.beat) if examination.beat else 0.0
    return data.clock(examination.around.now, examination.latest_known, set_by, zone, zone_known=known)


def python(_: Examination) -> Finding:
    """Check the Python that runs this."""
    return data.python(sys.version_info[:2], is_upgraded=not Path(sys.executable).exists())


def settings(examination: Examination) -> Finding:
    """Check the hooks and the address book that the settings name. What names come from has checks of its own."""
    app = examination.app
    faults = list(faults_of_named(app.config, app.mirror, examination.runner))
    if faults:
        return bad(joined(" ", (fault.sentence for fault in faults)), faults[0].remedy)
    return good(message("the hooks and the address book that they name can be used"))
