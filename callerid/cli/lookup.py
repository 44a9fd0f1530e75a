"""Commands that look up numbers: match and lookup."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

import click

from callerid.cli.language.json_answers import json_fault, json_text, print_json
from callerid.cli.language.output import echo
from callerid.cli.session import open_session
from callerid.messages import message, stored

if TYPE_CHECKING:
    from collections.abc import Callable

_MATCHES = {
    "exact": message("exact"),
    "same-line": message("same-line"),
    "probable": message("probable"),
    "none": message("none"),
}


@click.command()
@click.argument("a", required=False)
@click.argument("b", required=False)
@click.option("--region", default="", help="The region of numbers without a country code, for example DE. Default: the phone's.")
@click.option(
    "--file",
    "path",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True),
    help="Compare each pair of a file of JSON Lines (a, b, region; other keys are kept) and print each with match and why.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON: match, why.")
def match(a: str | None, b: str | None, region: str, path: str | None, *, as_json: bool) -> None:
    """Compare two numbers: exact, same-line, probable or none, and why.

    Example: callerid match "0171 1234567" "+49 171 1234567" --region DE
    """
    from callerid.core import numbers
    from callerid.errors import UsageFault

    if region and not numbers.is_region(region.upper()):
        raise UsageFault(
            message("{region!r} is not a region.", region=region), remedy=message("A region is two letters, as in: --region DE")
        )
    if path and not a:
        _match_file(path, region.upper())
        return
    if a is None or b is None or path:
        raise UsageFault(
            message("Two numbers, or a file of pairs, are needed."),
            remedy=message("Type: callerid match A B, or: callerid match --file FILE"),
        )
    where = region.upper() or _region()
    result = numbers.match(a, b, where)
    if not where and not all(number.lstrip(" (").startswith("+") for number in (a, b)):
        echo(message("No region is known, so a number without a country code is only its digits. Name one: --region DE"), err=True)
    if as_json:
        print_json({"match": result.match.value, "why": result.why})
    else:
        echo(message("{match}: {why}", match=_MATCHES[result.match], why=stored(result.why)))


def _match_file(path: str, region: str) -> None:
    """Print a line for each line of a file that is not blank: the pair with its match, or what is wrong with it."""
    from callerid.core import numbers
    from callerid.errors import UsageFault

    bad, default = 0, cache(lambda: region or _region())
    with click.open_file(path, encoding="utf-8-sig", errors="replace") as lines:
        for place, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            row: dict[str, object] = {}
            try:
                row = _row(line)
                first, second, pair_region = _pair(row, default)
            except ValueError as fault:
                echo(message("line {place}: {fault}", place=place, fault=fault.args[0]), err=True)
                click.echo(json_text(row | {"line": place, "error": str(fault)}))
                bad += 1
                continue
            result = numbers.match(first, second, pair_region)
            click.echo(json_text(row | {"match": result.match.value, "why": result.why}))
    if bad:
        raise UsageFault(
            message("{bad} of the lines could not be read as pairs.", bad=bad),
            remedy=message('A line is: {"region": "DE", "a": "…", "b": "…"}'),
        )


def _row(line: str) -> dict[str, object]:
    """Return a line's keys. Raise ValueError when it is not a JSON object."""
    try:
        row = json.loads(line.rstrip("\r\n"))
    except (ValueError, RecursionError) as fault:
        raise ValueError(message("it is not valid JSON: {json_fault}", json_fault=json_fault(fault))) from fault
    if not isinstance(row, dict):
        raise ValueError(message("it is not a JSON object"))
    return row


def _pair(row: dict[str, object], default: Callable[[], str]) -> tuple[str, str, str]:
    """Return a line's two numbers and its region. Raise ValueError when it is not a pair."""
    from callerid.core import numbers

    first, second, region = row.get("a"), row.get("b"), row.get("region") or default()
    if not (isinstance(first, str) and isinstance(second, str) and isinstance(region, str)):
        raise ValueError(message("a, b and region have to be texts"))
    if region and not numbers.is_region(region.upper()):
        raise ValueError(message("{region!r} is not a region", region=region))
    return first, second, region.upper()


def _region() -> str:
    with open_session() as app:
        return app.region


@click.command()
@click.argument("number", metavar="NUMBER|NAME")
@click.option(
    "--json", "as_json", is_flag=True, help="Print JSON: number, certainty, title, body, people, saved, company, companies."
)
def lookup(number: str, *, as_json: bool) -> None:
    """Show who NUMBER is, as its card would, or the people of a NAME (whole, a part of it, or an e-mail address).

    Example: callerid lookup "087 123 4567"
    """
    from callerid.cli.quick.lookup import answer

    answer(number, as_json=as_json)
