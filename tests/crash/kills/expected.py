"""What the CRM must hold of a caller's call when all is done: with whom it was, how it ended, about what, and what follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.crash.kills.callers import BY_DIALOG, LOGGED, MISSED, TALKED, Caller, Plan

if TYPE_CHECKING:
    from callerid.simulator.portal import HeldCall, HeldTask
    from tests.crash.kills.owner import Owner


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What may be held of a call, in each respect; more than one thing only where the person was asked less, or not to the end."""

    outcomes: frozenset[str]
    notes: frozenset[str]
    deals: frozenset[tuple[str, ...]]
    tasks: frozenset[int]


def expected_of(caller: Caller, owner: Owner) -> Expected | None:
    """Return what must be held of a caller's call; None when nothing may be."""
    if caller.plan not in LOGGED:
        return None
    asked, corrected = caller.plan in BY_DIALOG or caller.plan is Plan.CORRECT, caller.plan is Plan.CORRECT
    is_complete = asked and caller.index in owner.answered and caller.index not in owner.asked_by_card
    outcomes = {"Busy"} if corrected and caller.index in owner.answered else {"Connected"}
    full = Expected(
        outcomes=frozenset(outcomes),
        notes=frozenset({caller.note if asked else ""}),
        deals=frozenset({caller.deals[-1:]}),
        tasks=frozenset({int(asked)}),
    )
    if is_complete or not asked:
        return full
    return Expected(
        outcomes=full.outcomes | ({"Busy"} if corrected else set()),
        notes=full.notes | {""},
        deals=full.deals | {(deal,) for deal in caller.deals},
        tasks=full.tasks | {0},
    )


def wrong_persons(caller: Caller, calls: list[HeldCall], tasks: list[HeldTask]) -> bool:
    """Return whether a call or task is with anybody else, or another number, than its caller."""
    numbers = {"".join(filter(str.isdigit, call.from_number)) for call in calls}
    names = {call.contacts for call in calls} | {task.contacts for task in tasks}
    return bool(names - {(caller.name,)} or numbers - {"".join(filter(str.isdigit, caller.number))})


def wrong_lengths(caller: Caller, calls: list[HeldCall], _: list[HeldTask]) -> bool:
    """Return whether a call is said to have lasted longer or shorter than it did."""
    return any(call.duration_ms != (0 if caller.plan in MISSED else TALKED * 1000) for call in calls)
