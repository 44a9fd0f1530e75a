"""What is so now, for the picture of `callerid watch`: what status says, what listening costs, and the newest calls."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from callerid import files
from callerid.cli.language.output import shown
from callerid.cli.quick.status import NAMES, status_lines
from callerid.core.live.picture import Fact, Picture
from callerid.core.ringing.hearing import Sense, is_deaf
from callerid.core.upkeep.daily_cost import battery_share
from callerid.daemon.single_instance import is_running
from callerid.messages import counted, joined, message
from callerid.store.ledger.key_value import SENSES
from callerid.turns.context import utc_now
from callerid.turns.ringing.hearing import read_sense_health
from callerid.turns.views.chosen_calls import CallChoice, chosen_calls

if TYPE_CHECKING:
    from collections.abc import Iterator

    from callerid.errors import ConfigFault
    from callerid.paths import Paths
    from callerid.turns.context import AppContext

ROW_NAMES = {**NAMES, "senses": message("senses"), "cost": message("cost")}
_NOT_SHOWN = ("region",)
_DAY = 86400.0
_AFTER_NAME, _START = ")", 19  # /proc/PID/stat: field 22 is the 20th after the name, which may have spaces
_USER, _SYSTEM, _CHILDREN_USER, _CHILDREN_SYSTEM = 11, 12, 13, 14


def picture_of_now(app: AppContext, most_calls: int, fault: ConfigFault | None = None) -> Picture:
    """Return what is so now, with so many of the newest calls at most; `fault` is that of a settings file that is broken now."""
    pid, now = running_daemon(app.paths), utc_now()
    facts = [
        Fact(name=shown(ROW_NAMES[name]), says=shown(says), is_trouble=name == "TROUBLE")
        for name, says in status_lines(app, running=pid is not None)
        if name not in _NOT_SHOWN
    ]
    if fault:
        broken = message("{sentence} Until it is whole, the settings from before hold.", sentence=fault.sentence)
        facts.insert(0, Fact(name=shown(ROW_NAMES["TROUBLE"]), says=shown(broken), is_trouble=True))
    if pid is not None:
        senses = joined("; ", _senses(app)) or message("none yet")
        facts[1:1] = [Fact(name=shown(ROW_NAMES["senses"]), says=shown(senses))]
        facts += [Fact(name=shown(ROW_NAMES["cost"]), says=shown(cost)) for cost in _cost(pid)]
    calls = chosen_calls(app, CallChoice(), most_calls, now) if most_calls else ()
    return Picture(title=f"callerid  {app.local_time(now):%H:%M}", facts=tuple(facts), calls=calls)


def running_daemon(paths: Paths) -> int | None:
    """Return the process of the running daemon, None where none runs. The lock is looked at only if there is such a process:
    whoever looks takes it for a moment, and a daemon that starts would believe that another one runs."""
    try:
        pid = int(files.read_text(paths.pid_file, encoding="ascii"))
        os.kill(pid, 0)
    except PermissionError:
        return None  # another app's
    except (OSError, ValueError):
        return None
    return pid if is_running(paths) else None


def _senses(app: AppContext) -> Iterator[str]:
    """Return each sense that listens, with what became of the last calls."""
    listening = (app.ledger.key_values.read(SENSES) or "").split()
    for sense in (sense for sense in Sense if sense in listening):
        health = read_sense_health(app.ledger, sense)
        if is_deaf(health):
            yield counted(
                health.missed,
                "{sense} is deaf: it missed {count} call",
                "{sense} is deaf: it missed {count} calls",
                sense=sense.value,
            )
        elif health.missed:
            yield message("{sense} missed the last call", sense=sense.value)
        else:
            yield (
                message("{sense} heard the last call", sense=sense.value)
                if health.ever_heard
                else message("{sense} has had no call yet", sense=sense.value)
            )


def _cost(pid: int) -> Iterator[str]:
    """Return what the daemon and its commands have taken of the processor since its start, if the system tells: proc(5)."""
    with suppress(OSError, ValueError, IndexError):
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(_AFTER_NAME)[2].split()
        a_second = os.sysconf("SC_CLK_TCK")
        used = sum(int(fields[index]) for index in (_USER, _SYSTEM, _CHILDREN_USER, _CHILDREN_SYSTEM)) / a_second
        lasted = time.clock_gettime(time.CLOCK_BOOTTIME) - int(fields[_START]) / a_second
        a_day = used / max(lasted, 1.0) * _DAY
        battery = message("some {battery_share:.1f} % of a battery a day", battery_share=battery_share(a_day))
        yield message(
            "{used:.1f} s of the processor in {length}, with all that listens: {battery}",
            used=used,
            length=_length(lasted),
            battery=battery,
        )


def _length(seconds: float) -> str:
    minutes = int(seconds // 60)
    if minutes < 60:  # noqa: PLR2004 - minutes of an hour
        return message("{minutes} min", minutes=minutes)
    return message("{hours} h {minutes} min", hours=minutes // 60, minutes=minutes % 60)
