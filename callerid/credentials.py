"""The token of the CRM and the password of an address book: where they are read from, and how they stay secret."""

from __future__ import annotations

import re
import stat
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from callerid import files
from callerid.errors import ConfigFault, TokenFault
from callerid.messages import as_typed, joined, message
from callerid.token_scopes import SCOPES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from callerid.config.settings import Config

HOW_TO_LOG_IN = message("Put it into a file of yours (chmod 600); then type: callerid config set carddav.password_file FILE")
HOW_TO_SET_A_TOKEN = message(
    "Make a key in HubSpot (Development > Keys > Service keys) with the scopes {names}; put it into "
    "a file of yours (chmod 600); then type: callerid config set crm.token_file FILE",
    names=joined(", ", SCOPES),
)
_IN_A_HEADER = re.compile(r"\b(Bearer|Basic)\s+[^\s'\"]+", re.IGNORECASE)
_HEADER_SAFE = re.compile(r"[\x21-\x7e]{8,512}")
TOKEN_VARIABLE = "CALLERID_TOKEN"  # noqa: S105 - a name, no token
TOKEN_COMMAND = "crm.token_command"  # noqa: S105 - the name of a setting
PASSWORD_COMMAND = "carddav.password_command"  # noqa: S105 - the name of a setting


_LONG_ENOUGH = 8  # characters, as a token has them: a shorter password may be a part of any word
_secrets: set[str] = set()  # that this process has read


class Token:
    """A secret that prints as stars. `how_to_replace` says where another one is to be put, for a server that does not accept it;
    "" where nobody knows."""

    __slots__ = ("_secret", "how_to_replace")

    def __init__(self, secret: str, how_to_replace: str = "") -> None:
        self._secret, self.how_to_replace = secret, how_to_replace
        if len(secret) >= _LONG_ENOUGH:
            _secrets.add(secret)

    def reveal(self) -> str:
        """Return the secret itself, for the Authorization header and nothing else."""
        return self._secret

    def hidden_in(self, text: str) -> str:
        """Return a text with stars in place of the secret, which an answer may quote."""
        return text.replace(self._secret, "****")

    def __repr__(self) -> str:
        return "Token(****)"

    __str__ = __repr__


def without_secrets(text: str) -> str:
    """Return a text for a log or a terminal with stars in place of each secret that this process has read, and of what a header of
    a request has after Bearer or Basic. Nobody foresees what an error of a library quotes."""
    for secret in sorted(_secrets, key=len, reverse=True):
        text = text.replace(secret, "****")
    return _IN_A_HEADER.sub(r"\1 ****", text)


def read_token(config: Config, environ: Mapping[str, str], run: Callable[[tuple[str, ...]], str]) -> Token:
    """Return the token from CALLERID_TOKEN, else from crm.token_file, else from crm.token_command, which `run` runs.

    Raise TokenFault when there is no token or it is not valid, ConfigFault when others can read its file.
    """
    for source, secret in _sources(config, environ, run):
        if secret:
            return _checked(secret.strip(), source, _how_to_replace(config, source))
    raise TokenFault(message("There is no token for HubSpot."), remedy=HOW_TO_SET_A_TOKEN)


def check_token(config: Config, environ: Mapping[str, str], find: Callable[[str, tuple[str, ...]], object]) -> None:
    """Raise what `read_token` would, as far as that can be told without reading or running anything; `find` looks for the program
    of a setting, and raises what is wrong with it."""
    if environ.get(TOKEN_VARIABLE):
        return
    if config.crm.token_file:
        _check_filled(config.crm.token_file, "token", _how_to_fill(config.crm.token_file))
    elif config.crm.token_command:
        find(TOKEN_COMMAND, config.crm.token_command)


def check_password(config: Config, find: Callable[[str, tuple[str, ...]], object]) -> None:
    """Raise what `read_password` would, as `check_token` does for the token."""
    settings = config.carddav
    if not settings.user:
        return
    if settings.password_file:
        _check_filled(settings.password_file, "password", HOW_TO_LOG_IN)
    elif settings.password_command:
        find(PASSWORD_COMMAND, settings.password_command)
    else:
        raise _no_password(settings.user, message("is not set"))


def has_token_setting(config: Config, environ: Mapping[str, str]) -> bool:
    """Return whether the settings or the environment name a token. Whether there is one, only `read_token` can tell."""
    return bool(environ.get("CALLERID_TOKEN") or config.crm.token_file or config.crm.token_command)


