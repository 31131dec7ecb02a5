"""Submitting a job whose model the Java engine does not know: topics, schemas, settings and the initial adapter."""

from __future__ import annotations

import argparse
import re
import sys
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient, NewTopic  # type: ignore[attr-defined]

from rondo import console
from rondo.connection import Connection, kafka_failure
from rondo.errors import RondoError
from rondo.generator import initial_value
from rondo.identifiers import SUBMITTER, require_job
from rondo.job import Job, find_submission
from rondo.layout import DOWN, Layout, TensorShape
from rondo.log import LogReader
from rondo.plugin import Factory, Plugin, Site, named
from rondo.signing import PREFIX, SigningKey, is_key, problem
from rondo.start import StartingAdapter
from rondo.topics import Topics
from rondo.upload import Acknowledgements, Header, Uploader, digest_of_update
from rondo.wire import Codec, Record, bundled_names

_FIRST_ROUNDS = 3
_MOST_LABELS = 1000
# the newest rules that an aggregator decides rounds by
_RULES = 6
_FOREVER = {"retention.ms": "-1", "retention.bytes": "-1", "cleanup.policy": "delete"}
# the broker expands what others write, and refuses what is over its limit then, so that no reader has to
_EXPANDED = {**_FOREVER, "compression.type": "uncompressed"}
# records that name every member grow with the trainers
_LARGE = {**_FOREVER, "max.message.bytes": str(2 << 20)}
_DURATION = re.compile(r"(\d+)(ms|s|m|h)\Z")
_MILLIS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000}


def _duration(value: Any) -> int:
    found = _DURATION.match(str(value))
    if not found:
        raise ValueError(f"'{value}' is not a duration such as 500ms, 60s, 5m or 2h")
    return int(found.group(1)) * _MILLIS[found.group(2)]


def _texts(value: Any) -> list[str]:
    return [str(item) for item in (value if isinstance(value, list) else [value])]


def _labels(value: Any) -> list[str]:
    """Texts, or so many numbers from 0."""
    if not isinstance(value, int):
        return _texts(value)
    if not 2 <= value <= _MOST_LABELS:
        raise ValueError(f"{value} classes, allowed are 2 to {_MOST_LABELS}")
    return [str(number) for number in range(value)]


def _public_key(value: Any) -> str:
    if value and not is_key(str(value)):
        raise ValueError(f"'{value}' is not a public key such as {PREFIX}1f0c…, which `rondo keys show FILE` prints")
    return str(value)


def _numbers(value: Any) -> list[int]:
    return [int(item) for item in (value if isinstance(value, list) else [value])]


