"""Where a stranger is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from callerid.catalogue import load
from callerid.errors import DiskReadOnly, MalformedOutput
from callerid.phone.geocoder import describe, geocode
from callerid.store.mirror.own.live_lookups import LiveLookups
from callerid.turns.ringing.caller_location import known_location, location
from callerid.turns.ringing.live_lookup import locate_caller
from tests.turns.ringing.reports import card_text, report_ring

if TYPE_CHECKING:
    from tests.turns.world import World

STRANGER = "+49 89 12345678"


def test_a_strangers_place_is_looked_up_once_and_kept(world: World) -> None:
    report_ring(world, STRANGER)
    assert card_text(world) == "not in the CRM\nlandline"
    assert locate_caller(world.app, STRANGER, world.now, world.clock)
    assert card_text(world) == "not in the CRM\nMunich, Germany · landline"
    assert not locate_caller(world.app, STRANGER, world.now, world.clock)
    assert known_location(world.app, STRANGER) == "Munich, Germany · landline"
    assert not locate_caller(world.app, "", world.now, world.clock)
    assert not locate_caller(world.app, "+33145678900", world.now, world.clock)  # it does not ring


def test_the_place_of_somebody_who_never_called_is_looked_up_when_it_is_asked_for_and_kept(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(LiveLookups, "record_location", read_only)
        assert location(world.app, STRANGER) == "Munich, Germany · landline"
    assert known_location(world.app, STRANGER) == "landline"
    assert location(world.app, STRANGER) == "Munich, Germany · landline"
    monkeypatch.setattr("sys.executable", "/bin/echo")
    assert location(world.app, STRANGER) == "Munich, Germany · landline"
    assert location(world.app, "+33145678900") == "landline"  # looked up by a geocoder that fails
    assert location(world.app, "112") == ""


def read_only(*_: object, **__: object) -> None:
    raise DiskReadOnly("It cannot be written.", remedy="Restart the phone.")


def test_a_geocoder_that_fails_leaves_the_card_as_it_is(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    report_ring(world, STRANGER)
    monkeypatch.setattr("sys.executable", "/bin/echo")
    assert not locate_caller(world.app, STRANGER, world.now, world.clock)
    assert card_text(world) == "not in the CRM\nlandline"
    with pytest.raises(MalformedOutput):
        geocode(world.app.termux.runner, STRANGER, "en")


def test_the_country_alone_is_shown_if_no_place_is_known() -> None:
    assert describe("+353871234567", "en") == "Ireland"
    assert describe("+498912345678", "ja") == "ドイツ"
    assert describe("+80012345678", "en") == ""


@pytest.mark.parametrize(
    ("number", "place"),
    [
        ("+393331234567", "Italy"),
        ("+61412345678", "Australia"),
        ("+4791234567", "Norway"),
        ("+358401234567", "Finland"),
        ("+212612345678", "Morocco"),
        ("+590690123456", "Guadeloupe"),
        ("+38344123456", "Kosovo"),
        ("+447624312345", "Isle Of Man"),
        ("+12425551234", "Bahamas"),
    ],
)
def test_a_stranger_has_a_country_also_where_regions_share_a_code(number: str, place: str) -> None:
    assert describe(number, "en") == place


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("0570-000-123", "ナビダイヤル"),
        ("0120-444-444", "フリーダイヤル"),
        ("+49 1801 234567", "料金分担番号"),
        ("+33 810 12 34 56", "料金分担番号"),
        ("+61 13 12 34", "料金分担番号"),
        ("+1 800 253 0000", "通話料無料"),
        ("+44 345 123 4567", "企業共通番号"),
    ],
)
def test_only_a_number_of_japan_has_the_name_that_japan_has_for_it(world: World, number: str, words: str) -> None:
    assert known_location(replace(world.app, texts=load("ja"), region="JP"), number) == words
