"""callerid forget: nothing about a person is left in any file, and nothing brings them back."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from callerid.core.followup.states import State
from callerid.core.inbox_events import Ring
from callerid.core.sync.plan import SyncKind
from callerid.errors import AlreadyRunning, DatabaseDamaged, DiskFull
from callerid.models import CallType, Page
from callerid.simulator.phone.runner import SimulatedRunner
from callerid.store.ledger.block_list import Kind
from callerid.turns.followup.conversation import store_draft
from callerid.turns.ringing.phone_contacts import read_phone_contacts
from callerid.turns.ringing.show_ring import show_ring
from callerid.turns.sync.pull import pull
from callerid.turns.upkeep.forget import ForgetResult, find, forget
from callerid.turns.upkeep.forget_later import finish_forgetting, learn_what_is_left
from callerid.turns.upkeep.maintenance import maintain_databases
from tests.damages import flush
from tests.turns.delivery.steps import answer_by_command, deliver_all
from tests.turns.world import ANA, World

if TYPE_CHECKING:
    from pathlib import Path

ZOE = "+353 87 765 4321"
TRACES = (b"Zoraida", b"Quixote", b"7654321", b"765 4321", b"zoraida@")


@pytest.fixture
def zoe(world: World) -> World:
    """Return a world with Zoraida, whose name is unique: she has called, her card was shown, and she is in the phone's contacts."""
    properties = {
        "firstname": "Zoraida",
        "lastname": "Quixote",
        "email": "zoraida@example.org",
        "phone": ZOE,
        "mobilephone": "+49 89 765 4321 0",
    }
    world.portal.records.create("contacts", properties)
    world.phone.change(contacts=[{"name": "Zoraida Quixote", "number": ZOE}])
    world.later(hours=3)
    world.sync()
    read_phone_contacts(world.app, world.now)
    show_ring(world.app, Ring(at=world.now, number=ZOE), world.now)
    call = world.called(ZOE, CallType.MISSED, 0).call
    world.attend()
    log = f"ring from {ZOE}: known\ncall {call.key}: open\nring from …21: known\nsomething else\n"
    world.where.log_file.write_text(log)
    return world


def traces(world: World) -> list[tuple[str, bytes]]:
    files: list[Path] = [path for path in world.where.ledger.parent.rglob("*") if path.is_file()]
    return [(path.name, word) for path in files for word in TRACES if word in path.read_bytes()]


def forget_by(world: World, number_or_name: str) -> ForgetResult:
    return forget(world.app, find(world.app, number_or_name), world.now)


@pytest.mark.parametrize("number_or_name", ["087 765 4321", "Zoraida Quixote", "quixote zoraida", "+49 89 765 43210"])
def test_every_row_byte_and_log_line_about_a_person_is_deleted(zoe: World, number_or_name: str) -> None:
    assert traces(zoe)
    for connection in (zoe.app.ledger.connection, zoe.app.mirror._db):
        connection.execute("PRAGMA secure_delete = OFF")  # some systems have it on
    result = forget_by(zoe, number_or_name)
    assert (result.contacts, result.calls, result.undelivered) == (1, 1, 0)
    assert result.saved >= 1
    assert traces(zoe) == []
    assert zoe.titles() == []
    assert zoe.where.log_file.read_text() == "something else\n"
    assert len(zoe.who(ANA)) == 1


def test_no_sync_or_call_log_read_brings_a_forgotten_person_back(zoe: World) -> None:
    forget_by(zoe, ZOE)
    contact = next(c for c in zoe.portal.records.by_kind["contacts"].values() if c.properties.get("firstname") == "Zoraida")
    zoe.portal.records.edit("contacts", contact.id, {"lastname": "Quixote-Smith"})
    zoe.later(hours=30)
    zoe.sync()
    zoe.later(minutes=5)
    pull(zoe.app, zoe.hub, zoe.clock, requested=SyncKind.FULL)
    assert zoe.watch(deep=True).new == ()
    read_phone_contacts(zoe.app, zoe.now)
    assert show_ring(zoe.app, Ring(at=zoe.now, number=ZOE), zoe.now) is None
    assert zoe.who(ZOE) == ()
    assert traces(zoe) == []


