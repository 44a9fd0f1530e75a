"""What is said to the person in a sentence, kept as English text with named places and what goes into them.

A message is its English text, so that logs, `--json` and whatever stores it have that. Where it is shown, `callerid.translation`
says it in the person's language, by the template: `callerid/locale/ja/LC_MESSAGES/callerid.po` holds the Japanese ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Message(str):
    """An English text that knows what it was made of: its template (with the plural one where it counts something) and the values
    in its places. Values that are messages are said in the same language."""

    __slots__ = ("parts", "plural", "template", "values")

    template: str
    plural: str
    values: Mapping[str, object]
    parts: tuple[str, ...]  # of a list that was joined by the template

    def __new__(
        cls, text: str, template: str, values: Mapping[str, object], *, plural: str = "", parts: tuple[str, ...] = ()
    ) -> Self:
        """Return a message for an English text."""
        made = super().__new__(cls, text)
        made.template, made.values, made.plural, made.parts = template, values, plural, parts
        return made

    def capitalised(self) -> Self:
        """Return the same message to begin a sentence with, in English."""
        return type(self)(self[:1].upper() + self[1:], self.template, self.values, plural=self.plural, parts=self.parts)

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        """Return it as English text, for whoever stores or sends it."""
        return (str, (str(self),))


def message(template: str, /, **values: object) -> Message:
    """Return a message with values in its `{places}`. Values are inserted as they are and never read as places; a template without
    values has no places, and may have braces."""
    return Message(template.format(**values) if values else template, template, values)


def counted(count: int, one: str, many: str, /, **values: object) -> Message:
    """Return a message about a number of things, which is at `{count}`: `one` if there is one, in English, else `many`."""
    values["count"] = count
    return Message((one if count == 1 else many).format(**values), one, values, plural=many)


def template(text: str, /) -> str:
    """Return a template as it is: it is in the catalogues, and a message is made of it where its values are known."""
    return text


def joined(separator: str, parts: Iterable[str], /) -> Message:
    """Return messages or texts in one, with a separator such as ", " between them."""
    listed = tuple(parts)
    return Message(separator.join(listed), separator, {}, parts=listed)


def shortened_list(items: Iterable[str], most: int, /) -> Message:
    """Return items in a list that has at most so many characters, and an ellipsis where it was cut."""
    listed = joined(", ", items)
    if len(listed) <= most:
        return listed
    return joined(", ", f"{listed[:most]}…".split(", "))


def stored(text: str, /) -> Message:
    """Return an English text that was stored as a message: what the catalogue knows of it is said in other languages, too."""
    return Message(text, "", {})


def as_typed(path: object, /) -> str:
    """Return a path as a person types it into a shell, for a command that a remedy names."""
    import shlex  # few runs of a command need it

    return shlex.quote(str(path))


def os_reason(fault: OSError) -> Message:
    """Return why the operating system refused something."""
    return message(fault.strerror or type(fault).__name__)


NOT_A_FILE = message("Not a regular file")
OS_REASONS = (
    message("Permission denied"),
    message("No such file or directory"),
    message("No space left on device"),
    message("Read-only file system"),
    message("Is a directory"),
    message("Not a directory"),
    message("File exists"),
    message("Operation not permitted"),
    message("Input/output error"),
    message("File name too long"),
    message("Exec format error"),
    message("Disk quota exceeded"),
    message("File too large"),
    message("Too many levels of symbolic links"),
)
