"""An export of HubSpot's is read as a list would be, and given up when it cannot be had or relied on."""

from __future__ import annotations

import io
import tempfile
import tracemalloc
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from callerid import errors
from callerid.credentials import Token
from callerid.crm.hubspot.http.download import download
from callerid.crm.hubspot.http.send import HttpSender
from callerid.crm.hubspot.reading.exporting.export_check import ExportWish, Newest
from callerid.crm.hubspot.reading.exporting.export_file import ExportedRows
from callerid.crm.hubspot.reading.exporting.exported import ExportedRecords
from callerid.crm.hubspot.reading.exporting.exports import PortalExport
from callerid.crm.hubspot.reading.rows import inline_associations, page_of, requested_properties
from callerid.models import Kind, SyncRequest
from callerid.simulator.portal.reading.search import matching
from tests.crm.conftest import NOW, Desk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from callerid.models import Page

ZONE = "Europe/Berlin"
SYNC = SyncRequest(contact_phone_properties=("phone", "mobilephone"), company_phone_properties=("phone",), time_zone=ZONE)
WISHES = {
    kind: ExportWish(
        kind=kind,
        properties=requested_properties(kind, SYNC),
        associated=(Kind.CONTACTS, Kind.COMPANIES) if kind is Kind.DEALS else (),
    )
    for kind in Kind
}


