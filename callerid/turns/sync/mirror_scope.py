"""What the settings ask the mirror to hold. The mirror records it, so that a change of the settings is noticed."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.core.numbers.fields import FIELD_RULES
from callerid.core.sync.scope import resolve_scope
from callerid.errors import ConfigFault, ScopeMissing, TokenChanged
from callerid.messages import message, shortened_list
from callerid.models import Kind, SyncRequest
from callerid.token_scopes import OWNERS_READ, remedy_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from callerid.config.settings import Config
    from callerid.crm.port import Crm, Source
    from callerid.models import Account, Owner, PortalInfo
    from callerid.store.mirror.database import Mirror

_LONGEST_LIST = 300  # characters
DEFAULT_PHONE_PROPERTIES = ("phone", "mobilephone")  # until a sync has read which properties hold phone numbers


def current_sync_request(mirror: Mirror, config: Config, now: datetime) -> SyncRequest:
    """Return the sync request for reading single contacts, at the CRM's time `now`. Raise ConfigFault."""
    facts = mirror.facts()
    if not facts.phone_properties:
        return SyncRequest(contact_phone_properties=DEFAULT_PHONE_PROPERTIES)
    return sync_request_of(config, facts.phone_properties, mirror.owners(), mirror.account(), now)


def check_token(mirror: Mirror, crm: Crm) -> None:
    """Raise TokenChanged if no sync has seen the token yet: it may be for another portal, where an id means another record."""
    facts = mirror.facts()
    if facts.token_fingerprint and facts.token_fingerprint != crm.token_fingerprint:
        raise TokenChanged(
            message("The token is new, and no sync has checked yet which portal it is for."), remedy=message("Type: callerid sync")
        )


def read_portal_info(mirror: Mirror, source: Source) -> PortalInfo:
    """Return a source's portal info, as `with_what_was_known` does. Raise CalleridError."""
    return with_what_was_known(mirror, source, source.portal_info())


def with_what_was_known(mirror: Mirror, source: Source, portal_info: PortalInfo) -> PortalInfo:
    """Return a source's portal info. What could not be read, or not any more, is in it as it was the last time: the outcomes of
    calls, the owners, and whose token it is."""
    account = mirror.account()
    if account is None or account.portal_id != portal_info.account.portal_id:
        return portal_info
    owners = mirror.owners() if OWNERS_READ in portal_info.missing_scopes else portal_info.owners
    same_token = mirror.facts().token_fingerprint == getattr(source, "token_fingerprint", "")
    own_owner_id = portal_info.account.own_owner_id or (account.own_owner_id if same_token else None)
    return replace(
        portal_info,
        account=replace(portal_info.account, own_owner_id=own_owner_id),
        owners=owners,
        outcomes=portal_info.outcomes or mirror.outcomes(),
    )


def check_owners_readable(config: Config, portal_info: PortalInfo) -> None:
    """Raise ScopeMissing if the settings ask for the contacts of some owners, and the token may not read, nor ever could, who they
    are."""
    if config.sync.scope != "all" and OWNERS_READ in portal_info.missing_scopes and not portal_info.owners:
        raise ScopeMissing(
            message("sync.scope asks for the contacts of some owners, and the token lacks {owners_read}.", owners_read=OWNERS_READ),
            remedy=message(
                "{remedy_of}. Or mirror all contacts: callerid config set sync.scope all", remedy_of=remedy_of(OWNERS_READ)
            ),
        )


def describe_scope(config: Config) -> str:
    """Return, as JSON, which contacts the settings ask for."""
    mine = [config.crm.owner.casefold()] if config.sync.scope == "mine" and config.crm.owner else []
    return json.dumps([config.sync.scope, config.sync.recent.days if config.sync.recent else 0, *mine])


def describe_phone_properties(config: Config, portal_info: PortalInfo) -> str:
    """Return, as JSON, which properties are read as phone numbers, and which of them the settings add."""
    extra = config.sync.phone_fields
    names = {
        kind.value: [field.name for field in portal_info.phone_properties if field.kind is kind]
        for kind in (Kind.CONTACTS, Kind.COMPANIES)
    }
    return json.dumps(names | {"extra": sorted(extra)})


def matches_settings(mirror: Mirror, config: Config, source: Source) -> bool:
    """Return whether the mirror has what the settings ask for, read by today's rules, as far as that is known without a request."""
    facts = mirror.facts()
    if facts.field_rules != FIELD_RULES:
        return False
    extra = json.loads(facts.phone_properties or "{}").get("extra", [])
    same = facts.source == source.name and facts.scope == describe_scope(config)
    return same and extra == sorted(config.sync.phone_fields)


def owner_fault(mirror: Mirror, config: Config) -> ConfigFault | None:
    """Return what is wrong with the setting crm.owner, by the owners that the last sync read; None if nothing is, or if that is not
    known. Calls are logged under nobody's name while it is wrong."""
    email, owners = config.crm.owner, mirror.owners()
    if not email or not owners or config.crm.provider != "hubspot" or mirror.owner_by_email(email):
        return None
    known = [owner.email for owner in owners if owner.email and not owner.archived]
    return ConfigFault(
        message(
            "crm.owner is {email}, but no owner in the CRM has that e-mail address, so calls are logged without an owner.",
            email=email,
        ),
        remedy=message(
            "Fix it: callerid config set crm.owner YOU@EXAMPLE.COM. The CRM's owners: {shortened}",
            shortened=shortened_list(known, _LONGEST_LIST),
        ),
    )


def sync_request_of(
    config: Config, phone_properties: str, owners: Sequence[Owner], account: Account | None, now: datetime
) -> SyncRequest:
    """Return the sync request by the settings. `phone_properties` is of `describe_phone_properties`. Raise ConfigFault."""
    names = json.loads(phone_properties or "{}")
    settings = config
    own_owner_id = account.own_owner_id if account else None
    if settings.crm.owner:
        named = next((owner.id for owner in owners if owner.email.casefold() == settings.crm.owner.casefold()), None)
        if named is None and settings.sync.scope == "mine":
            raise ConfigFault(
                message(
                    'sync.scope is "mine", and crm.owner is {owner}, but no owner in the CRM has that address.',
                    owner=settings.crm.owner,
                ),
                remedy=message("Fix it: callerid config set crm.owner YOU@EXAMPLE.COM"),
            )
        own_owner_id = named or own_owner_id
    extra = names.get("extra", [])
    return SyncRequest(
        contact_phone_properties=tuple(dict.fromkeys([*names.get("contacts", []), *extra])),
        company_phone_properties=tuple(dict.fromkeys([*names.get("companies", []), *extra])),
        scope=resolve_scope(settings.sync.scope, settings.sync.recent, owners, own_owner_id, now),
        time_zone=account.time_zone if account else "",
    )