def test_a_contact_who_shares_the_number_stays_without_it(zoe: World) -> None:
    properties = {"firstname": "Zelda", "lastname": "Other", "phone": ZOE, "mobilephone": "+353 87 111 0000"}
    zoe.portal.records.create("contacts", properties)
    zoe.later(hours=3)
    zoe.sync()
    assert len(zoe.who(ZOE)) == 2
    forget_by(zoe, "Zoraida Quixote")
    assert zoe.who(ZOE) == ()
    assert [person.first_name for person in zoe.who("+353 87 111 0000")] == ["Zelda"]


def test_answers_that_are_not_delivered_yet_are_dropped_and_counted(zoe: World) -> None:
    (followup,) = (f for f in zoe.app.ledger.calls.newest(5) if f.call.number == ZOE)
    zoe.tap(followup, "connected")
    result = forget_by(zoe, ZOE)
    assert result.undelivered == 1
    zoe.deliver()
    assert zoe.calls_in_crm() == 0


def test_a_copy_of_the_ledger_that_a_migration_made_is_deleted_too(zoe: World) -> None:
    copy = zoe.where.ledger.with_name("ledger.db.version-1")
    copy.write_bytes(b"Zoraida")
    forget_by(zoe, ZOE)
    assert not copy.exists()


def test_backups_the_journal_and_databases_that_were_put_aside_are_deleted_and_a_new_backup_is_taken(zoe: World) -> None:
    maintain_databases(zoe.app, zoe.now)
    zoe.later(days=2)
    maintain_databases(zoe.app, zoe.now)
    (followup,) = (f for f in zoe.app.ledger.calls.newest(5) if f.call.number == ZOE)
    zoe.tap(followup, "connected")
    for name in ("ledger.db.damaged", "ledger.db.damaged-wal", "mirror.db.damaged", "mirror.db.damaged-wal"):
        zoe.where.ledger.with_name(name).write_bytes(b"Zoraida")
    assert any("backup" in name for name, _ in traces(zoe))
    forget_by(zoe, ZOE)
    assert traces(zoe) == []
    assert zoe.where.ledger.with_name("ledger.db.backup-1").exists()
    assert not zoe.where.ledger.with_name("ledger.db.backup-2").exists()


def test_a_person_forgotten_by_number_does_not_come_back_by_name(zoe: World) -> None:
    forget_by(zoe, ZOE)
    for name in ("Zoraida Quixote", "Quixote Zoraida"):
        assert show_ring(zoe.app, Ring(at=zoe.now, number="", name=name), zoe.now) is None
    zoe.phone.add_call("+33145678900", CallType.MISSED, zoe.now, name="Zoraida Quixote")
    zoe.later(seconds=1)
    (call,) = zoe.watch().new
    assert (call.number, call.name) == ("+33145678900", "")
    assert traces(zoe) == []


def test_a_name_known_only_from_the_call_log_can_be_forgotten(world: World) -> None:
    world.settings('region = "IE"\n[ring]\nphone_contacts = "off"\n')
    world.phone.add_call("+33145678900", CallType.MISSED, world.now, name="Gregor Quixote")
    world.later(seconds=1)
    world.watch()
    assert forget_by(world, "Gregor Quixote").calls == 1
    assert traces(world) == []


def test_rings_in_the_inbox_are_deleted_too(zoe: World) -> None:
    event = zoe.where.inbox / "ring-1-0.event"
    event.write_text(f"callerid-event 1\nring\n{ZOE}\n\n")
    other = zoe.where.inbox / "ring-1-1.event"
    other.write_text(f"callerid-event 1\nring\n{ANA}\n\n")
    forget_by(zoe, ZOE)
    assert not event.exists()
    assert other.exists()


