"""A day of the main jobs, good and bad, leaves the token in no file but its own, and in nothing that is printed."""

from __future__ import annotations

import base64
import contextlib
import io
import sys
import zipfile
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from requests.adapters import HTTPAdapter

from callerid.__main__ import main
from callerid.models import CallType
from callerid.simulator.portal.server import Handler
from tests.desks import ANA, report

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.desks import QuickDesk, SyncedHome

GOOD = "pat-eu1-7d3c0ffe-aaaa-4bbb-8ccc-0123456789ab"
BAD = "pat-eu1-00badbad-dddd-4eee-8fff-ba9876543210"
PASSWORD = "Umzugskarton-mit-Rad-4711"


class Spoken:
    """A desk, and everything that its commands have printed."""

    def __init__(self, desk: QuickDesk) -> None:
        self.desk, self.printed = desk, ""

    def run(self, *words: str) -> int:
        """Run a command, and return its exit code; 70 for one that crashes as Python does."""
        try:
            done = self.desk.start(*words)
        except RuntimeError as crash:
            with contextlib.redirect_stderr(io.StringIO()) as stderr:
                sys.excepthook(RuntimeError, crash, crash.__traceback__)
            self.printed += stderr.getvalue()
            return 70
        self.printed += done.stdout + done.stderr
        return done.returncode

    def token_is(self, secret: str) -> None:
        file = self.desk.home / "token"
        file.write_text(f"{secret}\n", encoding="utf-8")
        file.chmod(0o600)


@pytest.fixture
def spoken(tmp_path: Path, synced_home: SyncedHome) -> Iterator[Spoken]:
    with synced_home.desk(tmp_path) as desk:
        desk.portal.token = GOOD
        desk.variables = {"CALLERID_TOKEN": ""}
        desk.settings(f'[carddav]\nuser = "ana"\npassword_file = "{desk.home / "password"}"\nurl = "{desk.portal.url}/book"\n')
        with (desk.home / "config.toml").open("r+", encoding="utf-8") as file:
            text = file.read().replace("[crm]\n", f'[crm]\ntoken_file = "{desk.home / "token"}"\n')
            file.seek(0)
            file.write(text)
        (desk.home / "password").write_text(f"{PASSWORD}\n", encoding="utf-8")
        (desk.home / "password").chmod(0o600)
        yield Spoken(desk)


@contextlib.contextmanager
def quoting(status: int) -> Iterator[None]:
    """Have the portal answer every request with a refusal that quotes what it was sent."""

    def answer(self: Handler, content: bytes) -> tuple[int, Any, dict[str, str]]:
        del content
        sent = self.headers["Authorization"]
        body = {"message": f"Invalid: {sent}", "category": "VALIDATION_ERROR", "errors": [{"message": sent, "in": sent}]}
        return status, body, {}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Handler, "_answer", answer)
        yield


@contextlib.contextmanager
def crashing() -> Iterator[None]:
    """Have what sends a request fail as nobody foresaw, in words that quote it."""

    def send(self: HTTPAdapter, request: Any, **_: Any) -> None:
        raise RuntimeError(f"cannot send {dict(request.headers)}")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(HTTPAdapter, "send", send)
        yield


def live_a_day(spoken: Spoken) -> list[int]:
    """Go through the main jobs, and return the exit codes of those that depend on the token."""
    desk, codes = spoken.desk, []
    spoken.token_is(GOOD)
    codes.append(spoken.run("sync"))
    spoken.run("run", "--once", "watch")
    report(desk, "ring", ANA)
    desk.phone.add_call(ANA, CallType.INCOMING, datetime.now(UTC) - timedelta(hours=1), 75)
    spoken.run("run", "--once", "-v", "upkeep", "inbox", "watch", "attend")
    with quoting(400):
        codes.append(spoken.run("log", desk.json("calls")[0]["key"], "--outcome", "connected", "--note", "hello"))
    spoken.token_is(BAD)
    codes.append(spoken.run("sync"))
    spoken.token_is(GOOD)
    with quoting(401):
        codes += [spoken.run("sync"), spoken.run("run", "--once", "-v", "deliver", "pull")]
    with quoting(403):
        spoken.run("run", "--once", "-v", "deliver", "pull", "addressbook")
    with crashing():
        codes.append(spoken.run("run", "--once", "-v", "pull"))
    spoken.run("report-bug", "--to", str(desk.folder))  # has the answer of doctor, too
    for words in ("status", "outbox", "calls", "config show", "export --vcard people.vcf"):
        spoken.run(*words.split())
    return codes


def traces(spoken: Spoken) -> list[str]:
    """Return where a secret is, in whatever form: each file below the desk but those that hold it, and what was printed."""
    forms = [form for secret in (GOOD, BAD, PASSWORD) for form in forms_of(secret)]
    places = {"what was printed": spoken.printed.encode()}
    for path in (path for path in spoken.desk.folder.rglob("*") if path.is_file() and path.name not in ("token", "password")):
        places[str(path.relative_to(spoken.desk.folder))] = path.read_bytes()
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                places |= {f"{path.name}/{name}": archive.read(name) for name in archive.namelist()}
    assert {"callerid/ledger.db", "callerid/ledger.db.backup-1", "callerid/callerid.log"} <= set(places)
    assert {part for part in ("cannot send", "Bearer ****") if part not in spoken.printed} == set()
    return [place for place, content in places.items() if any(form in content for form in forms)]


def forms_of(secret: str) -> Iterator[bytes]:
    """Return a secret's middle, which no masking of its ends spares, as it is, in UTF-16 and in base64."""
    middle = secret[8:-4]
    yield from (middle.encode(), middle.encode("utf-16-le"), middle.upper().encode(), secret[-12:].encode())
    for before in range(3):
        encoded = base64.b64encode(b"x" * before + secret.encode())
        yield encoded[4:-4]


def test_no_file_and_nothing_printed_has_the_token_whatever_happened(spoken: Spoken, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(spoken.desk.folder)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(sys, "argv", ["callerid", "--version"])
    main()  # as each command begins
    assert live_a_day(spoken) == [0, 36, 30, 30, 30, 70]
    assert traces(spoken) == []
