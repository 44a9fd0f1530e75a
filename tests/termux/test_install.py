"""termux/install.sh makes callerid work on a phone, and changes nothing when it is run again."""

from __future__ import annotations

import os
import re
import stat
import subprocess
from typing import TYPE_CHECKING

from callerid.cli.main import _COMMANDS
from callerid.core.wording.table import places
from tests.termux.prefix import ROOT, wait_for

if TYPE_CHECKING:
    from pathlib import Path

    from tests.termux.prefix import Termux

LABEL = 13  # places of what begins a line


def scripts(termux: Termux) -> list[Path]:
    """Return the scripts that Termux's apps and runit start."""
    places = [termux.home / ".termux", termux.home / ".shortcuts", termux.home / ".local/share/callerid/job", termux.services]
    return [path for place in places for path in place.rglob("*") if path.is_file() and path.name != "down"]


def test_one_command_installs_all_of_it_and_says_so_in_ten_lines(installed: Termux) -> None:
    lines = installed.summary.splitlines()
    assert len(lines) <= 10
    assert [line.split(":")[0] for line in lines] == ["environment", "programs", "boot", "service", "doors", "files", "next"]
    names = {str(path.relative_to(installed.folder)) for path in scripts(installed)}
    assert {"it's home/.termux/boot/callerid", "it's home/.shortcuts/tasks/callerid-on"} <= names
    assert {f"usr/var/service/callerid/{name}" for name in ("run", "finish", "log/run")} <= names
    assert installed.callerid("--version").stdout.startswith("callerid, version")
    man = installed.prefix / "share/man/man1"
    assert [name for name in _COMMANDS if not (man / f"callerid-{name}.1").exists()] == []
    assert "FILES" in (man / "callerid.1").read_text()
    completion = (installed.prefix / "share/bash-completion/completions/callerid").read_text()
    assert "complete" in completion
    assert "_CALLERID_COMPLETE=bash_complete" in completion


def test_every_script_is_complete_executable_and_reads_with_the_shell_of_termux(installed: Termux) -> None:
    assert len(scripts(installed)) == 14
    for path in scripts(installed):
        text = path.read_text()
        assert text.startswith(f"#!{installed.bin}/sh\n")
        assert "@" not in text.replace('"$@"', "")
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
        assert subprocess.run(["dash", "-n", str(path)], check=False).returncode == 0


def test_a_second_run_changes_no_byte_and_fetches_nothing(installed: Termux) -> None:
    before, fetched = installed.files(), (installed.home / "pip.log").read_text()
    again = installed.install()
    assert again.returncode == 0
    assert "files:       0 written" in again.stdout
    assert "fits this Python" in again.stdout
    assert (installed.files(), (installed.home / "pip.log").read_text()) == (before, fetched)


def test_a_shell_that_comes_later_gets_its_completion_with_the_next_run(installed: Termux) -> None:
    shells = [installed.bin / name for name in ("zsh", "fish")]
    for shell in shells:
        shell.symlink_to(installed.bin / "sh")
    assert "files:       2 written" in installed.install().stdout
    zsh, fish = (
        installed.prefix / "share/zsh/site-functions/_callerid",
        installed.prefix / "share/fish/vendor_completions.d/callerid.fish",
    )
    assert "_CALLERID_COMPLETE=zsh_complete callerid" in zsh.read_text()
    assert "_CALLERID_COMPLETE=fish_complete" in fish.read_text()
    for path in (*shells, zsh, fish):
        path.unlink()


def test_the_service_is_down_until_it_is_enabled_and_stays_enabled_after_an_update(installed: Termux) -> None:
    down = installed.services / "callerid" / "down"
    assert down.exists()
    assert "SVDIR=$PREFIX/var/service sv-enable callerid" in installed.summary
    down.unlink()
    assert "service:     on" in installed.install().stdout
    assert not down.exists()
    down.touch()


