"""install.sh --remove leaves nothing running and nothing installed; --purge leaves nothing of the customers either."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from callerid.models import CallType
from callerid.paths import OTHER_FILES, Paths, installation_paths
from callerid.simulator.portal import SimulatedPortal
from tests.termux.prefix import wait_for

if TYPE_CHECKING:
    from pathlib import Path

    from tests.termux.prefix import Termux

SHUTS_DOWN = ("runsv ", "svlogd", "callerid", "sleep ", "tail ")


def of_callerid(termux: Termux) -> list[str]:
    """Return what is left of callerid outside its checkout: files, links and folders."""
    places = [path for top in (termux.home, termux.prefix) for path in top.rglob("*") if termux.root not in (path, *path.parents)]
    return [str(path.relative_to(termux.folder)) for path in places if "callerid" in path.name]


def left_running(termux: Termux) -> list[str]:
    """Return the processes of callerid and of what supervises it."""
    return [words for _, words in termux.processes() if any(name in words for name in SHUTS_DOWN) and "runsvdir" not in words]


@pytest.mark.parametrize("state", ["running", "waiting"])
def test_remove_stops_the_service_and_takes_everything_away_but_what_is_stored(installed: Termux, state: str) -> None:
    (installed.services / "callerid" / "down").unlink()
    settings = installed.home / ".config" / "callerid" / "config.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text("nonsense = 1\n" if state == "waiting" else "")
    installed.start(str(installed.home / ".termux" / "boot" / "callerid"))
    wait_for(installed.daemon if state == "running" else lambda: "sleep 60" in left_running(installed))
    removed = installed.install("--remove")
    assert removed.returncode == 0, removed.stderr
    assert left_running(installed) == []
    assert {name.split("/")[1] for name in of_callerid(installed)} == {".config", ".local", "var"}
    assert not (installed.home / ".shortcuts").exists()
    assert not (installed.prefix / "share" / "bash-completion").exists()
    assert not (installed.root / ".venv").exists()
    assert any("--cancel --job-id" in " ".join(entry.get("argv", [])) for entry in installed.phone.journal())
    assert installed.install("--remove").returncode == 0  # there is nothing more to remove


def test_remove_stops_a_daemon_started_by_hand_takes_its_question_away_and_a_later_installation_asks_it_again(
    installed: Termux,
) -> None:
    def run_daemon() -> None:
        installed.start("sh", str(installed.bin / "callerid"), "run")
        wait_for(installed.daemon)

    with SimulatedPortal() as portal:
        portal.populate(people=1, companies=1, deals=1)
        settings = installed.home / ".config" / "callerid" / "config.toml"
        settings.parent.mkdir(parents=True)
        token = settings.with_name("hubspot-token")
        token.write_text(portal.token)
        token.chmod(0o600)
        crm = f'[crm]\nurl = "{portal.url}"\ntoken_file = "{token}"\n'
        settings.write_text(f'region = "IE"\n{crm}[log]\nscreen = false\n')
        run_daemon()
        wait_for(lambda: "sync: 1 contact" in (installed.state / "callerid.log").read_text())
        installed.phone.add_call("+353871234567", CallType.INCOMING, datetime.now(UTC) - timedelta(minutes=1), 60)
        installed.run(str(installed.home / ".termux" / "tasker" / "callerid-idle"))
        (question,) = installed.phone.wait(installed.phone.notifications)
    assert installed.install("--remove").returncode == 0
    assert (left_running(installed), installed.told()) == ([], [])
    assert installed.install().returncode == 0
    run_daemon()
    (again,) = installed.phone.wait(installed.phone.notifications)
    assert (again.id, again.title) == (question.id, question.title)


def stored_names(folder: Path) -> list[Path]:
    """Make every file that callerid may keep in a home, with copies and journals beside them, and return them."""
    paths = installation_paths({"CALLERID_HOME": str(folder)})
    ours = [getattr(paths, field.name) for field in fields(Paths)]
    beside = [
        path.with_name(path.name + end) for path in (paths.ledger, paths.mirror) for end in ("-wal", ".damaged", ".version-3")
    ]
    beside += [paths.block_list_key.with_suffix(end) for end in (".list", ".new")]
    beside += [folder / (f"{name}1-0.new" if name.endswith((".", "-")) else name) for name in OTHER_FILES]
    folder.mkdir(parents=True, exist_ok=True)
    for path in (*ours, *beside, paths.log_file.with_name("callerid.log.1")):
        if path == paths.inbox:
            path.mkdir()
            (path / "ring-1-0.event").touch()
        else:
            path.touch()
    return [*ours, *beside]


def test_purge_says_what_it_deletes_and_leaves_nothing_of_the_customers(installed: Termux) -> None:
    home = installed.home / "it's mine"
    assert installed.install(CALLERID_HOME=str(home)).returncode == 0
    stored_names(home)
    token, other = installed.home / ".hubspot-token", home / "notes of mine.txt"
    token.write_text("secret")
    other.touch()
    (home / "config.toml").write_text("[crm]\ntoken_file = '~/.hubspot-token'\n")
    (installed.logs / "sv" / "callerid").mkdir(parents=True)
    refused = installed.install("--purge")  # the home is the one that it was installed for
    assert refused.returncode == 2
    assert "nothing was deleted" in refused.stderr
    assert token.exists()
    purged = installed.install("--purge", "--yes")
    assert purged.returncode == 0, purged.stderr
    for path in (token, home / "ledger.db", home / "mirror.db", home / "config.toml"):
        assert str(path) in purged.stdout
        assert purged.stdout.splitlines().count(f"  {path}") == 1
    assert [path.name for path in home.iterdir()] == ["notes of mine.txt"]
    assert not token.exists()
    assert of_callerid(installed) == []


def test_purge_deletes_each_secret_that_the_settings_name_and_the_token_of_setup_that_they_no_longer_name(
    installed: Termux,
) -> None:
    settings, token, password = installed.home / ".config/callerid", installed.home / "my token", installed.home / "password"
    settings.mkdir(parents=True)
    left = settings / "hubspot-token"  # setup has written it, and the source was changed since
    copy = settings / "hubspot-token.bak"  # as people make one
    for file in (token, password, left, copy, installed.home / "callerid-ring.tsk.xml"):
        file.write_text("secret")
    # "it's home" has a quotation mark of TOML in it
    (settings / "config.toml").write_text(f'[crm]\ntoken_file = "{token}"\n[carddav]\npassword_file = "{password}"\n')
    assert installed.install("--purge", "--yes").returncode == 0
    assert [file for file in (token, password, left, copy) if file.exists()] == []
    assert not (installed.home / ".config").exists()
    assert of_callerid(installed) == []  # nor what setup has written for Tasker
    assert "not installed any more" in installed.install("--remove").stdout


def test_purge_after_callerid_has_run_leaves_no_folder_and_no_name_on_the_screen(installed: Termux) -> None:
    installed.start(str(installed.home / ".termux" / "boot" / "callerid"))
    wait_for(installed.daemon)
    installed.run(str(installed.home / ".termux" / "tasker" / "callerid-ring"), "+353871234567")
    (card,) = installed.phone.wait(installed.phone.notifications)
    ledger = str(installed.home / ".local" / "share" / "callerid" / "ledger.db")
    cards = [str(installed.bin / "python3"), str(installed.root / "termux" / "cards.py"), ledger]
    wait_for(lambda: installed.run(*cards).stdout == f"{card.id}\n")
    event = (str(installed.bin / "sh"), str(installed.bin / "callerid-event"))
    assert installed.run(*event, "reply", "abcdefghijklmnop_-12", stdin="wants a yacht").returncode == 0  # its card is gone
    installed.phone.wait(lambda: "Note not saved: the call was already handled" in installed.told())
    assert installed.install("--purge", "--yes").returncode == 0
    assert installed.told() == []
    assert of_callerid(installed) == []
    left = {path.relative_to(installed.home).parts[:2] for path in installed.home.rglob("*") if installed.root not in path.parents}
    assert left <= {("callerid",), ("pip.log",), (".local",), (".local", "lib")}  # lib is of the tests, as is the log
    assert left_running(installed) == []
    assert not (installed.root / "wheels").exists()
