"""No answer, however large it is when it is unpacked, takes more memory than an answer may; it is the portal's fault and is tried again."""

from __future__ import annotations

import gzip
import json
import threading
import tracemalloc
from collections import Counter
from typing import TYPE_CHECKING, Any, cast

import pytest

from callerid.crm.hubspot.http.content import AnswerBounds, TooLarge
from callerid.errors import CrmFault, OutcomeUnknown
from callerid.simulator.portal.server import gzipped_zeros

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.crm.conftest import Desk

KIB, MIB = 1024, 1024 * 1024
SMALL = 256 * KIB
UNPACKED = 64 * MIB


def bounded(desk: Desk, **bounds: int) -> AnswerBounds:
    """Let the client's answers have smaller bounds."""
    made = desk.client._sender.answer_bounds = AnswerBounds(**bounds)
    return made


def peak(do: Callable[[], object]) -> int:
    """Return how many bytes of memory Python took more than before, at most, while something was done that ends with a fault."""
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        with pytest.raises(CrmFault, match="too large"):
            do()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


def test_an_answer_that_gzip_makes_small_is_not_unpacked_beyond_the_bound(desk: Desk) -> None:
    """What the portal sends is in this process too, and a thousandth of what it unpacks to."""
    desk.client.account()  # what the first request imports is no part of it
    assert len(gzipped_zeros(UNPACKED)) < UNPACKED / 500
    bounds = bounded(desk, one=SMALL)
    desk.portal.fault("large", times=9, size=UNPACKED)
    assert peak(desk.client.account) < 4 * SMALL + 3 * UNPACKED / 500
    assert bounds.in_flight == 0


def test_an_answer_that_is_too_large_is_a_fault_of_the_portal_with_a_remedy_and_is_asked_for_again_after_pauses(desk: Desk) -> None:
    bounded(desk, one=SMALL)
    desk.portal.fault("large", times=9, size=MIB)
    with pytest.raises(CrmFault, match=r"too large to be HubSpot's: it has more than 0\.25 MiB") as fault:
        desk.client.account()
    assert "callerid config show" in fault.value.remedy
    assert desk.waited == [0.5, 2, 5, 10]


def test_a_portal_whose_answer_was_too_large_once_is_read_all_the_same(desk: Desk) -> None:
    bounded(desk, one=SMALL)
    desk.portal.fault("large", times=1, size=MIB)
    assert desk.client.account().portal_id


def test_a_call_whose_answer_was_too_large_may_have_been_logged(desk: Desk) -> None:
    bounded(desk, one=SMALL)
    desk.portal.fault("large", "POST .*/calls$", times=1, size=MIB)
    with pytest.raises(OutcomeUnknown, match="too large"):
        desk.client.create(desk.call())
    assert len(desk.portal.held_calls()) == 1


def test_an_answer_that_was_read_is_given_up_whoever_still_knows_it() -> None:
    """An error that is kept has the frames that it came through."""
    with AnswerBounds().content(cast("Any", Reply(b"0" * MIB))) as given:
        assert len(given) == MIB
    assert given == b""


def test_an_answer_of_too_many_values_is_not_parsed(desk: Desk) -> None:
    bounded(desk, values=1000)
    desk.portal.fault("large", times=9, size=100 * KIB)
    with pytest.raises(CrmFault, match="more than 1,000 values"):
        desk.client.account()


class Reply:
    """An answer that comes in pieces, before the last of which it waits."""

    def __init__(self, content: bytes, encoding: str = "", wait: Callable[[], object] = lambda: None) -> None:
        self.headers = {"Content-Encoding": encoding} if encoding else {}
        self.raw, self._content, self._wait = self, content, wait

    def stream(self, piece: int, *, decode_content: bool) -> Any:
        assert not decode_content
        pieces = [self._content[start : start + piece] for start in range(0, len(self._content), piece)]
        yield from pieces[:-1]
        self._wait()
        yield from pieces[-1:]


def content(bounds: AnswerBounds, reply: Any) -> bytes:
    with bounds.content(reply) as given:
        return bytes(given)


def test_all_answers_in_flight_together_have_a_bound_too() -> None:
    bounds, both_begun, results = AnswerBounds(one=MIB, in_flight=MIB), threading.Barrier(2), Counter[str]()

    def read() -> None:
        try:
            content(bounds, Reply(b"0" * (800 * KIB), wait=both_begun.wait))
            results["read"] += 1
        except Exception as fault:  # noqa: BLE001 - it is counted
            results[str(fault)] += 1
            both_begun.abort()

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert results["with other answers it has more than 1 MiB"] >= 1
    assert bounds.in_flight == 0
    assert content(bounds, Reply(b"0" * (800 * KIB))) == b"0" * (800 * KIB)


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 300_000])
def test_what_is_unpacked_is_what_was_packed(size: int) -> None:
    whole = json.dumps("x" * size).encode()
    bounds = AnswerBounds()
    assert content(bounds, Reply(whole)) == whole
    assert content(bounds, Reply(gzip.compress(whole), "gzip")) == whole
    assert content(bounds, Reply(gzip.compress(whole) + gzip.compress(whole), "GZIP ")) == whole * 2
    assert bounds.in_flight == 0


@pytest.mark.parametrize(
    ("sent", "encoding"),
    [(gzip.compress(b"0" * 99, mtime=0)[:-9], "gzip"), (b"plain", "gzip"), (b"", "gzip"), (b"{}", "br"), (b"{}", "gzip, gzip")],
)
def test_an_answer_that_is_cut_off_or_packed_in_another_way_counts_as_one_that_did_not_arrive(
    desk: Desk, sent: bytes, encoding: str
) -> None:
    from requests import exceptions

    with pytest.raises(exceptions.ContentDecodingError):
        content(AnswerBounds(), Reply(sent, encoding))
    assert desk.client.account().portal_id


@pytest.mark.parametrize(("sign", "wider"), [("a", 0), ("é", 0), ("ł", 1), ("日", 1), ("😀", 3)])
def test_a_text_counts_as_what_it_takes_in_python(sign: str, wider: int) -> None:
    """One emoji gives every other character four bytes, too."""
    whole, bounds = json.dumps("x" * 1000 + sign, ensure_ascii=False).encode(), AnswerBounds()
    with bounds.content(cast("Any", Reply(whole))):
        assert bounds.in_flight == (1 + wider) * len(whole)
    assert bounds.in_flight == 0


def test_an_answer_whose_text_takes_too_much_is_not_parsed() -> None:
    whole = json.dumps("x" * (600 * KIB) + "😀", ensure_ascii=False).encode()
    assert content(AnswerBounds(one=2 * MIB), Reply(whole)) == whole
    bounds = AnswerBounds(one=MIB)
    with pytest.raises(TooLarge, match="its text has more than 2 MiB"):
        content(bounds, Reply(whole))
    with pytest.raises(TooLarge, match="with other answers"):
        content(AnswerBounds(one=2 * MIB, in_flight=2 * MIB), Reply(whole))
    assert bounds.in_flight == 0