def test_a_companys_number_is_forgotten_and_the_company_stays(world: World) -> None:
    company = next(iter(world.portal.records.by_kind["companies"].values()))
    world.portal.records.edit("companies", company.id, {"phone": "+49 89 7654321"})
    world.later(hours=1)
    world.sync()
    assert world.app.mirror.companies_by_number("+49 89 7654321", "IE")
    forget_by(world, "+49 89 7654321")
    assert not world.app.mirror.companies_by_number("+49 89 7654321", "IE")
    world.portal.records.edit("companies", company.id, {"domain": "example.net"})
    world.later(hours=3)
    world.sync()
    assert traces(world) == []
    assert world.app.mirror.facts().companies == 8


def test_who_rings_is_shown_while_the_ledger_is_written_anew(zoe: World) -> None:
    def ring() -> object:
        app = zoe.open()
        with closing(app):
            return show_ring(app, Ring(at=zoe.now, number=ANA), zoe.now)

    with closing(sqlite3.connect(zoe.where.ledger, isolation_level=None)) as forgetting, ThreadPoolExecutor(1) as pool:
        forgetting.execute("BEGIN IMMEDIATE")  # as VACUUM does
        shown = pool.submit(ring)
        zoe.phone.wait(lambda: any(title.startswith("Ana López") for title in zoe.titles()))
        assert not shown.done()
        forgetting.execute("ROLLBACK")
        assert shown.result()


