"""The topics of a job by their names (section 1 of the wire contract)."""

from __future__ import annotations

import re

from rondo.identifiers import require_job

_COMMANDS = re.compile(r"rondo\.([a-z0-9-]{1,48})\.commands\Z")


class Topics:
    """The topics of one job."""

    def __init__(self, job: str) -> None:
        self.job = require_job(job)

    def named(self, short: str) -> str:
        """The full name of a topic such as ``rounds``."""
        return f"rondo.{self.job}.{short}"

    def round(self, number: int) -> str:
        return self.named(f"round.{number:06d}")


def job_of_commands(topic: str) -> str | None:
    """The job whose topic of commands this is."""
    found = _COMMANDS.match(topic)
    return found.group(1) if found else None
