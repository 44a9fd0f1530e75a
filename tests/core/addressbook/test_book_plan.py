"""What has to be done to a server's address book."""

from __future__ import annotations

from callerid.core.addressbook.book_plan import BookPlan, KnownCard, card_name, fingerprint, is_ours, is_same_card, plan


def test_each_card_is_created_changed_deleted_read_or_left() -> None:
    wanted = {"new": "a", "same": "b", "other": "c", "touched": "d", "unknown": "e"}
    on_server = {"same": "1", "other": "1", "touched": "2", "unknown": "1", "gone": "1"}
    known = {name: KnownCard("1", fingerprint("b")) for name in ("same", "other", "touched")}
    assert plan(wanted, on_server, known) == BookPlan(
        create=("new",), change=("other",), delete=("gone",), unchanged=("same",), read=("touched", "unknown")
    )


def test_only_names_that_we_give_are_ours() -> None:
    assert is_ours(card_name("callerid-4242-77"), "callerid-4242-")
    for name in ("mum.vcf", "callerid-9999-77.vcf", "callerid-4242-.vcf", "callerid-4242-77.vcf.bak", "xcallerid-4242-77.vcf"):
        assert not is_ours(name, "callerid-4242-")


def test_a_card_is_the_same_in_a_servers_own_words() -> None:
    ours = "BEGIN:VCARD\r\nVERSION:3.0\r\nN:López\\, Jr;Ana;;;\r\nTEL;TYPE=CELL:+353871234567\\,12\r\nREV:20260101T000000Z\r\nEND:VCARD\r\n"
    theirs = "BEGIN:VCARD\nPRODID:-//x//y\nitem1.TEL;type=cell:+35387\n 1234567,12\nN:López\\, Jr;Ana\nVERSION:3.0\nEND:VCARD"
    assert is_same_card(ours, theirs)
    assert not is_same_card(ours, theirs.replace("Ana", "Eve"))
    assert not is_same_card(ours, theirs.replace("VERSION", "NOTE:lines\\nof a note\nVERSION"))
