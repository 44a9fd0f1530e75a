"""The types of settings: how each is read from TOML and from a command line, and written as TOML again.

What cannot be read raises ValueError, whose text says what is wrong and what to write.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from callerid.config.text_encoding import encoding_name
from callerid.messages import joined, message
from callerid.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from callerid.messages import Message

_PROPERTY_NAME = r"[a-z][a-z0-9_]{0,99}"
_NAME_VALUE = r'[^=,]*=\s*"(?:\\.|[^"\\])*"(?=\s*(?:,|$))|[^,]+'
_LONGEST_NUMBER = 9  # digits
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingType:
    """A type of settings. `from_text` turns what a person types into what TOML would hold, which `from_toml` reads."""

    from_toml: Callable[[Any], Any]
    to_toml: Callable[[Any], str]
    from_text: Callable[[str], Any] = str
    choices: str = ""  # a phrase that lists the words to choose from, for the sample file


def quoted(value: str) -> str:
    """Return a text as TOML."""
    import json

    return json.dumps(value, ensure_ascii=False)


def _listed(words: Iterable[str]) -> str:
    """Return words of ours as TOML would have them."""
    return joined(", ", (f'"{word}"' for word in words))


def _named(words: Iterable[str]) -> Message:
    """Return words of ours for a sentence."""
    return joined(", ", [message("'{word}'", word=word) for word in words])


def boolean() -> SettingType:
    """Return the type of true and false; on a command line also on and off, yes and no."""

    def from_toml(value: object) -> bool:
        if not isinstance(value, bool):
            raise ValueError(message("{value!r} is neither true nor false; write one of them, without quotes", value=value))
        return value

    def from_text(text: str) -> bool:
        words = {"on": True, "true": True, "yes": True, "off": False, "false": False, "no": False}
        if text.lower() not in words:
            raise ValueError(message("{text!r} is neither on nor off", text=text))
        return words[text.lower()]

    return SettingType(from_toml=from_toml, to_toml=lambda value: "true" if value else "false", from_text=from_text)


def count() -> SettingType:
    """Return the type of a number of things."""

    def from_toml(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise ValueError(message("{value!r} is not a number of things, such as 500 (without quotes)", value=value))
        return value

    def from_text(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER):
            raise ValueError(message("{text!r} is not a number of things, such as 500", text=text))
        return int(text)

    return SettingType(from_toml=from_toml, to_toml=str, from_text=from_text)


def text() -> SettingType:
    """Return the type of one line of text."""
    return SettingType(from_toml=_one_line, to_toml=quoted)


def _one_line(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(message("{value!r} is not a text; put it in quotes", value=value))
    if not value.isprintable():
        raise ValueError(message("it contains a line break or another character that cannot be printed"))
    return value


def text_list() -> SettingType:
    """Return the type of a list of texts; on a command line separated by commas, or as in TOML."""

    def from_toml(value: object) -> tuple[str, ...]:
        if not isinstance(value, list | tuple):
            raise ValueError(message('{value!r} is not a list; write ["…", "…"]', value=value))
        return tuple(_one_line(item) for item in value)

    def from_text(text: str) -> list[str]:
        if text.startswith("["):
            import json

            try:
                return list(json.loads(text))
            except (ValueError, TypeError) as error:
                raise ValueError(message('{text!r} is not a list; write \'["…", "…"]\'', text=text)) from error
        return [part.strip() for part in text.split(",") if part.strip()]

    def to_toml(value: tuple[str, ...]) -> str:
        return f"[{', '.join(quoted(item) for item in value)}]"

    return SettingType(from_toml=from_toml, to_toml=to_toml, from_text=from_text)


def command() -> SettingType:
    """Return the type of a command with its arguments, a list; empty for none."""
    several = text_list()

    def from_toml(value: object) -> tuple[str, ...]:
        words: tuple[str, ...] = several.from_toml(value)
        if words and not words[0]:
            raise ValueError(message("its first text, the program, is empty"))
        return words

    return SettingType(from_toml=from_toml, to_toml=several.to_toml, from_text=several.from_text)


def program() -> SettingType:
    """Return the type of a program to run: its path or name, or a list of that and its arguments; empty for none. No shell reads
    it, so a text is one word, whatever spaces it has. Whether there is such a program is not looked at here."""
    several = text_list()

    def from_toml(value: object) -> tuple[str, ...]:
        words = (_one_line(value),) if isinstance(value, str) else several.from_toml(value)
        if value == "" or not words:
            return ()
        if not words[0]:
            raise ValueError(message("its first text, the program, is empty"))
        if "/" in words[0] and not words[0].startswith(("/", "~/")):
            raise ValueError(
                message(
                    "{words!r} is not the same file in every folder; write its path from / or ~/ on, or a command's name",
                    words=words[0],
                )
            )
        return words

    def from_text(text: str) -> Any:
        return several.from_text(text) if text.startswith("[") else text

    def to_toml(words: tuple[str, ...]) -> str:
        return quoted("".join(words)) if len(words) < 2 else several.to_toml(words)  # noqa: PLR2004 - a program without arguments

    return SettingType(from_toml=from_toml, to_toml=to_toml, from_text=from_text)


def one_of(*words: str) -> SettingType:
    """Return the type of a choice between words."""
    choices = message("One of {words}", words=_listed(words))

    def from_toml(value: object) -> str:
        if not isinstance(value, str) or value not in words:
            raise ValueError(message("{value!r} is not one of {names}", value=value, names=_named(words)))
        return value

    return SettingType(from_toml=from_toml, to_toml=quoted, choices=choices if len(words) > 1 else "")


def senses(*known: str) -> SettingType:
    """Return the type of "auto", which is read as (), or a list of senses."""
    sense = one_of(*known)

    def from_toml(value: object) -> tuple[str, ...]:
        if value == "auto":
            return ()
        if not isinstance(value, list | tuple):
            raise ValueError(message('{value!r} is neither "auto" nor a list such as ["{known}"]', value=value, known=known[0]))
        if not value:
            raise ValueError(message('it is empty; write "auto", or switch caller ID off with: callerid off'))
        return tuple(dict.fromkeys(sense.from_toml(item) for item in value))

    def from_text(text: str) -> Any:
        return text if text == "auto" else text_list().from_text(text)

    return SettingType(
        from_toml=from_toml, to_toml=lambda value: text_list().to_toml(value) if value else '"auto"', from_text=from_text
    )


def words(*known: str) -> SettingType:
    """Return the type of a list of known words, each at most once; it may be empty. On a command line separated by commas."""
    word = one_of(*known)

    def from_toml(value: object) -> tuple[str, ...]:
        if not isinstance(value, list | tuple):
            raise ValueError(message('{value!r} is not a list such as ["{known}"]', value=value, known=known[0]))
        return tuple(dict.fromkeys(word.from_toml(item) for item in value))

    return SettingType(
        from_toml=from_toml,
        to_toml=text_list().to_toml,
        from_text=text_list().from_text,
        choices=message("A list of {words}", words=_listed(known)),
    )


def word_or_list(*words: str) -> SettingType:
    """Return the type of a choice between words, or of a list of texts."""
    several = text_list()
    choices = message("One of {words}, or a list", words=_listed(words))

    def from_toml(value: object) -> str | tuple[str, ...]:
        if isinstance(value, str) and value in words:
            return value
        if not isinstance(value, list | tuple) or not value:
            raise ValueError(
                message(
                    '{value!r} is neither one of {names} nor a list such as ["Ana López"]',
                    value=value,
                    names=_named(words),
                )
            )
        return tuple(several.from_toml(value))

    def to_toml(value: Any) -> str:
        return quoted(value) if isinstance(value, str) else several.to_toml(value)

    def from_text(text: str) -> Any:
        return text if text in words else several.from_text(text)

    return SettingType(from_toml=from_toml, to_toml=to_toml, from_text=from_text, choices=choices)


# Regions with a numbering plan. Loading `phonenumbers` costs a command more than all else that the settings do.
_REGIONS = frozenset(
    (
        "AC AD AE AF AG AI AL AM AO AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BW BY BZ "
        "CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM "
        "FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GT GU GW GY HK HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE "
        "JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN "
        "MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PR PS PT "
        "PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TA TC TD TG TH TJ TK "
        "TL TM TN TO TR TT TV TW TZ UA UG US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW"
    ).split()
)


def region_code() -> SettingType:
    """Return the type of a region, two letters, or "auto"."""

    def from_toml(value: object) -> str:
        if value == "auto":
            return "auto"
        if not isinstance(value, str) or not _is_region(value.upper()):
            raise ValueError(message('{value!r} is not a region; write two letters such as "DE", or "auto"', value=value))
        return value.upper()

    return SettingType(from_toml=from_toml, to_toml=quoted)


def _is_region(code: str) -> bool:
    if code in _REGIONS:
        return True
    from phonenumbers import SUPPORTED_REGIONS  # a newer one may know more

    return code in SUPPORTED_REGIONS


def text_encoding() -> SettingType:
    """Return the type of an encoding's name, or "auto"."""

    def from_toml(value: object) -> str:
        name = _one_line(value)
        try:
            return name if name == "auto" else encoding_name(name)
        except LookupError as error:
            raise ValueError(
                message(
                    '{value!r} is not a text encoding; write one such as "utf-8", "cp1252", "iso-8859-2", or "auto"', value=value
                )
            ) from error

    return SettingType(from_toml=from_toml, to_toml=quoted)


