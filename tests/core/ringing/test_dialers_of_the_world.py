"""What dialers of more countries say, and what they say that is no ring."""

from __future__ import annotations

import pytest

from callerid.core.ringing.dialer_notifications import CallState, ListedNotification, call_state, caller_info, parse, phone_state
from callerid.core.ringing.senses import CallerInfo, PhoneState

DIALER = "com.google.android.dialer"


def notice(title: str, content: str, package: str = DIALER) -> ListedNotification:
    return ListedNotification(package=package, key=f"0|{package}|2|null|10120", title=title, content=content)


@pytest.mark.parametrize(
    ("content", "is_about"),
    [
        ("Chamada recebida", CallState.RINGING),
        ("Chamada em andamento", CallState.TALKING),
        ("Chamando…", CallState.DIALLING),
        ("Chamada não atendida", CallState.MISSED),
        ("Połączenie przychodzące", CallState.RINGING),
        ("Trwające połączenie", CallState.TALKING),
        ("Wybieranie numeru", CallState.DIALLING),
        ("Nieodebrane połączenie", CallState.MISSED),
        ("Gelen çağrı", CallState.RINGING),
        ("Devam eden arama", CallState.TALKING),
        ("Aranıyor", CallState.DIALLING),
        ("Cevapsız çağrı", CallState.MISSED),
        ("مكالمة واردة", CallState.RINGING),
        ("مكالمة جارية", CallState.TALKING),
        ("جارٍ الاتصال", CallState.DIALLING),
        ("مكالمة فائتة", CallState.MISSED),
        ("इनकमिंग कॉल", CallState.RINGING),
        ("चल रही कॉल", CallState.TALKING),
        ("डायल हो रहा है", CallState.DIALLING),
        ("छूटी हुई कॉल", CallState.MISSED),
    ],
)
def test_dialers_of_more_countries_are_understood(content: str, is_about: CallState) -> None:
    assert call_state(notice("Ana López", content)) is is_about


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
    assert call_state(notice(title, content)) is CallState.NONE


def test_a_studio_for_recordings_may_call() -> None:
    assert call_state(notice("Recording Studio", "Mobile")) is CallState.RINGING


def test_an_app_that_tells_of_many_things_rings_only_by_its_words() -> None:
    assert call_state(notice("3 people viewed your profile", "Tap to see who", "com.truecaller")) is CallState.NONE
    assert call_state(notice("Ana López", "Incoming call", "com.truecaller")) is CallState.RINGING


@pytest.mark.parametrize("words", ["Incoming call via +353 86 000 0000", "SIM 2: +353 86 000 0000", "Eingehend über 086 0000000"])
def test_the_number_on_which_a_call_comes_in_is_not_the_callers(words: str) -> None:
    assert caller_info(notice("Ana López", words)) == CallerInfo(name="Ana López")
    assert caller_info(notice("Ana López", f"+353 87 123 4567 · {words}")).number == "+353 87 123 4567"


def test_the_phones_own_number_is_not_the_callers_where_it_is_known() -> None:
    rings = notice("Ana López", "Mobile · 086 000 0000")
    assert caller_info(rings).number == "086 000 0000"
    assert caller_info(rings, lambda number: number == "086 000 0000") == CallerInfo(name="Ana López")


@pytest.mark.parametrize("name", ["Jo Fair 14.09.2023", "Bob 2024-2026", "Ana 14-09-23 new", "Flat 1204 55 10"])
def test_a_name_with_digits_in_it_is_no_number(name: str) -> None:
    assert caller_info(notice(name, "Incoming call")) == CallerInfo(name=name)
    assert caller_info(notice(name, f"Since 14.09.2023 · {'+353 87 123 4567'}")).number == "+353 87 123 4567"


DATES = (
    *("12.05.2023 14:30", "12/05 14:30", "01.02.2024 - 03.04.2024", "2023-05-12 14:30:05", "2024-2026", "26.11.2026 - 10:30"),
    *("(26.11.2026)", "10:30 26/11", "12.05. 14:30", "26-11 10:30", "10:30 2026-11-26", "26.11.2026 10.30"),
)


@pytest.mark.parametrize("when", DATES)
def test_a_date_is_no_number(when: str) -> None:
    assert caller_info(notice("Ana López", f"Incoming call · last call {when}")) == CallerInfo(name="Ana López")
    assert caller_info(notice("Ana López", f"{when} · 089 12-34-56 78")).number == "089 12-34-56 78"


