"""Checks of what callerid knows and sends: the token, the CRM, the mirror, the outbox, the ledger."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.core.doctor import data
from callerid.core.doctor.finding import Finding, bad, good, unknown
from callerid.core.sync.activities import wanted_activities
from callerid.core.sync.by_export import LIST, is_worth_it
from callerid.credentials import HOW_TO_SET_A_TOKEN, has_token_setting
from callerid.errors import CalleridError, ConfigFault, ScopeMissing, TokenFault
from callerid.messages import message
from callerid.models import ActivityKind, Totals
from callerid.store.ledger.block_list import Kind
from callerid.token_scopes import CONTACTS_READ, SCOPES, SCOPES_WITH_TICKETS, remedy_of, without_it
from callerid.turns.sync.exports import export_trouble
from callerid.turns.sync.mirror_scope import owner_fault

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from callerid.crm.port import Crm
    from callerid.turns.doctor.examination import Examination

_NEVER = timedelta(days=7)  # a mirror that is synced by hand only
_WITHIN = 12.0  # seconds for all requests


class CrmAnswer:
    """What the CRM answers when it is asked which scopes the token lacks; it is asked once, in a thread of the examination."""

    def __init__(self, examination: Examination, environ: Mapping[str, str], connect: Callable[[], Crm]) -> None:
        config = examination.app.config
        self._examination, self.is_wanted = examination, has_token_setting(config, environ)
        self._wanted = SCOPES_WITH_TICKETS if ActivityKind.TICKETS in wanted_activities(config.card.lines) else SCOPES
        self._crm: Crm | CalleridError | None = None
        if self.is_wanted:
            try:
                self._crm = connect()  # in this thread, which may read the ledger and the mirror
            except CalleridError as fault:
                self._crm = fault

    def missing(self) -> tuple[str, ...]:
        """Return which scopes the token lacks. Raise CalleridError."""
        return self._examination.once("scopes", self._ask)

    def _ask(self) -> tuple[str, ...]:
        if self._crm is None or isinstance(self._crm, CalleridError):
            raise self._crm or TokenFault(message("There is no token for HubSpot."), remedy=HOW_TO_SET_A_TOKEN)
        try:
            with self._crm.time_budget(_WITHIN):
                return self._crm.missing_of(self._wanted, before=())
        except ScopeMissing as fault:
            if not fault.by_crm:
                raise
            return (CONTACTS_READ,)

    def fault(self) -> CalleridError | None:
        """Return why the CRM gives no answer; None when it does."""
        try:
            self.missing()
        except CalleridError as fault:
            return fault
        return None


def token(crm: CrmAnswer) -> Finding:
    """Check that the CRM accepts the token."""
    fault = crm.fault() if crm.is_wanted else None
    is_fault = isinstance(fault, TokenFault | ConfigFault)
    if fault and not is_fault:
        return unknown(message("not tried: the CRM is not reached"))
    return data.token(fault.sentence if fault else "", fault.remedy if fault else HOW_TO_SET_A_TOKEN, is_set=crm.is_wanted)


def reachable(crm: CrmAnswer) -> Finding:
    """Check that the CRM answers."""
    if not crm.is_wanted:
        return unknown(message("not asked: no token is set"))
    fault = crm.fault()
    if fault is None:
        return good(message("HubSpot answers"))
    if isinstance(fault, TokenFault | ConfigFault):
        return unknown(message("not asked without a valid token"))
    return bad(fault.sentence, fault.remedy or message("Try it again later; what was answered is kept"))


def scopes(crm: CrmAnswer) -> tuple[Finding, ...]:
    """Return a finding for each scope that the token lacks, named by its last words; one if it lacks none."""
    if not crm.is_wanted:
        return (unknown(message("not asked: no token is set")),)
    if crm.fault():
        return (unknown(message("not asked: the CRM gave no answer")),)
    missing = [
        Finding(name=scope.removeprefix("crm.objects."), works=False, says=without_it(scope), remedy=remedy_of(scope))
        for scope in crm.missing()
    ]
    return (*missing,) or (good(message("the token may read and write all that callerid uses")),)


def exports(examination: Examination) -> Finding:
    """Check whether the last full sync could read exports, if they were wanted. Whether the token may is not known before."""
    via = examination.app.config.sync.via
    trouble = export_trouble(examination.app.ledger.key_values, examination.app.config)
    if trouble:
        return bad(trouble.why, trouble.remedy)
    if via == LIST:
        return good(message('not used, because sync.via is "list"'))
    facts = examination.app.mirror.facts()
    if is_worth_it(via, Totals(contacts=facts.contacts, companies=facts.companies, deals=facts.deals)):
        return good(message("a full sync reads them"))
    return good(message("not used: lists of so few records take fewer than a hundred requests"))


def mirror_age(examination: Examination) -> Finding:
    """Check how old the mirror is."""
    facts = examination.app.mirror.facts()
    return data.mirror_age(facts.fresh_at or facts.built_at, examination.app.config.sync.every or _NEVER, examination.around.now)


def outbox(examination: Examination) -> Finding:
    """Check that what was answered comes into the CRM."""
    return data.outbox(examination.app.ledger.outbox.all(), examination.around.now)


def ledger_sum(examination: Examination) -> Finding:
    """Check that each call is in exactly one state."""
    return data.ledger_sum(examination.app.ledger.history.count_by_state(), examination.app.ledger.history.count())


def block_list(examination: Examination) -> Finding:
    """Check that it can be told who is ignored or forgotten."""
    listed = examination.app.ledger.block_list
    fault = listed.fault
    if fault:
        return bad(fault.sentence, fault.remedy)
    return data.block_list(ignored=listed.count(Kind.IGNORED_LINE), forgotten=listed.count(Kind.FORGOTTEN_LINE))


def owner(examination: Examination) -> Finding:
    """Check the owner in whose name calls are logged."""
    crm = examination.app.config.crm
    if not examination.has_token:
        return unknown(message("no call is logged: no token is set"))
    if not crm.owner:
        return good(message("calls are logged under the name of whoever made the token"))
    fault = owner_fault(examination.app.mirror, examination.app.config)
    if fault:
        return bad(fault.sentence, fault.remedy)
    if not examination.app.mirror.owners():
        return unknown(message("not known before the first sync"), message("Type: callerid sync"))
    return good(message("calls are logged under the name of {owner}", owner=crm.owner))
