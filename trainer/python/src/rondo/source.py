"""A job's log, from a cluster or from an archive: what the verifier and the readers read."""

from __future__ import annotations

import copy
import hashlib
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import fastavro
from confluent_kafka import IsolationLevel

from rondo.connection import Connection
from rondo.errors import RondoError
from rondo.job import Job
from rondo.log import LogReader, Place, list_ends, partitions_of
from rondo.topics import Topics, job_of_commands
from rondo.wire import Decoder, Record, Unreadable, body_digest, parse


@dataclass(frozen=True)
class LogEntry:
    """A record of a job's log, decoded, with the digest of its body."""

    offset: int
    timestamp: int
    value: bytes | None
    decoded: Record | Unreadable

    @property
    def digest(self) -> bytes:
        return body_digest(self.value)

    def record(self, *types: str) -> Record | None:
        """The record, where it can be read and is of one of these types."""
        found = self.decoded
        return found if isinstance(found, Record) and (not types or found.type in types) else None


class JobLog(Protocol):
    """The topics of one job by their short names, such as ``rounds`` and ``round.000001``."""

    job: str
    partitions: int

    def has(self, topic: str) -> bool:
        """Whether the topic is there."""

    def entries(self, topic: str, partition: int = 0) -> Iterator[LogEntry]:
        """What stands in a partition, from its beginning to its end."""

    def settled(self) -> JobLog | None:
        """The same log up to a moment at which nothing was on its way; None where it was written without a pause."""

    def close(self) -> None:
        """Releases what was opened."""


def started(log: JobLog) -> Job:
    """The job as the aggregator accepted it, or as it was submitted where none has."""
    for topic, kind in (("decisions", "JobStarted"), ("commands", "JobSubmitted")):
        for entry in log.entries(topic):
            found = entry.record(kind)
            if found is not None:
                return Job.of(found)
    raise RondoError("job-not-found", f"no job '{log.job}' was submitted", "submit it with `rondo job submit`")


_LOOKS = 300
_PAUSE_SECONDS = 0.02


class ClusterLog:
    """A job's log in a cluster."""

    def __init__(self, connection: Connection, job: str) -> None:
        self._ends: dict[Place, int] = {}
        self.job = job
        self._connection = connection
        self._topics = Topics(job)
        self._codec = connection.codec()
        self._admin = connection.admin()
        self.partitions = partitions_of(self._admin, self._topics.named("decisions"))
        if not self.partitions:
            raise RondoError(
                "job-not-found",
                f"there is no job '{job}': no topic {self._topics.named('decisions')}",
                "list the jobs with `rondo job list`, or submit it with `rondo job submit`",
            )

    @staticmethod
    def jobs(connection: Connection) -> list[str]:
        """The names of the jobs of a cluster."""
        found = (job_of_commands(topic) for topic in connection.admin().list_topics(timeout=15).topics)
        return sorted(job for job in found if job is not None)

    def has(self, topic: str) -> bool:
        return partitions_of(self._admin, self._topics.named(topic)) > 0

    def entries(self, topic: str, partition: int = 0) -> Iterator[LogEntry]:
        name = self._topics.named(topic)
        if not self.has(topic):
            raise RondoError("log-incomplete", f"the topic {name} is not there", "restore the job from an archive")
        place = (name, partition)
        reader = LogReader(self._connection, {place: 0})
        try:
            known = {place: self._ends[place]} if place in self._ends else reader.ends([place])
            for entry in reader.read_to(known):
                yield LogEntry(entry.offset, entry.timestamp, entry.value, self._codec.decode(entry.value))
        finally:
            reader.close()

    def settled(self) -> JobLog | None:
        """Each partition is asked by itself, and a running job writes in between. Where the committed ends are those of
        open transactions too, nothing was written between the two answers."""
        names = ("commands", "manifests", "parts", "rounds", "dead-letters")
        places = [(self._topics.named(name), 0) for name in names]
        for name in ("decisions", "global-adapter"):
            places += [(self._topics.named(name), part) for part in range(self.partitions)]
        for _ in range(_LOOKS):
            ends = list_ends(self._admin, places, IsolationLevel.READ_COMMITTED)
            if ends == list_ends(self._admin, places):
                log = copy.copy(self)
                log._ends = ends
                return log
            time.sleep(_PAUSE_SECONDS)
        return None

    def close(self) -> None:
        """Every reader closes itself."""


