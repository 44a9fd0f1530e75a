"""A CSV or vCard file as the CRM: exports of all kinds are read, an invalid entry is reported by its line, the others are read."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callerid.config.text_encoding import encoding_name
from callerid.crm.file import csv_reader, vcard_reader
from callerid.crm.file.report import FileReport
from callerid.crm.file.source import file_source, phone_source
from callerid.errors import ConfigFault
from callerid.models import Contact, SyncRequest
from callerid.models.name_order import in_order
from tests.accuracy.files import FOLDER, contacts_of, is_right, lookups, names_with_number

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def people(path: Path, content: str | bytes, *columns: str) -> tuple[list[Contact], list[str]]:
    """Write a file, read it, and return its contacts and the reported entries."""
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    faults: list[str] = []
    source = file_source(path, columns, clock=lambda: NOW, report_fault=faults.append)
    return [contact for page in source.all_records(SyncRequest()) for contact in page.contacts], faults


def numbers(contact: Contact) -> list[str]:
    return [phone.raw for phone in contact.phones]


HUBSPOT = (
    "Record ID,First Name,Last Name,Email,Phone Number,Mobile Phone Number,Contact owner,Associated Company,Last Contacted\n"
    '501,Ana,López,ana@acme.io,"+353 87 123 4567","086 111 2222",Max Own,Acme GmbH,2026-11-20 10:00\n'
    "502,Ben,,,,,Eva Else,Bolt Ltd,\n"
)


def test_hubspots_export_is_read_without_settings(tmp_path: Path) -> None:
    (ana, ben), faults = people(tmp_path / "export.csv", HUBSPOT)
    assert faults == []
    assert (ana.id, ana.first_name, ana.last_name, ana.email) == ("501", "Ana", "López", "ana@acme.io")
    assert numbers(ana) == ["+353 87 123 4567", "086 111 2222"]
    assert [phone.property for phone in ana.phones] == ["Phone Number", "Mobile Phone Number"]
    assert (ana.company_text, ana.last_contacted) == ("Acme GmbH", datetime(2026, 11, 20, 10, 0, tzinfo=UTC))
    assert ben.company_id != ana.company_id
    source = file_source(tmp_path / "export.csv", (), clock=lambda: NOW, report_fault=print)
    portal_info = source.portal_info()
    assert sorted(owner.first_name for owner in portal_info.owners) == ["Eva", "Max"]
    assert portal_info.totals.contacts == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("divider", [",", ";", "\t"])
def test_excels_encodings_and_dividers_are_recognised(tmp_path: Path, encoding: str, divider: str) -> None:
    text = divider.join(["Vorname", "Nachname", "Handy"]) + "\r\n" + divider.join(["Jürgen", "Weiß", "0171 1234567"]) + "\r\n"
    (contact,), faults = people(tmp_path / "kontakte.csv", text.encode(encoding))
    assert (contact.first_name, contact.last_name, numbers(contact), faults) == ("Jürgen", "Weiß", ["0171 1234567"], [])


@pytest.mark.parametrize(
    ("whole", "first", "last"),
    [
        ("山田 花子", "花子", "山田"),
        ("髙橋\u3000健", "健", "髙橋"),
        ("김 철수", "철수", "김"),
        ("山田花子", "山田花子", ""),
        ("Ana López", "Ana", "López"),
    ],
)
def test_every_reader_divides_a_whole_name_as_its_letters_ask(tmp_path: Path, whole: str, first: str, last: str) -> None:
    number = "090-1111-2222"
    from_csv = people(tmp_path / "a.csv", f"氏名,電話番号\n{whole},{number}\n")[0]
    cards = [f"FN:{whole}", f"N:;;;;\nFN:{whole}", *([] if last == "López" else [f"N:{whole};;;;", f"N:;{whole};;;"])]
    from_cards = [
        each
        for place, card in enumerate(cards)
        for each in people(tmp_path / f"{place}.vcf", f"BEGIN:VCARD\n{card}\nTEL:{number}\nEND:VCARD\n")[0]
    ]
    phone = phone_source("phone", lambda: [(whole, number)], clock=lambda: NOW, report_fault=print)
    from_phone = [each for page in phone.all_records(SyncRequest()) for each in page.contacts]
    found = {(each.first_name, each.last_name) for each in (*from_csv, *from_cards, *from_phone)}
    assert {in_order(*names) for names in found} == {" ".join(whole.split())}
    assert found - {("", whole)} == {(first, last)}  # what a card has undivided in its own field stays there


def test_unknown_columns_are_named_in_the_settings_or_asked_for(tmp_path: Path) -> None:
    text = "wer,wie\nAna López,0871234567\n"
    with pytest.raises(ConfigFault, match="its columns are: wer, wie"):
        people(tmp_path / "a.csv", text)
    (contact,), _ = people(tmp_path / "a.csv", text, "wer = name", "wie = mobile")
    assert (contact.first_name, contact.last_name, numbers(contact)) == ("Ana", "López", ["0871234567"])
    with pytest.raises(ConfigFault, match="names 'was'"):
        people(tmp_path / "a.csv", text, "was = phone")
    with pytest.raises(ConfigFault, match="a column can be id, first_name"):
        people(tmp_path / "a.csv", text, "wie = colour")


def test_an_invalid_row_is_reported_by_its_line_and_the_others_are_read(tmp_path: Path) -> None:
    text = (
        "First Name,Last Name,Phone\n"
        "Ana,López,0871234567\n"
        "\n"
        ",,\n"
        "Ben,One,087,too,many\n"
        '"Cara\nLynn",Two,0871111111\n'
        'Dan,"Thr"ee,0872222222\n'
        "Eve,Four,0873333333\n"
        ",,,\n"
    )
    contacts, faults = people(tmp_path / "bad.csv", text)
    assert [contact.first_name for contact in contacts] == ["Ana", "Cara\nLynn", "Eve"]
    assert [fault.split(":")[0] for fault in faults] == ["bad.csv, line 5", "bad.csv, line 8"]
    assert "5 fields, but there are 3 columns" in faults[0]


def test_a_quote_that_is_not_closed_costs_its_own_row_only(tmp_path: Path) -> None:
    rows = ["First Name,Last Name,Phone Number", *(f"P{n},Q,+35387{1_000_000 + n}" for n in range(3000))]
    rows[101] = '"P100,Q,+353871000100'
    rows[1600] = 'P1599 "x",Q,+353871001599'
    rows[2990] = '"P2989,Q,"+353871002989'
    contacts, faults = people(tmp_path / "people.csv", "\n".join(rows))
    assert len(contacts) == 2998  # P1599 has a quote within, which is only odd
    assert [fault.partition(":")[0] for fault in faults] == ["people.csv, line 102", "people.csv, line 2991"]


def test_a_note_may_span_many_lines(tmp_path: Path) -> None:
    note = "\n".join(f"line {n}" for n in range(80))
    contacts, faults = people(tmp_path / "people.csv", f'Name,Phone,Notes\nAna,087 123 4567,"{note}"\nBen,087 123 4568,-\n')
    assert ([contact.first_name for contact in contacts], faults) == (["Ana", "Ben"], [])


def test_a_first_line_that_names_the_divider_and_german_headers_are_recognised(tmp_path: Path) -> None:
    contacts, faults = people(tmp_path / "people.csv", "sep=;\r\nName;Rufnummer;Tel1\r\nAna;0871234567;0871234568\r\n;;;;x\r\n")
    assert [len(contact.phones) for contact in contacts] == [2]
    assert faults == ["people.csv, line 4: it has 5 fields, but there are 3 columns"]


def test_a_thousand_invalid_rows_are_not_reported_one_by_one(tmp_path: Path) -> None:
    _, faults = people(tmp_path / "bad.csv", "Name,Phone\n" + "a,b,c\n" * 1000)
    assert len(faults) == 21
    assert "980 more" in faults[-1]


def test_two_people_who_share_an_id_are_both_kept(tmp_path: Path) -> None:
    contacts, _ = people(
        tmp_path / "twins.csv", "ID,Name,Phone\n7,Ana,0871111111\n7,Ben,0872222222\n,Ben,0872222222\n,Ben,0872222222\n"
    )
    assert len({contact.id for contact in contacts}) == 4


VCARDS = """BEGIN:VCARD\r
VERSION:3.0\r
N:López;Ana;;;\r
FN:Ana López\r
ORG:Acme\\, Söhne GmbH;Sales\r
TEL;TYPE=CELL,VOICE:+353 87\r
  123 4567\r
