"""callerid missed: who is to be called back."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import click

from callerid.cli.language.json_answers import print_json
from callerid.cli.language.moments import moment
from callerid.cli.language.output import print_fitted
from callerid.cli.language.together import refuse_together
from callerid.cli.session import open_session
from callerid.cli.views.listing import print_csv, width
from callerid.core.callers.json_values import deal_json

if TYPE_CHECKING:
    from callerid.core.missed.missed_caller import MissedCaller

_MOST = 1_000_000


@click.command()
@click.option("-n", "--limit", default=20, show_default=True, type=click.IntRange(1, _MOST), help="The number of people.")
@click.option("--since", default="30d", show_default=True, help="Only people whose last missed call was since then.")
@click.option("--open", "only_open", is_flag=True, help="Only people where business hours run now, or may do so.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: a list of people.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
def missed(limit: int, since: str, *, only_open: bool, as_json: bool, as_csv: bool) -> None:
    """List who called, was missed and not called back: those with the highest value of open deals first, then those who tried most
    often. Amounts of several currencies are added up as they are.

    The time of day is that of the number's country code or area; a number that may be in several zones shows the first and the
    last. Business hours are the setting business_hours.

    Example: callerid missed --open
    """
    from callerid.core.missed.business_hours import OpenNow
    from callerid.core.missed.missed_table import csv_rows, missed_table
    from callerid.turns.context import utc_now
    from callerid.turns.views.missed_callers import missed_callers

    refuse_together("missed", {"--json": as_json, "--csv": as_csv})
    with open_session() as app:
        app.mirror.reindex_when_free(app.region)
        now, texts = utc_now(), app.texts
        every = missed_callers(app, moment(app, since, now), now)
    wanted = (caller for caller in every if not only_open or caller.open_now in (OpenNow.OPEN, OpenNow.DEPENDS))
    callers = tuple(islice(wanted, limit))
    if as_json:
        print_json([_caller_json(caller) for caller in callers])
    elif as_csv:
        print_csv(csv_rows(callers))
    else:
        nobody = texts.say("call_back.none_open", count=len(every)) if every else texts.say("call_back.none")
        print_fitted("\n".join(missed_table(callers, width(), texts)) or nobody)


def _caller_json(caller: MissedCaller) -> dict[str, object]:
    last = caller.last
    return {
        "who": last.who,
        "company": last.company,
        "contact_id": last.contact_id or None,
        "number": last.number,
        "attempts": caller.attempts,
        "first": caller.first.isoformat(),
        "last": last.start.isoformat(),
        "last_call": last.key,
        "deal_values": {currency: str(value) for currency, value in caller.deal_values},
        "deals": [deal_json(deal) for deal in caller.deals],
        "zones": list(caller.zones),
        "local_times": [local.isoformat(timespec="minutes") for local in caller.local_times],
        "business_hours": caller.open_now.value,
    }
