"""Python trainers, a real aggregator, broker and registry: kills, a late join, and both verifiers on the log."""

from __future__ import annotations

import json
import random
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest

import rondo
from conftest import EXAMPLE, LAUNCHER, Federation, until
from crashing_trainer import KILLED, POINTS
from rondo.connection import Connection
from rondo.errors import RondoError
from rondo.plugin import Site
from rondo.signing import SigningKey
from rondo.source import ArchiveLog, ClusterLog
from rondo.submit import submit
from rondo.trainer import check
from rondo.upload import Acknowledgements, Header, Uploader
from rondo.wire import Record

PLUGIN = f"{EXAMPLE}:BagOfWords"
CRASHING = Path(__file__).with_name("crashing_trainer.py")
GOOD, BAD = ["good", "lovely", "great", "fine", "superb"], ["bad", "awful", "poor", "dull", "grim"]
FILLER = ["the", "a", "film", "plot", "scene", "actor", "it", "was", "and", "with", "of"]


def write_texts(file: Path, seed: int, count: int) -> None:
    """Texts whose label follows from their words."""
    draw = random.Random(seed)
    lines = ["sentence\tlabel"]
    for _ in range(count):
        label = draw.randrange(2)
        words = [draw.choice(FILLER) for _ in range(6)] + [draw.choice((BAD, GOOD)[label]) for _ in range(2)]
        lines.append(" ".join(words) + f"\t{label}")
    file.write_text("\n".join(lines) + "\n", "utf-8")


class Run:
    """One job with trainers of this package."""

    def __init__(
        self,
        federation: Federation,
        name: str,
        key: SigningKey | None = None,
        more: tuple[str, ...] = (),
        **settings: object,
    ) -> None:
        self.name = name
        self.federation = federation
        self.processes = federation.processes
        self.directory = federation.processes.directory
        self.connection = Connection(federation.bootstrap_servers, federation.schema_registry)
        keys = {key.replace("_", "-"): value for key, value in settings.items()}
        defaults = {"name": name, "model": "bag-of-words", "rank": 4, "chunk-bytes": 1024, "deadline": "120s"}
        self.job = submit(self.connection, {**defaults, **keys}, PLUGIN, key=key)
        self.aggregator = self.processes.start(
            f"{name}-aggregator", str(LAUNCHER), "aggregator", "--job", name, *more, env=federation.env
        )

    def trainer(self, site: str, suffix: str = "", crash: str | None = None, more: tuple[str, ...] = ()):
        """Starts a trainer with more options; it ends itself where ``crash`` says so."""
        program = ("-m", "rondo.trainer") if crash is None else (str(CRASHING), crash)
        for split, count in (("train", 120), ("test", 60)):
            write_texts(self.directory / f"{site}-{split}.tsv", zlib.crc32(f"{site}{split}".encode()), count)
        return self.processes.start(
            f"{self.name}-{site}{suffix}",
            *(sys.executable, *program, "--job", self.name, "--trainer", site, "--plugin", PLUGIN),
            *("--train", f"{site}-train.tsv", "--test", f"{site}-test.tsv", "--state-dir", f"state/{self.name}/{site}"),
            *more,
            env=self.federation.env,
        )

    def command(self, kind: str) -> None:
        """What an operator asks of the job."""
        topic = self.job.topics.named("commands")
        record = Record(kind, {"jobUuid": self.job.uuid, "reason": "", "requestedAt": 0})
        acks = Acknowledgements(self.connection.producer())
        acks.send(topic, 0, self.connection.codec().encode(topic, record))
        acks.wait()

    def text(self, site: str) -> str:
        return self.processes.text(f"{self.name}-{site}")

    def verified(self) -> dict[str, object]:
        """What ``rondo verify`` of the Java side says."""
        found = self.federation.rondo("verify", "--job", self.name, "--json")
        assert found.returncode == 0, found.stderr + found.stdout
        return json.loads(found.stdout)

    def archive(self, name: str) -> Path:
        done = self.federation.rondo("archive", "--job", self.name, "--out", name)
        assert done.returncode == 0, done.stderr
        return self.directory / name