item1.TEL;type=WORK;type=pref:01 234 5678\r
EMAIL:ana@acme.io\r
UID:urn:uuid:1\r
END:VCARD\r
BEGIN:VCARD
VERSION:2.1
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=C3=
=BCrgen
TEL;CELL:0171 1234567
END:VCARD
BEGIN:VCARD
VERSION:4.0
FN:Simon Perreault
TEL;VALUE=uri;TYPE="voice,home":tel:+1-418-656-9254;ext=102
END:VCARD
BEGIN:VCARD
VERSION:3.0
END:VCARD
BEGIN:VCARD
FN:No End
TEL:0870000000
BEGIN:VCARD
FN:Last One
TEL:0879999999
END:VCARD
"""


def test_vcards_of_all_versions_are_read_and_an_invalid_one_is_reported_by_its_line(tmp_path: Path) -> None:
    (ana, juergen, simon, last), faults = people(tmp_path / "people.vcf", VCARDS)
    assert (ana.first_name, ana.last_name, ana.company_text, ana.email) == ("Ana", "López", "Acme, Söhne GmbH", "ana@acme.io")
    assert numbers(ana) == ["+353 87 123 4567", "01 234 5678"]
    assert [phone.property for phone in ana.phones] == ["cell voice", "work"]
    assert (juergen.first_name, juergen.last_name) == ("Jürgen", "Müller")
    assert numbers(simon) == ["+1-418-656-9254;ext=102"]
    assert last.first_name == "Last"
    assert [fault.split(":")[0] for fault in faults] == ["people.vcf, line 23", "people.vcf, line 26"]


@given(st.text(max_size=400))
def test_no_text_breaks_the_reading(text: str) -> None:
    list(vcard_reader.people(io.StringIO("BEGIN:VCARD\n" + text + "\nEND:VCARD", newline=""), FileReport()))
    list(csv_reader.people(io.StringIO("Name,Phone\n" + text, newline=""), (), FileReport()))


def test_a_file_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    source = file_source(tmp_path / "none.csv", (), clock=lambda: NOW, report_fault=print)
    with pytest.raises(ConfigFault, match="cannot be read"):
        source.portal_info()
    with pytest.raises(ConfigFault, match="cannot be read"):
        source.fingerprint()


def test_the_phone_contacts_are_a_source_too() -> None:
    listed = [("Müller, Ann", "089 1234567"), ("", ""), ("Bob", "+1 (415) 555-2671")]
    faults: list[str] = []
    source = phone_source("phone", lambda: listed, clock=lambda: NOW, report_fault=faults.append)
    contacts = [contact for page in source.all_records(SyncRequest()) for contact in page.contacts]
    assert [numbers(contact) for contact in contacts] == [["089 1234567"], ["+1 (415) 555-2671"]]
    assert faults == ["the phone's contact 2: it has neither a name nor a number"]


@pytest.mark.parametrize(("file", "number", "expected", "region"), list(lookups()))
def test_exports_of_other_programs_name_who_has_a_number(file: str, number: str, expected: str, region: str) -> None:
    name = names_with_number(contacts_of(FOLDER / file), number, region)
    assert is_right(name, expected), name


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp932", "姓,名,会社,携帯電話\n山田,太郎,株式会社,09012345678\n"),
        ("cp1250", "Imię;Nazwisko;Firma;Telefon\nŁukasz;Wójcik;Żółw;+48 501 234 568\n"),
        ("cp1251", "Имя;Фамилия;Телефон\nИван;Петров;+79161234567\n"),
        ("cp1252", "Prénom;Nom de famille;Téléphone\nZoé;Hébert;0123456789\n"),
        ("gbk", "姓名,公司,手机\n张伟,华为,13800138000\n"),
        ("big5", "姓名,公司,手機\n陳大文,台積電,0912345678\n"),
        ("cp949", "이름,회사,휴대전화\n김철수,삼성,01012345678\n"),
        ("utf-16", "Имя;Фамилия;Телефон\nИван;Петров;+79161234567\n"),
        ("utf-16-le", "姓,名,携帯電話\n山田,太郎,09012345678\n"),
        ("utf-16-be", "Vorname;Nachname;Handy\nJürgen;Weiß;0171\n"),
    ],
)
def test_what_programs_around_the_world_save_is_read_in_its_encoding(tmp_path: Path, encoding: str, text: str) -> None:
    (tmp_path / "people.csv").write_bytes(text.encode(encoding))
    (contact,) = contacts_of(tmp_path / "people.csv")
    cells = re.split("[,;]", text.splitlines()[1])
    assert f"{contact.first_name}{contact.last_name}" in ("".join(cells[:2]), f"{cells[1]}{cells[0]}", cells[0])


def test_one_bad_byte_does_not_garble_the_names_and_its_line_is_reported(tmp_path: Path) -> None:
    rows = [f"Jürgen{n},Weiß,030{n:07}".encode() for n in range(2000)]
    rows[1500] = rows[1500].replace("ü".encode(), b"\xfc")
    (tmp_path / "a.csv").write_bytes(b"\n".join([b"Vorname,Nachname,Telefon", *rows]))
    source = file_source(tmp_path / "a.csv", (), clock=lambda: NOW, report_fault=print)
    contacts = [contact for page in source.all_records(SyncRequest()) for contact in page.contacts]
    assert [contact.first_name for contact in contacts[1499:1502]] == ["Jürgen1499", "J�rgen1500", "Jürgen1501"]
    assert "bytes that are not utf-8, replaced by �, in line 1502" in source.report()


def test_nothing_of_a_file_is_dropped_silently(tmp_path: Path) -> None:
    text = "Name,Telefon,Haarfarbe,Assistant's Phone\nKai,4.91512E+12,rot,0301\nLea,491714445563.0,,\nMia,1,2,3,4,5\n"
    (tmp_path / "a.csv").write_text(text)
    source = file_source(tmp_path / "a.csv", (), clock=lambda: NOW, report_fault=print)
    list(source.all_records(SyncRequest()))
    assert source.report() == (
        "3 rows read, utf-8",
        "columns used: Name = name, Telefon = phone",
        "columns not used: Haarfarbe, Assistant's Phone",
        "skipped: 1",
        "  line 4: it has 6 fields, but there are 4 columns",
        "numbers that a spreadsheet destroyed: 1",
        "  line 2, Telefon: 4.91512E+12",
        "1 number that a spreadsheet reshaped was read",
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Telefon,Ort\n030,Berlin\n", "known to hold names"),
        ("Name,Ort\nAna,Berlin\n", "known to hold phone numbers"),
        ('<?xml version="1.0"?><people/>', "XML"),
    ],
)
def test_a_file_without_names_or_numbers_is_an_error_with_a_remedy(tmp_path: Path, text: str, expected: str) -> None:
    with pytest.raises(ConfigFault, match=expected) as raised:
        people(tmp_path / "a.csv", text)
    assert "callerid config" in raised.value.remedy


def test_a_file_whose_columns_have_no_known_name_is_read_once_both_are_named_as_the_remedy_says(tmp_path: Path) -> None:
    text = "a,b\nAna,030 901820\n"
    with pytest.raises(ConfigFault) as raised:
        people(tmp_path / "a.csv", text)
    assert raised.value.remedy == "Type: callerid config columns --take 'COLUMN = phone' --take 'COLUMN = name'"
    contacts, _ = people(tmp_path / "a.csv", text, "a = name", "b = phone")
    assert [(contact.first_name, numbers(contact)) for contact in contacts] == [("Ana", ["030 901820"])]


def test_what_is_not_text_is_not_printed_as_the_name_of_a_column(tmp_path: Path) -> None:
    with pytest.raises(ConfigFault) as raised:
        people(tmp_path / "a.csv", "\x01\x02\x7f,b\x00\nAna,030 901820\n")
    assert raised.value.sentence.isprintable()


def test_a_preamble_is_neither_a_header_nor_a_card(tmp_path: Path) -> None:
    report = "Contacts of Max\nGenerated 11/26/2026\n\nFirst Name;Last Name;Phone\nAna;López;0871234567\n"
    assert [contact.first_name for contact in people(tmp_path / "a.csv", report)[0]] == ["Ana"]
    card = "exported on Monday\r\n\r\nBEGIN:VCARD\r\nFN:Ana López\r\nTEL:0871234567\r\nEND:VCARD\r\n"
    assert [contact.last_name for contact in people(tmp_path / "a.vcf", card)[0]] == ["López"]


@pytest.mark.parametrize("name", ["BEGIN:VCARD", '"Ana\nBEGIN:VCARD"', '"Ana\nBEGIN:VCARD\nB."'])
def test_somebody_who_is_called_like_a_cards_beginning_does_not_hide_everybody(tmp_path: Path, name: str) -> None:
    listed = people(tmp_path / "a.csv", f"First Name,Last Name,Phone\n{name},Eve,0871234567\nBen,Ito,0871234568\n")[0]
    assert [contact.last_name for contact in listed] == ["Eve", "Ito"]


def test_an_agent_within_a_card_is_not_the_cards_person(tmp_path: Path) -> None:
    card = (
        "BEGIN:VCARD\r\nVERSION:2.1\r\nN:Boss;Bea\r\nAGENT:\r\nBEGIN:VCARD\r\nVERSION:2.1\r\nN:Helper;Hal\r\nTEL:030 2\r\nEND:VCARD\r\n"
        "TEL:030 1234567\r\nEND:VCARD\r\n"
    )
    ((bea,), faults) = people(tmp_path / "a.vcf", card)
    assert (bea.first_name, bea.last_name, numbers(bea), faults) == ("Bea", "Boss", ["030 1234567"], [])


@pytest.mark.parametrize(
    "header",
    [
        *("Teléfono del ayudante", "Telefon asystenta", "Telefone do Cônjuge", "Telefono responsabile", "Téléphone épouse"),
        *("Телефон помощника", "Asistan Telefonu", "秘书电话", "保護者電話", "Nødkontakt tlf", "Wife's phone", "Telefon Mutter"),
        *("Tél. secrétaire", "Mom's cell", "Anhörig telefon", "Lähiomaisen puhelin", "Телефон жены", "经理电话", "ICE phone"),
    ],
)
def test_somebody_elses_number_is_not_the_contacts_in_any_language(tmp_path: Path, header: str) -> None:
    (contact,), _ = people(tmp_path / "a.csv", f"Name,Telefon,{header}\nAna,030 901820,030 901821\n")
    assert numbers(contact) == ["030 901820"]


@pytest.mark.parametrize(
    "header", ["Landline", "Festnetz", "Direct Dial", "DDI", "Fono", "Tfno.", "Kännykkä", "座机", "연락처", "WhatsApp"]
)
def test_a_column_of_numbers_is_known_by_words_without_phone(tmp_path: Path, header: str) -> None:
    (contact,), _ = people(tmp_path / "a.csv", f"Name,{header}\nAna,030 901820\n")
    assert numbers(contact) == ["030 901820"]


@pytest.mark.parametrize("header", ["Phone opt-in", "Phone notes", "Telefonnotiz", "Telefontyp", "Mobile carrier", "Cellar"])
def test_a_column_about_a_phone_holds_no_number(tmp_path: Path, header: str) -> None:
    (contact,), _ = people(tmp_path / "a.csv", f"Name,Telefon,{header}\nAna,030 901820,030 901821\n")
    assert numbers(contact) == ["030 901820"]


def test_the_contact_persons_own_number_is_read(tmp_path: Path) -> None:
    (contact,), _ = people(tmp_path / "a.csv", "Firma,Telefon Ansprechpartner\nAcme,030 901820\n")
    assert numbers(contact) == ["030 901820"]


@pytest.mark.parametrize("part", ["Type", "Label"])
def test_a_number_that_google_labels_as_somebody_elses_is_not_the_contacts(tmp_path: Path, part: str) -> None:
    header = f"First Name,Phone 1 - {part},Phone 1 - Value,Phone 2 - {part},Phone 2 - Value"
    (contact,), _ = people(tmp_path / "a.csv", f"{header}\nAna,Mobile,0171 1234567,Assistant,030 901821\n")
    assert numbers(contact) == ["0171 1234567"]
    source = file_source(tmp_path / "a.csv", (), clock=lambda: NOW, report_fault=print)
    assert list(source.all_records(SyncRequest()))
    assert "  line 2, Phone 2 - Value: Assistant" in source.report()


@pytest.mark.parametrize("types", ["TYPE=ASSISTANT", "X-ASSISTANT", "X-Notfall"])
def test_a_number_that_a_vcard_labels_as_somebody_elses_is_not_the_contacts(tmp_path: Path, types: str) -> None:
    card = f"BEGIN:VCARD\nVERSION:2.1\nFN:Ana\nTEL;CELL:0171 1234567\nTEL;{types}:030 901821\nEND:VCARD\n"
    (contact,), _ = people(tmp_path / "a.vcf", card)
    assert numbers(contact) == ["0171 1234567"]


def test_a_number_that_icloud_labels_as_somebody_elses_is_not_the_contacts(tmp_path: Path) -> None:
    card = (
        "BEGIN:VCARD\nVERSION:3.0\nN:A;Ana;;;\nFN:Ana A\nitem1.TEL:030 901820\nitem1.X-ABLabel:Direct\n"
        "item2.TEL:030 901821\nitem2.X-ABLabel:_$!<Assistant>!$_\nTEL:030 901822\nEND:VCARD\n"
    )
    (contact,), _ = people(tmp_path / "a.vcf", card)
    assert numbers(contact) == ["030 901820", "030 901822"]


def zip_of(*names: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in names:
            archive.writestr(name, "Name,Phone")
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (zip_of("[Content_Types].xml", "xl/workbook.xml"), "an Excel workbook (.xlsx)"),
        (zip_of("mimetype", "content.xml"), "a LibreOffice document"),
        (zip_of("people.csv"), "a ZIP archive"),
        (b"PK\x03\x04 and no more", "a ZIP archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "an Excel workbook (.xls)"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b'[{"name": "Ana", "phone": "0871234567"}]', "JSON"),
        (b'\xef\xbb\xbf{\r\n  "contacts": []}', "JSON"),
        (b"<html><table><tr><td>Name", "XML or HTML"),
        (b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", "a calendar"),
        (b"dn: cn=Ana\ncn: Ana\n", "LDIF"),
        (b"", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"\n \r\n\n", "is empty"),
        (bytes(range(256)) * 20, "a binary file"),
        (bytes(3000), "a binary file"),
        (b",,;\n,,\n", "no row that names its columns"),
    ],
)
def test_a_file_that_is_neither_csv_nor_vcard_is_named_with_how_to_export(tmp_path: Path, content: bytes, says: str) -> None:
    with pytest.raises(ConfigFault) as raised:
        people(tmp_path / "people", content)
    assert says in raised.value.sentence
    assert raised.value.remedy.startswith("Export the contacts as CSV")


HEADERS = {
    "hu": ("Keresztnév,Vezetéknév,Telefonszám,Mobiltelefonszám,E-mail-cím,Cégnév", "Asszisztens telefonszáma"),
    "uk": ("Ім'я,Прізвище,Номер телефону,Мобільний телефон,Електронна пошта,Назва компанії", "Телефон помічника"),
    "ro": ("Prenume,Nume,Număr de telefon,Telefon mobil,Adresă de e-mail,Companie", "Telefon soție"),
    "sk": ("Meno,Priezvisko,Telefónne číslo,Mobil,E-mailová adresa,Názov spoločnosti", "Telefón manželky"),
    "hr": ("Ime,Prezime,Broj telefona,Broj mobitela,E-pošta,Naziv tvrtke", "Telefon roditelja"),
    "el": ("Όνομα,Επώνυμο,Τηλέφωνο,Κινητό,Ηλεκτρονικό ταχυδρομείο,Εταιρεία", "Τηλέφωνο βοηθού"),
    "vi": ("Tên,Họ,Số điện thoại,Điện thoại di động,Địa chỉ email,Công ty", "Điện thoại trợ lý"),
    "id": ("Nama depan,Nama belakang,Nomor telepon,Nomor ponsel,Alamat email,Nama perusahaan", "Telepon darurat"),
    "hi": ("पहला नाम,अंतिम नाम,फ़ोन नंबर,मोबाइल नंबर,ईमेल पता,कंपनी का नाम", "सहायक का फ़ोन"),
    "ar": ("الاسم الأول,اسم العائلة,رقم الهاتف,رقم الجوال,البريد الإلكتروني,اسم الشركة", "هاتف المساعد"),
    "he": ('שם פרטי,שם משפחה,מספר טלפון,טלפון נייד,"דוא""ל",שם החברה', "טלפון חירום"),
    "th": ("ชื่อ,นามสกุล,หมายเลขโทรศัพท์,โทรศัพท์มือถือ,อีเมล,ชื่อบริษัท", "โทรศัพท์ผู้ช่วย"),
}


@pytest.mark.parametrize("language", HEADERS)
def test_exports_are_read_in_their_language_without_somebody_elses_number(tmp_path: Path, language: str) -> None:
    header, somebody_elses = HEADERS[language]
    text = f"{header},{somebody_elses}\nAna,López,030 901820,0171 1234567,ana@acme.io,Acme,030 901821\n"
    (ana,), faults = people(tmp_path / "a.csv", text)
    assert (ana.first_name, ana.last_name, ana.email, ana.company_text, faults) == ("Ana", "López", "ana@acme.io", "Acme", [])
    assert numbers(ana) == ["030 901820", "0171 1234567"]


@pytest.mark.parametrize(
    "header", ["Home", "Main", "Callback", "Work", "Rückmeldung", "Otthoni", "Casa", "Домашний", "自宅", "連絡先", "Number"]
)
def test_a_column_that_says_only_which_number_it_is_holds_numbers_if_its_values_are(tmp_path: Path, header: str) -> None:
    (ana,), _ = people(tmp_path / "a.csv", f"Name,{header}\nAna,+49 30 901820\n")
    assert numbers(ana) == ["+49 30 901820"]


@pytest.mark.parametrize("header", ["Fixe", "Teléfono fijo", "Fijo", "Vast", "Stacjonarny", "Fastnett", "Городской", "固定電話"])
def test_a_column_called_landline_in_any_language_holds_numbers(tmp_path: Path, header: str) -> None:
    (ana,), _ = people(tmp_path / "a.csv", f"Name,{header}\nAna,030 901820\n")
    assert numbers(ana) == ["030 901820"]


@pytest.mark.parametrize(
    ("header", "row", "expected"),
    [
        ("Country Code,Area Code,Phone", "49,30,901820", "+49 30 901820"),
        ("Country Code,Area Code,Phone", "'+49,(030),901820", "+49 030 901820"),
        ("Country Code,Area Code,Phone", "49.0,30.0,901820", "+49 30 901820"),
        ("Vorwahl,Telefon", "030,901820", "030 901820"),
        ("Country Code,Phone", "49,030 901820", "+49 030 901820"),
        ("Country Code,Phone", "49,4930901820", "+4930901820"),
        ("Country Code,Phone", "39,393331234567", "+393331234567"),
        ("Country Code,Phone", "39,3912345678", "+39 3912345678"),
        ("Country Code,Phone", "49,+353 86 123 4567", "+353 86 123 4567"),
        ("Country Code,Phone", "49,00353861234567", "00353861234567"),
        ("Country Code,Phone", "DE,030 901820", "030 901820"),
        ("Area Code,Phone", "North,030 901820", "030 901820"),
        ("Area Code,Phone", "030,030 12345678", "030 12345678"),
        ("DDD,Telefone", "11,3234-5670", "11 3234-5670"),
    ],
)
def test_a_number_that_is_divided_between_columns_is_read_whole(tmp_path: Path, header: str, row: str, expected: str) -> None:
    (ana,), faults = people(tmp_path / "a.csv", f"Name,{header}\nAna,{row}\n")
    assert (numbers(ana), faults) == ([expected], [])


@pytest.mark.parametrize(
    ("header", "row", "expected"),
    [
        ("Customer,Full Name,Phone", "Acme Ltd,Ana López,030 901820", ("Ana", "López", "Acme Ltd")),
        ("Kunde,Firma,Name,Telefon", "K-17,Acme,Ana López,030 901820", ("Ana", "López", "Acme")),
        ("Customer,Phone", "Ana López,030 901820", ("Ana", "López", "")),
    ],
)
def test_a_customer_beside_a_name_is_the_company(tmp_path: Path, header: str, row: str, expected: tuple[str, str, str]) -> None:
    (ana,), _ = people(tmp_path / "a.csv", f"{header}\n{row}\n")
    assert (ana.first_name, ana.last_name, ana.company_text) == expected


SORTED = ("López, Ana", "Müller-Lüdenscheidt, Jean-Luc P.", "van der Berg, Kim", "García López, Eva", "किशोर, ऋचा", "Acme")


def read_by_all(folder: Path, names: Sequence[str]) -> list[list[str]]:
    """Return how people are shown whose names stand in one field: of a CSV, of a vCard and of the phone."""
    rows = [f'"{name}",030 9018{place:02}' for place, name in enumerate(names)]
    fields = [name.replace(",", "\\,") for name in names]
    cards = [f"BEGIN:VCARD\nVERSION:3.0\nFN:{name}\nTEL:030 9018{place:02}\nEND:VCARD\n" for place, name in enumerate(fields)]
    saved = [(name, f"030 9018{place:02}") for place, name in enumerate(names)]
    phone = phone_source("phone", lambda: saved, clock=lambda: NOW, report_fault=print)
    from_csv, _ = people(folder / "a.csv", "\n".join(["Name,Phone", *rows]))
    from_cards, _ = people(folder / "a.vcf", "".join(cards))
    from_phone = [contact for page in phone.all_records(SyncRequest()) for contact in page.contacts]
    return [[in_order(each.first_name, each.last_name) for each in read] for read in (from_csv, from_cards, from_phone)]


def test_a_file_with_the_last_names_first_is_read_so(tmp_path: Path) -> None:
    said = ["Ana López", "Jean-Luc P. Müller-Lüdenscheidt", "Kim van der Berg", "Eva García López", "ऋचा किशोर", "Acme"]
    assert read_by_all(tmp_path, SORTED) == [said] * 3
    rows = "Name,Phone\n" + "".join(f'"{name}",030 901820\n' for name in SORTED)
    (contact, *_), _ = people(tmp_path / "b.csv", rows)
    assert (contact.first_name, contact.last_name) == ("Ana", "López")
    (as_written, *_), _ = people(tmp_path / "c.csv", f'{rows}"Mum, mobile",030 901820\n')
    assert (as_written.id, as_written.first_name) == (contact.id, "López,")  # the id of one entry does not depend on the others


@pytest.mark.parametrize(
    "names",
    [
        ("López, Ana",),
        ("Ana López, Acme", "Bäckerei Schmidt, Berlin", "Plumber, Cork", "Mum, Mobile", "Kim Cho, Acme", "Taxi Hall, Dublin"),
        (*SORTED, "Mum, mobile"),
        (*SORTED, "Acme Ltd, Sales"),
        (*SORTED, "Acme, Inc."),
        (*SORTED, "Ana López, PhD"),
        (*SORTED, "Smith, John, Jr."),
        (*SORTED, "Praxis, 2nd floor"),
        (*SORTED, "Kim Cho", "Max Own"),
        ("Ana", "López,", "Ana López"),
        (*SORTED, "Cho, Kim", "Own, Max", "Else, Eva", "Bolt, Ben", "Hall, Lea", "Acme Ltd, Sales"),  # one is enough
    ],
)
def test_a_name_with_a_comma_stays_as_it_is_written_unless_the_whole_file_is_so(tmp_path: Path, names: Sequence[str]) -> None:
    assert read_by_all(tmp_path, names) == [list(names)] * 3


def test_an_area_code_belongs_to_the_next_number_only(tmp_path: Path) -> None:
    (ana,), _ = people(tmp_path / "a.csv", "Name,Area Code,Phone,Area Code,Fax,Mobile\nAna,030,901820,,901821,01711234567\n")
    assert numbers(ana) == ["030 901820", "901821", "01711234567"]


@pytest.mark.parametrize("names", ["Jürgen Müßig", "Jörg Köhler;Jürgen Groß", "Hélène Lefèvre", "José Núñez;Ángel Muñoz"])
def test_a_file_that_excel_for_mac_saved_is_read_in_its_encoding(tmp_path: Path, names: str) -> None:
    rows = "".join(f"{name};030 901820\r" for name in names.split(";"))
    contacts, faults = people(tmp_path / "a.csv", f"Name;Telefon\r{rows}".encode("mac-roman"))
    assert ([f"{each.first_name} {each.last_name}" for each in contacts], faults) == (names.split(";"), [])


@pytest.mark.parametrize("value", ["1600 Pennsylvania Ave 20500", "10115 Berlin", "4711", "2026-11-20"])
def test_a_column_called_home_that_holds_addresses_is_not_read(tmp_path: Path, value: str) -> None:
    (ana,), _ = people(tmp_path / "a.csv", f"Name,Phone,Home\nAna,030 901820,{value}\n")
    assert numbers(ana) == ["030 901820"]


@pytest.mark.parametrize(
    "value", ["+4,91714E+11", "4.91E11", "#NAME?", "#VALUE!", "#REF!", "#¡VALOR!", "#N/A", "########", "1.5E-3"]
)
def test_a_value_that_a_spreadsheet_destroyed_is_listed_with_its_line_and_the_others_of_the_cell_are_read(
    tmp_path: Path, value: str
) -> None:
    (tmp_path / "a.csv").write_text(f'Name,Telefon\nKai,"{value}"\nLea,"{value}; 030 901820"\nMia,on request\n')
    source = file_source(tmp_path / "a.csv", (), clock=lambda: NOW, report_fault=print)
    found_there = [contact for page in source.all_records(SyncRequest()) for contact in page.contacts]
    assert [numbers(contact) for contact in found_there] == [[], ["030 901820"], []]
    destroyed = ("numbers that a spreadsheet destroyed: 2", f"  line 2, Telefon: {value}", f"  line 3, Telefon: {value}")
    assert source.report()[2:] == (*destroyed, "values that are no phone number: 1", "  line 4, Telefon: on request")


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("FN;ENCODING=B:SsO8cmdlbiBXZWnDnw==", "Jürgen Weiß"),
        ("FN;BASE64;CHARSET=ISO-8859-1:SvxyZ2VuIFdlad8=", "Jürgen Weiß"),
        ("N;ENCODING=BASE64:V2Vpw587SsO8cmdlbg==", "Jürgen Weiß"),
        ("FN;ENCODING=Q:J=C3=BCrgen=\n Wei=C3=9F", "JürgenWeiß"),
        ("FN;ENCODING=8BIT:Jürgen Weiß", "Jürgen Weiß"),
        ("FN;CHARSET=ISO-2022-JP;ENCODING=B:GyRCOzNFREJATzobKEI=", "山田太郎"),
        ("FN;CHARSET=undefined:Jürgen Weiß", "Jürgen Weiß"),
    ],
)
def test_a_vcards_value_is_read_in_its_encoding(tmp_path: Path, line: str, name: str) -> None:
    (contact,), faults = people(tmp_path / "a.vcf", f"BEGIN:VCARD\n{line}\nTEL;ENCODING=B:MDMwIDkwMTgyMA==\nEND:VCARD\n")
    assert (f"{contact.first_name} {contact.last_name}".strip(), numbers(contact), faults) == (name, ["030 901820"], [])


@pytest.mark.parametrize("line", ["FN;ENCODING=B:***", "FN;ENCODING=UUENCODE:#86YA"])
def test_a_vcards_value_that_is_not_of_its_encoding_is_reported_by_its_line(tmp_path: Path, line: str) -> None:
    (contact,), faults = people(tmp_path / "a.vcf", f"BEGIN:VCARD\nVERSION:3.0\n{line}\nTEL:030 901820\nEND:VCARD\n")
    assert (contact.first_name, numbers(contact), len(faults)) == ("", ["030 901820"], 1)
    assert faults[0].startswith("a.vcf, line 3: FN cannot be read: ")


@pytest.mark.parametrize(
    ("encoding", "header", "name"),
    [
        *(("ISO-8859-2", "Jméno,Telefon", "Dvořák"), ("koi8-r", "Имя,Телефон", "Иван"), ("EUC-JP", "氏名,電話番号", "山田")),
        *(("euc-kr", "이름,전화번호", "김철수"), ("gb18030", "姓名,电话", "王𠮷"), ("cp1253", "Όνομα,Τηλέφωνο", "Γιώργος")),
        *(("windows-1256", "الاسم,الهاتف", "محمد"), ("windows-1255", "שם,טלפון", "דוד"), ("tis-620", "ชื่อ,โทรศัพท์", "สมชาย")),
    ],
)
def test_a_file_is_read_in_any_encoding_that_the_setting_names(tmp_path: Path, encoding: str, header: str, name: str) -> None:
    (tmp_path / "a.csv").write_bytes(f"{header}\n{name},030 901820\n".encode(encoding))
    for named in (encoding_name(encoding), "auto"):
        source = file_source(tmp_path / "a.csv", (), named, clock=lambda: NOW, report_fault=print)
        assert [contact.first_name for page in source.all_records(SyncRequest()) for contact in page.contacts] == [name]


def test_one_zero_byte_does_not_make_a_file_utf_16(tmp_path: Path) -> None:
    rows = "".join(f"Jürgen,030{n:07}\n" for n in range(100))
    for before in (rows, "", "Jürgen,030 901820\n"):
        found_there, _ = people(tmp_path / "a.csv", f"Name,Telefon\n{before}Kai\0,030 901820\n")
        assert {contact.first_name for contact in found_there[:-1]} == ({"Jürgen"} if before else set())


def test_a_header_whose_quotes_are_not_valid_is_read_and_no_row_is_taken_for_it(tmp_path: Path) -> None:
    (ana,), faults = people(tmp_path / "a.csv", '"Na"me",Phone\nAna,0871234567\n')
    assert (ana.first_name, numbers(ana), faults) == ("Ana", ["0871234567"], [])
