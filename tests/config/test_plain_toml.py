"""Plain TOML is read as the standard library reads it, and what is not plain by that."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callerid import plain_toml
from callerid.config import settings

LOCALES = Path(plain_toml.__file__).parent / "locale"
PIECES = (
    *(
        "a = ",
        "b = ",
        "[a]",
        "[b]",
        "[a.b]",
        "[[a]]",
        "a.b = ",
        '"a" = ',
        "# ",
        "\n",
        "\r\n",
        " ",
        "\t",
        "\x0b",
        "\u00a0",
        "\ufeff",
    ),
    *(
        '"x"',
        '""',
        '"',
        "'x'",
        '"""',
        "\\n",
        '"é, ü"',
        "true",
        "false",
        "True",
        "0",
        "00",
        "7",
        "1_0",
        "-1",
        "1.5",
        "1979-05-27",
        "٣",
    ),
    *("[", "]", "[]", ",", '["x", "y"]', '["x",]', "{}", "=", "x"),
)


def assert_as_tomllib(text: str) -> None:
    try:
        meant = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        with pytest.raises(tomllib.TOMLDecodeError) as raised:
            plain_toml.loads(text)
        assert str(raised.value) == str(fault)
    else:
        assert plain_toml.loads(text) == meant


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_a_text_is_read_as_tomllib_reads_it(text: str) -> None:
    assert_as_tomllib(text)


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(PIECES)).map(lambda line: f"{line[0]} = {line[1]}"), max_size=4).map(
        "\n".join
    )
)
def test_lines_are_read_as_tomllib_reads_them(text: str) -> None:
    assert_as_tomllib(text)


@pytest.mark.parametrize("file", sorted(LOCALES.glob("*.toml")), ids=lambda file: file.stem)
def test_our_catalogues_are_plain(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = file.read_text(encoding="utf-8")
    meant = tomllib.loads(text)
    monkeypatch.delattr(tomllib, "loads")
    assert plain_toml.loads(text) == meant


def test_the_sample_of_the_settings_is_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    text = settings.sample_file()
    meant = tomllib.loads(text)
    monkeypatch.delattr(tomllib, "loads")
    assert plain_toml.loads(text) == meant
