"""What commands print on stdout, and their exit codes."""

from __future__ import annotations

import json
import re
import termios
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click
import pytest

from callerid.cli.main import _COMMANDS, callerid
from callerid.core.backoff import Deadline
from callerid.core.delivery.states import DeliveryState
from callerid.core.delivery.transitions import before_post, delivered
from callerid.models import CallType, NewContact
from callerid.paths import installation_paths, make_folders
from callerid.simulator.portal import SimulatedPortal
from callerid.store.ledger.database import open_ledger
from callerid.store.ledger.outbox import Outbox
from tests.cli.terminal import typed
from tests.desks import QuickDesk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

    from callerid.core.delivery.outbox_row import Delivery

pytestmark = pytest.mark.usefixtures("quick_searches")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[QuickDesk]:
    with SimulatedPortal() as portal:
        portal.populate(people=30, companies=4, deals=6)
        made = QuickDesk(tmp_path_factory.mktemp("desk"), portal)
        done = made.start("sync")
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith("30 contacts, 4 companies, 6 deals")
        made.start("run", "--once", "watch")
        made.phone.add_call("0871234567", CallType.MISSED, datetime.now(UTC) - timedelta(minutes=2))
        made.phone.add_call("+33145678900", CallType.INCOMING, datetime.now(UTC) - timedelta(minutes=1), 20)
        made.start("run", "--once", "watch", "attend")
        yield made


@pytest.mark.parametrize(
    ("words", "match"),
    [
        (("+353871234567", "087 123 4567", "--region", "IE"), "exact"),
        (("+52 1 55 1234 5678", "+52 55 1234 5678", "--region", "mx"), "same-line"),
        (("5554141", "+17005554141", "--region", "US"), "probable"),
        (("1", "2", "--region", "US"), "none"),
    ],
)
def test_match_prints_the_match_and_the_reason(desk: QuickDesk, words: tuple[str, ...], match: str) -> None:
    assert desk.start("match", *words).stdout.startswith(f"{match}: ")
    result = desk.json("match", *words)
    assert result.keys() == {"match", "why"}
    assert result["match"] == match
    assert result["why"]


def test_match_uses_the_phones_region_by_default_and_refuses_a_wrong_one(desk: QuickDesk) -> None:
    assert desk.json("match", "0871234567", "+353871234567")["match"] == "exact"
    wrong = desk.start("match", "1", "2", "--region", "XX")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "not a region" in wrong.stderr


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("0871234567", "+353871234567"), True),
        (("+353871234567", "+353 87 123 4567"), False),
        (("0871234567", "+353871234567", "--region", "IE"), False),
    ],
)
def test_match_says_so_when_a_number_has_no_country_code_and_no_region_is_known(
    tmp_path: Path, words: tuple[str, ...], hint: bool
) -> None:
    with SimulatedPortal() as portal:
        unset = QuickDesk(tmp_path, portal)
        unset.phone.change(sim_country="", network_country="")
        assert unset.start("config", "set", "region", "auto").returncode == 0
        printed = unset.start("match", *words)
    assert printed.returncode == 0
    assert ("Name one: --region DE" in printed.stderr) is hint


def test_lookup_prints_the_card(desk: QuickDesk) -> None:
    assert desk.start("lookup", "087 123 4567").stdout.splitlines()[0] == "Ana López · Acme Ltd"
    card = desk.json("lookup", "087 123 4567")
    assert card.keys() == {"number", "certainty", "title", "body", "people", "saved", "company", "companies"}
    (person,) = card["people"]
    assert (person["first_name"], person["match"], person["deals"][0]["name"], person["deals"][0]["amount"]) == (
        "Ana",
        "exact",
        "Renewal 2027",
        "12000",
    )
    stranger = desk.json("lookup", "+33145678900")
    assert (stranger["certainty"], stranger["body"]) == ("unknown", "not in the CRM\nParis, France · landline")
    assert desk.json("lookup", "+49 89 900001")["company"]["name"]
    assert desk.json("lookup", "")["certainty"] == "hidden"


