"""Options that cannot be given together: which of them counts, nobody could tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.messages import joined, message

if TYPE_CHECKING:
    from collections.abc import Mapping


def refuse_together(command: str, options: Mapping[str, bool]) -> None:
    """Raise UsageFault when more than one of some options of a command, by their names, is given."""
    given = [name for name, is_given in options.items() if is_given]
    if len(given) > 1:
        from callerid.errors import UsageFault

        raise UsageFault(
            message("{named} cannot be combined.", named=joined(message(" and "), given[:2])),
            remedy=message("Type: callerid {command} --help", command=command),
        )
