"""The second verifier on a signed log that the Java side wrote, and on copies in which one thing is changed."""

from __future__ import annotations

import copy
import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conftest import archives
from rondo.errors import RondoError
from rondo.source import ArchiveLog, LogEntry
from rondo.verification.report import Report
from rondo.verification.signatures import SignatureCheck
from rondo.verifier import verify
from rondo.wire import Record

LOG = next((name for name in archives() if name.endswith("/signed")), None)

pytestmark = pytest.mark.skipif(LOG is None, reason="there is no signed log in infra/e2e/src/test/resources/logs")

Change = Callable[[dict[str, Any]], object]


class Forger:
    """Changes the records of a log, and nothing but signatures would show it: digests and copies are made to fit."""

    def __init__(self, log: ArchiveLog) -> None:
        self._topics = {
            topic: [(entry.offset, entry.record()) for entry in log.entries(topic)]
            for topic in ("decisions", "rounds", "commands", "manifests")
        }

    def change(self, topic: str, kind: str, change: Change, number: int = 0) -> None:
        records = self._topics[topic]
        found = [at for at, (_, record) in enumerate(records) if record is not None and record.type == kind]
        offset, record = records[found[number]]
        assert record is not None
        fields = copy.deepcopy(dict(record.fields))
        change(fields)
        assert fields != record.fields
        records[found[number]] = (offset, Record(kind, fields))

    def differences(self) -> list[str]:
        report = Report("signed")
        check = SignatureCheck(report)
        inputs = {topic: dict(self._topics[topic]) for topic in ("commands", "manifests")}
        for _, decision in self._topics["decisions"]:
            assert decision is not None
            source = decision["header"]["source"]
            answered = inputs.get(source["topic"], {}).get(source["offset"])
            entry = None if answered is None else LogEntry(source["offset"], 0, b"", answered)
            check.decision(decision, entry)
        for _, record in self._topics["rounds"]:
            if record is not None and record.type == "RoundPublished":
                check.publication(record)
        return report.differences

    def refused_together(self, kind: str, change: Change | None) -> list[str]:
        """What is said of a record that was taken, changed or not, if it is refused with others instead."""
        report = Report("signed")
        check = SignatureCheck(report)
        for _, decision in self._topics["decisions"]:
            assert decision is not None
            source = decision["header"]["source"]
            answered = dict(self._topics.get(source["topic"], [])).get(source["offset"])
            if answered is not None and answered.type == kind and decision.type != "InputRefused":
                fields = copy.deepcopy(dict(answered.fields))
                if change is not None:
                    change(fields)
                check.refused_together(decision, LogEntry(source["offset"], 0, b"", Record(kind, fields)))
                return report.differences
            entry = None if answered is None else LogEntry(source["offset"], 0, b"", answered)
            check.decision(decision, entry)
        raise AssertionError(f"no {kind} was taken")


@pytest.fixture
def forger(unpacked) -> Forger:
    return Forger(ArchiveLog(unpacked(LOG)))


def flip(data: bytes) -> bytes:
    return bytes([data[0] ^ 1]) + data[1:]


def damage(fields: dict[str, Any]) -> None:
    fields["signature"]["value"] = flip(fields["signature"]["value"])


def unsign(fields: dict[str, Any]) -> None:
    fields["signature"] = None


def renumber(fields: dict[str, Any]) -> None:
    fields["header"]["source"]["sequence"] += 1


def test_should_verify_the_log_with_the_keys_in_it(unpacked, forger: Forger):
    log = ArchiveLog(unpacked(LOG))
    refused = [entry.record("InputRefused") for entry in log.entries("decisions")]

    assert verify(log).is_sound
    assert forger.differences() == []
    assert {each["reason"] for each in refused if each is not None} == {
        "bad-signature",
        "duplicate",
        "wrong-job",
        "wrong-history",
    }


