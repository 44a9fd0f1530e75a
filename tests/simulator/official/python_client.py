"""What runs of HubSpot's official client for Python share: each step's answer, in plain values, under the step's name."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import hubspot

if TYPE_CHECKING:
    from collections.abc import Callable


def ids(rows: Any) -> list[str]:
    return [row.id for row in rows]


def refusal(send: Callable[[], Any]) -> list[Any]:
    """Return the status and the category of an answer that is an error."""
    try:
        answer = send()
    except Exception as fault:  # noqa: BLE001 - each part of the client has an exception of its own
        body = getattr(fault, "body", None)
        return [getattr(fault, "status", repr(fault)), json.loads(body)["category"] if body else ""]
    if hasattr(answer, "status_code"):
        return [answer.status_code, answer.json().get("category")]
    return [200, answer]


class Run:
    """A client, and what it got, by step. `inputs` are a scenario's."""

    def __init__(self, inputs: dict[str, Any]) -> None:
        self.inputs = inputs
        self.client = hubspot.HubSpot(access_token=inputs["token"], host=inputs["url"], base_url=inputs["url"])
        self.got: dict[str, Any] = {}
