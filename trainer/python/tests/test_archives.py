"""The second verifier on logs that the Java side wrote, and on the same logs with something changed."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import rondo
from conftest import archives
from rondo import strategies
from rondo.notebook import JobReader
from rondo.source import ArchiveLog, LogEntry, started
from rondo.tensors import sha256
from rondo.verifier import Verifier, verify
from rondo.wire import Record, encode_body

LOGS = archives()

pytestmark = pytest.mark.skipif(not LOGS, reason="there are no archived logs in infra/e2e/src/test/resources/logs")


@pytest.mark.parametrize("name", LOGS)
def test_should_recompute_every_round_of_a_log_of_java(name: str, unpacked):
    log = ArchiveLog(unpacked(name))

    report = verify(log)

    assert report.is_sound, report.text()
    assert report.rounds
    assert [(each.round, each.digest) for each in report.rounds] == [
        (each["round"], each["digest"]) for each in log.published
    ]


def test_should_know_logs_of_every_strategy_and_server_optimizer(unpacked):
    specs = [started(ArchiveLog(unpacked(name))).spec for name in LOGS]

    assert {spec["strategy"] for spec in specs} == set(strategies.STRATEGIES)
    assert {spec["serverOptimizer"] for spec in specs} == set(strategies.SERVER_STATE)


@pytest.mark.parametrize("name", LOGS)
def test_should_read_what_a_log_holds(name: str, unpacked):
    reader = rondo.open_archive(unpacked(name)).job()

    rounds = reader.rounds()

    for number in rounds.index[rounds["outcome"] == "published"]:
        assert reader.adapter(number).keys() == {tensor.name for tensor in reader.settings.flat(number).tensors}
        assert len(reader.updates(number)) == rounds["accepted"][number]


def test_should_show_exact_match_of_a_job_that_reports_it(unpacked):
    def answer(record_type: str, fields) -> bool:
        if record_type == "EvaluationRecorded":
            fields["metrics"] = {"test/exact-match": 0.25}
        return record_type == "EvaluationRecorded"

    directory = unpacked(next(name for name in LOGS if name.endswith("/trained")))
    plain = rondo.open_archive(directory).job().rounds()
    answered = JobReader(Changed(directory, "decisions", 0, answer)).rounds()

    assert "exact_match" not in plain.columns
    evaluated = plain["accuracy"].notna()
    assert evaluated.any()
    assert (answered["exact_match"][evaluated] == 0.25).all()
    assert answered["accuracy"].isna().all()


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


CHANGES = [
    ("signed", "decisions", "TrainerKeyAdded", lambda f: f.update(publicKey=f["publicKey"][:-1] + "0")),
    ("signed", "decisions", "TrainerAdmitted", lambda f: f.update(incarnation="another")),
    ("weighted-mean", "decisions", "RoundOpened", lambda f: f.update(quorum=f["quorum"] + 1)),
    ("weighted-mean", "decisions", "RoundOpened", lambda f: f["cohort"].append("z")),
    ("weighted-mean", "decisions", "RoundClosed", lambda f: f["members"][0].update(weight=99.0)),
    ("weighted-mean", "decisions", "UpdateAccepted", lambda f: f.update(weight=f["weight"] + 1)),
    ("weighted-mean", "decisions", "TrainerAdmitted", lambda f: f.update(trainer="nobody")),
    ("weighted-mean", "decisions", "RoundCompleted", lambda f: f.update(chain=flip(f["chain"]))),
    ("weighted-mean", "rounds", "RoundPublished", lambda f: f.update(digest=flip(f["digest"]))),
    ("weighted-mean", "rounds", "RoundPublished", lambda f: f.update(closedAt=f["closedAt"] + 1)),
    ("weighted-mean", "rounds", "RoundOpened", lambda f: f.update(deadline=f["deadline"] + 1)),
    ("weighted-mean", "manifests", "UpdateManifest", lambda f: f.update(numExamples=f["numExamples"] + 1)),
    ("weighted-mean", "commands", "JobSubmitted", lambda f: f.update(submittedAt=f["submittedAt"] + 1)),
    ("weighted-mean", "parts", "PartFolded", lambda f: f["chunks"][0].update(digest=flip(f["chunks"][0]["digest"]))),
    ("weighted-mean", "global-adapter", "AdapterChunk", lambda f: f.update(values=flip(f["values"]))),
    ("weighted-mean", "round.000001", "TensorChunk", lambda f: f.update(values=flip(f["values"]))),
    ("weighted-mean", "round.000001", "TensorChunk", lambda f: f.update(attempt="other")),
    ("krum", "parts", "PartMeasured", lambda f: f["products"].__setitem__(0, f["products"][0] * (1 + 2**-52))),
    ("krum", "decisions", "RoundWeighed", lambda f: f["members"][0].update(weight=f["members"][0]["weight"] + 1)),
    ("clip", "decisions", "RoundWeighed", lambda f: f["members"][0].update(scale=f["members"][0]["scale"] * 0.5)),
    ("late-update", "decisions", "UpdateAccepted", lambda f: f.update(weight=f["weight"] * 2)),
]


@pytest.mark.parametrize(
    ("name", "topic", "kind", "change"), CHANGES, ids=[f"{c[0]}-{c[2]}-{n}" for n, c in enumerate(CHANGES)]
)
def test_should_find_what_was_changed(name: str, topic: str, kind: str, change, unpacked):
    found = next(each for each in LOGS if each.endswith(f"/{name}"))
    log = Changed(unpacked(found), topic, 0, of(kind, change))

    report = Verifier(log).verify()

    assert log.done, f"{name} has no {kind} on {topic}"
    assert not report.is_sound
    assert report.differences


def test_should_count_what_was_refused_together(unpacked):
    found = next(each for each in LOGS if each.endswith("/flooded"))

    def one_more(record_type: str, fields) -> bool:
        if record_type != "InputRefused" or fields["firstOffset"] < 0:
            return False
        fields["records"] += 1
        return True

    report = Verifier(Changed(unpacked(found), "decisions", 0, one_more)).verify()

    assert any("answers 101 records together, and manifests has 100 there" in each for each in report.differences)


def test_should_find_a_changed_state_of_a_server_optimizer(unpacked):
    """Everything says the same, but for the bytes of one piece of state."""
    found = next(each for each in LOGS if each.endswith("/fedadam"))

    def first_state(record_type: str, fields) -> bool:
        if record_type != "AdapterChunk" or fields["kind"] == "adapter":
            return False
        fields["values"] = flip(fields["values"])
        fields["digest"] = sha256(fields["values"])
        return True

    report = Verifier(Changed(unpacked(found), "global-adapter", 0, first_state)).verify()

    assert any("is not on global-adapter as computed" in each for each in report.differences)


def an_ulp_more(values):
    """The same values but for the last bit of the last one."""
    changed = values.copy()
    changed[-1:] = np.nextafter(changed[-1:], np.float32(np.inf))
    return changed


@pytest.mark.parametrize("name", LOGS)
def test_should_depend_on_the_last_bit_of_each_aggregate(name: str, unpacked, monkeypatch: pytest.MonkeyPatch):
    aggregate, step = strategies.aggregate, strategies.server_step

    def stepped(*given):
        adapter, state = step(*given)
        return an_ulp_more(adapter), state

    # behind a server optimizer the last bit of an aggregate can be lost: then that of its step is changed
    log = ArchiveLog(unpacked(name))
    with_server = started(log).spec["serverOptimizer"] != "none"
    if with_server:
        monkeypatch.setattr(strategies, "server_step", stepped)
    else:
        monkeypatch.setattr(strategies, "aggregate", lambda *given: an_ulp_more(aggregate(*given)))

    report = verify(log)

    assert {each.outcome for each in report.rounds[with_server:]} == {"different"}
    assert any("is not what the updates make" in each for each in report.differences)
