"""That a list of the people of a name is cut."""

from __future__ import annotations

from callerid.cli.language.output import echo
from callerid.core.callers.typed_name import MOST_FOUND
from callerid.messages import message


def tell_if_cut(listed: int) -> None:
    """Say on stderr that there may be more people than so many that are listed, where no more are."""
    if listed >= MOST_FOUND:
        echo(
            message("No more than {count} people are listed, and there may be others: type more of the name.", count=MOST_FOUND),
            err=True,
        )
