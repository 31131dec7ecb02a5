"""How to reach a Kafka cluster and a registry, with the failures that a user can fix."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer
from confluent_kafka.admin import AdminClient

from rondo import client_config
from rondo.errors import RondoError
from rondo.wire import Codec, without_credentials

_CONNECT_SECONDS = 10
_LARGEST_REQUEST = 4 << 20

_UNREACHABLE = (
    KafkaError._TRANSPORT,
    KafkaError._ALL_BROKERS_DOWN,
    KafkaError._TIMED_OUT,
    KafkaError._MSG_TIMED_OUT,
    KafkaError._RESOLVE,
    KafkaError._PURGE_QUEUE,
    KafkaError.REQUEST_TIMED_OUT,
)


def kafka_failure(what: str, error: KafkaError) -> RondoError:
    """A failure of a Kafka client for a user: no broker, or one that refuses."""
    if error.code() in _UNREACHABLE:
        return RondoError(
            "broker-unreachable",
            f"cannot {what}: {error.str()}",
            "check --bootstrap-servers, that the brokers run, and that their advertised listeners can be reached",
        )
    return RondoError(
        "broker-refused",
        f"the broker refused to {what}: {error.name()}, {error.str()}",
        "check this user's rights and credentials (--kafka-config), and the largest record that topic and broker take",
    )


@dataclass(frozen=True)
class Connection:
    """Brokers, registry, and what ``--kafka-config`` says. Its text form holds no secret."""

    bootstrap_servers: str
    schema_registry: str = field(repr=False)
    config: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __str__(self) -> str:
        return f"{self.bootstrap_servers}, {without_credentials(self.schema_registry)}, {sorted(self.config)}"

    def __post_init__(self) -> None:
        if not self.bootstrap_servers.strip():
            raise RondoError(
                "bad-config", "no Kafka broker is named", "give --bootstrap-servers, such as 127.0.0.1:9092"
            )
        if not self.schema_registry.strip():
            raise RondoError(
                "bad-config", "no schema registry is named", "give --schema-registry, such as http://127.0.0.1:8081"
            )

    def kafka(self) -> dict[str, Any]:
        """Settings of any Kafka client."""
        settings = client_config.of_brokers(self.config)
        settings["bootstrap.servers"] = self.bootstrap_servers
        # failures are reported where they matter; librdkafka's own lines go nowhere a user looks
        settings.setdefault("log_level", 0)
        return settings

    def codec(self) -> Codec:
        """Encodes and decodes records by the registry."""
        try:
            with client_config.of_registry(self.config, self.schema_registry) as settings:
                return Codec(settings)
        except (ValueError, TypeError, OSError) as failure:
            raise RondoError(
                "bad-config", f"the schema registry's settings cannot be used: {failure}", "check --schema-registry"
            ) from failure

    def consumer(self) -> Consumer:
        """A consumer that is given its partitions and offsets, and sees what is committed."""
        settings = self.kafka()
        settings.update(
            {
                # required by the client; nothing is ever committed under it
                "group.id": f"rondo-reader-{uuid.uuid4()}",
                "enable.auto.commit": False,
                "enable.auto.offset.store": False,
                "isolation.level": "read_committed",
                # an offset that is gone is missing history, never a reason to start elsewhere
                "auto.offset.reset": "error",
                "enable.partition.eof": True,
                "allow.auto.create.topics": False,
                "fetch.wait.max.ms": 100,
            }
        )
        consumer: Consumer = _made(lambda: Consumer(settings))
        return consumer

    def producer(self) -> Producer:
        """An idempotent producer of raw records, chunks included."""
        settings = self.kafka()
        settings.update({"enable.idempotence": True, "acks": "all"})
        settings.setdefault("linger.ms", 5)
        settings.setdefault("batch.size", 1 << 20)
        settings.setdefault("message.max.bytes", _LARGEST_REQUEST)
        settings.setdefault("queue.buffering.max.kbytes", 128 << 10)
        settings.setdefault("delivery.timeout.ms", 120_000)
        producer: Producer = _made(lambda: Producer(settings))
        return producer

    def admin(self) -> AdminClient:
        """An admin client of a cluster that answers within about 10 s."""
        admin: AdminClient = _made(lambda: AdminClient(self.kafka()))
        try:
            admin.list_topics(timeout=_CONNECT_SECONDS)
        except KafkaException as failure:
            raise kafka_failure(f"connect to {self.bootstrap_servers}", failure.args[0]) from failure
        return admin


def _made(make: Any) -> Any:
    try:
        return make()
    except KafkaException as failure:
        raise RondoError(
            "bad-config",
            f"a Kafka client cannot be made of --kafka-config: {failure.args[0]}",
            "use the names of librdkafka's settings, such as security.protocol, sasl.username and ssl.ca.location",
        ) from failure
