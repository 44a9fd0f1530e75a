"""The texts that click says in our commands, by which catalogues hold them. click marks them for gettext, and asks Python's own
gettext for the domain that is current."""

from __future__ import annotations

import gettext
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from callerid.messages import counted, template
from callerid.translation import DOMAIN, LOCALES

if TYPE_CHECKING:
    from collections.abc import Iterator

CLICK_TEXTS = (
    template("Usage:"),
    template("Options"),
    template("Commands"),
    template("Error: {message}"),
    template("Try '{command} {option}' for help."),
    template("Show this message and exit."),
    template("Missing command."),
    template("Missing argument"),
    template("Missing option"),
    template("Missing parameter"),
    template("No such option {name!r}."),
    template("No such command {name!r}."),
    template("Invalid value: {message}"),
    template("Invalid value for {param_hint}: {message}"),
    template("Could not open file {filename!r}: {message}"),
    template("unknown error"),
    template("Option {name!r} does not take a value."),
    template("default: {default}"),
    template("(dynamic)"),
    template("file"),
    template("directory"),
    template("path"),
    template("{name} {filename!r} does not exist."),
    template("File {filename!r} does not exist."),
    template("Directory {filename!r} does not exist."),
    template("File {filename!r} is a directory."),
    template("Directory {filename!r} is a file."),
    template("File {filename!r} is not readable."),
    template("Directory {filename!r} is not writable."),
    template("{name} {filename!r} is a file."),
    template("{name} {filename!r} is a directory."),
    template("{name} {filename!r} is not readable."),
    template("{name} {filename!r} is not writable."),
    template("{value!r} is not a valid {number_type}."),
    template("{value} is not in the range {range}."),
    template("Choose from:\n\t{choices}"),
    template("Aborted!"),
    template("Error: invalid input"),
    template("Got unexpected extra argument ({args})"),
    template("Got unexpected extra arguments ({args})"),
    template("Option {name!r} requires an argument."),
    template("{value!r} is not {choice}."),
    template("{value!r} is not one of {choices}."),
)
_NONE = {"args": "", "nargs": 0, "name": "", "value": "", "choice": "", "choices": "", "possibility": "", "possibilities": ""}
CLICK_COUNTS = (
    counted(0, "Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})", **_NONE),
    counted(0, "Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments.", **_NONE),
    counted(0, "{value!r} is not {choice}.", "{value!r} is not one of {choices}.", **_NONE),
    counted(0, "Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)", **_NONE),
)


def have_click_say(language: str) -> None:
    """Have click say its texts in a language from now on. gettext takes the language from the environment of the process."""
    gettext.bindtextdomain(DOMAIN, str(LOCALES))
    gettext.textdomain(DOMAIN)
    os.environ["LANGUAGE"] = language


@contextmanager
def click_as_before() -> Iterator[None]:
    """Have click say its texts afterwards as it does now."""
    before, domain = os.environ.get("LANGUAGE"), gettext.textdomain()
    try:
        yield
    finally:
        gettext.textdomain(domain)
        if before is None:
            os.environ.pop("LANGUAGE", None)
        else:
            os.environ["LANGUAGE"] = before
