"""callerid setup: at a terminal, by dialogs, and without a question."""

from __future__ import annotations

import functools
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from callerid.cli.language import output
from callerid.cli.main import callerid
from callerid.cli.support import setup
from callerid.core.doctor import pages
from callerid.core.upkeep.health import Source
from callerid.core.upkeep.heartbeat import Freeze
from callerid.core.wording.table import places
from callerid.paths import installation_paths
from callerid.simulator.phone.shown import ShownDialog
from callerid.simulator.portal import SimulatedPortal
from callerid.store.ledger.database import open_ledger
from callerid.turns.setup import permissions
from callerid.turns.upkeep.heart import FREEZE_KEY
from tests.desks import QuickDesk, report, titles

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from click.testing import Result

    from callerid.core.doctor.pages import Page
    from callerid.phone.command_runner import CommandRunner

pytestmark = pytest.mark.usefixtures("quick_searches")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[QuickDesk]:
    """A phone with callerid just installed, and a portal of five people; nobody has a token."""
    with SimulatedPortal() as portal:
        portal.populate(people=5, companies=1, deals=1)
        made = QuickDesk(tmp_path, portal)
        made.variables = {"CALLERID_TOKEN": ""}
        settings = made.home / "config.toml"
        settings.write_text(settings.read_text().replace('region = "IE"', 'region = "auto"'))
        yield made


def at_terminal(desk: QuickDesk, monkeypatch: pytest.MonkeyPatch, *typed: str, words: tuple[str, ...] = ()) -> Result:
    monkeypatch.setattr(setup, "_is_terminal", lambda: True)
    return CliRunner().invoke(
        callerid, ["setup", *words], obj=desk.edges(), prog_name="callerid", input="".join(f"{line}\n" for line in typed)
    )


