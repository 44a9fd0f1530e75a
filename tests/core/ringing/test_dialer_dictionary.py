"""The known texts of dialers say what a notification is about, and which of them are not names."""

from __future__ import annotations

import pytest

from callerid.core.ringing.dialer_dictionary import Meaning, build_dictionary
from callerid.core.ringing.dialer_notifications import (
    EarlierReading,
    ListedNotification,
    call_state,
    caller_info,
    parse,
    phone_state,
    state_and_rule,
)
from callerid.core.ringing.dialer_packages import DIALER_PACKAGES, TEXTLESS_PACKAGES
from callerid.core.ringing.dialer_texts import CallState
from callerid.core.ringing.senses import CallerInfo
from callerid.dialer_strings import load_dialer_strings
from tests.accuracy import dialers

DICTIONARY = build_dictionary(load_dialer_strings())


def shown(title: str, content: str, tag: str = "") -> ListedNotification:
    return ListedNotification(package="com.android.dialer", key="0|com.android.dialer|1", tag=tag, title=title, content=content)


@pytest.mark.parametrize(
    ("meaning", "expected_share"),
    [("ringing", 1.0), ("talking", 0.98), ("dialling", 0.98), ("missed", 1.0), ("nobody", 1.0), ("no name", 1.0)],
)
def test_the_texts_of_aosps_dialer_are_understood_in_every_language(meaning: str, expected_share: float) -> None:
    counts, wrong = dialers.tally()
    assert counts[meaning, True] >= expected_share * (counts[meaning, True] + counts[meaning, False]), wrong[meaning]


@pytest.mark.parametrize("strings", [(("ringing", "Anruf"), ("talking", "Anruf")), (("talking", "Anruf"), ("ringing", "Anruf"))])
def test_a_text_that_means_a_ring_in_one_language_and_a_talk_in_another_is_a_talk(strings: tuple[tuple[str, str], ...]) -> None:
    assert build_dictionary(strings).state_of("Anruf") is Meaning.TALKING


def test_a_tag_tells_the_state_without_words() -> None:
    assert call_state(shown("Ana", "Incoming call", "EXTERNAL_CALL")) is CallState.TALKING
    assert call_state(shown("Ana", "…", "MissedCall_12")) is CallState.MISSED


@pytest.mark.parametrize("title", ["Private number", "Número particular", "私密号码", "Nieznane", "Ana López"])
def test_the_number_of_a_sim_in_the_text_is_not_the_caller(title: str) -> None:
    caller = caller_info(shown(title, "Incoming call via 087 123 4567"), dictionary=DICTIONARY)
    assert caller == CallerInfo(name="Ana López" if title == "Ana López" else "")


def test_a_known_text_in_the_title_is_not_a_name() -> None:
    missed = shown("Missed call", "Ana López")
    assert call_state(missed, dictionary=DICTIONARY) is CallState.MISSED
    assert caller_info(missed, dictionary=DICTIONARY).name == "Ana López"
    assert caller_info(shown("Conference call", "Ongoing call"), dictionary=DICTIONARY) == CallerInfo()


def test_the_rule_is_reported() -> None:
    assert state_and_rule(shown("Ana", "Rufaufbau"), dictionary=DICTIONARY) == (CallState.DIALLING, "the dialer's text 'Rufaufbau'")
    assert state_and_rule(shown("Ana", "Mobile"), dictionary=DICTIONARY) == (CallState.RINGING, "a dialer's new notification")
    assert state_and_rule(shown("Ana", "00:12"), dictionary=DICTIONARY) == (CallState.TALKING, "a running time")


@pytest.mark.parametrize(
    ("title", "content", "state", "name"),
    [
        ("2 missed calls", "Ana López", CallState.MISSED, "Ana López"),
        ("1 missed call", "Missed call from Ana López", CallState.MISSED, "Ana López"),
        ("Verpasste Anrufe", "Ana López", CallState.MISSED, "Ana López"),
        ("Missed call", "", CallState.MISSED, ""),
        ("Calling…", "Ana López", CallState.DIALLING, "Ana López"),
        ("Laufender Anruf", "Ana López", CallState.TALKING, "Ana López"),
        ("Incoming call", "00:03", CallState.TALKING, ""),
        ("Missed Delivery Ltd", "Mobile", CallState.RINGING, "Missed Delivery Ltd"),
    ],
)
def test_words_for_the_call_that_stand_only_in_the_title_are_understood(
    title: str, content: str, state: CallState, name: str
) -> None:
    assert call_state(shown(title, content), dictionary=DICTIONARY) is state
    assert caller_info(shown(title, content), dictionary=DICTIONARY).name == name


@pytest.mark.parametrize(
    ("title", "content"),
    [("", "Ana López"), ("", "Incoming call from Ana López"), ("Phone", "Anruf von Ana López"), ("Incoming call", "Ana López")],
)
def test_a_name_that_stands_only_in_the_text_is_found(title: str, content: str) -> None:
    assert call_state(shown(title, content), dictionary=DICTIONARY) is CallState.RINGING
    assert caller_info(shown(title, content), dictionary=DICTIONARY) == CallerInfo(name="Ana López")


