"""callerid show: a person as the phone knows them, by number, name, e-mail address or id."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from callerid.models import CallType
from tests.desks import ANA, QuickDesk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.desks import SyncedHome

PERSON = {"id", "name", "first_name", "last_name", "email", "company", "company_id", "owner", "last_contacted"} | {
    "numbers",
    "deals",
    "tasks",
    "crm_tasks",
    "tickets",
    "crm_notes",
    "calls",
    "links",
}
CALL = {"key", "start", "local", "number", "type", "duration", "sim", "who", "company", "contact_id", "certainty"} | {
    "state",
    "reason",
    "outcome",
    "note",
}


@pytest.fixture(scope="module")
def desk(small_home: SyncedHome, tmp_path_factory: pytest.TempPathFactory) -> Iterator[QuickDesk]:
    """Ana was called and a note was taken, with a task; a stranger rang."""
    with small_home.desk(tmp_path_factory.mktemp("show")) as made:
        now = datetime.now(UTC)
        made.phone.add_call(ANA, CallType.OUTGOING, now - timedelta(hours=2), 192)
        made.phone.add_call("+33145678900", CallType.MISSED, now - timedelta(hours=1), name="Plombier")
        made.start("run", "--once", "watch", "attend")
        key = made.json("calls")[1]["key"]
        done = made.start(
            "log", key, "--outcome", "left-live-message", "--note", "Sends\nthe \x1b[31moffer", "--follow-up", "tomorrow"
        )
        assert done.returncode == 0, done.stderr
        yield made


def ana(desk: QuickDesk, *words: str) -> dict[str, Any]:
    shown = desk.json("show", *(words or (ANA,)))
    assert shown.keys() == {"who", "person", "people"}
    assert shown["people"] == []
    person: dict[str, Any] = shown["person"]
    return person


def test_a_person_is_shown_with_numbers_deals_tasks_calls_notes_and_links(desk: QuickDesk) -> None:
    person = ana(desk)
    assert person.keys() == PERSON
    assert (person["name"], person["company"]) == ("Ana López", "Acme Ltd")
    number = person["numbers"][0]
    assert number.keys() == {"raw", "e164", "property", "certainty", "why", "others"}
    assert (number["e164"], number["certainty"], number["others"]) == ("+353871234567", "known", [])
    (deal,) = [deal for deal in person["deals"] if deal["is_open"]]
    assert deal.keys() == {"id", "name", "amount", "currency", "stage", "pipeline", "closes", "is_open", "link"}
    assert (deal["name"], deal["link"].endswith(f"/record/0-3/{deal['id']}")) == ("Renewal 2027", True)
    (task,) = person["tasks"]
    assert task.keys() == {"due", "title", "note", "state"}
    (call,) = person["calls"]
    assert call.keys() == CALL
    assert (call["outcome"], call["note"], call["state"], call["contact_id"]) == (
        "Left live message",
        "Sends\nthe \x1b[31moffer",
        "logged",
        person["id"],
    )
    assert person["links"]["contact"].endswith(f"/record/0-1/{person['id']}")
    assert "/record/0-2/" in person["links"]["company"]


def test_the_text_has_the_same_without_control_characters(desk: QuickDesk) -> None:
    lines = desk.start("show", "ana lópez").stdout.splitlines()
    assert lines[0] == "Ana López · Acme Ltd"
    assert [line for line in lines if line and not line.startswith(" ")][1:] == ["Numbers", "Deals", "Tasks", "Calls"]
    assert "outgoing, 3 min 12 s · Left live message · logged" in "\n".join(lines)
    assert "    Sends the  [31moffer" in lines or "    Sends the [31moffer" in lines
    assert all(line.isprintable() for line in lines)


@pytest.mark.parametrize("who", ["Ana López", "López, Ana", "lópez", "087 123 4567"])
def test_a_person_is_found_by_name_part_or_number(desk: QuickDesk, who: str) -> None:
    assert ana(desk, who)["name"] == "Ana López"


def test_a_person_is_found_by_email_and_id(desk: QuickDesk) -> None:
    person = ana(desk)
    assert ana(desk, person["email"])["id"] == ana(desk, person["id"])["id"] == person["id"]
    assert ana(desk, ANA, "-n", "0")["calls"] == []


@pytest.mark.parametrize("who", ["+33 1 45 67 89 00", "Plombier"])
def test_a_stranger_is_shown_with_their_calls(desk: QuickDesk, who: str) -> None:
    person = ana(desk, who)
    assert (person["id"], person["name"], person["numbers"][0]["certainty"]) == (None, "Plombier", "unknown")
    assert [call["type"] for call in person["calls"]] == ["MISSED"]
    assert "not in the CRM" in desk.start("show", who).stdout


def test_nobody_is_said_with_what_to_type(desk: QuickDesk) -> None:
    done = desk.start("show", "Nobody\x1b[31m Known")
    assert (done.returncode, done.stdout) == (2, "")
    assert "knows nobody by" in done.stderr
    assert "\x1b" not in done.stderr


def test_what_the_crm_has_of_a_person_is_shown_and_a_missing_scope_is_told_everywhere(desk: QuickDesk) -> None:
    person, records = ana(desk), desk.portal.records
    contact = int(person["id"])
    due = {"hs_timestamp": "2026-11-20T09:30:00Z", "hs_task_status": "NOT_STARTED", "hubspot_owner_id": "77002"}
    records.create("tasks", {"hs_task_subject": "Send\x1b[31m the price list"} | due, [("contacts", contact, 204)])
    ticket = {"subject": "Printer is broken", "hs_pipeline": "0", "hs_pipeline_stage": "3"}
    records.create("tickets", ticket, [("contacts", contact, 16)])
    note = {"hs_call_body": "<p>Wants it in red</p>", "hs_timestamp": str(int(records.clock() * 1000)), "hubspot_owner_id": "77002"}
    records.create("calls", note, [("contacts", contact, 194)])
    desk.start("config", "set", "card.lines", "crm-note,tasks,tickets")
    lacks = "The token lacks tickets: without it there are no open tickets on the card."
    assert lacks in desk.start("sync").stdout
    assert lacks in desk.start("status").stdout
    assert lacks.removesuffix(".") in " ".join(desk.start("doctor").stdout.split())
    assert "no open tickets" not in desk.start("show", "Ana López").stdout
    desk.portal.scopes.add("tickets")
    assert lacks not in desk.start("sync").stdout + desk.start("status").stdout
    person = ana(desk)
    (task,) = [task for task in person["crm_tasks"] if task["text"].startswith("Send")]
    assert (task.keys(), task["due"], task["owner"]) == (
        {"id", "due", "text", "owner"},
        "2026-11-20T09:30:00+00:00",
        "eva@example.com",
    )
    (shown,) = person["tickets"]
    assert (shown.keys(), shown["text"], shown["stage"]) == (
        {"id", "opened", "text", "owner", "stage"},
        "Printer is broken",
        "Waiting on us",
    )
    (noted,) = person["crm_notes"]
    assert (noted.keys(), noted["text"]) == ({"id", "at", "text", "owner"}, "Wants it in red")
    lines = desk.start("show", "Ana López").stdout.splitlines()
    assert "Open tickets in HubSpot" in lines
    assert any(line.endswith("Wants it in red · by Eva Else") for line in lines)
    assert all(line.isprintable() for line in lines)
    card = desk.start("lookup", ANA).stdout
    assert "by Eva Else: Wants it in red" in card
    assert "ticket: Printer is broken · Waiting on us" in card


@pytest.mark.parametrize("typed", ["lopez ana", "LÓPEZ", "lopez", "an lop", "López, Ana"])
def test_a_person_is_found_without_accents_in_any_order_and_by_beginnings(desk: QuickDesk, typed: str) -> None:
    assert ana(desk, typed)["name"] == "Ana López"
    assert desk.json("lookup", typed)["people"][0]["last_name"] == "López"
    assert desk.json("calls", typed, "-n", "1")[0]["company"] == "Acme Ltd"


def test_a_list_of_people_that_is_cut_says_so(desk: QuickDesk) -> None:
    for place in range(101):
        desk.portal.records.create("contacts", {"firstname": f"A{place}", "lastname": "Moreau", "phone": f"+33145{place:06}"})
    desk.start("sync", "--full")
    for command in ("show", "lookup"):
        listed = desk.start(command, "Moreau")
        assert listed.stdout.count("Moreau") in (100, 101)  # lookup has it in its title, too
        assert "type more of the name" in listed.stderr
    assert "type more" not in desk.start("lookup", "López").stderr


def test_somebody_whom_only_the_phone_knows_is_found_so_too(desk: QuickDesk) -> None:
    assert ana(desk, "PLOMBIER")["id"] is None
    assert "knows nobody by 'Plomb-Nobody'" in desk.start("show", "Plomb-Nobody").stderr


def test_several_people_of_one_name_are_listed_and_one_is_chosen_by_id(desk: QuickDesk) -> None:
    desk.portal.records.create("contacts", {"firstname": "Bea", "lastname": "López", "phone": ANA})
    desk.start("sync", "--full")
    shown = desk.json("show", "López")
    assert (shown["person"], len(shown["people"])) == (None, 2)
    assert shown["people"][0].keys() == {"id", "name", "company", "numbers"}
    done = desk.start("show", "López")
    assert [line.split("  ")[1] for line in done.stdout.splitlines()] == ["Ana López · Acme Ltd", "Bea López"]
    assert "callerid show " in done.stderr
    chosen = ana(desk, shown["people"][0]["id"])
    assert chosen["numbers"][0]["others"] == ["Bea López"]
    assert "shared with Bea López" in desk.start("show", chosen["id"]).stdout
    assert [call["note"] for call in chosen["calls"]] == ["Sends\nthe \x1b[31moffer"]  # logged with her
    assert [call["key"] for call in desk.json("calls", chosen["id"])] == [call["key"] for call in chosen["calls"]]
    bea = ana(desk, shown["people"][1]["id"])
    assert (bea["name"], bea["calls"], desk.json("calls", bea["id"])) == ("Bea López", [], [])


@pytest.mark.parametrize("raws", [("+49 171 3000001", "+49 171 3000001"), ("+44 20 7946 0018 ext 12", "+44 20 7946 0018 x 13")])
def test_a_call_is_listed_with_whom_it_was_logged_and_not_with_who_shares_the_number(
    desk: QuickDesk, raws: tuple[str, str]
) -> None:
    named = (("Alpha", raws[0]), ("Beta", raws[1]))
    people = [desk.portal.records.create("contacts", {"lastname": name, "phone": raw}).id for name, raw in named]
    desk.start("sync")
    number = raws[0].partition(" ext")[0].replace(" ", "")
    desk.phone.add_call(number, CallType.INCOMING, datetime.now(UTC) - timedelta(minutes=5), 60)
    desk.start("run", "--once", "watch", "attend")
    (undecided,) = desk.json("calls", str(people[0]))
    assert [call["key"] for call in desk.json("calls", str(people[1]))] == [undecided["key"]]
    for who in people:  # it may be theirs
        assert [call["key"] for call in ana(desk, str(who))["calls"]] == [undecided["key"]]
        assert f" · {undecided['who']} · " in " ".join(desk.start("show", str(who)).stdout.split())
    done = desk.start("log", undecided["key"], "--person", str(people[1]), "--outcome", "connected")
    assert done.returncode == 0, done.stderr
    listed = [[call["key"] for call in desk.json("calls", str(who))] for who in people]
    shown = [[call["key"] for call in ana(desk, str(who))["calls"]] for who in people]
    assert listed == shown == [[], [undecided["key"]]]
    assert [call["key"] for call in desk.json("calls", number)] == [undecided["key"]]
