"""Which SIM is in which slot: a ring has the slot, the call log has the SIM, and one call has both."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from callerid.core.ringing.card_lifecycle import RingCard
    from callerid.models import Call
    from callerid.store.ledger.database import Ledger


def sim_of_slot(ledger: Ledger, slot: int | None) -> str | None:
    """Return the SIM in a slot, as termux-call-log names it; None until a call has shown it."""
    return None if slot is None else ledger.key_values.read(f"sim in slot {slot}")


def learn_sim(ledger: Ledger, call: Call, ring: RingCard) -> None:
    """Remember which SIM is in the slot of a call's ring."""
    if ring.slot is not None and call.sim and sim_of_slot(ledger, ring.slot) != call.sim:
        ledger.key_values.write(f"sim in slot {ring.slot}", call.sim)
