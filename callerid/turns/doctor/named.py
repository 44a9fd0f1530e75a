"""What the settings name outside of themselves: programs, files, an address, owners. What is wrong with it is said in the words of
the command that uses it. Nothing is run, and no secret is read."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from callerid.core.upkeep.health import HOOKS
from callerid.credentials import TOKEN_VARIABLE, check_password, check_token
from callerid.errors import CalleridError, StoreFault, UsageFault
from callerid.turns.hooks.program import find_program, of_setting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from callerid.config.settings import Config
    from callerid.paths import Paths
    from callerid.phone.command_runner import CommandRunner
    from callerid.store.mirror.database import Mirror


def faults_of_named(config: Config, mirror: Mirror, runner: CommandRunner) -> Iterator[CalleridError]:
    """Yield the fault of each hook's program, and those of the address book: its address, its password and its owner."""
    find = partial(_find, runner)
    for event, setting in HOOKS.items():
        yield from _faults(partial(find, setting, getattr(config.hooks, event)))
    yield from _faults(
        partial(_check_url, config), partial(check_password, config, find), partial(_check_book_owner, config, mirror)
    )


def faults_of_crm(config: Config, mirror: Mirror, runner: CommandRunner, paths: Paths) -> Iterator[CalleridError]:
    """Yield the fault of what names come from, a file or the token of the CRM, and of the owner in whose name calls are logged."""
    if config.crm.provider == "file":
        yield from _faults(partial(_check_people, config, paths))
        return
    environ = {TOKEN_VARIABLE: runner.variable(TOKEN_VARIABLE)}
    yield from _faults(partial(check_token, config, environ, partial(_find, runner)), partial(_check_owner, config, mirror))


def check_book_address(url: str) -> None:
    """Raise UsageFault for an address to which no address book can be sent; "" is none."""
    if url:
        from callerid.carddav.connection import checked_url  # it loads what makes requests

        checked_url(url)


def _faults(*checks: Callable[[], object]) -> Iterator[CalleridError]:
    for check in checks:
        try:
            check()
        except CalleridError as fault:
            yield fault


def _find(runner: CommandRunner, setting: str, words: tuple[str, ...]) -> None:
    if words:
        find_program(setting, words, runner)


def _check_url(config: Config) -> None:
    try:
        check_book_address(config.carddav.url)
    except UsageFault as fault:
        raise of_setting("carddav.url", fault) from fault


def _check_book_owner(config: Config, mirror: Mirror) -> None:
    from callerid.turns.addressbook.exported_people import owner_id

    if not (config.carddav.url and config.carddav.owner and _knows_owners(mirror)):
        return
    try:
        owner_id(mirror, config, config.carddav.owner)
    except UsageFault as fault:
        raise of_setting("carddav.owner", fault) from fault


def _check_owner(config: Config, mirror: Mirror) -> None:
    from callerid.turns.sync.mirror_scope import owner_fault

    fault = owner_fault(mirror, config) if config.crm.owner and _knows_owners(mirror) else None
    if fault:
        raise fault


def _knows_owners(mirror: Mirror) -> bool:
    """Return whether the mirror knows any owners. One that is not there is not made for that."""
    with suppress(StoreFault):
        return mirror.file.path.exists() and bool(mirror.owners())
    return False


def _check_people(config: Config, paths: Paths) -> None:
    from callerid.crm.file.source import check_file
    from callerid.turns.open_context import people_file

    check_file(people_file(paths, config), config.crm.columns, config.crm.encoding)
