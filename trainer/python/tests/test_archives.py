"""The second verifier on logs that the Java side wrote, and on the same logs with something changed."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import archives
from rondo.source import ArchiveLog, LogEntry
from rondo.verifier import Verifier, verify
from rondo.wire import Record, encode_body

LOGS = archives()


def name(archive: Path) -> str:
    return archive.name


pytestmark = pytest.mark.skipif(not LOGS, reason="there are no archived logs in infra/e2e/src/test/resources/logs")


@pytest.mark.parametrize("archive", LOGS, ids=name)
def test_should_recompute_every_round_of_a_log_of_java(archive: Path):
    log = ArchiveLog(archive)

    report = verify(log)

    assert report.is_sound, report.text()
    assert [(each.round, each.digest) for each in report.rounds] == [
        (each["round"], each["digest"]) for each in log.published
    ]


class Changed(ArchiveLog):
    """An archive in which one record is another one: in wire format, so that only recomputing shows it."""

    def __init__(self, directory: Path, topic: str, partition: int, change) -> None:
        super().__init__(directory)
        self._place, self._change, self.done = (topic, partition), change, False

    def entries(self, topic: str, partition: int = 0) -> Iterator[LogEntry]:
        for entry in super().entries(topic, partition):
            record = entry.record()
            if (topic, partition) == self._place and record is not None:
                fields = copy.deepcopy(dict(record.fields))
                if self._change(record.type, fields):
                    self.done = True
                    value = entry.value[:5] + encode_body(Record(record.type, fields))
                    yield LogEntry(entry.offset, entry.timestamp, value, Record(record.type, fields))
                    continue
            yield entry


def of(kind: str, change):
    """Changes the first record of a kind alone."""
    seen: list[str] = []

    def apply(record_type: str, fields) -> bool:
        if record_type != kind or seen:
            return False
        seen.append(kind)
        change(fields)
        return True

    return apply


def flip(data: bytes) -> bytes:
    return bytes([data[0] ^ 1]) + data[1:]


@pytest.mark.parametrize(
    ("topic", "kind", "change"),
    [
        ("decisions", "RoundOpened", lambda f: f.update(quorum=f["quorum"] + 1)),
        ("decisions", "RoundClosed", lambda f: f["members"][0].update(weight=99.0)),
        ("decisions", "UpdateAccepted", lambda f: f.update(weight=f["weight"] + 1)),
        ("decisions", "TrainerAdmitted", lambda f: f.update(trainer="nobody")),
        ("decisions", "RoundCompleted", lambda f: f.update(chain=flip(f["chain"]))),
        ("decisions", "EvaluationRecorded", lambda f: f["metrics"].update({"test/accuracy": 1.5})),
        ("rounds", "RoundPublished", lambda f: f.update(digest=flip(f["digest"]))),
        ("rounds", "RoundPublished", lambda f: f.update(closedAt=f["closedAt"] + 1)),
        ("manifests", "UpdateManifest", lambda f: f.update(numExamples=f["numExamples"] + 1)),
        ("parts", "PartFolded", lambda f: f["chunks"][0].update(digest=flip(f["chunks"][0]["digest"]))),
        ("global-adapter", "AdapterChunk", lambda f: f.update(values=flip(f["values"]))),
        ("round.000001", "TensorChunk", lambda f: f.update(values=flip(f["values"]))),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_should_find_what_was_changed(topic: str, kind: str, change):
    archive = LOGS[0]
    log = Changed(archive, topic, 0, of(kind, change))

    report = Verifier(log).verify()

    assert log.done, f"{archive} has no {kind} on {topic}"
    assert not report.is_sound
    assert report.differences
