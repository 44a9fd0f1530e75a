"""Cards on the screen that are worded otherwise since the settings have changed: they are shown again, without a sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.store.ledger.reading.fact_names import CARDS_WORDED

if TYPE_CHECKING:
    from callerid.turns.context import AppContext
    from callerid.turns.facts import TurnFacts


def show_again_if_worded_anew(app: AppContext, facts: TurnFacts) -> None:
    """Have every card that is on the screen shown again if language, honorific or discretion is another since the last round, in
    whatever process that was. What rings is over before its card could be shown again."""
    worded = f"{app.texts.language} {app.config.honorific} {app.config.privacy.lock_screen}"
    if facts.cards_worded == worded:
        return
    if facts.cards_worded:
        app.ledger.calls.show_again()
        app.ledger.batches.show_again()
        app.ledger.outbox.show_refusals_again()
    app.ledger.key_values.write(CARDS_WORDED, worded)
