"""Cards on the screen follow the settings that say how they are worded."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.catalogue import load
from callerid.models import CallType
from tests.turns.delivery.steps import answer_by_command

if TYPE_CHECKING:
    from tests.turns.world import World


def test_cards_on_the_screen_are_in_the_new_language_without_a_sound(world: World) -> None:
    world.portal.required["tasks"] = ("hs_task_subject",)
    world.portal.fault("status", "POST /crm/objects/2026-09/tasks$", times=1, status=400)
    answer_by_command(world, world.called(), follow_up="tomorrow")
    world.deliver()
    world.called(talked=90)
    world.called(kind=CallType.MISSED, talked=0)
    world.attend()
    before = shown(world)
    assert {"Missed: Ana López · Acme Ltd", "Not saved in the CRM: Follow up with Ana López"} <= before.keys()
    world.app = replace(world.app, texts=load("ja"))
    world.attend()
    after = shown(world)
    assert sorted(after) == [
        "Ana Lópezさんとの通話を記録しますか？",
        "CRMに保存できませんでした: Follow up with Ana López",
        "不在着信: Ana López · Acme Ltd",
    ]
    assert all(after.values())


def test_cards_are_worded_by_settings_that_were_changed_while_no_daemon_ran_and_shown_once(world: World) -> None:
    world.called()
    world.attend()
    (discreet,) = shown(world)
    world.restart()
    assert times_shown(world) == 1
    world.settings('region = "IE"\n[privacy]\nlock_screen = "initials"\n')
    for _ in range(2):
        world.restart()
        world.attend()
    assert times_shown(world) == 2
    assert shown(world).keys() == {discreet.replace("Ana López", "A. L.").replace(" · Acme Ltd", "")}


def times_shown(world: World) -> int:
    return sum(entry.get("command") == "termux-notification" for entry in world.phone.journal())


def shown(world: World) -> dict[str, bool]:
    """Return whether each notification is shown without a sound, by its title."""
    return {one.title: world.phone.notification(one.id)["alert_once"] for one in world.phone.notifications()}
