"""callerid report: a page about the calls of a time."""

from __future__ import annotations

from pathlib import Path

import click

from callerid.cli.language.moments import moment
from callerid.cli.language.output import print_text
from callerid.cli.people.private_file import OUTPUT_FILE, STDOUT, write_private
from callerid.cli.session import open_session
from callerid.messages import message


@click.command()
@click.option(
    "--since", default="30d", show_default=True, help="The calls since then: 12h, 30d, 2w, 6m, 1y, today, yesterday or 2026-11-01."
)
@click.option(
    "-o",
    "--output",
    "file",
    default="callerid-report.html",
    show_default=True,
    metavar="FILE",
    type=OUTPUT_FILE,
    help="The file to write, - for stdout; an older one is replaced.",
)
@click.option("--mask", is_flag=True, help="Leave out the names of people, companies and deals, amounts, and most of each number.")
@click.option("--open", "opens", is_flag=True, help="Open it on the phone when it is written.")
def report(since: str, file: str, *, mask: bool, opens: bool) -> None:
    """Write a page about your calls, for a phone's browser: by day and hour, answered and missed, talk time by person and company,
    who was not called back and how long the others waited, what is not logged, which deals were touched, and whether all works.

    It is one HTML file that asks for nothing from elsewhere, and that you alone may read. Calls of ignored numbers are not in it.

    Example: callerid report --since 6m --open
    """
    from callerid.errors import UsageFault
    from callerid.pages.report_html import report_html
    from callerid.turns.context import utc_now
    from callerid.turns.views.report import report as made_report

    name = file if file == STDOUT else str(Path(file).absolute())
    if opens and name == STDOUT:
        raise UsageFault(message("What goes to stdout cannot be opened."), remedy=message("Type: callerid report -o FILE --open"))
    with open_session() as app:
        app.mirror.reindex_when_free(app.region)
        now = utc_now()
        begin = moment(app, since, now)
        if begin is None or begin > now:
            raise UsageFault(
                message("{since!r} is no time before now.", since=since),
                remedy=message("Write 12h, 30d, 2w, 6m, today, yesterday or 2026-11-01"),
            )
        if write_private(name, report_html(made_report(app, begin, now, mask=mask))):
            print_text(name)
        if opens:
            app.termux.open_file(Path(name))
