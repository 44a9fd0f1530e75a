"""Which contacts are wanted, from what the settings say and whom the CRM knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.errors import ConfigFault
from callerid.models import Scope

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from callerid.models import Contact, Owner


def scope_of(
    wanted: str | tuple[str, ...], recent: timedelta | None, owners: Sequence[Owner], own_owner_id: str | None, now: datetime
) -> Scope:
    """Given the settings sync.scope and sync.recent, the CRM's owners and the token's own, return the scope. Raise ConfigFault."""
    since = None if recent is None else now - recent
    if wanted == "all":
        return Scope(modified_since=since)
    if wanted == "mine":
        if own_owner_id is None:
            raise ConfigFault(
                'sync.scope is "mine", but HubSpot does not say whose token this is (a service key is nobody\'s).',
                remedy="Say who you are: callerid config set crm.owner YOU@EXAMPLE.COM",
            )
        return Scope(owner_ids=(own_owner_id,), modified_since=since)
    found = {name: [owner for owner in owners if _is_called(owner, name)] for name in wanted}
    unknown = [name for name, people in found.items() if not people]
    if unknown:
        known = ", ".join(sorted({_name(owner) for owner in owners if not owner.archived})[:20])
        raise ConfigFault(
            f"sync.scope names {', '.join(unknown)}, but no owner in the CRM is called so. There are: {known}.",
            remedy="Mend it: callerid config set sync.scope '[\"…\"]'",
        )
    return Scope(owner_ids=tuple(sorted({owner.id for people in found.values() for owner in people})), modified_since=since)


def _name(owner: Owner) -> str:
    return f"{owner.first_name} {owner.last_name}".strip() or owner.email


def _is_called(owner: Owner, name: str) -> bool:
    wanted = " ".join(name.casefold().split())
    return bool(wanted) and wanted in (_name(owner).casefold(), owner.email.casefold())


def is_in_scope(contact: Contact, scope: Scope) -> bool:
    """Is a contact one of those that are wanted?"""
    if scope.owner_ids is not None and contact.owner_id not in scope.owner_ids:
        return False
    return scope.modified_since is None or contact.modified is None or contact.modified >= scope.modified_since