class ArchiveLog:
    """A job's log in the files that ``rondo archive`` wrote (docs/how-to/archive.md), each compared with its digest."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        file = directory / "index.json"
        try:
            index = json.loads(file.read_text("utf-8"))
            if index["format"] != 1:
                raise ValueError(f"format {index['format']}, where this version reads 1")
            self.job: str = index["job"]
            self.partitions: int = index["partitions"]
            self.published: list[dict[str, Any]] = index["published"]
            self._files = {(each["topic"], each["partition"]): each for each in index["files"]}
            schemas = {each["id"]: parse(each["schema"]) for each in index["schemas"]}
        except FileNotFoundError as missing:
            raise RondoError(
                "archive-not-found",
                f"there is no archive in {directory}: no file index.json",
                "give a directory that `rondo archive --out` wrote",
            ) from missing
        except (OSError, ValueError, KeyError, TypeError) as failure:
            raise self._corrupt("index.json", str(failure)) from failure
        self._decoder = Decoder(schemas.get)
        self._topics = Topics(self.job)

    def has(self, topic: str) -> bool:
        return (self._topics.named(topic), 0) in self._files

    def settled(self) -> JobLog | None:
        return self

    def entries(self, topic: str, partition: int = 0) -> Iterator[LogEntry]:
        kept = self._files.get((self._topics.named(topic), partition))
        if kept is None:
            raise RondoError(
                "log-incomplete",
                f"the archive {self._directory} has no file of {topic}, partition {partition}",
                "take the rounds that the archive has",
            )
        file = self._directory / kept["file"]
        if file.parent != self._directory:
            raise self._corrupt(kept["file"], "its name leaves the directory")
        try:
            with file.open("rb") as data:
                if hashlib.file_digest(data, "sha256").hexdigest() != kept["sha256"]:
                    raise self._corrupt(kept["file"], "its bytes do not match the digest in index.json")
                data.seek(0)
                for block in fastavro.block_reader(data):
                    data_of_block: Any = block.bytes_  # type: ignore[attr-defined]
                    cursor = _Cursor(data_of_block.getvalue())
                    for _ in range(block.num_records):
                        yield self._entry(cursor)
        except (OSError, ValueError, IndexError) as failure:
            raise self._corrupt(kept["file"], str(failure)) from failure

    def _entry(self, cursor: _Cursor) -> LogEntry:
        offset, timestamp = cursor.number(), cursor.number()
        cursor.number()  # the kind of timestamp
        cursor.bytes_or_null()  # the key
        cursor.headers()
        schema, size = cursor.number(), cursor.number()
        if schema < 0:
            value = cursor.bytes_or_null()
        else:
            cursor.number()  # the branch
            value = b"\0" + schema.to_bytes(4, "big") + cursor.take(size)
        return LogEntry(offset, timestamp, value, self._decoder.decode(value))

    def _corrupt(self, file: str, what: str) -> RondoError:
        return RondoError(
            "archive-corrupt",
            f"{self._directory / file} cannot be used: {what}",
            "take another copy of the archive; rounds whose files are whole can still be verified",
        )

    def close(self) -> None:
        """Every file closes itself."""


class _Cursor:
    """Reads the Avro encoding of an archived record's envelope, so that the body stays as logged."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def number(self) -> int:
        shift = result = 0
        while True:
            byte = self._data[self._at]
            self._at += 1
            result |= (byte & 0x7F) << shift
            if byte < 0x80:
                return (result >> 1) ^ -(result & 1)
            shift += 7

    def take(self, count: int) -> bytes:
        if count < 0 or self._at + count > len(self._data):
            raise ValueError("a record is longer than its block")
        self._at += count
        return self._data[self._at - count : self._at]

    def bytes_or_null(self) -> bytes | None:
        return None if self.number() == 0 else self.take(self.number())

    def headers(self) -> None:
        while (count := self.number()) != 0:
            if count < 0:
                self.number()
            for _ in range(abs(count)):
                self.take(self.number())
                self.bytes_or_null()
