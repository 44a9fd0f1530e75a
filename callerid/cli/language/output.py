"""Prints answers in the person's language: what the settings say, and where they say nothing, what the environment does."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack, contextmanager, suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from callerid.catalogue import language_of
from callerid.core.wording.safe_text import clean
from callerid.errors import CalleridError
from callerid.paths import installation_paths
from callerid.translation import in_language

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_UTF_8 = ("utf-8", "utf8")
_BAR, _WIDE = 36, 80  # columns: of a bar, and from which on a terminal has room for it
_NARROW = 50  # columns: a bar with the time that is left does not fit into fewer

_environ: ContextVar[Mapping[str, str]] = ContextVar("environment of the output", default=os.environ)
_language: ContextVar[str] = ContextVar("language of the output", default="")
_at_end: ContextVar[ExitStack | None] = ContextVar("what is done when the output ends", default=None)


@contextmanager
def output_of(environ: Mapping[str, str]) -> Iterator[None]:
    """Have what follows printed in the language of this environment, and of its file of settings, which is read when something is
    to be printed before the command has read it. Afterwards click says its texts as it does now."""
    with ExitStack() as at_end:
        environment, language, ending = _environ.set(environ), _language.set(""), _at_end.set(at_end)
        try:
            yield
        finally:
            _environ.reset(environment)
            _language.reset(language)
            _at_end.reset(ending)


def choose_language(setting: str) -> None:
    """Have what follows printed in the language of a setting ("auto" or a language), also what click says."""
    chosen = language_of(setting, _environ.get().get("LANG", ""))
    _language.set(chosen)
    if chosen != "en":
        from callerid.cli.language.click_texts import click_as_before, have_click_say

        if at_end := _at_end.get():
            at_end.enter_context(click_as_before())
        have_click_say(chosen)


def language() -> str:
    """Return the language in which answers are printed."""
    if not _language.get():
        choose_language(_setting(_environ.get()))
    return _language.get()


def shown(text: str) -> str:
    """Return a message as it is printed: in the person's language, and without control characters."""
    return clean(in_language(text, language()), keep="\n")


def echo(text: str = "", *, err: bool = False, nl: bool = True) -> None:
    """Print a message in the person's language on stdout, or on stderr."""
    print_fitted(shown(text), err=err, nl=nl)


def print_fitted(text: str, *, err: bool = False, nl: bool = True) -> None:
    """Print a text so that a terminal breaks none of its words."""
    print_text(fitted_to_terminal(text, err=err), err=err, nl=nl)


def fitted_to_terminal(text: str, *, err: bool = False, beside: int = 0) -> str:
    """Return a text broken for the terminal; `beside` places of it are for something else."""
    columns = terminal_columns(err=err)
    if columns is None:
        return text
    from callerid.core.wording.table import fitted

    return fitted(text, max(columns - beside, 1))


def print_text(text: str, *, err: bool = False, nl: bool = True) -> None:
    """Print a text as it is, but for its control characters: in a name from the CRM they would be orders to the terminal."""
    print_exactly(clean(text, keep="\n"), err=err, nl=nl)


def print_exactly(text: str, *, err: bool = False, nl: bool = True) -> None:
    """Print a text to the letter on stdout, or on stderr, and wait for nothing that it does not need: click, for a stream that is
    not UTF-8."""
    stream = sys.stderr if err else sys.stdout
    if stream is None or str(stream.encoding).lower() not in _UTF_8:
        import click

        click.echo(text, err=err, nl=nl)
        return
    stream.write(f"{text}\n" if nl else text)
    stream.flush()


def ask(question: str, **options: Any) -> str:
    """Ask a question at the terminal and return what was typed, or else the default. Raise click.Abort for Ctrl-C. `options`: of
    click's prompt."""
    import click

    default = str(options.get("default") or "") if options.get("show_default", True) else ""
    asked = fitted_to_terminal(shown(question), beside=len(f" [{default}]: ") if default else len(": "))
    return str(click.prompt(asked, **options))


def confirm(question: str) -> None:
    """Return when a question at the terminal is answered with yes. Raise click.Abort for anything else."""
    import click

    click.confirm(shown(question), abort=True, err=True)


def terminal_columns(*, err: bool = False) -> int | None:
    """Return how many columns the terminal has to which stdout, or stderr, goes; None where it goes elsewhere, or the
    terminal does not know."""
    stream = sys.stderr if err else sys.stdout
    with suppress(OSError, ValueError, AttributeError):
        return os.get_terminal_size(stream.fileno()).columns or None if stream.isatty() else None
    return None


def progress_bar(length: int, label: str, **more: Any) -> Any:
    """Return click's progress bar on stderr, which fits the terminal: on a phone's, click's own would begin a line at each step.
    Where there is no terminal, nothing is printed: click's own would print its label, and nothing more."""
    import io
    import shutil

    import click

    columns = shutil.get_terminal_size().columns
    width = _BAR if columns >= _WIDE else 0  # 0: what the rest of the line leaves
    if columns < _NARROW:
        more["show_eta"] = False  # a line that is too long for the terminal is printed anew at each step
    file = sys.stderr if sys.stderr.isatty() else io.StringIO()
    return click.progressbar(length=length, label=shown(label), file=file, width=width, **more)


def _setting(environ: Mapping[str, str]) -> str:
    """Return the language that the settings name; "auto" where they cannot be used, which is told elsewhere."""
    from callerid.config.load import load_config

    try:
        return load_config(installation_paths(environ).config_file).language
    except (CalleridError, OSError):
        return "auto"
