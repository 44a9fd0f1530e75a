"""Labels of dialogs come back as the choice that was made, whatever is in them."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from callerid.core.followup import dialog_labels
from callerid.models import DialogReply, Widget

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


def test_equal_labels_are_numbered_and_long_ones_are_cut() -> None:
    argument, _ = dialog_labels.encode(["Ana", "Ana", "x" * 200, ""])
    assert as_termux_api_splits(argument) == ["Ana", "2. Ana", "x" * 59 + "…", "4"]
    assert as_termux_api_splits(dialog_labels.encode(["4. A", "x", "A", "A"])[0]) == ["1. 4. A", "2. x", "3. A", "4. A"]
    assert dialog_labels.decode("nobody", {"Ana": 0}) is None


def test_a_reply_is_read_by_its_text_and_only_then_by_its_code() -> None:
    assert dialog_labels.reply_text(DialogReply(code=-2, text="yes"), Widget.SHEET) == "yes"
    assert dialog_labels.reply_text(DialogReply(code=-1, text=""), Widget.TEXT) == ""
    assert dialog_labels.reply_text(DialogReply(code=-2, text=""), Widget.TEXT) is None
    assert dialog_labels.reply_text(DialogReply(code=-1, text=""), Widget.SHEET) is None
