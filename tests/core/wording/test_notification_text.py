"""Text of strangers in titles and dialogs: shown as text, whole where it can be, and never anything else."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from callerid.core.followup import dialog_labels
from callerid.core.record_links import contact_url
from callerid.core.wording import notification_text
from callerid.errors import Refused
from callerid.models import Account, DialogReply, Widget

HOSTILE = st.text(alphabet=st.characters() | st.sampled_from(",\\ \n\t\0\u202e1."), max_size=90)


def as_termux_api_splits(values: str) -> list[str]:
    """DialogAPI.java: split at unescaped commas, trailing empty ones lost, each trimmed, escapes removed."""
    parts = re.split(r"(?<!\\),", values)
    while parts and not parts[-1]:
        parts.pop()
    return [part.strip().replace("\\,", ",") for part in parts]


@given(st.lists(HOSTILE, min_size=1, max_size=8))
def test_every_label_comes_back_as_itself_whatever_is_in_it(labels: list[str]) -> None:
    argument, places = dialog_labels.encode(labels)
    shown = as_termux_api_splits(argument)
    assert len(shown) == len(labels)
    assert [dialog_labels.decode(text, places) for text in shown] == list(range(len(labels)))


def test_labels_alike_are_numbered_and_long_ones_cut() -> None:
    argument, _ = dialog_labels.encode(["Ana", "Ana", "x" * 200, ""])
    assert as_termux_api_splits(argument) == ["Ana", "2. Ana", "x" * 59 + "…", "4"]
    assert as_termux_api_splits(dialog_labels.encode(["4. A", "x", "A", "A"])[0]) == ["1. 4. A", "2. x", "3. A", "4. A"]
    assert dialog_labels.decode("nobody", {"Ana": 0}) is None


def test_what_was_chosen_is_told_by_the_text_and_then_by_the_code() -> None:
    assert dialog_labels.reply_text(DialogReply(code=-2, text="yes"), Widget.SHEET) == "yes"
    assert dialog_labels.reply_text(DialogReply(code=-1, text=""), Widget.TEXT) == ""
    assert dialog_labels.reply_text(DialogReply(code=-2, text=""), Widget.TEXT) is None
    assert dialog_labels.reply_text(DialogReply(code=-1, text=""), Widget.SHEET) is None


@given(st.text())
def test_any_text_makes_a_safe_title_and_body(text: str) -> None:
    title, body = notification_text.title(text), notification_text.body(text)
    assert "\n" not in title
    assert len(title) <= 120
    assert len(body) <= 901
    for shown in (title, body):
        assert not shown.endswith("\\")
        assert "\0" not in shown
        assert not set(shown) & set("\u202e\u2066")
        shown.encode()
    assert body not in ("-n", "-e", "-E")


def test_ten_thousand_characters_are_cut_between_signs() -> None:
    assert notification_text.title("é" * 10_000) == "é" * 119 + "…"
    family = "👨\u200d👩\u200d👧"
    assert not notification_text.title("a" * 117 + family).rstrip("…").endswith("\u200d")
    assert notification_text.body("a\r\nb\n\n") == "a\nb"


def test_an_address_is_made_of_digits_and_a_host() -> None:
    account = Account(portal_id="42", ui_domain="app.hubspot.com")
    assert contact_url(account, "501") == "https://app.hubspot.com/contacts/42/record/0-1/501"
    for bad in (Account(portal_id="4/2", ui_domain="app.hubspot.com"), Account(portal_id="42", ui_domain="x y")):
        try:
            contact_url(bad, "501")
        except Refused as refused:
            assert refused.remedy
        else:
            raise AssertionError
