"""termux-notification and its family: what is on the screen, with what, and what each button runs (NotificationAPI.java)."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

from callerid.simulator.phone.shell import Usage, hang, pretty

if TYPE_CHECKING:
    from callerid.simulator.phone.state import State

_WITH_VALUE = frozenset(
    "action alert-once= button1 button1-action button2 button2-action button3 button3-action channel content group help= icon id "
    "image-path led-color led-off led-on media-next media-pause media-play media-previous on-delete ongoing= priority sound= title "
    "type vibrate".split()
)
_SHORT = {"t": "title", "c": "content", "i": "id"}


def notification(state: State, arguments: list[str]) -> tuple[str, int]:
    """termux-notification: util-linux getopt, long options."""
    said = _long_options(arguments)
    if "ongoing" in said and "id" not in said:
        raise Usage(out='Ongoing notifications without an ID are not removable.\nPlease set an id with --id "string".\n')
    content = said.get("content")
    if content is None:
        content = _stdin(3.0)
    if content in ("-n", "-e", "-E"):  # bash's echo takes these for its own
        content = ""
    shown = {
        "id": said.get("id") or f"random-{time.time_ns()}",
        "title": said.get("title", "").strip(),
        "content": content.strip(),
        "group": said.get("group", ""),
        "priority": said.get("priority", "default"),
        "alert_once": "alert-once" in said,
        "ongoing": "ongoing" in said,
        "action": said.get("action", ""),
        "on_delete": said.get("on-delete", ""),
        "buttons": [
            {"number": n, "label": said[f"button{n}"], "action": said[f"button{n}-action"]}
            for n in (1, 2, 3)
            if said.get(f"button{n}") and said.get(f"button{n}-action")
        ],
        "when": state.now(),
    }
    post(state, shown)
    return "", 0


def post(state: State, shown: dict[str, Any]) -> None:
    """Put a notification on the screen; one of the same id is replaced. The reply fields on buttons of one number share one
    intent, those that are on the screen already included: it is the newest one's, even when that is gone again
    (NotificationAPI.java, createReplyAction: FLAG_UPDATE_CURRENT)."""
    with state.changing() as said:
        others = [other for other in state.load("notifications.json") or [] if other["id"] != shown["id"]]
        state.write("notifications.json", [*others, shown])
        said["reply_intents"] |= {str(button["number"]): shown for button in shown["buttons"] if is_reply(button)}
    state.journal(shown=shown)


def take_away(state: State, notification_id: str) -> None:
    """Take a notification from the screen, if it is there."""
    with state.changing():
        others = [other for other in state.load("notifications.json") or [] if other["id"] != notification_id]
        state.write("notifications.json", others)


def is_reply(button: dict[str, Any]) -> bool:
    """Is it a button into which one types? Only in a button's action is $REPLY anything special."""
    return "$REPLY" in button["action"]


def replied(state: State, button: dict[str, Any], text: str) -> str:
    """Given the button into which a text was typed, do with the screen what Termux:API does and return the action to be run.

    The intent's extras are those of the notification that was shown last with a reply on that button, so it is that one which goes.
    An ongoing one is shown again: without its content, and with the button's action as its own.
    """
    shown = state.read()["reply_intents"][str(button["number"])]
    action: str = next(b["action"] for b in shown["buttons"] if b["number"] == button["number"])
    if shown["ongoing"]:
        post(state, shown | {"content": "", "action": action})
    else:
        take_away(state, shown["id"])
    escaped = text.replace('"', '\\"')
    return action.replace("$REPLY", f'"{escaped}"')


def _long_options(arguments: list[str]) -> dict[str, str]:
    said: dict[str, str] = {}
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        if word == "--":
            break
        if word.startswith("--"):
            name, equals, value = word[2:].partition("=")
            if name in _WITH_VALUE:
                said[name] = value if equals else rest.pop(0) if rest else ""
            elif f"{name}=" in _WITH_VALUE:
                said[name] = ""
            else:
                raise Usage(err=f"termux-notification: unrecognized option '{word}'\n")
        elif word.startswith("-") and len(word) > 1 and word[1] in _SHORT:
            said[_SHORT[word[1]]] = word[2:] or (rest.pop(0) if rest else "")
        elif word.startswith("-") and len(word) > 1:
            raise Usage(err=f"termux-notification: invalid option -- '{word[1]}'\n")
        else:
            rest.insert(0, word)
            break
    if rest:
        raise Usage(out="termux-notification: too many arguments\n")
    return said


def _stdin(seconds: float) -> str:
    import select

    ready, _, _ = select.select([sys.stdin], [], [], seconds)
    return sys.stdin.read() if ready else ""


def remove_notification(state: State, arguments: list[str]) -> tuple[str, int]:
    """termux-notification-remove ID: no error for an unknown one."""
    if len(arguments) != 1:
        raise Usage(out="termux-notification-remove: no notification id specified\n")
    take_away(state, arguments[0])
    state.journal(removed=arguments[0])
    return "", 0


def _dialers(call: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    """The dialer's own notification of a call: the name that it has, else the number."""
    from datetime import datetime
    from zoneinfo import ZoneInfo

    dialer = said["dialer"]
    doing = "talking" if call["answered"] else "dialling" if call["type"] == "OUTGOING" else "ringing"
    return {
        "id": 2,
        "tag": "",
        "key": f"0|{dialer['package']}|2|null|10120|{call['start']}",
        "group": "",
        "packageName": dialer["package"],
        "title": call.get("shown_as") or call["number"] or "Private number",
        "content": dialer[doing],
        "when": f"{datetime.fromtimestamp(int(call['start']), ZoneInfo(said['zone'])):%Y-%m-%d %H:%M:%S}",
    }


def notification_list(state: State, arguments: list[str]) -> tuple[str, int]:
    """termux-notification-list: without access, the client is never answered."""
    from datetime import datetime
    from zoneinfo import ZoneInfo

    said = state.read()
    if not said["notification_access"]:
        hang()
    listed = [
        {
            "id": 0,
            "tag": shown["id"],
            "key": f"0|com.termux.api|0|{shown['id']}|10000",
            "group": shown["group"],
            "packageName": "com.termux.api",
            "title": shown["title"],
            "content": shown["content"],
            "when": f"{datetime.fromtimestamp(int(shown['when']), ZoneInfo(said['zone'])):%Y-%m-%d %H:%M:%S}",
        }
        for shown in state.load("notifications.json") or []
    ]
    listed += [_dialers(call, said) for call in said["ringing"]]
    return pretty(listed) + "\n", 0
