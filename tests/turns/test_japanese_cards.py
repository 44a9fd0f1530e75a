"""What is shown to a person who reads Japanese is in Japanese, also where it was stored as English text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from callerid.models import CallType
from tests.damages import overwrite_middle
from tests.turns.delivery.steps import answer_by_command, deliver_all, logged_with_task
from tests.turns.ringing.reports import report_ring
from tests.turns.ringing.test_sense_health import missed_by_inbox
from tests.turns.upkeep.test_damaged_ledger import lose, maintain
from tests.turns.world import ANA

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.core.followup.state import FollowUp
    from tests.turns.world import World

_AS_IT_IS = re.compile(r"Some required properties were not set: \w+; Property \w+ is required|callerid [a-z]+ [a-z]+")
_ENGLISH = re.compile(r"[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}")


def logged(world: World) -> FollowUp:
    followup = world.called()
    world.attend()
    answer_by_command(world, followup, outcome="connected", note="first")
    world.deliver()
    return followup


def refused_change(world: World) -> None:
    followup = logged(world)
    world.portal.required["calls"] = ("hs_call_body",)
    answer_by_command(world, followup, outcome="busy", note="")
    deliver_all(world)


def refused_call(world: World) -> None:
    world.portal.required["calls"] = ("team",)
    logged(world)
    deliver_all(world)


def deleted_task(world: World) -> None:
    followup = logged_with_task(world)
    (held_task,) = world.portal.held_tasks()
    world.portal.records.archive("tasks", held_task.id)
    answer_by_command(world, followup, note="second")
    deliver_all(world)


def deaf_sense(world: World) -> None:
    world.phone.change(maker="Samsung")
    report_ring(world)
    for _ in range(4):
        missed_by_inbox(world)


def restored_ledger(world: World) -> None:
    maintain(world)
    logged(world)
    world.later(hours=3)
    lose(world, overwrite_middle)


def missed_and_put_off(world: World) -> None:
    followup = world.called(ANA)
    world.attend()
    world.press(followup, "あとで")
    world.attend()
    world.called(ANA, CallType.MISSED, 0)
    world.attend()
    report_ring(world)
    report_ring(world, "+33145678900")


@pytest.mark.parametrize(
    ("happens", "title"),
    [
        (refused_change, "変更を保存できませんでした: Ana López · Acme Ltd"),
        (refused_call, "記録できませんでした: Ana López · Acme Ltd"),
        (deleted_task, "CRMに保存できませんでした: Ana Lópezさんへのフォローアップ"),
        (deaf_sense, "calleridが着信を検知できませんでした"),
        (restored_ledger, "通話の記録を復元しました"),
        (missed_and_put_off, "不在着信: Ana López · Acme Ltd"),
    ],
)
def test_every_card_is_in_japanese(world: World, happens: Callable[[World], None], title: str) -> None:
    world.language = "ja"
    world.restart()
    happens(world)
    world.attend()
    shown = world.phone.happened("shown")
    assert title in {card["title"] for card in shown}
    lines = [_AS_IT_IS.sub("", line) for card in shown for line in (card["title"], *card["content"].split("\n"))]
    assert [line for line in lines if _ENGLISH.search(line) or re.search("[a-z]は", line)] == []
