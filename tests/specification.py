"""HubSpot's published specification as far as callerid uses it, and what of a request is not to its letter."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

_FACTS = Path(__file__).parent / "data" / "hubspot_requests.toml"
_JSON = {"text": str, "number": int, "flag": bool}
_IN_A_QUERY = {"text": ".*", "repeated": "[^,]+", "number": "[0-9]+", "flag": "true|false"}


class Specification:
    """The shapes of requests, by tests/data/hubspot_requests.toml."""

    def __init__(self) -> None:
        facts = tomllib.loads(_FACTS.read_text(encoding="utf-8"))
        self.unpublished: Mapping[str, str] = facts["unpublished"]
        self._requests = {_pattern(request): (request, parts) for request, parts in facts["request"].items()}
        self._queries, self._shapes = facts["query"], facts["shape"]

    def request(self, method: str, target: str) -> str:
        """Return the request of the specification that this one is; "" for none."""
        path = urlsplit(target).path
        return next((request for pattern, (request, _) in self._requests.items() if pattern.fullmatch(f"{method} {path}")), "")

    def faults(self, method: str, target: str, content: bytes) -> list[str]:
        """Return what of a request is not to the letter of the specification."""
        parts = urlsplit(target)
        known = next(
            (parts_of for pattern, (_, parts_of) in self._requests.items() if pattern.fullmatch(f"{method} {parts.path}")), None
        )
        if known is None:
            return [] if f"{method} {parts.path}" in self.unpublished else [f"{method} {parts.path} is in no specification"]
        query = self._queries[known["query"]]
        faults = [
            *_faults_of_query(parse_qs(parts.query, keep_blank_values=True), query),
            *self._faults_of_content(content, known.get("body")),
        ]
        return [f"{method} {target}: {fault}" for fault in faults]

    def _faults_of_content(self, content: bytes, shape: str | None) -> Iterator[str]:
        if shape is None:
            yield from ["it has a body"] if content else []
            return
        try:
            body = json.loads(content)
        except ValueError:
            yield "its body is not JSON"
            return
        yield from self._faults_of(body, shape, "the body")

    def _faults_of(self, value: Any, shape: str | list[str], place: str) -> Iterator[str]:
        """Return what differs from a shape in a value, each with its place."""
        if isinstance(shape, list):
            yield from self._faults_of_list(value, shape[0], place)
        elif shape in _JSON:
            yield from [] if type(value) is _JSON[shape] else [f"{place} is no {shape}"]
        elif not isinstance(value, Mapping):
            yield f"{place} is no object"
        elif shape == "texts by name":
            yield from (f"{place}.{name} is no text" for name, text in value.items() if not isinstance(text, str))
        else:
            yield from self._faults_of_object(value, self._shapes[shape], place)

    def _faults_of_list(self, value: Any, shape: str, place: str) -> Iterator[str]:
        if not isinstance(value, Sequence) or isinstance(value, str):
            yield f"{place} is no list"
            return
        for each in value:
            yield from self._faults_of(each, shape, f"{place}[]")

    def _faults_of_object(self, value: Mapping[str, Any], shape: Mapping[str, Any], place: str) -> Iterator[str]:
        required, optional = shape["required"], shape.get("optional", {})
        yield from (f"{place} lacks {key}" for key in required.keys() - value.keys())
        for key, part in value.items():
            if key in required or key in optional:
                yield from self._faults_of(part, (required | optional)[key], f"{place}.{key}")
            else:
                yield f"{place} has {key}, which is in no specification"


def _pattern(request: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(request)))


def _faults_of_query(query: Mapping[str, Sequence[str]], allowed: Mapping[str, str]) -> Iterator[str]:
    for name, values in query.items():
        if name not in allowed:
            yield f"there is no parameter {name}"
            continue
        if len(values) > 1 and allowed[name] != "repeated":
            yield f"the parameter {name} is repeated"
        yield from (
            f"{name}={value} is no {allowed[name]}" for value in values if not re.fullmatch(_IN_A_QUERY[allowed[name]], value)
        )
