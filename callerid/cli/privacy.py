"""Commands about whom callerid must not know: ignore, forget."""

from __future__ import annotations

import click

from callerid.cli.session import open_session, print_json


def _need_region(region: str, number: str = "") -> None:
    """A number without its country means another line, or none, once the region is known; a list of hashes could not be mended
    then."""
    from callerid.errors import UsageFault

    if not region and not number.strip().startswith("+"):
        raise UsageFault(
            "It is not known yet in which country this phone is, and so not whose number that is.",
            remedy="Say it: callerid config set region DE",
        )


@click.command()
@click.argument("number", default="")
@click.option("--remove", is_flag=True, help="Take NUMBER off the list again.")
def ignore(number: str, *, remove: bool) -> None:
    """Never show or ask about NUMBER. The list is kept as keyed hashes: it can be asked, but not read; without NUMBER, its
    length."""
    from callerid.core.wording.counts import counted
    from callerid.errors import UsageFault
    from callerid.store.ledger.block_list import Kind
    from callerid.turns.context import utc_now
    from callerid.turns.followup.attend import attend
    from callerid.turns.ringing.callers import is_ignored_caller

    with open_session() as opened:
        block_list = opened.ledger.block_list
        if not number:
            count = block_list.count(Kind.IGNORED_LINE)
            click.echo(f"{counted(count, 'number')} {'is' if count == 1 else 'are'} ignored")
            return
        _need_region(opened.region, number)
        line = opened.line_of(number)
        if not any(map(str.isdigit, line)):
            raise UsageFault(f"{number!r} is no number.", remedy="Type: callerid ignore +353871234567")
        if not remove:
            block_list.add(Kind.IGNORED_LINE, [line])
            for card in opened.ledger.rings.open_cards():
                if is_ignored_caller(opened, card.number, card.name):
                    opened.ledger.rings.unwant(card)
            attend(opened, utc_now())  # what is on the screen of theirs goes
            click.echo("it is ignored from now on")
        elif block_list.remove(Kind.IGNORED_LINE, line):
            click.echo("it is not ignored any more")
        else:
            raise UsageFault("That number was not on the list.")


@click.command()
@click.argument("whom", metavar="NUMBER|NAME")
@click.option("--yes", is_flag=True, help="Do not ask first.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON: contacts, calls, saved, log_lines, undelivered, unsure.")
def forget(whom: str, *, yes: bool, as_json: bool) -> None:
    """Remove every row and log line of somebody from this phone, and keep them away: the next sync does not bring them back.

    What is in the CRM, in the phone's own call log and in its contacts stays there.
    """
    from callerid.core.wording.counts import counted
    from callerid.errors import UsageFault
    from callerid.turns.upkeep.forget import find
    from callerid.turns.upkeep.forget import forget as do

    with open_session() as opened:
        _need_region(opened.region)
        found = find(opened, whom)
        if not found.lines and not found.contacts and not found.names:
            raise UsageFault(f"Nobody here is called {whom!r}, and it is no number.", remedy="See: callerid lookup NUMBER")
        if not yes:
            people = f"{counted(len(found.contacts), 'contact')}, {counted(len(found.lines), 'number')}"
            click.confirm(f"Forget {people} and all their calls on this phone?", abort=True, err=True)
        gone = do(opened, found)
    if as_json:
        print_json(
            {
                "contacts": gone.contacts,
                "calls": gone.calls,
                "saved": gone.saved,
                "log_lines": gone.log_lines,
                "undelivered": gone.undelivered,
                "unsure": gone.unsure,
            }
        )
        return
    click.echo(
        f"forgotten: {counted(gone.contacts, 'contact')}, {counted(gone.calls, 'call')}, {counted(gone.saved, 'saved number')},"
        f" {counted(gone.log_lines, 'line')} of the log"
    )
    if found.namesakes:
        click.echo("Somebody else here has the same name, and stays. To forget all of a name: callerid forget NAME", err=True)
    lost = gone.undelivered - gone.unsure
    if lost:
        click.echo(f"{lost} of those calls had not reached the CRM yet, and will not.", err=True)
    if gone.unsure:
        click.echo(f"{gone.unsure} of those calls may be in the CRM, or its task: it was not known yet. Look there.", err=True)