@pytest.mark.parametrize(
    "number",
    [
        *("+55 11 2012-2019", "(11) 2091-2045", "+503 2012-1999", "+49 30 12-12-2020", "01/02/45 67 89", "21.12.20 30"),
        "+49 89 3333 12.12.20",
    ],
)
def test_a_number_that_looks_like_dates_is_one(number: str) -> None:
    assert caller_info(notice(number, "Incoming call")) == CallerInfo(number=number)
    assert caller_info(notice("Ana López", number)).number == number


@pytest.mark.parametrize("package", ["com.android.phone", "com.truecaller"])
def test_what_apps_of_many_things_title_with_their_own_name_is_no_ring(package: str) -> None:
    for said in ("Phone", "Call", "Wi-Fi call", "전화"):
        assert call_state(notice(said, "No SIM card", package)) is CallState.NONE


@pytest.mark.parametrize("package", ["com.android.phone", "com.truecaller"])
@pytest.mark.parametrize("title", ["Incoming call", "Eingehender Anruf über SIM 1", "来电"])
def test_a_title_that_says_it_is_a_call_rings_whatever_the_app(package: str, title: str) -> None:
    assert call_state(notice(title, "Ana López", package)) is CallState.RINGING
    assert call_state(notice(title, "Call ended", package), CallState.TALKING) is CallState.TALKING


def test_a_number_in_a_title_is_one_where_the_title_says_so() -> None:
    assert caller_info(notice("Incoming call: 087 123 4567", "")).number == "087 123 4567"
    assert caller_info(notice("Ana López +353 87 123 4567", "")).number == "+353 87 123 4567"


@pytest.mark.parametrize(
    "word",
    [
        "Unknown number",
        "Blocked number",
        "Private Nummer",
        "Unterdrückte Nummer",
        "Anonymer Anrufer",
        "Número privado",
        "Numéro privé",
        "Номер скрыт",
        "رقم خاص",
        "निजी नंबर",
        "通知不可能",
        "公衆電話",
        "[Unknown Caller]",
        "Payphone",
        "알 수 없음",
    ],
)
def test_a_word_for_somebody_who_hides_is_no_name(word: str) -> None:
    assert caller_info(notice(word, "")) == CallerInfo()
    assert caller_info(notice(f"{word} {word} {word} {word} {word}", "")) != CallerInfo()


@pytest.mark.parametrize(
    ("title", "content", "name"),
    [
        ("Incoming call", "Ana López", "Ana López"),
        ("Eingehender Anruf", "Ana López", "Ana López"),
        ("着信", "ロペス 花", "ロペス 花"),
        ("Incoming call…", "Ana López · Mobile", "Ana López"),
        ("Incoming call (SIM 2)", "", ""),
        ("Eingehender Anruf über SIM 1", "", ""),
        ("Llamada entrante - SIM 1", "", ""),
        ("Incoming Wi-Fi call", "+49 89 333339 Munich", ""),
        ("Incoming call", "Unknown number", ""),
        ("Incoming call", "00:03", ""),
        ("Incoming call from Ana López", "", "Ana López"),
        ("Anruf von Ana López", "Mobil", "Ana López"),
        ("Incoming Freight Ltd", "Mobile", "Incoming Freight Ltd"),
        *((name, "Incoming call", name) for name in ("Su", "Sim", "Su 2", "Via", "HD")),
        ("Phone", "+49 89 333339", ""),
        *(
            (title, "Ana López", "Ana López")
            for title in ("Incoming phone call", "Anruf auf Telefon", "Appel entrant sur téléphone")
        ),
    ],
)
def test_a_title_that_is_about_the_call_is_nobodys_name(title: str, content: str, name: str) -> None:
    assert call_state(notice(title, content)) is (CallState.TALKING if content == "00:03" else CallState.RINGING)
    assert caller_info(notice(title, content)).name == name


def test_what_was_a_call_already_does_not_ring_when_it_ends() -> None:
    ended = notice("Ana López", "Call ended")
    assert call_state(ended) is CallState.RINGING
    assert call_state(ended, CallState.TALKING) is CallState.TALKING
    assert call_state(notice("Ana López", "Requesting video call"), CallState.DIALLING) is CallState.DIALLING
    assert call_state(notice("Ana López", "Incoming call"), CallState.TALKING) is CallState.RINGING
    assert phone_state([ended], {DIALER}, was={ended.identity: CallState.TALKING}) == PhoneState(talking=True)


def test_words_for_a_call_alone_are_nobodys_name() -> None:
    assert caller_info(notice("Ongoing call", "")) == CallerInfo()


def test_the_marks_of_phones_that_write_from_right_to_left_are_no_part_of_a_name() -> None:
    (rings,) = parse([{"packageName": DIALER, "key": "k", "title": "\u202bAna López\u202c\u200f", "content": "مكالمة واردة"}])
    assert caller_info(rings) == CallerInfo(name="Ana López")
