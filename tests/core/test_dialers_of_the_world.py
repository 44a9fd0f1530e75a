"""What dialers of more countries say, and what they say that is no ring."""

from __future__ import annotations

import pytest

from callerid.core.call_notices import Notice, State, caller, state
from callerid.core.senses import Caller

DIALER = "com.google.android.dialer"


def notice(title: str, content: str, package: str = DIALER) -> Notice:
    return Notice(package=package, key=f"0|{package}|2|null|10120", title=title, content=content)


@pytest.mark.parametrize(
    ("content", "is_about"),
    [
        ("Chamada recebida", State.RINGING),
        ("Chamada em andamento", State.TALKING),
        ("Chamando…", State.DIALLING),
        ("Chamada não atendida", State.MISSED),
        ("Połączenie przychodzące", State.RINGING),
        ("Trwające połączenie", State.TALKING),
        ("Wybieranie numeru", State.DIALLING),
        ("Nieodebrane połączenie", State.MISSED),
        ("Gelen çağrı", State.RINGING),
        ("Devam eden arama", State.TALKING),
        ("Aranıyor", State.DIALLING),
        ("Cevapsız çağrı", State.MISSED),
        ("مكالمة واردة", State.RINGING),
        ("مكالمة جارية", State.TALKING),
        ("جارٍ الاتصال", State.DIALLING),
        ("مكالمة فائتة", State.MISSED),
        ("इनकमिंग कॉल", State.RINGING),
        ("चल रही कॉल", State.TALKING),
        ("डायल हो रहा है", State.DIALLING),
        ("छूटी हुई कॉल", State.MISSED),
    ],
)
def test_dialers_of_more_countries_are_understood(content: str, is_about: State) -> None:
    assert state(notice("Ana López", content)) is is_about


@pytest.mark.parametrize(
    ("title", "content"),
    [
        ("Call recording saved", "Tap to listen"),
        ("Ana López", "Recording saved"),
        ("Reminder: call Ana back", "Now"),
        ("Anrufaufzeichnung", "Ana López"),
        ("Grabación guardada", "Ana López"),
        ("通话录音已保存", ""),
    ],
)
def test_what_is_told_of_a_call_that_was_is_no_ring(title: str, content: str) -> None:
    assert state(notice(title, content)) is State.NONE


def test_a_studio_for_recordings_may_call() -> None:
    assert state(notice("Recording Studio", "Mobile")) is State.RINGING


def test_an_app_that_tells_of_many_things_rings_only_by_its_words() -> None:
    assert state(notice("3 people viewed your profile", "Tap to see who", "com.truecaller")) is State.NONE
    assert state(notice("Ana López", "Incoming call", "com.truecaller")) is State.RINGING


@pytest.mark.parametrize("words", ["Incoming call via +353 86 000 0000", "SIM 2: +353 86 000 0000", "Eingehend über 086 0000000"])
def test_the_number_on_which_a_call_comes_in_is_not_the_callers(words: str) -> None:
    assert caller(notice("Ana López", words)) == Caller(name="Ana López")
    assert caller(notice("Ana López", f"+353 87 123 4567 · {words}")).number == "+353 87 123 4567"


def test_the_phones_own_number_is_not_the_callers_where_it_is_known() -> None:
    rings = notice("Ana López", "Mobile · 086 000 0000")
    assert caller(rings).number == "086 000 0000"
    assert caller(rings, lambda number: number == "086 000 0000") == Caller(name="Ana López")
