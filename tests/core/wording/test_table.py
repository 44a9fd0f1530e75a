"""Texts are broken so that they fit a terminal, and never within a word or within what is typed."""

from __future__ import annotations

import pytest

from callerid.core.wording.table import fitted, places, table_or_items, wrapped

NARROW = 40


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            "No sense hears the phone ring: calls are shown only after their end.",
            ["No sense hears the phone ring: calls are", "shown only after their end."],
        ),
        (
            "Start it: callerid run (or, to stay: SVDIR=$PREFIX/var/service sv-enable callerid)",
            ["Start it: callerid run (or, to stay:", "SVDIR=$PREFIX/var/service sv-enable callerid)"],
        ),
        (
            "no: the daemon is not running (start it: callerid run); no ring in the last two days",
            ["no: the daemon is not running (start it:", "callerid run); no ring in the last two", "days"],
        ),
        (
            "On a computer with adb: adb shell pm grant com.termux android.permission.DUMP",
            ["On a computer with adb:", "adb shell pm grant com.termux android.permission.DUMP"],
        ),
        (
            "Look at it: unzip -p a.zip | less; then send it yourself: termux-share a.zip",
            ["Look at it: unzip -p a.zip | less; then", "send it yourself: termux-share a.zip"],
        ),
        (
            "am start -a android.settings.DATE_SETTINGS; am start -n com.termux.boot/.BootActivity",
            ["am start -a android.settings.DATE_SETTINGS;", "am start -n com.termux.boot/.BootActivity"],
        ),
        (
            "callerid: callerid could not read the settings, which are of another.",
            ["callerid: callerid could not read the", "settings, which are of another."],
        ),
        (
            "起動: callerid run（常駐させるには: sv up callerid）してください",
            ["起動: callerid run（常駐させるには:", "sv up callerid）してください"],
        ),
        ("あと: callerid config set crm.token_file FILE", ["あと:", "callerid config set crm.token_file FILE"]),
        (
            "The caller has not got the number +353 87 123 4567 any more",
            ["The caller has not got the number", "+353 87 123 4567 any more"],
        ),
    ],
)
def test_a_text_is_broken_between_words_and_what_is_typed_stays_on_one_line(text: str, lines: list[str]) -> None:
    assert wrapped(text, NARROW) == lines


def test_a_line_goes_on_under_its_beginning_and_each_line_of_a_text_is_one() -> None:
    text = "✗ rings  nothing of callerid is in ~/.termux/boot\n  1  HubSpot: names, companies and deals; calls too\n\nshort"
    assert fitted(text, NARROW).splitlines() == [
        "✗ rings  nothing of callerid is in",
        "  ~/.termux/boot",
        "  1  HubSpot: names, companies and",
        "     deals; calls too",
        "",
        "short",
    ]
    assert fitted(text, None) == text
    assert all(places(line) <= NARROW for line in fitted(text, NARROW).splitlines())


def test_a_table_that_does_not_fit_is_a_list_of_items_of_which_nothing_is_cut() -> None:
    rows = [("contacts", "phone", "電話番号", "read"), ("companies", "hs_whatsapp_phone_number", "", "suggested")]
    wide = ["contacts   phone                     電話番号  read", f"companies  hs_whatsapp_phone_number{' ' * 12}suggested"]
    assert table_or_items(rows, None) == table_or_items(rows, 56) == wide
    assert table_or_items(rows, NARROW) == [
        "contacts · phone · 電話番号 · read",
        "companies · hs_whatsapp_phone_number ·",
        "  suggested",
    ]
    assert table_or_items([], NARROW) == []
