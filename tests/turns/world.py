"""An application context over a simulated phone and portal, with the clock in the test's hand: turns are taken one by one."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from callerid.catalogue import load
from callerid.config.load import parse_config
from callerid.core.inbox_events import Tap
from callerid.credentials import Token
from callerid.crm.hubspot.client import HubSpot
from callerid.models import CallType
from callerid.paths import installation_paths, make_folders
from callerid.simulator.phone.handset import ShownNotification, SimulatedPhone
from callerid.simulator.phone.runner import SimulatedRunner
from callerid.simulator.phone.state import MemoryState
from callerid.store.ledger.database import open_ledger
from callerid.store.mirror.database import Mirror
from callerid.turns.calllog.read_new_calls import NewCalls, read_new_calls
from callerid.turns.context import AppContext
from callerid.turns.delivery.outbox_round import Delivered, deliver
from callerid.turns.followup.attend import AttendResult, attend
from callerid.turns.followup.dialogs import AskResult, ask
from callerid.turns.inbox.taps import receive_tap
from callerid.turns.sync.pull import pull
from callerid.turns.upkeep.forgotten_pages import without_forgotten
from tests.quick_places import QuickPlaces

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.config.settings import Config
    from callerid.core.callers.candidate import Candidate
    from callerid.core.followup.state import FollowUp
    from callerid.crm.port import Crm
    from callerid.simulator.portal import SimulatedPortal
    from callerid.turns.wake import Wake

ANA = "+353871234567"


@dataclass
class World:
    """Everything of a test, and the turns by short names."""

    folder: Path
    portal: SimulatedPortal
    now: datetime
    state: MemoryState = field(default_factory=MemoryState)
    language: str = "en"  # of what is shown from the next `restart` on

    def __post_init__(self) -> None:
        self.phone = SimulatedPhone(self.folder / "phone", self.state)
        self.where = installation_paths({"CALLERID_HOME": str(self.folder / "home")})
        is_new = not self.where.ledger.parent.exists()
        make_folders(self.where)
        if is_new:
            for database, content in zip((self.where.ledger, self.where.mirror), _empty_databases(), strict=True):
                database.touch(mode=0o600)
                database.write_bytes(content)
        self.config: Config = parse_config('region = "IE"\n')
        self.app = self.open()
        self.waited: list[float] = []
        account = self.app.mirror.account()
        self.hub = HubSpot(
            Token(self.portal.token),
            url=self.portal.url,
            wait=self.wait,
            clock=self.clock,
            report_fault=print,
            time_zone=account.time_zone if account else "",
            monotonic=self.monotonic,
        )
        self.portal.limits.clock = self.monotonic  # what is waited for here takes no time elsewhere

    def open(self) -> AppContext:
        """Open an application context as after a restart."""
        ledger = open_ledger(self.where.ledger, self.where.block_list_key)
        return AppContext(
            paths=self.where,
            config=self.config,
            texts=load(self.language),
            region=self.config.region,
            ledger=ledger,
            mirror=Mirror(self.where.mirror, partial(without_forgotten, ledger.block_list)),
            runner=self.runner(),
            event_program=Path("/opt/callerid-event"),
        )

    def runner(self) -> SimulatedRunner:
        return SimulatedRunner(self.phone, elsewhere=QuickPlaces(environment=self.phone.environment()))

    def restart(self) -> None:
        self.app.close()
        self.app = self.open()

    def elsewhere(self, do: Callable[[], object]) -> None:
        """Do something as another process does, while a turn of this one is under way. Any thread may call this."""
        own, self.app = self.app, self.open()
        try:
            do()
        finally:
            self.app.close()
            self.app = own

    def settings(self, text: str) -> None:
        self.config = parse_config(text)
        self.app = replace(self.app, config=self.config)

    def close(self) -> None:
        self.app.close()
        self.hub.close()

    def clock(self) -> datetime:
        return self.now

    def monotonic(self) -> float:
        return self.now.timestamp() + sum(self.waited)

    def wait(self, seconds: float) -> None:
        self.waited.append(seconds)

    def later(self, **spans: float) -> None:
        self.now += timedelta(**spans)

    # turns

    def sync(self) -> None:
        pull(self.app, self.hub, self.clock)

    def watch(self, **more: Any) -> NewCalls:
        return read_new_calls(self.app, self.now, **more)

    def attend(self) -> AttendResult:
        return attend(self.app, self.now)

    def deliver(self) -> Delivered:
        def crm() -> Crm:
            return self.hub

        return deliver(self.app, crm, self.clock)

    def ask(self, *answers: str | None) -> AskResult:
        """Ask, with a person who answers each dialog: a label, a text, or None for Back."""
        faults: list[BaseException] = []
        over = threading.Event()

        def person() -> None:
            try:
                seen = -1
                for answer in answers:
                    seen = self._next_dialog(seen)
                    asked = self.phone.open_dialog()
                    assert asked
                    if answer is None:
                        self.phone.answer_dialog()
                    elif asked.labels:
                        label = next(label for label in asked.labels if label.startswith(answer))
                        self.phone.answer_dialog(label=label)
                    else:
                        self.phone.answer_dialog(text=answer)
                self._decline_to_follow_up(seen, over)
            except BaseException as fault:  # noqa: BLE001 - reported below, in the test's own thread
                faults.append(fault)

        thread = threading.Thread(target=person)
        thread.start()
        try:
            return ask(self.app, self.clock)
        finally:
            over.set()
            self.state.wake()
            thread.join()
            assert not faults, faults

    def _decline_to_follow_up(self, seen: int, over: threading.Event) -> None:
        """Most tests are not about the follow-up, so once all the rest is answered, none is wanted."""

        def is_offered() -> bool:
            asked = self.phone.open_dialog()
            return asked is not None and asked.id != seen and asked.title == "Follow up?"

        if self.state.wait(lambda: is_offered() or over.is_set()) and is_offered():
            self.phone.answer_dialog(label="No follow-up")

    def _next_dialog(self, seen: int) -> int:
        def fresh() -> int:
            asked = self.phone.open_dialog()
            return asked.id if asked and asked.id != seen else 0

        return int(self.phone.wait(fresh))

    # people

    def called(self, number: str = ANA, kind: CallType = CallType.INCOMING, talked: int = 60, **more: Any) -> FollowUp:
        """Let a call be over, and look at the call log. A minute passes."""
        self.phone.add_call(number, kind, self.now, talked, **more)
        self.later(seconds=talked + 1)
        (call,) = self.watch().new
        followup = self.app.ledger.calls.followup(call.key)
        assert followup
        return followup

    def again(self, followup: FollowUp) -> FollowUp:
        latest = self.app.ledger.calls.followup(followup.call.key)
        assert latest
        return latest

    def shown(self, begins: str) -> ShownNotification:
        return next(shown for shown in self.phone.notifications() if shown.title.startswith(begins))

    def titles(self) -> list[str]:
        return [shown.title for shown in self.phone.notifications()]

    def tap(self, followup: FollowUp, word: str) -> Wake:
        return receive_tap(self.app, Tap(at=self.now, token=self.again(followup).token or "x" * 24, word=word), self.now)

    def press(self, followup: FollowUp, button: str) -> Wake:
        """Tap a button of a call's card, by how its label begins, or "swipe" the card away."""
        return receive_tap(self.app, self.tap_of(followup, button), self.now)

    def tap_of(self, followup: FollowUp, button: str) -> Tap:
        """Return what a tap on a button of a call's card sends to the inbox."""
        shown = self.phone.notification(followup.notification_id)
        if button == "swipe":
            action = shown["on_delete"]
            self.app.termux.remove_notification(followup.notification_id)
        else:
            action = next(known["action"] for known in shown["buttons"] if known["label"].startswith(button))
        _, token, word = action.rsplit(maxsplit=2)
        return Tap(at=self.now, token=token, word=word)

    def who(self, number: str) -> tuple[Candidate, ...]:
        return self.app.mirror.candidates(number, "IE")

    def calls_in_crm(self) -> int:
        return len(self.portal.held_calls())