def web_address(known: str) -> SettingType:
    """Return the type of an https address (`known` is one); http only on this very machine, because the token goes with every
    request."""

    def from_toml(value: object) -> str:
        if value == known:
            return known
        from urllib.parse import urlsplit

        try:
            parts = urlsplit(_one_line(value))
            host, _ = parts.hostname, parts.port
        except ValueError as error:
            raise ValueError(message("{value!r} is not a web address: {error}", value=value, error=error)) from error
        if not host or parts.scheme not in ("https", "http") or parts.query or parts.username:
            raise ValueError(message('{value!r} is not a web address; write "https://api.hubapi.com"', value=value))
        if parts.scheme == "http" and host not in _LOOPBACK:
            raise ValueError(message("{value!r} is not encrypted, and the token would go over it; write https://", value=value))
        return str(value).rstrip("/")

    return SettingType(from_toml=from_toml, to_toml=quoted)


def name_values(reserved: Collection[str] = ()) -> SettingType:
    """Return the type of fixed values of properties, read as pairs of a name and its value; reserved names are refused.

    TOML holds a list of texts "name = value"; on a command line they are separated by commas, and a value with a comma is quoted.
    """
    several = text_list()

    def from_toml(value: object) -> tuple[tuple[str, str], ...]:
        pairs = tuple(_pair(item) for item in several.from_toml(value))
        refused = [name for name, _ in pairs if name in reserved]
        if refused:
            raise ValueError(message("callerid itself fills {names} for each call; leave it out", names=joined(", ", refused)))
        return pairs

    def to_toml(pairs: Any) -> str:
        return several.to_toml([f"{name} = {value}" for name, value in pairs])

    def from_text(text: str) -> list[str]:
        if text.startswith("["):
            items: list[str] = several.from_text(text)
            return items
        return [_unquoted(item.strip()) for item in re.findall(_NAME_VALUE, text) if item.strip()]

    return SettingType(from_toml=from_toml, to_toml=to_toml, from_text=from_text)


def as_typed(pairs: Iterable[tuple[str, str]]) -> str:
    """Return names with their values as a person types them."""
    return ", ".join(f"{name} = {_quoted_if_needed(value)}" for name, value in pairs)


def _quoted_if_needed(value: str) -> str:
    return quoted(value) if "," in value or value.startswith('"') else value


def _unquoted(item: str) -> str:
    import json

    name, equals, value = (part.strip() for part in item.partition("="))
    try:
        unquoted = json.loads(value) if value.startswith('"') else value
    except ValueError:
        return item
    return f"{name} {equals} {unquoted}"


def _pair(item: str) -> tuple[str, str]:
    name, equals, value = (part.strip() for part in item.partition("="))
    if not equals or not re.fullmatch(_PROPERTY_NAME, name) or not value:
        raise ValueError(message('{item!r} is not a name with its value; write "team = sales"', item=item))
    return name, value
