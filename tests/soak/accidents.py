"""What goes wrong in a life: each kind of fault, brought about when it is drawn."""

from __future__ import annotations

import contextlib
import random
import sqlite3
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from callerid.core.upkeep.health import Source
from callerid.daemon.single_instance import only_instance
from callerid.errors import AlreadyRunning, CalleridError, ConfigFault, StoreFault
from callerid.store.damage import find_damage
from callerid.store.ledger.backups import TABLES
from tests.crash.seams import Crash
from tests.damages import flush
from tests.soak.hostile import ALL_KINDS, COMMANDS, DAMAGED, DISK
from tests.soak.process import Process

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

SETTINGS = 'region = "IE"\n[log]\nvia = "notification"\nreply = true\n'
EDITED = ('[privacy]\nlock_screen = "initials"\n', '[ring]\nsenses = ["telephony"]\n', '[sync]\nevery = "2h"\n', "")
ZONES = ("Europe/Berlin", "Asia/Tokyo", "America/New_York", "Asia/Kolkata")
_HOUR = timedelta(hours=1)
_TABLES = {"ledger": TABLES, "mirror": ("contacts",)}  # that a whole one has


class Deck:
    """All kinds in random order, again and again: each comes up before any comes up again."""

    def __init__(self, kinds: Sequence[str], chance: random.Random) -> None:
        self._kinds, self._chance = list(kinds), chance
        self._left: list[str] = []

    def draw(self) -> str:
        """Return the next kind."""
        if not self._left:
            self._left = self._chance.sample(self._kinds, len(self._kinds))
        return self._left.pop()


