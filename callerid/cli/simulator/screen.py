"""callerid simulate, the commands for the phone's screen: look at it, tap, type into a notification, answer a dialog."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from callerid.cli.language.output import language, print_text
from callerid.errors import UsageFault
from callerid.messages import joined, message

if TYPE_CHECKING:
    from callerid.simulator.phone.handset import ShownDialog, SimulatedPhone


def phone_of(context: click.Context) -> SimulatedPhone:
    """Return the phone of the simulation that runs in the first terminal. Raise UsageFault when none runs."""
    from callerid.simulator import live

    return live.phone(context.obj)


@click.command()
@click.pass_context
def screen(context: click.Context) -> None:
    """Show what is on the screen: notifications and the dialog.

    Example: callerid simulate screen
    """
    from callerid.simulator.phone.screen import box, card

    phone = phone_of(context)
    for shown in phone.notifications():
        print_text(card(shown, language()))
    dialog = phone.open_dialog()
    if dialog:
        print_text(box(dialog, language()))


@click.command()
@click.argument("button")
@click.argument("title", default="")
@click.pass_context
def tap(context: click.Context, button: str, title: str) -> None:
    """Tap BUTTON (or body, or swipe) of the newest notification that has it, or of the one whose title contains TITLE.

    Example: callerid simulate tap Connected "Ana"
    """
    phone = phone_of(context)
    for shown in reversed(phone.notifications()):
        if title.lower() in shown.title.lower():
            label = next((b for b in shown.buttons if b.lower().startswith(button.lower())), None)
            if label in shown.replies:
                raise UsageFault(
                    message("{label!r} takes a text.", label=label), remedy=message("Type it with: callerid simulate reply TEXT")
                )
            if label or button in ("body", "swipe"):
                phone.tap(shown.id, label or button)
                return
    raise UsageFault(
        message("No notification on the screen has a button {button!r}.", button=button),
        remedy=message("See: callerid simulate screen"),
    )


@click.command()
@click.argument("text")
@click.argument("title", default="")
@click.pass_context
def reply(context: click.Context, text: str, title: str) -> None:
    """Type TEXT into the newest notification that takes a reply, or into the one whose title contains TITLE, and send it.

    Example: callerid simulate reply "sent the offer"
    """
    phone = phone_of(context)
    for shown in reversed(phone.notifications()):
        if title.lower() in shown.title.lower() and shown.replies:
            phone.reply(shown.id, text)
            return
    raise UsageFault(
        message("No notification on the screen takes a reply."),
        remedy=message("To turn replies on: callerid simulate do config set log.reply on"),
    )


@click.command()
@click.argument("label")
@click.pass_context
def choose(context: click.Context, label: str) -> None:
    """Choose LABEL (or the beginning of it) in the dialog on the screen.

    Example: callerid simulate choose Connected
    """
    phone, dialog = _with_dialog(context)
    chosen = next((known for known in dialog.labels if known.lower().startswith(label.lower())), None)
    if chosen is None:
        raise UsageFault(
            message(
                "The dialog does not offer {label!r}; it offers: {names}.",
                label=label,
                names=joined(", ", dialog.labels) or message("a text field"),
            ),
            remedy=message("See: callerid simulate screen"),
        )
    phone.answer_dialog(label=chosen)


@click.command(name="type")
@click.argument("text", default="")
@click.pass_context
def type_(context: click.Context, text: str) -> None:
    """Type TEXT into the dialog on the screen and press OK; for a dictation, speak it. Write a date as 2027-01-31.

    Example: callerid simulate type "sent the offer"
    """
    phone, dialog = _with_dialog(context)
    if dialog.labels:
        raise UsageFault(
            message("The dialog has no text field."), remedy=message("Choose one of: {names}", names=joined(", ", dialog.labels))
        )
    try:
        phone.answer_dialog(text=text)
    except ValueError as wrong:
        raise UsageFault(
            message("{text!r} is not a valid date.", text=text), remedy=message("Write it as in 2027-01-31")
        ) from wrong


@click.command()
@click.argument("error", default="ERROR_NO_MATCH")
@click.pass_context
def mumble(context: click.Context, error: str) -> None:
    """Speak something that the dictation on the screen does not understand, or make it fail with ERROR.

    Example: callerid simulate mumble
    """
    phone, _ = _with_dialog(context)
    try:
        phone.answer_dialog(error=error)
    except ValueError as wrong:
        raise UsageFault(message("The dialog does not take dictation."), remedy=message("See: callerid simulate screen")) from wrong


@click.command()
@click.pass_context
def cancel(context: click.Context) -> None:
    """Press Back in the dialog on the screen.

    Example: callerid simulate cancel
    """
    phone, _ = _with_dialog(context)
    phone.answer_dialog()


def _with_dialog(context: click.Context) -> tuple[SimulatedPhone, ShownDialog]:
    phone = phone_of(context)
    dialog = phone.open_dialog()
    if dialog is None:
        raise UsageFault(message("There is no dialog on the screen."), remedy=message("See: callerid simulate screen"))
    return phone, dialog


SCREEN_COMMANDS = (screen, tap, reply, choose, type_, mumble, cancel)
