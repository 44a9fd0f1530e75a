"""The daemon reads the notifications of a dialer, as AOSP's writes them, and its cards show the right person, or nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.daemon.hearing import CARD, wait_for_senses
from tests.desks import runs

if TYPE_CHECKING:
    from tests.desks import QuickDesk

LIST = "termux-notification-list"


def row(title: str, content: str, *, call: int, package: str = "com.android.dialer") -> dict[str, object]:
    key = f"0|{package}|{call}|null|10100"
    return {"id": call, "tag": None, "key": key, "group": None, "packageName": package, "title": title, "content": content}


def show_and_wait_for_poll(desk: QuickDesk, *rows: dict[str, object]) -> None:
    """Let the dialer show these notifications and no others, and wait until the daemon has read them."""
    desk.phone.change(dialer_rows=list(rows))
    began = runs(desk, LIST)
    desk.phone.wait(lambda: runs(desk, LIST) >= began + 2, 30)  # the first has been read when the second begins


def shown_cards(desk: QuickDesk) -> list[tuple[str, str]]:
    """Return the id and the title of every card that was shown so far; the card of a call that is over is removed after a while."""
    return [(shown["id"], shown["title"]) for shown in desk.phone.happened("shown")]


def show_and_wait_for_card(desk: QuickDesk, title: str, *rows: dict[str, object]) -> str:
    """Let the dialer show these notifications and no others, wait for one more card, of this title, and return its id."""
    count = len(shown_cards(desk))
    desk.phone.change(dialer_rows=list(rows))
    (card,) = desk.phone.wait(lambda: shown_cards(desk)[count:], 60)
    assert card[1] == title
    return card[0]


def test_the_cards_are_those_of_the_callers_that_the_dialer_shows(desk: QuickDesk) -> None:
    desk.settings('\n[ring]\nsenses = ["notifications"]\npoll = "1s"\n')
    with desk.daemon_here():
        wait_for_senses(desk, "inbox", "notifications")
        no_rings = (
            row("Ana López", "Rufaufbau", call=1),
            row("Ana López", "Aktueller Anruf", call=2),
            row("Verpasste Anrufe", "Ana López", call=3),
            row("", "", call=4),
        )
        show_and_wait_for_poll(desk, *no_rings)
        assert shown_cards(desk) == []
        show_and_wait_for_poll(desk)
        # a private caller, on a phone whose SIM is labelled with Ana's number
        first = show_and_wait_for_card(desk, "Private number", row("Private number", "Incoming call via 087 123 4567", call=5))
        # the dialer finds the carrier's name, then the contact's, for the call that goes on ringing
        assert show_and_wait_for_card(desk, "Vodafone", row("Vodafone", "Eingehender Anruf", call=5)) == first
        assert show_and_wait_for_card(desk, CARD, row("Ana López", "Eingehender Anruf", call=5)) == first
        show_and_wait_for_poll(desk)
        second = show_and_wait_for_card(desk, "Private number", row("非通知設定", "着信", call=6))
        show_and_wait_for_poll(desk)
        third = show_and_wait_for_card(desk, "Private number", row("", "", call=42, package="org.fossify.phone"))
        assert len({first, second, third}) == 3
        assert len(shown_cards(desk)) == 5
