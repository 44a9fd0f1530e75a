"""callerid status: what is on, how fresh the data is, what became of the calls, and what is out of order."""

from __future__ import annotations

import click


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON; docs/json.md lists the keys.")
def status(*, as_json: bool) -> None:
    """Show what is on, how fresh the data is, what became of the calls, and what is out of order.

    Example: callerid status
    """
    from callerid.cli.quick.status import answer

    answer(as_json=as_json)
