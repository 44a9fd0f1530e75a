"""The texts that the person sees: one TOML file for each language in callerid/locale."""

from __future__ import annotations

from dataclasses import field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from callerid import plain_toml
from callerid.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LANGUAGES = ("en", "ja")
_FALLBACK = "en"


_HONORIFIC = "{honorific}"
_TITLES = ("さん", "さま", "様", "氏", "先生", "ちゃん", "くん", "님")  # a name that ends with one takes no other
_TITLES_OR_NAMES = ("君", "殿")  # a given name may end with them: 鄧麗君, 山田 麗君
_LONGEST_GIVEN, _LONGEST_WHOLE = 2, 4  # letters of a Chinese name: with more, its last one is a title
_NOBODY = ("name.nameless", "name.discreet")


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """The texts of one language by their key, such as "ring.title"."""

    language: str
    texts: Mapping[str, str] = field(repr=False)
    honorific: str = ""  # what follows `{name}` in some texts

    def say(self, key: str, /, **values: object) -> str:
        """Return the text of a key with values in its places. Values are inserted as they are and never read as places. What is no
        name, as a number, and a name that has a title already, is followed by no honorific."""
        text, name = self.texts[key], values.get("name")
        if self.honorific and name is not None and not self._takes_honorific(str(name)):
            text = text.replace(f"{{name}}{self.honorific}", "{name}")
        return text.format(**values)

    def listed(self, items: Iterable[str]) -> str:
        """Return items in one line, as the language separates them."""
        return self.texts["list.between"].join(items)

    def _takes_honorific(self, name: str) -> bool:
        if _has_title(name) or "@" in name or name in (self.texts[key] for key in _NOBODY):
            return False
        return any(map(str.isalpha, name))


def _has_title(name: str) -> bool:
    """Return whether a name ends with a title. A last letter that may be of a given name is one if that is too long."""
    words = name.split()
    longest = _LONGEST_GIVEN if len(words) > 1 else _LONGEST_WHOLE
    return name.endswith(_TITLES) or (name.endswith(_TITLES_OR_NAMES) and len(words[-1]) > longest)


@cache
def load(language: str, honorific: str = "さん") -> Catalogue:
    """Return the catalogue of "en" or "ja", and the English one for any other language. English fills what a language lacks."""
    chosen = language if language in LANGUAGES else _FALLBACK
    texts = _read(_FALLBACK) | (_read(chosen) if chosen != _FALLBACK else {})
    texts = {key: text.replace(_HONORIFIC, honorific) for key, text in texts.items()}
    return Catalogue(language=chosen, texts=texts, honorific="" if chosen == _FALLBACK else honorific)


def language_of(setting: str, locale: str) -> str:
    """Return the language to use, by the setting ("auto" or a language) and a locale name such as "ja_JP.UTF-8"."""
    if setting != "auto":
        return setting
    language = locale[:2].lower()
    return language if language in LANGUAGES else _FALLBACK


def _read(language: str) -> dict[str, str]:
    toml = (Path(__file__).parent / "locale" / f"{language}.toml").read_text(encoding="utf-8")
    return {f"{table}.{name}": str(text) for table, texts in plain_toml.loads(toml).items() for name, text in texts.items()}