# the keys of job.yaml in its order: name in JobSpec, default, reader
KEYS: dict[str, tuple[str, Any, Callable[[Any], Any]]] = {
    "name": ("name", None, str),
    "model": ("model", "all-MiniLM-L6-v2", str),
    "method": ("method", "fedsa", str),
    "adapter": ("adapter", "lora", str),
    "rank": ("rank", 8, int),
    "alpha": ("alpha", 16, float),
    "target-modules": ("targetModules", ["query", "value"], _texts),
    "layers-to-transform": ("layersToTransform", [], _numbers),
    "dropout": ("dropout", 0, float),
    "head": ("head", "local", str),
    "labels": ("labels", ["0", "1"], _labels),
    "rounds": ("rounds", 20, int),
    "local-steps": ("localSteps", 10, int),
    "local-warm-up-steps": ("localWarmUpSteps", 0, int),
    "batch-size": ("batchSize", 16, int),
    "micro-batch-size": ("microBatchSize", 0, int),
    "max-length": ("maxLength", 64, int),
    "optimizer": ("optimizer", "sgd", str),
    "learning-rate": ("learningRate", 0.1, float),
    "learning-rate-schedule": ("learningRateSchedule", "constant", str),
    "warm-up-steps": ("warmUpSteps", 0, int),
    "weight-decay": ("weightDecay", 0, float),
    "max-grad-norm": ("maxGradNorm", 0, float),
    "cohort": ("cohort", "all", str),
    "min-trainers": ("minTrainers", 3, int),
    "quorum": ("quorum", "2", str),
    "deadline": ("deadlineMs", "60s", _duration),
    "grace": ("graceMs", "0s", _duration),
    "late-updates": ("lateUpdates", "reject", str),
    "staleness-weight": ("stalenessWeight", 0.5, float),
    "without-quorum": ("withoutQuorum", "extend", str),
    "absent-after": ("absentAfter", 3, int),
    "max-trainers": ("maxTrainers", 1000, int),
    "trainers": ("trainers", [], _texts),
    "operator-key": ("operatorKey", "", _public_key),
    "aggregator-key": ("aggregatorKey", "", _public_key),
    "weights": ("weights", "examples", str),
    "strategy": ("strategy", "weighted-mean", str),
    "faulty-share": ("faultyShare", 0.2, float),
    "clip": ("clip", 0, float),
    "max-update-norm": ("maxUpdateNorm", 0, float),
    "server-optimizer": ("serverOptimizer", "none", str),
    "server-learning-rate": ("serverLearningRate", 1, float),
    "server-momentum": ("serverMomentum", 0.9, float),
    "server-second-moment": ("serverSecondMoment", 0.99, float),
    "server-epsilon": ("serverEpsilon", 0.001, float),
    "partitions": ("partitions", 4, int),
    "chunk-bytes": ("chunkBytes", 262_144, int),
    "replication": ("replication", -1, int),
    "retention": ("retention", "forever", str),
    "dtype": ("dtype", "f32", lambda value: str(value).upper()),
    "seed": ("seed", 1, int),
}


