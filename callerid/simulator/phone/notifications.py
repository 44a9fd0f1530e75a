"""termux-notification and its family: what is on the screen, with what, and what each button runs (NotificationAPI.java)."""

from __future__ import annotations

import time

from callerid.simulator.phone.invocation import Failure, Invocation, pretty

TYPE_CHECKING = False  # see state.py
if TYPE_CHECKING:
    from typing import Any

    from callerid.simulator.phone.state import State

_WITH_VALUE = frozenset(
    "action alert-once= button1 button1-action button2 button2-action button3 button3-action channel content group help= icon id "
    "image-path led-color led-off led-on media-next media-pause media-play media-previous on-delete ongoing= priority sound= title "
    "type vibrate".split()
)
_SHORT = {"t": "title", "c": "content", "i": "id"}


def notification(run: Invocation) -> tuple[str, int]:
    """termux-notification: util-linux getopt, long options."""
    options = _long_options(run.arguments)
    if "ongoing" in options and "id" not in options:
        raise Failure(out='Ongoing notifications without an ID are not removable.\nPlease set an id with --id "string".\n')
    content = options.get("content")
    if content is None:
        content = run.stdin(3.0)
    if content in ("-n", "-e", "-E"):  # bash's echo takes these for its own
        content = ""
    shown = {
        "id": options.get("id") or f"random-{time.time_ns()}",
        "title": options.get("title", "").strip(),
        "content": content.strip(),
        "group": options.get("group", ""),
        "priority": options.get("priority", "default"),
        "alert_once": "alert-once" in options,
        "ongoing": "ongoing" in options,
        "action": options.get("action", ""),
        "on_delete": options.get("on-delete", ""),
        "buttons": [
            {"number": n, "label": options[f"button{n}"], "action": options[f"button{n}-action"]}
            for n in (1, 2, 3)
            if options.get(f"button{n}") and options.get(f"button{n}-action")
        ],
        "when": run.state.now(),
    }
    if "com.termux.api POST_NOTIFICATION" not in run.state.read()["appops"]:  # else nothing tells that it is not shown
        post(run.state, shown)
    return "", 0


def post(state: State, shown: dict[str, Any]) -> None:
    """Put a notification on the screen; one of the same id is replaced. The reply fields on buttons of one number share one
    intent, those that are on the screen already included: it is the newest one's, even when that is gone again
    (NotificationAPI.java, createReplyAction: FLAG_UPDATE_CURRENT)."""
    with state.changing() as changed:
        others = [other for other in changed["notifications"] if other["id"] != shown["id"]]
        changed["notifications"] = [*others, shown]
        changed["reply_intents"] |= {str(button["number"]): shown for button in shown["buttons"] if is_reply(button)}
        state.journal(shown=shown)


def take_away(state: State, notification_id: str) -> None:
    """Take a notification from the screen, if it is there."""
    with state.changing() as changed:
        changed["notifications"] = [other for other in changed["notifications"] if other["id"] != notification_id]


def is_reply(button: dict[str, Any]) -> bool:
    """Return whether one types into a button. Only in a button's action is $REPLY anything special."""
    return "$REPLY" in button["action"]


def replied(state: State, button: dict[str, Any], text: str) -> str:
    """Do with the screen what Termux:API does when a text was typed into a button, and return the action to be run.

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
    options: dict[str, str] = {}
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        if word == "--":
            break
        if word.startswith("--"):
            name, equals, value = word[2:].partition("=")
            if name in _WITH_VALUE:
                options[name] = value if equals else rest.pop(0) if rest else ""
            elif f"{name}=" in _WITH_VALUE:
                options[name] = ""
            else:
                raise Failure(err=f"termux-notification: unrecognized option '{word}'\n")
        elif word.startswith("-") and len(word) > 1 and word[1] in _SHORT:
            options[_SHORT[word[1]]] = word[2:] or (rest.pop(0) if rest else "")
        elif word.startswith("-") and len(word) > 1:
            raise Failure(err=f"termux-notification: invalid option -- '{word[1]}'\n")
        else:
            rest.insert(0, word)
            break
    if rest:
        raise Failure(out="termux-notification: too many arguments\n")
    return options


def remove_notification(run: Invocation) -> tuple[str, int]:
    """termux-notification-remove ID: no error for an unknown one."""
    if len(run.arguments) != 1:
        raise Failure(out="termux-notification-remove: no notification id specified\n")
    take_away(run.state, run.arguments[0])
    run.state.journal(removed=run.arguments[0])
    return "", 0


def _of_dialer(call: dict[str, Any], state: dict[str, Any]) -> dict[str, Any]:
    """Return the dialer's own notification of a call: the name that it has, else the number."""
    dialer = state["dialer"]
    doing = "talking" if call["answered"] else "dialling" if call["type"] == "OUTGOING" else "ringing"
    return {
        "id": 2,
        "tag": "",
        "key": f"0|{dialer['package']}|2|null|10120|{call['start']}",
        "group": "",
        "packageName": dialer["package"],
        "title": call.get("shown_as") or call["number"] or "Private number",
        "content": dialer[doing],
        "when": _local(call["start"], state),
    }


def _of_termux(shown: dict[str, Any], state: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": 0,
        "tag": shown["id"],
        "key": f"0|com.termux.api|0|{shown['id']}|10000",
        "group": shown["group"],
        "packageName": "com.termux.api",
        "title": shown["title"],
        "content": shown["content"],
        "when": _local(shown["when"], state),
    }


def _local(moment: float, state: dict[str, Any]) -> str:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    return f"{datetime.fromtimestamp(int(moment), ZoneInfo(state['zone'])):%Y-%m-%d %H:%M:%S}"


def _error_of_termux(run: Invocation) -> dict[str, Any]:
    return {
        "id": f"error-{time.time_ns()}",
        "title": "Termux:API Error",
        "content": "Error in NotificationListAPI",
        "group": "",
        "priority": "default",
        "alert_once": False,
        "ongoing": False,
        "action": "",
        "on_delete": "",
        "buttons": [],
        "when": run.state.now(),
    }


def notification_list(run: Invocation) -> tuple[str, int]:
    """termux-notification-list: without access, the client is never answered; without a connected listener it prints nothing, and
    each run leaves an error notification (ResultReturner.java)."""
    state = run.state.read()
    if not state["notification_access"]:
        run.hang()
    if not state["listener_connected"]:
        post(run.state, _error_of_termux(run))
        return "", 0
    listed = [_of_termux(shown, state) for shown in state["notifications"]]
    listed += [_of_dialer(call, state) for call in state["ringing"]]
    listed += state["dialer_rows"]
    return pretty(listed) + "\n", 0