def test_should_finish_a_job_that_both_verifiers_find_identical(federation: Federation):
    run = Run(federation, "whole", rounds=3, dtype="bf16", strategy="multi-krum", clip=0.5)
    trainers = [run.trainer(site) for site in ("site-a", "site-b", "site-c")]

    assert [trainer.wait(240) for trainer in trainers] == [0, 0, 0], run.text("site-a")
    run.processes.end(run.aggregator)

    java = run.verified()
    ours = rondo.verify(run.connection, "whole")
    assert (java["rounds"], java["identical"]) == (4, 4)
    assert ours.is_sound, ours.text()
    assert [each.digest for each in ours.rounds] == [each["digest"] for each in java["perRound"]]
    assert "job finished after 3 rounds" in run.text("site-a")

    archive = run.archive("whole-archive")
    assert rondo.verify(archive).is_sound
    from_cluster = rondo.open(federation.bootstrap_servers, federation.schema_registry).job("whole")
    from_archive = rondo.open_archive(archive).job()
    assert from_cluster.rounds().equals(from_archive.rounds())
    assert from_cluster.trainers().equals(from_archive.trainers())
    for name, values in from_cluster.adapter(3).items():
        assert np.array_equal(values, from_archive.adapter(3)[name])
    assert set(from_archive.updates(2)) == {"site-a", "site-b", "site-c"}
    assert list(from_archive.rounds()["outcome"]) == ["published"] * 4


def test_should_send_what_its_policy_allows_and_nothing_to_a_log_that_was_rewritten(federation: Federation):
    run = Run(federation, "policy", rounds=2, min_trainers=2, labels=2)
    allowed, refused = run.directory / "allowed.yaml", run.directory / "refused.yaml"
    allowed.write_text("methods: [fedsa]\nlabel-texts: no\nmetrics: [test/loss]\n")
    refused.write_text("heads: [local]\nmethods: [fedit]\n")
    more = ("--policy", str(allowed), "--label-texts", "0,1")
    trainers = [run.trainer(site, more=more) for site in ("site-a", "site-b")]
    other = run.trainer("site-c", more=("--policy", str(refused)))

    assert other.wait(240) == 1
    assert "error[policy-refused]" in run.text("site-c")
    assert "refused.yaml, line 2 (methods)" in run.text("site-c")
    assert [trainer.wait(240) for trainer in trainers] == [0, 0], run.text("site-a")
    pin = run.directory / "state" / "policy" / "site-a" / "trainer.chain"
    lines = pin.read_text().splitlines()
    pin.write_text("\n".join([*lines[:3], "0" * 64, *lines[4:]]) + "\n")
    again = run.trainer("site-a", "-again", more=more)

    assert again.wait(240) == 1
    assert "error[log-rewritten]: round 2 had the chain value 0000" in run.text("site-a-again")
    sent = [entry.record() for entry in ClusterLog(run.connection, "policy").entries("manifests")]
    assert {each["trainer"] for each in sent if each is not None} == {"submitter", "site-a", "site-b"}
    assert sent[-1] is not None
    assert sent[-1].type == "TrainerLeft"
    evaluations = [each for each in sent if each is not None and each.type == "EvaluationReported"]
    assert evaluations
    assert all(set(each["metrics"]) == {"test/loss"} for each in evaluations)
    run.processes.end(run.aggregator)
    assert run.verified()["identical"] == 3


def test_should_submit_a_job_that_its_operator_signs(federation: Federation):
    files = {who: federation.processes.directory / f"signed-{who}.key" for who in ("operator", "aggregator", "a", "b")}
    for file in files.values():
        assert federation.rondo("keys", "create", str(file)).returncode == 0
    keys = {who: SigningKey.read(file) for who, file in files.items()}
    run = Run(
        federation,
        "python-signed",
        keys["operator"],
        ("--key", str(files["aggregator"])),
        rounds=2,
        min_trainers=2,
        aggregator_key=keys["aggregator"].public,
    )
    for site in ("a", "b"):
        added = federation.rondo(
            *("keys", "add", "--job", "python-signed", "--trainer", f"site-{site}"),
            *("--public-key", keys[site].public, "--key", str(files["operator"])),
        )
        assert added.returncode == 0, added.stderr

    trainers = [run.trainer(f"site-{site}", more=("--key", str(files[site]))) for site in ("a", "b")]

    assert [trainer.wait(240) for trainer in trainers] == [0, 0], run.text("site-a")
    # submitting it again neither writes nor refuses anything
    settings = {"name": "python-signed", "model": "bag-of-words", "rank": 4, "chunk-bytes": 1024, "deadline": "120s"}
    again = {**settings, "rounds": 2, "min-trainers": 2, "aggregator-key": keys["aggregator"].public}
    assert submit(run.connection, again, PLUGIN, key=keys["operator"]).uuid == run.job.uuid
    run.processes.end(run.aggregator)
    assert run.verified()["identical"] == 3


