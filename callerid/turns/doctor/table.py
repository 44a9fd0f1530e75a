"""The table of checks: one line each. A new check is a function in a module beside this one, and a line here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from callerid.turns.doctor import apps, crm, installation, senses, settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.core.doctor.finding import Cost, Finding
    from callerid.turns.doctor.crm import CrmAnswer
    from callerid.turns.doctor.examination import Examination


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check: its name, why it matters, and how it is made: beside others (`phone`, which must leave the ledger and the mirror
    alone, or `crm`), or in the thread to which the ledger belongs (`here`, which must not wait for anything)."""

    name: str
    why: str
    phone: Callable[[Examination], Finding] | None = None
    crm: Callable[[CrmAnswer], Finding | tuple[Finding, ...]] | None = None
    here: Callable[[Examination], Finding] | None = None
    needed: bool = False  # without it nobody is told who calls
    cost: Callable[[Examination], Cost] | None = None  # measured alone, after all others


# Those of which a cost is measured come last, because for it all others must have ended, though they begin first.
CHECKS = (
    Check(name="cards", why="a ring is shown as a notification", phone=apps.cards, needed=True),
    Check(name="phone contacts", why="names of callers who are not in the CRM", phone=apps.contacts),
    Check(name="sim", why="the country of numbers without a country code", phone=apps.sim),
    Check(name="job", why="it syncs where no daemon runs", phone=apps.job),
    Check(name="termux", why="callerid lives in it", phone=apps.termux, needed=True),
    Check(name="termux:api", why="callerid asks the phone by it", phone=apps.termux_api, needed=True),
    Check(name="commands", why="they ask Termux:API", phone=apps.commands),
    Check(name="one source", why="apps of different signatures hang", phone=apps.source),
    Check(name="access", why="by the dialer's notification a ring is heard without root", phone=settings.access),
    Check(name="draw over", why="without it no dialog opens in the background", phone=settings.overlay),
    Check(name="battery", why="Android stops an app that is not exempt", phone=settings.battery),
    Check(name="freezer", why="a frozen daemon hears no ring", phone=settings.freezer),
    Check(name="phantoms", why="it may end the daemon or what shows a card", phone=settings.phantoms),
    Check(name="cooldown", why="a ring's card must sound", phone=settings.cooldown),
    Check(name="autostart", why="the daemon must start with the phone", phone=settings.autostart),
    Check(name="dump grant", why="with it a ring is heard by polling", phone=settings.dump),
    Check(name="root", why="with it a ring is heard without polling", phone=settings.root),
    Check(name="shizuku", why="with it a ring is heard without polling", phone=settings.shizuku),
    Check(name="boot", why="after a restart of the phone nobody starts callerid by hand", phone=installation.boot),
    Check(name="service", why="it starts a daemon again that Android killed", phone=installation.service),
    Check(name="wake lock", why="a sleeping processor hears no ring", phone=installation.wake_lock),
    Check(name="clock", why="calls are told apart by their times", phone=installation.clock),
    Check(name="space", why="answers must be stored", phone=installation.space),
    Check(name="python", why="callerid runs on it", phone=installation.python),
    Check(name="token", why="names come from the CRM by it", crm=crm.token),
    Check(name="crm", why="names come from it, and calls go there", crm=crm.reachable),
    Check(name="scopes", why="what the token may do", crm=crm.scopes),
    Check(name="exports", why="a large CRM is read by few requests", here=crm.exports),
    Check(name="mirror age", why="a ring shows what the mirror knows", here=crm.mirror_age),
    Check(name="outbox", why="what was answered must get into the CRM", here=crm.outbox),
    Check(name="sum", why="no call may be lost", here=crm.ledger_sum),
    Check(name="region", why="numbers are told apart by it", phone=apps.region),
    Check(name="owner", why="calls are logged in somebody's name", here=crm.owner),
    Check(name="daemon", why="without it no ring is shown", phone=installation.daemon, needed=True),
    Check(
        name="call log",
        why="it tells what became of a ring",
        phone=apps.call_log,
        needed=True,
        cost=senses.cost_of_call_log,
    ),
    Check(name="inbox", why="a way to hear a ring", here=senses.inbox, cost=senses.cost_of_inbox),
    Check(name="stream", why="a way to hear a ring", phone=senses.stream, cost=senses.cost_of_stream),
    Check(name="telephony", why="a way to hear a ring", phone=senses.telephony, cost=senses.cost_of_telephony),
    Check(name="notifications", why="a way to hear a ring", phone=senses.notifications, cost=senses.cost_of_notifications),
)
HEARING = Check(name="hearing", why="a ring must be heard to be shown", needed=True)
