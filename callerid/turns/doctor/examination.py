"""One examination: what its checks share. Checks of the phone run side by side in threads of their own, so the facts of the
ledger are here, which belongs to the thread that opened it; and what several of them ask the phone is asked once."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, TypeVar

from callerid.core.doctor import android as settings
from callerid.core.doctor import apps
from callerid.core.ringing.hearing import Sense
from callerid.core.upkeep.health import Source
from callerid.core.upkeep.heartbeat import Beat, Freeze
from callerid.errors import CommandHung, CommandMissing, ListenerNotConnected, PhoneFault, Stopped
from callerid.messages import message
from callerid.models import Notification
from callerid.phone.android import AccessMethod, System
from callerid.phone.bounded_runner import BoundedRunner
from callerid.phone.screen_commands import check_notification_shown, notification_command
from callerid.phone.termux import EFFECT, PROPERTY, Termux
from callerid.records import dataclass
from callerid.store.ledger.key_value import LAST_POLL, LAST_SYNC
from callerid.store.ledger.reading.fact_names import DIALOG_TRIED
from callerid.turns.ringing.hearing import proven_senses
from callerid.turns.ringing.notification_access import notifications_readable
from callerid.turns.upkeep.heart import BEAT_KEY, FREEZE_KEY

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from callerid.core.doctor.apps import Package
    from callerid.turns.context import AppContext

Answer = TypeVar("Answer")

_CARD = "callerid-doctor"
WITHIN = 16.0  # seconds for all commands; a whole examination may take twenty


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What an examination knows of the process and of the moment."""

    now: datetime  # UTC
    beat: Beat  # the same moment by the daemon's clocks
    daemon_runs: bool
    reads_notifications: bool = False  # the list of notifications is read though it may open a settings page


@dataclass(frozen=True, slots=True, kw_only=True)
class TestCard:
    """What became of the notification that was shown for a test, and the list that had it."""

    fault: PhoneFault | None = None  # why it could not be shown
    listed: bool | None = None  # None: the list cannot be read
    list_fault: PhoneFault | None = None
    rows: list[object] | None = None