def test_should_train_no_round_twice_when_it_is_killed(federation: Federation):
    """One trainer is killed in each round from 2 on, each time at another point."""
    run = Run(federation, "kill", rounds=len(POINTS) + 1, min_trainers=2)
    other = run.trainer("site-a")
    for number, point in enumerate(POINTS, 2):
        killed = run.trainer("site-b", f"-{number}", crash=f"{point}:{number}")
        assert killed.wait(240) == KILLED, run.text(f"site-b-{number}")
    again = run.trainer("site-b", f"-{len(POINTS) + 2}")

    assert [other.wait(240), again.wait(240)] == [0, 0], run.text("site-b-7")
    run.processes.end(run.aggregator)

    assert run.verified()["identical"] == len(POINTS) + 2
    texts = {number: run.text(f"site-b-{number}") for number in range(2, len(POINTS) + 3)}
    for number, point in enumerate(POINTS, 2):
        trained = sum(text.count(f"[round {number}] trained") for text in texts.values())
        # the state was not saved yet: then, and only then, it trains again
        assert trained == (2 if point == "while-writing-state" else 1), (point, texts)
        if point in ("before-upload", "within-upload", "before-manifest"):
            assert f"[round {number}] sending the update again" in texts[number + 1], (point, texts)
    accepted = [entry.record("UpdateAccepted") for entry in ClusterLog(run.connection, "kill").entries("decisions")]
    of_the_killed = [each["round"] for each in accepted if each is not None and each["manifest"]["trainer"] == "site-b"]
    assert of_the_killed == list(range(1, len(POINTS) + 2))


def test_should_join_late_stop_on_a_signal_and_come_back(federation: Federation):
    run = Run(federation, "late", rounds=40, min_trainers=2, method="rolora", head="shared")
    first, second = run.trainer("site-a"), run.trainer("site-b")
    until(lambda: "[round 1] uploaded" in run.text("site-a"), 240, "the first round")
    # the job waits while processes come and go, however slowly they start
    run.command("PauseRequested")
    third = run.trainer("site-c")
    until(lambda: "joined" in run.text("site-c"), 240, "the late one")
    stopped = run.processes.end(second)
    again = run.trainer("site-b", "-again")
    until(lambda: "joined, with the state" in run.text("site-b-again"), 240, "the one that was stopped")
    run.command("ResumeRequested")
    until(lambda: "[round 5] uploaded" in run.text("site-c"), 240, "some rounds")

    assert rondo.verify(run.connection, "late").is_sound, "while it is written"
    assert stopped == 0
    assert [each.wait(240) for each in (first, third, again)] == [0, 0, 0], run.text("site-c")
    run.processes.end(run.aggregator)

    assert run.verified()["identical"] == 41
    assert rondo.verify(run.connection, "late").is_sound
    assert "[round 1] trained" not in run.text("site-c")
    assert "[round 40] uploaded" in run.text("site-c")
    assert "[round 40] uploaded" in run.text("site-b-again")
    decisions = [entry.record() for entry in ClusterLog(run.connection, "late").entries("decisions")]
    assert [each for each in decisions if each.type == "UpdateRejected"] == []


