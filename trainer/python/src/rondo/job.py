"""A submitted job as a trainer sees it, and how to find it in a cluster."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from confluent_kafka.admin import AdminClient

from rondo.connection import Connection
from rondo.errors import RondoError
from rondo.layout import FROZEN, LOCAL, FlatLayout, Layout, SharingPolicy
from rondo.log import LogReader, partitions_of
from rondo.signing import SigningKey, counts, is_genuine
from rondo.topics import Topics
from rondo.wire import Codec, Decoder, Record


@dataclass(frozen=True)
class Job:
    """What is shared in which round, and how it is cut into chunks.

    ``spec`` holds the job's settings under the names of ``JobSpec``, such as ``localSteps``.
    """

    uuid: str
    spec: Mapping[str, Any]
    layout: Layout

    @staticmethod
    def of(record: Record) -> Job:
        """The job of a ``JobSubmitted`` or a ``JobStarted``; a ValueError when its layout is out of bounds."""
        return Job(record["jobUuid"], record["spec"], Layout.of_records(record["layout"]))

    @property
    def name(self) -> str:
        return str(self.spec["name"])

    @property
    def topics(self) -> Topics:
        return Topics(self.name)

    @property
    def partitions(self) -> int:
        return int(self.spec["partitions"])

    @cached_property
    def policy(self) -> SharingPolicy:
        return SharingPolicy(self.spec["method"], self.spec["head"])

    @cached_property
    def _flats(self) -> list[FlatLayout]:
        return [
            FlatLayout(
                (tensor for tensor in self.layout.tensors if self.policy.of(tensor.role, number) == "shared"),
                self.spec["chunkBytes"] // 4,
                self.partitions,
            )
            for number in range(3)
        ]

    def flat(self, round_number: int) -> FlatLayout:
        """The flat vector of a round: there is one of round 0, one of odd rounds and one of even rounds."""
        return self._flats[0 if round_number == 0 else 2 - round_number % 2]

    def dtype(self, round_number: int) -> str:
        """Element type of the uploads of a round: initial values are always F32."""
        return "F32" if round_number == 0 else str(self.spec["dtype"])

    def frozen(self, round_number: int) -> frozenset[str]:
        """Names of the tensors that keep their values in a round."""
        return self._names(lambda role: self.policy.of(role, round_number) == FROZEN)

    def not_local(self, round_number: int) -> frozenset[str]:
        """Names of the tensors that a local warm-up must keep."""
        return self._names(lambda role: self.policy.of(role, round_number) != LOCAL)

    def ever_shared(self) -> frozenset[str]:
        """Names of the tensors that each new global adapter overwrites; all others are set once or stay local."""
        return self._names(self.policy.ever_shared)

    def _names(self, chosen: Callable[[str], bool]) -> frozenset[str]:
        return frozenset(tensor.name for tensor in self.layout.tensors if chosen(tensor.role))


def find_submission(decoder: Decoder, job: str, values: list[bytes | None]) -> Record | None:
    """The submission that a job runs by: the first that can be read, names the job, whose layout has its digest, and
    that the operator whom it names has signed."""
    for value in values:
        decoded = decoder.decode(value)
        if isinstance(decoded, Record) and decoded.type == "JobSubmitted" and decoded["spec"]["name"] == job:
            try:
                if Layout.of_records(decoded["layout"]).digest == decoded["layoutDigest"] and is_genuine(decoded):
                    return decoded
            except ValueError:
                continue
    return None


def await_job(
    connection: Connection,
    codec: Codec,
    name: str,
    *,
    patience: float,
    stopped: Callable[[], bool],
    waiting: Callable[[], None],
) -> Job | None:
    """Waits for a job to be submitted, since a trainer may be started first; None when it was told to stop."""
    admin = connection.admin()
    deadline = time.monotonic() + patience
    told = False
    while not stopped():
        found = _find(connection, codec, admin, name)
        if found is not None:
            return found
        if not told:
            waiting()
            told = True
        if time.monotonic() > deadline:
            raise RondoError(
                "job-not-found",
                f"no job '{name}' was submitted within {patience:.0f} s",
                "submit it with `rondo job submit`, or see `rondo job list` for the jobs that there are",
            )
        time.sleep(0.5)
    return None


def await_key(
    connection: Connection,
    codec: Codec,
    job: Job,
    trainer: str,
    key: SigningKey,
    *,
    patience: float,
    stopped: Callable[[], bool],
) -> None:
    """Waits until the operator has added a trainer's key: without it nothing that it says would be answered."""
    deadline = time.monotonic() + patience
    while not stopped():
        decoded = [codec.decode(value) for value in _commands(connection, job.name)]
        commands = [each for each in decoded if isinstance(each, Record)]
        if counts(commands, job.uuid, job.spec["operatorKey"], trainer, key.public):
            return
        if time.monotonic() > deadline:
            raise RondoError(
                "key-mismatch",
                f"the operator of job '{job.name}' has not added the key {key.public} for trainer '{trainer}', or has"
                " revoked it",
                f"have the operator run: rondo keys add --job {job.name} --trainer {trainer} --public-key {key.public}"
                " --key FILE",
            )
        time.sleep(0.5)


def _find(connection: Connection, codec: Codec, admin: AdminClient, name: str) -> Job | None:
    if not partitions_of(admin, Topics(name).named("commands")):
        return None
    found = find_submission(codec, name, _commands(connection, name))
    return None if found is None else Job.of(found)


def _commands(connection: Connection, job: str) -> list[bytes | None]:
    reader = LogReader(connection, {(Topics(job).named("commands"), 0): 0})
    try:
        return [entry.value for entry in reader.read_to_end()]
    finally:
        reader.close()