def test_lookup_finds_people_by_name_and_says_when_there_is_nobody(desk: QuickDesk) -> None:
    card = desk.start("lookup", "087 123 4567").stdout.splitlines()
    for name in ("Ana", "ana lópez", "López Ana"):
        assert desk.start("lookup", name).stdout.splitlines() == [card[0], "+353 87 123 4567", *card[1:]]
    assert desk.json("lookup", "Ana")["people"][0]["last_name"] == "López"
    nobody = desk.start("lookup", "Banana")
    assert (nobody.returncode, nobody.stderr) == (0, "")
    assert "nobody has this name" in nobody.stdout
    twin = desk.portal.records.create("contacts", {"firstname": "Ana", "lastname": "Twin", "phone": "+353871110000"})
    without_number = desk.portal.records.create("contacts", {"firstname": "Olga", "lastname": "Ohne"})
    desk.start("sync")
    lines = desk.start("lookup", "Ana").stdout.splitlines()
    assert lines[0] == "2 people have the name Ana"
    assert "Ana Twin · +353871110000" in lines
    assert "matched by the typed name" in desk.start("lookup", "Olga").stdout
    for added in (twin, without_number):
        desk.portal.records.archive("contacts", added.id)
    desk.start("sync")


def test_an_empty_answer_is_an_answer(tmp_path: Path) -> None:
    with SimulatedPortal() as portal:
        fresh = QuickDesk(tmp_path, portal)
        for words, says in ((("calls",), "no calls yet\n"), (("outbox",), "the outbox is empty\n")):
            done = fresh.start(*words)
            assert (done.stdout, done.stderr) == (says, "")


def test_calls_lists_names_and_states(desk: QuickDesk) -> None:
    newest, missed = desk.json("calls")
    assert (newest["state"], missed["state"], missed["who"]) == ("not-in-crm", "notified", "Ana López · Acme Ltd")
    assert missed["key"] in desk.start("calls").stdout
    assert len(desk.json("calls", "-n", "1")) == 1
    assert len(desk.json("calls", "--unlogged")) == 2


def test_the_calls_in_status_add_up(desk: QuickDesk) -> None:
    status = desk.json("status")
    assert status["calls"]["adds_up"] is True
    assert (status["calls"]["in_log"], status["calls"]["pending"], status["calls"]["not-in-crm"]) == (2, 1, 1)
    assert (status["mirror"]["contacts"], status["running"], status["troubles"]) == (30, False, [])
    assert "2 in the log, read just now: 1 undecided, 1 not in the CRM" in desk.start("status").stdout


def test_status_says_first_whether_it_hears_is_fresh_and_what_waits_without_zeros(desk: QuickDesk) -> None:
    lines = desk.start("status").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["hearing", "fresh", "waiting", "calls", "region"]
    assert lines[0] == "hearing no: the daemon is not running (start it: callerid run); no ring in the last two days"
    assert lines[1] == "fresh   read just now from HubSpot: 30 contacts, 4 companies, 6 deals, 35 numbers"
    assert lines[2] == "waiting 1 undecided call (see: callerid calls)"
    assert not re.search(r"\b0\b", "\n".join(lines))


