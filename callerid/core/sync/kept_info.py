"""Keep what a full sync was told before its records, as a text, so that one that is interrupted does not ask for it again."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from callerid.models import Account, CallOutcome, IdRange, Kind, Owner, PhoneProperty, PortalInfo, Stage, Totals

HOLDS_FOR = timedelta(hours=1)  # as with each delta sync, what is older is asked for again


def kept_text(portal_info: PortalInfo, token_fingerprint: str) -> str:
    """Return what `kept_info` reads."""
    return json.dumps({"token": token_fingerprint, "info": asdict(portal_info)})


def kept_info(text: str, token_fingerprint: str) -> PortalInfo | None:
    """Return what was told to the same token; None for a text of another token, or none that `kept_text` returns today."""
    try:
        kept = json.loads(text)
        return _info(kept["info"]) if kept["token"] == token_fingerprint else None
    except (ValueError, TypeError, KeyError):
        return None


def _info(kept: dict[str, Any]) -> PortalInfo:
    phones, suggested, ranges = (
        [row | {"kind": Kind(row["kind"])} for row in kept[name]]
        for name in ("phone_properties", "suggested_phone_properties", "id_ranges")
    )
    return PortalInfo(
        account=Account(**kept["account"]),
        owners=tuple(Owner(**row) for row in kept["owners"]),
        stages=tuple(Stage(**row) for row in kept["stages"]),
        phone_properties=tuple(PhoneProperty(**row) for row in phones),
        suggested_phone_properties=tuple(PhoneProperty(**row) for row in suggested),
        outcomes=tuple(CallOutcome(**row) for row in kept["outcomes"]),
        totals=Totals(**kept["totals"]),
        missing_scopes=tuple(kept["missing_scopes"]),
        id_ranges=tuple(IdRange(**row) for row in ranges),
    )
