"""What the notifications of dialers in fifteen languages say about calls, and who calls by them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callerid.core.ringing.dialer_notifications import (
    EarlierReading,
    ListedNotification,
    TrialCall,
    call_state,
    caller_info,
    parse,
    phone_state,
)
from callerid.core.ringing.dialer_packages import DIALER_PACKAGES
from callerid.core.ringing.dialer_texts import CallState
from callerid.core.ringing.senses import CallerInfo, PhoneState

DIALER = "com.google.android.dialer"


def listed(
    title: str = "+353 87 123 4567", content: str = "Incoming call", package: str = DIALER, **more: object
) -> ListedNotification:
    fields = {"package": package, "key": f"0|{package}|2|null|10120", "title": title, "content": content} | more
    return ListedNotification(**fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("Incoming call", CallState.RINGING),
        ("Eingehender Anruf", CallState.RINGING),
        ("Llamada entrante", CallState.RINGING),
        ("着信中", CallState.RINGING),
        ("来电", CallState.RINGING),
        ("Ongoing call", CallState.TALKING),
        ("通話中", CallState.TALKING),
        ("01:23", CallState.TALKING),
        ("Dialing", CallState.DIALLING),
        ("発信中", CallState.DIALLING),
        ("Missed call", CallState.MISSED),
        ("Verpasster Anruf", CallState.MISSED),
        ("不在着信", CallState.MISSED),
        ("something in a language that is not known", CallState.RINGING),
    ],
)
def test_the_words_of_a_dialer_tell_the_state_of_the_call(words: str, state: CallState) -> None:
    assert call_state(listed(content=words)) is state


@pytest.mark.parametrize("name", ["Persephone Kelly", "Perdita Persand", "Akira Dialing", "Missed Delivery Ltd"])
def test_a_callers_name_is_not_read_as_words_for_a_state(name: str) -> None:
    assert call_state(listed(title=name, content="Mobile")) is CallState.RINGING
    assert caller_info(listed(title=name, content="Mobile")).name == name


@pytest.mark.parametrize("title", ["Data roaming is on", "Call forwarding", "Import of contacts finished"])
def test_an_app_with_other_notifications_rings_only_by_its_words(title: str) -> None:
    assert call_state(listed(package="com.android.phone", title=title, content="")) is CallState.NONE
    assert call_state(listed(package="com.android.phone", title="Ana", content="Incoming call")) is CallState.RINGING


def test_missed_calls_and_voicemail_are_recognized_by_tag_and_group() -> None:
    assert call_state(listed(content="…", tag="MissedCall_123")) is CallState.MISSED
    assert call_state(listed(content="…", group="visual_voicemail")) is CallState.MISSED
    assert call_state(listed(title="", content="…")) is CallState.NONE


@pytest.mark.parametrize(
    ("fields", "caller"),
    [
        ({"title": "+353 87 123 4567"}, CallerInfo(number="+353 87 123 4567")),
        ({"title": "Ana López"}, CallerInfo(name="Ana López")),
        ({"title": "Ana López", "content": "Incoming call · 087 123 4567"}, CallerInfo(number="087 123 4567", name="Ana López")),
        ({"title": "Incoming call", "content": "", "lines": ("(415) 555-2671",)}, CallerInfo(number="(415) 555-2671")),
        ({"title": "Ana", "key": "0|x|tel:+353871234567|1"}, CallerInfo(number="+353871234567", name="Ana")),
        ({"title": "Private number"}, CallerInfo()),
        ({"title": "Unbekannt"}, CallerInfo()),
        ({"title": "非通知設定"}, CallerInfo()),
        ({"title": "٠٨٧١٢٣٤٥٦٧"}, CallerInfo(number="٠٨٧١٢٣٤٥٦٧")),
        ({"title": "Ana", "content": "00:12:34"}, CallerInfo(name="Ana")),
    ],
)
def test_the_callers_number_is_found_in_any_field_and_else_the_name(fields: dict[str, object], caller: CallerInfo) -> None:
    assert caller_info(listed(**fields)) == caller  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("Поточний виклик", CallState.TALKING),
        ("Набір номера", CallState.DIALLING),
        ("Вхідний виклик", CallState.RINGING),
        ("Telefonatë në vazhdim", CallState.TALKING),
        ("กำลังโทร", CallState.DIALLING),
        ("Panggilan sedang berlangsung", CallState.TALKING),
        ("Renkamas numeris", CallState.DIALLING),
        ("שיחה פעילה", CallState.TALKING),
        ("מחייג", CallState.DIALLING),
        ("در حال شماره‌گیری", CallState.DIALLING),
        ("ચાલુ કૉલ", CallState.TALKING),
        ("Ausgehender Anruf", CallState.DIALLING),
        ("Appel sortant", CallState.DIALLING),
        ("Исходящий вызов", CallState.DIALLING),
        ("去电", CallState.DIALLING),
        ("Call in progress", CallState.TALKING),
        ("Tap to return to call", CallState.TALKING),
    ],
)
def test_a_dialer_whose_texts_are_not_in_the_dictionary_is_understood_by_its_words(words: str, state: CallState) -> None:
    notification = listed(title="Ana López", content=words)
    assert call_state(notification) is state
    assert caller_info(notification).name == "Ana López"


@pytest.mark.parametrize("word", ["Невідомий", "מספר חסוי", "ไม่ทราบ", "شماره خصوصی", "nombor peribadi"])
def test_a_word_for_nobody_in_those_languages_is_not_a_name(word: str) -> None:
    assert caller_info(listed(title=word)) == CallerInfo()


def test_a_missed_call_from_somebody_is_missed_though_a_time_stands_below() -> None:
    assert call_state(listed(title="Missed call from Ana López", content="10:32")) is CallState.MISSED


def test_only_the_notifications_of_dialers_count() -> None:
    others = [listed(package="org.chat", title="+353 87 000 0000"), listed(title="Ana", content="Ongoing call")]
    state = phone_state([listed(), *others, listed(title="Ben", content="Calling…")], DIALER_PACKAGES)
    assert state == PhoneState(ringing=(CallerInfo(number="+353 87 123 4567"),), dialling=(CallerInfo(name="Ben"),), talking=True)


def test_rows_that_are_not_valid_are_left_out() -> None:
    row = {"id": 1, "packageName": DIALER, "key": "k", "title": "A\nna", "content": None, "lines": ["x", 3], "tag": 7}
    assert parse([row, "no row", 3, None]) == (ListedNotification(package=DIALER, key="k", title="A na", lines=("x",)),)
    assert parse([{"lines": "x"}]) == (ListedNotification(package="", key=""),)


@given(
    st.lists(st.dictionaries(st.sampled_from(["packageName", "title", "content", "lines", "tag", "key"]), st.text() | st.none()))
)
def test_any_notification_can_be_read(rows: list[object]) -> None:
    phone_state(parse(rows), {"", DIALER})


def test_one_trial_call_tells_which_package_is_the_dialer() -> None:
    stays = listed(package="org.chat", key="chat")
    trial = TrialCall(before=(stays,))
    trial.observe((stays, listed(package="org.dialer", key="d"), listed(package="com.termux.api", key="t")))
    assert trial.dialer((stays,)) == "org.dialer"
    trial.observe((stays, listed(package="org.music", key="m", title="A song")))
    assert trial.dialer((stays,)) == "org.dialer"
    assert trial.dialer((stays, listed(package="org.dialer", key="d"))) == "org.music"
    assert TrialCall(before=()).dialer(()) == ""


def test_the_dialers_of_the_large_makers_are_listed() -> None:
    assert {
        "com.samsung.android.incallui",
        "com.android.incallui",
        "com.google.android.dialer",
    } <= DIALER_PACKAGES


@pytest.mark.parametrize(
    ("content", "state"),
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
def test_dialers_in_more_languages_are_understood(content: str, state: CallState) -> None:
    assert call_state(listed("Ana López", content)) is state


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
def test_a_recording_or_reminder_of_a_call_is_not_a_ring(title: str, content: str) -> None:
    assert call_state(listed(title, content)) is CallState.NONE


def test_a_caller_may_be_named_recording_studio() -> None:
    assert call_state(listed("Recording Studio", "Mobile")) is CallState.RINGING


def test_a_caller_id_app_rings_only_by_its_words() -> None:
    assert call_state(listed("3 people viewed your profile", "Tap to see who", "com.truecaller")) is CallState.NONE
    assert call_state(listed("Ana López", "Incoming call", "com.truecaller")) is CallState.RINGING


@pytest.mark.parametrize("words", ["Incoming call via +353 86 000 0000", "SIM 2: +353 86 000 0000", "Eingehend über 086 0000000"])
def test_the_number_that_was_called_is_not_the_callers(words: str) -> None:
    assert caller_info(listed("Ana López", words)) == CallerInfo(name="Ana López")
    assert caller_info(listed("Ana López", f"+353 87 123 4567 · {words}")).number == "+353 87 123 4567"


def test_the_phones_own_number_is_not_the_callers() -> None:
    ringing = listed("Ana López", "Mobile · 086 000 0000")
    assert caller_info(ringing).number == "086 000 0000"
    assert caller_info(ringing, lambda number: number == "086 000 0000") == CallerInfo(name="Ana López")


@pytest.mark.parametrize("name", ["Jo Fair 14.09.2023", "Bob 2024-2026", "Ana 14-09-23 new", "Flat 1204 55 10"])
def test_digits_in_a_name_are_not_a_number(name: str) -> None:
    assert caller_info(listed(name, "Incoming call")) == CallerInfo(name=name)
    assert caller_info(listed(name, f"Since 14.09.2023 · {'+353 87 123 4567'}")).number == "+353 87 123 4567"


DATES = (
    *("12.05.2023 14:30", "12/05 14:30", "01.02.2024 - 03.04.2024", "2023-05-12 14:30:05", "2024-2026", "26.11.2026 - 10:30"),
    *("(26.11.2026)", "10:30 26/11", "12.05. 14:30", "26-11 10:30", "10:30 2026-11-26", "26.11.2026 10.30"),
)


@pytest.mark.parametrize("when", DATES)
def test_a_date_is_not_a_number(when: str) -> None:
    assert caller_info(listed("Ana López", f"Incoming call · last call {when}")) == CallerInfo(name="Ana López")
    assert caller_info(listed("Ana López", f"{when} · 089 12-34-56 78")).number == "089 12-34-56 78"


@pytest.mark.parametrize(
    "number",
    [
        *("+55 11 2012-2019", "(11) 2091-2045", "+503 2012-1999", "+49 30 12-12-2020", "01/02/45 67 89", "21.12.20 30"),
        "+49 89 3333 12.12.20",
    ],
)
def test_a_number_that_looks_like_dates_is_a_number(number: str) -> None:
    assert caller_info(listed(number, "Incoming call")) == CallerInfo(number=number)
    assert caller_info(listed("Ana López", number)).number == number


@pytest.mark.parametrize("package", ["com.android.phone", "com.truecaller"])
def test_a_title_that_is_only_the_apps_name_is_not_a_ring(package: str) -> None:
    for title in ("Phone", "Call", "Wi-Fi call", "전화"):
        assert call_state(listed(title, "No SIM card", package)) is CallState.NONE


@pytest.mark.parametrize("package", ["com.android.phone", "com.truecaller"])
@pytest.mark.parametrize("title", ["Incoming call", "Eingehender Anruf über SIM 1", "来电"])
def test_a_title_that_says_it_is_a_call_rings_in_any_app(package: str, title: str) -> None:
    assert call_state(listed(title, "Ana López", package)) is CallState.RINGING
    assert call_state(listed(title, "Call ended", package), EarlierReading(state=CallState.TALKING)) is CallState.TALKING


def test_a_number_in_a_title_about_a_call_is_the_callers() -> None:
    assert caller_info(listed("Incoming call: 087 123 4567", "")).number == "087 123 4567"
    assert caller_info(listed("Ana López +353 87 123 4567", "")).number == "+353 87 123 4567"


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
def test_a_word_for_a_hidden_number_is_not_a_name(word: str) -> None:
    assert caller_info(listed(word, "")) == CallerInfo()
    assert caller_info(listed(f"{word} {word} {word} {word} {word}", "")) != CallerInfo()


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
def test_a_title_about_the_call_is_not_the_callers_name(title: str, content: str, name: str) -> None:
    assert call_state(listed(title, content)) is (CallState.TALKING if content == "00:03" else CallState.RINGING)
    assert caller_info(listed(title, content)).name == name


def test_a_call_does_not_ring_again_when_it_ends() -> None:
    ended = listed("Ana López", "Call ended")
    assert call_state(ended) is CallState.RINGING
    assert call_state(ended, EarlierReading(state=CallState.TALKING)) is CallState.TALKING
    assert call_state(listed("Ana López", "Requesting video call"), EarlierReading(state=CallState.DIALLING)) is CallState.DIALLING
    assert call_state(listed("Ana López", "Incoming call"), EarlierReading(state=CallState.TALKING)) is CallState.RINGING
    assert phone_state([ended], {DIALER}, before={ended.identity: EarlierReading(state=CallState.TALKING)}) == PhoneState(
        talking=True
    )


def test_words_for_a_call_alone_are_not_a_name() -> None:
    assert caller_info(listed("Ongoing call", "")) == CallerInfo()


@pytest.mark.parametrize("title", ["Appel en cours de numérotation depuis le bureau", "Line two is calling out"])
def test_a_title_without_other_text_that_says_what_the_call_does_is_not_a_name(title: str) -> None:
    assert caller_info(listed(title=title, content="")) == CallerInfo(number="", name="")
    assert caller_info(listed(title=title, content="Mobile")).name == title


def test_marks_of_the_writing_direction_are_not_part_of_a_name() -> None:
    (ringing,) = parse([{"packageName": DIALER, "key": "k", "title": "\u202bAna López\u202c\u200f", "content": "مكالمة واردة"}])
    assert caller_info(ringing) == CallerInfo(name="Ana López")


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("Verbindung wird hergestellt…", CallState.DIALLING),
        ("Connexion…", CallState.DIALLING),
        ("Соединение…", CallState.DIALLING),
        ("Hívás…", CallState.DIALLING),
        ("Ringer upp…", CallState.DIALLING),
        ("Menelepon…", CallState.DIALLING),
        ("Appel en attente", CallState.TALKING),
        ("На удержании", CallState.TALKING),
        ("通話を保留中", CallState.TALKING),
        ("Anruf in Abwesenheit", CallState.MISSED),
    ],
)
def test_words_of_makers_dialers_for_a_call_that_is_no_ring_are_understood(words: str, state: CallState) -> None:
    assert call_state(listed("Ana López", words)) is state


@pytest.mark.parametrize(
    "title", ["Ubesvart anrop", "Vastaamaton puhelu", "Apel pierdut", "Zgrešen klic", "Chamada não respondida"]
)
def test_a_title_for_a_missed_call_is_no_person(title: str) -> None:
    assert call_state(listed(title, "Ana López")) is CallState.MISSED


@pytest.mark.parametrize(
    "word", ["Hemligt nummer", "Tuntematon numero", "Skryté číslo", "Număr ascuns", "Số ẩn", "Identité masquée"]
)
def test_a_makers_word_for_a_hidden_number_is_not_a_name(word: str) -> None:
    assert caller_info(listed(word)) == CallerInfo(number="", name="")
