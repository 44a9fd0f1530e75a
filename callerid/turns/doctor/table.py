"""The table of checks: one line each. A new check is a function in a module beside this one, and a line here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.messages import message
from callerid.records import dataclass
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
    of_hubspot: bool = False  # nothing is checked where names come from a file
    cost: Callable[[Examination], Cost] | None = None  # measured alone, after all others


# Those of which a cost is measured come last, because for it all others must have ended, though they begin first.
CHECKS = (
    Check(name="cards", why=message("a ring is shown as a notification"), phone=apps.cards, needed=True),
    Check(name="phone contacts", why=message("names of callers who are not in the CRM"), phone=apps.contacts),
    Check(name="sim", why=message("the country of numbers without a country code"), phone=apps.sim),
    Check(name="job", why=message("it syncs where no daemon runs"), phone=apps.job),
    Check(name="termux", why=message("callerid lives in it"), phone=apps.termux, needed=True),
    Check(name="termux:api", why=message("callerid asks the phone by it"), phone=apps.termux_api, needed=True),
    Check(name="commands", why=message("they ask Termux:API"), phone=apps.commands),
    Check(name="one source", why=message("apps of different signatures hang"), phone=apps.source),
    Check(name="access", why=message("by the dialer's notification a ring is heard without root"), phone=settings.access),
    Check(name="draw over", why=message("without it no dialog opens in the background"), phone=settings.overlay),
    Check(name="battery", why=message("Android stops an app that is not exempt"), phone=settings.battery),
    Check(name="freezer", why=message("a frozen daemon hears no ring"), phone=settings.freezer),
    Check(name="phantoms", why=message("it may end the daemon or what shows a card"), phone=settings.phantoms),
    Check(name="cooldown", why=message("a ring's card must sound"), phone=settings.cooldown),
    Check(name="autostart", why=message("the daemon must start with the phone"), phone=settings.autostart),
    Check(name="dump grant", why=message("with it a ring is heard by polling"), phone=settings.dump),
    Check(name="root", why=message("with it a ring is heard without polling"), phone=settings.root),
    Check(name="shizuku", why=message("with it a ring is heard without polling"), phone=settings.shizuku),
    Check(name="boot", why=message("after a restart of the phone nobody starts callerid by hand"), phone=installation.boot),
    Check(name="service", why=message("it starts a daemon again that Android killed"), phone=installation.service),
    Check(name="wake lock", why=message("a sleeping processor hears no ring"), phone=installation.wake_lock),
    Check(name="clock", why=message("calls are told apart by their times"), phone=installation.clock),
    Check(name="settings", why=message("they name programs, and an address book"), here=installation.settings),
    Check(name="python", why=message("callerid runs on it"), phone=installation.python),
    Check(name="token", why=message("names come from the CRM by it"), crm=crm.token, of_hubspot=True),
    Check(name="crm", why=message("names come from it, and calls go there"), crm=crm.reachable, of_hubspot=True),
    Check(name="scopes", why=message("what the token may do"), crm=crm.scopes, of_hubspot=True),
    Check(name="exports", why=message("a large CRM is read by few requests"), here=crm.exports, of_hubspot=True),
    Check(name="mirror age", why=message("a ring shows what the mirror knows"), here=crm.mirror_age),
    Check(name="outbox", why=message("what was answered must get into the CRM"), here=crm.outbox),
    Check(name="sum", why=message("no call may be lost"), here=crm.ledger_sum),
    Check(name="block list", why=message("nobody who was forgotten may come back"), here=crm.block_list),
    Check(name="region", why=message("numbers are told apart by it"), phone=apps.region),
    Check(name="owner", why=message("calls are logged in somebody's name"), here=crm.owner, of_hubspot=True),
    Check(name="daemon", why=message("without it no ring is shown"), phone=installation.daemon, needed=True),
    Check(
        name="call log",
        why=message("it tells what became of a ring"),
        phone=apps.call_log,
        needed=True,
        cost=senses.cost_of_call_log,
    ),
    Check(name="inbox", why=message("a way to hear a ring"), here=senses.inbox, cost=senses.cost_of_inbox),
    Check(name="stream", why=message("a way to hear a ring"), phone=senses.stream, cost=senses.cost_of_stream),
    Check(name="telephony", why=message("a way to hear a ring"), phone=senses.telephony, cost=senses.cost_of_telephony),
    Check(name="notifications", why=message("a way to hear a ring"), phone=senses.notifications, cost=senses.cost_of_notifications),
)
HEARING = Check(name="hearing", why=message("a ring must be heard to be shown"), needed=True)