class ExportDesk:
    """A desk whose portal has exports, and a sender for them."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.portal, self.exports = desk, desk.portal, desk.portal.exports
        self.portal.scopes.add("crm.export")
        self.exports.times = "minutes"
        desk.now += 600  # what there is was made before the exports
        self.sender = HttpSender(
            Token(self.portal.token), url=self.portal.url, wait=desk.wait, clock=lambda: NOW, monotonic=lambda: desk.now
        )

    def export(self, kind: Kind = Kind.DEALS) -> PortalExport:
        """Return an export that was started."""
        made = PortalExport(self.sender, WISHES[kind], zone=ZONE)
        made.start()
        return made

    def ready(self, kind: Kind = Kind.DEALS) -> PortalExport:
        """Return an export whose file is there."""
        export = self.export(kind)
        self.desk.now += 10
        assert export.is_ready()
        return export

    def rows(self, kind: Kind = Kind.DEALS) -> list[dict[str, Any]]:
        return list(self.ready(kind).rows())

    def exported(self, *kinds: Kind, longest: float = 60.0, **more: Any) -> ExportedRecords:
        """Return all records of these kinds."""
        return ExportedRecords(
            self.sender,
            SYNC,
            self.desk.faults.append,
            kinds=kinds or (Kind.DEALS,),
            started=more.pop("started", {}),
            record=more.pop("record", lambda *_: None),
            began=datetime.fromtimestamp(self.desk.now, UTC),
            longest=longest,
            monotonic=lambda: self.desk.now,
        )

    def records(self, kind: Kind, rows: list[dict[str, Any]]) -> dict[str, Any]:
        """Return rows as records, without the seconds of their dates, which an export may not have."""
        return _records(
            page_of(kind, rows, SYNC, self.desk.faults.append, inline_associations(self.sender, rows, WISHES[kind].associated))
        )

    def listed(self, kind: Kind) -> dict[str, Any]:
        """Return the records of a list."""
        associations = {"associations": "contacts,companies"} if kind is Kind.DEALS else {}
        query = {"limit": "100", "properties": ",".join(WISHES[kind].columns)} | associations
        listed = self.sender.read("GET", f"/crm/objects/2026-09/{kind}", query=query)["results"]
        assert len(listed) == len(self.desk.records.ids[kind])
        return self.records(kind, listed)


def _records(*pages: Page) -> dict[str, Any]:
    every: Iterator[Any] = (record for page in pages for record in (*page.contacts, *page.companies, *page.deals))
    return {record.id: _to_the_minute(record) for record in every}


def _to_the_minute(record: Any) -> Any:
    dates = {name: getattr(record, name, None) for name in ("modified", "last_contacted")}
    return replace(record, **{name: at.replace(second=0, microsecond=0) for name, at in dates.items() if at})


@pytest.fixture
def exporting(desk: Desk) -> Iterator[ExportDesk]:
    made = ExportDesk(desk)
    yield made
    made.sender.close()


@pytest.mark.parametrize("times", ["minutes", "iso", "ms"])
@pytest.mark.parametrize("rows_a_part", [1_000_000, 5])
def test_an_export_brings_the_records_that_a_list_brings(exporting: ExportDesk, times: str, rows_a_part: int) -> None:
    exporting.exports.times, exporting.exports.rows_a_part = times, rows_a_part
    records = exporting.desk.records
    records.edit("deals", exporting.desk.deal, {"dealname": 'Said "yes",\r\nthen; "no" — ünï', "amount": ""})
    for contact in records.ids["contacts"][:4]:
        records.link("deals", exporting.desk.deal, "contacts", contact, 3)
    for kind in Kind:
        assert exporting.records(kind, exporting.rows(kind)) == exporting.listed(kind)


def test_an_export_costs_a_handful_of_requests_and_its_link_gets_no_token(exporting: ExportDesk) -> None:
    assert len(exporting.rows(Kind.CONTACTS)) == 12
    paths = [(method, path.rpartition("/")[2]) for method, path, _ in exporting.portal.requests_seen]
    assert ([method for method, _ in paths], exporting.exports.downloads) == (["POST", "GET", "GET"], 1)


def test_without_the_scope_an_export_says_which_scope_is_missing(exporting: ExportDesk) -> None:
    exporting.portal.scopes.discard("crm.export")
    with pytest.raises(errors.ScopeMissing, match=r"crm\.export"):
        exporting.export()


@pytest.mark.parametrize("end", ["FAILED", "CANCELED", "CONFLICT", "DELETED"])
def test_an_export_that_ends_without_a_file_is_given_up(exporting: ExportDesk, end: str) -> None:
    exporting.exports.end_state = end
    export = exporting.export()
    assert not export.check()
    exporting.desk.now += 10
    with pytest.raises(errors.ExportUnusable, match="ended without a file"):
        export.is_ready()
    with pytest.raises(errors.ExportUnusable, match=end):
        export.check()


@pytest.mark.parametrize("status", [403, 404, 500])
def test_an_export_that_the_token_may_not_see_is_given_up(exporting: ExportDesk, status: int) -> None:
    export = exporting.export()
    exporting.portal.fault("status", "GET /crm/exports", status=status, times=9)
    with pytest.raises(errors.ExportUnusable, match="does not show its export"):
        export.is_ready()
    exporting.sender.close()
    with pytest.raises(errors.CrmFault, match="closed"):
        export.is_ready()


def test_a_day_that_has_had_its_exports_brings_no_other_and_holds_nothing_up(exporting: ExportDesk) -> None:
    exporting.exports.most_a_day = 0
    with pytest.raises(errors.ExportUnusable, match="did not start"):
        exporting.export()
    assert exporting.sender.reserve(search=False) == 0


def test_a_property_that_does_not_exist_brings_no_export(exporting: ExportDesk) -> None:
    with pytest.raises(errors.ExportUnusable, match="mood"):
        PortalExport(exporting.sender, ExportWish(kind=Kind.CONTACTS, properties=("mood",))).start()


def test_an_export_whose_start_was_cut_off_is_not_started_again(exporting: ExportDesk) -> None:
    exporting.portal.fault("cut_after", "POST /crm/exports")
    with pytest.raises(errors.ExportUnusable, match="did not start"):
        exporting.export()
    assert [method for method, path, _ in exporting.portal.requests_seen if "/exports/" in path] == ["POST"]


def test_a_download_that_is_cut_off_is_tried_again_with_a_new_link(exporting: ExportDesk) -> None:
    exporting.portal.fault("cut_before", "GET /export-files/", times=2)
    assert len(exporting.rows()) == 6
    exporting.portal.fault("cut_before", "GET /export-files/", times=3)
    with pytest.raises(errors.ExportUnusable, match="could not be downloaded"):
        exporting.rows()


def test_a_link_that_has_expired_is_asked_for_again(exporting: ExportDesk) -> None:
    export = exporting.ready()
    exporting.desk.now += 301
    assert len(list(export.rows())) == 6
    exporting.exports.link_seconds = -1.0
    with pytest.raises(errors.ExportUnusable, match="403"):
        next(export.rows())


@pytest.mark.parametrize("rows_a_part", [1_000_000, 2])
def test_half_a_file_is_no_export(exporting: ExportDesk, rows_a_part: int) -> None:
    exporting.exports.rows_a_part = rows_a_part
    exporting.portal.fault("truncated_json", "GET /export-files/")
    with pytest.raises(errors.ExportUnusable):
        list(exporting.exported())


# ------------------------------------------------------------------------------------------------ all records by exports


def test_all_records_come_by_exports_in_few_requests_each_kind_with_the_word_that_it_was_read(exporting: ExportDesk) -> None:
    pages = list(exporting.exported(*Kind))
    seen = len(exporting.portal.requests_seen)
    assert seen == 3 + 1 + 3 + 3 + 1 + 3  # starts, a look for approval, looks with links, newest records, a sample's links, files
    assert [stretch.kind for page in pages for stretch in page.stretches if stretch.done] == list(Kind)
    assert _records(*pages) == exporting.listed(Kind.CONTACTS) | exporting.listed(Kind.COMPANIES) | exporting.listed(Kind.DEALS)


def test_looks_grow_rarer_and_are_given_up_when_lists_would_have_been_faster(exporting: ExportDesk) -> None:
    exporting.exports.seconds = 100.0
    with pytest.raises(errors.ExportUnusable, match="not there after 30 s"):
        list(exporting.exported(longest=30.0))
    assert exporting.desk.waited == [3.75, 3.75, 7.5, 15.0]


def test_an_export_that_waits_for_approval_is_given_up_at_once_for_two_requests(exporting: ExportDesk) -> None:
    exporting.exports.needs_approval = True
    with pytest.raises(errors.ExportUnusable, match="approval"):
        list(exporting.exported(*Kind))
    assert (exporting.desk.waited, len(exporting.portal.requests_seen)) == ([], 2)


def test_an_export_that_was_started_is_not_started_again_while_it_can_be_used(exporting: ExportDesk) -> None:
    started = {Kind.DEALS: exporting.ready().id}
    before = len(exporting.portal.requests_seen)
    assert len(_records(*exporting.exported(started=started))) == 6
    assert "POST" not in {method for method, path, _ in exporting.portal.requests_seen[before:] if "/exports/" in path}
    recorded: dict[Kind, str] = {}
    assert len(_records(*exporting.exported(started={Kind.DEALS: "1"}, record=recorded.__setitem__))) == 6
    assert recorded == {Kind.DEALS: "90000002"}


def test_a_file_that_lacks_rows_of_those_that_were_counted_is_no_export(
    exporting: ExportDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = PortalExport.rows
    monkeypatch.setattr(PortalExport, "rows", lambda self: iter(list(real(self))[1:]))
    with pytest.raises(errors.ExportUnusable, match="has 5 rows, and HubSpot has counted 6"):
        list(exporting.exported())


@pytest.mark.parametrize(("lacking", "why"), [(1, "lacks records"), (11, "has 1 rows, and there are 12")])
def test_an_export_that_lacks_records_that_it_has_to_have_is_given_up(
    exporting: ExportDesk, monkeypatch: pytest.MonkeyPatch, lacking: int, why: str
) -> None:
    from callerid.simulator.portal.exports import files

    real = matching
    monkeypatch.setattr(files, "matching", lambda *found: real(*found)[lacking:])
    with pytest.raises(errors.ExportUnusable, match=why):
        list(exporting.exported(Kind.CONTACTS))


@pytest.mark.parametrize("changed", [0, 6], ids=["compared with the newest", "compared with a sample"])
def test_an_export_that_says_something_else_than_the_list_is_given_up(
    exporting: ExportDesk, monkeypatch: pytest.MonkeyPatch, changed: int
) -> None:
    from callerid.simulator.portal.exports import files

    real = files._Table._value

    def labelled(self: Any, record: Any, column: dict[str, Any]) -> str:
        return "Ana Label" if column["name"] == "firstname" else real(self, record, column)

    monkeypatch.setattr(files._Table, "_value", labelled)
    if changed:
        from callerid.crm.hubspot.reading.exporting import exported

        monkeypatch.setattr(exported, "read_newest", lambda *_: Newest(12, {}, {}))
    with pytest.raises(errors.ExportUnusable, match="differs from its list in: firstname"):
        list(exporting.exported(Kind.CONTACTS))


def test_an_export_with_other_associations_than_the_list_is_given_up(
    exporting: ExportDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from callerid.simulator.portal.exports import files

    monkeypatch.setattr(files._Table, "_associated_values", lambda *_: iter([""]))
    with pytest.raises(errors.ExportUnusable, match="associations with contacts"):
        list(exporting.exported())


def test_what_has_changed_since_an_export_was_made_is_taken_from_the_search(
    exporting: ExportDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    records, deal, real = exporting.desk.records, exporting.desk.deal, PortalExport.is_ready

    def then_change(self: PortalExport) -> bool:
        is_ready = real(self)
        records.edit("deals", deal, {"dealname": "Changed meanwhile"})
        records.link("deals", deal, "contacts", exporting.desk.ben, 3)
        records.create("deals", {"dealname": "New"})
        return is_ready

    monkeypatch.setattr(PortalExport, "is_ready", then_change)
    exported = exporting.exported()
    read = _records(*exported)
    assert read == exporting.listed(Kind.DEALS)
    assert (read[str(deal)].name, str(exporting.desk.ben) in read[str(deal)].contact_ids) == ("Changed meanwhile", True)
    assert not exported.is_exact  # HubSpot counts one that the file lacks


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b'"hs_object_id"\r\n', "lacks columns: dealname, associated contact ids"),
        (b'"dealname","Associated Contact IDs"\r\n', "lacks columns: the id"),
        (b'"hs_object_id","dealname","Associated Contact IDs"\r\n"1","x"\r\n', "a row of 2 values in 3 columns"),
        (b'"hs_object_id","dealname","Associated Contact IDs"\r\n"x","x",""\r\n', "a row without an id"),
        (b'"hs_object_id","dealname","Associated Contact IDs"\r\n"1","\xff",""\r\n', "not a file that can be read"),
        (b'"hs_object_id","dealname","Associated Contact IDs"\r\n"1","x', "not a file that can be read"),
        (b'"hs_object_id","dealname","Associated Contact IDs"\r\n"1","' + b"x" * 200_000, "too long"),
        (b"PK\x03\x04 nonsense", "not a file that can be read"),
        (b"<html>Please log in to the hotel's Wi-Fi</html>", "lacks columns"),
    ],
)
def test_a_file_that_is_not_what_was_asked_for_says_why(content: bytes, says: str) -> None:
    with pytest.raises(errors.ExportUnusable, match=says):
        list(ExportedRows(io.BytesIO(content), ("dealname",), {"contacts": "contact"}, ZONE))


def test_labels_and_spaces_between_ids_are_read_too() -> None:
    content = b'\xef\xbb\xbf"Record ID","DealName","Associated Contact IDs"\r\n"5","","7; 8"\r\n'
    (row,) = ExportedRows(io.BytesIO(content), ("dealname",), {"contacts": "contact"}, "Nowhere/Nowhere")
    assert row == {
        "id": "5",
        "properties": {"dealname": None},
        "associations": {"contacts": {"results": [{"id": "7"}, {"id": "8"}]}},
    }


def test_a_large_file_is_read_in_bounded_memory() -> None:
    line = b'"%d","' + b"x" * 4000 + b'"\r\n'
    with tempfile.TemporaryFile() as file:
        file.write(b'"hs_object_id","dealname"\r\n')
        for number in range(2_000):
            file.write(line % number)
        tracemalloc.start()
        try:
            count = sum(1 for _ in ExportedRows(file, ("dealname",), {}, ZONE))
            most = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert (count, most < 1_500_000) == (2_000, True)


HEADER = b'"hs_object_id","dealname"\r\n'


def zipped(method: int, *parts: bytes) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for number, part in enumerate(parts):
            archive.writestr(f"{number}.csv", part)
    return file


def count_rows(file: io.BytesIO) -> int:
    return sum(1 for _ in ExportedRows(file, ("dealname",), {}, ZONE))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA], ids=["bzip2", "lzma"])
def test_a_zip_is_read_only_if_it_is_packed_in_a_way_that_is_unpacked_piece_by_piece(method: int) -> None:
    part = HEADER + b'"1","x"\r\n'
    assert count_rows(zipped(zipfile.ZIP_DEFLATED, part, part)) == count_rows(zipped(zipfile.ZIP_STORED, part, part)) == 2
    with pytest.raises(errors.ExportUnusable, match="packed as HubSpot packs none"):
        count_rows(zipped(method, part))


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED], ids=["deflated", "stored"])
@pytest.mark.parametrize("sizes", [(30_000,), (9_000, 9_000)], ids=["one part", "two parts"])
def test_what_is_unpacked_of_a_zip_is_counted_whatever_the_zip_says_of_its_size(
    monkeypatch: pytest.MonkeyPatch, method: int, sizes: tuple[int, ...]
) -> None:
    file = zipped(method, *(HEADER + b'"1","x"\r\n' * (size // 9) for size in sizes))
    assert count_rows(file) == sum(size // 9 for size in sizes)
    monkeypatch.setattr("callerid.crm.hubspot.reading.exporting.export_file._MOST_UNZIPPED", 15_000)
    with pytest.raises(errors.ExportUnusable, match="too large"):
        count_rows(file)


def test_the_list_of_a_zips_parts_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read whole by zipfile."""
    file = zipped(zipfile.ZIP_STORED, *[HEADER] * 4_000)
    monkeypatch.setattr("callerid.crm.hubspot.reading.exporting.export_file._LARGEST_READ", 100_000)
    with pytest.raises(errors.ExportUnusable, match="too many parts"):
        count_rows(file)


def test_a_file_is_downloaded_up_to_a_bound(exporting: ExportDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("callerid.crm.hubspot.http.download._MOST_BYTES", 100)
    with pytest.raises(errors.ExportUnusable, match="too large to be HubSpot's"):
        exporting.rows()


@pytest.mark.parametrize("link", ["http://192.0.2.1/file", "ftp://127.0.0.1/file", "file:///etc/passwd", "", "/file"])
def test_a_link_without_encryption_is_never_followed(link: str) -> None:
    with pytest.raises(errors.Refused):
        download(link, io.BytesIO())


def test_a_redirection_to_a_link_without_encryption_is_not_followed(exporting: ExportDesk) -> None:
    exporting.portal.fault("redirect", "GET /export-files/")
    with pytest.raises(errors.ExportUnusable, match="not encrypted"):
        exporting.rows()
