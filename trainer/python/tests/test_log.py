"""Schemas, records, state and what a trainer makes of the records of rounds."""

from __future__ import annotations

import importlib.util
import os
from concurrent.futures import Future
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from confluent_kafka import KafkaError, KafkaException

import rondo
from conftest import CHECKOUT
from rondo import follow, state
from rondo.adapter import Assembly
from rondo.connection import Connection
from rondo.errors import RondoError
from rondo.identifiers import require_job, require_trainer
from rondo.job import Job
from rondo.layout import FlatLayout, Layout, TensorShape
from rondo.log import list_ends
from rondo.plugin import Plugin, named, require_finite
from rondo.submit import job_spec, read_job_file
from rondo.tensors import digest_of_digests, encode, sha256
from rondo.wire import Decoder, Record, Unreadable, body_digest, bundled_names, bundled_schema, encode_body


def tool():
    spec = importlib.util.spec_from_file_location("tool", CHECKOUT / "trainer/python/tools/bundle_schemas.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.skipif(
    not (CHECKOUT / "schemas/src/main/avro").exists(), reason="this is no checkout of the whole project"
)
def test_should_carry_the_schemas_of_the_contract():
    bundled = tool().bundled()

    for name, text in bundled.items():
        packaged = CHECKOUT / "trainer/python/src/rondo/avro" / name
        assert packaged.read_text("utf-8") == text, "run: python tools/bundle_schemas.py"
    assert sorted(bundled) == [f"{name}.avsc" for name in bundled_names()]


LEFT = Record(
    "TrainerLeft", {"jobUuid": "u", "trainer": "t", "incarnation": "i", "reason": "stopped", "signature": None}
)


def wire(record: Record, number: int = 7) -> bytes:
    return b"\0" + number.to_bytes(4, "big") + encode_body(record)


def decoder() -> Decoder:
    return Decoder(lambda number: bundled_schema("TrainerLeft") if number == 7 else None)


def test_should_read_what_it_writes_with_the_name_of_the_record():
    decoded = decoder().decode(wire(LEFT))

    assert decoded == LEFT
    assert decoded.type == "TrainerLeft"
    assert body_digest(wire(LEFT)) == body_digest(wire(LEFT, 1234))


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, "unreadable"),
        (b"", "unreadable"),
        (b"noise", "unreadable"),
        (wire(LEFT)[:-1], "unreadable"),
        (wire(LEFT) + b"x", "unreadable"),
        (wire(LEFT, 8), "unknown-schema"),
        (b"\0\xff\xff\xff\xff", "unknown-schema"),
        (b"\0" * (3 << 20), "too-large"),
    ],
)
def test_should_take_noise_for_a_value(value: bytes | None, reason: str):
    found = decoder().decode(value)

    assert isinstance(found, Unreadable)
    assert found.reason == reason


def test_should_pass_over_fields_of_a_newer_schema():
    newer = {
        "type": "record",
        "name": "io.rondo.log.TrainerLeft",
        "fields": [
            *({"name": each, "type": "string"} for each in ("jobUuid", "trainer", "incarnation", "reason")),
            {"name": "mood", "type": "string", "default": ""},
        ],
    }
    # behind the four texts, where our own schema has the absent signature
    body = encode_body(LEFT)[:-1] + b"\x06bad"

    assert Decoder(lambda _: newer).decode(b"\0\0\0\0\1" + body) == LEFT


# state


def saved(pending: bool = True) -> state.TrainerState:
    values = np.arange(6, dtype=np.float32).reshape(2, 3)
    update = state.PendingUpdate(3, 2, "attempt", 17, {"loss": 0.5, "a": -1.0}, values.reshape(-1))
    return state.TrainerState("uuid", b"\x01" * 32, "site-a", 2, 3, {"q": values}, update if pending else None)


@pytest.mark.parametrize("pending", [True, False])
def test_should_keep_its_state_over_a_restart(tmp_path: Path, pending: bool):
    directory = state.StateDirectory(tmp_path / "s")
    directory.save(saved(pending))
    directory.close()

    again = state.StateDirectory(tmp_path / "s")
    loaded = again.load()
    again.close()

    assert state.encode(loaded) == state.encode(saved(pending))
    assert np.array_equal(loaded.parameters["q"], saved().parameters["q"])
    assert (tmp_path / "s" / "trainer.state").stat().st_mode & 0o077 == 0


