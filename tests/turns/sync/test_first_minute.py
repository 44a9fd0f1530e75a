"""The people who called last have a name before everything is read."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from callerid.cli.quick.status import status_json, status_text
from callerid.core.sync.plan import SyncKind
from callerid.models import CallType
from callerid.turns.sync.pull import pull
from tests.turns.sync.portal_and_world import PortalAndWorld, assert_equal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ANA, MOBILE, SPACED = "+353871230001", "+353861230002", "+353871230003"


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[PortalAndWorld]:
    made = PortalAndWorld(tmp_path, people=230)
    records = made.portal.records
    records.create("contacts", {"firstname": "Ana", "phone": "087 123 0001"})
    records.create("contacts", {"firstname": "Ben", "mobilephone": MOBILE})
    records.create("contacts", {"firstname": "Eva", "phone": "+353 87 123 0003"})
    for minutes, number in enumerate((ANA, MOBILE, SPACED, "", "+353879999999")):
        made.world.phone.add_call(number, CallType.INCOMING, made.now() - timedelta(minutes=30 - minutes), 60)
    yield made
    made.close()


class Watching:
    """A ProgressListener that notes who is known when the full sync begins."""

    def __init__(self, pair: PortalAndWorld) -> None:
        self.pair, self.known = pair, [""]

    def begins(self, part: str, total: int | None) -> None:
        del total
        if part == "full":
            self.known = [found.first_name for number in (ANA, MOBILE, SPACED) for found in self.pair.world.who(number)]

    def moved(self, records: int) -> None:
        del records


def test_recent_callers_have_names_before_the_first_full_sync_begins(pair: PortalAndWorld) -> None:
    watching = Watching(pair)
    pull(pair.world.app, pair.world.hub, pair.world.clock, progress=watching)
    assert watching.known == ["Ana", "Ben", "Eva"]
    assert next(path for _, path, _ in pair.portal.requests_seen).endswith("/contacts/search")
    assert_equal(pair.world, pair.portal)


def test_status_says_how_far_the_rest_is(pair: PortalAndWorld) -> None:
    pair.portal.fault("status", "GET /crm/objects/2026-09/deals", status=400)
    with pytest.raises(Exception, match="HubSpot"):
        pair.sync()
    assert pair.world.app.mirror.facts().built_at is None
    lines = status_text(pair.world.app, running=False)
    assert "3 recent callers can be named already" in lines
    mirror = status_json(pair.world.app, running=False)["mirror"]
    assert isinstance(mirror, dict)
    assert 0 <= mirror["filling"]["read"] <= mirror["filling"]["of"] == 240
    pair.sync()
    assert pair.world.app.mirror.filling() is None


def test_a_portal_or_a_phone_that_cannot_do_it_only_loses_the_first_minute(pair: PortalAndWorld) -> None:
    pair.portal.fault("status", "contacts/search", status=400)
    pair.sync()
    assert_equal(pair.world, pair.portal)


def test_a_later_full_sync_looks_nobody_up(pair: PortalAndWorld) -> None:
    pair.sync()
    before = len(pair.portal.requests_seen)
    pair.sync(SyncKind.FULL)
    assert not pair.portal.requests_seen[before][1].endswith("/contacts/search")


def test_without_a_readable_call_log_the_first_sync_is_as_before(pair: PortalAndWorld) -> None:
    pair.world.phone.fault("termux-call-log", "denied")
    pair.sync()
    assert_equal(pair.world, pair.portal)
