"""Reading the partitions of a log: raw, committed records from given offsets."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from confluent_kafka import Consumer, IsolationLevel, KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec  # type: ignore[attr-defined]

from rondo.connection import Connection, kafka_failure
from rondo.errors import RondoError

Place = tuple[str, int]

_PATIENCE_SECONDS = 90.0
# a new topic may lack a leader, and one of a broker that ends gets another; librdkafka does not repeat this request
_LEADERLESS = (KafkaError.NOT_LEADER_FOR_PARTITION, KafkaError.LEADER_NOT_AVAILABLE)
_LEADER_SECONDS = 30.0
_PAUSE_SECONDS = 0.1
_MISSING = (KafkaError.OFFSET_OUT_OF_RANGE, KafkaError._AUTO_OFFSET_RESET)
_PASSING = (
    KafkaError._TRANSPORT,
    KafkaError._ALL_BROKERS_DOWN,
    KafkaError._TIMED_OUT,
    KafkaError._RESOLVE,
    # librdkafka looks for its group's coordinator, though nothing is read by group and a trainer has no right to one
    KafkaError.GROUP_AUTHORIZATION_FAILED,
)


@dataclass(frozen=True)
class Entry:
    """A record as it stands in a partition."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    value: bytes | None


class LogReader:
    """Reads partitions from given offsets; not thread-safe."""

    def __init__(self, connection: Connection, start: Mapping[Place, int]) -> None:
        self._connection = connection
        self._consumer: Consumer = connection.consumer()
        self._admin: AdminClient | None = None
        self._positions: dict[Place, int] = {}
        self.move_to(start)

    def move_to(self, start: Mapping[Place, int]) -> None:
        """Goes on at these offsets, of these partitions alone."""
        self._positions = dict(start)
        self._consumer.assign([TopicPartition(topic, part, offset) for (topic, part), offset in start.items()])

    def position(self, place: Place) -> int:
        """The offset behind all that was read."""
        return self._positions[place]

    def poll(self, seconds: float, most: int = 500) -> list[Entry]:
        """The next records, in the order of each partition; empty when there are none within the time."""
        entries: list[Entry] = []
        try:
            messages = self._consumer.consume(num_messages=most, timeout=seconds)
        except KafkaException as failure:
            raise self._failure(failure.args[0]) from failure
        for message in messages:
            error = message.error()
            if error is not None and error.code() != KafkaError._PARTITION_EOF:
                if error.code() not in _PASSING:
                    raise self._failure(error)
                continue
            topic, partition, offset = message.topic(), message.partition(), message.offset()
            assert topic is not None
            assert partition is not None
            assert offset is not None
            if error is None:
                self._positions[topic, partition] = offset + 1
                entries.append(Entry(topic, partition, offset, message.timestamp()[1], message.value()))
            else:
                # the end lies behind transaction markers, which are no records
                self._positions[topic, partition] = max(self._positions[topic, partition], offset)
        return entries

    def read_to_end(self, most: int = 500) -> Iterator[Entry]:
        """Reads to the end as of this call: the uncommitted one, since a committed transaction may lack its marker."""
        return self.read_to(self.ends(list(self._positions)), most)

    def read_to(self, ends: Mapping[Place, int], most: int = 500) -> Iterator[Entry]:
        """Reads to these ends and no further."""
        moved = time.monotonic()
        while any(self._positions[place] < end for place, end in ends.items()):
            before = dict(self._positions)
            for entry in self.poll(0.1, most):
                if entry.offset < ends[entry.topic, entry.partition]:
                    yield entry
            if self._positions != before:
                moved = time.monotonic()
            elif time.monotonic() - moved > _PATIENCE_SECONDS:
                held = [f"{topic}-{part}" for (topic, part), end in ends.items() if self._positions[topic, part] < end]
                raise RondoError(
                    "broker-unreachable",
                    f"nothing came from {', '.join(held)} for {_PATIENCE_SECONDS:.0f} s, though records are there",
                    "check that the brokers run, and that no transaction is left open on these topics",
                )

    def ends(self, places: list[Place]) -> dict[Place, int]:
        """The offsets behind the last records of partitions, uncommitted ones included."""
        if self._admin is None:
            self._admin = self._connection.admin()
        return list_ends(self._admin, places)

    def close(self) -> None:
        self._consumer.close()

    def _failure(self, error: KafkaError) -> RondoError:
        if error.code() in _MISSING:
            return RondoError(
                "log-incomplete",
                f"offsets that this log should hold are not there: {error.str()}",
                "keep what is there, and restore the job from an archive; check the topics' retention",
            )
        return kafka_failure(f"read from {self._connection.bootstrap_servers}", error)


def list_ends(
    admin: AdminClient, places: list[Place], isolation: IsolationLevel = IsolationLevel.READ_UNCOMMITTED
) -> dict[Place, int]:
    """The end offsets of partitions, each as of its own response."""
    deadline = time.monotonic() + _LEADER_SECONDS
    latest = OffsetSpec.latest()  # type: ignore[no-untyped-call]
    ends: dict[Place, int] = {}
    while left := [place for place in places if place not in ends]:
        asked = {TopicPartition(topic, part): latest for topic, part in left}
        futures = admin.list_offsets(asked, isolation_level=isolation, request_timeout=30)
        for place, future in futures.items():
            try:
                ends[place.topic, place.partition] = future.result().offset
            except KafkaException as failure:
                error = failure.args[0]
                if error.code() not in _LEADERLESS or time.monotonic() > deadline:
                    raise kafka_failure(f"read the end of {place.topic}-{place.partition}", error) from failure
        if len(ends) < len(places):
            time.sleep(_PAUSE_SECONDS)
    return ends


def partitions_of(admin: AdminClient, topic: str) -> int:
    """How many partitions a topic has; 0 where it does not exist."""
    try:
        known = admin.list_topics(topic, timeout=15).topics.get(topic)
    except KafkaException as failure:
        raise kafka_failure(f"describe topic {topic}", failure.args[0]) from failure
    return 0 if known is None or known.error is not None else len(known.partitions)
