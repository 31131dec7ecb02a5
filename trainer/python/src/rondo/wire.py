"""Records of the log as bytes, and back (section 2 of the wire contract)."""

from __future__ import annotations

import io
import json
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

import fastavro
from confluent_kafka.schema_registry import SchemaRegistryClient, record_subject_name_strategy
from confluent_kafka.schema_registry.avro import AvroSerializer
from confluent_kafka.schema_registry.error import SchemaRegistryError
from confluent_kafka.serialization import MessageField, SerializationContext

from rondo.errors import RondoError
from rondo.tensors import sha256

NAMESPACE = "io.rondo.log"
HEADER = 5
LARGEST_VALUE = 2 << 20

_NOT_FOUND = (40401, 40402, 40403)


@dataclass(frozen=True)
class Record:
    """A record of the log: the short name of its type, such as ``RoundOpened``, and its fields."""

    type: str
    fields: Mapping[str, Any] = field(repr=False)

    def __getitem__(self, name: str) -> Any:
        return self.fields[name]


@dataclass(frozen=True)
class Unreadable:
    """Bytes that are no record of the log, with the reason code of the wire contract."""

    reason: str
    detail: str


def is_wire_format(value: bytes) -> bool:
    return len(value) >= HEADER and value[0] == 0


def body(value: bytes | None) -> bytes:
    """The part of a value that digests are of: without the registry's id, where it has one."""
    if value is None:
        return b""
    return value[HEADER:] if is_wire_format(value) else value


def body_digest(value: bytes | None) -> bytes:
    return sha256(body(value))


@cache
def bundled_text(name: str) -> str | None:
    """The self-contained schema of a record of this package, by its short name."""
    resource = resources.files("rondo") / "avro" / f"{name}.avsc"
    return resource.read_text("utf-8") if resource.is_file() else None


@cache
def bundled_names() -> tuple[str, ...]:
    files = (resources.files("rondo") / "avro").iterdir()
    return tuple(sorted(file.name.removesuffix(".avsc") for file in files if file.name.endswith(".avsc")))


@cache
def bundled_schema(name: str) -> Any:
    """The same, parsed for fastavro; None for a record that this package does not know."""
    text = bundled_text(name)
    return None if text is None else parse(text)


def parse(text: str) -> Any:
    # names of one schema must not be taken for those of another
    return fastavro.parse_schema(json.loads(text), named_schemas={})


def short_name(schema: Any) -> str:
    """The name of a schema's record without its namespace: a map read with it does not hold it."""
    name = schema.get("name", "") if isinstance(schema, dict) else ""
    return str(name).removeprefix(NAMESPACE + ".")


class Decoder:
    """Bytes to records, by schemas that a function finds by their ids. Safe for any thread."""

    def __init__(self, schema_of: Callable[[int], Any | None]) -> None:
        self._schema_of = schema_of

    def decode(self, value: bytes | None) -> Record | Unreadable:
        """What a value holds. Fields that this package does not know are left out, missing ones have their default."""
        if value is None:
            return Unreadable("unreadable", "no value")
        if len(value) > LARGEST_VALUE:
            return Unreadable("too-large", f"{len(value)} bytes, over the limit of {LARGEST_VALUE}")
        if not is_wire_format(value):
            return Unreadable("unreadable", "not in wire format")
        number = int.from_bytes(value[1:HEADER], "big", signed=True)
        writer = self._schema_of(number) if number >= 0 else None
        if writer is None:
            return Unreadable("unknown-schema", f"the registry has no schema of id {number}")
        return self.decode_body(value[HEADER:], writer)

    @staticmethod
    def decode_body(data: bytes, writer: Any) -> Record | Unreadable:
        name = short_name(writer)
        reader = bundled_schema(name)
        if reader is None:
            return Unreadable("unexpected-record", f"no record of the log: {name}")
        stream = io.BytesIO(data)
        try:
            fields = fastavro.schemaless_reader(stream, writer, reader)
        except Exception as failure:  # whatever noise makes of a decoder
            return Unreadable("unreadable", f"{type(failure).__name__}: {failure}")
        if stream.tell() != len(data):
            return Unreadable("unreadable", f"{len(data) - stream.tell()} bytes follow the record")
        assert isinstance(fields, dict)
        return Record(name, fields)

    def require(self, topic: str, value: bytes | None, *types: str) -> Record:
        """A record that must be readable, because Rondo wrote it."""
        decoded = self.decode(value)
        if isinstance(decoded, Record) and (not types or decoded.type in types):
            return decoded
        found = f"a {decoded.type}" if isinstance(decoded, Record) else f"{decoded.reason}, {decoded.detail}"
        raise RondoError(
            "record-unreadable",
            f"a record on {topic} is not a readable {' or '.join(types) or 'record'}: {found}",
            "check that the registry is the one that this log was written with",
        )


