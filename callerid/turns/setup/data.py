"""The step that asks where names come from: HubSpot, with a token that is tested before it is kept, a file, or the phone."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from callerid.config.edit import save
from callerid.credentials import HOW_TO_SET_A_TOKEN, TOKEN_VARIABLE, can_be_token, has_token_setting
from callerid.errors import CalleridError, ConfigFault, Offline, ScopeMissing, TokenFault, UsageFault
from callerid.messages import joined, message
from callerid.paths import TOKEN_FILE
from callerid.token_scopes import CONTACTS_READ, SCOPES, remedy_of, what_it_adds, without_it
from callerid.turns.context import utc_now
from callerid.turns.open_context import CrmConnection
from callerid.turns.setup.interview import StepResult, write_setting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from callerid.turns.context import AppContext
    from callerid.turns.setup.interview import Interview

_SOURCES = (
    ("hubspot", message("HubSpot: names, companies and deals; calls are logged there")),
    ("file", message("A CSV or vCard file of people")),
    ("phone", message("Only the phone's contacts")),
)
_ADD_SCOPES = (("go on", message("Go on without")), ("again", message("I have added them to the key: test again")))
_SECONDS = 20.0  # for all requests of a test
HOW_TO_MAKE_A_KEY = (
    message("How to make a key, in a browser:"),
    message("1. HubSpot > Development > Keys > Service keys > Create service key."),
    message("   (In an older portal: Settings > Integrations > Private Apps > Create a private app.)"),
    message("2. Give it these scopes:"),
    *(message("   {scope}: {adds}", scope=name, adds=what_it_adds(name)) for name in SCOPES),
    message("3. Create it, show the token, and copy it."),
)


def source(app: AppContext, interview: Interview, environ: Mapping[str, str]) -> StepResult:
    """Ask where names come from, and have what is needed for it. Raise ConfigFault, Left."""
    is_file = app.config.crm.provider == "file"
    match interview.choose("source", message("Where do names come from?"), _SOURCES, "file" if is_file else "hubspot"):
        case "file":
            return _people_file(app, interview)
        case "phone":
            if app.config.crm.token_file:
                write_setting(app, "crm.token_file", "")
            if is_file:
                write_setting(app, "crm.provider", "hubspot")
            return StepResult(says=message("the phone's contacts"))
    if is_file:
        write_setting(app, "crm.provider", "hubspot")
        app = replace(app, config=replace(app.config, crm=replace(app.config.crm, provider="hubspot")))
    return _hubspot(app, interview, environ)


def _people_file(app: AppContext, interview: Interview) -> StepResult:
    while True:
        typed = interview.text("people_file", message("The file of people (CSV or vCard), with its folder"), app.config.crm.file)
        path = Path(typed).expanduser()
        if typed and path.is_file():
            break
        wrong = UsageFault(
            message("There is no file {typed}.", typed=typed) if typed else message("No file is named."),
            remedy=message("Type: callerid setup --people-file FILE"),
        )
        if not interview.asks:
            return StepResult(says=message("no file"), missing=wrong)
        interview.tell(wrong.sentence)
    write_setting(app, "crm.file", str(path.absolute()))
    write_setting(app, "crm.provider", "file")
    return StepResult(says=message("a file of people"))


def _hubspot(app: AppContext, interview: Interview, environ: Mapping[str, str]) -> StepResult:
    """Test the token that is there; where there is none, or it is not accepted, ask for one."""
    named = interview.given("token_file")
    if named:
        file = str(Path(named).expanduser().absolute())
        write_setting(app, "crm.token_file", file)
        app = replace(app, config=replace(app.config, crm=replace(app.config.crm, token_file=file)))
    if has_token_setting(app.config, environ):
        tested = _tested(app, interview, environ)
        if not isinstance(tested.missing, TokenFault | ConfigFault) or isinstance(tested.missing, ScopeMissing):
            return tested
        if not interview.asks:
            return tested
        interview.tell(tested.missing.told)
    return _typed_token(app, interview, environ)


def _typed_token(app: AppContext, interview: Interview, environ: Mapping[str, str]) -> StepResult:
    """Ask for a token until one is accepted, and keep that in a file that nobody else can read."""
    for line in HOW_TO_MAKE_A_KEY if interview.asks else ():
        interview.tell(line)
    while True:
        typed = interview.secret(message("Paste the token (it is not shown), or nothing for later"))
        if not typed:
            return StepResult(
                says=message("no token yet"),
                missing=TokenFault(message("There is no token for HubSpot."), remedy=HOW_TO_SET_A_TOKEN),
            )
        if not can_be_token(typed):
            interview.tell(message("This is not a token: a token is one word of 8 to 512 plain characters. Nothing was kept."))
            continue
        tested = _tested(app, interview, {**environ, TOKEN_VARIABLE: typed})
        if isinstance(tested.missing, TokenFault) and not isinstance(tested.missing, ScopeMissing):
            interview.tell(message("{sentence} Nothing was kept.", sentence=tested.missing.sentence))
            continue
        file = app.paths.config_file.parent / TOKEN_FILE
        save(file, f"{typed}\n")
        write_setting(app, "crm.token_file", str(file))
        return tested


def _tested(app: AppContext, interview: Interview, environ: Mapping[str, str]) -> StepResult:
    """Ask the CRM which scopes a token lacks, tell each, and ask again as long as the person adds some."""
    while True:
        try:
            lacking = _lacking(app, environ)
        except Offline as fault:
            offline = Offline(fault.sentence, remedy=message("Type the same again when there is a network."))
            return StepResult(says=message("the token was not tested"), missing=offline)
        except CalleridError as fault:
            return StepResult(says=message("the token was not tested"), missing=fault)
        for name in SCOPES:
            interview.tell(without_it(name) if name in lacking else message("{name}: granted", name=name))
        if not lacking:
            return StepResult(says=message("HubSpot; the token may read and write all that callerid uses"))
        again = interview.choose("scopes", message("{count} scopes are missing", count=len(lacking)), _ADD_SCOPES, "go on")
        if again == "go on":
            missing = ScopeMissing(without_it(lacking[0]), remedy=remedy_of(joined(", ", lacking)))
            return StepResult(says=message("HubSpot; the token lacks {names}", names=joined(", ", lacking)), missing=missing)


def _lacking(app: AppContext, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return which scopes the token of an environment lacks. Raise CalleridError when the CRM does not tell."""
    with CrmConnection(app, environ, time.sleep, utc_now) as connection:
        crm = connection()
        try:
            with crm.time_budget(_SECONDS):
                return tuple(crm.missing_of(SCOPES, before=()))
        except ScopeMissing as fault:
            if not fault.by_crm:
                raise
            return (CONTACTS_READ,)
