"""What GitHub's REST API answers when a request cannot be done."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

DOCUMENTATION = "https://docs.github.com/rest"


@dataclass
class Problem(Exception):
    """An error answer: its HTTP status, its message, and for 422 what is wrong with which field."""

    status: int
    message: str
    errors: tuple[dict[str, Any], ...] = ()
    headers: dict[str, str] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        answer: dict[str, Any] = {"message": self.message}
        if self.errors:
            answer["errors"] = list(self.errors)
        return answer | {"documentation_url": DOCUMENTATION, "status": str(self.status)}


def not_found() -> Problem:
    """For what does not exist, and for what the asking account may not know to exist."""
    return Problem(404, "Not Found")


def forbidden() -> Problem:
    """For what a token may see but not do."""
    return Problem(403, "Resource not accessible by integration")


def invalid(resource: str, field: str, code: str = "invalid", message: str | None = None, value: Any = None) -> Problem:
    """A validation error. `code` is missing, missing_field, invalid, already_exists or custom."""
    error: dict[str, Any] = {"resource": resource, "code": code, "field": field}
    if message is not None:
        error["message"] = message
    if value is not None:
        error["value"] = value
    return Problem(422, "Validation Failed", (error,))
