"""callerid config phones: which properties of the CRM are read as phone numbers, and which may be."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from callerid.cli.session import open_session, print_json

if TYPE_CHECKING:
    from callerid.models import PhoneField, PortalInfo


@click.command()
@click.option("--take", multiple=True, metavar="NAME", help="Read this text property as a phone number too.")
@click.option("--drop", multiple=True, metavar="NAME", help="No longer read this one.")
@click.option(
    "--json", "as_json", is_flag=True, help="Answer as JSON: a list of kind, name, label, state (read, taken, suggested)."
)
def phones(take: tuple[str, ...], drop: tuple[str, ...], *, as_json: bool) -> None:
    """Show which properties are read as phone numbers, and text properties that look as if they should be.

    A property of the CRM's own phone type is always read. A text that looks like one is only suggested: take it with --take.
    """
    portal_info, taken = _asked()
    if take or drop:
        taken = _changed(portal_info, taken, take, drop)
    rows = [_row(field, "read") for field in portal_info.phone_fields]
    rows += [_row(field, "taken" if field.name in taken else "suggested") for field in portal_info.suggested_phone_fields]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(f"{row['kind']:<10} {row['name']:<32} {row['label']:<32} {row['state']}")
    if any(row["state"] == "suggested" for row in rows):
        click.echo("take one with: callerid config phones --take NAME", err=True)
    if take or drop:
        click.echo("the next sync reads everything anew (callerid sync)", err=True)


def _asked() -> tuple[PortalInfo, tuple[str, ...]]:
    from callerid.errors import ConfigFault
    from callerid.turns.context import utc_now
    from callerid.turns.open_context import CrmConnection, environment

    with open_session() as opened, CrmConnection(opened, environment(), time.sleep, utc_now) as line:
        if opened.config.crm.provider == "file":
            raise ConfigFault(
                "A file's columns are not suggested: those that look like phone numbers are read.",
                remedy="Say what a column is: callerid config set crm.columns 'COLUMN = phone'",
            )
        return line().portal_info(), opened.config.sync.phone_fields


def _changed(portal_info: PortalInfo, taken: tuple[str, ...], take: tuple[str, ...], drop: tuple[str, ...]) -> tuple[str, ...]:
    """Write the new choice into the settings and return it. Raise UsageFault for a property that there is not."""
    import json

    from callerid.cli.config import change
    from callerid.errors import UsageFault

    known = {field.name for field in portal_info.suggested_phone_fields} | set(taken)
    unknown = [name for name in take if name not in known]
    unknown += [name for name in drop if name not in taken]
    if unknown:
        raise UsageFault(
            f"{', '.join(unknown)}: there is no such text property to take or to drop.",
            remedy="See them with: callerid config phones",
        )
    chosen = tuple(sorted({*taken, *take} - set(drop)))
    change("sync.phone_fields", json.dumps(chosen))
    return chosen


def _row(field: PhoneField, state: str) -> dict[str, str]:
    return {"kind": field.kind.value, "name": field.name, "label": field.label, "state": state}
