"""The log as one trainer uses it."""

from __future__ import annotations

from confluent_kafka import Producer

from rondo.adapter import AdapterReader
from rondo.connection import Connection
from rondo.job import Job
from rondo.log import LogReader
from rondo.recent import KafkaRounds, RecentRounds
from rondo.signing import Signer
from rondo.tensors import Floats
from rondo.upload import Uploader
from rondo.wire import Codec, Record

_AT_ONCE = 0.01


class KafkaTrainerLog:
    """The log as one trainer uses it: consumers that assign and seek, so that no round is too long for a group."""

    def __init__(self, connection: Connection, codec: Codec, job: Job, signer: Signer) -> None:
        self.job = job
        self._connection = connection
        self._signer = signer
        self._codec = codec
        self._topic = job.topics.named("rounds")
        self._reader = LogReader(connection, {(self._topic, 0): 0})
        self._adapters = AdapterReader(connection, codec, job)
        self._producer: Producer = connection.producer()
        self.uploader = Uploader(self._producer, codec, job, signer.sign)

    def recent_rounds(self, followed: int | None) -> list[Record]:
        """What a starting trainer needs of ``rounds``; the publication of a round that it followed, if it is there."""
        source = KafkaRounds(self._connection, self._reader, (self._topic, 0), self._decode)
        try:
            records = RecentRounds(self.job.uuid, source).read(followed)
        finally:
            source.close()
        for record in records:
            self._signer.read(record)
        return records

    def await_rounds(self, seconds: float) -> list[Record]:
        """The next records; empty when there are none within the time."""
        # one at first, so that a record is taken as soon as it is there
        entries = self._reader.poll(seconds, 1)
        if entries:
            entries += self._reader.poll(_AT_ONCE)
        return [self._record(entry.value) for entry in entries]

    def adapter(self, published: Record) -> dict[str, Floats]:
        return self._adapters.read(published)

    def close(self) -> None:
        self._producer.flush(5)
        self._adapters.close()
        self._reader.close()

    def _record(self, value: bytes | None) -> Record:
        record = self._decode(value)
        self._signer.read(record)
        return record

    def _decode(self, value: bytes | None) -> Record:
        decoded = self._codec.decode(value)
        if isinstance(decoded, Record):
            return decoded
        if decoded.reason == "unexpected-record":
            # of a newer aggregator: it says nothing that this trainer could act on
            return Record("", {})
        return self._codec.require(self._topic, value)