class Examination:
    """The edges and facts of one examination."""

    def __init__(self, app: AppContext, around: Surroundings, *, has_token: bool) -> None:
        self.app, self.around, self.has_token = app, around, has_token
        self.runner = BoundedRunner(app.termux.runner, WITHIN)
        self.termux, self.system = Termux(self.runner), System(self.runner)
        key_values = app.ledger.key_values
        self.freeze = Freeze.parse(key_values.read(FREEZE_KEY) or "")
        self.beat = Beat.parse(key_values.read(BEAT_KEY) or "")
        self.dialogs_fail = any(trouble.source is Source.DIALOGS for trouble in key_values.troubles())
        self.dialog_tried = bool(key_values.read(DIALOG_TRIED))
        self.proven = proven_senses(app.ledger)
        self.hides_numbers = app.hides_numbers(Sense.TELEPHONY)
        times = [key_values.read_time(key) for key in (LAST_POLL, LAST_SYNC)]
        self.latest_known = max((at for at in times if at), default=None)
        self._list_known = notifications_readable(app.ledger, around.now)
        self._lock = threading.Lock()
        self._answers: dict[str, Future[Any]] = {}

    def once(self, name: str, ask: Callable[[], Answer]) -> Answer:
        """Return what `ask` returns, or raise what it raises; it is called once, however many threads want its answer."""
        with self._lock:
            known = self._answers.get(name)
            answer: Future[Any] = known or Future()
            self._answers[name] = answer
        if known is None:
            try:
                answer.set_result(ask())
            except BaseException as fault:  # noqa: BLE001 - raised below, in each thread that wants it
                answer.set_exception(fault)
        result: Answer = answer.result()
        return result

    def was_asked(self, name: str) -> bool:
        """Return whether an answer was asked for by `once`."""
        with self._lock:
            return name in self._answers

    # ---------------------------------------------------------------------------------------- what the phone is

    def printed(self, argv: tuple[str, ...]) -> str:
        """Return what a program of Android prints; "" where there is none. Raise PhoneFault."""

        def run() -> str:
            try:
                return self.runner.run(argv, timeout=PROPERTY).stdout
            except CommandMissing:
                return ""

        return self.once(" ".join(argv), run)

    @property
    def sdk(self) -> int:
        """The API level of this Android; 0 where it is not known."""
        printed = self.printed(("getprop", "ro.build.version.sdk")).strip()
        return int(printed) if printed.isdecimal() else 0

    @property
    def maker(self) -> str:
        """The phone's maker as Android names it."""
        return self.printed(("getprop", "ro.product.manufacturer")).strip()

    @property
    def packages(self) -> dict[str, Package]:
        """The installed apps of Termux."""
        found = apps.parse_packages(self.printed(apps.LIST_PACKAGES))
        return found or apps.parse_packages(self.printed(("pm", "list", "packages")))

    @property
    def termux_version(self) -> str:
        """The version of Termux; "" elsewhere, or where it does not tell."""
        return self.runner.variable("TERMUX_VERSION")

    @property
    def is_play_store(self) -> bool:
        """Whether this is the Play store's Termux."""
        return apps.is_of_play_store(self.termux_version, self.packages)

    @property
    def shell(self) -> AccessMethod | None:
        """Which of root and Shizuku gives access."""
        return self.once("shell", self.system.find_shell)

    @property
    def has_grant(self) -> bool:
        """Whether Termux has the permission DUMP."""
        return self.once("grant", lambda: self.system.can_read_registry(AccessMethod.GRANT))

    def by_shell(self, line: str) -> str:
        """Return what a line prints in the shell of root or Shizuku; "" without one. Raise PhoneFault."""
        shell = self.shell
        return self.once(line, lambda: self.system.run_line(shell, line)) if shell else ""

    # ---------------------------------------------------------------------------------------- the screen

    @property
    def may_read_list(self) -> bool:
        """Whether the list of notifications may be read: without access Android would open a settings page."""
        access = self.access_works
        return access is not False and bool(access or self.around.reads_notifications or self._list_known)

    @property
    def access_works(self) -> bool | None:
        """Whether Termux:API has notification access, as far as Android tells."""
        try:
            return settings.notification_access(self.printed(settings.LISTENERS)).works
        except Stopped:
            raise
        except PhoneFault:
            return None

    @property
    def test_card(self) -> TestCard:
        """What became of a notification that is shown for a test, and taken away again."""
        return self.once("card", self._show_card)

    def _show_card(self) -> TestCard:
        title, body = self.app.say(message("callerid: a test")), self.app.say(message("It goes away by itself."))
        card = Notification(id=_CARD, title=title, body=body)
        try:
            output = self.runner.run(notification_command(card, self.app.actions), timeout=EFFECT)
            check_notification_shown(output)
        except Stopped:
            raise
        except PhoneFault as fault:
            return TestCard(fault=fault, **self._listed())
        if output.code:
            remedy = message("Type: pkg upgrade && pkg reinstall termux-api")
            return TestCard(
                fault=PhoneFault(message("termux-notification ended with {code}.", code=output.code), remedy=remedy),
                **self._listed(),
            )
        found = self._listed()
        self.termux.remove_notification(_CARD)
        rows = found["rows"]
        return TestCard(listed=None if rows is None else any(map(_is_test, rows)), **found)

    def _listed(self) -> dict[str, Any]:
        """Return the list of notifications, or why it cannot be read."""
        if not self.may_read_list:
            return {"rows": None, "list_fault": None}
        try:
            return {"rows": self.termux.notification_list(), "list_fault": None}
        except Stopped:
            raise
        except PhoneFault as fault:
            return {"rows": None, "list_fault": fault}

    @property
    def list_is_gone(self) -> bool:
        """Whether the list of notifications hung, or Termux:API is not connected to them."""
        return isinstance(self.test_card.list_fault, CommandHung | ListenerNotConnected)


def _is_test(row: object) -> bool:
    return isinstance(row, dict) and row.get("tag") == _CARD