def test_should_verify_an_update_that_counts_in_the_round_after_its_own(federation: Federation):
    run = Run(
        federation, "stale", rounds=3, deadline="15s", late_updates="next-round", absent_after=0, weights="uniform"
    )
    codec = run.connection.codec()
    uploader = Uploader(run.connection.producer(), codec, run.job)
    joined = {
        "jobUuid": run.job.uuid,
        "trainer": "slow",
        "incarnation": "slow-1",
        "layoutDigest": run.job.layout.digest,
        "lastSyncRound": -1,
    }
    uploader.announce(Record("TrainerJoined", joined), 60)
    trainers = [run.trainer(site) for site in ("site-a", "site-b")]
    reader = rondo.open(federation.bootstrap_servers, federation.schema_registry).job("stale")

    def outcome(number: int) -> str:
        rounds = reader.rounds()
        return rounds["outcome"].get(number, "") if len(rounds) else ""

    until(lambda: "[round 1] uploaded" in run.text("site-a"), 240, "an update of the first round")
    # no round opens until the late update is there
    run.command("PauseRequested")
    until(lambda: outcome(1) == "published", 240, "the first round")
    start = run.job.flat(1).flatten(reader.adapter(0))
    uploader.upload(Header(1, 0, "slow", "slow-1", "attempt-1", 5, {}), start + np.float32(0.01))
    run.command("ResumeRequested")

    assert [trainer.wait(240) for trainer in trainers] == [0, 0], run.text("site-a")
    run.processes.end(run.aggregator)

    accepted = [entry.record("UpdateAccepted") for entry in ClusterLog(run.connection, "stale").entries("decisions")]
    late = [each for each in accepted if each is not None and each["manifest"]["trainer"] == "slow"]
    assert [(each["round"], each["manifest"]["round"], each["weight"]) for each in late] == [(2, 1, 0.5)]
    assert rondo.verify(run.connection, "stale").is_sound
    assert run.verified()["identical"] == 4
    assert set(reader.updates(2)) == {"slow", "site-a", "site-b"}


def test_should_stop_when_a_newer_process_takes_its_place(federation: Federation):
    run = Run(federation, "fence", rounds=2, min_trainers=2)
    older = run.trainer("site-a")
    until(lambda: "joined" in run.text("site-a"), 120, "the older process")
    newer = run.processes.start(
        "fence-newer",
        *(sys.executable, "-m", "rondo.trainer", "--job", "fence", "--trainer", "site-a", "--plugin", PLUGIN),
        *("--train", "site-a-train.tsv", "--test", "site-a-test.tsv", "--state-dir", "state/fence/newer"),
        env=federation.env,
    )
    until(lambda: "joined" in run.processes.text("fence-newer"), 120, "the newer process")
    other = run.trainer("site-b")

    assert older.wait(240) == 1
    assert "error[trainer-fenced]" in run.text("site-a")
    assert [newer.wait(240), other.wait(240)] == [0, 0]
    run.processes.end(run.aggregator)


def test_should_find_every_problem_of_a_dry_join_at_once(federation: Federation):
    run = Run(federation, "dry", rounds=1)
    run.processes.end(run.aggregator)
    before = ClusterLog(run.connection, "dry")
    manifests = len(list(before.entries("manifests")))

    class Wider(rondo.LocalTrainer):
        def __init__(self, job: rondo.Job, site: Site) -> None:
            self.values = {"m.lora_A.weight": np.zeros((2, 2), dtype=np.float32)}

        def parameters(self):
            return self.values

        def train(self, round_number: int, frozen: frozenset[str]) -> rondo.Report:
            return rondo.Report(1)

    good = check(run.connection, "dry", Site("site-a"), PLUGIN)
    bad = check(run.connection, "dry", Site("Site A"), Wider)

    assert good["problems"] == []
    assert [problem.code for problem in bad["problems"]] == ["bad-id", "model-unsupported"]
    assert "m.lora_A.weight" in bad["problems"][1].message
    assert len(list(before.entries("manifests"))) == manifests


def test_should_say_that_there_is_no_such_job(federation: Federation):
    connection = Connection(federation.bootstrap_servers, federation.schema_registry)

    assert [problem.code for problem in check(connection, "nobody", Site("t"), PLUGIN, 0.1)["problems"]] == [
        "job-not-found"
    ]
    with pytest.raises(RondoError) as failure:
        rondo.verify(connection, "nobody")
    assert failure.value.code == "job-not-found"


def test_should_notice_a_changed_byte_of_an_archive(federation: Federation, tmp_path: Path):
    source = federation.processes.directory / "whole-archive"
    if not source.exists():
        pytest.skip("the archive of the first test is not there")
    for file in source.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    changed = tmp_path / "round.000002-1.avro"
    data = bytearray(changed.read_bytes())
    data[len(data) // 2] ^= 1
    changed.write_bytes(data)

    with pytest.raises(RondoError) as failure:
        rondo.verify(tmp_path)

    assert failure.value.code == "archive-corrupt"
    assert "round.000002-1.avro" in failure.value.message
    assert ArchiveLog(tmp_path).job == "whole"
