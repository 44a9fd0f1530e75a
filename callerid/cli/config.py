"""Commands that show and change settings: on, off, log-screen, config. A running daemon takes a change at once."""

from __future__ import annotations

from pathlib import Path

import click

from callerid.cli.config_phones import phones
from callerid.cli.session import home, print_json, settings

_FILES = ("crm.file", "crm.token_file")


def change(key: str, value: str) -> None:
    """Write one setting into the file. Raise ConfigFault."""
    from callerid.config.edit import save, set_value

    where = home()
    text = where.config_file.read_text(encoding="utf-8") if where.config_file.exists() else ""
    save(where.config_file, set_value(text, key, value))


@click.command()
def on() -> None:
    """Switch caller ID on, in a running daemon too."""
    change("enabled", "true")
    click.echo("caller ID is on")


@click.command()
def off() -> None:
    """Switch caller ID off, in a running daemon too. Calls are still recorded, and nothing is asked about them."""
    change("enabled", "false")
    click.echo("caller ID is off")


@click.command()
@click.argument("switch", type=click.Choice(["on", "off"]))
def log_screen(switch: str) -> None:
    """Switch the dialog after a call on or off; the notification stays either way."""
    change("log.screen", "true" if switch == "on" else "false")
    click.echo(f"the log screen is {switch}")


@click.group()
def config() -> None:
    """Show, check and change the settings."""


@config.command()
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON: the keys with their values.")
def show(*, as_json: bool) -> None:
    """Show every setting with its value. The token is not among them."""
    from callerid.config.settings import toml_values

    where, current = settings()
    values = toml_values(current)
    if as_json:
        print_json(dict(values))
        return
    click.echo(f"# {where.config_file}")
    for key, value in values:
        click.echo(f"{key} = {value}")


@config.command()
def check() -> None:
    """Check the settings file; every fault is listed at once with its line and what to do."""
    where, _ = settings()
    click.echo(f"{where.config_file}: good" if where.config_file.exists() else f"{where.config_file}: absent, all defaults")


@config.command()
def sample() -> None:
    """Print a settings file with every key, its default and what it means."""
    from callerid.config.settings import sample_file

    click.echo(sample_file(), nl=False)


@config.command()
def path() -> None:
    """Print where the settings file is."""
    click.echo(str(home().config_file))


@config.command(name="set")
@click.argument("key")
@click.argument("value")
def set_(key: str, value: str) -> None:
    """Set one KEY, such as log.min_duration, to VALUE; comments in the file are kept."""
    if key in _FILES and value and not value.startswith("~"):
        value = str(Path(value).absolute())  # what a daemon in another folder reads
    change(key, value)
    click.echo(f"{key} = {value}")


config.add_command(phones)
