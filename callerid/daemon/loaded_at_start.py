"""What is loaded late elsewhere, because most commands do without it. The daemon loads it at its start: the first ring must not
wait for it, nor a tap that comes after an upgrade of Python, when a running process finds no module any more."""

# ruff: noqa: F401 - to be loaded is all that is wanted of them

from __future__ import annotations

import zoneinfo

import callerid.core.callers.contact_activity
import callerid.core.callers.past
import callerid.core.followup.outcomes
import callerid.core.numbers.matching
import callerid.core.upkeep.troubles
import callerid.core.wording.masking
import callerid.models.calls
import callerid.models.people
import callerid.models.phone
import callerid.models.records
import callerid.phone.screen_commands
import callerid.phone.termux
import callerid.store.journal
import callerid.store.ledger.answers
import callerid.store.ledger.batches
import callerid.store.ledger.block_list
import callerid.store.ledger.calls
import callerid.store.ledger.history
import callerid.store.ledger.hooks.hook_events
import callerid.store.ledger.outbox
import callerid.store.ledger.reading.call_list
import callerid.store.ledger.reading.turn_start
import callerid.store.ledger.replay.position
import callerid.store.ledger.rings
import callerid.store.mirror.lookup
import callerid.store.mirror.own.live_lookups
import callerid.store.mirror.own.phone_contacts
