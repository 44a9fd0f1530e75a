"""An export of HubSpot's is read as a list would be, and given up when it cannot be had or relied on."""

from __future__ import annotations

import io
import tempfile
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest

from callerid import errors
from callerid.credentials import Token
from callerid.crm.hubspot.http.download import download
from callerid.crm.hubspot.http.send import HttpSender
from callerid.crm.hubspot.reading.export_check import ExportWish
from callerid.crm.hubspot.reading.export_file import ExportedRows, ExportUnusable
from callerid.crm.hubspot.reading.exports import PortalExport
from callerid.crm.hubspot.reading.rows import inline_associations, page_of, requested_properties
from callerid.models import Kind, SyncRequest
from tests.crm.conftest import NOW, Desk

if TYPE_CHECKING:
    from collections.abc import Iterator

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

    def export(self, kind: Kind = Kind.DEALS, longest: float = 60.0) -> PortalExport:
        made = PortalExport(self.sender, WISHES[kind], longest=longest, zone=ZONE, monotonic=lambda: self.desk.now)
        made.start()
        return made

    def rows(self, kind: Kind = Kind.DEALS, sample: int = 100) -> list[dict[str, Any]]:
        export = self.export(kind)
        export.wait()
        return list(export.rows(sample))

    def records(self, kind: Kind, rows: list[dict[str, Any]]) -> dict[str, Any]:
        """Return rows as records, without the seconds of their dates, which an export may not have."""
        page = page_of(kind, rows, SYNC, self.desk.faults.append, inline_associations(self.sender, rows, WISHES[kind].associated))
        every = (*page.contacts, *page.companies, *page.deals)
        return {record.id: repr(record).replace(str(record.modified), "") for record in map(_to_the_minute, every)}


def _to_the_minute(record: Any) -> Any:
    from dataclasses import replace

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
        associations = {"associations": "contacts,companies"} if kind is Kind.DEALS else {}
        query = {"limit": "100", "properties": ",".join(WISHES[kind].columns)} | associations
        listed = exporting.sender.read("GET", f"/crm/objects/2026-09/{kind}", query=query)["results"]
        assert len(listed) == len(records.ids[kind])
        assert exporting.records(kind, exporting.rows(kind)) == exporting.records(kind, listed)


def test_an_export_costs_a_handful_of_requests_and_its_link_gets_no_token(exporting: ExportDesk) -> None:
    exporting.exports.seconds = 20.0
    assert len(exporting.rows(Kind.CONTACTS)) == 12
    paths = [(method, path.rpartition("/")[2]) for method, path, _ in exporting.portal.requests_seen]
    looks = [path for method, path in paths if method == "GET"]
    assert (len(paths), len(looks), exporting.exports.downloads) == (10, 8, 1)
    assert [path for path in looks if path.isdecimal()] == ["90000001"] * 6
    assert exporting.desk.waited == [1.0, 2.0, 4.0, 8.0, 8.0]


def test_without_the_scope_an_export_says_which_scope_is_missing(exporting: ExportDesk) -> None:
    exporting.portal.scopes.discard("crm.export")
    with pytest.raises(errors.ScopeMissing, match=r"crm\.export"):
        exporting.export()


def test_an_export_that_waits_for_approval_is_given_up_at_once(exporting: ExportDesk) -> None:
    exporting.exports.needs_approval = True
    export = exporting.export()
    with pytest.raises(ExportUnusable, match="approval"):
        export.wait()
    assert exporting.desk.waited == []


def test_an_export_that_takes_too_long_or_waits_for_others_is_given_up(exporting: ExportDesk) -> None:
    exporting.exports.seconds = 100.0
    export = exporting.export(longest=30.0)
    with pytest.raises(ExportUnusable, match="not there after 30 s"):
        export.wait()
    assert sum(exporting.desk.waited) <= 30


@pytest.mark.parametrize("end", ["FAILED", "CANCELED", "CONFLICT", "DELETED"])
def test_an_export_that_ends_without_a_file_is_given_up(exporting: ExportDesk, end: str) -> None:
    exporting.exports.end_state = end
    export = exporting.export()
    with pytest.raises(ExportUnusable, match=end):
        export.wait()


@pytest.mark.parametrize("status", [403, 404])
def test_an_export_that_the_token_may_not_see_is_given_up(exporting: ExportDesk, status: int) -> None:
    export = exporting.export()
    exporting.portal.fault("status", "GET /crm/exports", status=status)
    with pytest.raises(ExportUnusable, match="does not show its export"):
        export.wait()


