"""A second verifier: recomputes the rounds of a job from its log, from the wire contract alone.

What follows from something else in the log is worked out again and compared bit by bit: digests, cohorts and their
lots, quorums, weights, norms, scales, sums of every strategy, server optimizers, publications and the hash chain. Which
inputs a coordinator refuses, and why, is left to ``rondo verify``; what it accepted is checked here.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from rondo import console, strategies
from rondo.connection import Connection
from rondo.errors import RondoError
from rondo.identifiers import SUBMITTER
from rondo.job import Job
from rondo.layout import Chunk, FlatLayout
from rondo.source import ArchiveLog, ClusterLog, JobLog, LogEntry
from rondo.tensors import Floats, decode, digest_of_digests, encode, sha256, width
from rondo.wire import Record

NOTHING = bytes(32)
IDENTICAL, DIFFERENT, ARCHIVED, NOT_IN_LOG = "identical", "different", "archived", "not-in-log"

# the decisions that also stand on rounds
ON_ROUNDS = (
    "RoundOpened",
    "RoundExtended",
    "RoundReopened",
    "UpdateRejected",
    "RoundFailed",
    "JobPaused",
    "JobResumed",
    "JobFinished",
    "JobAborted",
)
_PERCENT = re.compile(r"([0-9]{1,3})%\Z")
_DECIMAL = re.compile(r"([01])\.([0-9]{1,6})\Z")
_WHOLE = 1_000_000


def share_of(text: str, count: int) -> int | None:
    """A share such as ``67%`` or ``0.67`` of so many, rounded up and computed exactly; None for another text."""
    percent, decimal = _PERCENT.match(text), _DECIMAL.match(text)
    if percent:
        millionths = int(percent.group(1)) * (_WHOLE // 100)
    elif decimal:
        millionths = int(decimal.group(1)) * _WHOLE + int((decimal.group(2) + "000000")[:6])
    else:
        return None
    return -(-count * millionths // _WHOLE)


def lot(seed: int, round_number: int, trainer: str) -> bytes:
    """A trainer's lot in a round: those with the smallest are asked."""
    return sha256(f"rondo-cohort-v1\n{seed}\n{round_number}\n{trainer}".encode("ascii"))


def draw_cohort(spec: Mapping[str, Any], round_number: int, admitted: Sequence[str]) -> list[str]:
    """Who is asked in a round, in ascending order of their ids."""
    if round_number == 0:
        return [SUBMITTER]
    asked = share_of(spec["cohort"], len(admitted))
    asked = len(admitted) if asked is None else asked
    if spec["strategy"] in strategies.SELECTING:
        asked = min(asked, strategies.MOST_COMPARED)
    by_lot = sorted(admitted, key=lambda trainer: (lot(spec["seed"], round_number, trainer), trainer))
    return sorted(by_lot[:asked])


def quorum_of(text: str, cohort: int) -> int:
    share = share_of(text, cohort)
    return min(int(text), cohort) if share is None else share


class Chain:
    """The hash chain over the log: see section 6."""

    def __init__(self) -> None:
        self._previous = NOTHING
        self._links: list[bytes] = []

    def add(self, source: bytes | None, decision: bytes) -> None:
        self._links += [source or NOTHING, decision]

    def value(self) -> bytes:
        total = hashlib.sha256(b"rondo-chain-v1\n" + self._previous)
        for link in self._links:
            total.update(link)
        return total.digest()

    def published(self, digest: bytes) -> None:
        self._previous, self._links = digest, []


@dataclass
class RoundResult:
    """What became of a round's verification."""

    round: int
    revision: int
    updates: int
    digest: str
    outcome: str = IDENTICAL
    problem: str = ""


