"""A report as its file: complete, alone, safe with any name, and readable for everybody."""

from __future__ import annotations

import html as entities
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from tests.report.in_browser import faults, why_not
from tests.report.pages_made import HOSTILE, html, write_pages

if TYPE_CHECKING:
    from pathlib import Path

    from callerid.turns.context import AppContext

_ADDRESSES = {"href", "src", "action", "data", "srcset", "poster", "xlink:href", "formaction"}
_TAGS = set(
    "html head meta title style body header main h1 h2 p dl div dt dd section svg desc line rect text ul li details summary table"
    " caption thead tbody tr th td".split()
)


class Seen(HTMLParser):
    """The tags, attributes and text of a page, and whether each tag that was opened is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.ids: list[str] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self._note(tag, attrs)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._note(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def _note(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.ids += [value or "" for name, value in attrs if name == "id"]


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_page_has_no_script_asks_for_nothing_and_shows_hostile_names_as_they_are(app: AppContext, language: str) -> None:
    text = html(app, language)
    seen = Seen(text)
    assert seen.open == []
    assert seen.tags <= _TAGS
    assert not seen.attributes & _ADDRESSES
    assert not any(name.startswith("on") for name in seen.attributes)
    assert "url(" not in text
    assert "@import" not in text
    assert len(seen.ids) == len(set(seen.ids))
    assert f'<html lang="{language}">' in text
    shown = " ".join(seen.texts)
    for name in HOSTILE:
        plain = " ".join(name.replace("\x1b", " ").replace("\u202e", "").split())
        assert plain[:20] in shown
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert text.count("default-src 'none'") == 1


def test_a_chart_has_a_title_and_a_description_and_every_table_says_what_it_is(app: AppContext) -> None:
    text = html(app)
    charts = re.findall(r'<svg role="img" [^>]*aria-labelledby="(\S+) (\S+)"', text)
    assert len(charts) >= 5
    for title, description in charts:
        assert re.search(rf'<title id="{title}">[^<]+</title>', text)
        assert re.search(rf'<desc id="{description}">[^<]+</desc>', text)
    assert text.count("<table") == text.count("<caption>") >= 7
    assert text.count("<th scope=") == text.count("<th ")


def test_a_masked_page_has_no_name_and_no_number(app: AppContext) -> None:
    text = entities.unescape(html(app, mask=True))
    for secret in ("López", "Company 1 ", "+353", "353 8", "alert(1)", "佐藤"):
        assert secret not in text
    assert "Person 1" in text
    assert "Company 1" in text
    assert re.search(r"…\d\d<", text)


def test_a_page_stays_small_however_many_names_there_are(app: AppContext) -> None:
    assert len(html(app, days=4000).encode()) < 100_000


def test_a_browser_shows_it_without_a_fault_at_both_widths_and_in_both_schemes(app: AppContext, tmp_path: Path) -> None:
    if why := why_not():
        pytest.skip(why)
    found = faults(write_pages(app, tmp_path))
    assert len(found) == 8
    assert {page: wrong for page, wrong in found.items() if wrong} == {}
