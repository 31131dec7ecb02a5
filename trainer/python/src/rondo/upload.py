"""Putting records into the log, an update's chunks before the manifest that commits them (steps 8 and 9)."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from rondo.connection import kafka_failure
from rondo.errors import RondoError
from rondo.job import Job
from rondo.signing import Sign
from rondo.tensors import Floats, digest_of_digests, encode, sha256
from rondo.wire import Codec, Record

_LONGEST_DELIVERY = 180.0


class Acknowledgements:
    """Records that were sent, until the broker has acknowledged them all. Used by one thread."""

    def __init__(self, producer: Producer) -> None:
        self._producer = producer
        self._places: list[tuple[int, int]] = []
        self._failure: KafkaError | None = None
        self._sent = 0

    def send(self, topic: str, partition: int, value: bytes) -> None:
        while True:
            try:
                self._producer.produce(topic, value=value, partition=partition, on_delivery=self._delivered)
                break
            except BufferError:
                self._producer.poll(0.1)
            except KafkaException as failure:
                raise kafka_failure(f"write to {topic}", failure.args[0]) from failure
        self._sent += 1
        self._producer.poll(0)

    def wait(self, patience: float = _LONGEST_DELIVERY) -> list[tuple[int, int]]:
        """Waits for all that was sent so far, and tells its partitions and offsets."""
        deadline = time.monotonic() + patience
        while len(self._places) < self._sent and self._failure is None:
            if time.monotonic() > deadline:
                raise RondoError(
                    "broker-unreachable",
                    f"the broker did not acknowledge a record within {patience:.0f} s",
                    "check that the brokers run, and start the trainer again: it sends the same update",
                )
            self._producer.poll(0.1)
        if self._failure is not None:
            raise kafka_failure("write a record", self._failure)
        return self._places

    def _delivered(self, error: KafkaError | None, message: Message) -> None:
        if error is not None:
            self._failure = error
        else:
            partition, offset = message.partition(), message.offset()
            assert partition is not None
            assert offset is not None
            self._places.append((partition, offset))


@dataclass(frozen=True)
class Header:
    """What a manifest says of an update besides its bytes."""

    round: int
    base_round: int
    trainer: str
    incarnation: str
    attempt: str
    num_examples: int
    metrics: Mapping[str, float]


def digest_of_update(job: Job, number: int, values: Floats) -> bytes:
    """The digest that an upload of these values has in a round."""
    dtype = job.dtype(number)
    return digest_of_digests(
        [sha256(encode(dtype, values[each.position : each.position + each.count])) for each in job.flat(number).chunks]
    )


class Uploader:
    """Writes to the log of one job. Records have no key: a chunk's partition is ``ordinal mod P``, set explicitly."""

    def __init__(self, producer: Producer, codec: Codec, job: Job, sign: Sign = lambda record: record) -> None:
        self._producer = producer
        self._codec = codec
        self._job = job
        self._sign = sign

    def announce(self, record: Record, patience: float) -> int:
        """Appends to ``manifests``, and waits so long at most until it is there. The bytes written."""
        topic = self._job.topics.named("manifests")
        value = self._codec.encode(topic, self._sign(record))
        acks = Acknowledgements(self._producer)
        acks.send(topic, 0, value)
        acks.wait(patience)
        return len(value)

    def upload(self, header: Header, values: Floats) -> int:
        """Uploads and commits; the update is in the log when this returns. The bytes of all its records."""
        number = header.round
        flat = self._job.flat(number)
        dtype = self._job.dtype(number)
        topic = self._job.topics.round(number)
        if values.shape != (flat.elements,):
            raise ValueError(f"{values.shape} values, where the round has {flat.elements} elements")
        acks = Acknowledgements(self._producer)
        digests: list[bytes] = []
        total = 0
        for chunk in flat.chunks:
            data = encode(dtype, values[chunk.position : chunk.position + chunk.count])
            digests.append(sha256(data))
            fields = {
                "trainer": header.trainer,
                "attempt": header.attempt,
                "round": number,
                "ordinal": chunk.ordinal,
                "position": chunk.position,
                "count": chunk.count,
                "dtype": dtype,
                "values": data,
                "digest": digests[-1],
            }
            encoded = self._codec.encode(topic, Record("TensorChunk", fields))
            acks.send(topic, flat.partition_of(chunk.ordinal), encoded)
            total += len(encoded)
        places = acks.wait()
        total += self.announce(
            Record("UpdateManifest", self._manifest(header, dtype, places, digests)), _LONGEST_DELIVERY
        )
        return total

    def _manifest(
        self, header: Header, dtype: str, places: list[tuple[int, int]], digests: list[bytes]
    ) -> dict[str, object]:
        offsets: dict[int, list[int]] = {}
        for partition, offset in places:
            offsets.setdefault(partition, []).append(offset)
        return {
            "jobUuid": self._job.uuid,
            "round": header.round,
            "baseRound": header.base_round,
            "trainer": header.trainer,
            "incarnation": header.incarnation,
            "attempt": header.attempt,
            "numExamples": header.num_examples,
            "dtype": dtype,
            "elements": self._job.flat(header.round).elements,
            "ranges": [
                {"partition": partition, "first": min(found), "last": max(found)}
                for partition, found in sorted(offsets.items())
            ],
            "chunkDigests": digests,
            "digest": digest_of_digests(digests),
            "metrics": dict(header.metrics),
            "signature": None,
        }