@cache
def _empty_databases() -> tuple[bytes, bytes]:
    """Return the files of a ledger and of a mirror in which nothing is. To have them made takes twenty times as long as to copy them."""
    with tempfile.TemporaryDirectory() as folder:
        ledger, mirror = Path(folder, "ledger.db"), Path(folder, "mirror.db")
        open_ledger(ledger).close()
        with contextlib.closing(Mirror(mirror)) as made:
            made.facts()
        return ledger.read_bytes(), mirror.read_bytes()


BEGINNING = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def begin(folder: Path, portal: SimulatedPortal) -> World:
    """Return a world after its first sync and its first look at an empty call log."""
    world = World(folder, portal, BEGINNING)
    _run_portal_by_its_clock(world)
    portal.populate(people=60, companies=8, deals=12)
    world.sync()
    world.watch()
    world.later(minutes=1)
    return world


def _run_portal_by_its_clock(world: World) -> None:
    def seconds() -> float:
        return world.now.timestamp()

    world.portal.records.clock = seconds


class Beginning:
    """A world at its beginning, from which any number of tests can go on: made once, then copied. `portal` is not in use yet."""

    def __init__(self, folder: Path, portal: SimulatedPortal) -> None:
        self.token = portal.token
        with portal:
            world = begin(folder, portal)
            world.close()
            self._records = portal.records.dump()
        self._home, self._phone, self.now = folder / "home", world.state.dump(), world.now

    def lay_out(self, folder: Path, portal: SimulatedPortal) -> MemoryState:
        """Put callerid's home into a folder that has none, all records into a portal that has the same token, and return the
        phone's state."""
        shutil.copytree(self._home, folder / "home")
        portal.records.load(self._records)
        return MemoryState(self._phone)

    def world(self, folder: Path, portal: SimulatedPortal) -> World:
        """Return the world in an empty folder, with another portal that has the same token."""
        world = World(folder, portal, self.now, self.lay_out(folder, portal))
        _run_portal_by_its_clock(world)
        return world
