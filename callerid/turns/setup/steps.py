"""The steps of a setup, in their order, what was done of them, and the two steps that only ask."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from callerid.core import numbers
from callerid.core.upkeep.health import Source
from callerid.errors import CalleridError, UsageFault
from callerid.messages import message, template
from callerid.records import dataclass
from callerid.turns.setup import data, permissions, rings
from callerid.turns.setup.interview import StepResult, write_setting

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from callerid.store.ledger.key_value import KeyValues
    from callerid.turns.context import AppContext
    from callerid.turns.setup.interview import Interview

_LANGUAGES = (("auto", message("that of the phone")), ("en", "English"), ("ja", "日本語"))
_DONE = "setup"  # in the key values: what each finished step did


@dataclass(frozen=True, slots=True, kw_only=True)
class Edges:
    """What a step uses beside the application context: the environment, how it waits (seconds), and what handles the
    events that have arrived."""

    environ: Mapping[str, str]
    sleep: Callable[[float], None]
    take_inbox: Callable[[AppContext], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step: its name, which options of the command answer it, whose troubles show that what it did works no longer, and what
    takes it. Without `take`, it is the first sync, which the command does with its own progress."""

    name: str
    options: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    take: Callable[[AppContext, Interview, Edges], StepResult] | None = None


def _region(app: AppContext, interview: Interview) -> StepResult:
    """Ask for the region of numbers without a country code; that of the SIM is proposed. Raise ConfigFault, Left."""
    found = app.region
    while True:
        typed = interview.text(
            "region", message("Your country, as two letters (for numbers without a country code)"), found
        ).upper()
        if numbers.is_region(typed):
            break
        wrong = message("{typed!r} is not a region.", typed=typed) if typed else message("The phone does not tell its country.")
        if not interview.asks:
            return StepResult(
                says=message("unknown"), missing=UsageFault(wrong, remedy=message("Type: callerid setup --region DE"))
            )
        interview.tell(message("{wrong} A region is two letters, such as DE, GB or JP.", wrong=wrong))
    is_of_sim = app.config.region == "auto" and typed == found
    if not is_of_sim and typed != app.config.region:
        write_setting(app, "region", typed)
    return StepResult(says=message("{typed}, as the SIM tells", typed=typed) if is_of_sim else typed)


def _language(app: AppContext, interview: Interview) -> StepResult:
    """Ask for the language of cards and questions. Raise ConfigFault, Left."""
    chosen = interview.choose("language", message("Language of cards and questions"), _LANGUAGES, app.config.language)
    if chosen != app.config.language:
        write_setting(app, "language", chosen)
    return StepResult(says=dict(_LANGUAGES)[chosen])


STEPS = (
    Step(name=template("region"), options=("region",), take=lambda app, interview, _: _region(app, interview)),
    Step(name=template("language"), options=("language",), take=lambda app, interview, _: _language(app, interview)),
    Step(
        name=template("names"),
        options=("source", "token_file", "people_file"),
        take=lambda app, interview, edges: data.source(app, interview, edges.environ),
    ),
    Step(
        name=template("permissions"),
        sources=(Source.CALL_LOG, Source.PHONE_CONTACTS, Source.DIALOGS),
        take=lambda app, interview, edges: permissions.permissions(app, interview, edges.environ),
    ),
    Step(
        name=template("rings"),
        options=("automation",),
        sources=(Source.RINGS, Source.STREAM, Source.TELEPHONY, Source.NOTIFICATION_LIST),
        take=lambda app, interview, edges: rings.route(app, interview, edges.environ, lambda: edges.take_inbox(app), edges.sleep),
    ),
    Step(name=template("sync"), sources=(Source.SYNC, Source.MIRROR)),
    Step(
        name=template("notification"),
        sources=(Source.NOTIFICATIONS,),
        take=lambda app, interview, _: rings.notification(app, interview),
    ),
    Step(name=template("card"), take=lambda app, interview, _: rings.ring(app, interview)),
)


def done(key_values: KeyValues) -> dict[str, str]:
    """Return what the finished steps of an earlier setup did, by their names."""
    stored: dict[str, str] = json.loads(key_values.read(_DONE) or "{}")
    return stored


def looked_at_again(key_values: KeyValues, step: Step, says: str) -> StepResult:
    """Return what a finished step did, or what is wrong with it now, which the ledger knows."""
    wrong = next((trouble for trouble in key_values.troubles() if trouble.source in step.sources), None)
    if wrong is None:
        return StepResult(says=says)
    return StepResult(says=wrong.sentence, missing=CalleridError(wrong.sentence, remedy=wrong.remedy), asked_again=False)


def note_done(key_values: KeyValues, name: str, says: str) -> None:
    """Store that a step is finished, and what it did. A name of a person or of a file is not in it."""
    key_values.write(_DONE, json.dumps(done(key_values) | {name: says}))


def forget_done(key_values: KeyValues) -> None:
    """Take every step as not done: a setup that is taken again, and left, goes on where it was left."""
    key_values.write(_DONE, "{}")
