"""Commands that keep a person out of callerid: ignore, forget."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from callerid.cli.language.json_answers import print_json
from callerid.cli.language.output import confirm, echo
from callerid.cli.session import open_session
from callerid.messages import as_typed, counted, joined, message

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from callerid.errors import StoreFault
    from callerid.turns.context import AppContext
    from callerid.turns.upkeep.forget import ForgetResult, ForgetTarget

_MOST_NAMED = 5  # people in a question


def _require_region(region: str, numbers: Iterable[str]) -> None:
    """Raise UsageFault if one of some raw numbers is national while the region is unknown: the block list keeps hashes only, so a
    line that was misread could not be corrected later."""
    from callerid.errors import UsageFault

    if not region and not all(number.strip().startswith("+") for number in numbers):
        raise UsageFault(
            message("The country of this phone is not known yet, so a number without a country code is ambiguous."),
            remedy=message("Name the country: callerid config set region DE"),
        )


@click.command()
@click.argument("number", default="")
@click.option("--remove", is_flag=True, help="Remove NUMBER from the list.")
@click.option("--reset", is_flag=True, help="Empty a list whose key is lost, also of who was forgotten.")
def ignore(number: str, *, remove: bool, reset: bool) -> None:
    """Never show or ask about NUMBER. Without NUMBER, print how many numbers are ignored.

    The list holds keyed hashes: callerid can tell whether a number is on it, but nobody can read the list.

    Example: callerid ignore +353861112233
    """
    from callerid.errors import UsageFault
    from callerid.store.ledger.block_list import Kind

    with open_session() as app:
        if reset:
            _reset(app)
            echo(message("nobody is ignored or forgotten any more: ignore and forget anew whom you want to be"))
            return
        if not number:
            count = app.ledger.block_list.count(Kind.IGNORED_LINE)
            echo(counted(count, "{count} number is ignored", "{count} numbers are ignored"))
            return
        if not any(map(str.isdigit, app.line_of(number))):
            raise UsageFault(
                message("{number!r} is not a phone number.", number=number),
                remedy=message("Write it as in: callerid ignore --remove +353871234567")
                if remove
                else message("Write it as in: callerid ignore +353871234567"),
            )
        _require_region(app.region, [number])
        line = app.line_of(number)
        if not remove:
            _ignore(app, line)
            echo(message("the number is ignored from now on"))
        elif app.ledger.block_list.remove(Kind.IGNORED_LINE, line):
            echo(message("the number is no longer ignored"))
        else:
            raise UsageFault(
                message("That number is not on the list."),
                remedy=message("Write it with its country code; how many are on it: callerid ignore"),
            )


def _reset(app: AppContext) -> None:
    """Empty the block list. Raise UsageFault if its key is whole: nobody is to come back who can be taken off one by one."""
    from callerid.errors import UsageFault

    if app.ledger.block_list.fault is None:
        remedy = message("To take a number off it, type: callerid ignore --remove NUMBER")
        raise UsageFault(message("The list is whole."), remedy=remedy)
    app.ledger.block_list.reset()


def _ignore(app: AppContext, line: str) -> None:
    """Put a line on the block list, and remove its cards from the screen."""
    from callerid.store.ledger.block_list import Kind
    from callerid.turns.context import utc_now
    from callerid.turns.followup.attend import attend
    from callerid.turns.ringing.blocked_callers import is_ignored_caller

    app.ledger.block_list.add(Kind.IGNORED_LINE, [line])
    for card in app.ledger.rings.open_cards():
        if is_ignored_caller(app, card.number, card.name):
            app.ledger.rings.mark_unwanted(card)
    attend(app, utc_now())


@click.command()
@click.argument("person", metavar="NUMBER|NAME")
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print JSON: contacts, calls, saved, log_lines, undelivered, unsure, dialog, is_complete, waits_for_mirror.",
)
def forget(person: str, *, yes: bool, as_json: bool) -> None:
    """Delete every row and log line about a person from this phone. The next sync does not bring them back.

    What is in the CRM, in the phone's own call log and in its contacts stays there.

    Example: callerid forget "Ana López"
    """
    from callerid.turns.context import utc_now
    from callerid.turns.upkeep.forget import forget as forget_turn
    from callerid.turns.upkeep.forget_later import learn_what_is_left

    with open_session() as app:
        learn_what_is_left(app, utc_now())
        person, target = _whom(app, person)
        _require_region(app.region, target.raws)
        if not yes:
            contacts = counted(len(target.contacts), "{count} contact", "{count} contacts")
            people = joined(", ", (contacts, counted(len(target.lines), "{count} number", "{count} numbers")))
            who = _named(app, target) or person
            confirm(message("Forget {who} ({people}) and all their calls on this phone?", who=who, people=people))
        gone = forget_turn(app, target, utc_now())
        if as_json:
            keys = ("contacts", "calls", "saved", "log_lines", "undelivered", "unsure", "dialog")
            rest = {"is_complete": not gone.faults and not target.waits, "waits_for_mirror": target.waits}
            print_json({key: getattr(gone, key) for key in keys} | rest)
        else:
            _print_forgotten(gone, has_namesakes=bool(target.namesakes))
        if target.waits:
            echo(
                message(
                    "There is no mirror of the CRM now; what it tells of them is forgotten as soon as it is filled: callerid sync"
                ),
                err=True,
            )
        _require_complete(gone.faults)


def _whom(app: AppContext, typed: str) -> tuple[str, ForgetTarget]:
    """Return the person with a number or a name, or else with the only name here that is the typed one but for accents, marks and
    order, and that name as it is written. Raise UsageFault for none and for several: of those, nobody is guessed."""
    from callerid.core.wording import safe_text
    from callerid.errors import UsageFault
    from callerid.turns.upkeep.forget import find, names_of
    from callerid.turns.views.find_people import names_alike

    alike: tuple[str, ...] = (typed,)
    target = find(app, typed)
    if not _is_somebody(target):
        alike = names_alike(app, typed) or alike
        target = find(app, alike[0])
    names = alike if len(alike) > 1 else names_of(app, target)
    if len(names) > 1:
        divider = "; " if any("," in name for name in names) else ", "
        raise UsageFault(
            message("{person!r} may be {names}.", person=typed, names=joined(divider, map(safe_text.title, names))),
            remedy=message("Type the name as it is written there, or the number: callerid forget NUMBER"),
        )
    if not _is_somebody(target):
        raise UsageFault(
            message("{person!r} is neither a known name nor a phone number.", person=typed),
            remedy=message("See whom callerid knows by it: callerid lookup {typed}", typed=as_typed(typed)),
        )
    return alike[0], target


def _is_somebody(target: ForgetTarget) -> bool:
    return bool(target.lines or target.contacts or target.names)


def _require_complete(faults: Sequence[StoreFault]) -> None:
    """Raise in one what kept a person from being forgotten in some files; a damaged ledger by itself, because it is restored."""
    from callerid.errors import DatabaseDamaged

    for fault in faults:
        if isinstance(fault, DatabaseDamaged):
            raise fault
    if faults:
        raise _not_everywhere(faults)


def _not_everywhere(faults: Sequence[StoreFault]) -> StoreFault:
    """Return what kept a person from being forgotten in some files as one fault."""
    from callerid.errors import DiskFull, StoreFault

    told = list(dict.fromkeys(fault.sentence for fault in faults))
    remedies = dict.fromkeys(fault.remedy for fault in faults if fault.remedy)
    kind = DiskFull if all(isinstance(fault, DiskFull) for fault in faults) else StoreFault
    return kind(
        message("They are forgotten, but not everywhere. {faults}", faults=joined(" ", told)),
        remedy=joined(" ", (*remedies, message("Then type the same command again."))),
    )


def _named(app: AppContext, target: ForgetTarget) -> str:
    """Return the names of the contacts who are to be forgotten, with their companies, the first ones; "" where there are none."""
    from callerid.core.wording import safe_text
    from callerid.core.wording.names import full_name

    people = filter(None, map(app.mirror.candidate, sorted(target.contacts)[: _MOST_NAMED + 1]))
    names = [" · ".join(filter(None, (full_name(each, app.texts), each.company))) for each in people]
    return joined(", ", [*map(safe_text.title, names[:_MOST_NAMED]), *(["…"] if names[_MOST_NAMED:] else [])])


def _print_forgotten(gone: ForgetResult, *, has_namesakes: bool) -> None:
    echo(
        message(
            "forgotten: {contacts}, {calls}, {saved}, {log_lines}",
            contacts=counted(gone.contacts, "{count} contact", "{count} contacts"),
            calls=counted(gone.calls, "{count} call", "{count} calls"),
            saved=counted(gone.saved, "{count} saved number", "{count} saved numbers"),
            log_lines=counted(gone.log_lines, "{count} log line", "{count} log lines"),
        )
    )
    if has_namesakes:
        echo(
            message("Another person here has the same name and stays. To forget everyone of a name: callerid forget NAME"), err=True
        )
    if gone.dialog:
        echo(
            message(
                "A question about them was open; its answer is dropped. If it is still on the screen, leave it by Back: "
                "Android lets no app take it away."
            ),
            err=True,
        )
    lost = gone.undelivered - gone.unsure
    if lost:
        echo(
            counted(
                lost,
                "{count} call had not reached the CRM yet, and will not.",
                "{count} calls had not reached the CRM yet, and will not.",
            ),
            err=True,
        )
    if gone.unsure:
        echo(
            counted(
                gone.unsure,
                "{count} call may be in the CRM, or the task of it: look there.",
                "{count} calls may be in the CRM, or the tasks of them: look there.",
            ),
            err=True,
        )
