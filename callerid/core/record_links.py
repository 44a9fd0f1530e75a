"""Addresses of records in the portal, built only from ids that are digits and a valid host name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from callerid.errors import Refused

if TYPE_CHECKING:
    from callerid.models import Account

_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,200}[a-z0-9])?")
_ID = re.compile(r"\d{1,30}")
_CONTACT = "0-1"


def contact_url(account: Account, contact_id: str) -> str:
    """Return the address of a contact's record in the portal. Raise Refused when a part of it is not valid."""
    if not _HOST.fullmatch(account.ui_domain) or not _ID.fullmatch(account.portal_id) or not _ID.fullmatch(contact_id):
        raise Refused("The contact has no address in the portal.", remedy="Type: callerid sync")
    return f"https://{account.ui_domain}/contacts/{account.portal_id}/record/{_CONTACT}/{contact_id}"