def test_should_keep_the_state_before_when_it_is_killed_while_it_writes(tmp_path: Path, monkeypatch):
    directory = state.StateDirectory(tmp_path)
    directory.save(saved())

    def killed(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", killed)
    with pytest.raises(KeyboardInterrupt):
        directory.save(saved(pending=False))

    assert state.encode(directory.load()) == state.encode(saved())
    directory.close()


def test_should_refuse_a_damaged_state(tmp_path: Path):
    directory = state.StateDirectory(tmp_path)
    data = bytearray(state.encode(saved()))
    data[20] ^= 1
    (tmp_path / "trainer.state").write_bytes(data)

    with pytest.raises(RondoError, match="do not match the digest") as failure:
        directory.load()

    assert failure.value.code == "state-unreadable"
    directory.close()


@pytest.mark.skipif(os.name != "posix", reason="locks of this kind are POSIX's")
def test_should_refuse_a_directory_in_which_another_trainer_works(tmp_path: Path):
    first = state.StateDirectory(tmp_path)
    child = os.fork()
    if child == 0:
        try:
            state.StateDirectory(tmp_path)
        except RondoError as failure:
            os._exit(0 if failure.code == "directory-in-use" else 2)
        os._exit(1)

    assert os.waitpid(child, 0)[1] == 0
    first.close()


# following rounds


def opened(number: int, cohort: tuple[str, ...] = ("me",), base: int | None = None) -> Record:
    return Record(
        "RoundOpened",
        {"jobUuid": "u", "round": number, "cohort": cohort, "baseRound": number - 1 if base is None else base},
    )


def published(number: int, **versions: int) -> Record:
    tensors = [{"name": name, "round": version} for name, version in (versions or {"a": number}).items()]
    return Record("RoundPublished", {"jobUuid": "u", "round": number, "tensors": tensors})


def rejected(number: int, reason: str, incarnation: str = "i") -> Record:
    fields = {
        "round": number,
        "trainer": "me",
        "incarnation": incarnation,
        "attempt": "sent",
        "reason": reason,
        "detail": "",
    }
    return Record("UpdateRejected", fields)


def admitted(incarnation: str, trainer: str = "me") -> Record:
    return Record("TrainerAdmitted", {"trainer": trainer, "incarnation": incarnation})


def refused(reason: str, incarnation: str = "i") -> Record:
    return Record("InputRefused", {"trainer": "me", "incarnation": incarnation, "reason": reason, "detail": "why"})


def follower(*records: Record) -> follow.RoundFollower:
    made = follow.RoundFollower("u", "me", "i")
    made.sending("sent")
    for record in records:
        made.apply(record)
    return made


def test_should_load_only_the_last_adapter_and_train_only_the_open_round():
    history = follower(opened(0, ("submitter",)), published(0), opened(1), published(1), opened(2))

    assert history.next(follow.Progress(-1, 0, None)) == follow.Synchronise(published(1))
    assert history.next(follow.Progress(1, 0, None)) == follow.Train(opened(2))
    assert history.next(follow.Progress(1, 2, None)) == follow.Wait()
    assert history.next(follow.Progress(1, 2, 2)) == follow.Send(opened(2))


def test_should_wait_when_it_is_not_asked():
    assert follower(published(1), opened(2, ("you",))).next(follow.Progress(1, 0, None)) == follow.Wait()


def test_should_keep_the_publications_that_hold_current_values():
    history = follower(published(0), published(1, a=0, b=1), published(2, a=0, b=2))

    assert history.publication(0)["round"] == 0
    with pytest.raises(AssertionError):
        history.publication(1)


def test_should_send_a_late_update_again_when_its_round_gets_more_time():
    history = follower(published(0), opened(1), rejected(1, "late"))
    assert not history.take_retry()

    history.apply(Record("RoundExtended", {"round": 1, "deadline": 5}))
    assert history.take_retry()
    assert not history.take_retry()

    history.apply(rejected(1, "late"))
    history.apply(Record("RoundReopened", {"round": 1, "deadline": 9}))
    assert history.take_retry()


def test_should_act_on_a_cohort_that_changes_within_a_round():
    history = follower(published(0), opened(1, ("other",)))
    assert history.next(follow.Progress(0, 0, None)) == follow.Wait()

    history.apply(opened(1, ("me", "other")))
    assert history.next(follow.Progress(0, 0, None)) == follow.Train(opened(1, ("me", "other")))

    history.apply(rejected(1, "late"))
    history.apply(opened(1, ("other",)))
    assert history.next(follow.Progress(0, 1, 1)) == follow.Wait()
    assert history.take_retry()


def test_should_send_a_damaged_update_again_once():
    history = follower(published(0), opened(1), rejected(1, "bad-digest"))
    assert history.take_retry()
    history.apply(rejected(1, "missing-chunk"))
    assert not history.take_retry()


def test_should_pass_over_what_is_said_of_another_incarnation_or_job():
    history = follower(published(0), opened(1), rejected(1, "fenced", "older"))
    history.apply(Record("JobFinished", {"jobUuid": "another", "reason": ""}))

    assert history.take_rejections() == []
    assert history.next(follow.Progress(0, 0, None)) == follow.Train(opened(1))


def test_should_pass_over_the_answer_to_an_attempt_that_it_has_not_sent():
    history = follower(published(0), opened(1))
    history.apply(Record("UpdateRejected", {**rejected(1, "late").fields, "attempt": "of another"}))

    assert history.take_rejections() == []


def test_should_learn_that_another_process_has_taken_its_place():
    history = follower(admitted("older"), admitted("i"), admitted("other", "you"), admitted("i"))
    assert history.successor is None

    history.apply(admitted("newer"))
    assert history.successor == "newer"


def test_should_learn_that_its_join_was_refused():
    assert follower(refused("not-invited", "another")).take_join_refusal() is None
    assert follower(refused("duplicate")).take_join_refusal() is None

    history = follower(refused("not-invited"))
    assert history.take_join_refusal() == refused("not-invited")
    assert history.take_join_refusal() is None


def test_should_say_why_the_open_round_waits():
    extended = Record("RoundExtended", {"round": 1, "deadline": 5, "updates": 1, "waitsFor": ["you"]})
    history = follower(opened(1), extended)
    assert history.take_extension() == extended
    assert history.take_extension() is None

    history.apply(extended)
    history.apply(published(1))
    assert history.take_extension() is None


def test_should_end_with_the_job():
    ended = follower(published(1), Record("JobFinished", {"jobUuid": "u", "reason": ""}))
    assert ended.next(follow.Progress(0, 0, None)) == follow.Synchronise(published(1))
    assert ended.next(follow.Progress(1, 0, None)) == follow.Finish()

    aborted = follower(published(1), Record("JobAborted", {"jobUuid": "u", "reason": "why"}))
    assert aborted.next(follow.Progress(0, 0, None)) == follow.Fail("why")


# adapters


def adapter(values: np.ndarray, kind: str = "adapter", revision: int = 1) -> list[Record]:
    """The chunks of a round's adapter, of three elements each."""
    cuts = [values[start : start + 3] for start in range(0, len(values), 3)]
    return [
        Record(
            "AdapterChunk",
            {"round": 4, "revision": revision, "ordinal": number, "values": encode("F32", cut), "kind": kind},
        )
        for number, cut in enumerate(cuts)
    ]


def published_adapter(values: np.ndarray) -> tuple[Record, FlatLayout]:
    flat = FlatLayout([TensorShape("a", "lora-a", (len(values),))], 3, 2)
    digests = [sha256(chunk["values"]) for chunk in adapter(values)]
    fields = {"round": 4, "revision": 1, "elements": len(values), "chunkDigests": digests}
    return Record("RoundPublished", {**fields, "digest": digest_of_digests(digests)}), flat


VALUES = np.arange(8, dtype=np.float32)


def test_should_put_an_adapter_together_from_its_chunks_alone():
    published, flat = published_adapter(VALUES)
    assembly = Assembly(published, flat)
    for chunk in [*adapter(VALUES + 1, revision=-1), *adapter(VALUES + 2, revision=2), *adapter(VALUES)]:
        assembly.add(chunk)
    # one that comes again changes nothing
    assembly.add(adapter(VALUES)[0])

    assert assembly.missing == 0
    assert np.array_equal(assembly.values, VALUES)


def test_should_not_use_an_adapter_whose_chunk_is_another_one():
    published, flat = published_adapter(VALUES)
    assembly = Assembly(published, flat)
    assembly.add(adapter(VALUES)[0])

    with pytest.raises(RondoError, match="chunk 1 is not the one that was published") as failure:
        assembly.add(adapter(VALUES + 1)[1])

    assert failure.value.code == "adapter-corrupt"
    assert assembly.missing == 2


def test_should_not_use_a_publication_whose_digest_is_not_that_of_its_chunks():
    published, flat = published_adapter(VALUES)

    with pytest.raises(RondoError, match="not that of its chunk digests"):
        Assembly(Record("RoundPublished", {**published.fields, "digest": bytes(32)}), flat)


# plug-ins and settings


def job() -> Job:
    shapes = (
        TensorShape("m.lora_A.weight", "lora-a", (2, 3)),
        TensorShape("m.lora_B.weight", "lora-b", (4, 2)),
        TensorShape("head", "head", (2,)),
    )
    return Job("u", job_spec({"name": "j", "method": "ffa"}), Layout(shapes))


class Good(rondo.LocalTrainer):
    def __init__(self, job: Job, site: rondo.Site) -> None:
        self.values = rondo.initial_values(job)

    def parameters(self):
        return self.values

    def train(self, round_number: int, frozen: frozenset[str]) -> rondo.Report:
        for name, value in self.values.items():
            if name not in frozen:
                np.add(value, 1, out=value)
        return rondo.Report(3, {"loss": 1.0})


class ChangesWhatIsFrozen(Good):
    def train(self, round_number: int, frozen: frozenset[str]) -> rondo.Report:
        return super().train(round_number, frozenset())


class LoadsNothing(Good):
    def parameters(self):
        return {name: value.copy() for name, value in self.values.items()}


class TrainsOnNothing(Good):
    def train(self, round_number: int, frozen: frozenset[str]) -> rondo.Report:
        return rondo.Report(0)


def test_should_let_a_plug_in_train():
    plugin = Plugin(Good, job(), rondo.Site("t"))
    assert plugin.layout() == job().layout
    assert plugin.train(1, job().frozen(1)).num_examples == 3


@pytest.mark.parametrize("broken", [ChangesWhatIsFrozen, TrainsOnNothing])
def test_should_refuse_a_plug_in_that_breaks_its_promise(broken: type[rondo.LocalTrainer]):
    with pytest.raises(RondoError) as failure:
        Plugin(broken, job(), rondo.Site("t")).train(1, job().frozen(1))
    assert failure.value.code == "trainer-failed"


def test_should_notice_a_plug_in_that_does_not_load():
    with pytest.raises(RondoError, match="must override load"):
        Plugin(LoadsNothing, job(), rondo.Site("t")).load({"head": np.ones(2, dtype=np.float32)})


@pytest.mark.parametrize(
    ("dtype", "value"), [("F32", np.nan), ("F32", np.inf), ("BF16", float.fromhex("0x1.FFp127")), ("BF16", -np.inf)]
)
def test_should_stop_training_that_diverged(dtype: str, value: float):
    with pytest.raises(RondoError, match="lora_A at index 1"):
        require_finite(1, dtype, {"lora_A": np.array([0, value], dtype=np.float32)})


@pytest.mark.parametrize(
    "name", ["no.such.module:X", "rondo.plugin:Nobody", "nothing.py:X", "rondo.plugin:Site", "peft2"]
)
def test_should_say_which_plug_in_is_missing(name: str):
    with pytest.raises(RondoError) as failure:
        named(name)
    assert failure.value.code == "command-not-installed"


@pytest.mark.skipif(importlib.util.find_spec("torch") is not None, reason="the extra [peft] is installed")
def test_should_say_how_to_install_what_peft_needs():
    with pytest.raises(RondoError, match="which is not installed") as failure:
        named("peft")
    assert failure.value.code == "command-not-installed"
    assert "[peft]" in failure.value.next_step


@pytest.mark.parametrize("name", ["", "A", "a.b", "a" * 49, "a\n"])
def test_should_refuse_bad_names(name: str):
    with pytest.raises(RondoError) as failure:
        require_job(name)
    assert failure.value.code == "bad-id"
    with pytest.raises(RondoError):
        require_trainer("submitter")


def test_should_read_a_job_file_with_defaults_and_overrides(tmp_path: Path):
    file = tmp_path / "job.yaml"
    file.write_text("name: j\nquorum: 67%\ndeadline: 5m\ntarget-modules: [q_proj, v_proj]\n")

    spec = job_spec(read_job_file(file, ["rounds=3", "dtype=bf16"]))

    assert (spec["quorum"], spec["deadlineMs"], spec["rounds"], spec["dtype"]) == ("67%", 300_000, 3, "BF16")
    assert spec["targetModules"] == ["q_proj", "v_proj"]
    submitted = {"jobUuid": "u", "spec": spec, "layout": job().layout.records(), "layoutDigest": bytes(32)}
    assert encode_body(Record("JobSubmitted", {**submitted, "submittedAt": 0, "lineage": None}))


def test_should_read_its_own_submission_back_as_it_was(tmp_path: Path):
    file = tmp_path / "job.yaml"
    # as `rondo job init` writes keys of jobs that nobody signs
    file.write_text('name: j\noperator-key: ""\naggregator-key: ""\n')
    spec = job_spec(read_job_file(file))
    submitted = {"jobUuid": "u", "spec": spec, "layout": job().layout.records(), "layoutDigest": bytes(32)}

    body = encode_body(Record("JobSubmitted", {**submitted, "submittedAt": 0, "lineage": None}))

    found = Decoder.decode_body(body, bundled_schema("JobSubmitted"))
    assert isinstance(found, Record)
    assert found["spec"] == spec


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({}, "bad-job-file"),
        ({"name": "j", "operator-key": "ed25519:00"}, "bad-job-file"),
        ({"name": "j", "rnk": 1}, "unknown-key"),
        ({"name": "j", "deadline": "soon"}, "bad-job-file"),
    ],
)
def test_should_refuse_a_bad_job(settings: dict[str, object], code: str):
    with pytest.raises(RondoError) as failure:
        job_spec(settings)
    assert failure.value.code == code