@dataclass
class Report:
    """What a verification found."""

    job: str
    job_uuid: str = ""
    rounds: list[RoundResult] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def identical(self) -> int:
        return sum(each.outcome == IDENTICAL for each in self.rounds)

    @property
    def archived(self) -> int:
        return sum(each.outcome == ARCHIVED for each in self.rounds)

    @property
    def is_sound(self) -> bool:
        """Whether everything is what it was; rounds that were archived and told are no fault."""
        return not self.differences and self.identical + self.archived == len(self.rounds)

    def json(self) -> dict[str, Any]:
        return {
            "job": self.job,
            "jobUuid": self.job_uuid,
            "rounds": len(self.rounds),
            "identical": self.identical,
            "archived": self.archived,
            "sound": self.is_sound,
            "differences": self.differences,
            "notes": self.notes,
            "perRound": [vars(each) for each in self.rounds],
        }

    def text(self) -> str:
        lines = [f"{'round':<6} {'updates':>7}  {'digest':<12}  outcome"]
        lines += [
            f"{each.round:<6} {each.updates:>7}  {each.digest[:12]:<12}  {each.outcome} {each.problem}".rstrip()
            for each in self.rounds
        ]
        lines += [f"difference: {each}" for each in self.differences[:20]]
        if len(self.differences) > 20:
            lines.append(f"… and {len(self.differences) - 20} more; --json lists all")
        lines += [f"note: {each}" for each in self.notes]
        sound = ", bit-identical" if self.is_sound else ""
        archived = f", {self.archived} archived" if self.archived else ""
        lines.append(f"{self.identical} of {len(self.rounds)} rounds recomputed from the log{sound}{archived}")
        return "\n".join(lines)


@dataclass
class _Round:
    """The round that is open or closed, as decisions made it."""

    opened: Record
    accepted: list[Record]
    deadline: int
    revision: int = 0
    closed: Record | None = None
    weighed: Record | None = None

    @property
    def number(self) -> int:
        return int(self.opened["round"])


class UpdateFaultError(Exception):
    """An accepted update that is not in the log as its manifest says."""


