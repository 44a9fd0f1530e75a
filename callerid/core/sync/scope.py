"""Which contacts are mirrored: by the settings, and the owners in the CRM."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.errors import ConfigFault
from callerid.messages import joined, message
from callerid.models import Scope
from callerid.models.name_order import in_order

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from callerid.models import Contact, Owner


def resolve_scope(
    setting: str | tuple[str, ...], recent: timedelta | None, owners: Sequence[Owner], own_owner_id: str | None, now: datetime
) -> Scope:
    """Return the scope by the settings sync.scope and sync.recent. Raise ConfigFault if an owner is not in the CRM."""
    since = None if recent is None else now - recent
    if setting == "all":
        return Scope(modified_since=since)
    if setting == "mine":
        if own_owner_id is None:
            raise ConfigFault(
                message('sync.scope is "mine", but HubSpot does not say whose token this is (a service key has no owner).'),
                remedy=message("Say who you are: callerid config set crm.owner YOU@EXAMPLE.COM"),
            )
        return Scope(owner_ids=(own_owner_id,), modified_since=since)
    named = {name: [owner for owner in owners if _is_named(owner, name)] for name in setting}
    unknown = [name for name, people in named.items() if not people]
    if unknown:
        known = joined(", ", sorted({_name(owner) for owner in owners if not owner.archived})[:20])
        raise ConfigFault(
            message(
                "sync.scope names {names}, but the CRM has no such owner. It has: {known}.",
                names=joined(", ", unknown),
                known=known,
            ),
            remedy=message("Fix it: callerid config set sync.scope '[\"…\"]'"),
        )
    return Scope(owner_ids=tuple(sorted({owner.id for people in named.values() for owner in people})), modified_since=since)


def _name(owner: Owner) -> str:
    return in_order(owner.first_name, owner.last_name) or owner.email


def _is_named(owner: Owner, name: str) -> bool:
    normalized = " ".join(name.casefold().split())
    return bool(normalized) and normalized in (
        _name(owner).casefold(),
        f"{owner.first_name} {owner.last_name}".strip().casefold(),
        owner.email.casefold(),
    )


def is_in_scope(contact: Contact, scope: Scope) -> bool:
    """Return whether a contact is in scope."""
    if scope.owner_ids is not None and contact.owner_id not in scope.owner_ids:
        return False
    return scope.modified_since is None or contact.modified is None or contact.modified >= scope.modified_since
