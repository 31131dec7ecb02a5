"""Failures that a user can understand and act on, under the codes that docs/errors.md explains."""

from __future__ import annotations


class RondoError(Exception):
    """A failure with a stable code, what was wrong with which value, and the next step."""

    def __init__(self, code: str, message: str, next_step: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.next_step = next_step

    def explanation(self) -> str:
        """The three lines that a command shows."""
        return f"error[{self.code}]: {self.message}\n  next: {self.next_step}\n  more: docs/errors.md#{self.code}"

    def json(self) -> dict[str, str]:
        return {
            "code": self.code,
            "message": self.message,
            "next": self.next_step,
            "more": f"docs/errors.md#{self.code}",
        }
