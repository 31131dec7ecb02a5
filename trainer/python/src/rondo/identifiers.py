"""The names that users give (section 1 of the wire contract)."""

from __future__ import annotations

import re

from rondo.errors import RondoError

SUBMITTER = "submitter"

_VALID = re.compile(r"[a-z0-9-]{1,48}\Z")


def is_valid(name: str) -> bool:
    return _VALID.match(name) is not None


def require_job(name: str) -> str:
    return _require("job", name)


def require_trainer(name: str) -> str:
    if name == SUBMITTER:
        raise RondoError("bad-id", f"the trainer id '{name}' is reserved for round 0", "choose another id")
    return _require("trainer", name)


def _require(kind: str, name: str) -> str:
    if not is_valid(name):
        raise RondoError("bad-id", f"'{name}' is not a valid {kind} name", "use 1 to 48 characters of a-z, 0-9 and '-'")
    return name
