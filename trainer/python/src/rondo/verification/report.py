"""What a verification found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

IDENTICAL, DIFFERENT, ARCHIVED, NOT_IN_LOG = "identical", "different", "archived", "not-in-log"


@dataclass
class RoundResult:
    """What became of a round's verification."""

    round: int
    revision: int
    updates: int
    digest: str
    outcome: str = IDENTICAL
    problem: str = ""


@dataclass
class Report:
    """What a verification found."""

    job: str
    job_uuid: str = ""
    rounds: list[RoundResult] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def identical(self) -> int:
        return sum(each.outcome == IDENTICAL for each in self.rounds)

    @property
    def archived(self) -> int:
        return sum(each.outcome == ARCHIVED for each in self.rounds)

    @property
    def is_sound(self) -> bool:
        """Whether everything is what it was; rounds that were archived and told are no fault."""
        return not self.differences and self.identical + self.archived == len(self.rounds)

    def json(self) -> dict[str, Any]:
        return {
            "job": self.job,
            "jobUuid": self.job_uuid,
            "rounds": len(self.rounds),
            "identical": self.identical,
            "archived": self.archived,
            "sound": self.is_sound,
            "differences": self.differences,
            "notes": self.notes,
            "perRound": [vars(each) for each in self.rounds],
        }

    def text(self) -> str:
        lines = [f"{'round':<6} {'updates':>7}  {'digest':<12}  outcome"]
        lines += [
            f"{each.round:<6} {each.updates:>7}  {each.digest[:12]:<12}  {each.outcome} {each.problem}".rstrip()
            for each in self.rounds
        ]
        lines += [f"difference: {each}" for each in self.differences[:20]]
        if len(self.differences) > 20:
            lines.append(f"… and {len(self.differences) - 20} more; --json lists all")
        lines += [f"note: {each}" for each in self.notes]
        sound = ", bit-identical" if self.is_sound else ""
        archived = f", {self.archived} archived" if self.archived else ""
        lines.append(f"{self.identical} of {len(self.rounds)} rounds recomputed from the log{sound}{archived}")
        return "\n".join(lines)

    def differs(self, what: str) -> None:
        self.differences.append(what)

    def expect(self, round_number: int, what: str, found: Any, expected: Any) -> None:
        """Notes a difference where what the log holds is not what was computed."""
        if found != expected:
            self.differs(f"round {round_number}: {what} is {_brief(found)}, computed is {_brief(expected)}")


def _brief(value: Any) -> str:
    text = value.hex() if isinstance(value, bytes) else repr(value)
    return text if len(text) <= 160 else text[:160] + "…"