def test_should_show_no_secret():
    connection = Connection("b:1", "http://me:secret@127.0.0.1:1", {"sasl.password": "hidden"})

    with pytest.raises(RondoError) as failure:
        connection.codec().encode("rondo.j.manifests", LEFT)
    for text in (repr(connection), str(connection), failure.value.explanation()):
        assert "secret" not in text
        assert "hidden" not in text


class LeaderlessAtFirst:
    """An admin client of a broker that gives a partition its leader after some requests."""

    def __init__(self, refusals: int, code: int) -> None:
        self.left = refusals
        self.code = code

    def list_offsets(self, asked, **_: object):
        answer: Future[SimpleNamespace] = Future()
        if self.left == 0:
            answer.set_result(SimpleNamespace(offset=7))
        else:
            self.left -= 1
            answer.set_exception(KafkaException(KafkaError(self.code)))
        return dict.fromkeys(asked, answer)


def test_should_wait_for_the_leader_of_a_partition():
    places = [("rondo.j.commands", 0), ("rondo.j.rounds", 0)]
    ends = list_ends(LeaderlessAtFirst(2, KafkaError.NOT_LEADER_FOR_PARTITION), places)
    assert ends == dict.fromkeys(places, 7)

    with pytest.raises(RondoError) as failure:
        list_ends(LeaderlessAtFirst(1, KafkaError.TOPIC_AUTHORIZATION_FAILED), places)
    assert failure.value.code == "broker-refused"


def test_should_say_that_nothing_answers():
    with pytest.raises(RondoError) as failure:
        Connection("127.0.0.1:1", "http://127.0.0.1:1").codec().encode("rondo.j.manifests", LEFT)
    assert failure.value.code == "registry-unreachable"
