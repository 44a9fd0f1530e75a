"""The XML that a server answers with, which may be anything."""

from __future__ import annotations

import pytest

from callerid.carddav.multistatus import asking_for_cards, resources
from callerid.errors import CrmFault

BOMB = b'<!DOCTYPE a [<!ENTITY b "xxxxxxxxxx"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>'


@pytest.mark.parametrize("content", [b"", b"<html><p>", b"\xff\xfe", BOMB, b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'])
def test_what_is_not_webdav_is_told_and_never_expanded(content: bytes) -> None:
    with pytest.raises(CrmFault, match="not WebDAV"):
        resources(content)


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