@dataclass
class Accidents(Process):
    """A process that meets faults of the kinds that are given. `applied` counts those that were seen to happen."""

    seed: int = 1
    kinds: tuple[str, ...] = ()
    applied: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.deck = Deck(self.kinds or ALL_KINDS, self.chance)
        self._scopes_until: datetime | None = None
        self._wrong_until: datetime | None = None  # the settings
        self._was_refused, self._refuses_until = False, self.now
        super().__post_init__()
        self.settings(SETTINGS)

    def count(self, kind: str) -> None:
        """Note that a fault has happened."""
        self.applied[kind] += 1

    def round(self) -> datetime | None:
        """Take the daemon's turns once, and return when there is more to do; None for never."""
        self._end_states()
        try:
            next_at = self.turns()
        except Crash:
            self.count("phone: kill -9")
            self.start()
            next_at = self.now
        self.faulty_portal.finish_slow_requests()
        self._count_scopes()
        return next_at

    def go_wrong(self) -> None:
        """Bring about the next kind of fault."""
        where, _, kind = self.deck.draw().partition(": ")
        if where == "termux":
            more = {"seconds": 0.01} if kind == "slow" else {}
            commands = COMMANDS if self.applied[f"termux: {kind}"] else COMMANDS[:2]  # that are run after each call
            self.phone.fault(self.chance.choice(commands), kind, times=self.chance.randint(1, 2), **more)
        elif kind == "scopes lost":
            self.portal.scopes.discard("crm.objects.contacts.write")
            self._scopes_until = self.now + _HOUR
        elif where == "CRM":
            self.faulty_portal.planned.extend([kind] * (1 if kind == "slow" else self.chance.randint(1, 3)))
        else:
            _ON_PHONE[kind](self)

    def _end_states(self) -> None:
        if self._scopes_until and not self.now <= self._scopes_until <= self.now + 2 * _HOUR:
            self._give_scopes()
        if self._was_refused and not self.now <= self._refuses_until <= self.now + 2 * _HOUR:
            self._refuse("")
        if self._wrong_until and not self.now <= self._wrong_until <= self.now + 2 * _HOUR:
            self._correct_settings()

    @property
    def has_plans(self) -> bool:
        """Whether something is bound to go wrong."""
        planned = self.faulty_portal.planned or any(self.phone.state.read()["faults"].values())
        return bool(planned or self.seams.left is not None)

    @property
    def is_broken(self) -> bool:
        """Whether something is wrong now, or bound to go wrong."""
        return bool(self.has_plans or self._scopes_until or self._wrong_until or self.refuses or self.offset)

    def nothing_goes_wrong(self) -> None:
        """End all that is wrong, and all that was bound to go wrong."""
        self.phone.clear_faults()
        self.faulty_portal.planned.clear()
        self._give_scopes()
        self._refuse("")
        self._correct_settings()
        self.seams.left = None
        self.now, self.offset = self.now - self.offset, timedelta(0)

    def _give_scopes(self) -> None:
        self.portal.scopes.add("crm.objects.contacts.write")
        self._scopes_until = None

    def _refuse(self, kind: str) -> None:
        self._was_refused = False
        self.let_disk_refuse(kind)

    def refused(self, fault: CalleridError) -> None:
        """Count what the store refuses, while it does so."""
        if self.refuses and isinstance(fault, StoreFault):
            self._was_refused = True
            self.count(f"phone: {self.refuses}")

    def _count_scopes(self) -> None:
        if any(status == 403 for _, _, status in self.portal.requests_seen) and self._scopes_until:
            self.count("CRM: scopes lost")
        self.portal.requests_seen.clear()
        for log in self.state._logs.values():
            log.clear()

    def kill(self) -> None:
        """Have the process die at one of the next seams."""
        self.seams.left = self.chance.randrange(12)

    def reboot(self) -> None:
        """Switch the phone off and on."""
        self.count("phone: reboot")
        self.start(rebooted=True)

    def change_clock(self) -> None:
        """Set the clock wrong by some hours, or right again."""
        self.count("phone: clock")
        shift = timedelta(0) if self.offset else timedelta(minutes=self.chance.choice((-150, -61, 47, 200)), seconds=17)
        self.now += shift - self.offset
        self.offset = shift

    def change_zone(self) -> None:
        """Land somewhere else."""
        self.count("phone: zone")
        self.phone.change(zone=self.chance.choice(ZONES))

    def delete_mirror(self) -> None:
        """Delete the mirror while nothing runs, and start."""
        self.count("phone: mirror deleted while stopped")
        self.app.close()
        for file in self.where.mirror.parent.glob(f"{self.where.mirror.name}*"):
            file.unlink()
        self.start()
        self._next_sync = self.now

    def edit_config(self) -> None:
        """Edit the settings; one time of three by mistake."""
        self.count("phone: config edited")
        base, log = SETTINGS.split("[log]")
        wrong, right = "regoin = IE\n", f"{base}{self.chance.choice(EDITED)}[log]{log}"
        try:
            self.settings(wrong if self.chance.random() < 1 / 3 else right)
        except ConfigFault as fault:  # the daemon keeps those it has
            with contextlib.suppress(StoreFault):
                self.app.report(Source.SETTINGS, fault, self.now)
            self._wrong_until = self.now + timedelta(minutes=20)
        else:
            self._correct_settings()

    def _correct_settings(self) -> None:
        if self._wrong_until:
            with contextlib.suppress(StoreFault):  # else once more with the next round
                self.app.report(Source.SETTINGS, None, self.now)
                self._wrong_until = None

    def damage(self, kind: str) -> None:
        """Damage a database while it is open, whatever is in its journal."""
        database, do_damage = DAMAGED[kind]
        path = getattr(self.where, database)
        with contextlib.suppress(sqlite3.Error, OSError):  # it is damaged already
            flush(path)
            do_damage(path)
            if self.damage_of(database):
                self.count(f"phone: {kind}")

    def damage_of(self, database: str) -> str:
        """Return what is damaged in a database, "" if it is whole."""
        return find_damage(getattr(self.where, database), _TABLES[database])

    def start_second_daemon(self) -> None:
        """Try to start a second daemon, and let another process take each turn once, as a command does."""
        with only_instance(self.where), contextlib.suppress(AlreadyRunning), only_instance(self.where):
            raise AssertionError("two daemons run")
        self.count("phone: second daemon")
        mine, self.app = self.app, self.open()
        try:
            self.turns()
        finally:
            self.app.close()
            self.app = mine

    def refuse_writes(self, kind: str) -> None:
        """Let the disk be full, or read-only, for a while, and until it has refused something: a file that is full has room in its
        pages still."""
        self._refuse(kind)
        self._refuses_until = self.now + timedelta(minutes=20)


_ON_PHONE: dict[str, Callable[[Accidents], None]] = {
    "kill -9": Accidents.kill,
    "reboot": Accidents.reboot,
    "clock": Accidents.change_clock,
    "zone": Accidents.change_zone,
    **{kind: partial(Accidents.refuse_writes, kind=kind) for kind in DISK},
    **{kind: partial(Accidents.damage, kind=kind) for kind in DAMAGED},
    "mirror deleted while stopped": Accidents.delete_mirror,
    "config edited": Accidents.edit_config,
    "second daemon": Accidents.start_second_daemon,
}