def encode_body(record: Record) -> bytes:
    """The Avro body of a record by the bundled schema."""
    out = io.BytesIO()
    fastavro.schemaless_writer(out, bundled_schema(record.type), dict(record.fields))
    return out.getvalue()


def without_credentials(url: str) -> str:
    """An address as it may be shown."""
    return re.sub(r"//[^/@]*@", "//***@", url)


class Codec(Decoder):
    """Records to wire bytes and back through a registry. Schemas are looked up; :meth:`register` alone registers them.

    A record is written by the latest version of its subject, so that the registry need not know this package's text of
    the schema. Fields that only a newer version has get their default.
    """

    def __init__(self, settings: Mapping[str, Any]) -> None:
        super().__init__(self._schema)
        self._url = without_credentials(settings["url"])
        self._client = SchemaRegistryClient(dict(settings))
        self._serializers: dict[str, AvroSerializer] = {}
        self._schemas: dict[int, Any] = {}
        self._lock = threading.Lock()

    def encode(self, topic: str, record: Record) -> bytes:
        serializer = self._serializer(record.type)
        context = SerializationContext(topic, MessageField.VALUE)
        encoded = self._ask(
            lambda: serializer(dict(record.fields), context), f"look up the schema of {record.type}", record.type
        )
        assert isinstance(encoded, bytes)
        return encoded

    def schema_text(self, number: int) -> str | None:
        """The text of a schema by its id; None where the registry has none."""
        schema = self._schema(number)
        return None if schema is None else json.dumps(schema)

    def register(self, name: str) -> int:
        """Registers the bundled schema of a record, for those who submit jobs."""
        from confluent_kafka.schema_registry import Schema

        subject = f"{NAMESPACE}.{name}"
        schema = Schema(json.dumps(json.loads(bundled_text(name) or "")), "AVRO")

        def ask() -> int:
            try:
                self._client.set_compatibility(subject, "FULL_TRANSITIVE")
            except SchemaRegistryError as refused:
                if refused.error_code not in _NOT_FOUND and refused.http_status_code != 404:
                    raise
            return int(self._client.register_schema(subject, schema, normalize_schemas=True))

        return int(self._ask(ask, f"register {name}", name))

    def _serializer(self, name: str) -> AvroSerializer:
        with self._lock:
            if name not in self._serializers:
                self._serializers[name] = AvroSerializer(
                    self._client,
                    bundled_text(name),
                    conf={
                        "auto.register.schemas": False,
                        "use.latest.version": True,
                        "subject.name.strategy": record_subject_name_strategy,
                    },
                )
            return self._serializers[name]

    def _schema(self, number: int) -> Any | None:
        with self._lock:
            if number in self._schemas:
                return self._schemas[number]

        def ask() -> Any | None:
            try:
                return parse(self._client.get_schema(number).schema_str or "")
            except SchemaRegistryError as refused:
                if refused.error_code in _NOT_FOUND or refused.http_status_code == 404:
                    return None
                raise

        parsed = self._ask(ask, f"give the schema of id {number}", str(number))
        if parsed is not None:
            with self._lock:
                self._schemas[number] = parsed
        return parsed

    def _ask(self, call: Callable[[], Any], what: str, name: str) -> Any:
        try:
            return call()
        except SchemaRegistryError as refused:
            raise self._refusal(refused, what, name) from refused
        except Exception as failure:
            if not type(failure).__module__.split(".")[0].startswith(("httpx", "httpcore", "requests", "urllib3")):
                raise
            raise RondoError(
                "registry-unreachable",
                f"the schema registry at {self._url} does not answer: {failure}",
                "check --schema-registry and that the registry runs",
            ) from failure

    def _refusal(self, refused: SchemaRegistryError, what: str, name: str) -> RondoError:
        if refused.error_code in _NOT_FOUND:
            return RondoError(
                "schema-unknown",
                f"the registry at {self._url} has no schema of {name} (subject {NAMESPACE}.{name})",
                "start the aggregator or `rondo job submit` once: they register schemas",
            )
        steps = {
            401: "check the registry's credentials (basic.auth.user.info or bearer.auth.token)",
            403: "check the registry's credentials (basic.auth.user.info or bearer.auth.token)",
            409: "the schema does not fit those in the registry: use the version of Rondo that wrote the log",
        }
        return RondoError(
            "registry-refused",
            f"the registry at {self._url} refused to {what}: status {refused.http_status_code},"
            f" {refused.error_message}",
            steps.get(
                refused.http_status_code, "check that --schema-registry is the root of a Confluent-compatible interface"
            ),
        )