class Verifier:
    """Goes through the decisions of a log once, and recomputes each round when it completes."""

    def __init__(self, log: JobLog, first: int = 0, last: int = 999_999) -> None:
        self._log = log
        self._range = range(first, last + 1)
        self._report = Report(log.job)
        self._chain = Chain()
        self._chained_from = 0
        self._admitted: dict[str, str] = {}
        self._round: _Round | None = None
        self._early: list[Record] = []
        self._last_round = -1
        self._last_published = -1
        self._versions: dict[str, Record] = {}
        self._job: Job | None = None
        self._current: dict[str, Floats] = {}
        self._state: dict[str, tuple[int, list[dict[str, Floats]]]] = {}
        self._inputs = {
            topic: {entry.offset: entry for entry in log.entries(topic)} for topic in ("commands", "manifests", "parts")
        }
        self._publications: list[LogEntry] = []
        self._measured: dict[tuple[int, int], dict[int, Record]] = {}
        self._folded: dict[tuple[int, int], dict[int, Record]] = {}
        self._adapter: dict[tuple[int, int, str, int], Record] = {}

    def verify(self) -> Report:
        decisions = self._decisions()
        self._check_rounds_topic(decisions)
        self._read_parts()
        self._read_adapter()
        for sequence, entry in enumerate(decisions):
            record = entry.record()
            if record is None or "header" not in record.fields:
                raise RondoError(
                    "log-inconsistent",
                    f"decision {sequence} at offset {entry.offset} cannot be read: {entry.decoded}",
                    "check that the registry is the one that this log was written with",
                )
            self._apply(sequence, record, entry.digest)
        if self._publications:
            self._differs(f"{len(self._publications)} publications on rounds have no RoundCompleted")
        return self._report

    # reading

    def _decisions(self) -> list[LogEntry]:
        """The decisions of partition 0, held against the copies in the others."""
        copies = [list(self._log.entries("decisions", part)) for part in range(self._log.partitions)]
        for part, copy in enumerate(copies[1:], 1):
            for one, other in zip(copies[0], copy, strict=False):
                if one.digest != other.digest:
                    self._differs(f"decisions-{part} at offset {other.offset} is not the copy of partition 0")
            if len(copy) != len(copies[0]):
                self._differs(f"decisions-{part} has {len(copy)} decisions, partition 0 has {len(copies[0])}")
        return copies[0]

    def _check_rounds_topic(self, decisions: list[LogEntry]) -> None:
        copies = []
        for entry in self._log.entries("rounds"):
            if entry.record("RoundPublished") is not None:
                self._publications.append(entry)
            else:
                copies.append(entry)
        expected = [entry for entry in decisions if _is_on_rounds(entry.record())]
        for one, other in zip(expected, copies, strict=False):
            if one.digest != other.digest:
                self._differs(f"rounds at offset {other.offset} is not the copy of the decision at offset {one.offset}")
        if len(copies) != len(expected):
            self._differs(f"rounds has {len(copies)} copies of decisions, not {len(expected)}")

    def _read_parts(self) -> None:
        for entry in self._inputs["parts"].values():
            for kind, into in (("PartMeasured", self._measured), ("PartFolded", self._folded)):
                part = entry.record(kind)
                if part is not None:
                    # a part that is reported twice counts once
                    into.setdefault((part["round"], part["revision"]), {}).setdefault(part["partition"], part)

    def _read_adapter(self) -> None:
        for partition in range(self._log.partitions):
            for entry in self._log.entries("global-adapter", partition):
                chunk = entry.record("AdapterChunk")
                if chunk is None:
                    self._differs(f"global-adapter-{partition} at offset {entry.offset} is no chunk: {entry.decoded}")
                    continue
                if chunk["ordinal"] % self._log.partitions != partition or sha256(chunk["values"]) != chunk["digest"]:
                    self._differs(
                        f"global-adapter-{partition} at offset {entry.offset}: chunk {chunk['ordinal']} of round"
                        f" {chunk['round']} is in another partition, or its digest is not that of its values"
                    )
                key = (chunk["round"], chunk["revision"], chunk["kind"], chunk["ordinal"])
                self._adapter.setdefault(key, chunk)

    # decisions, one by one

    def _apply(self, sequence: int, decision: Record, digest: bytes) -> None:
        header = decision["header"]
        if header["sequence"] != sequence:
            self._differs(f"decision {sequence} says that its sequence is {header['sequence']}")
        source = header["source"]
        entry = self._check_source(sequence, source)
        if decision.type == "RoundCompleted":
            self._complete(decision)
            self._chain.published(decision["publishedDigest"])
            self._chained_from = sequence
        self._chain.add(source["bodyDigest"], digest)
        handler = {
            "JobStarted": self._start,
            "TrainerAdmitted": lambda each, _: self._admitted.update({each["trainer"]: each["incarnation"]}),
            "TrainerRemoved": lambda each, _: self._admitted.pop(each["trainer"], None),
            "RoundOpened": self._open,
            "UpdateAccepted": self._accept,
            "UpdateRejected": self._reject,
            "RoundClosed": self._close,
            "RoundWeighed": self._weigh,
            "RoundExtended": self._extend,
            "RoundReopened": self._reopen,
            "RoundFailed": self._fail,
            "EvaluationRecorded": self._evaluate,
        }.get(decision.type)
        if handler is not None:
            handler(decision, entry)

    def _check_source(self, sequence: int, source: Mapping[str, Any]) -> LogEntry | None:
        if source["topic"] == "clock":
            if source["bodyDigest"] is not None:
                self._differs(f"decision {sequence} answers the clock, and has a digest of it")
            return None
        entry = self._inputs.get(source["topic"], {}).get(source["offset"])
        if entry is None or entry.digest != source["bodyDigest"]:
            what = "is not there" if entry is None else "has other bytes"
            self._differs(f"{source['topic']} at offset {source['offset']}, which decision {sequence} answers, {what}")
            return None
        return entry

    def _start(self, decision: Record, entry: LogEntry | None) -> None:
        submitted = None if entry is None else entry.record("JobSubmitted")
        if submitted is None or any(
            submitted[name] != decision[name] for name in ("jobUuid", "spec", "layout", "layoutDigest", "lineage")
        ):
            self._differs("JobStarted is not what was submitted")
        self._job = Job.of(decision)
        self._report.job_uuid = self._job.uuid
        if self._job.layout.digest != decision["layoutDigest"]:
            self._differs(
                f"the layout's digest is {self._job.layout.digest.hex()}, not {decision['layoutDigest'].hex()}"
            )

    @property
    def job(self) -> Job:
        if self._job is None:
            raise RondoError("log-inconsistent", "a decision stands before JobStarted", "keep the log as it is")
        return self._job

    def _open(self, decision: Record, _: LogEntry | None) -> None:
        spec, number = self.job.spec, decision["round"]
        cohort = draw_cohort(spec, number, sorted(self._admitted))
        flat = self.job.flat(number)
        self._expect(number, "cohort", decision["cohort"], cohort)
        self._expect(number, "quorum", decision["quorum"], quorum_of(spec["quorum"], len(cohort)))
        self._expect(number, "number", number, self._last_round + 1)
        self._expect(number, "base round", decision["baseRound"], self._last_published)
        self._expect(number, "elements", decision["elements"], flat.elements)
        self._expect(number, "chunks", decision["chunks"], len(flat.chunks))
        self._expect(number, "deadline", decision["deadline"], decision["openedAt"] + spec["deadlineMs"])
        self._round = _Round(decision, self._early, decision["deadline"])
        self._early = []
        self._last_round = number

    def _accept(self, decision: Record, entry: LogEntry | None) -> None:
        manifest, number = decision["manifest"], decision["round"]
        sent = None if entry is None else entry.record("UpdateManifest")
        late = number != manifest["round"]
        if sent is not None and sent.fields != manifest:
            self._differs(
                f"UpdateAccepted of {manifest['trainer']} in round {number} holds another manifest than it answers"
            )
        if digest_of_digests(manifest["chunkDigests"]) != manifest["digest"]:
            self._differs(f"the manifest of {manifest['trainer']} in round {number} has another digest than its chunks")
        weight = 1.0 if self.job.spec["weights"] == "uniform" else float(manifest["numExamples"])
        if late:
            weight *= self.job.spec["stalenessWeight"]
            self._expect(number, "round of a late update", number, manifest["round"] + 1)
        self._expect(number, f"weight of {manifest['trainer']}", decision["weight"], weight)
        if number > self._last_round:
            self._early.append(decision)
        elif self._round is not None:
            due = self._round.deadline + self.job.spec["graceMs"]
            # a round that is open again takes late updates over as they are
            if sent is not None and not late and entry is not None and entry.timestamp > due:
                self._differs(f"the update of {manifest['trainer']} in round {number} was appended after the deadline")
            if manifest["trainer"] not in self._round.opened["cohort"] and not late:
                self._differs(f"{manifest['trainer']} is not asked in round {number}")
            self._round.accepted.append(decision)

    def _reject(self, decision: Record, _: LogEntry | None) -> None:
        if not decision["revoked"]:
            return

        def without(updates: list[Record]) -> list[Record]:
            return [each for each in updates if each["manifest"]["attempt"] != decision["attempt"]]

        self._early = without(self._early)
        if self._round is not None:
            self._round.accepted = without(self._round.accepted)

    def _close(self, decision: Record, _: LogEntry | None) -> None:
        round_ = self._round
        if round_ is None or round_.number != decision["round"]:
            self._differs(f"RoundClosed of round {decision['round']}, which is not open")
            return
        members = [
            {
                "trainer": each["manifest"]["trainer"],
                "attempt": each["manifest"]["attempt"],
                "weight": each["weight"],
                "numExamples": each["manifest"]["numExamples"],
                "digest": each["manifest"]["digest"],
                "norm": -1.0,
                "scale": 1.0,
            }
            for each in round_.accepted
        ]
        self._expect(round_.number, "members of the close", decision["members"], members)
        self._expect(round_.number, "revision", decision["revision"], round_.revision + 1)
        if len(members) < round_.opened["quorum"]:
            self._differs(f"round {round_.number} closed with {len(members)} updates, below its quorum")
        round_.revision, round_.closed, round_.weighed = decision["revision"], decision, None

    def _weigh(self, decision: Record, _: LogEntry | None) -> None:
        round_ = self._round
        if round_ is None or round_.closed is None:
            self._differs(f"RoundWeighed of round {decision['round']}, which is not closed")
            return
        parts = self._measured.get((round_.number, round_.revision), {})
        members = round_.closed["members"]
        weighed = strategies.weigh(
            self.job.spec,
            [member["weight"] for member in members],
            [parts[part]["products"] for part in sorted(parts)],
        )
        expected = [
            {**member, "norm": norm, "scale": scale, "weight": weight}
            for member, (norm, scale, weight) in zip(members, weighed, strict=True)
        ]
        self._expect(round_.number, "weights", decision["members"], expected)
        limit = self.job.spec["maxUpdateNorm"]
        if limit > 0 and any(norm > limit for norm, _, _ in weighed):
            self._differs(f"round {round_.number} counts an update that is longer than {limit}")
        round_.weighed = decision

    def _extend(self, decision: Record, _: LogEntry | None) -> None:
        if self._round is not None:
            self._round.deadline = decision["deadline"]

    def _reopen(self, decision: Record, _: LogEntry | None) -> None:
        if self._round is not None:
            self._round.deadline, self._round.closed, self._round.weighed = decision["deadline"], None, None

    def _fail(self, decision: Record, _: LogEntry | None) -> None:
        self._last_round = decision["round"]
        self._round = None

    def _evaluate(self, decision: Record, entry: LogEntry | None) -> None:
        sent = None if entry is None else entry.record("EvaluationReported")
        if sent is None or any(sent[name] != decision[name] for name in ("round", "trainer", "metrics")):
            self._differs(f"EvaluationRecorded of {decision['trainer']} is not what was reported")

    # a round that completes

    def _complete(self, decision: Record) -> None:
        round_, number = self._round, decision["round"]
        if round_ is None or round_.closed is None or round_.number != number:
            self._differs(f"RoundCompleted of round {number}, which is not closed")
            return
        result = RoundResult(number, decision["revision"], len(round_.accepted), decision["digest"].hex())
        before = len(self._report.differences)
        self._check_publication(round_, decision)
        flat = self.job.flat(number)
        key = (number, decision["revision"])
        if number in self._range:
            self._recompute(round_, flat, result)
        published = self._published_values(flat, *key)
        if published is None:
            self._differs(f"round {number}: chunks of its adapter are not on global-adapter as they were published")
        else:
            self._current |= flat.split(published)
        self._keep_state(flat, *key)
        if len(self._report.differences) > before and result.outcome == IDENTICAL:
            result.outcome, result.problem = DIFFERENT, self._report.differences[before]
        self._report.rounds.append(result)
        self._versions |= {tensor.name: decision for tensor in flat.tensors}
        self._last_published = number
        self._round = None

    def _check_publication(self, round_: _Round, decision: Record) -> None:
        number = round_.number
        if not self._publications:
            self._differs(f"round {number} has no RoundPublished on rounds")
            return
        entry = self._publications.pop(0)
        published = entry.record("RoundPublished")
        assert published is not None
        assert round_.closed is not None
        parts = self._folded.get((number, round_.revision), {})
        digests = {chunk["ordinal"]: chunk["digest"] for part in parts.values() for chunk in part["chunks"]}
        ordered = [digests.get(ordinal, NOTHING) for ordinal in range(round_.opened["chunks"])]
        versions = {name: version["round"] for name, version in self._versions.items()}
        versions |= {tensor.name: number for tensor in self.job.flat(number).tensors}
        expected = {
            "jobUuid": self.job.uuid,
            "round": number,
            "revision": round_.revision,
            "baseRound": round_.opened["baseRound"],
            "members": (round_.weighed or round_.closed)["members"],
            "elements": round_.opened["elements"],
            "chunkDigests": ordered,
            "digest": digest_of_digests(ordered),
            "tensors": [{"name": name, "round": version} for name, version in versions.items()],
            "startOffsets": [parts[part]["startOffset"] for part in sorted(parts)],
            "openedAt": round_.opened["openedAt"],
            "closedAt": round_.closed["header"]["decidedAt"],
            "firstSequence": self._chained_from,
            "lastSequence": decision["header"]["sequence"] - 1,
            "chain": self._chain.value(),
        }
        for name, value in expected.items():
            self._expect(number, f"{name} of the publication", published[name], value)
        self._expect(number, "digest of the publication's body", decision["publishedDigest"], entry.digest)
        for name in ("revision", "digest", "chain"):
            self._expect(number, f"{name} of RoundCompleted", decision[name], published[name])

    def _recompute(self, round_: _Round, flat: FlatLayout, result: RoundResult) -> None:
        number = round_.number
        topics = {f"round.{each['manifest']['round']:06d}" for each in round_.accepted}
        if not all(self._log.has(topic) for topic in topics):
            told = self._was_archived(number)
            result.outcome = ARCHIVED if told else NOT_IN_LOG
            self._report.notes.append(
                f"the updates of round {number} are " + ("in an archive" if told else "not in the log")
            )
            return
        try:
            updates = [self._update(each["manifest"], flat) for each in round_.accepted]
        except UpdateFaultError as fault:
            self._differs(f"round {number}: {fault}")
            return
        base = self._base(flat)
        assert round_.closed is not None
        members = (round_.weighed or round_.closed)["members"]
        kind = strategies.measuring(self.job.spec, number)
        if kind != strategies.NONE:
            self._check_measured(round_, kind, flat, updates, base)
        if (round_.weighed is not None) != (kind != strategies.NONE):
            self._differs(f"round {number} was " + ("not weighed" if round_.weighed is None else "weighed"))
        clipped = [
            strategies.scaled(base, values, member["scale"]) for values, member in zip(updates, members, strict=True)
        ]
        weights = [member["weight"] for member in members]
        spec = self.job.spec if number else {**self.job.spec, "strategy": _of_round_zero(self.job.spec["strategy"])}
        adapter = strategies.aggregate(spec, number, clipped, weights)
        state: list[Floats] = []
        if self.job.spec["serverOptimizer"] != "none" and number > 0:
            adapter, state = strategies.server_step(self.job.spec, base, adapter, self._server_state(flat))
        self._check_folded(round_, flat, adapter, state, len(updates))

    def _check_measured(self, round_: _Round, kind: str, flat: FlatLayout, updates: list[Floats], base: Floats) -> None:
        parts = self._measured.get((round_.number, round_.revision), {})
        for partition in range(self._log.partitions):
            chunks = flat.chunks_of(partition)
            products = strategies.measure(
                kind,
                [[_cut(values, chunk) for chunk in chunks] for values in updates],
                [_cut(base, chunk) for chunk in chunks],
            )
            found = parts.get(partition)
            self._expect(
                round_.number,
                f"products of partition {partition}",
                None if found is None else found["products"],
                products,
            )

    def _check_folded(
        self, round_: _Round, flat: FlatLayout, adapter: Floats, state: list[Floats], updates: int
    ) -> None:
        number, revision = round_.number, round_.revision
        kinds = strategies.SERVER_STATE.get(self.job.spec["serverOptimizer"], ())
        for partition in range(self._log.partitions):
            part = self._folded.get((number, revision), {}).get(partition)
            if part is None:
                self._differs(f"round {number}: partition {partition} has no PartFolded of revision {revision}")
                continue
            chunks = flat.chunks_of(partition)
            digests: list[dict[str, Any]] = [
                {"ordinal": chunk.ordinal, "digest": sha256(encode("F32", _cut(adapter, chunk)))} for chunk in chunks
            ]
            self._expect(number, f"updates of partition {partition}", part["updates"], updates)
            for mine, logged in zip(digests, part["chunks"], strict=False):
                if mine != logged:
                    self._differs(self._first_element(flat, number, revision, mine["ordinal"], adapter))
            self._expect(number, f"number of chunks of partition {partition}", len(part["chunks"]), len(digests))
            pieces = [sha256(encode("F32", _cut(vector, chunk))) for chunk in chunks for vector in state]
            self._expect(
                number, f"digests of the optimizer's state in partition {partition}", part["stateDigests"], pieces
            )
            for chunk in chunks:
                for kind, vector in zip(kinds if state else (), state, strict=True):
                    piece = self._adapter.get((number, -revision, kind, chunk.ordinal))
                    if piece is None or piece["values"] != encode("F32", _cut(vector, chunk)):
                        self._differs(
                            f"round {number}: chunk {chunk.ordinal} of {kind} is not on global-adapter as computed"
                        )

    def _first_element(self, flat: FlatLayout, number: int, revision: int, ordinal: int, adapter: Floats) -> str:
        """Where a chunk differs, down to the tensor and the element."""
        chunk = flat.chunks[ordinal]
        logged = self._adapter.get((number, revision, "adapter", ordinal))
        place = f"round {number}: chunk {ordinal} is not what the updates make"
        if logged is None or len(logged["values"]) != chunk.count * 4:
            return place
        differing = np.flatnonzero(
            decode("F32", logged["values"], chunk.count).view(np.uint32) != _cut(adapter, chunk).view(np.uint32)
        )
        if not differing.size:
            return place
        at, begin = chunk.position + int(differing[0]), 0
        for tensor in flat.tensors:
            if at < begin + tensor.size:
                return f"{place}: {tensor.name}, element {at - begin}"
            begin += tensor.size
        return place

    def _update(self, manifest: Mapping[str, Any], flat: FlatLayout) -> Floats:
        """An accepted update's flat vector, each chunk held against the manifest."""
        number, dtype = manifest["round"], manifest["dtype"]
        topic = f"round.{number:06d}"
        who = f"{manifest['trainer']}, attempt {manifest['attempt']}"
        values = np.zeros(flat.elements, dtype=np.float32)
        for placed in manifest["ranges"]:
            missing = {chunk.ordinal: chunk for chunk in flat.chunks_of(placed["partition"])}
            for entry in self._between(topic, placed):
                record = entry.record("TensorChunk")
                if (
                    record is None
                    or record["attempt"] != manifest["attempt"]
                    or record["trainer"] != manifest["trainer"]
                ):
                    continue
                # a chunk that was sent twice counts once
                chunk = missing.pop(record["ordinal"], None)
                if chunk is None:
                    continue
                data = record["values"]
                fits = (
                    record["round"] == number
                    and record["position"] == chunk.position
                    and record["count"] == chunk.count
                    and record["dtype"] == dtype
                    and len(data) == chunk.count * width(dtype)
                )
                if not fits or not (sha256(data) == record["digest"] == manifest["chunkDigests"][chunk.ordinal]):
                    raise UpdateFaultError(f"chunk {chunk.ordinal} of {who} is not the one that its manifest names")
                values[chunk.position : chunk.position + chunk.count] = decode(dtype, data, chunk.count)
            if missing:
                raise UpdateFaultError(f"chunk {min(missing)} of {who} is not where its manifest says")
        if not np.isfinite(values).all():
            raise UpdateFaultError(f"an element of {who} is not finite")
        return values

    def _between(self, topic: str, placed: Mapping[str, Any]) -> Iterator[LogEntry]:
        for entry in self._partition(topic, placed["partition"]):
            if placed["first"] <= entry.offset <= placed["last"]:
                yield entry

    def _partition(self, topic: str, partition: int) -> list[LogEntry]:
        """What stands in a partition of a round, kept while its round is verified."""
        if not hasattr(self, "_kept") or self._kept[0] != topic:
            self._kept: tuple[str, dict[int, list[LogEntry]]] = (topic, {})
        kept = self._kept[1]
        if partition not in kept:
            kept[partition] = list(self._log.entries(topic, partition))
        return kept[partition]

    def _base(self, flat: FlatLayout) -> Floats:
        """The adapter that the round builds on: the current value of each tensor, 0 before there is one."""
        zeros = {tensor.name: np.zeros(tensor.shape, dtype=np.float32) for tensor in flat.tensors}
        return flat.flatten(zeros | {name: value for name, value in self._current.items() if name in zeros})

    def _published_values(self, flat: FlatLayout, number: int, revision: int) -> Floats | None:
        digests = [chunk for part in self._folded.get((number, revision), {}).values() for chunk in part["chunks"]]
        vouched = {chunk["ordinal"]: chunk["digest"] for chunk in digests}
        values = np.zeros(flat.elements, dtype=np.float32)
        for chunk in flat.chunks:
            logged = self._adapter.get((number, revision, "adapter", chunk.ordinal))
            if logged is None or sha256(logged["values"]) != vouched.get(chunk.ordinal):
                return None
            if logged["position"] != chunk.position or logged["count"] != chunk.count:
                return None
            values[chunk.position : chunk.position + chunk.count] = decode("F32", logged["values"], chunk.count)
        return values

    def _keep_state(self, flat: FlatLayout, number: int, revision: int) -> None:
        """The optimizer's state belongs to the tensors of its round."""
        kinds = strategies.SERVER_STATE.get(self.job.spec["serverOptimizer"], ())
        vectors = []
        for kind in kinds if number > 0 else ():
            values = np.zeros(flat.elements, dtype=np.float32)
            for chunk in flat.chunks:
                piece = self._adapter.get((number, -revision, kind, chunk.ordinal))
                if piece is not None and len(piece["values"]) == chunk.count * 4:
                    values[chunk.position : chunk.position + chunk.count] = decode("F32", piece["values"], chunk.count)
            vectors.append(flat.split(values))
        if kinds:
            for tensor in flat.tensors:
                self._state[tensor.name] = (number, vectors)

    def _server_state(self, flat: FlatLayout) -> list[Floats]:
        """The state after the last step on the same tensors; 0 before the first."""
        kinds = strategies.SERVER_STATE[self.job.spec["serverOptimizer"]]
        number, vectors = self._state.get(flat.tensors[0].name, (0, []))
        names = {tensor.name for tensor in flat.tensors}
        if number == 0 or set(vectors[0]) != names:
            return [np.zeros(flat.elements, dtype=np.float32) for _ in kinds]
        return [flat.flatten(vector) for vector in vectors]

    def _was_archived(self, number: int) -> bool:
        found = (entry.record("RoundsArchived") for entry in self._inputs["commands"].values())
        return any(each is not None and each["fromRound"] <= number <= each["toRound"] for each in found)

    def _expect(self, number: int, what: str, found: Any, expected: Any) -> None:
        if found != expected:
            self._differs(f"round {number}: {what} is {_brief(found)}, computed is {_brief(expected)}")

    def _differs(self, what: str) -> None:
        self._report.differences.append(what)