def job_spec(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The ``JobSpec`` of the keys of a job file. The aggregator refuses what does not fit together."""
    unknown = set(settings) - set(KEYS)
    if unknown:
        raise RondoError("unknown-key", f"there is no key '{min(unknown)}'", f"the keys are {', '.join(KEYS)}")
    if "name" not in settings:
        raise RondoError("bad-job-file", "the job has no name", "add a line such as name: my-job")
    spec: dict[str, Any] = {"modelDigest": "", "rules": _RULES}
    for key, (field, default, read) in KEYS.items():
        try:
            spec[field] = read(settings.get(key, default))
        except (ValueError, TypeError) as failure:
            raise RondoError(
                "bad-job-file", f"{key}: {failure}", "see the keys that `rondo job init` writes"
            ) from failure
    require_job(spec["name"])
    return spec


def _name_operator(spec: dict[str, Any], key: SigningKey | None) -> None:
    """Writes the operator's key into the spec: a job with one takes signed records only."""
    own = "" if key is None else key.public
    given = f"the one given is {own}" if own else "none was given"
    wrong = ""
    if spec["operatorKey"] not in ("", own):
        wrong = f"names the operator key {spec['operatorKey']}, and {given}"
    elif spec["aggregatorKey"] and not own:
        wrong = "names an aggregator key, which needs an operator key, and none was given"
    if wrong:
        raise RondoError("key-mismatch", f"job '{spec['name']}' {wrong}", "give the operator's key file with --key")
    spec["operatorKey"] = own


def _by_newest_rules(submitted: Mapping[str, Any], spec: Mapping[str, Any]) -> dict[str, Any]:
    """A spec that was submitted, as it would be today: older rules do not know some of the settings."""
    newest = {**submitted, "rules": _RULES}
    return newest if submitted["rules"] >= 2 else {**newest, **{key: spec[key] for key in ("maxTrainers", "trainers")}}


def read_job_file(
    file: Path, overrides: Sequence[str] = (), implied: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The keys of a job file. Implied settings go before it, and settings such as ``rounds=5`` before both."""
    settings: dict[str, Any] = {}
    try:
        # numbers with a decimal point and texts stay as they are written: the keys say what they are
        parsed = yaml.safe_load(file.read_text("utf-8"))
        settings.update(parsed or {})
        settings.update(implied or {})
        for override in overrides:
            key, equals, value = override.partition("=")
            if not equals:
                raise ValueError(f"'{override}' is not a setting such as rounds=5")
            settings[key.strip()] = yaml.safe_load(value)
    except (OSError, ValueError, TypeError, yaml.YAMLError) as failure:
        raise RondoError(
            "bad-job-file", f"cannot read the job file {file}: {failure}", "write a new one with: rondo job init"
        ) from failure
    return settings


def submit(
    connection: Connection,
    settings: Mapping[str, Any],
    plugin: str | Factory,
    models: Path | None = None,
    start: StartingAdapter | None = None,
    *,
    model_directory: Path | None = None,
    key: SigningKey | None = None,
) -> Job:
    """Submits a job of a plug-in's model. One that was cut off in between is completed by submitting the same again.

    With the operator's key, the job names it, and the submission and the update of round 0 are signed.

    The plug-in is opened on a site without data, and asked for its layout, its model's digest and its initial values.
    With an adapter to start from, its values take their place.
    """
    spec = job_spec(settings)
    _name_operator(spec, key)
    site = Site(SUBMITTER, models=models or Path(".rondo/models"), model_directory=model_directory)
    draft = Job("", spec, Layout((TensorShape("draft", "lora-a", (1, 1)),)))
    opened = Plugin(named(plugin) if isinstance(plugin, str) else plugin, draft, site)
    try:
        spec["modelDigest"] = opened.model_digest()
        layout = opened.layout()
        own = opened.parameters()
    finally:
        opened.close()
    started = start.values(layout) if start else {}
    codec = connection.codec()
    topics = Topics(spec["name"])
    _create_topics(connection.admin(), topics, spec)
    for name in bundled_names():
        codec.register(name)
    values = {
        each.name: initial_value(spec["seed"], each) if each.role in DOWN else own[each.name] for each in layout.tensors
    }
    values |= started
    planned = Job("", spec, layout)
    initial = planned.flat(0).flatten(values)
    submission = {
        "jobUuid": str(uuid.uuid4()),
        "spec": spec,
        "layout": layout.records(),
        "layoutDigest": layout.digest,
        "submittedAt": time.time_ns() // 1_000_000,
        "lineage": None,
        "initialDigest": digest_of_update(planned, 0, initial),
    }
    producer = connection.producer()

    def sign(record: Record) -> Record:
        # the operator's first records: its commands are numbered from 1
        return record if key is None else key.signed(record, 0, None)

    if _found(connection, codec, topics) is None:
        acks = Acknowledgements(producer)
        commands = topics.named("commands")
        acks.send(commands, 0, codec.encode(commands, sign(Record("JobSubmitted", submission))))
        acks.wait()
    found = _found(connection, codec, topics)
    # a job that an older version submitted continues by its own rules
    if (
        found is None
        or _by_newest_rules(found["spec"], spec) != spec
        or found["layoutDigest"] != layout.digest
        or found["initialDigest"] not in (None, submission["initialDigest"])
    ):
        raise RondoError(
            "job-exists",
            f"a job '{spec['name']}' was submitted before, with other settings",
            "give the job another name",
        )
    job = Job.of(found)
    if not _has_initial_update(connection, codec, job, found["initialDigest"]):
        header = Header(0, -1, SUBMITTER, "", str(uuid.uuid4()), 1, {})
        Uploader(producer, codec, job, sign).upload(header, initial)
    return job


def _found(connection: Connection, codec: Codec, topics: Topics) -> Record | None:
    return find_submission(codec, topics.job, _values(connection, topics.named("commands")))


def _has_initial_update(connection: Connection, codec: Codec, job: Job, digest: bytes | None) -> bool:
    for value in _values(connection, job.topics.named("manifests")):
        decoded = codec.decode(value)
        if not isinstance(decoded, Record) or decoded.type != "UpdateManifest":
            continue
        if decoded["trainer"] == SUBMITTER and decoded["jobUuid"] == job.uuid and digest in (None, decoded["digest"]):
            operator = job.spec.get("operatorKey", "")
            # anyone can write the digest, which is in the submission
            if not operator or problem(decoded, [operator]) is None:
                return True
    return False


def _values(connection: Connection, topic: str) -> list[bytes | None]:
    reader = LogReader(connection, {(topic, 0): 0})
    try:
        return [entry.value for entry in reader.read_to_end()]
    finally:
        reader.close()


def _create_topics(admin: AdminClient, topics: Topics, spec: Mapping[str, Any]) -> None:
    """The topics of a job with the settings that the wire contract asks for; those that are there stay as they are."""
    stamped = {**_EXPANDED, "message.timestamp.type": "LogAppendTime"}
    wanted = {
        "commands": (1, stamped),
        "manifests": (1, stamped),
        "decisions": (spec["partitions"], _LARGE),
        "parts": (1, _FOREVER),
        "global-adapter": (spec["partitions"], _FOREVER),
        "rounds": (1, _LARGE),
        "dead-letters": (1, _FOREVER),
    }
    for number in range(_FIRST_ROUNDS):
        wanted[f"round.{number:06d}"] = (spec["partitions"], {**_EXPANDED, "segment.index.bytes": "65536"})
    created = admin.create_topics(
        [
            NewTopic(topics.named(short), num_partitions=count, replication_factor=spec["replication"], config=config)
            for short, (count, config) in wanted.items()
        ]
    )
    for topic, future in created.items():
        try:
            future.result()
        except KafkaException as failure:
            if failure.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise kafka_failure(f"create topic {topic}", failure.args[0]) from failure


def main(arguments: Sequence[str] | None = None) -> int:
    """The command ``python -m rondo.submit``."""
    parser = argparse.ArgumentParser(prog="python -m rondo.submit", description=__doc__)
    parser.add_argument("file", type=Path, nargs="?", default=Path("job.yaml"), help="The job file. Default: job.yaml.")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="Goes before the file.")
    parser.add_argument("--plugin", default="peft", metavar="MODULE:CLASS", help="Whose model it is. Default: peft.")
    parser.add_argument(
        "--adapter",
        type=Path,
        metavar="DIR",
        help="A PEFT adapter to start from. Its rank, alpha and target modules go before the file's.",
    )
    parser.add_argument("--model-cache", type=Path, default=Path(".rondo/models"), metavar="DIR")
    parser.add_argument("--model-dir", type=Path, metavar="DIR", help="The directory of the job's base model.")
    parser.add_argument(
        "--key",
        type=Path,
        metavar="FILE",
        help="The operator's private key: the job names it and takes signed records only.",
    )
    parser.add_argument("--json", action="store_true", help="Print the result as one JSON object.")
    console.add_connection(parser)
    options = parser.parse_args(arguments)

    def command() -> None:
        start = StartingAdapter(options.adapter) if options.adapter else None
        settings = read_job_file(options.file, options.set, start.settings() if start else None)
        job = submit(
            console.connection(options),
            settings,
            options.plugin,
            options.model_cache,
            start,
            model_directory=options.model_dir,
            key=SigningKey.read(options.key) if options.key else None,
        )
        console.result(
            options.json,
            {
                "job": job.name,
                "jobUuid": job.uuid,
                "tensors": len(job.layout.tensors),
                "layoutDigest": job.layout.digest.hex(),
            },
            f"submitted job {job.name} ({job.uuid})\n  next: rondo aggregator --job {job.name}, and rondo-trainer --job"
            f" {job.name} at each site",
        )

    return console.run(options.json, command)


if __name__ == "__main__":
    sys.exit(main())
