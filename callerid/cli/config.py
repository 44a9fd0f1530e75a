"""Commands that show and change settings: on, off, log-screen, config. A running daemon applies a change at once."""

from __future__ import annotations

import json
import re
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from callerid.cli.language.json_answers import print_json
from callerid.cli.language.output import echo, print_text, shown, terminal_columns
from callerid.cli.session import crm_connection, home, new_runner, open_session, repeated_by_hand, settings
from callerid.files import nearest_folder
from callerid.messages import as_typed, joined, message

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from callerid.errors import CalleridError
    from callerid.models import PhoneProperty, PortalInfo

_FILES = ("crm.file", "crm.token_file", "carddav.password_file")
_PROGRAMS = ("hooks.ring", "hooks.missed", "hooks.logged", "crm.token_command", "carddav.password_command")


def _write(key: str, value: str) -> None:
    """Write one setting into the settings file. Raise ConfigFault."""
    from callerid.config.edit import save, set_value
    from callerid.config.load import settings_text

    file = home().config_file
    save(file, set_value(settings_text(file), key, value, str(file)))


_STATES = {"read": message("read"), "taken": message("taken"), "suggested": message("suggested")}


@click.command()
def on() -> None:
    """Turn caller ID on.

    Example: callerid on
    """
    _write("enabled", "true")
    echo(message("caller ID is on"))


@click.command()
def off() -> None:
    """Turn caller ID off: no cards and no questions; those that are open come back with `on`. Calls are still recorded.

    Example: callerid off
    """
    _write("enabled", "false")
    echo(message("caller ID is off"))


@click.command()
@click.argument("switch", type=click.Choice(["on", "off"]))
def log_screen(switch: str) -> None:
    """Turn the dialog after a call on or off. The notification stays either way.

    Example: callerid log-screen off
    """
    _write("log.screen", "true" if switch == "on" else "false")
    echo(message("the dialog after a call is on") if switch == "on" else message("the dialog after a call is off"))


@click.group()
def config() -> None:
    """Show, check and change the settings.

    Example: callerid config set log.auto_log 2m
    """


@config.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON: every key with its value.")
def show(*, as_json: bool) -> None:
    """Show every setting and its value. The token is not shown.

    Example: callerid config show | grep log
    """
    from callerid.config.settings import toml_values

    where, current = settings()
    values = toml_values(current)
    if as_json:
        print_json(dict(values))
        return
    print_text(f"# {where.config_file}")
    for key, value in values:
        print_text(f"{key} = {value}")


@config.command()
def check() -> None:
    """Check the settings file, and that what it names can be used: programs, files, the address book, owners. Every fault of the
    file is listed with its line.

    Example: callerid config check
    """
    from callerid.store.mirror.database import Mirror
    from callerid.turns.doctor.named import faults_of_crm, faults_of_named

    where, current = settings()
    with closing(Mirror(where.mirror)) as mirror:
        runner = new_runner()
        faults = [*faults_of_crm(current, mirror, runner, where), *faults_of_named(current, mirror, runner)]
    _raise_together(faults)
    exists = where.config_file.exists()
    echo(
        message("{config_file}: valid", config_file=where.config_file)
        if exists
        else message("{config_file}: there is no such file, so all defaults apply", config_file=where.config_file)
    )


def _raise_together(faults: Sequence[CalleridError]) -> None:
    """Print each fault but the last, with its remedy, and raise that one as a ConfigFault, if there are any."""
    from callerid.cli.language.faults import print_fault
    from callerid.errors import ConfigFault

    for fault in faults[:-1]:
        print_fault(fault)
    for fault in faults[-1:]:
        raise ConfigFault(fault.sentence, remedy=fault.remedy)


@config.command()
def sample() -> None:
    """Print a settings file with every key, its default and its meaning.

    Example: callerid config sample | less
    """
    from callerid.config.settings import sample_file

    for line in sample_file(shown).splitlines():
        print_text("\n".join(_fitted_comment(line, terminal_columns())))