def test_a_day_that_has_had_its_exports_brings_no_other(exporting: ExportDesk) -> None:
    exporting.exports.most_a_day = 0
    with pytest.raises(ExportUnusable, match="did not start"):
        exporting.export()


def test_a_property_that_does_not_exist_brings_no_export(exporting: ExportDesk) -> None:
    wish = ExportWish(kind=Kind.CONTACTS, properties=("mood",))
    with pytest.raises(ExportUnusable, match="mood"):
        PortalExport(exporting.sender, wish, longest=1.0).start()


def test_an_export_whose_start_was_cut_off_is_not_started_again(exporting: ExportDesk) -> None:
    exporting.portal.fault("cut_after", "POST /crm/exports")
    with pytest.raises(ExportUnusable, match="did not start"):
        exporting.export()
    assert [method for method, path, _ in exporting.portal.requests_seen if "/exports/" in path] == ["POST"]


def test_a_download_that_is_cut_off_is_tried_again_with_a_new_link(exporting: ExportDesk) -> None:
    exporting.portal.fault("cut_before", "GET /export-files/", times=2)
    assert len(exporting.rows()) == 6
    exporting.portal.fault("cut_before", "GET /export-files/", times=3)
    with pytest.raises(ExportUnusable, match="could not be downloaded"):
        exporting.rows()


def test_a_link_that_has_expired_is_asked_for_again(exporting: ExportDesk) -> None:
    exporting.exports.link_seconds = -1.0
    export = exporting.export()
    export.wait()
    with pytest.raises(ExportUnusable, match="403"):
        next(export.rows())


@pytest.mark.parametrize("rows_a_part", [1_000_000, 2])
def test_half_a_file_is_no_export(exporting: ExportDesk, rows_a_part: int) -> None:
    exporting.exports.rows_a_part = rows_a_part
    exporting.portal.fault("truncated_json", "GET /export-files/")
    with pytest.raises(ExportUnusable):
        exporting.rows(sample=0)


def test_a_file_with_fewer_rows_than_counted_is_no_export(exporting: ExportDesk) -> None:
    export = exporting.export()
    export.wait()
    export.count += 1
    with pytest.raises(ExportUnusable, match="has 6 rows, and HubSpot has counted 7"):
        list(export.rows())


def test_an_export_that_says_something_else_than_the_list_is_given_up(
    exporting: ExportDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from callerid.simulator.portal.exports import files

    real = files._Table._value

    def labelled(self: Any, record: Any, column: dict[str, Any]) -> str:
        return "Appointment" if column["name"] == "dealstage" else real(self, record, column)

    monkeypatch.setattr(files._Table, "_value", labelled)
    with pytest.raises(ExportUnusable, match="differs from its list in: dealstage"):
        exporting.rows()
    assert len(exporting.rows(sample=0)) == 6


def test_an_export_with_other_associations_than_the_list_is_given_up(
    exporting: ExportDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from callerid.simulator.portal.exports import files

    monkeypatch.setattr(files._Table, "_associated_values", lambda *_: iter([""]))
    with pytest.raises(ExportUnusable, match="associations with contacts"):
        exporting.rows()


def test_a_record_that_was_changed_while_the_export_was_made_does_not_count_as_a_difference(exporting: ExportDesk) -> None:
    export = exporting.export()
    exporting.desk.now += 10
    export.wait()
    rows = export.rows()
    first = next(rows)
    exporting.desk.records.edit("deals", exporting.desk.deal, {"dealname": "Changed meanwhile"})
    exporting.desk.records.archive("deals", exporting.desk.other_deal)
    assert len([first, *rows]) == 6


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
    with pytest.raises(ExportUnusable, match=says):
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


@pytest.mark.parametrize("link", ["http://192.0.2.1/file", "ftp://127.0.0.1/file", "file:///etc/passwd", "", "/file"])
def test_a_link_without_encryption_is_never_followed(link: str) -> None:
    with pytest.raises(errors.Refused):
        download(link, io.BytesIO())


def test_a_redirection_to_a_link_without_encryption_is_not_followed(exporting: ExportDesk) -> None:
    exporting.portal.fault("redirect", "GET /export-files/")
    with pytest.raises(ExportUnusable, match="not encrypted"):
        exporting.rows()
