"""Whatever a name, a note or a label of the CRM has in it, no command sends it to the terminal as an order."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import callerid.cli
from callerid.models import CallType
from callerid.simulator.portal.schema import PROPERTIES
from tests.desks import ANA, QuickDesk, SyncedHome

if TYPE_CHECKING:
    from collections.abc import Iterator

EVIL = "\x1b[2J\x9b31m\x07\u202eevil\r\x00"
_BESIDE_PRINT_TEXT = {  # what is printed without it: bytes of a table for a spreadsheet, JSON, and the orders of a progress line
    "language/json_answers.py": 1,
    "language/output.py": 5,
    "lookup.py": 2,
    "people/export.py": 1,
    "people/private_file.py": 1,
    "views/listing.py": 1,
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[QuickDesk]:
    """Everybody and everything in the CRM has such a name. A call waits in the outbox, one was missed, one was never logged."""
    home = SyncedHome(tmp_path_factory.mktemp("small"), people=1, companies=1, deals=1, is_watched=True)
    with pytest.MonkeyPatch.context() as patch, home.desk(tmp_path_factory.mktemp("evil")) as made:
        evil_property = PROPERTIES["contacts"][-1] | {"name": "mobile_text", "label": f"Mobile {EVIL}"}
        patch.setitem(PROPERTIES, "contacts", [*PROPERTIES["contacts"], evil_property])
        records = made.portal.records
        for kind, names in (("contacts", ("firstname", "lastname")), ("companies", ("name",)), ("deals", ("dealname",))):
            for record_id in records.by_kind[kind]:
                records.edit(kind, record_id, dict.fromkeys(names, EVIL))
        made.start("sync", "--full")
        now = datetime.now(UTC)
        made.phone.add_call(ANA, CallType.INCOMING, now - timedelta(hours=3), 60)
        made.phone.add_call(ANA, CallType.OUTGOING, now - timedelta(hours=2), 192)
        made.phone.add_call(ANA, CallType.MISSED, now - timedelta(hours=1))
        made.phone.add_call("+33145678900", CallType.MISSED, now - timedelta(minutes=9), name=EVIL)
        made.start("run", "--once", "watch", "attend")
        made.portal.go_offline()
        made.start("log", made.json("calls")[2]["key"], "--outcome", "connected", "--note", EVIL)
        yield made


def test_no_command_prints_a_control_character(desk: QuickDesk) -> None:
    person = desk.json("lookup", ANA)["people"][0]["id"]
    commands = [["outbox"], ["calls"], ["missed"], ["status"], ["watch"], ["show", person], ["lookup", ANA], ["lookup", EVIL]]
    commands += [["show", EVIL], ["forget", EVIL], ["log", EVIL], ["export", "--vcard", "-", "--owner", EVIL], ["hygiene"]]
    commands += [["report", "-o", "-"], ["export", "--vcard", "-"], ["hygiene", "--csv", "-"]]
    commands += [["config", "set", "region", EVIL], ["ignore", EVIL], ["match", EVIL, ANA, "--region", "IE"], ["add", EVIL]]
    printed = {" ".join(words): desk.start(*words) for words in commands}
    desk.portal.go_online()
    printed["config phones"] = desk.start("config", "phones")
    desk.portal.go_offline()
    orders = {name: orders_in((done.stdout + done.stderr).replace("\r\n", "\n")) for name, done in printed.items()}
    assert {name: found for name, found in orders.items() if found} == {}
    assert "evil" in printed["outbox"].stdout
    assert "evil" in printed["config phones"].stdout
    assert "evil" in printed["report -o -"].stdout


def orders_in(text: str) -> set[str]:
    return {sign for sign in text if sign != "\n" and (unicodedata.category(sign) in ("Cc", "Cs") or sign == "\u202e")}


def test_what_commands_print_goes_through_what_takes_control_characters_out() -> None:
    folder = Path(callerid.cli.__path__[0])
    past_it = re.compile(r"click\.(?:echo|secho|prompt|confirm)\b|\bprint_exactly\(")
    found = {file: len(past_it.findall(file.read_text("utf-8"))) for file in folder.rglob("*.py")}
    assert {str(file.relative_to(folder)): count for file, count in found.items() if count} == _BESIDE_PRINT_TEXT