def test_a_newcomer_is_led_to_a_card_by_questions_that_have_an_answer(desk: QuickDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.phone.fault("termux-call-log", "denied", times=1)
    monkeypatch.setattr(setup, "_sleep", lambda _: report(desk, "ring", "+15550100"))
    region, language, source, tokens = "", "2", "1", ("no token", "pat-wrong-token", desk.token)
    call_log, draw_over, battery, phantoms, boot = ("1",), ("1",), ("1", "1"), ("2",), ("2",)  # of both apps
    route, seen = ("1", "1"), ("1", "1")
    allowed = (*call_log, *draw_over, *battery, *phantoms, *boot)
    ended = at_terminal(desk, monkeypatch, region, language, source, *tokens, *allowed, *route, *seen)
    assert "crm.objects.deals.read: without it there are no open deals" in ended.stdout
    assert ended.stdout.count("Nothing was kept") == 2
    assert "CALLERID_TOKEN" not in ended.stdout  # which nobody has typed
    assert "Permissions, or run the command once" in ended.stdout  # what to do on the page of the call log
    assert "battery, Termux:API: allow it" in ended.stdout
    assert "✗ phantoms (it may end the daemon or what shows a card)" in ended.stdout
    assert "Disable child process restrictions" in ended.stdout
    assert ended.stdout.count("look again") == 3  # at the call log, phantoms and boot: no look can tell the others
    assert "choose the task Caller ring" in ended.stdout
    assert "The card with a name comes after the first sync" in ended.stdout
    assert (desk.phone.folder / "home" / "callerid-ring.tsk.xml").exists()
    assert "Other apps cannot open Termux's home. Type: termux-setup-storage" in ended.stdout
    assert "✗ call log" in ended.stdout
    assert "✓ call log" in ended.stdout
    assert "a test call was heard" in ended.stdout
    assert "5 contacts" in ended.stdout
    assert ended.exit_code == 0, ended.output
    shown = [entry["shown"]["title"] for entry in desk.phone.journal() if "shown" in entry]
    assert {"callerid: a test", "Ana López · Acme Ltd"} <= set(shown)
    assert not {"callerid: a test", "Ana López · Acme Ltd"} & set(titles(desk))
    token = desk.home / "hubspot-token"
    assert (token.read_text().strip(), token.stat().st_mode & 0o777) == (desk.token, 0o600)
    assert desk.token not in ended.output
    assert 'language = "en"' in (desk.home / "config.toml").read_text()
    assert desk.json("status")["mirror"]["contacts"] == 5


def test_setup_looks_at_what_ends_a_daemon_as_doctor_does_until_it_is_off(desk: QuickDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = open_ledger(installation_paths(desk.environment()).ledger)
    ledger.key_values.write(FREEZE_KEY, str(Freeze(at=time.time() - 60, seconds=600.0)))
    ledger.close()

    def open_page(_: CommandRunner, choice: Sequence[Page]) -> str:
        if pages.DEVELOPER in choice:
            desk.phone.change(settings={"global settings_enable_monitor_phantom_procs": "false"})
        return "am start"

    monkeypatch.setattr(permissions, "open_page", open_page)
    said = at_terminal(desk, monkeypatch, "FR", "1", "3", "1", "1", "1", "1", "1").stdout
    assert said.count("✗ freezer") == 2  # what has happened is not undone, so that it is asked about once
    assert (said.count("✗ phantoms"), said.count("✓ phantoms")) == (1, 1)


def test_who_only_types_enter_is_asked_about_a_permission_twice(desk: QuickDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    said = at_terminal(desk, monkeypatch, "FR", "1", "3", *[""] * 40).stdout
    assert said.count("phantoms: switch the restriction off") == 2
    assert "Start it: callerid run" in said  # the end of it


def test_a_setup_that_was_left_goes_on_at_the_question_where_it_was_left(desk: QuickDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    left = at_terminal(desk, monkeypatch, "FR", "1")
    assert (left.exit_code, "to go on there, type: callerid setup" in left.stdout) == (130, True)
    again = at_terminal(desk, monkeypatch)
    assert "1/8" not in again.stdout
    assert "3/8 names" in again.stdout
    assert desk.json("status")["region"] == "FR"


def test_a_setup_taken_again_that_was_left_goes_on_there_by_the_command_that_is_named(
    desk: QuickDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert desk.start("setup", "--yes", "--source", "phone").returncode == 0
    left = at_terminal(desk, monkeypatch, "FR", words=("--again",))
    assert (left.exit_code, "2/8 language" in left.stdout) == (130, True)
    on = at_terminal(desk, monkeypatch)
    assert (on.exit_code, "1/8" in on.stdout, "2/8 language" in on.stdout) == (130, False, True)


def test_a_step_that_was_done_says_what_is_wrong_now(desk: QuickDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert desk.start("setup", "--yes", "--source", "phone").returncode == 0
    whole = at_terminal(desk, monkeypatch)
    assert (whole.exit_code, whole.stdout.count("✓")) == (0, 8)
    ledger = open_ledger(installation_paths(desk.environment()).ledger)
    ledger.key_values.report(Source.RINGS, ("inbox has reported nothing.", "Type: callerid-event tap"), datetime.now(UTC))
    ledger.close()
    broken = at_terminal(desk, monkeypatch)
    assert (broken.exit_code, broken.stdout.count("✓")) == (1, 7)
    assert "✗ rings         inbox has reported nothing." in broken.stdout
    assert "asked once more" not in broken.stdout  # another setup does not mend it


def test_a_step_that_lacks_something_is_asked_once_more(desk: QuickDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    left = at_terminal(desk, monkeypatch, "FR", "1", "1", "")
    assert (left.exit_code, "4/8 permissions" in left.stdout) == (130, True)
    assert "3/8 names" in at_terminal(desk, monkeypatch).stdout


def test_a_region_that_is_none_is_asked_anew(desk: QuickDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.phone.fault("termux-telephony-deviceinfo", "empty")
    ended = at_terminal(desk, monkeypatch, "Ireland", "ie")
    assert "'IRELAND' is not a region" in ended.stdout
    assert 'region = "IE"' in (desk.home / "config.toml").read_text()


def test_a_script_is_asked_nothing_and_told_by_the_exit_code_what_is_missing(desk: QuickDesk) -> None:
    assert desk.start("setup").returncode == 2
    without = desk.start("setup", "--yes", "--automation", "tasker")
    assert (without.returncode, "There is no token" in without.stderr) == (30, True)
    file = desk.folder / "token"
    file.write_text(desk.token)
    file.chmod(0o600)
    desk.portal.scopes = set(desk.portal.scopes) - {"crm.objects.deals.read"}
    lacking = desk.start("setup", "--yes", "--automation", "tasker", "--token-file", str(file))
    assert (lacking.returncode, "deals" in lacking.stderr) == (31, True)


def test_the_last_step_is_done_once_a_card_of_a_person_was_shown(desk: QuickDesk) -> None:
    def cards_of_rings(token: str) -> list[str]:
        file = desk.folder / "token"
        file.write_text(token)
        file.chmod(0o600)
        before = len(desk.phone.journal())
        printed = desk.start("setup", "--yes", "--token-file", str(file)).stdout
        assert ("✗ card " in printed, "✓ card " in printed) == (token != desk.token, token == desk.token)
        return [entry["shown"]["title"] for entry in desk.phone.journal()[before:] if "shown" in entry]

    assert "Ana López · Acme Ltd" not in cards_of_rings("pat-wrong-token")
    assert cards_of_rings(desk.token)[-1] == "Ana López · Acme Ltd"


def test_a_script_and_doctor_agree_about_what_hears_a_ring(desk: QuickDesk) -> None:
    ended = desk.start("setup", "--yes", "--source", "phone")
    assert (ended.returncode, "✓ rings         heard by notifications" in ended.stdout) == (0, True)
    assert "rings are heard by notifications" in desk.start("doctor").stdout
    desk.phone.change(notification_access=False)
    deaf = desk.start("setup", "--yes", "--source", "phone")
    assert (deaf.returncode, "No sense hears the phone ring" in deaf.stderr) == (1, True)


def test_what_an_earlier_setup_did_is_told_in_the_language_of_now(desk: QuickDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert desk.start("setup", "--yes", "--source", "phone").returncode == 0
    desk.start("config", "set", "language", "ja")
    told = at_terminal(desk, monkeypatch).stdout
    assert re.search(
        r"✓ 着信の検知 *着信を検知できます（検知方法: notifications）\n✓ 同期 *コンタクト0件、会社0件、取引0件\n", told
    ), told
    assert "✓ notifications " in desk.start("doctor").stdout  # the name that ring.senses takes


def test_what_setup_says_fits_a_terminal_of_forty_columns(desk: QuickDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "terminal_columns", lambda **_: 40)
    ended = at_terminal(desk, monkeypatch, "FR", "1", "3", "1", "1", "1", "2", "2", "5", "1", "1")
    assert "7/8 notification" in ended.output
    long = [line for line in ended.output.splitlines() if places(line) > 40]
    assert all(line.strip().split()[0] in ("am", "adb", "callerid", "SVDIR=$PREFIX/var/service") for line in long)


class AtDialogs:
    """Somebody who answers each dialog of a setup that is on the phone's screen, by what its title says. Back is an answer, too: {}."""

    def __init__(self, desk: QuickDesk, answers: dict[str, list[dict[str, Any]]]) -> None:
        """`answers` are those to the titles that have a word in them, in their order; the last one counts again."""
        self._desk, self._answers = desk, answers
        self.asked: list[str] = []

    def sets_up(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a setup to its end."""
        with ThreadPoolExecutor(1) as beside:
            ended = beside.submit(self._desk.start, "setup", "--gui", *words)
            while isinstance(shown := self._desk.phone.wait(lambda: self._desk.phone.open_dialog() or ended.done()), ShownDialog):
                self.asked.append(shown.title)
                self._desk.phone.answer_dialog(**self._answer(shown.title))
            return ended.result()

    def _answer(self, title: str) -> dict[str, Any]:
        answers = next(answers for word, answers in self._answers.items() if word in title)
        return answers.pop(0) if len(answers) > 1 else answers[0]


def test_a_newcomer_is_led_to_a_card_by_dialogs_and_goes_on_where_they_left(
    desk: QuickDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.phone.fault("termux-call-log", "denied", times=1)
    monkeypatch.setattr(setup, "_sleep", lambda _: report(desk, "ring", "+15550100"))
    first: dict[str, Any] = {"index": 0}
    person = AtDialogs(
        desk,
        {
            "country": [{"text": ""}],
            "Language": [{"label": "English"}],
            "Where do names": [{}, first],
            "Paste the token": [{"text": "pat-wrong-token"}, {"text": desk.token}],
            "boot: allow": [{"label": "Later"}],
            "phantoms: switch": [{"label": "Later"}],
            "draw over: allow": [{"label": "Done"}],
            "battery": [{"label": "Done"}],
            "allow it": [{"label": "I have allowed it: look again"}],
            "What reports": [{"label": "Tasker with Termux:Tasker"}],
            "Ring this phone": [first],
            "Do you see it?": [{"label": "No"}, {"label": "Yes"}],
            "Show it again?": [{"label": "Yes"}],
        },
    )
    assert person.sets_up().returncode == 130
    assert "to go on there, type: callerid setup --gui" in cards(desk)[-1]
    left_at = len(person.asked)
    ended = person.sets_up()
    assert (ended.returncode, ended.stderr) == (0, "")
    assert person.asked[left_at] == person.asked[left_at - 1] == "Where do names come from?"
    assert any("Nothing was kept" in card for card in cards(desk))
    assert any("✗ call log" in card for card in cards(desk))
    assert [line[:1] for line in cards(desk)[-1].splitlines() if line[:1] in ("✓", "✗")] == ["✓"] * 8
    assert "a test call was heard" in cards(desk)[-1]
    assert [title for title in person.asked if "?" in title][-4:] == [
        *("Do you see it? callerid: a test", "Show it again?", "Do you see it? callerid: a test"),
        "Do you see it? Ana López · Acme Ltd",
    ]
    assert set(titles(desk)) == {"callerid setup", "+1 5550100"}
    assert desk.phone.open_dialog() is None
    assert desk.token not in f"{ended.stdout}{cards(desk)}{(desk.home / 'config.toml').read_text()}"
    assert desk.json("status")["mirror"]["contacts"] == 5


def cards(desk: QuickDesk) -> list[str]:
    """What the card beside the dialogs has said, in the order in which it was shown."""
    shown = (entry["shown"] for entry in desk.phone.journal() if "shown" in entry)
    return [card["content"] for card in shown if card["title"] == "callerid setup"]


def test_dialogs_ask_the_same_and_back_leaves(desk: QuickDesk) -> None:
    desk.phone.change(dump_granted=True)
    asked: list[str] = []

    def is_gone(before: ShownDialog) -> bool:
        return desk.phone.open_dialog() != before

    def person() -> None:
        for answer in ({"text": ""}, {"index": 0}, {"label": "Only the phone's contacts"}, {}):
            shown = desk.phone.wait(desk.phone.open_dialog, 10)
            asked.append(shown.title)
            desk.phone.answer_dialog(**answer)
            desk.phone.wait(functools.partial(is_gone, shown), 10)

    thread = threading.Thread(target=person, daemon=True)
    thread.start()
    ended = desk.start("setup", "--gui")
    thread.join(30)
    assert ended.returncode == 130
    assert "country" in asked[0]
    assert asked[2] == "Where do names come from?"
    assert "callerid setup" in titles(desk)