@pytest.mark.parametrize(
    ("title", "content", "state", "caller"),
    [
        ("Ana", "Rufaufbau · SIM 1", CallState.DIALLING, CallerInfo(name="Ana")),
        ("Ana", "SIM 1 · Lopende oproep", CallState.TALKING, CallerInfo(name="Ana")),
        ("Ana", "Mobile • Incoming call", CallState.RINGING, CallerInfo(name="Ana")),
        ("Phone", "Incoming call · Ana López", CallState.RINGING, CallerInfo(name="Ana López")),
        ("Telefon", "Eingehender Anruf · Ana López · Mobil", CallState.RINGING, CallerInfo(name="Ana López")),
        ("Phone", "SIM 1 · Incoming call · Ana", CallState.RINGING, CallerInfo(name="Ana")),
        ("Phone", "Ana · +353 87 123 4567", CallState.RINGING, CallerInfo(name="Ana", number="+353 87 123 4567")),
        ("Phone", "Incoming call · +353 87 123 4567 · Dublin", CallState.RINGING, CallerInfo(number="+353 87 123 4567")),
        ("Phone", "Incoming call · Mobile · SIM 1", CallState.RINGING, CallerInfo()),
        ("Phone", "Incoming call · Private number", CallState.RINGING, CallerInfo()),
        ("Incoming call · Ana", "", CallState.RINGING, CallerInfo(name="Ana")),
        ("ສາຍໂທເຂົ້າ", "Ana", CallState.RINGING, CallerInfo(name="Ana")),
        ("ໂທລະສັບ", "ສາຍໂທເຂົ້າ · Ana", CallState.RINGING, CallerInfo(name="Ana")),
        ("Phone", "Mobile", CallState.RINGING, CallerInfo()),
    ],
)
def test_each_part_of_a_text_is_understood(title: str, content: str, state: CallState, caller: CallerInfo) -> None:
    assert call_state(shown(title, content), dictionary=DICTIONARY) is state
    assert caller_info(shown(title, content), dictionary=DICTIONARY) == caller


@pytest.mark.parametrize(
    "label",
    [
        *("Suspected spam caller", "Scam Likely", "SPAM RISK", "Potential Fraud", "Spam?", "Möglicher Spamanrufer", "Posible spam"),
        *("迷惑電話の疑いあり", "Подозрение на спам", "Scam Likely · Mobile"),
    ],
)
def test_a_label_for_suspected_calls_is_not_a_name_and_hides_no_number(label: str) -> None:
    assert caller_info(shown(label, "Incoming call"), dictionary=DICTIONARY) == CallerInfo()
    assert caller_info(shown("Phone", f"Incoming call · {label}"), dictionary=DICTIONARY) == CallerInfo()
    numbered = caller_info(shown(label, "Incoming call · +353 87 123 4567"), dictionary=DICTIONARY)
    assert numbered == CallerInfo(number="+353 87 123 4567")
    assert caller_info(shown(label, "Incoming call via 087 123 4567"), dictionary=DICTIONARY) == CallerInfo()
    assert caller_info(shown("+353 87 123 4567", label), dictionary=DICTIONARY) == CallerInfo(number="+353 87 123 4567")


def test_somebody_with_such_a_word_in_the_name_keeps_it() -> None:
    assert caller_info(shown("Ana Spamer", "Incoming call"), dictionary=DICTIONARY).name == "Ana Spamer"


@pytest.mark.parametrize(
    "subject", ["Missed you at lunch, please call back", "Calling about the invoice", "Please call back", "Call me on 087 123 4567"]
)
def test_a_subject_that_the_caller_wrote_is_not_read_as_words_of_the_dialer(subject: str) -> None:
    assert call_state(shown("Ana López", subject), dictionary=DICTIONARY) is CallState.RINGING
    assert caller_info(shown("Ana López", subject), dictionary=DICTIONARY) == CallerInfo(name="Ana López")


def test_a_text_that_changes_after_ringing_means_talking() -> None:
    rang = EarlierReading(state=CallState.RINGING, texts=("Anropar",))
    assert call_state(shown("Ana", "Anropar"), rang, DICTIONARY) is CallState.RINGING
    assert call_state(shown("Ana", "Pågår"), rang, DICTIONARY) is CallState.TALKING
    assert call_state(shown("Ana", "Incoming call"), rang, DICTIONARY) is CallState.RINGING
    assert call_state(shown("Incoming call", "Ana · Mobile"), rang, DICTIONARY) is CallState.RINGING


@pytest.mark.parametrize("package", sorted(TEXTLESS_PACKAGES))
def test_an_empty_notification_is_a_ring_of_somebody_unknown_only_where_it_can_be_nothing_else(package: str) -> None:
    def listed(**fields: str) -> tuple[ListedNotification, ...]:
        return parse([{"packageName": package, "key": f"0|{package}|42|null|10200", "title": "", "content": ""} | fields])

    assert phone_state(listed(), DIALER_PACKAGES).ringing == (CallerInfo(),)
    assert "stream" in state_and_rule(listed()[0])[1]
    for other in ({"group": "calls"}, {"tag": "ranker_group"}, {"packageName": "com.android.dialer"}):
        assert phone_state(listed(**other), DIALER_PACKAGES).is_idle
