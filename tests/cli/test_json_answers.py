"""The keys of each `--json` answer stay: docs/json.md promises them, and programs of people read them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from callerid.config.settings import SETTINGS
from callerid.models import CallType
from tests.desks import ANA, QuickDesk
from tests.pages.made import ROOT, commands

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.desks import SyncedHome

STRANGER = "+33145678900"
# What each command is given, in this order, and the keys of its answer; of what is in another one after a dot.
CALL = "key start local number type duration sim who company contact_id certainty state reason outcome note"
DEAL = "id name amount currency stage pipeline closes"
PERSON = "id first_name last_name email company company_id owner last_contacted"
ANSWERS: dict[str, tuple[tuple[str, ...], dict[str, str | None]]] = {
    "match": (("match", ANA, "1"), {"": "match why"}),
    "lookup": (
        ("lookup", ANA),
        {
            "": "number certainty title body people saved company companies",
            "people": f"{PERSON} match why deals",
            "people.deals": DEAL,
        },
    ),
    "log": (("log", "KEY", "--outcome", "busy", "--follow-up", "tomorrow"), {"": "key state reason"}),
    "add": (("add", STRANGER, "--last-name", "Martin"), {"": "contact state fault call", "call": "key state reason"}),
    "calls": (("calls",), {"": f"{CALL} length"}),
    "missed": (
        ("missed",),
        {
            "": "who company contact_id number attempts first last last_call deal_values deals zones local_times business_hours",
            "deals": DEAL,
        },
    ),
    "show": (
        ("show", ANA),
        {
            "": "who person people",
            "person": f"{PERSON} name numbers deals tasks crm_tasks tickets crm_notes calls links",
            "person.numbers": "raw e164 property certainty why others",
            "person.deals": f"{DEAL} is_open link",
            "person.tasks": "due title note state",
            "person.calls": CALL,
            "person.links": "contact company",
        },
    ),
    "outbox": (
        ("outbox", "--all"),
        {"": "id call kind start title state wish attempts not_before certain_at remote_id fault"},
    ),
    "status": (
        ("status",),
        {
            "": "enabled log_screen running region senses last_poll last_sync mirror missing_scopes no_export calls outbox troubles",
            "mirror": "contacts companies deals phones built_at filling",
            "calls": "logged change-refused dismissed ignored not-in-crm dead-letter baseline pending in_log adds_up",
            "outbox": "waiting unsure dead-letter",
        },
    ),
    "sync": (
        ("sync",),
        {"": "kind why dry_run contacts companies deals phones changed removed missing_scopes no_export report requests seconds"},
    ),
    "hygiene": (("hygiene",), {"": "contact name property number problem proposed others"}),
    "config phones": (("config", "phones"), {"": "kind name label state"}),
    "config show": (("config", "show"), {"": " ".join(SETTINGS)}),
    "reconcile": (("reconcile",), {"": "missing unfollowed belied"}),
    "doctor": (
        ("doctor",),
        {
            "": "name works says why remedy needed cpu_ms wall_ms looks_a_day battery_percent_a_day version bytes rows",
            "rows": None,  # by table
        },
    ),
    "forget": (
        ("forget", STRANGER, "--yes"),
        {"": "contacts calls saved log_lines undelivered unsure dialog is_complete waits_for_mirror"},
    ),
    "config columns": (("config", "columns"), {"": "column role"}),
}


@pytest.fixture
def desk(small_home: SyncedHome, tmp_path: Path, quick_searches: None) -> Iterator[QuickDesk]:
    """Ana, who has a deal, was called, and she and a stranger were missed; a number in the CRM cannot be matched."""
    with small_home.desk(tmp_path) as made:
        made.portal.records.create("contacts", {"firstname": "Zoe", "phone": "1.23457E+11"})
        made.start("sync")
        now = datetime.now(UTC)
        made.phone.add_call(ANA, CallType.OUTGOING, now - timedelta(hours=2), 192)
        made.phone.add_call(STRANGER, CallType.MISSED, now - timedelta(hours=1))
        made.phone.add_call(ANA, CallType.MISSED, now - timedelta(minutes=50))
        made.start("run", "--once", "watch", "attend")
        (made.folder / "people.csv").write_text("First name,Phone\nAna,+353871234567\n")
        made.start("config", "set", "crm.file", str(made.folder / "people.csv"))
        yield made


def keys(value: object, at: str = "") -> dict[str, set[str]]:
    """Return the keys of an answer and, by their places, of what is in it."""
    found: dict[str, set[str]] = {}
    if isinstance(value, list):
        parts = [keys(each, at) for each in value]
    elif isinstance(value, dict):
        parts = [{at: set(value)}, *(keys(each, f"{at}.{key}".strip(".")) for key, each in value.items())]
    else:
        return found
    for part in parts:
        for place, names in part.items():
            found.setdefault(place, set()).update(names)
    return {place: names for place, names in found.items() if names}


def test_each_answer_has_the_keys_that_it_had(desk: QuickDesk) -> None:
    key = desk.json("calls")[-1]["key"]
    for name, (words, expected) in ANSWERS.items():
        if name == "config columns":
            desk.start("config", "set", "crm.provider", "file")
        answer = desk.json(*(key if word == "KEY" else word for word in words))
        found = keys(answer)
        free = {place for place, names in expected.items() if names is None} | {"deal_values"}
        assert {place: names for place, names in found.items() if place not in free} == {
            place: set(names.split()) for place, names in expected.items() if names is not None
        }, name


def test_each_command_that_answers_in_json_is_one_of_these() -> None:
    with_json = {
        context.command_path.removeprefix("callerid ")
        for context in commands()
        if any("--json" in option.opts for option in context.command.params)
    }
    assert with_json == ANSWERS.keys()


def test_each_key_stands_in_the_page_about_json() -> None:
    page = (ROOT / "docs/json.md").read_text(encoding="utf-8")
    named = {word for quoted in re.findall(r"`([^`]+)`", page) for word in quoted.split()}
    for name in ANSWERS.keys() - {"config show"}:
        promised = " ".join(filter(None, ANSWERS[name][1].values())).split()
        assert [key for key in promised if key not in named] == [], name
