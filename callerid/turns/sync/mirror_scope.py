"""What the settings ask a mirror to hold, in a form that the mirror remembers, so that a change of mind is noticed."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.core.sync.scope import scope_of
from callerid.errors import ConfigFault, TokenChanged
from callerid.models import Kind, SyncRequest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from callerid.config.settings import Config
    from callerid.crm.port import Crm, Source
    from callerid.models import Account, Owner, PortalInfo
    from callerid.turns.context import AppContext


USUAL_PHONES = ("phone", "mobilephone")  # until a sync has read which properties are phones


def current_sync_request(app: AppContext, now: datetime) -> SyncRequest:
    """Given the CRM's time, return what the mirror asks for of single contacts. Raise ConfigFault."""
    facts = app.mirror.facts()
    if not facts.phone_properties:
        return SyncRequest(contact_phone_properties=USUAL_PHONES)
    return sync_request_of(app, facts.phone_properties, app.mirror.owners(), app.mirror.account(), now)


def check_token(app: AppContext, crm: Crm) -> None:
    """See that a token is the one whose portal the mirror is of: ids of one portal mean others in another. Raise TokenChanged."""
    facts = app.mirror.facts()
    if facts.token_fingerprint and facts.token_fingerprint != crm.token_fingerprint:
        raise TokenChanged("The token is new, and no sync has seen yet whose it is.", remedy="Type: callerid sync")


def portal_info_of(app: AppContext, source: Source) -> PortalInfo:
    """Return a source's portal info. Where a portal does not tell its outcomes of calls this time, those that it told before hold.
    Raise CalleridError."""
    portal_info, account = source.portal_info(), app.mirror.account()
    if portal_info.outcomes or account is None or account.portal_id != portal_info.account.portal_id:
        return portal_info
    return replace(portal_info, outcomes=app.mirror.outcomes())


def scope_asked(config: Config) -> str:
    """Given the settings, return what they say of whose contacts are mirrored."""
    mine = [config.crm.owner.casefold()] if config.sync.scope == "mine" and config.crm.owner else []
    return json.dumps([config.sync.scope, config.sync.recent.days if config.sync.recent else 0, *mine])


def phones_asked(config: Config, portal_info: PortalInfo) -> str:
    """Given the settings and a portal's properties, return which of them are read as phones, and which of those a person named."""
    extra = config.sync.phone_fields
    names = {
        kind.value: [field.name for field in portal_info.phone_properties if field.kind is kind]
        for kind in (Kind.CONTACTS, Kind.COMPANIES)
    }
    return json.dumps(names | {"extra": sorted(extra)})


def is_as_asked(app: AppContext, source: Source) -> bool:
    """Does the mirror hold what the settings ask for, as far as can be known before the source is asked?"""
    facts = app.mirror.facts()
    extra = json.loads(facts.phone_properties or "{}").get("extra", [])
    same = facts.source == source.name and facts.scope == scope_asked(app.config)
    return same and extra == sorted(app.config.sync.phone_fields)


def sync_request_of(app: AppContext, phones: str, owners: Sequence[Owner], account: Account | None, now: datetime) -> SyncRequest:
    """Given which properties are phones (of `phones_asked`), owners and account, return what to ask for. Raise ConfigFault."""
    names = json.loads(phones or "{}")
    settings = app.config
    own = account.own_owner_id if account else None
    if settings.crm.owner:
        named = next((owner.id for owner in owners if owner.email.casefold() == settings.crm.owner.casefold()), None)
        if named is None and settings.sync.scope == "mine":
            raise ConfigFault(
                f'sync.scope is "mine", and crm.owner is {settings.crm.owner}, but no owner in the CRM has that address.',
                remedy="Mend it: callerid config set crm.owner YOU@EXAMPLE.COM",
            )
        own = named or own
    extra = names.get("extra", [])
    return SyncRequest(
        contact_phone_properties=tuple(dict.fromkeys([*names.get("contacts", []), *extra])),
        company_phone_properties=tuple(dict.fromkeys([*names.get("companies", []), *extra])),
        scope=scope_of(settings.sync.scope, settings.sync.recent, owners, own, now),
        time_zone=account.time_zone if account else "",
    )
