"""HubSpot's standard call outcomes and their ids (HubSpot API guides, "Calls": call dispositions)."""

from __future__ import annotations

from callerid.models import Outcome

DISPOSITIONS: dict[str, str] = {
    Outcome.BUSY: "9d9162e7-6cf3-4944-bf63-4dff82258764",
    Outcome.CONNECTED: "f240bbac-87c9-4f6e-bf70-924b57d47db7",
    Outcome.LEFT_LIVE_MESSAGE: "a4c4c377-d246-4b32-a13b-75a56a4cd0ff",
    Outcome.LEFT_VOICEMAIL: "b2cf5968-551e-4856-9783-52b3da59a7d0",
    Outcome.NO_ANSWER: "73a0d17f-1163-4015-bdd5-ec830791da20",
    Outcome.WRONG_NUMBER: "17b47fee-58de-441e-a44c-c6300d46f273",
}
OUTCOMES = {disposition: str(outcome) for outcome, disposition in DISPOSITIONS.items()}
