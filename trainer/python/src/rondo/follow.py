"""What the records of ``rounds`` mean to one trainer: pure state, without Kafka, clock or model."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from rondo.wire import Record

_ON_THE_WAY = ("bad-digest", "missing-chunk")


@dataclass(frozen=True)
class Progress:
    """How far a trainer is: the adapter loaded or -1, the last round trained or 0, and the update to be sent."""

    synced_round: int
    trained_round: int
    pending_round: int | None


@dataclass(frozen=True)
class Synchronise:
    """Load the adapter of this publication, and evaluate it."""

    published: Record


@dataclass(frozen=True)
class Train:
    """Train this round and send the update."""

    opened: Record


@dataclass(frozen=True)
class Send:
    """Send the pending update, which was trained for this round."""

    opened: Record


@dataclass(frozen=True)
class Wait:
    """Nothing to do until another record comes."""


@dataclass(frozen=True)
class Finish:
    """The job is finished."""


@dataclass(frozen=True)
class Fail:
    """The job was aborted."""

    reason: str


Step = Synchronise | Train | Send | Wait | Finish | Fail


class _Retry:
    """Whether the update of the open round, which was refused, is to be sent again.

    One that was late is, when its round gets more time; one whose chunks did not arrive as they were sent is, at once
    and once. The values are the same, so that other faults would be found again.
    """

    def __init__(self) -> None:
        self._late = False
        self._damaged = False
        self._due = False

    def rejected(self, reason: str) -> None:
        if reason == "late":
            self._late = True
        elif reason in _ON_THE_WAY and not self._damaged:
            self._damaged = self._due = True

    def extended(self) -> None:
        self._due |= self._late
        self._late = False

    def take(self) -> bool:
        taken, self._due = self._due, False
        return taken


class RoundFollower:
    """Follows ``rounds``. Of all published rounds only the current one is loaded."""

    def __init__(self, job_uuid: str, trainer: str, incarnation: str) -> None:
        self._job_uuid = job_uuid
        self._trainer = trainer
        self._incarnation = incarnation
        self._current: dict[int, Record] = {}
        # of this process, the last ones: an answer to another has been asked for by someone else in its name
        self._attempts: deque[str] = deque(maxlen=64)
        self._rejections: list[Record] = []
        self._retry = _Retry()
        self._open: Record | None = None
        self._latest: Record | None = None
        self._end: Finish | Fail | None = None
        self._removed = False
        self._revoked = False
        self._admitted = False
        self._successor: str | None = None
        self._join_refusal: Record | None = None
        self._extension: Record | None = None

    def sending(self, attempt: str) -> None:
        """This process is about to send an update under an attempt of this name."""
        self._attempts.append(attempt)

    def apply(self, record: Record) -> None:
        """Takes the next record of the topic; one that says nothing to this trainer is passed over."""
        of_job = record.fields.get("jobUuid", self._job_uuid) == self._job_uuid
        if not of_job:
            return
        match record.type:
            case "RoundOpened":
                if self.is_open(record["round"]):
                    # it continues with another cohort
                    self._retry.extended()
                else:
                    self._retry = _Retry()
                self._open = record
            case "RoundPublished":
                self._publish(record)
            case "RoundFailed":
                self._end_round(record["round"])
            case "RoundExtended" | "RoundReopened":
                if self.is_open(record["round"]):
                    self._retry.extended()
                    self._extension = record if record.type == "RoundExtended" else None
            case "TrainerAdmitted":
                self._admit(record)
            case "InputRefused":
                # a join that came twice is none that was refused
                if self._answers_own_join(record) and record["reason"] != "duplicate":
                    self._join_refusal = record
            case "UpdateRejected":
                if self._is_own(record) and record["attempt"] in self._attempts:
                    self._rejections.append(record)
                    if self.is_open(record["round"]):
                        self._retry.rejected(record["reason"])
            case "TrainerRemoved":
                if record["reason"] == "key-revoked":
                    self._revoked |= self._is_own(record)
                else:
                    self._removed |= self._is_own(record)
            case "JobFinished":
                self._end = Finish()
            case "JobAborted":
                self._end = Fail(record["reason"])
            case _:
                pass

    def _admit(self, record: Record) -> None:
        """Once this process is admitted, another incarnation of its trainer takes its place."""
        if record["trainer"] != self._trainer:
            return
        if record["incarnation"] == self._incarnation:
            self._admitted = True
        elif self._admitted:
            self._successor = record["incarnation"]

    def _answers_own_join(self, record: Record) -> bool:
        return (record.fields.get("trainer"), record.fields.get("incarnation")) == (self._trainer, self._incarnation)

    def _is_own(self, record: Record) -> bool:
        return bool(record["trainer"] == self._trainer and record["incarnation"] == self._incarnation)

    def _publish(self, published: Record) -> None:
        self._latest = published
        self._current[published["round"]] = published
        holding = {version["round"] for version in published["tensors"]}
        self._current = {number: each for number, each in self._current.items() if number in holding}
        self._end_round(published["round"])

    def _end_round(self, number: int) -> None:
        if self._open is not None and self._open["round"] <= number:
            self._open = None

    def next(self, progress: Progress) -> Step:
        """What to do in the light of all that was applied."""
        if isinstance(self._end, Fail):
            return self._end
        if self._latest is not None and self._latest["round"] > progress.synced_round:
            return Synchronise(self._latest)
        if self._end is not None:
            return self._end
        if self._open is None or self._trainer not in self._open["cohort"]:
            return Wait()
        if progress.pending_round == self._open["round"]:
            return Send(self._open)
        fresh = progress.trained_round < self._open["round"]
        ready = progress.synced_round == self._open["baseRound"]
        return Train(self._open) if fresh and ready else Wait()

    def is_open(self, number: int) -> bool:
        """Whether a round still accepts updates, as far as this trainer knows."""
        return self._end is None and self._open is not None and bool(self._open["round"] == number)

    def publication(self, number: int) -> Record:
        """The publication of a round that holds the current value of a tensor."""
        if number not in self._current:
            raise AssertionError(f"round {number} holds a current value, but 'rounds' has only {sorted(self._current)}")
        return self._current[number]

    def take_removal(self) -> bool:
        """Whether this process was taken out of the cohort since the last call, for rounds that it has missed."""
        taken, self._removed = self._removed, False
        return taken

    @property
    def revoked(self) -> bool:
        """Whether the last key of this trainer was revoked."""
        return self._revoked

    def take_retry(self) -> bool:
        """Whether the update of the open round is to be sent again; said once."""
        return self._retry.take()

    @property
    def successor(self) -> str | None:
        """The incarnation that has taken this process's place, if one has."""
        return self._successor

    def take_join_refusal(self) -> Record | None:
        """Why this process may not join, if its join was refused since the last call."""
        taken, self._join_refusal = self._join_refusal, None
        return taken

    def take_extension(self) -> Record | None:
        """The last extension of the open round since the last call."""
        taken, self._extension = self._extension, None
        return taken if taken is not None and self.is_open(taken["round"]) else None

    def take_rejections(self) -> list[Record]:
        """The rejections of this process's own updates since the last call."""
        taken, self._rejections = self._rejections, []
        return taken
