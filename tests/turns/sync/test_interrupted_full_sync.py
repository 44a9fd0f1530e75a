"""A full sync that is killed costs what was left, not more, and the mirror equals the portal in the end."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from callerid.core.sync.plan import SyncKind
from callerid.credentials import Token
from callerid.errors import Offline
from callerid.models import Kind
from tests.turns.sync.portal_and_world import Editor, PortalAndWorld, mirror_cards, mirror_people, portal_cards, portal_people
from tests.turns.sync.test_mirror_equals_portal import CutAfter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BEFORE_THE_RECORDS = ("/account-info", "/oauth", "/crm/owners", "/crm/properties", "/crm/pipelines")


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[PortalAndWorld]:
    made = PortalAndWorld(tmp_path, people=2400, companies=150, deals=300)
    made.portal.latency = 0.02
    made.world.hub._sender.latency = 2.0  # as on a slow network: many readers
    yield made
    made.close()


def kill(pair: PortalAndWorld, pages: int) -> None:
    with pytest.raises(Offline):
        pair.sync(SyncKind.FULL, progress=CutAfter(pages))
    pair.world.restart()
    pair.world.later(minutes=1)
    pair.portal.requests_seen.clear()


def asked(pair: PortalAndWorld, *paths: str) -> list[str]:
    return [path for _, path, _ in pair.portal.requests_seen if path.startswith(paths)]


def assert_same(pair: PortalAndWorld) -> None:
    assert mirror_people(pair.world) == portal_people(pair.portal)
    assert mirror_cards(pair.world) == portal_cards(pair.portal)


@pytest.mark.parametrize("pages", [2, 11, 23])
def test_what_was_told_before_the_records_is_not_asked_again_and_a_few_pages_are_lost(pair: PortalAndWorld, pages: int) -> None:
    fresh = 15 + 24 + 1 + 3
    kill(pair, pages)
    Editor(pair).do("rename", 3)
    pair.world.later(minutes=1)
    pair.sync(SyncKind.FULL)
    assert not asked(pair, *BEFORE_THE_RECORDS)
    assert not asked(pair, "/crm/associations")
    assert pair.world.hub.requests <= fresh + 3 + 3 + 3  # pages under way, what changed of each kind, seams
    assert_same(pair)


def test_a_sync_that_goes_on_much_later_asks_anew_and_compares_what_no_date_tells(pair: PortalAndWorld) -> None:
    kill(pair, 11)
    Editor(pair).do("unlink_deal", 2)
    Editor(pair).do("purge", 1)
    pair.world.later(hours=3)
    pair.sync(SyncKind.FULL)
    assert asked(pair, "/crm/owners")
    assert_same(pair)
    names_as_of = pair.world.app.mirror.facts().names_as_of
    assert names_as_of is not None
    assert pair.now() - names_as_of < timedelta(minutes=1)


def test_a_scope_that_was_lost_meanwhile_is_noticed(pair: PortalAndWorld) -> None:
    kill(pair, 2)
    pair.portal.scopes.discard("crm.objects.deals.read")
    pair.sync(SyncKind.FULL)
    assert pair.world.app.mirror.facts().missing_scopes == ("crm.objects.deals.read",)
    assert pair.world.app.mirror.facts().contacts == len(Editor(pair).alive(Kind.CONTACTS))


def test_a_token_that_is_new_is_asked_what_it_may_read(pair: PortalAndWorld) -> None:
    kill(pair, 11)
    pair.world.hub._token = Token("pat-eu1-another-token")
    pair.sync(SyncKind.FULL)
    assert asked(pair, "/oauth")
    assert_same(pair)
