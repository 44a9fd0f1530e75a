"""The files of the repository that are made from the commands and the declared settings: man pages, and docs/settings.md."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from click_man.man import ManPage

from callerid import __version__
from callerid.cli.main import _COMMANDS, callerid
from callerid.config.settings import TABLES, Config, Setting, settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
MAN, SETTINGS = ROOT / "termux/man", ROOT / "docs/settings.md"
ENDING = Path(__file__).with_name("ending.1")  # of the page callerid(1): files, environment, exit status
BELOW = "<!-- Below: made from the declared settings by `make pages`. -->\n"
DATE = "2026-11-29"  # of the release


def commands(context: click.Context | None = None) -> Iterator[click.Context]:
    """Yield a context for callerid and each of its commands, depth first."""
    context = context or click.Context(callerid, info_name="callerid")
    yield context
    if isinstance(group := context.command, click.Group):
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            assert command
            yield from commands(click.Context(command, info_name=name, parent=context))


def made_files() -> dict[Path, str]:
    """Return what is to stand in each file that is made."""
    pages = {
        MAN / f"{context.command_path.replace(' ', '-')}.1": _man_page(context) for context in commands() if _has_page(context)
    }
    return pages | {SETTINGS: SETTINGS.read_text(encoding="utf-8").partition(BELOW)[0] + BELOW + "\n".join(_settings()) + "\n"}


# ------------------------------------------------------------------------------------------------ man pages


def _has_page(context: click.Context) -> bool:
    """Return whether a command has a page of its own: the steps of the simulator stand in the page of `simulate`."""
    return context.parent is None or context.parent.info_name != "simulate"


def _man_page(context: click.Context) -> str:
    """Return a command as a man page, in roff."""
    command, page = context.command, ManPage(context.command_path)
    page.version, page.date = __version__, DATE
    page.short_help = _COMMANDS[command.name][1] if command.name in _COMMANDS else command.get_short_help_str(100)
    page.description = "\n".join(line.strip() for line in (command.help or "").strip().splitlines())
    page.synopsis = " ".join(command.collect_usage_pieces(context))
    page.options = [option.get_help_record(context) for option in command.params if isinstance(option, click.Option)]
    text = str(page)
    if isinstance(command, click.Group):
        text += "".join(_command_lines(context, command))
    return text + (ENDING.read_text(encoding="utf-8") if context.parent is None else ".SH SEE ALSO\n.BR callerid (1)\n")


def _command_lines(context: click.Context, group: click.Group) -> Iterator[str]:
    yield ".SH COMMANDS\n"
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command
        yield f".TP\n.B {_as_roff(' '.join((name, *command.collect_usage_pieces(context)[1:])))}\n"
        yield f"{_as_roff(_COMMANDS[name][1] if context.parent is None else command.get_short_help_str(300))}\n"


def _as_roff(text: str) -> str:
    return text.replace("\\", "\\e").replace("-", "\\-")


# ------------------------------------------------------------------------------------------------ settings


def _settings() -> Iterator[str]:
    """Yield the lines that tell each setting, a table after the other."""
    yield from _table("", settings_of(Config))
    for name, table in TABLES.items():
        yield from _table(name, settings_of(table))


def _table(name: str, settings: dict[str, Setting]) -> Iterator[str]:
    yield f"\n## {f'[{name}]' if name else 'At the top of the file'}\n"
    yield "| key | default | meaning |\n|---|---|---|"
    for key, setting in settings.items():
        default = setting.type.to_toml(setting.type.from_toml(setting.default))
        meaning = " ".join((setting.description, f"{setting.type.choices}." if setting.type.choices else "")).strip()
        yield f"| `{f'{name}.{key}' if name else key}` | `{default}` | {meaning.replace('|', chr(92) + '|')} |"