FORGERIES = [
    ("commands", "JobSubmitted", damage, 0, "not of these values"),
    ("commands", "JobSubmitted", lambda fields: fields.update(submittedAt=9), 0, "not of these values"),
    ("commands", "TrainerKeyAddRequested", unsign, 0, "it is not signed"),
    ("commands", "TrainerKeyAddRequested", lambda fields: fields.update(trainer="c"), 2, "not of these values"),
    ("commands", "TrainerKeyRevokeRequested", damage, 0, "not of these values"),
    ("manifests", "UpdateManifest", lambda fields: fields.update(numExamples=7), 0, "not of these values"),
    ("manifests", "UpdateManifest", lambda fields: fields.update(numExamples=7), 1, "not of these values"),
    ("manifests", "TrainerJoined", unsign, 3, "it is not signed"),
    ("manifests", "EvaluationReported", lambda fields: fields["metrics"].update(more=1.0), 0, "not of these values"),
    ("decisions", "RoundOpened", lambda fields: fields.update(quorum=1), 1, "not signed by the aggregator"),
    ("decisions", "RoundOpened", unsign, 0, "not signed by the aggregator"),
    ("rounds", "RoundPublished", lambda fields: fields.update(chain=flip(fields["chain"])), 1, "not signed by the agg"),
    ("rounds", "RoundPublished", unsign, 2, "not signed by the aggregator"),
    (
        "rounds",
        "RoundPublished",
        lambda fields: fields["signature"].update(receipt=flip(fields["signature"]["receipt"])),
        1,
        "the signature for receipts",
    ),
    # what was decided: a valid record refused, a forged one taken, other reasons
    ("decisions", "InputRefused", renumber, 0, "takes a TrainerJoined that is bad-signature, it is not signed"),
    ("decisions", "InputRefused", lambda fields: fields.update(reason="duplicate"), 1, "that is bad-signature"),
    ("decisions", "InputRefused", lambda fields: fields.update(reason="bad-signature"), 3, "that is duplicate"),
    ("decisions", "InputRefused", lambda fields: fields.update(reason="bad-signature"), 5, "that is wrong-job"),
    ("decisions", "InputRefused", lambda fields: fields.update(reason="bad-signature"), 6, "that is duplicate"),
    ("decisions", "InputRefused", lambda fields: fields.update(reason="bad-signature"), 7, "that is wrong-history"),
    ("decisions", "UpdateAccepted", renumber, 2, "has the number 3, not 2"),
    (
        "decisions",
        "TrainerKeyRevoked",
        lambda fields: fields.update(publicKey="other"),
        0,
        "that is signed as it has to",
    ),
]


@pytest.mark.parametrize("forgery", FORGERIES, ids=[f"{each[1]}-{n}" for n, each in enumerate(FORGERIES)])
def test_should_find_what_is_not_signed_so(forgery: tuple[str, str, Change, int, str], forger: Forger):
    topic, kind, change, number, expected = forgery
    forger.change(topic, kind, change, number)

    assert any(expected in each for each in forger.differences()), forger.differences()


def test_should_find_a_signed_record_that_was_refused_with_others(forger: Forger):
    assert forger.refused_together("TrainerJoined", unsign) == []
    assert "that is signed as it has to be" in forger.refused_together("TrainerJoined", None)[0]


def test_should_refuse_a_tampered_archive(unpacked, tmp_path: Path):
    shutil.copytree(unpacked(LOG), tmp_path, dirs_exist_ok=True)
    file = tmp_path / "manifests-0.avro"
    before = file.read_bytes()
    joined = [entry.record("TrainerJoined") for entry in ArchiveLog(tmp_path).entries("manifests")]
    signed = [each["signature"]["value"] for each in joined if each is not None and each["signature"] is not None]
    file.write_bytes(before.replace(signed[-1], flip(signed[-1])))

    with pytest.raises(RondoError) as refused:
        verify(ArchiveLog(tmp_path))
    assert refused.value.code == "archive-corrupt"

    # whoever changes the index with it
    index = tmp_path / "index.json"
    digests = [hashlib.sha256(data).hexdigest() for data in (before, file.read_bytes())]
    text = index.read_text("utf-8")
    assert digests[0] in text
    index.write_text(text.replace(*digests), "utf-8")

    report = verify(ArchiveLog(tmp_path))
    assert not report.is_sound
    assert report.differences
    assert json.loads(index.read_text("utf-8"))["job"] == "signed"
