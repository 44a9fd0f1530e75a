"""How HubSpot says no: statuses and bodies as its documentation and recorded answers show them."""

from __future__ import annotations

from typing import Any

CORRELATION = "6e2b0c5e-9a46-4f0e-8a1c-0d5f3f1f2a11"


class Refusal(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        super().__init__(status)
        self.status, self.body, self.headers = status, body, headers or {}


def envelope(message: str, category: str, **more: Any) -> dict[str, Any]:
    """Return the usual body of an error."""
    return {"status": "error", "message": message, "correlationId": CORRELATION, "category": category} | more


def not_authenticated() -> Refusal:
    """401."""
    message = (
        "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at "
        "https://developers.hubspot.com/docs/methods/auth/oauth-overview"
    )
    return Refusal(401, envelope(message, "INVALID_AUTHENTICATION"))


def missing_scopes(*scopes: str) -> Refusal:
    """403, with the scopes, each of which is enough, by name."""
    message = "This app hasn't been granted all required scopes to make this call. Read more about required scopes here: https://developers.hubspot.com/scopes."
    context = {"requiredGranularScopes": list(scopes)}
    errors = [{"message": "One or more of the following scopes are required.", "context": context}]
    links = {"scopes": "https://developers.hubspot.com/scopes"}
    return Refusal(403, envelope(message, "MISSING_SCOPES", errors=errors, links=links))


def not_found(message: str = "resource not found") -> Refusal:
    """404."""
    return Refusal(404, envelope(message, "OBJECT_NOT_FOUND"))


def invalid(message: str, errors: list[dict[str, Any]] | None = None, category: str = "VALIDATION_ERROR") -> Refusal:
    """400."""
    return Refusal(400, envelope(message, category, **({"errors": errors} if errors else {})))


def unknown_parameter(name: str) -> Refusal:
    """400 for a parameter that this address does not have."""
    return invalid(f"Invalid input: unknown parameter {name}", [{"message": f"{name} is not known", "in": name, "code": "UNKNOWN"}])


def invalid_properties(faults: list[dict[str, Any]]) -> Refusal:
    """400 for values that were written."""
    import json

    listed = json.dumps([{"isValid": False, "message": f["message"], "error": f["code"], "name": f["name"]} for f in faults])
    errors = [{"message": f["message"], "code": f["code"], "context": {"propertyName": [f["name"]]}} for f in faults]
    return invalid(f"Property values were not valid: {listed}", errors)


def too_fast(policy: str) -> Refusal:
    """429, in the words of the real ones."""
    words = {
        "TEN_SECONDLY_ROLLING": "You have reached your ten_secondly_rolling limit.",
        "SECONDLY": "You have reached your secondly limit.",
        "DAILY": "You have reached your daily limit.",
    }
    body = {
        "status": "error",
        "message": words[policy],
        "errorType": "RATE_LIMIT",
        "correlationId": CORRELATION,
        "policyName": policy,
        "groupName": "publicapi:private-apps-api-calls:4242424",
    }
    return Refusal(429, body)
