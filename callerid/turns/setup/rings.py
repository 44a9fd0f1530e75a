"""Steps about hearing a ring and showing it: what reports calls, a test notification, and a ring's card."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from callerid.core.doctor import pages
from callerid.core.doctor.finding import SENSES
from callerid.errors import CalleridError, PhoneFault, Stopped
from callerid.messages import joined, message
from callerid.models import Notification
from callerid.turns.context import utc_now
from callerid.turns.doctor.fix import open_page
from callerid.turns.ringing.resolve_caller import resolve_number
from callerid.turns.ringing.try_inbox import heard_ring
from callerid.turns.setup.import_files import APPS, folder_for_apps, how_to_import, write_import_files
from callerid.turns.setup.interview import StepResult
from callerid.turns.setup.permissions import check
from callerid.turns.views.ring_card import ring_card

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from callerid.turns.context import AppContext
    from callerid.turns.setup.interview import Interview

_APPS = (
    ("tasker", message("Tasker with Termux:Tasker")),
    ("macrodroid", "MacroDroid"),
    ("automate", "Automate"),
    ("adb", message("No app: once a computer with adb, then the phone is asked every two seconds")),
)
_NOTHING = ("none", message("Nothing: calls are shown after their end"))
_NOTHING_MORE = ("none", message("Nothing more: what hears rings already"))
_ADB = message("On a computer with adb: adb shell pm grant com.termux android.permission.DUMP")
_STEPS = {
    "tasker": (
        message("Install Tasker and, from where Termux is, Termux:Tasker."),
        message("Tasker: allow it Phone, Call logs and Run commands in Termux environment."),
    ),
    "macrodroid": (
        message("Type in Termux: echo allow-external-apps=true >> ~/.termux/termux.properties"),
        message("On a computer: adb shell pm grant com.arlosoft.macrodroid com.termux.permission.RUN_COMMAND"),
    ),
    "automate": (
        message("Type in Termux: echo allow-external-apps=true >> ~/.termux/termux.properties"),
        message("A flow that waits for the call state, and runs callerid-ring, -offhook and -idle of ~/.termux/tasker."),
    ),
    "adb": (_ADB,),
}
_MORE = message("Every step of it: docs/hearing-a-ring.md")
_WAITS = (("test", message("It is set up: wait for a test call, a minute at most")), ("later", message("Later")))
_GRANTS = (("look", message("Done: look")), ("later", message("Later")))
_SECONDS = 60.0
_CARD = "callerid-setup-test"
_STRANGER = "+1 202 555 0100"  # of a range that nobody has


def route(
    app: AppContext,
    interview: Interview,
    environ: Mapping[str, str],
    take_inbox: Callable[[], None],
    sleep: Callable[[float], None],
) -> StepResult:
    """Choose what reports a ring, and wait for a test call. `take_inbox` handles what has arrived, `sleep` takes
    seconds. Raise Left."""
    works = _hearing(app, environ)
    routes = (*_APPS, _NOTHING_MORE if works else _NOTHING)
    if works:
        interview.tell(message("Rings are heard already, by {names}.", names=joined(", ", works)))
    named = interview.given("automation")
    chosen = named or interview.choose(
        "", message("What reports a ring?"), routes, "none" if works or not interview.asks else "tasker"
    )
    for line in _told(app, chosen) if interview.asks else ():
        interview.tell(line)
    meaning = dict(routes)[chosen]
    if chosen == "adb" and interview.asks and interview.choose("", message("The grant by adb"), _GRANTS, "look") == "look":
        works = _hearing(app, environ)
    if chosen in ("none", "adb"):
        return _heard_by(works) if works else _unheard(chosen)
    if interview.asks and app.mirror.facts().contacts == 0:
        interview.tell(message("This is about whether a ring is heard. The card with a name comes after the first sync."))
    if interview.asks and interview.choose("", message("Ring this phone from another one"), _WAITS, "test") == "test":
        if heard_ring(app, utc_now().replace(microsecond=0), take_inbox, sleep, within=_SECONDS):
            interview.tell(message("The ring was heard."))
            return StepResult(says=message("{meaning}; a test call was heard", meaning=meaning))
        interview.tell(message("No ring came within a minute."))
        return _heard_by(works, _untested()) if works else _unheard(chosen)
    return StepResult(says=message("{meaning}; not tested yet", meaning=meaning), missing=None if works or named else _untested())


def _hearing(app: AppContext, environ: Mapping[str, str]) -> list[str]:
    """Return the names of the senses that hear a ring, as doctor finds them and the settings call them in any language."""
    return [finding.name for finding in check(app, environ, SENSES) if finding.works and finding.name in SENSES]


def _heard_by(senses: Sequence[str], missing: CalleridError | None = None) -> StepResult:
    return StepResult(says=message("heard by {names}", names=joined(", ", senses)), missing=missing)


def _told(app: AppContext, chosen: str) -> Iterator[str]:
    """Return what a person must do for a way to hear rings; the files that an app imports are written meanwhile."""
    yield from _STEPS.get(chosen, ())
    if chosen in APPS:
        runner = app.termux.runner
        folder = folder_for_apps(runner)
        try:
            yield from write_import_files(chosen, folder)
            yield from how_to_import(chosen, folder, runner)
        except OSError as fault:
            yield message("The files to import could not be written ({name}).", name=fault.strerror)
    if chosen in _STEPS:
        yield _MORE


def _untested() -> CalleridError:
    return CalleridError(
        message("That rings are heard was not tested."), remedy=message("Type: callerid setup, and call this phone when it asks")
    )


def _unheard(chosen: str) -> StepResult:
    remedy = _ADB if chosen == "adb" else message("See docs/hearing-a-ring.md, then type: callerid setup")
    missing = CalleridError(message("No sense hears the phone ring: calls are shown only after their end."), remedy=remedy)
    return StepResult(says=message("rings are not heard"), missing=missing)


def notification(app: AppContext, interview: Interview) -> StepResult:
    """Show a notification, ask whether it is seen, and take it away. Raise Left."""
    return _shown(
        app,
        interview,
        message("A test notification"),
        message("callerid: a test"),
        message("If you can read this, cards can be seen."),
    )


def ring(app: AppContext, interview: Interview) -> StepResult:
    """Show the card of a ring by somebody of the mirror, ask whether it is seen, and take it away. Raise Left."""
    phones = chain.from_iterable(contact.phones for contact in app.mirror.all_contacts())
    number = next((phone.raw for phone in phones), "")
    if not number and app.mirror.facts().built_at is None:
        missing = CalleridError(
            message("No card of a person was shown: the first sync is not done."),
            remedy=message("Type: callerid sync, then: callerid setup"),
        )
        return StepResult(says=message("not shown"), missing=missing)
    if not number:
        interview.tell(message("Nobody who was read has a number, so this is the card of a stranger."))
    title, body = ring_card(app, number or _STRANGER, resolve_number(app, number or _STRANGER))
    return _shown(app, interview, message("The card of a ring"), title, body)


def _shown(app: AppContext, interview: Interview, name: str, title: str, body: str) -> StepResult:
    """Show a card for a test as long as it is not seen and the person wants another."""
    while True:
        try:
            app.termux.notify(Notification(id=_CARD, title=title, body=body, urgent=True), app.actions)
            interview.tell(message("{name} is on the screen: {title}", name=name, title=title))
            seen = interview.sees(message("Do you see it? {title}", title=title))
        except Stopped:
            raise
        except PhoneFault as fault:
            return StepResult(says=message("it could not be shown"), missing=fault)
        finally:
            _take_away(app)
        if seen or not interview.asks:
            return StepResult(says=message("seen") if seen else message("shown and taken away; nobody looked"))
        open_page(app.termux.runner, (pages.APP_NOTIFICATIONS, pages.ALL_NOTIFICATIONS))
        interview.tell(message("Allow the notifications of Termux:API on the page that is open."))
        if not interview.sees(message("Show it again?")):
            missing = PhoneFault(
                message("{name} was not seen.", name=name),
                remedy=message("Allow it: {typed}", typed=pages.typed(pages.APP_NOTIFICATIONS)),
            )
            return StepResult(says=message("not seen"), missing=missing)


def _take_away(app: AppContext) -> None:
    try:
        app.termux.remove_notification(_CARD)
    except Stopped:
        raise
    except PhoneFault:
        return