def _fitted_comment(line: str, columns: int | None) -> Iterable[str]:
    """Return a line of a settings file, a comment as several that fit into so many columns."""
    from callerid.core.wording.table import wrapped

    mark, _, comment = line.partition("# ")
    return (f"# {part}" for part in wrapped(comment, columns - 2 if columns else None)) if comment and not mark else (line,)


@config.command()
def path() -> None:
    """Print the path of the settings file.

    Example: callerid config path
    """
    print_text(str(home().config_file))


def _complete_key(_context: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Return the settings that begin so."""
    from callerid.config.settings import SETTINGS

    return [key for key in SETTINGS if key.startswith(incomplete)]


def _complete_value(context: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Return the words that begin so, of those that the setting on the line may be."""
    from callerid.config.settings import SETTINGS

    setting = SETTINGS.get(context.params.get("key") or "")
    choices = re.findall(r'"([^"]*)"', setting.type.choices) if setting else []
    words = ["on", "off"] if setting and isinstance(setting.default, bool) else choices
    return [word for word in words if word.startswith(incomplete)]


@config.command(name="set")
@click.argument("key", shell_complete=_complete_key)
@click.argument("value", shell_complete=_complete_value)
def set_(key: str, value: str) -> None:
    """Set KEY, such as log.min_duration, to VALUE. Comments in the file are kept.

    Example: callerid config set log.min_duration 10s
    """
    if key in _FILES and value:
        value = _existing_file(value)
    if key in _PROGRAMS:
        value = _program(key, value)
    if key == "carddav.url":
        from callerid.turns.doctor.named import check_book_address

        check_book_address(value)
    _write(key, value)
    typed = value or '""'  # as `config show` has it
    print_text(f"{key} = {typed}")


def _existing_file(path: str) -> str:
    """Return a path as the settings have it, absolute or from ~ on: the daemon runs in another folder. Raise UsageFault when
    there is no such file."""
    from callerid.errors import UsageFault

    file = Path(path).expanduser()
    if not file.is_file():
        raise UsageFault(
            message("There is no file {path}.", path=path),
            remedy=message("See what is there: ls -la {parent}", parent=as_typed(nearest_folder(file))),
        )
    return path if path.startswith("~") else str(Path(path).absolute())


def _program(key: str, value: str) -> str:
    """Return a program as the settings have it, with a path from / or ~ on. Raise ConfigFault when it cannot be run."""
    from callerid.config.settings import setting_type
    from callerid.turns.hooks.program import find_program

    is_path = "/" in value and not value.startswith(("[", "~"))
    typed, kind = str(Path(value).absolute()) if is_path else value, setting_type(key)
    try:
        words = kind.from_toml(kind.from_text(typed))
    except ValueError:
        return typed  # what is wrong with it is said where it is written
    if words:
        find_program(key, words, new_runner())
    return typed


@config.command()
@click.option("--take", multiple=True, metavar="NAME", help="Read this text property as a phone number too.")
@click.option("--drop", multiple=True, metavar="NAME", help="Stop reading this text property as a phone number.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: a list of kind, name, label, state (read, taken, suggested).")
def phones(take: tuple[str, ...], drop: tuple[str, ...], *, as_json: bool) -> None:
    """Show which properties of the CRM are read as phone numbers, and which text properties look like phone numbers.

    Properties of the CRM's own phone type are always read. Text properties are read only after --take.

    Example: callerid config phones --take cellphonenumber
    """
    portal_info, taken = _phone_properties()
    if take or drop:
        taken = _take_and_drop(portal_info, taken, take, drop)
    rows = [_property(field, "read") for field in portal_info.phone_properties]
    rows += [_property(field, "taken" if field.name in taken else "suggested") for field in portal_info.suggested_phone_properties]
    if as_json:
        print_json(rows)
        return
    _print_rows([(row["kind"], row["name"], row["label"], shown(_STATES[row["state"]])) for row in rows])
    if any(row["state"] == "suggested" for row in rows):
        echo(message("To read a suggested one too, type: callerid config phones --take NAME"), err=True)
    if take or drop:
        echo(message("The next sync reads every record again. To sync now, type: callerid sync"), err=True)


@config.command()
@click.option(
    "--take", multiple=True, metavar="'COLUMN = role'", help="Read this column as: name, phone, email, company, owner, …."
)
@click.option("--drop", multiple=True, metavar="COLUMN", help="Stop reading this column.")
@click.option("--json", "as_json", is_flag=True, help='Print JSON: a list of column, role ("" for one that is not read).')
def columns(take: tuple[str, ...], drop: tuple[str, ...], *, as_json: bool) -> None:
    """Show what each column of the CSV file is read as, and correct it. Where no column is known to hold names or phone numbers, it
    says how to name one.

    Example: callerid config columns --take 'Handy privat = phone' --drop Fax
    """
    from callerid.crm.file.source import columns_of
    from callerid.errors import ConfigFault
    from callerid.paths import beside_settings

    where, current = settings()
    if current.crm.provider != "file" or not current.crm.file:
        raise ConfigFault(
            message("No file is read."),
            remedy=message("Type: callerid config set crm.provider file; callerid config set crm.file FILE"),
        )
    path, chosen = beside_settings(where, current.crm.file), _corrected(current.crm.columns, take, drop)
    read = columns_of(path, chosen, current.crm.encoding)
    if take or drop:
        _write("crm.columns", json.dumps(chosen, ensure_ascii=False))
    rows = list(zip(read.header, read.roles, strict=True))
    if as_json:
        print_json([{"column": column, "role": role} for column, role in rows])
    else:
        _print_rows([(column, role or "-") for column, role in rows])
    read.check()


def _print_rows(rows: Sequence[tuple[str, ...]]) -> None:
    from callerid.core.wording.table import table_or_items

    print_text("\n".join(table_or_items(rows, terminal_columns())))


def _corrected(chosen: tuple[str, ...], take: tuple[str, ...], drop: tuple[str, ...]) -> list[str]:
    """Return the setting crm.columns with corrections: the newest of a column counts."""
    corrections = [*chosen, *take, *(f"{column} = ignore" for column in drop)]
    return list({column.rpartition("=")[0].strip(): column for column in corrections}.values())


def _phone_properties() -> tuple[PortalInfo, tuple[str, ...]]:
    """Return the CRM's properties, and the names of the text properties that the settings read as phone numbers."""
    from callerid.errors import ConfigFault

    again = message("Type the same again when there is a network.")
    with repeated_by_hand(again), open_session() as app, crm_connection(app) as connection:
        if app.config.crm.provider == "file":
            raise ConfigFault(
                message("The columns of a file are not suggested: those that look like phone numbers are read."),
                remedy=message("To name a column, type: callerid config set crm.columns 'COLUMN = phone'"),
            )
        return connection().portal_info(), app.config.sync.phone_fields


def _take_and_drop(
    portal_info: PortalInfo, taken: tuple[str, ...], take: tuple[str, ...], drop: tuple[str, ...]
) -> tuple[str, ...]:
    """Write the new choice into the settings and return it. Raise UsageFault for a property that does not exist."""
    from callerid.errors import UsageFault

    known = {field.name for field in portal_info.suggested_phone_properties} | set(taken)
    unknown = [name for name in take if name not in known]
    unknown += [name for name in drop if name not in taken]
    if unknown:
        raise UsageFault(
            message("There is no such text property to take or drop: {names}.", names=joined(", ", unknown)),
            remedy=message("See them with: callerid config phones"),
        )
    chosen = tuple(sorted({*taken, *take} - set(drop)))
    _write("sync.phone_fields", json.dumps(chosen))
    return chosen


def _property(field: PhoneProperty, state: str) -> dict[str, str]:
    return {"kind": field.kind.value, "name": field.name, "label": field.label, "state": state}
