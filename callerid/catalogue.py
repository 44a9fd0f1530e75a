"""The texts that the person sees, one TOML file a language in callerid/locale; more can be added there."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

LANGUAGES = ("en", "ja")
_FALLBACK = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """One language's texts by name."""

    language: str
    texts: Mapping[str, str] = field(repr=False)

    def say(self, name: str, /, **values: object) -> str:
        """Given a text's name and the values of its places, return it. Values are inserted as they are, never read as places."""
        return self.texts[name].format(**values)


@cache
def load(language: str) -> Catalogue:
    """Given "en", "ja" or any other language's code, return its catalogue; English fills what it lacks."""
    chosen = language if language in LANGUAGES else _FALLBACK
    return Catalogue(language=chosen, texts=_read(_FALLBACK) | _read(chosen))


def language_of(setting: str, locale: str) -> str:
    """Given the setting ("auto" or a language) and a locale name such as "ja_JP.UTF-8", return the language to speak."""
    if setting != "auto":
        return setting
    wanted = locale[:2].lower()
    return wanted if wanted in LANGUAGES else _FALLBACK


def _read(language: str) -> dict[str, str]:
    text = resources.files("callerid").joinpath("locale", f"{language}.toml").read_text(encoding="utf-8")
    return {f"{room}.{name}": str(value) for room, texts in tomllib.loads(text).items() for name, value in texts.items()}
