"""What the CRM carries out minutes after its connection was given up is in it once in the end, and as the person wants it."""

from __future__ import annotations

import contextlib
from collections import Counter
from datetime import timedelta
from itertools import cycle
from typing import TYPE_CHECKING, Any

import pytest

from callerid.core.delivery.states import DeliveryState
from callerid.core.followup.states import State
from callerid.errors import CrmFault
from callerid.models import CallType, NewContact
from callerid.turns.followup.withdraw import withdraw
from tests.turns.delivery.steps import (
    CALL_POSTS,
    CALL_UPDATES,
    TASK_POSTS,
    answer_by_command,
    answered,
    deliver_all,
    logged,
    logged_with_task,
    pass_time,
)
from tests.turns.world import ANA

if TYPE_CHECKING:
    from callerid.core.followup.state import FollowUp
    from callerid.models import Engagement
    from tests.turns.world import World

CONTACT_POSTS = "POST /crm/objects/2026-09/contacts$"
BEN = NewContact(first_name="Zebulon", last_name="Byrne", company="", email="", number="+353861112233", owner_id=None)
LATE = [90, 150, 200]


class Killed(BaseException):
    """The process ends here."""


def finish_late(world: World, pattern: str, seconds: float, times: int = 1) -> None:
    """Give requests up, and let the portal carry them out so many seconds later."""
    world.portal.fault("late", pattern, times=times, seconds=seconds)


def until_certain(world: World) -> None:
    """Let time pass until nothing is doubted."""
    for _ in range(20):
        pass_time(world, timedelta(minutes=1))
        if not world.app.ledger.outbox.all():
            return
    raise AssertionError(world.app.ledger.outbox.all())


def in_crm(world: World) -> list[tuple[str, str]]:
    return [(call.disposition, call.note) for call in world.portal.held_calls()]


# ------------------------------------------------------------------------------------------------ twins


@pytest.mark.parametrize("restarts", [False, True])
@pytest.mark.parametrize("seconds", LATE)
def test_a_post_that_the_crm_finishes_late_is_one_call_in_the_end(world: World, seconds: float, *, restarts: bool) -> None:
    followup = answered(world)
    finish_late(world, CALL_POSTS, seconds)
    pass_time(world, timedelta(seconds=100))
    assert world.again(followup).state is State.LOGGED
    if restarts:
        world.restart()
    until_certain(world)
    assert len(world.portal.held_calls()) == 1
    assert world.again(followup).state is State.LOGGED


def test_of_two_calls_the_older_stays(world: World) -> None:
    followup = answered(world)
    finish_late(world, CALL_POSTS, 150, times=2)
    pass_time(world, timedelta(seconds=160))
    (oldest,) = world.portal.held_calls()
    pass_time(world, timedelta(seconds=100))
    assert len(world.portal.held_calls()) == 2
    until_certain(world)
    assert [call.id for call in world.portal.held_calls()] == [oldest.id]
    row = world.app.ledger.outbox.of_call(followup.call.key)
    assert row
    assert row.remote_id == str(oldest.id)