def _cut(values: Floats, chunk: Chunk) -> Floats:
    return values[chunk.position : chunk.position + chunk.count]


def _of_round_zero(strategy: str) -> str:
    """The only update of round 0 has nothing that it could be compared with."""
    return strategies.WEIGHTED_MEAN if strategy in strategies.SELECTING else strategy


def _is_on_rounds(decision: Record | None) -> bool:
    if decision is None:
        return False
    return decision.type in ON_ROUNDS or (decision.type == "TrainerRemoved" and decision["reason"] == "absent")


def _brief(value: Any) -> str:
    text = value.hex() if isinstance(value, bytes) else repr(value)
    return text if len(text) <= 160 else text[:160] + "…"


def verify(log: JobLog, first: int = 0, last: int = 999_999) -> Report:
    """Recomputes the rounds of a log; decisions and the chain are checked from the first on whatever the range."""
    return Verifier(log, first, last).verify()


def open_log(connection: Connection | None, job: str | None, archive: Path | None) -> JobLog:
    """The log that the options of a command name."""
    if archive is not None:
        return ArchiveLog(archive)
    assert connection is not None
    jobs = [job] if job else ClusterLog.jobs(connection)
    if len(jobs) != 1:
        raise RondoError("bad-config", f"the cluster has {len(jobs)} jobs: {', '.join(jobs)}", "name one by --job")
    return ClusterLog(connection, jobs[0])


