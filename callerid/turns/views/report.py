"""The calls of a time -> the page of a report about them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.core.callers.resolve import Certainty, resolve
from callerid.core.delivery.states import DeliveryState, Intent
from callerid.core.report.figures import figures
from callerid.core.report.layout import Health
from callerid.core.report.page import report_page
from callerid.core.report.report_call import ReportCaller, ReportDeal, masked
from callerid.core.wording.names import full_name
from callerid.core.wording.ring_card import RingCardDetails, ring_title
from callerid.core.wording.style import Discretion
from callerid.store.ledger.key_value import LAST_POLL, LAST_SYNC
from callerid.turns.context import local_clock
from callerid.turns.facts import turn_facts
from callerid.turns.ringing.resolve_caller import resolve_number

if TYPE_CHECKING:
    from datetime import datetime

    from callerid.core.callers.candidate import Candidate, OpenDeal
    from callerid.core.report.layout import ReportPage
    from callerid.core.report.report_call import ReportCall
    from callerid.turns.context import AppContext

_UNDELIVERED = (DeliveryState.WAITING, DeliveryState.UNSURE)


def report(app: AppContext, since: datetime, now: datetime, *, mask: bool) -> ReportPage:
    """Return the page about the calls since a time; with `mask`, without names and numbers."""
    local, facts = local_clock(app.ledger), turn_facts(app, now)
    calls = list(app.ledger.call_lists.of_report(since, now))
    callers = _Callers(app)
    keys = {call.call.key: callers.key_of(call) for call in calls}
    people = callers.known()
    if mask:
        people = masked(people.values(), app.texts)
    first, today = local(since).date(), local(now)
    made = figures(calls, lambda call: people[keys[call.call.key]], local, first, today.date())
    style = replace(facts.style, discretion=Discretion.NAMES)  # a file of the person's own, and not a lock screen

    def names(key: str) -> tuple[str, str]:
        caller = people[key]
        if mask:
            return caller.name, caller.number
        number = numbers.display(caller.number, app.region) if caller.number else ""
        if caller.name:
            return caller.name, number
        title = ring_title(resolve_number(app, caller.number), style, RingCardDetails(number_shown=number))
        return title, "" if title == number else number

    return report_page(made, _health(app, mask=mask), first, today, names, app.texts)


class _Callers:
    """Who the calls were with: each contact and each line is looked up once, however many calls there are."""

    def __init__(self, app: AppContext) -> None:
        self._app = app
        self._people: dict[str, ReportCaller] = {}  # by their keys
        self._contacts: dict[str, str] = {}  # the keys of contacts (ids), "" for one that is not in the mirror
        self._lines: dict[str, str] = {"": self._put(ReportCaller(key="", name=""))}
        self._logged_deals: dict[str, set[str]] = {}

    def key_of(self, call: ReportCall) -> str:
        """Return the key of whom a call was logged with, else of whom its number suggests."""
        logged = self._contact(call.logged.contact_id, call) if call.logged and call.logged.contact_id else ""
        key = logged or self._line(call)
        if call.logged and call.logged.deal_id:
            self._logged_deals.setdefault(key, set()).add(call.logged.deal_id)
        return key

    def known(self) -> dict[str, ReportCaller]:
        """Return all of them by their keys, with the closed deals that calls were logged with, too."""
        return {key: self._with_logged_deals(caller) for key, caller in self._people.items()}

    def _with_logged_deals(self, caller: ReportCaller) -> ReportCaller:
        missing = self._logged_deals.get(caller.key, set()) - {deal.id for deal in caller.deals}
        if not missing:
            return caller
        closed = {deal.id: _deal(deal) for deal in self._app.mirror.closed_deals(caller.key)}
        return replace(caller, deals=(*caller.deals, *(closed[key] for key in sorted(missing) if key in closed)))

    def _put(self, caller: ReportCaller) -> str:
        self._people[caller.key] = caller
        return caller.key

    def _contact(self, contact_id: str, call: ReportCall) -> str:
        if contact_id not in self._contacts:
            person = self._app.mirror.candidate(contact_id)
            self._contacts[contact_id] = self._person(person, call) if person else ""
        return self._contacts[contact_id]

    def _known(self, person: Candidate, call: ReportCall) -> str:
        """Return the key of who surely has a number, also of one whom a sync has taken away since then."""
        if not self._contacts.get(person.id):
            self._contacts[person.id] = self._person(person, call)
        return self._contacts[person.id]

    def _person(self, person: Candidate, call: ReportCall) -> str:
        name, deals = full_name(person, self._app.texts), tuple(map(_deal, person.deals))
        return self._put(
            ReportCaller(
                key=person.id, name=name, company=person.company, number=call.call.number if call.line else "", deals=deals
            )
        )

    def _line(self, call: ReportCall) -> str:
        if call.line not in self._lines:
            self._lines[call.line] = self._by_number(call)
        return self._lines[call.line]

    def _by_number(self, call: ReportCall) -> str:
        """Return who has a number, by the mirror. Who has one of a company's range is not asked: that is a guess."""
        raw = call.call.number
        candidates = self._app.mirror.candidates(raw, self._app.region)
        companies = () if candidates else self._app.mirror.companies_by_number(raw, self._app.region)
        who = resolve(raw, hidden=False, candidates=candidates, companies=companies)
        if who.certainty is Certainty.KNOWN:
            return self._known(who.candidates[0], call)
        shared = {person.company for person in who.candidates} or {who.company}
        company = shared.pop() if len(shared) == 1 and who.certainty is not Certainty.PROBABLE else ""
        name = "" if who.candidates or who.companies else call.call.name
        return self._put(ReportCaller(key=f"line {call.line}", name=name, company=company, number=raw))


def _deal(deal: OpenDeal) -> ReportDeal:
    return ReportDeal(id=deal.id, name=deal.name, amount=deal.amount, currency=deal.currency)


def _health(app: AppContext, *, mask: bool) -> Health:
    key_values, outbox = app.ledger.key_values, app.ledger.outbox.all()
    found = key_values.troubles()
    troubles = (trouble.source.value if mask else f"{trouble.sentence} {trouble.remedy}".strip() for trouble in found)
    return Health(
        last_sync=key_values.read_time(LAST_SYNC),
        last_poll=key_values.read_time(LAST_POLL),
        contacts=app.mirror.facts().contacts,
        waiting=sum(row.state in _UNDELIVERED and row.intent is Intent.KEEP for row in outbox),
        withdrawals=sum(row.state in _UNDELIVERED and row.intent is Intent.WITHDRAW for row in outbox),
        refused=sum(row.state is DeliveryState.DEAD for row in outbox),
        troubles=tuple(troubles),
    )
