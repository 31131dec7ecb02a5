"""What a registry's answers mean, by a small one in this process."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from rondo.connection import Connection
from rondo.errors import RondoError
from rondo.wire import Codec, Record, bundled_text

SUBJECT = "io.rondo.log.TrainerLeft"
LEFT = Record(
    "TrainerLeft", {"jobUuid": "u", "trainer": "t", "incarnation": "i", "reason": "stopped", "signature": None}
)


class Registry:
    """Schemas by their ids, the versions of subjects, and an answer that goes before all others."""

    def __init__(self) -> None:
        self.schemas: dict[int, str] = {}
        self.subjects: dict[str, list[int]] = {}
        self.refusal: tuple[int, dict[str, object]] | None = None
        self.asked: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                status, body = outer.refusal or outer.answer(self.path.split("?")[0])
                data = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def add(self, subject: str, number: int, schema: str) -> None:
        self.schemas[number] = schema
        self.subjects.setdefault(subject, []).append(number)

    def answer(self, path: str) -> tuple[int, dict[str, object]]:
        parts = path.strip("/").split("/")
        if parts[:2] == ["schemas", "ids"] and int(parts[2]) in self.schemas:
            return 200, {"schema": self.schemas[int(parts[2])]}
        if parts[0] == "subjects" and parts[-1] == "latest" and parts[1] in self.subjects:
            versions = self.subjects[parts[1]]
            number = versions[-1]
            return 200, {"subject": parts[1], "version": len(versions), "id": number, "schema": self.schemas[number]}
        return 404, {"error_code": 40401 if parts[0] == "subjects" else 40403, "message": "not found"}


@pytest.fixture
def registry() -> Iterator[Registry]:
    made = Registry()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def codec(registry: Registry) -> Codec:
    return Connection("b:1", registry.url).codec()


def test_should_write_by_the_latest_version_whatever_its_text_is(registry: Registry, codec: Codec):
    newer = json.loads(bundled_text("TrainerLeft"))
    newer["fields"].append({"name": "mood", "type": "string", "default": "fine"})
    registry.add(SUBJECT, 3, bundled_text("TrainerLeft"))
    registry.add(SUBJECT, 9, json.dumps(newer, indent=7))

    value = codec.encode("rondo.j.manifests", LEFT)

    assert value[:5] == b"\0\0\0\0\x09"
    assert value.endswith(b"\x08fine")
    assert codec.decode(value) == LEFT


def test_should_ask_once_for_each_schema(registry: Registry, codec: Codec):
    registry.add(SUBJECT, 3, bundled_text("TrainerLeft"))
    values = [codec.encode("rondo.j.manifests", LEFT) for _ in range(5)]

    assert [codec.decode(value) for value in values] == [LEFT] * 5
    assert len(registry.asked) <= 2


def test_should_say_that_a_schema_is_not_registered(codec: Codec):
    with pytest.raises(RondoError) as failure:
        codec.encode("rondo.j.manifests", LEFT)
    assert failure.value.code == "schema-unknown"
    assert codec.decode(b"\0\0\0\0\x05x").reason == "unknown-schema"


@pytest.mark.parametrize("status", [401, 403])
def test_should_say_that_the_registry_wants_other_credentials(registry: Registry, codec: Codec, status: int):
    registry.refusal = status, {"error_code": status, "message": "no"}
    with pytest.raises(RondoError) as failure:
        codec.encode("rondo.j.manifests", LEFT)
    assert failure.value.code == "registry-refused"
    assert "credentials" in failure.value.next_step