def main(arguments: Sequence[str] | None = None) -> int:
    """The command ``rondo-verify``: exit code 0 says that every round is what it was."""
    parser = argparse.ArgumentParser(prog="rondo-verify", description=__doc__)
    parser.add_argument("--archive", type=Path, metavar="DIR", help="A directory that `rondo archive` wrote.")
    parser.add_argument("--job", metavar="NAME", help="The job. Need not be named where there is one.")
    parser.add_argument("--from", dest="first", type=int, default=0, metavar="N", help="First round to recompute.")
    parser.add_argument("--to", dest="last", type=int, default=999_999, metavar="N", help="The last one.")
    parser.add_argument("--json", action="store_true", help="Print the result as one JSON object.")
    console.add_connection(parser)
    options = parser.parse_args(arguments)

    def command() -> None:
        connection = None if options.archive else console.connection(options)
        log = open_log(connection, options.job, options.archive)
        try:
            report = verify(log, options.first, options.last)
        finally:
            log.close()
        console.result(options.json, report.json(), report.text())
        if not report.is_sound:
            first = next(iter(report.differences), None) or next(
                f"round {each.round} is {each.outcome}"
                for each in report.rounds
                if each.outcome not in (IDENTICAL, ARCHIVED)
            )
            raise RondoError(
                "verification-failed",
                f"{report.identical} of {len(report.rounds)} rounds are what they were, {len(report.differences)}"
                f" differences; the first: {first}",
                "keep the log as it is; rounds that are named nowhere above are sound",
            )

    return console.run(options.json, command)


if __name__ == "__main__":
    sys.exit(main())
