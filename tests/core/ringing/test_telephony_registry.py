"""What `dumpsys telephony.registry` says on the phones that are out there, and what strangers may make of it."""

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
def test_a_ring_is_read_from_each_versions_layout_with_its_number_and_slot(name: str, slot: int) -> None:
    found = parse(printed(name))
    assert found.state == PhoneState(ringing=(CallerInfo(number=ANA, slot=slot),))
    assert (found.is_registry, found.permission_denied, found.hides_number) == (True, False, False)


def test_one_sim_rings_while_somebody_talks_on_the_other() -> None:
    assert parse(printed("android14-aosp")).state == PhoneState(ringing=(CallerInfo(number=ANA, slot=1),), talking=True)


def test_a_recorded_idle_phone_is_idle() -> None:
    found = parse(printed("android7-sunmi"))
    assert found.is_registry
    assert found.state.is_idle


def test_the_lines_that_were_recorded_while_a_phone_rang_tell_its_number() -> None:
    kept = printed("emulator-fragment")  # whoever kept them left out what stood above
    assert parse(f"{RINGS}{kept}").state == PhoneState(ringing=(CallerInfo(number="15559998888", slot=0),))


@pytest.mark.parametrize("name", [path.stem for path in sorted(DATA.glob("*.txt"))])
def test_what_the_whole_phones_lines_say_is_not_one_sims(name: str) -> None:
    """Until Android 10 the precise states follow the last slot: taken for its own, it would ring or dial as well."""
    text = printed(name).replace("mCallState=1", "mCallState=0").replace("mCallState=2", "mCallState=0").replace(ANA, "")
    assert parse(text.replace("CallState=5", "CallState=3")).state.is_idle


def test_dialling_and_talking_are_told_apart_where_the_layout_can() -> None:
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
def test_a_build_that_masks_the_number_is_told_apart_from_a_caller_who_hides(number: str) -> None:
    masked = parse(f"{RINGS}    mCallIncomingNumber={number}\n")
    assert masked.state == PhoneState(ringing=(CallerInfo(slot=0),))
    assert masked.hides_number
    assert parse(RINGS).hides_number
    assert parse(f"{RINGS}    mCallIncomingNumber=sip:alice.smith@pbx.example.com\n").state.ringing[0].number.startswith("sip:")
    withheld = parse(f"{RINGS}    mCallIncomingNumber=\n")
    assert (withheld.state, withheld.hides_number) == (PhoneState(ringing=(CallerInfo(slot=0),)), False)


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("٠٨٧١٢٣٤٥٦٧", "0871234567"),
        ("\u202a+353871234567\u202c", "+353871234567"),
        *((same, same) for same in ("+353871234567;ext=5", "tel:+353871234567", "+353 87 123 4567,,12")),
        *((same, same) for same in ("1-800-FLOWERS", "ana@sip.example.com")),
    ],
)
def test_every_spelling_of_a_number_is_one(said: str, number: str) -> None:
    found = parse(f"{RINGS}    mCallIncomingNumber={said}\n")
    assert (found.state.ringing[0].number, found.hides_number) == (number, False)


@pytest.mark.parametrize("word", ["null", "unknown", "Private number", "-1", "-2", "sip:anonymous@anonymous.invalid"])
def test_a_word_for_a_caller_who_hides_is_no_mask(word: str) -> None:
    found = parse(f"{RINGS}    mCallIncomingNumber={word}\n")
    assert (found.state, found.hides_number) == (PhoneState(ringing=(CallerInfo(slot=0),)), False)


@pytest.mark.parametrize(
    "number", ["+49 (0) 89 / 123-456", "0871234567", "112", "*123*456", "#31#0871234567", "sip:ana@pbx.example.com"]
)
def test_a_number_is_taken_as_it_is_written(number: str) -> None:
    assert parse(f"{RINGS}    mCallIncomingNumber={number}\n").state.ringing[0].number == number


def test_a_call_that_waits_rings_and_talks_at_once() -> None:
    text = f"{RINGS}    mForegroundCallState=1\n    mCallIncomingNumber={ANA}\n"
    assert parse(text).state == PhoneState(ringing=(CallerInfo(number=ANA, slot=0),), talking=True)


def test_what_forbids_and_what_is_nothing_is_said() -> None:
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
def test_no_text_makes_the_reading_fail(lines: list[str], end: str) -> None:
    found = parse(end.join(lines))
    assert len(found.state.ringing) <= 8
    assert all(len(caller.number) <= 100 for caller in found.state.ringing)


@given(st.sampled_from([path.stem for path in sorted(DATA.glob("*.txt"))]), st.data())
def test_a_cut_or_garbled_dump_makes_it_neither_fail_nor_ring_for_a_stranger(name: str, data: st.DataObject) -> None:
    text = printed(name)
    at = data.draw(st.integers(0, len(text)))
    found = parse(text[:at] + data.draw(st.text(max_size=5)) + text[at + data.draw(st.integers(0, 30)) :])
    for caller in found.state.ringing:
        assert len(caller.number) <= 100


@pytest.mark.parametrize("text", ["\n" * 200_000, " " * 200_000, "  mCallState=" + " " * 200_000 + "x\n", "Phone Id=0\n" * 50_000])
def test_a_huge_text_is_read_in_a_time_that_grows_with_its_length_only(text: str) -> None:
    """Not timed: with a pattern that backtracks, this test does not end."""
    assert parse(text).state.is_idle