def test_the_bars_of_a_sync_fit_a_narrow_terminal(desk: QuickDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    shown = typed(lambda terminal: desk.start_at(terminal, "sync", "--full"))
    bars = [line for line in re.split(r"[\r\n]|\x1b\[\?25[lh]", shown) if "[#" in line]
    assert bars
    assert max(map(len, bars)) <= 40


def test_status_fits_a_narrow_terminal(desk: QuickDesk) -> None:
    def command(terminal: BinaryIO) -> int:
        termios.tcsetwinsize(terminal.fileno(), (24, 40))
        return desk.start_at(terminal, "status")

    lines = typed(command).splitlines()
    assert max(map(len, lines)) <= 40
    assert lines[1].startswith("        ")


def test_status_names_what_the_mirror_was_built_from(desk: QuickDesk, tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text("Name,Phone\nBen Boss,087 999 9999\n")
    try:
        desk.start("config", "set", "crm.file", str(people))
        desk.start("config", "set", "crm.provider", "file")
        assert "from HubSpot: 30 contacts" in desk.start("status").stdout
        assert "There is no CRM" in desk.start("add", "Ana López").stderr  # rather than that she is in it
    finally:
        desk.start("config", "set", "crm.provider", "hubspot")


def test_sync_prints_counts_requests_and_seconds(desk: QuickDesk) -> None:
    result = desk.json("sync")
    counts = "contacts companies deals phones changed removed requests seconds"
    assert result.keys() == {*counts.split(), "kind", "why", "dry_run", "missing_scopes", "no_export", "report"}
    assert (result["kind"], result["contacts"]) == ("delta", 30)
    assert desk.json("sync", "--full")["requests"] < 20


def test_a_sync_that_would_lose_much_keeps_the_mirror_until_it_is_forced(tmp_path: Path) -> None:
    with SimulatedPortal() as portal:
        portal.populate(people=20, companies=0, deals=0)
        desk = QuickDesk(tmp_path, portal)
        desk.start("sync")
        for contact in list(portal.records.by_kind["contacts"])[:15]:
            portal.records.archive("contacts", contact)
        refused = desk.start("sync", "--sweep")
        assert refused.returncode == 37
        assert "callerid sync --sweep --force" in refused.stderr
        refused = desk.start("sync", "--full")
        assert refused.returncode == 37
        assert "callerid sync --full --force" in refused.stderr
        assert desk.json("status")["mirror"]["contacts"] == 20
        assert desk.start("sync", "--sweep", "--force").returncode == 0
        assert desk.json("status")["mirror"]["contacts"] == 5


@pytest.mark.parametrize(
    ("trouble", "code", "says"),
    [
        ("token", 30, "or deleted.\nSet CALLERID_TOKEN to a valid one"),
        ("scope", 31, "crm.objects.contacts.read"),
        ("offline", 32, "cannot be reached"),
        ("broken", 33, "error of its own"),
    ],
)
def test_a_sync_that_fails_ends_with_a_sentence_a_remedy_and_an_exit_code(
    tmp_path: Path, trouble: str, code: int, says: str
) -> None:
    with SimulatedPortal() as portal:
        portal.populate(people=5, companies=1, deals=1)
        desk = QuickDesk(tmp_path, portal)
        assert desk.start("sync").returncode == 0
        match trouble:
            case "token":
                desk.token = "pat-eu1-old-000000"
            case "scope":
                portal.scopes.discard("crm.objects.contacts.read")
            case "offline":
                portal.go_offline()
            case _:
                portal.fault("status", "contacts/search", times=1, status=503, retry_after="999")
        done = desk.start("sync")
        assert (done.returncode, done.stdout) == (code, "")
        assert says in done.stderr
        assert len(done.stderr.splitlines()) <= 2
        assert desk.json("status")["mirror"]["contacts"] == 5


def test_without_a_token_the_phone_contacts_are_used_and_sync_says_how_to_get_one(tmp_path: Path) -> None:
    with SimulatedPortal() as portal:
        desk = QuickDesk(tmp_path, portal)
        desk.token = ""
        done = desk.start("sync")
    assert done.returncode == 0
    assert done.stdout.startswith("0 contacts")
    assert "Service keys" in done.stderr


def test_config_shows_checks_and_changes_settings(desk: QuickDesk) -> None:
    assert "log.screen = true" in desk.start("config", "show").stdout
    assert desk.json("config", "show")["log.screen"] == "true"
    assert desk.start("log-screen", "off").stdout == "the dialog after a call is off\n"
    assert desk.json("status")["log_screen"] is False
    desk.start("log-screen", "on")
    desk.start("off")
    assert desk.json("status")["enabled"] is False
    desk.start("on")
    assert desk.json("status")["enabled"] is True
    assert desk.start("config", "set", "log.min_duration", "5s").returncode == 0
    assert desk.start("config", "set", "carddav.url", "").stdout == 'carddav.url = ""\n'
    assert "valid" in desk.start("config", "check").stdout
    assert desk.start("config", "path").stdout.strip() == str(desk.home / "config.toml")
    assert "[privacy]" in desk.start("config", "sample").stdout
    wrong = desk.start("config", "set", "log.min_duratoin", "5s")
    assert wrong.returncode == 10
    assert "log.min_duration" in wrong.stderr
    assert desk.portal.token not in desk.start("config", "show").stdout
    for key in ("crm.file", "crm.token_file", "carddav.password_file"):
        missing = desk.start("config", "set", key, "no-such-file")
        assert (missing.returncode, "There is no file no-such-file" in missing.stderr) == (2, True)
    assert f"ls -la {desk.home}\n" in desk.start("config", "set", "crm.file", f"{desk.home}/none/here.csv").stderr


@pytest.mark.parametrize("url", ["ftp://dav.example.com/x", "http://dav.example.com/x", "https://ana:sesame@dav.example.com/"])
def test_an_address_of_no_book_is_refused_where_it_is_set_as_where_it_is_used_and_said_of_an_edited_file(
    desk: QuickDesk, url: str
) -> None:
    refused = desk.start("config", "set", "carddav.url", url)
    used = desk.start("export", "--carddav", url)
    assert (refused.returncode, refused.stdout, refused.stderr) == (2, "", used.stderr)
    before = (desk.home / "config.toml").read_text()
    desk.settings(f'[carddav]\nurl = "{url}"\n')
    try:
        checked = desk.start("config", "check")
        assert (checked.returncode, "carddav.url: The address" in checked.stderr, "sesame" in checked.stderr) == (10, True, False)
        assert desk.start("status").returncode == 0  # an address book keeps no card from being shown
    finally:
        (desk.home / "config.toml").write_text(before)


NAMED = (  # what settings name that cannot be used, and what `config check` says of it
    ('[hooks]\nmissed = "/nope"\n', "hooks.missed: there is no file /nope", "ls -la /"),
    ('[hooks]\nring = ["nocmd"]\nmissed = ["nocmd"]\n', "hooks.ring: there is no command 'nocmd'", "hooks.missed: there is no"),
    ('[carddav]\nurl = "https://x.example/"\nuser = "x"\npassword_file = "/nope"\n', "file /nope does not exist", "chmod 600"),
    (
        '[carddav]\nuser = "x"\npassword_command = ["nocmd"]\n',
        "carddav.password_command: there is no command 'nocmd'",
        "Write its path",
    ),
    ('[carddav]\nurl = "https://x.example/"\nuser = "x"\n', "The password of x is not set", "carddav.password_file"),
    ('[carddav]\nurl = "https://x.example/"\nowner = "nobody@x"\n', "carddav.owner: No owner has", "There are: "),
    ('[crm]\ntoken_file = "/nope"\n', "token file /nope does not exist", "chmod 600 /nope"),
    ('[crm]\ntoken_command = ["nocmd"]\n', "crm.token_command: there is no command 'nocmd'", "config set crm.token_command PATH"),
    ('[crm]\nowner = "nobody@x"\n', "crm.owner is nobody@x, but no owner", "The CRM's owners: "),
    ('[crm]\nprovider = "file"\n', "no file is named", "config set crm.file"),
    ('[crm]\nprovider = "file"\nfile = "/nope.csv"\n', "/nope.csv cannot be read", "config set crm.file"),
    (
        '[crm]\ntoken_file = "/nope"\nowner = "nobody@x"\n[carddav]\nurl = "ftp://x"\nuser = "x"\npassword_file = "/none"\n',
        "file /nope does not exist",
        "file /none does not exist",
    ),
)


@pytest.mark.parametrize(("settings", "says", "more"), NAMED)
def test_what_the_settings_name_is_checked_as_the_command_that_uses_it_would(
    desk: QuickDesk, monkeypatch: pytest.MonkeyPatch, settings: str, says: str, more: str
) -> None:
    monkeypatch.setitem(desk.variables, "CALLERID_TOKEN", "")  # which goes before the settings
    file = desk.home / "config.toml"
    before = file.read_text()
    file.write_text(settings)
    try:
        checked = desk.start("config", "check")
    finally:
        file.write_text(before)
    told = " ".join(checked.stderr.split())
    assert (checked.returncode, says in told, more in told, checked.stdout) == (10, True, True, "")


def test_a_password_command_that_is_not_there_is_no_app_of_termux_that_is_missing(desk: QuickDesk) -> None:
    file = desk.home / "config.toml"
    before = file.read_text()
    file.write_text('[carddav]\nuser = "x"\npassword_command = ["nocmd"]\n')
    try:
        done = desk.start("export", "--carddav", "https://127.0.0.1:9/")
    finally:
        file.write_text(before)
    assert (done.returncode, "pkg install" in done.stderr) == (10, False)
    assert "carddav.password_command: there is no command 'nocmd'" in done.stderr
    assert desk.start("config", "set", "crm.token_command", '["nocmd"]').returncode == 10


def test_every_command_prints_every_fault_of_the_settings(tmp_path: Path) -> None:
    with SimulatedPortal() as portal:
        desk = QuickDesk(tmp_path, portal)
        desk.settings('min_duration = "soon"\n[colour]\nred = 1\n')
        for words in (("status",), ("run",), ("config", "check")):
            done = desk.start(*words)
            assert done.returncode == 10
            assert "line 10:" in done.stderr
            assert "line 11:" in done.stderr
            assert "callerid config check" in done.stderr


def test_outbox_lists_retries_and_drops_rows(tmp_path: Path) -> None:
    with SimulatedPortal() as portal:
        portal.populate(people=5, companies=1, deals=1)
        desk = QuickDesk(tmp_path, portal)
        desk.start("sync")
        desk.start("run", "--once", "watch")
        assert desk.json("outbox") == []
        for minutes in (3, 2):
            desk.phone.add_call("0871234567", CallType.INCOMING, datetime.now(UTC) - timedelta(minutes=minutes), 30)
        desk.phone.change(dialogs_blocked=True)
        desk.start("config", "set", "log.screen", "off")
        desk.start("run", "--once", "watch", "attend")
        portal.go_offline()
        for shown in desk.phone.notifications():
            desk.phone.tap(shown.id, "Connected")
        desk.phone.wait(lambda: len(_outbox(desk)) == 2, 40)
        assert {row["state"] for row in _outbox(desk)} == {"waiting"}
        portal.go_online()
        assert desk.start("outbox", "drop", "2").stdout.startswith("dropped")
        assert desk.start("outbox", "retry").stdout == "1 delivered, 0 left\n"
        assert len(portal.held_calls()) == 1
        missing = desk.start("outbox", "drop", "99")
        assert (missing.returncode, missing.stdout) == (2, "")
        assert len(desk.json("outbox", "--all")) == 2
        assert desk.json("status")["calls"]["adds_up"]


def test_outbox_says_that_a_delivered_row_waits_for_certainty(tmp_path: Path) -> None:
    now, new = datetime.now(UTC), NewContact(first_name="Ana", last_name="", company="", email="", number="", owner_id=None)
    with SimulatedPortal() as portal:
        desk = QuickDesk(tmp_path, portal)
        paths = installation_paths(desk.environment())
        make_folders(paths)
        ledger = open_ledger(paths.ledger, paths.block_list_key)
        ledger.outbox.put("ana", new, now)
        (row,) = ledger.outbox.all()
        after = replace(row, state=DeliveryState.DELIVERED, remote_id="1", certain_at=Deadline.after(timedelta(minutes=4), now))
        assert ledger.outbox.change(row, after, now)
        ledger.close()
        assert "waits for certainty" in desk.start("outbox").stdout
        assert [(row["state"], row["certain_at"] is None) for row in _outbox(desk)] == [("delivered", False)]
        assert "waiting 1 not certain yet (see: callerid outbox)" in desk.start("status").stdout


@pytest.mark.parametrize(
    ("meanwhile", "printed"), [("posted", "it may be in the CRM; if it is, it is removed from there"), ("delivered", "")]
)
def test_a_row_that_is_delivered_while_it_is_dropped_is_not_reported_as_dropped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, meanwhile: str, printed: str
) -> None:
    with SimulatedPortal() as portal:
        portal.populate(people=5, companies=1, deals=1)
        desk = QuickDesk(tmp_path, portal)
        desk.start("sync")
        desk.start("run", "--once", "watch")
        desk.phone.add_call("0871234567", CallType.INCOMING, datetime.now(UTC) - timedelta(minutes=3), 30)
        desk.start("run", "--once", "watch")
        portal.go_offline()
        desk.start("log", desk.json("calls")[0]["key"], "--outcome", "connected")
        (row,) = _outbox(desk)
        change = Outbox.change

        def changed_by_the_daemon_first(outbox: Outbox, before: Delivery, after: Delivery, now: datetime) -> bool:
            monkeypatch.setattr(Outbox, "change", change)
            posting = before_post(before, now)
            assert outbox.change(before, posting, now)
            if meanwhile == "delivered":
                assert outbox.change(posting, delivered(posting, "4711"), now)
            return outbox.change(before, after, now)

        monkeypatch.setattr(Outbox, "change", changed_by_the_daemon_first)
        dropped = desk.start("outbox", "drop", str(row["id"]))
        assert dropped.stdout.startswith(printed)
        assert bool(printed) or "was delivered meanwhile" in dropped.stderr
        assert dropped.returncode == (0 if printed else 2)


def _outbox(desk: QuickDesk) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(desk.start("outbox", "--json").stdout)
    return rows


def test_a_refused_call_is_delivered_by_one_retry_once_the_reason_is_gone(tmp_path: Path) -> None:
    with SimulatedPortal() as portal:
        portal.populate(people=5, companies=1, deals=1)
        desk = QuickDesk(tmp_path, portal)
        desk.start("sync")
        desk.start("config", "set", "log.screen", "off")
        desk.start("run", "--once", "watch")
        desk.phone.add_call("0871234567", CallType.INCOMING, datetime.now(UTC) - timedelta(minutes=2), 30)
        desk.start("run", "--once", "watch", "attend")
        portal.required["calls"] = ("hs_activity_type",)
        desk.phone.tap(desk.phone.notifications()[0].id, "Connected")
        desk.phone.wait(lambda: [bool(row["fault"]) for row in _outbox(desk)] == [True], 40)  # it was started without the token
        assert desk.start("outbox", "retry").returncode == 36
        assert [row["state"] for row in _outbox(desk)] == ["dead-letter"]
        desk.phone.wait(lambda: any(shown.title == "Not logged: Ana López · Acme Ltd" for shown in desk.phone.notifications()))
        portal.required.clear()
        assert desk.start("outbox", "retry").stdout == "1 delivered, 0 left\n"
        assert len(portal.held_calls()) == 1
        assert [shown.title for shown in desk.phone.notifications()] == ["Logged: Ana López · Acme Ltd"]


def test_turns_can_be_named_only_with_once(desk: QuickDesk) -> None:
    assert desk.start("run", "watch").returncode == 2
    assert desk.start("run", "--once").returncode == 0
    desk.phone.fault("termux-call-log", "denied", times=1)
    broken = desk.start("run", "--once", "watch")
    assert broken.returncode == 23
    assert "READ_CALL_LOG" in broken.stderr


def test_a_misspelt_environment_variable_is_reported(desk: QuickDesk) -> None:
    desk.variables["CALLERID_TOKN"] = "x"
    try:
        done = desk.start("status")
    finally:
        desk.variables.clear()
    assert done.returncode == 10
    assert "unset CALLERID_TOKN" in done.stderr


def test_every_command_has_help_and_is_in_the_readme(request: pytest.FixtureRequest) -> None:
    readme = (request.config.rootpath / "README.md").read_text()
    context = click.Context(callerid)
    for name in _COMMANDS:
        command = callerid.get_command(context, name)
        assert command
        assert command.help
        assert f"callerid {name}" in readme or f"make {name}" in readme
    assert callerid.get_command(context, "nothing") is None


def test_status_is_in_the_language_of_the_cards_and_its_json_in_english(tmp_path: Path) -> None:
    with SimulatedPortal() as portal:
        portal.populate(people=5, companies=1, deals=1)
        desk = QuickDesk(tmp_path, portal)
        desk.start("sync")
        desk.start("config", "set", "language", "ja")
        told = desk.start("status").stdout
        assert "データ   HubSpotから読み取り（たった今）: コンタクト5件、会社1件、取引1件、番号6件" in told
        assert "処理待ち ありません" in told  # the longest of the names, and all others as wide
        assert "使い方: callerid status [オプション]" in desk.start("status", "--help").stdout
        assert desk.start("status", "--json").stdout.isascii()
        refused = desk.start("outbox", "drop", "7")
        assert (refused.returncode, refused.stderr) == (
            2,
            "callerid: 送信待ちに7番の行はありません。\n行を見るには: callerid outbox\n",
        )