def test_a_process_that_is_killed_while_it_withdraws_a_twin_keeps_one_call(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    answered(world)
    finish_late(world, CALL_POSTS, 150)
    pass_time(world, timedelta(seconds=200))
    assert len(world.portal.held_calls()) == 2
    real = world.hub.withdraw

    def die(*arguments: Any) -> None:
        real(*arguments)
        raise Killed

    monkeypatch.setattr(world.hub, "withdraw", die)
    with pytest.raises(Killed):
        pass_time(world, timedelta(minutes=5))
    monkeypatch.undo()
    world.restart()
    until_certain(world)
    assert len(world.portal.held_calls()) == 1


def test_a_task_that_arrives_late_is_there_once(world: World) -> None:
    finish_late(world, TASK_POSTS, 200)
    logged_with_task(world)
    until_certain(world)
    assert (len(world.portal.held_tasks()), len(world.portal.held_calls())) == (1, 1)


@pytest.mark.parametrize("seconds", LATE)
def test_a_new_contact_that_arrives_late_is_there_once_and_a_namesake_of_a_colleague_stays(world: World, seconds: float) -> None:
    def zebulons() -> list[Any]:
        people = world.portal.records.by_kind["contacts"].values()
        return [one for one in people if one.properties.get("firstname") == "Zebulon" and one.archived_at is None]

    world.portal.records.create("contacts", {"firstname": "Zebulon", "lastname": "Byrne", "company": "Acme"})
    world.app.ledger.outbox.put("new", BEN, world.now)
    finish_late(world, CONTACT_POSTS, seconds)
    pass_time(world, timedelta(seconds=250))
    until_certain(world)
    assert len(zebulons()) == 2


def test_a_contact_that_somebody_has_used_is_no_twin(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.app.ledger.outbox.put("new", BEN, world.now)
    finish_late(world, CONTACT_POSTS, 150)
    pass_time(world, timedelta(seconds=200))
    records, used = world.portal.records, list[int]()
    create = records.create

    def create_and_use(kind: str, *values: Any) -> Any:
        record = create(kind, *values)
        if kind == "contacts":
            used.append(record.id)
            records.link("calls", create("calls", {"hs_call_title": "A colleague's"}).id, "contacts", record.id, 194)
        return record

    monkeypatch.setattr(records, "create", create_and_use)
    until_certain(world)
    (twin,) = used
    assert records.by_kind["contacts"][twin].archived_at is None


# ------------------------------------------------------------------------------------------------ withdrawn, and corrected


@pytest.mark.parametrize("seconds", LATE)
def test_a_call_that_is_withdrawn_before_it_arrives_late_is_withdrawn_again(world: World, seconds: float) -> None:
    followup = answered(world)
    finish_late(world, CALL_POSTS, seconds)
    world.deliver()
    assert withdraw(world.app, world.again(followup), world.now)
    until_certain(world)
    assert world.portal.held_calls() == ()
    assert world.again(followup).state is State.DISMISSED


def test_a_call_that_is_logged_again_is_not_taken_for_the_withdrawn_one_that_the_search_still_shows(world: World) -> None:
    followup = logged(world)
    world.later(minutes=1)
    world.tap(followup, "undo")
    world.deliver()
    world.portal.search_lag = 30
    world.portal.fault("cut_before", CALL_POSTS)
    answer_by_command(world, followup, note="second")
    deliver_all(world)
    assert in_crm(world) == [("Connected", "second")]


def test_a_call_that_is_logged_again_after_its_withdrawal_is_there_though_the_withdrawal_comes_late(world: World) -> None:
    followup = logged(world)
    finish_late(world, "DELETE ", 200)
    world.tap(followup, "undo")
    world.deliver()
    answer_by_command(world, followup, note="second")
    until_certain(world)
    deliver_all(world)
    assert in_crm(world) == [("Connected", "second")]


def test_a_correction_that_comes_after_the_next_one_is_corrected_again(world: World) -> None:
    followup = logged(world)
    finish_late(world, CALL_UPDATES, 150)
    answer_by_command(world, followup, note="second")
    world.deliver()
    answer_by_command(world, followup, note="third")
    deliver_all(world)
    assert in_crm(world) == [("Connected", "third")]
    pass_time(world, timedelta(seconds=160))
    assert in_crm(world) == [("Connected", "second")]
    until_certain(world)
    assert in_crm(world) == [("Connected", "third")]


def test_a_correction_is_not_undone_by_the_late_effect_of_an_earlier_one_that_was_sent_again_meanwhile(world: World) -> None:
    followup = logged(world)
    finish_late(world, CALL_UPDATES, 150)
    answer_by_command(world, followup, note="second")
    pass_time(world, timedelta(seconds=60))
    assert in_crm(world) == [("Connected", "second")]
    answer_by_command(world, followup, note="third")
    deliver_all(world)
    pass_time(world, timedelta(seconds=100))
    assert in_crm(world) == [("Connected", "second")]
    until_certain(world)
    assert in_crm(world) == [("Connected", "third")]


@pytest.mark.parametrize("is_killed", [False, True])
def test_a_correction_is_not_undone_by_the_late_effect_of_what_a_last_look_has_written(
    world: World, monkeypatch: pytest.MonkeyPatch, *, is_killed: bool
) -> None:
    followup, real = logged(world), world.hub.update
    finish_late(world, CALL_UPDATES, 10)
    answer_by_command(world, followup, note="second")
    world.deliver()
    answer_by_command(world, followup, note="third")
    deliver_all(world)
    finish_late(world, CALL_UPDATES, 200)

    def die(*arguments: Any) -> None:
        with contextlib.suppress(CrmFault):
            real(*arguments)
        raise Killed

    monkeypatch.setattr(world.hub, "update", die if is_killed else real)
    with pytest.raises(Killed) if is_killed else contextlib.nullcontext():
        pass_time(world, timedelta(seconds=250))  # the look after four minutes writes it again, and is given up
    monkeypatch.undo()
    world.restart()
    pass_time(world, timedelta(seconds=150))
    answer_by_command(world, followup, note="fourth")
    deliver_all(world)
    assert in_crm(world) == [("Connected", "fourth")]
    until_certain(world)
    assert in_crm(world) == [("Connected", "fourth")]


def test_a_call_that_is_answered_again_after_its_withdrawal_says_that_though_the_first_answer_comes_late(world: World) -> None:
    followup = answered(world)
    finish_late(world, CALL_POSTS, 120)
    world.deliver()
    assert withdraw(world.app, world.again(followup), world.now)
    pass_time(world, timedelta(seconds=95))
    assert world.again(followup).state is State.DISMISSED
    finish_late(world, CALL_POSTS, 200)
    answer_by_command(world, followup, outcome="busy", note="second")
    until_certain(world)
    assert in_crm(world) == [("Busy", "second")]


def test_a_call_that_is_corrected_while_it_is_doubted_is_one_call_with_the_correction(world: World) -> None:
    followup = answered(world)
    finish_late(world, CALL_POSTS, 200)
    pass_time(world, timedelta(seconds=100))
    answer_by_command(world, followup, outcome="busy", note="second")
    deliver_all(world)
    until_certain(world)
    assert in_crm(world) == [("Busy", "second")]


def test_what_a_colleague_deletes_while_it_is_doubted_stays_deleted(world: World) -> None:
    answered(world)
    finish_late(world, CALL_POSTS, 10_000)
    pass_time(world, timedelta(seconds=100))
    (call,) = world.portal.held_calls()
    world.portal.records.archive("calls", call.id)
    until_certain(world)
    assert world.portal.held_calls() == ()


def test_a_last_look_waits_for_a_crm_that_fails(world: World) -> None:
    answered(world)
    finish_late(world, CALL_POSTS, 150)
    pass_time(world, timedelta(seconds=200))
    world.portal.fault("status", "batch/read", times=10_000, status=503)
    sent = pass_time(world, timedelta(hours=1))
    (row,) = world.app.ledger.outbox.all()
    assert (row.state, sent < 150) == (DeliveryState.DELIVERED, True)
    world.portal.clear_faults()
    until_certain(world)
    assert len(world.portal.held_calls()) == 1


# ------------------------------------------------------------------------------------------------ all at once


def answer_many(world: World, count: int) -> list[FollowUp]:
    for n in range(count):
        world.phone.add_call(ANA, CallType.INCOMING, world.now + timedelta(seconds=n), 30)
    world.later(minutes=2)
    followups = [world.app.ledger.calls.followup(call.key) for call in world.watch().new]
    for followup in followups:
        assert followup
        answer_by_command(world, followup, outcome="connected")
    return [followup for followup in followups if followup]


def test_sixty_calls_under_every_fault_are_in_the_crm_once_within_two_minutes_of_the_last(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cuts after the effect, 502 in HTML, 429, 477, kills, and answers after 30, 90 and 200 s: one in two posts meets one."""
    answer_many(world, 60)
    portal, real, kinds, faults_end = world.portal, world.hub.create, Counter[str](), [world.now]
    faults = cycle(["cut_after", "html", "429", "477", "kill", "30", "90", "200"])
    posts = 0

    def create(engagement: Engagement) -> str:
        nonlocal posts
        posts += 1
        if posts % 2 or posts > 120:
            return real(engagement)
        kind = next(faults)
        kinds[kind] += 1
        faults_end.append(world.now + timedelta(seconds=int(kind) if kind in ("30", "90", "200") else 0))
        if kind.isdigit() and int(kind) <= 200:
            finish_late(world, CALL_POSTS, int(kind))
        elif kind.isdigit():
            portal.fault("status", CALL_POSTS, status=int(kind), retry_after="5")
        elif kind != "kill":
            portal.fault(kind, CALL_POSTS)
        created = real(engagement)
        if kind == "kill":
            raise Killed
        return created

    monkeypatch.setattr(world.hub, "create", create)
    _deliver_through_kills(world)
    held = Counter(call.external_id for call in portal.held_calls())
    assert (len(held), set(held.values())) == (60, {1})
    assert min(kinds[kind] for kind in ("cut_after", "html", "429", "477", "kill", "30", "90", "200")) >= 4, kinds
    changes = [moment for call in portal.records.by_kind["calls"].values() for moment in (call.created, call.archived_at or 0)]
    assert max(changes) - max(faults_end).timestamp() <= 120
    assert world.app.ledger.history.count_by_state() == {State.LOGGED: 60}


def _deliver_through_kills(world: World) -> None:
    """Deliver until nothing waits or is doubted. Whenever the process is killed, another is started."""
    for _ in range(3000):
        try:
            result = world.deliver()
        except Killed:
            world.restart()
            continue
        if result.next_at is None:
            return
        world.now = max(world.now + timedelta(seconds=0.2), result.next_at)
    raise AssertionError(world.app.ledger.outbox.all())
