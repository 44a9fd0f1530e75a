"""Addresses of records in the portal, built only from ids that are digits and a valid host name."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING

from callerid.errors import Refused
from callerid.messages import message

if TYPE_CHECKING:
    from callerid.models import Account

_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,200}[a-z0-9])?")
_ID = re.compile(r"\d{1,30}")


class RecordType(StrEnum):
    """The types of records by the ids that the portal has for them in its addresses."""

    CONTACT = "0-1"
    COMPANY = "0-2"
    DEAL = "0-3"


def contact_url(account: Account, contact_id: str) -> str:
    """Return the address of a contact's record in the portal. Raise Refused when a part of it is not valid."""
    url = record_url(account, RecordType.CONTACT, contact_id)
    if not url:
        raise Refused(message("The contact has no address in the portal."), remedy=message("Type: callerid sync"))
    return url


def record_url(account: Account | None, record_type: RecordType, record_id: str) -> str:
    """Return the address of a record in the portal, "" where a part of it is not valid, or there is no portal."""
    if account is None or not _HOST.fullmatch(account.ui_domain) or not _ID.fullmatch(account.portal_id):
        return ""
    if not _ID.fullmatch(record_id):
        return ""
    return f"https://{account.ui_domain}/contacts/{account.portal_id}/record/{record_type}/{record_id}"
