"""The steps of a setup, in their order, and what was done of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from callerid.turns.setup import answers, data, permissions, rings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from callerid.store.ledger.key_value import KeyValues
    from callerid.turns.context import AppContext
    from callerid.turns.setup.interview import Interview, StepResult

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
    """A step: its name, which options of the command answer it, and what takes it. Without `take`, it is the first sync, which
    the command does with its own progress."""

    name: str
    options: tuple[str, ...] = ()
    take: Callable[[AppContext, Interview, Edges], StepResult] | None = None


STEPS = (
    Step(name="region", options=("region",), take=lambda app, interview, _: answers.region(app, interview)),
    Step(name="language", options=("language",), take=lambda app, interview, _: answers.language(app, interview)),
    Step(
        name="names",
        options=("source", "token_file", "people_file"),
        take=lambda app, interview, edges: data.source(app, interview, edges.environ),
    ),
    Step(name="permissions", take=lambda app, interview, edges: permissions.permissions(app, interview, edges.environ)),
    Step(
        name="rings",
        options=("automation",),
        take=lambda app, interview, edges: rings.route(app, interview, edges.environ, lambda: edges.take_inbox(app), edges.sleep),
    ),
    Step(name="sync"),
    Step(name="notification", take=lambda app, interview, _: rings.notification(app, interview)),
    Step(name="card", take=lambda app, interview, _: rings.ring(app, interview)),
)


def done(key_values: KeyValues) -> dict[str, str]:
    """Return what the finished steps of an earlier setup did, by their names."""
    stored: dict[str, str] = json.loads(key_values.read(_DONE) or "{}")
    return stored


def note_done(key_values: KeyValues, name: str, says: str) -> None:
    """Store that a step is finished, and what it did. A name of a person or of a file is not in it."""
    key_values.write(_DONE, json.dumps(done(key_values) | {name: says}))
