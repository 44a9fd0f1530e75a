"""Says messages in the person's language, by the catalogue of that language in `callerid/locale`. English needs none."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from callerid.messages import Message, joined

if TYPE_CHECKING:
    import re
    from gettext import NullTranslations

DOMAIN = "callerid"
LOCALES = Path(__file__).parent / "locale"
_ENGLISH = "en"
_OWN_WORD = "kind"  # the place for a kind of records
_FEWEST_KNOWN = 8  # letters of a template by which a stored text is recognised


def in_language(text: str, language: str) -> str:
    """Return a message in a language. A text that is no message was stored as English: if it reads like a message that the
    catalogue knows, it is said in the language, too, and else it stays as it is."""
    return str(text) if language == _ENGLISH else _speaker(language).say(text)


@cache
def catalogue(language: str) -> NullTranslations:
    """Return what a language has of our messages, with its rules for plurals; for English, and where there is no such catalogue,
    what leaves all as it is."""
    import gettext  # English does without it

    return gettext.translation(DOMAIN, LOCALES, [language], fallback=True)


@cache
def _speaker(language: str) -> _Speaker:
    return _Speaker(catalogue(language))


class _Speaker:
    """Says messages by one catalogue."""

    def __init__(self, of_language: NullTranslations) -> None:
        self._of_language = of_language

    def say(self, text: str) -> str:
        """Return a message, or an English text that was stored, in the language."""
        if not text:
            return ""
        if not isinstance(text, Message) or not (text.template or text.parts):
            return self._say_stored(str(text))
        if text.parts:
            return self._joined(text)
        return self._filled(self._template(text), text) if text.values else self._template(text)

    def _template(self, text: Message) -> str:
        if text.plural:
            count = text.values["count"]
            return self._of_language.ngettext(text.template, text.plural, count if isinstance(count, int) else 0)
        return self._of_language.gettext(text.template)

    def _joined(self, text: Message) -> str:
        """Return the parts of a message with its separator. After "。" there is no space."""
        separator = self._of_language.gettext(text.template) if text.template.strip() else text.template
        return separator.join(map(self._value, text.parts)).replace("。 ", "。")

    def _value(self, value: Any) -> Any:
        """Return a value as it is inserted: a message, or a word of ours, in the language; what comes from outside as it is."""
        if isinstance(value, ValueError) and value.args:
            value = value.args[0]
        if isinstance(value, Message):
            return self.say(value)
        return self._of_language.gettext(value.value) if isinstance(value, StrEnum) else value

    def _filled(self, template: str, text: Message) -> str:
        values = {name: self._value(value) for name, value in text.values.items()}
        return template.format(**values)

    def _say_stored(self, text: str) -> str:
        """Return what the catalogue knows of a text in the language: the whole of it, its sentences, or else its parts."""
        ways = (self._say_whole, self._sentences, self._parts)
        return next((said for way in ways if (said := way(text)) != text), text)

    def _say_whole(self, text: str) -> str:
        """Return a text that one message was made of in the language, any other one as it is."""
        known = self._known(text)
        if known != text:
            return known
        telling = (known for known in self._templates() if known.letters >= _FEWEST_KNOWN and known.fits(text))
        template = max(telling, key=_letters, default=None)
        found = template.pattern().fullmatch(text) if template else None
        if template is None or found is None:
            return text
        values = {name: _AsItStands(self._say_value(name, value)) for name, value in template.values(found).items()}
        return self._known(template.text).format(**values)

    def _say_value(self, name: str, value: str) -> str:
        """Return a value that was found in a stored text. A single word is most likely from outside, but in a place for a word of
        ours."""
        return self._say_stored(value) if " " in value or name == _OWN_WORD else value

    def _sentences(self, text: str) -> str:
        """Return a text of several sentences, such as a fault and its remedy, with those that are messages in the language. Others,
        as what the CRM answered, stay as they are."""
        ends = [place for place, signs in enumerate(pairwise(text), start=1) if signs == (".", " ")]
        for end in ends:
            first, rest = text[:end], text[end + 1 :]
            said = self._say_whole(first)
            if said != first:
                return self._joined(joined(" ", (said, self._say_stored(rest))))
        for end in ends:
            first, rest = text[:end], text[end + 1 :]
            said = self._say_whole(rest)
            if said != rest:
                return self._joined(joined(" ", (self._say_stored(first), said)))
        return text

    def _parts(self, text: str) -> str:
        """Return a text of a template that has hardly any words of its own ("{check}; and {exempt}."), if all of its values are
        known: else it may be of none. Any other one stays as it is."""
        few = (template for template in self._templates() if template.letters < _FEWEST_KNOWN and template.fits(text))
        for template in sorted(few, key=_letters, reverse=True):
            found = template.pattern().fullmatch(text)
            values = template.values(found) if found and template.letters else {}
            said = {name: _AsItStands(self._say_value(name, value)) for name, value in values.items()}
            if said and all(said[name] != value for name, value in values.items()):
                return self._known(template.text).format(**said)
        return text

    def _known(self, text: str) -> str:
        """Return the translation of a template, also of one that counts things, or that begins a sentence here."""
        for template in (text, text[:1].lower() + text[1:]):
            known = self._of_language.gettext(template)
            known = known if known != template else self._of_language.ngettext(template, template, 1)
            if known != template:
                return known
        return text

    def _templates(self) -> tuple[_Template, ...]:
        texts = getattr(self._of_language, "_catalog", {})  # gettext has no other list of what it knows
        first = (text if isinstance(text, str) else text[0] for text in texts)
        return _templates_of(tuple(text for text in first if "{" in text))


class _AsItStands(str):
    """A value out of a stored text. Its template has made it what it is: 1,234 and no number any more."""

    __slots__ = ()

    def __format__(self, _: str) -> str:
        return str(self)


class _Template:
    """A template of a message, by which a text is recognised that was made of it."""

    def __init__(self, text: str) -> None:
        from string import Formatter

        self.text = text
        parsed = tuple(Formatter().parse(text))
        self._places = [name for _, name, _, _ in parsed if name]
        self._quoted = {name for _, name, _, conversion in parsed if conversion == "r"}
        self._literals = [literal for literal, _, _, _ in parsed] + ([""] if parsed and parsed[-1][1] else [])
        self.letters = sum(map(len, self._literals))

    def fits(self, text: str) -> bool:
        """Return whether all words of the template are in a text, in their order."""
        if not (text.startswith(self._literals[0]) and text.endswith(self._literals[-1])):
            return False
        at = 0
        for literal in self._literals:
            at = text.find(literal, at)
            if at < 0:
                return False
            at += len(literal)
        return True

    def pattern(self) -> re.Pattern[str]:
        """Return the pattern whose groups are the values; a place that comes twice has the same value."""
        import re

        pattern, seen = re.escape(self._literals[0]), set[str]()
        for name, literal in zip(self._places, self._literals[1:], strict=True):
            pattern += (f"(?P={name})" if name in seen else f"(?P<{name}>.*?)") + re.escape(literal)
            seen.add(name)
        return re.compile(pattern, re.DOTALL)

    def values(self, found: re.Match[str]) -> dict[str, str]:
        """Return the values in a text, those that English quotes without their quotes."""
        return {name: value[1:-1] if name in self._quoted else value for name, value in found.groupdict().items()}


def _letters(template: _Template) -> int:
    return template.letters


@cache
def _templates_of(texts: tuple[str, ...]) -> tuple[_Template, ...]:
    return tuple(map(_Template, texts))
