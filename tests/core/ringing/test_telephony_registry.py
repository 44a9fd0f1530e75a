"""The dumps of `dumpsys telephony.registry` on real phones, and garbled ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callerid.core.ringing.senses import CallerInfo, PhoneState
from callerid.core.ringing.telephony_registry import parse

DATA = Path(__file__).parents[2] / "data" / "registry"
ANA = "+353871234567"


def printed(name: str) -> str:
    return (DATA / f"{name}.txt").read_text()


@pytest.mark.parametrize(
    ("name", "slot"), [("android9-huawei", 0), ("android10-aosp", 1), ("android11-aosp", 1), ("android16-samsung", 1)]
)
def test_a_ring_is_read_from_the_layout_of_each_version(name: str, slot: int) -> None:
    dump = parse(printed(name))
    assert dump.state == PhoneState(ringing=(CallerInfo(number=ANA, slot=slot),))
    assert (dump.is_registry, dump.permission_denied, dump.hides_number) == (True, False, False)


def test_one_sim_rings_during_a_call_on_the_other() -> None:
    assert parse(printed("android14-aosp")).state == PhoneState(ringing=(CallerInfo(number=ANA, slot=1),), talking=True)


def test_a_recorded_idle_phone_is_idle() -> None:
    dump = parse(printed("android7-sunmi"))
    assert dump.is_registry
    assert dump.state.is_idle


def test_the_number_is_read_from_a_recorded_fragment() -> None:
    fragment = printed("emulator-fragment")  # recorded without the lines above it
    assert parse(f"{RINGS}{fragment}").state == PhoneState(ringing=(CallerInfo(number="15559998888", slot=0),))


@pytest.mark.parametrize("name", [path.stem for path in sorted(DATA.glob("*.txt"))])
def test_the_states_of_the_whole_phone_are_not_read_as_one_slots(name: str) -> None:
    """Until Android 10 the precise states follow the last slot: read as its own, it would ring or dial as well."""
    text = printed(name).replace("mCallState=1", "mCallState=0").replace("mCallState=2", "mCallState=0").replace(ANA, "")
    assert parse(text.replace("CallState=5", "CallState=3")).state.is_idle


def test_dialling_and_talking_are_distinguished_where_the_layout_allows_it() -> None:
    block = "last known state:\n  Phone Id=0\n    mCallState=2\n    mForegroundCallState={}\n    mCallIncomingNumber=\n"
    assert parse(block.format(3)).state == PhoneState(dialling=(CallerInfo(slot=0),))
    assert parse(block.format(4)).state == PhoneState(dialling=(CallerInfo(slot=0),))
    assert parse(block.format(1)).state == PhoneState(talking=True)
    assert parse("  mCallState=2\n").state == PhoneState(talking=True)


RINGS = "last known state:\n  Phone Id=0\n    mCallState=1\n"


@pytest.mark.parametrize(
    "number",
    [
        *(
            "***********",
            "+35387•••••••",
            "xxxxxxx",
            "XxXx",
            "<redacted>",
            "+49301****12",
            "+49**",
            "*********67",
            "+353 87 *** 4567",
        ),
        *("0871234###", "087123456*", "**67", "<>", "?", "[rk/1Z9LgZWWP2gZCS3x2IvHb5rk=]", "[B@12ab", "sip:", "()"),
    ],
)
def test_a_masked_number_is_not_taken_for_a_hidden_one(number: str) -> None:
    masked = parse(f"{RINGS}    mCallIncomingNumber={number}\n")
    assert masked.state == PhoneState(ringing=(CallerInfo(slot=0),))
    assert masked.hides_number
    assert parse(RINGS).hides_number
    assert parse(f"{RINGS}    mCallIncomingNumber=sip:alice.smith@pbx.example.com\n").state.ringing[0].number.startswith("sip:")
    withheld = parse(f"{RINGS}    mCallIncomingNumber=\n")
    assert (withheld.state, withheld.hides_number) == (PhoneState(ringing=(CallerInfo(slot=0),)), False)


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("٠٨٧١٢٣٤٥٦٧", "0871234567"),
        ("\u202a+353871234567\u202c", "+353871234567"),
        *((same, same) for same in ("+353871234567;ext=5", "tel:+353871234567", "+353 87 123 4567,,12")),
        *((same, same) for same in ("1-800-FLOWERS", "ana@sip.example.com")),
    ],
)
def test_every_spelling_of_a_number_is_read(value: str, number: str) -> None:
    dump = parse(f"{RINGS}    mCallIncomingNumber={value}\n")
    assert (dump.state.ringing[0].number, dump.hides_number) == (number, False)


@pytest.mark.parametrize("word", ["null", "unknown", "Private number", "-1", "-2", "sip:anonymous@anonymous.invalid"])
def test_a_word_for_a_hidden_number_is_not_a_mask(word: str) -> None:
    dump = parse(f"{RINGS}    mCallIncomingNumber={word}\n")
    assert (dump.state, dump.hides_number) == (PhoneState(ringing=(CallerInfo(slot=0),)), False)


@pytest.mark.parametrize(
    "number", ["+49 (0) 89 / 123-456", "0871234567", "112", "*123*456", "#31#0871234567", "sip:ana@pbx.example.com"]
)
def test_a_number_is_returned_as_written(number: str) -> None:
    assert parse(f"{RINGS}    mCallIncomingNumber={number}\n").state.ringing[0].number == number


def test_a_waiting_call_rings_while_another_goes_on() -> None:
    text = f"{RINGS}    mForegroundCallState=1\n    mCallIncomingNumber={ANA}\n"
    assert parse(text).state == PhoneState(ringing=(CallerInfo(number=ANA, slot=0),), talking=True)


def test_a_denied_permission_and_a_missing_registry_are_recognized() -> None:
    denial = (
        "Permission Denial: can't dump telephony.registry from from pid=1, uid=2 due to missing android.permission.DUMP permission"
    )
    assert parse(denial).permission_denied
    assert not parse("Can't find service: telephony.registry\n").permission_denied
    assert not parse("").is_registry
    assert not parse("Phone Id=0\n").is_registry


LINES = st.sampled_from(
    [
        "Phone Id=0",
        "Phone Id=99999999",
        "Phone Id=-1",
        "mCallState=1",
        "mCallState=x",
        "mForegroundCallState=",
        "mCallIncomingNumber=",
        "mCallIncomingNumber=" + "9" * 300,
        "local logs:",
        "  registrations: count=1",
        "mRingingCallState=5",
        "\0",
        "mCallState=2",
    ]
)


@given(st.lists(LINES | st.text(max_size=60), max_size=40), st.sampled_from(["\n", "\r\n", " \n  "]))
def test_any_text_can_be_parsed(lines: list[str], end: str) -> None:
    dump = parse(end.join(lines))
    assert len(dump.state.ringing) <= 8
    assert all(len(caller.number) <= 100 for caller in dump.state.ringing)


@given(st.sampled_from([path.stem for path in sorted(DATA.glob("*.txt"))]), st.data())
def test_a_cut_or_garbled_dump_can_be_parsed(name: str, data: st.DataObject) -> None:
    text = printed(name)
    at = data.draw(st.integers(0, len(text)))
    dump = parse(text[:at] + data.draw(st.text(max_size=5)) + text[at + data.draw(st.integers(0, 30)) :])
    for caller in dump.state.ringing:
        assert len(caller.number) <= 100


@pytest.mark.parametrize("text", ["\n" * 200_000, " " * 200_000, "  mCallState=" + " " * 200_000 + "x\n", "Phone Id=0\n" * 50_000])
def test_a_huge_text_is_parsed_in_linear_time(text: str) -> None:
    """Not timed: with a pattern that backtracks, this test does not end."""
    assert parse(text).state.is_idle
