"""callerid simulate, on the phone's screen: look at it, tap, type into a notification, and answer a dialog."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from callerid.errors import UsageFault

if TYPE_CHECKING:
    from callerid.simulator.phone.handset import Asked, SimulatedPhone


def phone_of(context: click.Context) -> SimulatedPhone:
    """Return the phone that the first terminal runs. Raise UsageFault when there is none."""
    from callerid.simulator import live

    return live.phone(context.obj)


@click.command()
@click.pass_context
def screen(context: click.Context) -> None:
    """Show what is on the screen: notifications, and the dialog."""
    from callerid.simulator.phone.screen import box, card

    phone = phone_of(context)
    for shown in phone.notifications():
        click.echo(card(shown))
    asked = phone.open_dialog()
    if asked:
        click.echo(box(asked))


@click.command()
@click.argument("button")
@click.argument("title", default="")
@click.pass_context
def tap(context: click.Context, button: str, title: str) -> None:
    """Tap BUTTON (or body, or swipe) of the newest notification that has it, or of the one whose title has TITLE in it."""
    phone = phone_of(context)
    for shown in reversed(phone.notifications()):
        if title.lower() in shown.title.lower():
            label = next((b for b in shown.buttons if b.lower().startswith(button.lower())), None)
            if label in shown.replies:
                raise UsageFault(f"{label!r} is typed into.", remedy="Type something: callerid simulate reply TEXT")
            if label or button in ("body", "swipe"):
                phone.tap(shown.id, label or button)
                return
    raise UsageFault(f"No notification on the screen has {button!r}.", remedy="Look: callerid simulate screen")


@click.command()
@click.argument("text")
@click.argument("title", default="")
@click.pass_context
def reply(context: click.Context, text: str, title: str) -> None:
    """Type TEXT into the newest notification that takes a reply, or into the one whose title has TITLE in it, and send it."""
    phone = phone_of(context)
    for shown in reversed(phone.notifications()):
        if title.lower() in shown.title.lower() and shown.replies:
            phone.reply(shown.id, text)
            return
    raise UsageFault("No notification on the screen takes a reply.", remedy="Switch it on: callerid config set log.reply on")


@click.command()
@click.argument("label")
@click.pass_context
def choose(context: click.Context, label: str) -> None:
    """Choose LABEL (its beginning is enough) in the dialog on the screen."""
    phone, asked = _with_dialog(context)
    whole = next((known for known in asked.labels if known.lower().startswith(label.lower())), None)
    if whole is None:
        raise UsageFault(f"The dialog has no {label!r}; it has: {', '.join(asked.labels) or 'a text to type'}.")
    phone.answer_dialog(label=whole)


@click.command(name="type")
@click.argument("text", default="")
@click.pass_context
def type_(context: click.Context, text: str) -> None:
    """Type TEXT into the dialog on the screen and press OK; say it, where it listens; a day as in 2027-01-31."""
    phone, asked = _with_dialog(context)
    if asked.labels:
        raise UsageFault("The dialog has nothing to type into.", remedy=f"Choose: {', '.join(asked.labels)}")
    try:
        phone.answer_dialog(text=text)
    except ValueError as wrong:
        raise UsageFault(f"{text!r} is no day.", remedy="Type one as in 2027-01-31") from wrong


@click.command()
@click.argument("error", default="ERROR_NO_MATCH")
@click.pass_context
def mumble(context: click.Context, error: str) -> None:
    """Say something that the dialog on the screen does not understand, or have it fail with ERROR."""
    phone, _ = _with_dialog(context)
    try:
        phone.answer_dialog(error=error)
    except ValueError as wrong:
        raise UsageFault("The dialog does not listen.", remedy="Look: callerid simulate screen") from wrong


@click.command()
@click.pass_context
def cancel(context: click.Context) -> None:
    """Press Back in the dialog on the screen."""
    phone, _ = _with_dialog(context)
    phone.answer_dialog()


def _with_dialog(context: click.Context) -> tuple[SimulatedPhone, Asked]:
    phone = phone_of(context)
    asked = phone.open_dialog()
    if asked is None:
        raise UsageFault("No dialog is on the screen.", remedy="Look: callerid simulate screen")
    return phone, asked


TOUCHES = (screen, tap, reply, choose, type_, mumble, cancel)
