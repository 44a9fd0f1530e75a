"""One slow answer holds up no other row, and what belongs together stays in its order."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from callerid.models import CallEngagement, NewContact
from callerid.turns.delivery import outbox_round
from tests.turns.delivery.steps import CALL_POSTS, answer_by_command, deliver_all
from tests.turns.delivery.test_late_effects import answer_many

if TYPE_CHECKING:
    from collections.abc import Iterator

    from callerid.models import Engagement
    from tests.turns.world import World


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox_round, "_PATIENCE", 0.05)


@pytest.fixture
def held(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Hold the first post until the event is set."""
    release, real, held_one = threading.Event(), world.hub.create, threading.Lock()

    def create(engagement: Engagement) -> str:
        if held_one.acquire(blocking=False):
            assert release.wait(20)
        return real(engagement)

    monkeypatch.setattr(world.hub, "create", create)
    yield release
    release.set()


def test_the_others_are_delivered_while_one_answer_is_waited_for(world: World, held: threading.Event) -> None:
    answer_many(world, 12)
    progress: list[int] = []

    def on_progress() -> None:
        progress.append(len(world.portal.held_calls()))
        if len(progress) == 11:
            held.set()

    outbox_round.deliver(world.app, lambda: world.hub, world.clock, on_progress)
    assert len(progress) == 11
    assert progress == sorted(progress)
    assert all(held_calls >= ended for ended, held_calls in enumerate(progress, 1))  # others may be there and not looked at yet
    assert progress[-1] == 11
    assert len(world.portal.held_calls()) == 12
    assert world.app.ledger.outbox.all() == ()


def test_a_call_that_is_answered_while_a_slow_answer_is_waited_for_is_delivered_meanwhile(
    world: World, held: threading.Event
) -> None:
    first, second = answer_many(world, 1)[0], world.called()
    seen: list[int] = []

    def crm() -> Any:
        seen.append(len(seen))
        if len(seen) == 1:
            threading.Thread(target=answer_late).start()
        else:
            held.set()
        return world.hub

    def answer_late() -> None:
        world.elsewhere(lambda: answer_by_command(world, second, outcome="busy"))

    assert outbox_round.deliver(world.app, crm, world.clock).delivered == 2
    assert {call.disposition for call in world.portal.held_calls()} == {"Connected", "Busy"}
    assert first.call.key != second.call.key


def test_no_more_than_six_are_under_way_and_those_of_one_call_one_after_the_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for followup in answer_many(world, 10):
        answer_by_command(world, followup, follow_up="tomorrow", note="first")
    lock, under_way, most, real = threading.Lock(), set[str](), [0], world.hub.create
    calls_first: list[tuple[str, str]] = []

    def create(engagement: Engagement) -> str:
        of_call = f"{engagement.note} {type(engagement).__name__}"
        with lock:
            under_way.add(engagement.external_id)
            most[0] = max(most[0], len(under_way))
            calls_first.append((of_call, engagement.external_id))
        time.sleep(0.15)
        with lock:
            under_way.discard(engagement.external_id)
        return real(engagement)

    monkeypatch.setattr(world.hub, "create", create)
    deliver_all(world)
    assert 2 <= most[0] <= 6
    assert (len(world.portal.held_calls()), len(world.portal.held_tasks())) == (10, 10)
    for row in world.app.ledger.outbox.all(settled=True):
        if isinstance(row.content, CallEngagement):
            task = world.app.ledger.outbox.engagements_of(row.call_key)["task"]  # type: ignore[index]
            order = [external_id for _, external_id in calls_first]
            assert order.index(row.content.external_id) < order.index(task.content.external_id)  # type: ignore[union-attr]


def test_a_task_is_not_begun_while_its_call_is_under_way(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    answer_by_command(world, answer_many(world, 1)[0], follow_up="tomorrow")
    under_way, together, real = set[str](), list[frozenset[str]](), world.hub.create

    def create(engagement: Engagement) -> str:
        under_way.add(engagement.external_id)
        together.append(frozenset(under_way))
        time.sleep(0.3)
        under_way.discard(engagement.external_id)
        return real(engagement)

    monkeypatch.setattr(world.hub, "create", create)
    deliver_all(world)
    assert [len(engagements) for engagements in together] == [1, 1]


def test_two_contacts_with_one_number_are_never_under_way_together(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    new = NewContact(first_name="Zebulon", last_name="Byrne", company="", email="", number="+353861112233", owner_id=None)
    world.app.ledger.outbox.put("one", new, world.now)
    world.app.ledger.outbox.put("two", new, world.now)
    real = world.hub.create_contact

    def create_contact(contact: NewContact) -> str:
        time.sleep(0.3)
        return real(contact)

    monkeypatch.setattr(world.hub, "create_contact", create_contact)
    deliver_all(world)
    names = [record.properties.get("firstname") for record in world.portal.records.by_kind["contacts"].values()]
    assert names.count("Zebulon") == 1


def test_a_look_up_that_gets_no_answers_is_not_tried_again_for_minutes_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of five tries of 30 s: the row is tried again with its own pause instead."""
    answer_many(world, 1)
    world.portal.fault("cut_after", CALL_POSTS)
    world.deliver()
    world.later(seconds=5)
    tries = 0
    real = world.hub._sender._session.request

    def slow(*arguments: Any, **more: Any) -> Any:
        nonlocal tries
        tries += 1
        world.waited.append(30.0)  # by the clock of the sender
        return real(*arguments, **more)

    monkeypatch.setattr(world.hub._sender._session, "request", slow)
    world.portal.fault("cut_before", "GET |batch/read|search", times=100)
    world.deliver()
    assert tries == 1
    world.portal.clear_faults()
    monkeypatch.undo()
    deliver_all(world)
    assert len(world.portal.held_calls()) == 1
