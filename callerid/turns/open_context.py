"""Opens an application context: the one place where settings, texts and edges come together."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from callerid.catalogue import language_of, load
from callerid.errors import CommandMissing, ConfigFault, DiskFull
from callerid.logs import log
from callerid.messages import message
from callerid.paths import beside_settings
from callerid.store.ledger.database import open_ledger
from callerid.store.mirror.database import Mirror
from callerid.turns.context import PHONE_SOURCE, AppContext
from callerid.turns.region import configured_region

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from callerid.config.settings import Config
    from callerid.crm.port import Crm, Source
    from callerid.models import Page
    from callerid.paths import Paths
    from callerid.phone.command_runner import CommandRunner
    from callerid.store.ledger.database import Ledger

_ENVIRONMENT_OF_ACTIONS = ("CALLERID_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")
_TOKEN_COMMAND_TIMEOUT = 30.0  # seconds; it may ask for a finger


def open_app(paths: Paths, config: Config, runner: CommandRunner, environ: Mapping[str, str]) -> AppContext:
    """Return an application context for this thread. `runner` starts commands; `environ` tells the language and what actions need.
    Raise StoreFault, CommandMissing."""
    ledger = _open_ledger(paths)
    app = AppContext(
        paths=paths,
        config=config,
        texts=load(language_of(config.language, environ.get("LANG", "")), config.honorific),
        region="",
        ledger=ledger,
        mirror=Mirror(paths.mirror, _page_filter(ledger)),
        runner=runner,
        event_program=event_program(),
        action_environment=action_environment(environ),
    )
    return replace(app, region=configured_region(app.ledger, app.config))


def _page_filter(ledger: Ledger) -> Callable[[Page, str], Page]:
    """Return what leaves out of a page who is forgotten."""

    def filter_page(page: Page, region: str) -> Page:
        from callerid.turns.upkeep.forgotten_pages import without_forgotten  # it loads the numbers, which a status does not need

        return without_forgotten(ledger.block_list, page, region)

    return filter_page


def _open_ledger(paths: Paths) -> Ledger:
    """Open the ledger. Its journal and its shared memory take space, which may be the reserved one: nothing can be stored without
    them."""
    try:
        return open_ledger(paths.ledger, paths.block_list_key)
    except DiskFull:
        from callerid.store.reserve import Reserve

        if not Reserve(paths.reserve).give_back():
            raise
        return open_ledger(paths.ledger, paths.block_list_key)


def with_config(app: AppContext, config: Config, environ: Mapping[str, str]) -> AppContext:
    """Return the application context with new settings."""
    texts = load(language_of(config.language, environ.get("LANG", "")), config.honorific)
    updated = replace(app, config=config, texts=texts)
    return replace(updated, region=configured_region(updated.ledger, updated.config))


def action_environment(environ: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return the variables that a notification's action needs: Android starts it without our environment."""
    return tuple((name, environ[name]) for name in _ENVIRONMENT_OF_ACTIONS if environ.get(name, "").startswith("/"))


def event_program() -> Path:
    """Return the path of callerid-event: beside this Python, in bin/ of a checkout, or on PATH. Raise CommandMissing."""
    beside = Path(sys.executable).parent / "callerid-event"
    checkout = Path(__file__).resolve().parents[2] / "bin" / "callerid-event"
    for place in (beside, checkout):
        if place.is_file():
            return place.absolute()
    import shutil

    on_path = shutil.which("callerid-event")
    if on_path and Path(on_path).is_file():
        return Path(on_path).absolute()
    raise CommandMissing(
        message("callerid-event is not installed."), remedy=message("Type: pip install --force-reinstall callerid")
    )


def read_secret(app: AppContext, setting: str, words: tuple[str, ...]) -> str:
    """Return what the command of a setting prints: a token, or a password. Raise ConfigFault when there is no such program,
    PhoneFault. What it leaves running, such as an agent that keeps a key, is not ours to end."""
    from callerid.turns.hooks.program import find_program, not_started
    from callerid.turns.orphans import STARTED_BY

    runner = app.termux.runner
    argv = find_program(setting, words, runner)
    try:
        return runner.run(argv, timeout=_TOKEN_COMMAND_TIMEOUT, environment=runner.without(STARTED_BY)).stdout
    except CommandMissing as fault:
        raise not_started(argv[0]) from fault


def people_file(paths: Paths, config: Config) -> Path:
    """Return the path of the file from which names come. Raise ConfigFault where none is named."""
    if not config.crm.file:
        raise ConfigFault(
            message('crm.provider is "file", but no file is named.'), remedy=message("Type: callerid config set crm.file FILE")
        )
    return beside_settings(paths, config.crm.file)


class CrmConnection:
    """A connection to the CRM, opened by the first call (which may raise TokenFault, ConfigFault) and closed at the end."""

    def __init__(
        self, app: AppContext, environ: Mapping[str, str], wait: Callable[[float], None], clock: Callable[[], datetime]
    ) -> None:
        self._app, self._environ, self._wait, self._clock = app, environ, wait, clock
        self._connected: Crm | None = None

    def __call__(self) -> Crm:
        """Return the CRM of the settings."""
        if self._app.config.crm.provider == "file":
            raise ConfigFault(
                message("A file of people is only read; calls and corrections need a CRM."),
                remedy=message("Type: callerid config set crm.provider hubspot"),
            )
        if self._connected is None:
            from callerid.credentials import read_token
            from callerid.crm.hubspot.client import HubSpot
            from callerid.crm.hubspot.http.request_log import FileRequestLog

            secret = read_token(self._app.config, self._environ, self._read_output)
            url = self._app.config.crm.url
            request_log = FileRequestLog(self._app.paths.requests_sent)
            account = self._app.mirror.account()
            self._connected = HubSpot(
                secret,
                url=url,
                wait=self._wait,
                clock=self._clock,
                report_fault=_log_fault,
                request_log=request_log,
                time_zone=account.time_zone if account else "",
                call_fields=self._app.config.log.fields,
            )
        return self._connected

    def source(self) -> Source:
        """Return what the mirror is built from: the CRM, a file, or, where no token was ever set, the phone contacts.

        Raise TokenFault, ConfigFault.
        """
        config = self._app.config
        if config.crm.provider == "file":
            return self._file(config)
        from callerid.credentials import has_token_setting

        if not has_token_setting(config, self._environ) and self._app.mirror.facts().source in ("", PHONE_SOURCE):
            return self._phone()
        return self()

    def _file(self, config: Config) -> Source:
        from callerid.crm.file.source import file_source

        return file_source(
            people_file(self._app.paths, config),
            config.crm.columns,
            config.crm.encoding,
            clock=self._clock,
            report_fault=_log_fault,
        )

    def _phone(self) -> Source:
        from callerid.crm.file.source import phone_source

        return phone_source(PHONE_SOURCE, self._app.termux.contact_list, clock=self._clock, report_fault=_log_fault)

    def _read_output(self, argv: tuple[str, ...]) -> str:
        from callerid.credentials import TOKEN_COMMAND

        return read_secret(self._app, TOKEN_COMMAND, argv)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._connected is not None:
            self._connected.close()


def _log_fault(place: str) -> None:
    log.warning("%s", message("sync: {place}; it was skipped", place=place))
