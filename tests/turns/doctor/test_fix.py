"""What doctor finds is mended by root or Shizuku, by a command, or by the person on a page that is opened."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from callerid.core.doctor import android, pages
from callerid.core.doctor.finding import Finding, Fix
from callerid.turns.doctor.fix import mend, open_page
from tests.turns.doctor.examinations import examined

if TYPE_CHECKING:
    from tests.turns.world import World

API_OP = "com.termux.api"
BY_SHELL = ("dump grant", "battery", "phantoms", "cooldown", "draw over", "cards", "freezer")


def _broken(world: World) -> None:
    """Let everything be wrong that a shell can mend."""
    world.phone.change(
        sdk=36,
        whitelist=[],
        appops={f"{API_OP} SYSTEM_ALERT_WINDOW": "deny", f"{API_OP} POST_NOTIFICATION": "ignore"},
        notification_access=False,
    )
    world.app.ledger.key_values.write("last freeze", f"{world.now.timestamp() + 10**9:.0f} 1800")


@pytest.fixture(params=["root", "shizuku"])
def shell(request: pytest.FixtureRequest, world: World) -> str:
    _broken(world)
    world.phone.root() if request.param == "root" else world.phone.start_shizuku()
    return str(request.param)


def test_root_or_shizuku_mends_what_android_has_a_switch_for(world: World, shell: str) -> None:
    found = examined(world, *BY_SHELL)
    assert {name for name in BY_SHELL if found[name].works is False} == set(BY_SHELL)
    done = list(mend(world.app, list(found.values()), 10.0))
    assert set(done) == {f"{name}: set by {shell}" for name in BY_SHELL}
    again = examined(world, *BY_SHELL)
    assert [name for name in BY_SHELL if not again[name].works] == []
    assert list(mend(world.app, list(again.values()), 10.0)) == []


def test_without_a_shell_one_page_after_the_other_is_opened(world: World) -> None:
    _broken(world)
    names = ("access", "cooldown", "phantoms")
    found = list(examined(world, *names).values())
    lines = [line for _ in range(4) for line in mend(world.app, found, 10.0)]
    assert [line.partition(":")[0] for line in lines] == ["phantoms", "cooldown", "access", "phantoms"]  # what is optional last
    assert "then type: callerid doctor --fix" in lines[0]
    opened = world.phone.happened("page")
    assert opened[2] == "android.settings.ACTION_NOTIFICATION_LISTENER_SETTINGS"
    assert len(opened) == 4


def test_each_app_that_needs_the_exemption_has_its_page_also_where_nobody_can_see_whether_it_has_it(world: World) -> None:
    found = list(examined(world, "battery").values())
    assert found[0].works is None
    lines = [line for _ in range(2) for line in mend(world.app, found, 10.0)]
    assert lines[0].endswith("callerid doctor --fix (1 more page)")
    packages = [entry["argv"][-1] for entry in world.phone.journal() if entry.get("command") == "am"]
    assert packages == ["package:com.termux", "package:com.termux.api"]


def test_a_makers_page_that_this_phone_lacks_gives_way_to_the_apps_own(world: World) -> None:
    maker = pages.maker("Huawei")
    assert maker
    runner = world.app.termux.runner
    assert open_page(runner, maker.pages) == pages.typed(pages.app_info("com.termux"))
    activity = maker.pages[1][-1]
    world.phone.change(activities=[activity])
    assert activity in open_page(runner, maker.pages)
    world.phone.uninstall("am")
    assert open_page(runner, maker.pages) == ""


def test_where_pages_cannot_be_opened_because_that_hangs_it_is_waited_for_once(world: World) -> None:
    world.phone.fault("am", "hang")
    assert open_page(world.app.termux.runner, (pages.APP_NOTIFICATIONS, pages.ALL_NOTIFICATIONS)) == ""
    assert sum(entry.get("command") == "am" for entry in world.phone.journal()) == 1


def test_where_everything_hangs_a_shell_and_a_page_are_waited_for_no_longer_than_is_left(world: World) -> None:
    world.phone.root()
    for command in ("su", "am"):
        world.phone.fault(command, "hang")
    runner = world.runner()
    runner.waits_for_hangs = True
    world.app = replace(world.app, runner=runner)
    lost = Finding(name="x", works=False, says="no", remedy="Do it.", fix=Fix(shell_line="true", pages=(pages.APP_NOTIFICATIONS,)))
    began = time.monotonic()
    assert list(mend(world.app, [lost], 0.2)) == ["x: no page could be opened. Do it."]
    assert time.monotonic() - began < 2.0


def test_a_command_mends_what_it_can_and_a_phone_without_pages_gets_the_remedy(world: World) -> None:
    lock = Finding(name="wake lock", works=False, says="released", fix=Fix(command=("termux-wake-lock",)))
    assert list(mend(world.app, [lock], 10.0)) == ["wake lock: done by termux-wake-lock"]
    world.phone.fault("termux-wake-lock", "hang")
    assert list(mend(world.app, [lock], 10.0)) == ["wake lock: could not be mended. termux-wake-lock gave no answer within 10 s."]
    lost = Finding(name="x", works=False, says="no", remedy="Do it by hand.", fix=Fix(pages=(("am", "start", "-a", "no.such"),)))
    assert list(mend(world.app, [lost], 10.0)) == ["x: no page could be opened. Do it by hand."]


def test_no_line_for_a_shell_and_no_page_holds_anything_but_plain_words() -> None:
    made = [
        android.battery("user,com.termux,1\n"),
        android.cooldown("null", 36),
        android.phantoms("null", 34),
        android.overlay("deny", dialogs_fail=False, dialog_tried=False),
    ]
    lines = [finding.fix.shell_line for finding in made if finding.fix]
    assert [line for line in lines if not line.startswith("/system/bin/") or set(line) & set(";&|<>`\n\\")] == []
