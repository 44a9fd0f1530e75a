"""A thousand hostile names and notes: nothing is executed, labels are decoded, and each note is in the CRM as it was typed."""

from __future__ import annotations

import html
import random
from dataclasses import replace
from typing import TYPE_CHECKING

from callerid.core.followup import cards, dialog_labels
from callerid.core.wording.style import Discretion, TextStyle
from callerid.models import CallEngagement, Dialog, Notification, Widget
from callerid.phone.screen_commands import dialog_command, notification_command
from callerid.simulator.phone.dialog import split_values
from callerid.turns.facts import turn_facts
from callerid.turns.followup.situation import read_situation

if TYPE_CHECKING:
    from tests.turns.world import World

ATOMS = (
    *("$(touch pwned)", "`touch pwned`", "; touch pwned;", "&& touch pwned", "| touch pwned", "'", '"', "\\", "\\\\", ",", "\\,", "$REPLY"),
    *("-n", "--title", "-v", "%s", "{}", "{name}", "{0.__class__}", "<b>", "&amp;", "</div>", "'; DROP TABLE calls;--", "]]>", "<<EOF"),
    *("\u202e", "\u200b", "😀", "né", "علي", "田中", "\t", "x" * 300, '{"a": 1}', "[table]", "END_0", " ", "1. "),
)  # fmt: skip
DICE = random.Random(7)
TEXTS = list(dict.fromkeys("".join(DICE.choices(ATOMS, k=DICE.randint(1, 6))).strip() or "x" for _ in range(1400)))[:1000]


def test_there_are_a_thousand() -> None:
    assert len(TEXTS) == 1000


def test_no_name_reaches_an_action_and_every_label_is_decoded(world: World) -> None:
    actions, token = world.app.actions, "t" * 24
    plain = actions.command(token, "log")
    for text in TEXTS:
        shown = Notification(id="i", title=text, body=text, buttons=cards._buttons((("log", "log"),), speaking(world)), token=token)
        command = notification_command(replace(shown, tap="log", swipe="log"), actions)
        for flag in ("--action", "--on-delete", "--button1-action"):
            assert command[command.index(flag) + 1] == plain
    for start in range(0, 1000, 8):
        labels = tuple(TEXTS[start : start + 8])
        command = dialog_command(Dialog(widget=Widget.SHEET, title=labels[0], labels=labels))
        back = [
            dialog_labels.decode(label, dialog_labels.encode(labels)[1]) for label in split_values(command[command.index("-v") + 1])
        ]
        assert back == list(range(8))


def speaking(world: World) -> TextStyle:
    return replace(turn_facts(world.app, world.now).style, discretion=Discretion.NAMES)


def test_every_note_is_in_the_crm_as_typed_and_escaped(world: World) -> None:
    followup = world.called()
    world.attend()
    world.tap(followup, "connected")
    world.portal.limits.burst = 10**6
    (row,) = world.app.ledger.outbox.undelivered()
    assert isinstance(row.content, CallEngagement)
    for number, text in enumerate(TEXTS):
        world.hub.create(replace(row.content, external_id=f"e{number}", note=text, title=text))
    held = world.portal.held_calls()
    assert [call.note for call in held] == TEXTS
    for call in held:
        body = world.portal.records.by_kind["calls"][call.id].properties["hs_call_body"]
        assert "<" not in body.replace("<br>", "")
        assert html.unescape(body.replace("<br>", "\n")) == call.note


def test_a_sample_goes_through_every_prompt_with_real_commands(world: World) -> None:
    contact = min(world.portal.records.by_kind["contacts"])
    world.portal.limits.searches = 10**6
    typed = []
    for text in DICE.sample(TEXTS, 10):
        world.portal.records.edit("contacts", contact, {"firstname": text, "lastname": text, "company": text})
        world.sync()
        followup = world.called()
        world.attend()
        assert read_situation(world.app, followup, turn_facts(world.app, world.now)).resolution.candidates
        world.tap(followup, "log")
        world.ask("Connected", text)
        world.attend()
        world.deliver()
        world.attend()
        typed.append(text)
        world.later(minutes=2)
        world.attend()
    assert [call.note for call in world.portal.held_calls()] == typed
    assert not list(world.folder.rglob("pwned*"))