def test_the_environment_is_no_editable_install_and_holds_no_copy_of_callerid(installed: Termux) -> None:
    (packages,) = (installed.root / ".venv" / "lib").glob("python*/site-packages")
    assert (packages / "callerid.pth").read_text() == f"{installed.root}\n"
    assert not list(packages.glob("*editable*"))
    assert not (packages / "callerid").exists()
    where = installed.run(str(installed.root / ".venv/bin/python"), "-P", "-c", "import callerid; print(callerid.__file__)")
    assert where.stdout.strip() == str(installed.root / "callerid" / "__init__.py")


def test_pip_is_told_to_take_wheels_of_pure_python_only(installed: Termux) -> None:
    log = (installed.home / "pip.log").read_text().splitlines()
    assert len(log) == 2
    for line in log:
        assert "--only-binary :all: --implementation py --abi none --platform any" in line
    assert "--no-index --find-links" in log[1]  # what was fetched is kept, and suffices


def test_a_program_of_that_name_that_is_not_ours_stays(termux: Termux) -> None:
    (termux.bin / "callerid-event").write_text("somebody else's")
    assert "left" in termux.install().stdout
    assert (termux.bin / "callerid").readlink() == termux.root / "bin" / "callerid"
    termux.install("--remove")
    assert (termux.bin / "callerid-event").read_text() == "somebody else's"
    assert not os.path.lexists(termux.bin / "callerid")


def test_packages_that_termux_lacks_are_installed_and_no_others_and_services_need_no_new_session(termux: Termux) -> None:
    lacking = [termux.bin / "sv-enable", termux.prefix / "etc/profile.d/start-services.sh"]
    for path in lacking:
        path.rename(termux.folder / path.name)
    client = f"printf '#!{termux.bin}/sh\\n' >\"$PREFIX/libexec/termux-api\""
    restore = "\n".join(f'mv "{termux.folder / path.name}" "{path}"' for path in lacking)
    termux.program("pkg", f'echo "$@" >>"{termux.folder}/pkg.log"\n{client}\n{restore}')
    (termux.prefix / "libexec/termux-api").write_text("half of an upgrade")
    assert "packages:    installed termux-api termux-services" in termux.install().stdout
    assert (termux.folder / "pkg.log").read_text() == "install -y termux-api termux-services\n"
    wait_for((termux.services / "callerid" / "supervise" / "lock").exists)  # by runsv, which runsvdir has started
    assert termux.daemons() == []  # it is down until it is enabled


def test_the_first_installation_leads_to_setup_and_an_update_does_not(installed: Termux) -> None:
    assert "next:        callerid setup\n" in installed.summary
    settings = installed.home / ".config" / "callerid" / "config.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text('language = "ja"\n[ring]\n')
    printed = installed.install().stdout
    assert "\n次に:        callerid run\n" in printed


def test_what_the_script_says_is_there_in_both_languages_with_the_same_values() -> None:
    texts = [line.split("|") for line in (ROOT / "termux" / "texts").read_text().splitlines() if not line.startswith("#")]
    said = re.findall(r"\bsay ([a-z_]+)", (ROOT / "termux" / "install.sh").read_text())
    assert {key for key, _, _ in texts} == set(said)
    for key, english, japanese in texts:
        assert english.count("%") == english.count("%s") == japanese.count("%") == japanese.count("%s"), key
        labels = [re.match("[^ ]+: +", text) for text in (english, japanese)]
        if re.match("[a-z]+:", english):
            assert [label and places(label[0]) for label in labels] == [LABEL, LABEL], key


def test_the_home_that_the_person_chose_is_written_into_each_script(termux: Termux) -> None:
    chosen = f"{termux.home}/it's callerid"
    assert termux.install(CALLERID_HOME=chosen).returncode == 0
    assert "files:       0 written" in termux.install().stdout  # an update without the variable keeps it
    for path in scripts(termux):
        home = termux.run(
            f"{termux.bin}/sh", "-c", '. /dev/stdin; printf %s "$CALLERID_HOME"', stdin=path.read_text().split("\n")[1]
        )
        assert home.stdout == chosen


def test_wrong_arguments_are_refused(termux: Termux) -> None:
    for words in (("--now",), ("--remove", "--yes"), ("--purge", "now")):
        assert termux.install(*words).returncode == 2