def test_bytes_that_another_reader_still_holds_are_reported(zoe: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("callerid.store.erase._OTHERS_FLUSH_FOR", 0.1)
    reader = sqlite3.connect(zoe.where.ledger)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM calls").fetchone()
    zoe.app.ledger.connection.execute("PRAGMA busy_timeout = 100")
    zoe.where.ledger.with_name("ledger.db.version-1").write_bytes(b"Zoraida")
    (fault,) = forget_by(zoe, ZOE).faults
    assert "still contains them" in fault.sentence
    assert len(traces(zoe)) > 0
    assert {name for name, _ in traces(zoe)} <= {"ledger.db", "ledger.db-wal"}
    reader.close()
    assert forget_by(zoe, ZOE).faults == ()
    assert traces(zoe) == []


def test_no_file_that_cannot_be_used_keeps_the_person_in_another(zoe: World) -> None:
    maintain_databases(zoe.app, zoe.now)
    home = zoe.where.ledger.parent
    broken = ["addressbook.json", "corrections/1.jsonl", "callerid.log.1", "inbox/tap.event"]
    broken += ["ledger.db.version-8", "ledger.db.answers.new"]
    for name in broken:
        (home / name).mkdir(parents=True)
    for name in ("addressbook.json.new", "corrections/2.jsonl", "ledger.db.version-7", "mirror.db.damaged"):
        (home / name).write_text("Zoraida")
    faults = forget_by(zoe, ZOE).faults
    assert (traces(zoe), zoe.titles()) == ([], [])
    said = " ".join(fault.sentence for fault in faults)
    assert [name for name in broken if name not in said] == ["inbox/tap.event"]
    assert (f"{home / 'inbox'} has a file that cannot be read or deleted" in said, len(faults)) == (True, len(broken))


def test_a_mirror_that_is_found_damaged_keeps_the_person_nowhere(zoe: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def damage(*_: object) -> Page:
        if len(zoe.who(ZOE)) == 0:  # in the one that takes its place
            return Page()
        zoe.where.mirror.write_bytes(b"Zoraida" * 10_000)
        raise DatabaseDamaged("The mirror is damaged.", path=zoe.where.mirror)

    monkeypatch.setattr("callerid.turns.upkeep.forget._sharing", damage)
    assert forget_by(zoe, ZOE).faults == ()
    assert traces(zoe) == []


def test_a_ledger_that_cannot_be_erased_keeps_its_copies_and_nothing_else_has_the_person(
    zoe: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    zoe.where.ledger.with_name("ledger.db.version-1").write_bytes(b"Zoraida")

    def damaged(*_: object) -> None:
        raise DatabaseDamaged("The ledger is damaged.", path=zoe.where.ledger)

    monkeypatch.setattr("callerid.turns.upkeep.forget.erase_calls", damaged)
    (fault,) = forget_by(zoe, ZOE).faults
    assert isinstance(fault, DatabaseDamaged)
    assert {name for name, _ in traces(zoe)} - {"ledger.db-wal", "ledger.db.answers"} == {"ledger.db", "ledger.db.version-1"}


def test_nobody_is_forgotten_while_a_sync_runs_which_would_bring_them_back(zoe: World) -> None:
    with zoe.app.mirror.sync_lock(), pytest.raises(AlreadyRunning):
        forget_by(zoe, ZOE)
    assert len(zoe.who(ZOE)) == 1
    forget_by(zoe, ZOE)
    assert traces(zoe) == []


def test_a_word_that_is_neither_a_known_name_nor_a_number_finds_nobody(world: World) -> None:
    nobody = find(world.app, "Nobody Atall")
    assert not nobody.lines
    assert not nobody.contacts
    assert not nobody.names
    stranger = find(world.app, "+33145678900")
    assert stranger.lines == {"+33145678900"}
    assert forget(world.app, stranger, world.now).calls == 0


def test_calls_that_were_not_delivered_and_those_that_may_have_been_are_counted(world: World) -> None:
    lost, sure = world.called(), world.called()
    world.portal.fault("cut_after", "POST /crm/objects/2026-09/(calls|tasks)$", times=2)
    answer_by_command(world, lost, follow_up="tomorrow")
    world.deliver()
    answer_by_command(world, sure, follow_up="tomorrow")
    result = forget(world.app, find(world.app, ANA), world.now)
    assert (result.calls, result.undelivered, result.unsure) == (2, 2, 1)


@pytest.mark.parametrize("number", ["", ANA])
@pytest.mark.parametrize("is_delivered", [True, False])
def test_a_call_from_another_number_that_was_logged_with_the_person_keeps_nothing_about_them(
    zoe: World, number: str, *, is_delivered: bool
) -> None:
    contact_id = zoe.who(ZOE)[0].id
    followup = zoe.called(number)
    answer_by_command(zoe, followup, person="Zoraida Quixote", note="Zoraida wants a boat")
    if is_delivered:
        zoe.deliver()
    zoe.attend()
    forget_by(zoe, "Zoraida Quixote")
    assert traces(zoe) == []
    files = [path for path in zoe.where.ledger.parent.rglob("ledger.db*") if path.is_file()]
    assert not any(word in path.read_bytes() for path in files for word in (b"boat", contact_id.encode()))
    assert (zoe.again(followup).state, zoe.titles()) == (State.DISMISSED, [])
    zoe.watch(deep=True)
    zoe.attend()
    assert zoe.titles() == []


def test_a_draft_that_names_the_person_is_deleted(zoe: World) -> None:
    contact_id = zoe.who(ZOE)[0].id
    followup = zoe.called("")
    store_draft(zoe.app.ledger, followup, (("person", contact_id), ("note", "Zoraida wants a boat")), zoe.now)
    forget_by(zoe, "Zoraida Quixote")
    assert (zoe.again(followup).draft, traces(zoe)) == ((), [])


@pytest.mark.parametrize("is_known", [True, False])
def test_a_call_that_is_logged_again_after_its_person_was_forgotten_is_in_the_crm_once(zoe: World, *, is_known: bool) -> None:
    followup = zoe.called("")
    if not is_known:
        zoe.portal.fault("cut_after", "POST /crm/objects/2026-09/calls$")
    answer_by_command(zoe, followup, person="Zoraida Quixote", note="Zoraida wants a boat")
    zoe.deliver()
    forget_by(zoe, "Zoraida Quixote")
    answer_by_command(zoe, followup, person="Ana López")
    deliver_all(zoe)
    (call,) = zoe.portal.held_calls()
    assert (call.contacts, call.note) == (("Ana López",), "")


def test_forgetting_finds_every_spelling_in_the_logs_of_the_daemon_and_of_its_service(world: World, tmp_path: Path) -> None:
    number = "+49 89 123 456 79"
    world.called(number)
    service = tmp_path / "prefix" / "var" / "log" / "sv" / "callerid" / "current"
    service.parent.mkdir(parents=True)
    for file in (world.where.log_file, service):
        file.write_text(f"2026-11-25 03:58:13 ring from {number}: unknown\n2026-11-25 03:58:14 something else\n")
    assert isinstance(world.app.termux.runner, SimulatedRunner)
    world.app.termux.runner.environment["PREFIX"] = str(tmp_path / "prefix")
    forget(world.app, find(world.app, "+4989123456 79"), world.now)
    for file in (world.where.log_file, service):
        assert file.read_text() == "2026-11-25 03:58:14 something else\n"


def test_a_deal_that_only_a_forgotten_contact_has_is_removed_and_stays_away(world: World) -> None:
    records = world.portal.records
    zoe = records.create("contacts", {"firstname": "Zoraida", "lastname": "Quixote", "phone": "+33145678900"})
    properties = {"dealname": "Zoraida Quixote villa", "dealstage": "contractsent", "pipeline": "default"}
    records.create("deals", properties, [("contacts", zoe.id, 3)])
    world.sync()
    assert b"Zoraida Quixote villa" in world.where.mirror.read_bytes() + world.where.mirror.with_name("mirror.db-wal").read_bytes()
    forget(world.app, find(world.app, "Zoraida Quixote"), world.now)
    world.later(hours=2)
    world.portal.limits.searches = 1000
    world.sync()
    (count,) = world.app.mirror._db.execute("SELECT count(*) FROM deals WHERE name LIKE 'Zoraida%'").fetchone()
    assert count == 0


def lose_mirror(world: World) -> None:
    world.app.close()
    flush(world.where.mirror)
    world.where.mirror.write_bytes(b"")
    world.app = world.open()


def is_pending(world: World) -> bool:
    return any(map(world.app.ledger.block_list.count, (Kind.PENDING_LINE, Kind.PENDING_NAME)))


OTHER = "+49 89 765 43210"  # hers too, which only the CRM knows


@pytest.mark.parametrize("number_or_name", [ZOE, OTHER, "Zoraida Quixote", "quixote, zoraida"])
def test_who_is_forgotten_without_a_mirror_goes_at_once_as_far_as_is_known_and_everywhere_when_it_is_filled(
    zoe: World, number_or_name: str
) -> None:
    zoe.called(OTHER, CallType.MISSED, 0)
    lose_mirror(zoe)
    zoe.portal.go_offline()
    learn_what_is_left(zoe.app, zoe.now)
    target = find(zoe.app, number_or_name)
    result = forget(zoe.app, target, zoe.now)
    is_found = number_or_name in (ZOE, "Zoraida Quixote")
    assert (target.waits, result.calls, result.faults) == (True, int(number_or_name != "quixote, zoraida"), ())
    if is_found:
        assert [word for _, word in traces(zoe) if b"765" not in word] == []  # those digits are in her other number, too
        assert {call.call.number for call in zoe.app.ledger.calls.newest(9)} == {OTHER}
        assert show_ring(zoe.app, Ring(at=zoe.now, number=ZOE), zoe.now) is None
    finish_forgetting(zoe.app, zoe.now)  # there is nothing to do yet
    zoe.portal.go_online()
    zoe.sync()
    finish_forgetting(zoe.app, zoe.now)
    read_phone_contacts(zoe.app, zoe.now, stale=True)
    assert traces(zoe) == []
    assert [zoe.who(number) for number in (ZOE, OTHER)] == [(), ()]
    assert show_ring(zoe.app, Ring(at=zoe.now, number=OTHER), zoe.now) is None
    assert {call.call.number for call in zoe.app.ledger.calls.newest(9)} & {ZOE, OTHER} == set()
    assert len(zoe.who(ANA)) == 1
    assert not is_pending(zoe)


def test_a_number_that_several_have_is_forgotten_and_they_stay_though_there_was_no_mirror(zoe: World) -> None:
    for name in ("Zelda", "Zora"):
        zoe.portal.records.create("contacts", {"firstname": name, "lastname": "Other", "phone": "+33 1 45 67 89 00"})
    lose_mirror(zoe)
    forget_by(zoe, "+33145678900")
    zoe.later(hours=3)
    zoe.sync()
    finish_forgetting(zoe.app, zoe.now)
    assert zoe.who("+33145678900") == ()
    assert {person.first_name for person in zoe.app.mirror.all_contacts()} >= {"Zelda", "Zora", "Zoraida"}


def test_what_waits_for_the_mirror_waits_on_while_a_sync_runs_or_a_file_cannot_be_used(
    zoe: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose_mirror(zoe)
    forget_by(zoe, "Zoraida Quixote")
    zoe.sync()
    with zoe.app.mirror.sync_lock():
        finish_forgetting(zoe.app, zoe.now)
    assert len(zoe.app.mirror.candidates_named("Zoraida Quixote")) == 1

    def full(*_: object) -> None:
        raise DiskFull("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr("callerid.turns.upkeep.forget.erase_calls", full)
        finish_forgetting(zoe.app, zoe.now)
    assert zoe.app.mirror.candidates_named("Zoraida Quixote") == ()
    assert traces(zoe)
    finish_forgetting(zoe.app, zoe.now)
    assert (traces(zoe), is_pending(zoe)) == ([], False)


@pytest.mark.parametrize("seam", ["erase_calls", "_forget_in_files", "renew_cards", "_write_anew", "forget_copies"])
def test_a_forget_that_was_killed_is_gone_on_with_after_the_next_sync(
    zoe: World, monkeypatch: pytest.MonkeyPatch, seam: str
) -> None:
    zoe.called(OTHER, CallType.MISSED, 0)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(f"callerid.turns.upkeep.forget.{seam}", killed)
        with pytest.raises(KeyboardInterrupt):
            forget_by(zoe, ZOE)
    zoe.restart()
    assert traces(zoe)
    zoe.sync()
    finish_forgetting(zoe.app, zoe.now)
    assert (traces(zoe), is_pending(zoe)) == ([], False)


@pytest.mark.parametrize("seam", ["_forget_in_mirror", "erase_calls"])
def test_of_two_whose_names_differ_by_a_comma_a_forget_that_was_killed_takes_one(
    zoe: World, monkeypatch: pytest.MonkeyPatch, seam: str
) -> None:
    for name in ({"firstname": "Rui", "lastname": "Costa"}, {"lastname": "Costa, Rui"}):
        zoe.portal.records.create("contacts", name)
    zoe.later(hours=3)
    zoe.sync()
    zoe.called("+33145678900", CallType.MISSED, 0, name="Costa, Rui")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(f"callerid.turns.upkeep.forget.{seam}", killed)
        with pytest.raises(KeyboardInterrupt):
            forget_by(zoe, "Costa, Rui")
    zoe.restart()
    finish_forgetting(zoe.app, zoe.now)
    assert [person.first_name for person in zoe.app.mirror.candidates_named("Costa, Rui")] == ["Rui"]
    assert not is_pending(zoe)
