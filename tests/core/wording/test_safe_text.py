"""Texts from outside in titles and bodies: shown as text, whole where that is possible, and never as anything else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from callerid.core.wording import safe_text


@given(st.text())
def test_any_text_makes_a_safe_title_and_body(text: str) -> None:
    title, body = safe_text.title(text), safe_text.body(text)
    assert "\n" not in title
    assert len(title) <= 120
    assert len(body) <= 901
    for shown in (title, body):
        assert not shown.endswith("\\")
        assert "\0" not in shown
        assert not set(shown) & set("\u202e\u2066")
        shown.encode()
    assert body not in ("-n", "-e", "-E")


def test_long_texts_are_cut_between_characters_as_a_person_sees_them() -> None:
    assert safe_text.title("é" * 10_000) == "é" * 119 + "…"
    family = "👨\u200d👩\u200d👧"
    assert not safe_text.title("a" * 117 + family).rstrip("…").endswith("\u200d")
    assert safe_text.body("a\r\nb\n\n") == "a\nb"


def test_a_name_cannot_reverse_the_text_around_it() -> None:
    for sign in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069":
        assert safe_text.title(f"Ana {sign}López") == "Ana López"
        assert safe_text.body(f"Ana {sign}López\nAcme") == "Ana López\nAcme"


def test_a_name_cannot_add_a_line_to_a_title() -> None:
    assert safe_text.title("Ana\nLog call with Ben?\r\u2028Yes\u0085No") == "Ana Log call with Ben? Yes No"


@given(st.text(alphabet=st.characters(codec="utf-8") | st.sampled_from("\n\t\x1b\u202e\u2066\u2028\u00a0\u200dé京")))
def test_the_short_way_for_printable_texts_changes_no_result(text: str) -> None:
    for keep in ("", "\n"):
        slow = "".join(c if safe_text._is_plain(c) or c in keep else " " for c in text if c not in safe_text._DIRECTION_OVERRIDES)
        assert safe_text.clean(text, keep=keep) == slow
