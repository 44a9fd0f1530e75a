"""The XML that a server answers with, which may be anything."""

from __future__ import annotations

import io

import pytest
import requests

from callerid.carddav import connection
from callerid.carddav.multistatus import asking_for_cards, resources
from callerid.errors import CrmFault

BOMB = b'<!DOCTYPE a [<!ENTITY b "xxxxxxxxxx"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>'


@pytest.mark.parametrize("content", [b"", b"<html><p>", b"\xff\xfe", BOMB, b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'])
def test_what_is_not_webdav_is_told_and_never_expanded(content: bytes) -> None:
    with pytest.raises(CrmFault, match="not WebDAV"):
        resources(content)


class Endless(io.RawIOBase):
    """What a server sends that never stops."""

    def read(self, size: int = -1) -> bytes:
        return b"x" * max(size, 1)


def test_an_answer_without_end_and_a_packed_one_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "MOST_BYTES", 1024 * 1024)
    reply = requests.Response()
    reply.raw = Endless()
    with pytest.raises(CrmFault, match="larger than 1 MB"):
        connection._content(reply)
    reply.headers["Content-Encoding"] = "gzip"
    with pytest.raises(CrmFault, match="packed its answer"):
        connection._content(reply)


def test_properties_that_a_server_does_not_have_are_left_out() -> None:
    content = (
        b'<d:multistatus xmlns:d="DAV:"><d:response><d:href>/a.vcf</d:href>'
        b"<d:propstat><d:prop><d:getetag>W/&quot;1&quot;</d:getetag></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>"
        b"<d:propstat><d:prop><d:owner>x</d:owner></d:prop><d:status>HTTP/1.1 404 Not Found</d:status></d:propstat>"
        b"</d:response><d:response><d:href>/b.vcf</d:href><d:status>HTTP/1.1 404 Not Found</d:status></d:response></d:multistatus>"
    )
    first, second = resources(content)
    assert (first.href, first.text("{DAV:}getetag"), first.text("{DAV:}owner"), first.link("{DAV:}getetag")) == (
        "/a.vcf",
        'W/"1"',
        "",
        "",
    )
    assert (second.href, second.properties, second.is_address_book) == ("/b.vcf", {}, False)


def test_an_href_with_signs_of_xml_is_asked_for_as_it_is() -> None:
    assert "<href>/a&amp;b&lt;.vcf</href>" in asking_for_cards(["/a&b<.vcf"])
