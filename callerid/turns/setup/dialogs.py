"""A person who is asked by dialogs, where there is no terminal. What is told meanwhile is on a card, because a dialog has room
for a question only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.core.followup import dialog_labels
from callerid.errors import AlreadyRunning, CommandHung
from callerid.messages import message
from callerid.models import Dialog, Notification, Widget
from callerid.store.ledger.reading.fact_names import DIALOG_TRIED
from callerid.turns.context import utc_now
from callerid.turns.followup.dialogs import dialog_lock

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from callerid.turns.context import AppContext

CARD = "callerid-setup"
_PATIENCE = 600.0  # seconds for an answer: a person looks for a token, or for a switch on a settings page


class Left(Exception):
    """The person has left: nothing is lost, and the next setup goes on there."""


class DialogPerson:
    """Somebody at the phone's screen."""

    def __init__(self, app: AppContext, shown: Callable[[str], str] = str) -> None:
        """`shown` says a message in the person's language."""
        self._shown = shown
        self._termux, self._actions = app.termux, app.actions
        self._paths, self._key_values = app.paths, app.ledger.key_values
        self._told: list[str] = []

    def tell(self, text: str) -> None:
        """Keep a line for the next question."""
        self._told.append(self._shown(text))

    def choose(self, question: str, options: Sequence[tuple[str, str]], default: str) -> str:
        """Return the word of the option that was chosen; the default is the first one. Raise Left, PhoneFault."""
        ordered = sorted(options, key=lambda option: option[0] != default)
        encoded, places = dialog_labels.encode(tuple(self._shown(meaning) for _, meaning in ordered))
        del encoded
        chosen = self._answer(
            Dialog(widget=Widget.SHEET, title=self._shown(question), labels=tuple(self._shown(meaning) for _, meaning in ordered))
        )
        place = dialog_labels.decode(chosen, places)
        if place is None:
            raise Left
        return ordered[place][0]

    def text(self, question: str, default: str) -> str:
        """Return what was typed; the default for nothing. Raise Left, PhoneFault."""
        return self._answer(Dialog(widget=Widget.TEXT, title=self._shown(question), hint=default)).strip() or default

    def secret(self, question: str) -> str:
        """Return what was typed without being shown. Raise Left, PhoneFault."""
        return self._answer(Dialog(widget=Widget.TEXT, title=self._shown(question), secret=True)).strip()

    def end(self) -> None:
        """Show what was told since the last question; without anything, take the card away. Raise PhoneFault."""
        if self._told:
            self._show()
        else:
            self._termux.remove_notification(CARD)

    def _answer(self, dialog: Dialog) -> str:
        if self._told:
            self._show()
        with dialog_lock(self._paths) as is_ours:
            if not is_ours:
                raise AlreadyRunning(
                    message("Another dialog of callerid is open."), remedy=message("Answer it, then type: callerid setup --gui")
                )
            try:
                reply = self._termux.dialog(dialog, _PATIENCE)
            except CommandHung as fault:
                raise Left from fault
        self._key_values.write_time(DIALOG_TRIED, utc_now())
        answer = dialog_labels.reply_text(reply, dialog.widget)
        if answer is None:
            raise Left
        return answer

    def _show(self) -> None:
        body, self._told = "\n".join(self._told), []
        self._termux.notify(Notification(id=CARD, title="callerid setup", body=body), self._actions)