def _sources(config: Config, environ: Mapping[str, str], run: Callable[[tuple[str, ...]], str]) -> list[tuple[str, str]]:
    if environ.get("CALLERID_TOKEN"):
        return [(TOKEN_VARIABLE, environ[TOKEN_VARIABLE])]
    if config.crm.token_file:
        return [(config.crm.token_file, _from_file(config.crm.token_file, message("token"), _how_to_fill(config.crm.token_file)))]
    if config.crm.token_command:
        return [(TOKEN_COMMAND, run(config.crm.token_command))]
    return []


def _how_to_fill(file: str) -> str:
    """Return how the token gets into a file that the settings name already."""
    return message("Put the token into it, alone on a line, then type: chmod 600 {path}", path=as_typed(Path(file).expanduser()))


def _how_to_replace(config: Config, source: str) -> str:
    """Return where a token of a source is to be replaced."""
    if source == TOKEN_VARIABLE:
        return message("Set {token_variable} to a valid one, or type: unset {token_variable}", token_variable=TOKEN_VARIABLE)
    if source == TOKEN_COMMAND:
        # its further words may be secret
        return message(
            "crm.token_command runs {program}: have it give a valid one, then type: callerid sync. Or type: callerid setup --again",
            program=as_typed(config.crm.token_command[0]),
        )
    return message(
        "Put a valid one into {path}, alone on a line, then type: callerid sync. Or type: callerid setup --again",
        path=as_typed(Path(source).expanduser()),
    )


def read_password(config: Config, run: Callable[[tuple[str, ...]], str]) -> Token | None:
    """Return the password of the address book from carddav.password_file, else from carddav.password_command, which `run` runs;
    None where no user is set: then the server asks for none.

    Raise TokenFault when there is none or it has several lines, ConfigFault when others can read its file.
    """
    settings = config.carddav
    if not settings.user:
        return None
    if settings.password_file:
        secret = _from_file(settings.password_file, message("password"), HOW_TO_LOG_IN)
    else:
        secret = run(settings.password_command) if settings.password_command else ""
    secret = secret.rstrip("\r\n")
    if not secret or not secret.isprintable():
        raise _no_password(settings.user, message("is not one line of text") if secret else message("is not set"))
    return Token(secret)


def _no_password(user: str, what: str) -> TokenFault:
    return TokenFault(message("The password of {user} {what}.", user=user, what=what), remedy=HOW_TO_LOG_IN)


def _check_filled(name: str, what: str, remedy: str) -> None:
    """Raise what reading a file of a secret would, and when it is empty, without reading it."""
    with _readable(name, what, remedy) as path:
        is_empty = path.stat().st_size == 0
        files.to_read(path).close()
    if is_empty:
        raise TokenFault(message("The {what} file {path} is empty.", what=what, path=path), remedy=remedy)


def _from_file(name: str, what: str, remedy: str) -> str:
    with _readable(name, what, remedy) as path:
        return files.read_text(path)


@contextmanager
def _readable(name: str, what: str, remedy: str) -> Iterator[Path]:
    """Give the path of a file of a secret that only its owner can read. Raise TokenFault, ConfigFault, also for what goes wrong
    inside."""
    path = Path(name).expanduser()
    try:
        state = path.stat()
        if not stat.S_ISREG(state.st_mode):
            raise TokenFault(message("The {what} file {path} is not a regular file.", what=what, path=path), remedy=remedy)
        if state.st_mode & 0o077:
            raise ConfigFault(
                message("The {what} file {path} can be read by others.", what=what, path=path),
                remedy=message("Type: chmod 600 {path}", path=as_typed(path)),
            )
        yield path
    except FileNotFoundError as fault:
        raise TokenFault(message("The {what} file {path} does not exist.", what=what, path=path), remedy=remedy) from fault
    except (OSError, UnicodeDecodeError) as fault:
        raise TokenFault(
            message("The {what} file {path} cannot be read ({name}).", what=what, path=path, name=type(fault).__name__),
            remedy=remedy,
        ) from fault


def can_be_token(text: str) -> bool:
    """Return whether a text has the form of a token: one word, which a header can carry."""
    return bool(_HEADER_SAFE.fullmatch(text))


def _checked(secret: str, source: str, how_to_replace: str) -> Token:
    if not can_be_token(secret):
        sentence = message(
            "What {source} gives is not a valid token: a token is one word of 8 to 512 plain characters.", source=source
        )
        raise TokenFault(sentence, remedy=how_to_replace)
    return Token(secret, how_to_replace)
