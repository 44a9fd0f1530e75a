"""callerid calls: the calls of the ledger, chosen by person, company, state, type, SIM and time."""

from __future__ import annotations

import click

from callerid.cli.language.json_answers import print_json
from callerid.cli.language.moments import moment
from callerid.cli.language.output import print_fitted, print_text
from callerid.cli.language.together import refuse_together
from callerid.cli.session import open_session
from callerid.cli.views.listing import print_csv, width
from callerid.core.callers.json_values import call_json
from callerid.core.followup.states import REFUSED, ShownState, State
from callerid.models import CallType

_MOST = 1_000_000
_TYPES = tuple(kind.value.lower() for kind in CallType if kind is not CallType.UNKNOWN)
_STATES = tuple(state.value for state in ShownState)
_STORED_STATES = tuple(state.value for state in State)
_SAID_EARLIER = tuple(state.value for state in (State.OPEN, State.NOTIFIED, State.GATHERED, State.ADDING, State.QUEUED, *REFUSED))


class _StateChoice(click.Choice[str]):
    """A state by its name, or by what the list of calls says of it, or said in an earlier version, in any language."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        state = _state_that_is_shown_as(value) or value
        return state if state in _STORED_STATES else super().convert(state, param, ctx)


def _state_that_is_shown_as(word: str) -> str | None:
    from callerid.catalogue import LANGUAGES, load

    said = [(f"earlier_state.{state}", state) for state in _SAID_EARLIER]
    said += [(f"state.{state}", state.value) for state in ShownState]
    return {load(language).say(key).casefold(): state for language in LANGUAGES for key, state in said}.get(word.casefold())


@click.command()
@click.argument("who", required=False, default="")
@click.option(
    "-n", "--limit", default=20, show_default=True, type=click.IntRange(1, _MOST), help="The number of calls, newest first."
)
@click.option("--company", default="", help="Only calls with people of a company, by a part of its name.")
@click.option(
    "--state",
    "states",
    multiple=True,
    type=_StateChoice(_STATES),
    help="Only calls in this state, by its name or as the list shows it; may be repeated.",
)
@click.option("--type", "types", multiple=True, type=click.Choice(_TYPES), help="Only calls of this type; may be repeated.")
@click.option("--sim", "sims", multiple=True, help="Only calls of this SIM, as --json names it; may be repeated.")
@click.option(
    "--since", default="", help="Only calls since then: 12h, 30d, 2w, today, yesterday, 2026-11-01 or '2026-11-01 14:00'."
)
@click.option("--until", default="", help="Only calls before then.")
@click.option("--missed", is_flag=True, help="Only calls that came in and were not taken.")
@click.option("--not-called-back", is_flag=True, help="Only missed calls since which nobody spoke with or called the person.")
@click.option("--unlogged", is_flag=True, help="Only calls that are not in the CRM.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: a list of calls.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV with the columns of HubSpot's import of calls.")
def calls(
    who: str,
    limit: int,
    company: str,
    states: tuple[str, ...],
    types: tuple[str, ...],
    sims: tuple[str, ...],
    since: str,
    until: str,
    *,
    missed: bool,
    not_called_back: bool,
    unlogged: bool,
    as_json: bool,
    as_csv: bool,
) -> None:
    """List calls with names and states, newest first; with WHO (a number, name, e-mail address or id) only those with them.

    Example: callerid calls "Ana López" --since 30d --missed
    """
    from callerid.core.wording.call_table import call_table, csv_rows
    from callerid.core.wording.times import duration
    from callerid.turns.context import utc_now
    from callerid.turns.views.chosen_calls import CallChoice, chosen_calls

    refuse_together("calls", {"--json": as_json, "--csv": as_csv})
    with open_session() as app:
        app.mirror.reindex_when_free(app.region)
        now = utc_now()
        choice = CallChoice(
            who="" if as_csv and who == "-" else who,  # as in hygiene --csv -: stdout, and nobody's name
            company=company,
            states=states,
            types=tuple(kind.upper() for kind in types),
            sims=sims,
            since=moment(app, since, now),
            until=moment(app, until, now),
            unlogged=unlogged,
            missed=missed,
            not_called_back=not_called_back,
        )
        listed, texts = chosen_calls(app, choice, limit, now), app.texts
        rows = csv_rows(listed, app.config.log.own_number, app.crm_texts) if as_csv else []
    if as_json:
        print_json([call_json(call) | {"length": duration(call.duration, texts)} for call in listed])
    elif as_csv:
        print_csv(rows)
    elif listed:
        print_text("\n".join(call_table(listed, width(), texts)))
    else:
        print_fitted(texts.say("calls.none_yet" if choice == CallChoice() else "calls.none"))
