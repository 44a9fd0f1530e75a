"""callerid log, add, outbox and reconcile, as a person types them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from callerid.core.followup.states import State
from callerid.errors import DiskFull
from callerid.models import CallType
from callerid.paths import installation_paths
from callerid.store.ledger.database import open_ledger
from callerid.store.reserve import Reserve
from callerid.turns.followup import record_answer, withdraw
from tests.cli import terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import ModuleType

    from tests.desks import QuickDesk, SyncedHome

pytestmark = pytest.mark.usefixtures("quick_searches")
STRANGER = "+33145678900"


@pytest.fixture
def desk(tmp_path: Path, small_home: SyncedHome) -> Iterator[QuickDesk]:
    with small_home.desk(tmp_path) as made:
        yield made


def called(desk: QuickDesk, number: str = "0871234567") -> str:
    desk.phone.add_call(number, CallType.INCOMING, datetime.now(UTC) - timedelta(minutes=20), 75)
    assert desk.start("run", "--once", "watch", "attend").returncode == 0
    key: str = desk.json("calls")[0]["key"]
    return key


def test_a_call_is_withdrawn_or_logged_and_never_both_at_once(desk: QuickDesk) -> None:
    refused = desk.start("log", called(desk), "--withdraw", "--note", "x")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "--withdraw" in refused.stderr


def test_an_unknown_outcome_is_refused_with_the_names_of_the_valid_ones(desk: QuickDesk) -> None:
    refused = desk.start("log", called(desk), "--outcome", "bogus")
    assert refused.returncode == 2
    assert "'Callback requested'" in refused.stderr
    assert "-4a11-" not in refused.stderr


def test_an_outcome_can_be_named_as_hubspot_does_in_any_language(desk: QuickDesk) -> None:
    assert desk.start("config", "set", "language", "ja").returncode == 0
    assert desk.start("log", called(desk), "--outcome", "Left voicemail").returncode == 0
    assert [call.disposition for call in desk.portal.held_calls()] == ["Left voicemail"]


def test_a_call_is_logged_corrected_and_withdrawn(desk: QuickDesk) -> None:
    key = called(desk)
    done = desk.start("log", key[:6], "--outcome", "Callback requested", "--note", "will call", "--follow-up", "2031-05-06")
    assert done.stdout == f"{key}: logged\n"
    (call,), (task,) = desk.portal.held_calls(), desk.portal.held_tasks()
    assert (call.disposition, call.note, task.due[:10]) == ("Callback requested", "will call", "2031-05-06")
    assert desk.json("log", key, "--outcome", "busy") == {"key": key, "state": "logged", "reason": ""}
    (call,) = desk.portal.held_calls()
    assert (call.disposition, call.note) == ("Busy", "will call")
    assert desk.start("log", key, "--withdraw").stdout == f"{key}: dismissed (withdrawn)\n"
    assert (desk.portal.held_calls(), desk.portal.held_tasks()) == ((), ())
    told = desk.start("outbox", "--all").stdout
    assert (told.count("[withdrawn]"), told.count("withdrawn"), "dropped" in told) == (2, 2, False)
    again = desk.start("log", key, "--withdraw")
    assert (again.returncode, "nothing to withdraw" in again.stderr) == (2, True)


def test_a_withdrawal_that_waits_for_a_network_is_called_one_wherever_it_is_told(desk: QuickDesk) -> None:
    key = called(desk)
    assert desk.start("log", key, "--outcome", "busy").returncode == 0
    desk.portal.go_offline()
    assert desk.start("log", key, "--withdraw").stdout == f"{key}: to be withdrawn\n"
    assert "to be withdrawn" in desk.start("calls", "--state", "to be withdrawn").stdout
    assert "[to be withdrawn]" in desk.start("outbox").stdout
    told = desk.start("status").stdout
    assert ("1 to be withdrawn from the CRM" in told, ": 1 to be withdrawn" in told, "way" in told) == (True, True, False)
    assert "withdrawn" in desk.start("show", "Ana López").stdout
    assert desk.start("log", key, "--outcome", "busy").stdout.startswith(f"{key}: on its way")
    assert desk.json("calls", "--state", "to be withdrawn") == []


def is_stored_by_the_reserved_space(desk: QuickDesk, module: ModuleType, function: str, *words: str) -> bool:
    """Type a command while a function finds no room until the reserved space is given back."""
    reserve, store = Reserve(desk.home / "reserve"), getattr(module, function)
    assert reserve.keep()

    def store_if_there_is_room(*values: Any) -> Any:
        if not reserve.is_wanting:
            raise DiskFull("There is no room.")
        return store(*values)

    with pytest.MonkeyPatch.context() as full:
        full.setattr(module, function, store_if_there_is_room)
        return desk.start(*words).returncode == 0


def test_what_is_typed_gets_the_reserved_space_on_a_full_phone(desk: QuickDesk) -> None:
    key = called(desk)
    assert is_stored_by_the_reserved_space(desk, record_answer, "record_answer", "log", key, "--outcome", "busy")
    assert [call.disposition for call in desk.portal.held_calls()] == ["Busy"]
    assert is_stored_by_the_reserved_space(desk, withdraw, "withdraw", "log", key, "--withdraw")
    assert desk.portal.held_calls() == ()


def test_a_new_caller_who_is_typed_gets_the_reserved_space_on_a_full_phone(
    desk: QuickDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callerid.crm.hubspot.http.send.pause_before_retry", lambda *_: None)
    key = called(desk, STRANGER)
    desk.portal.fault("status", "POST /crm/objects/2026-09/contacts", times=9, status=503)
    added = "add", STRANGER, "--last-name", "Martin"
    assert is_stored_by_the_reserved_space(desk, record_answer, "record_new_caller", *added)
    assert is_stored_by_the_reserved_space(desk, record_answer, "record_new_caller", "log", key, "--note", "wants a boat")
    desk.portal.clear_faults()
    assert desk.start("outbox", "retry").returncode == 0
    assert [(call.contacts, call.note) for call in desk.portal.held_calls()] == [(("Martin",), "wants a boat")]


def test_a_call_that_cannot_be_logged_is_explained_with_a_remedy(desk: QuickDesk) -> None:
    key = called(desk, STRANGER)
    refused = desk.start("log", key, "--note", "x")
    assert refused.returncode == 2
    assert f"callerid add {STRANGER}" in refused.stderr
    assert desk.start("log", "nothing", "--note", "x").returncode == 2
    known = called(desk)
    for words in (("--outcome", "fine"), ("--deal", "1"), ("--person", "1"), ("--follow-up", "soon")):
        assert desk.start("log", known, *words).returncode == 2


def test_an_unknown_caller_is_added_and_their_call_is_logged(desk: QuickDesk) -> None:
    key = called(desk, STRANGER)
    added = desk.json("add", STRANGER, "--first-name", "Zoé", "--last-name", "Martin", "--email", "zoe@example.org")
    assert added["state"] == "delivered"
    assert added["contact"]
    assert added["call"] == {"key": key, "state": "logged", "reason": ""}
    assert [call.contacts for call in desk.portal.held_calls()] == [("Zoé Martin",)]
    again = desk.start("add", STRANGER, "--last-name", "Martin")
    assert (again.returncode, "in the CRM already: Zoé Martin" in again.stderr) == (2, True)


def test_a_caller_is_added_by_the_name_that_the_phone_has_and_nobody_is_guessed(desk: QuickDesk) -> None:
    for number, name in ((STRANGER, "Zoé Martin"), ("+33145678901", "Two Lines"), ("+33145678902", "Two Lines")):
        desk.phone.add_call(number, CallType.INCOMING, datetime.now(UTC) - timedelta(minutes=20), 75, name=name)
    desk.start("run", "--once", "watch", "attend")
    refused = [desk.start("add", name, "--last-name", "M") for name in ("two lines", "Ana López", "Nobody\x1b[J", "An", "Martin")]
    assert [done.returncode for done in refused] == [2] * 5
    several = "several numbers: +33145678901, +33145678902"
    says = (several, "in the CRM already: ", *(f"knows no number of {name}" for name in ("Nobody [J", "An.", "Martin.")))
    assert [text in done.stderr for text, done in zip(says, refused, strict=True)] == [True] * 5, refused
    assert desk.json("add", "zoe martin", "--first-name", "Zoé", "--last-name", "Martin")["call"]["state"] == "logged"


def test_a_name_is_added_as_it_was_typed_in_an_option(desk: QuickDesk) -> None:
    called(desk, STRANGER)
    contact = int(desk.json("add", STRANGER, "--first-name", "ジョン スミス")["contact"])
    properties = desk.portal.records.by_kind["contacts"][contact].properties
    assert (properties["firstname"], properties.get("lastname", "")) == ("ジョン スミス", "")


def test_a_contact_who_never_called_can_be_added(desk: QuickDesk) -> None:
    done = desk.start("add", STRANGER, "--last-name", "Martin")
    assert done.stdout.startswith("contact: delivered, id ")
    assert json.loads(desk.start("lookup", STRANGER, "--json").stdout)["title"] == "Martin"


@pytest.mark.parametrize("words", [("12",), (STRANGER,), (STRANGER, "--last-name", "M", "--email", "none")])
def test_a_wrong_number_name_or_address_is_refused(desk: QuickDesk, words: tuple[str, ...]) -> None:
    refused = desk.start("add", *words)
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 2


def test_a_call_logged_while_offline_stays_in_the_outbox_and_that_is_reported(desk: QuickDesk) -> None:
    key = called(desk)
    desk.portal.go_offline()
    done = desk.start("log", key, "--outcome", "connected")
    assert (done.returncode, done.stdout) == (0, f"{key}: on its way\n")  # stderr has why
    assert "tried again" in done.stderr
    (row,) = desk.json("outbox")
    assert row["kind"] == "call"
    assert row["fault"]
    listed = [desk.start("outbox").stdout.splitlines() for _ in range(2)]
    assert listed[0] == listed[1]
    assert listed[0][0].endswith("[on its way]")
    assert listed[0][1:] == [f"      {line}" for line in row["fault"].splitlines()]


def test_reconcile_prints_what_it_fixed(desk: QuickDesk) -> None:
    called(desk)
    assert desk.start("reconcile").stdout == "nothing was wrong\n"
    assert desk.json("reconcile") == {"missing": 0, "unfollowed": 0, "belied": []}


def test_a_waiting_contact_is_dropped_by_the_number_of_its_row(desk: QuickDesk) -> None:
    desk.portal.go_offline()
    assert desk.start("add", STRANGER, "--last-name", "Martin").stdout == "contact: on its way\n"
    (row,) = desk.json("outbox")
    assert (row["kind"], row["call"], row["title"]) == ("contact", None, "Martin")
    assert desk.start("outbox", "drop", str(row["id"])).stdout == "dropped: Martin\n"
    assert desk.json("outbox") == []
    assert "not on its way to the CRM any more: withdrawn." in desk.start("outbox", "retry", str(row["id"])).stderr


def typed(desk: QuickDesk, words: tuple[str, ...], *answers: tuple[str, str]) -> str:
    return terminal.typed(lambda file: desk.start_at(file, *words), *answers)


def test_log_without_options_asks_in_the_terminal_and_can_go_back(desk: QuickDesk) -> None:
    key = called(desk)
    which, text = "number (b: back):", "optional (b: back):"
    answers = ((which, "2"), (text, "a note"), (which, "b"), (text, "another"), (which, "5"), ("(b: back):", "2031-05-06"))
    assert f"{key}: logged" in typed(desk, ("log", key[:4]), *answers)
    (call,), (task,) = desk.portal.held_calls(), desk.portal.held_tasks()
    assert (call.disposition, call.note, task.due[:10]) == ("Busy", "another", "2031-05-06")


def test_a_draft_from_a_dialog_of_a_dismissed_call_is_continued_in_the_terminal(desk: QuickDesk) -> None:
    key = called(desk)
    where = installation_paths(desk.environment())
    ledger = open_ledger(where.ledger, where.block_list_key)
    before = ledger.calls.followup(key)
    assert before
    draft = (("outcome", "busy"), ("note", "budget 40k"))
    ledger.calls.change(before, replace(before, state=State.DISMISSED, draft=draft), datetime.now(UTC))
    ledger.close()
    assert f"{key}: logged" in typed(desk, ("log", key), ("number (b: back):", "1"))
    assert [(call.disposition, call.note) for call in desk.portal.held_calls()] == [("Busy", "budget 40k")]


def test_calls_names_the_person_a_call_is_logged_with(desk: QuickDesk) -> None:
    key = called(desk)
    assert desk.json("calls")[0]["who"].startswith("Ana López")
    other = next(person for person in desk.portal.records.by_kind["contacts"].values() if person.properties["firstname"] != "Ana")
    name = f"{other.properties['firstname']} {other.properties['lastname']}"
    desk.start("log", key, "--person", str(other.id))
    (call,) = desk.json("calls")
    assert (call["who"].startswith(name), call["certainty"]) == (True, "known")
    desk.start("log", key, "--withdraw")
    assert desk.json("calls")[0]["who"].startswith("Ana López")


def test_add_asks_in_the_terminal(desk: QuickDesk) -> None:
    called(desk, STRANGER)
    end = "(b: back):"
    screen = typed(desk, ("add", STRANGER), (end, "Zoé"), (end, "Martin"), (end, "Atelier Sud"), (end, ""))
    assert "contact: delivered" in screen
    assert [call.contacts for call in desk.portal.held_calls()] == [("Zoé Martin",)]


def test_a_contact_that_the_crm_refused_is_dropped_and_its_call_settled(desk: QuickDesk) -> None:
    called(desk, STRANGER)
    desk.portal.required["contacts"] = ("lifecyclestage",)
    desk.start("add", STRANGER, "--last-name", "Martin")
    (row,) = desk.json("outbox")
    assert row["state"] == "dead-letter"
    assert desk.start("outbox", "drop", str(row["id"])).stdout == "dropped: Martin\n"
    assert desk.json("outbox") == []
    assert desk.json("status")["calls"]["dead-letter"] == 0


def test_a_contact_that_may_be_in_the_crm_is_not_dropped(desk: QuickDesk) -> None:
    desk.portal.fault("cut_after", "POST /crm/objects/2026-09/contacts$")
    desk.start("add", STRANGER, "--last-name", "Martin")
    (row,) = desk.json("outbox")
    assert row["state"] == "unsure"
    refused = desk.start("outbox", "drop", str(row["id"]))
    assert (refused.returncode, "may be in the CRM" in refused.stderr) == (2, True)


def test_drop_prints_what_it_means_for_the_crm(desk: QuickDesk) -> None:
    key = called(desk)
    desk.portal.fault("cut_after", "POST /crm/objects/2026-09/calls$")
    desk.start("log", key, "--outcome", "connected")
    assert desk.start("outbox", "drop", "1").stdout == (
        "it may be in the CRM; if it is, it is removed from there: Call from Ana López\n"
    )


def test_a_call_with_a_hidden_number_is_logged_with_the_named_person(desk: QuickDesk) -> None:
    key = called(desk, "")
    for words in ((), ("--note", "x")):
        refused = desk.start("log", key, *words)
        assert refused.returncode == 2
        assert f"callerid log {key} --person WHO" in refused.stderr
    assert desk.start("log", key, "--note", "x", "--person", "Nobody At-All").returncode == 2
    assert desk.start("log", key, "--note", "x", "--person", "ana lópez").stdout == f"{key}: logged\n"
    desk.start("log", key, "--note", "y")
    assert [(call.contacts, call.note) for call in desk.portal.held_calls()] == [(("Ana López",), "y")]


def test_log_asks_in_the_terminal_who_a_call_with_a_hidden_number_was_with(desk: QuickDesk) -> None:
    key = called(desk, "")
    people = len(desk.portal.records.by_kind["contacts"])
    who, which, text = "cancel):", "number (b: back):", "(b: back):"
    answers = ((who, "somebody"), (who, "López"), (which, "1"), (text, "a note"), (which, "1"))
    screen = typed(desk, ("log", key[:4]), *answers)
    assert "The number was hidden" in screen
    assert "no such contact" in screen
    assert [(call.contacts, call.note) for call in desk.portal.held_calls()] == [(("Ana López",), "a note")]
    assert f"{key}: logged" in typed(desk, ("log", key[:4]), (which, "1"), (text, "another"), (which, "1"))
    assert [call.note for call in desk.portal.held_calls()] == ["another"]
    assert len(desk.portal.records.by_kind["contacts"]) == people


def test_the_question_who_a_call_was_with_can_be_cancelled(desk: QuickDesk) -> None:
    key = called(desk, "")
    assert "nothing was changed" in typed(desk, ("log", key[:4]), ("cancel):", ""))
    assert desk.portal.held_calls() == ()


def test_a_name_of_several_contacts_is_refused_with_their_ids(desk: QuickDesk) -> None:
    key = called(desk, "")
    ids = [desk.portal.records.create("contacts", {"firstname": "Kim", "lastname": last}).id for last in ("One", "Two")]
    desk.start("sync")
    refused = desk.start("log", key, "--person", "Kim")
    assert refused.returncode == 2
    assert all(str(contact_id) in refused.stderr for contact_id in ids)
    screen = typed(desk, ("log", key[:4]), ("cancel):", "kim"), ("cancel):", ""))
    assert all(str(contact_id) in screen for contact_id in ids)


def test_a_later_note_goes_into_the_answer_that_waits_for_its_caller(desk: QuickDesk) -> None:
    key = called(desk, STRANGER)
    desk.portal.go_offline()
    desk.start("add", STRANGER, "--last-name", "Martin")
    assert desk.start("log", key, "--note", "quote 12k", "--follow-up", "2031-05-06").stdout == f"{key}: adding the caller\n"
    assert desk.start("log", key, "--deal", "1").returncode == 2
    desk.portal.go_online()
    desk.start("outbox", "retry")
    desk.start("outbox", "retry")
    (call,), (task,) = desk.portal.held_calls(), desk.portal.held_tasks()
    assert (call.contacts, call.note, task.due[:10]) == (("Martin",), "quote 12k", "2031-05-06")


def test_a_call_that_waits_for_its_caller_can_be_logged_with_another_contact(desk: QuickDesk) -> None:
    key = called(desk, STRANGER)
    people = len(desk.portal.records.by_kind["contacts"])
    desk.portal.go_offline()
    desk.start("add", STRANGER, "--last-name", "Martin")
    desk.start("log", key, "--person", "Ana López")
    desk.portal.go_online()
    desk.start("outbox", "retry")
    assert [call.contacts for call in desk.portal.held_calls()] == [("Ana López",)]
    assert len(desk.portal.records.by_kind["contacts"]) == people


def test_a_probable_match_does_not_prevent_adding_a_contact(desk: QuickDesk) -> None:
    desk.portal.records.create("contacts", {"firstname": "Wrong", "lastname": "One", "phone": f"{STRANGER} ext 22"})
    desk.start("sync")
    key = called(desk, STRANGER)
    assert desk.json("calls")[0]["who"] == "Probably Wrong One"
    desk.portal.go_offline()
    added = desk.start("add", STRANGER, "--last-name", "Martin")
    assert "may be in the CRM already: Wrong One" in added.stderr
    assert desk.json("calls")[0]["who"] == "Martin"
    desk.portal.go_online()
    desk.start("outbox", "retry")
    desk.start("outbox", "retry")
    assert [call.contacts for call in desk.portal.held_calls()] == [("Martin",)]
    assert desk.json("calls")[0] | {"key": key, "who": "Martin"} == desk.json("calls")[0]


def test_two_kinds_of_sync_at_once_are_refused(desk: QuickDesk) -> None:
    refused = desk.start("sync", "--full", "--delta")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "--full and --delta are different syncs" in refused.stderr


def test_an_owner_who_is_not_in_the_portal_is_told_by_sync_status_and_doctor(desk: QuickDesk) -> None:
    desk.start("config", "set", "crm.owner", "nobody@example.com")
    for _ in range(2):
        synced = desk.start("sync")
        assert synced.returncode == 0
        assert synced.stderr.count("crm.owner is nobody@example.com, but no owner in the CRM has that e-mail address") == 1
        assert "callerid config set crm.owner" in synced.stderr
    (trouble,) = desk.json("status")["troubles"]
    assert (trouble["source"], "me@example.com" in trouble["remedy"]) == ("owner", True)
    owner = next(finding for finding in desk.json("doctor") if finding["name"] == "owner")
    assert (owner["works"], "no owner in the CRM" in owner["says"]) == (False, True)
    desk.start("config", "set", "crm.owner", "ME@example.com")
    assert desk.json("status")["troubles"] == []
    assert next(finding["works"] for finding in desk.json("doctor") if finding["name"] == "owner")


def test_a_missing_scope_is_told_by_sync_status_and_doctor_with_what_it_adds_and_where_to_grant_it(desk: QuickDesk) -> None:
    assert next(finding["works"] for finding in desk.json("doctor") if finding["name"] == "scopes")
    desk.portal.scopes.discard("crm.objects.deals.read")
    for _ in range(2):
        synced = desk.start("sync")
        assert synced.returncode == 0
        assert "lacks crm.objects.deals.read: without it there are no open deals on the card" in synced.stdout
        assert "(Development > Keys > Service keys)" in synced.stdout
    (lacks,) = desk.json("sync")["missing_scopes"]
    assert (lacks["scope"], bool(lacks["as_of"]), "Add crm.objects.deals.read" in lacks["remedy"]) == (
        "crm.objects.deals.read",
        True,
        True,
    )
    assert desk.json("status")["missing_scopes"] == [lacks]
    (line,) = [line for line in desk.start("status").stdout.splitlines() if line.startswith("scope")]
    assert "What is shown of it is of" in line
    found = next(finding for finding in desk.json("doctor") if finding["name"] == "deals.read")
    assert (found["works"], found["remedy"]) == (False, lacks["remedy"])
    desk.portal.scopes.add("crm.objects.deals.read")
    assert desk.json("sync")["missing_scopes"] == []


def test_an_outcome_may_be_named_in_the_language_of_the_cards(desk: QuickDesk) -> None:
    key = called(desk)
    desk.start("config", "set", "language", "ja")
    assert desk.json("log", key, "--outcome", "話し中")["state"] == "logged"
    assert desk.portal.held_calls()[0].disposition == "Busy"


def test_a_refusal_of_the_crm_is_told_without_the_promise_of_another_try_and_is_an_exit_code(desk: QuickDesk) -> None:
    key = called(desk)
    desk.portal.fault("status", "POST /crm/objects/2026-09/(calls|contacts)$", times=9, status=400)
    logged = desk.start("log", key, "--note", "wants a boat")
    assert (logged.returncode, "refused by the CRM" in logged.stdout, "HubSpot refused" in logged.stderr) == (36, True, True)
    assert "tried again" not in logged.stderr
    added = desk.start("add", STRANGER, "--last-name", "Martin", "--json")
    assert (added.returncode, json.loads(added.stdout)["state"]) == (36, "dead-letter")
    assert "tried again" not in added.stderr


def test_a_number_that_nobody_can_dial_is_not_added_unless_it_has_called(desk: QuickDesk) -> None:
    short = "0049171999"
    refused = desk.start("add", short, "--last-name", "Martin")
    assert (refused.returncode, "not a complete phone number" in refused.stderr) == (2, True)
    called(desk, short)
    assert desk.start("add", short, "--last-name", "Martin").returncode == 0
