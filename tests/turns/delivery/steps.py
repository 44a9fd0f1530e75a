"""Steps that tests of deliveries share: answer a call, log it, correct it, and let time pass."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from callerid.core.followup.states import State
from callerid.turns.followup.log_by_command import CommandAnswers, answer_from_command, find_call
from callerid.turns.followup.record_answer import record_answer

if TYPE_CHECKING:
    from callerid.core.followup.state import FollowUp
    from tests.turns.world import World

CALL_POSTS = "POST /crm/objects/2026-09/calls$"
CALL_UPDATES = "PATCH /crm/objects/2026-09/calls/"
TASK_POSTS = "POST /crm/objects/2026-09/tasks$"
_MOST_ROUNDS = 5000


def answered(world: World) -> FollowUp:
    """Answer a call with one tap, and return its follow-up. Nothing has been delivered yet."""
    followup = world.called()
    world.attend()
    world.tap(followup, "connected")
    return followup


def logged(world: World) -> FollowUp:
    """Log a call as connected, with the note "first", and return its follow-up."""
    followup = world.called()
    world.attend()
    world.ask("Connected", "first")
    world.deliver()
    world.attend()
    assert world.again(followup).state is State.LOGGED
    return followup


def logged_with_task(world: World) -> FollowUp:
    """Log a call with the note "first" and a task for tomorrow, and return its follow-up."""
    followup = world.called()
    world.attend()
    answer_by_command(world, followup, follow_up="tomorrow", note="first")
    deliver_all(world)
    return followup


def answer_by_command(world: World, followup: FollowUp, **answers: str) -> None:
    """Answer a call, or correct its answers, as `callerid log` does."""
    before = find_call(world.app.ledger, followup.call.key[:8])
    record_answer(world.app, before, answer_from_command(world.app, before, CommandAnswers(**answers), world.now), world.now)


def deliver_all(world: World) -> None:
    """Deliver until nothing is left, whenever the next try is due."""
    for _ in range(300):
        delivered = world.deliver()
        if not delivered.left:
            return
        world.now = max(world.now, delivered.next_at or world.now)
    raise AssertionError([(row.state, row.fault) for row in world.app.ledger.outbox.undelivered()])


def pass_time(world: World, span: timedelta) -> int:
    """Let time pass as with the daemon running, and return how many requests were sent meanwhile."""
    end, sent = world.now + span, len(world.portal.requests_seen)
    for _ in range(_MOST_ROUNDS):
        if world.now >= end:
            return len(world.portal.requests_seen) - sent
        next_at = world.deliver().next_at or end
        world.now = min(end, max(world.now + timedelta(seconds=0.2), next_at))
    raise AssertionError(f"{_MOST_ROUNDS} rounds of delivery before {end}")


def other_contact(world: World) -> str:
    """Return the id of a contact that no call here is from."""
    return str(sorted(world.portal.records.by_kind["contacts"])[5])


def edit_in_crm(world: World, kind: str, **properties: str) -> None:
    """Change the only record of a kind, as a colleague does in the CRM."""
    (record_id,) = world.portal.records.by_kind[kind]
    world.portal.records.edit(kind, record_id, properties)
