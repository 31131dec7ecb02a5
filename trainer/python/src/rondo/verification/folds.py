"""What follows from the updates of a round: measures, the adapter, and the state of a server optimizer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from rondo import strategies
from rondo.job import Job
from rondo.layout import Chunk, FlatLayout
from rondo.source import JobLog, LogEntry
from rondo.tensors import MOST_PLAUSIBLE, Floats, decode, encode, sha256, width
from rondo.verification.report import ARCHIVED, NOT_IN_LOG, Report, RoundResult
from rondo.wire import Record


@dataclass
class RoundUnderWay:
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

    @property
    def is_closed(self) -> bool:
        return self.closed is not None

    def answered(self) -> list[str]:
        """Those asked who have an update that counts."""
        counting = {each["manifest"]["trainer"] for each in self.accepted}
        return [trainer for trainer in self.opened["cohort"] if trainer in counting]


class UpdateFaultError(Exception):
    """An accepted update that is not in the log as its manifest says."""


class Folds:
    """Recomputes rounds of a job. The adapter that a round builds on is the one that the log holds."""

    def __init__(self, log: JobLog, job: Job, parts: Iterable[LogEntry], report: Report) -> None:
        self._log = log
        self._job = job
        self._report = report
        self._current: dict[str, Floats] = {}
        self._state: dict[str, tuple[int, list[dict[str, Floats]]]] = {}
        self._kept: tuple[str, dict[int, list[LogEntry]]] = ("", {})
        self._measured: dict[tuple[int, int], dict[int, Record]] = {}
        self._folded: dict[tuple[int, int], dict[int, Record]] = {}
        self._adapter: dict[tuple[int, int, str, int], Record] = {}
        self._read_parts(parts)
        self._read_adapter()

    def measured(self, round_number: int, revision: int) -> dict[int, Record]:
        """What the partitions measured of a revision."""
        return self._measured.get((round_number, revision), {})

    def folded(self, round_number: int, revision: int) -> dict[int, Record]:
        """What the partitions wrote of a revision."""
        return self._folded.get((round_number, revision), {})

    def published(self, flat: FlatLayout, round_number: int, revision: int) -> None:
        """Takes a published adapter, and the state that goes with it, as what later rounds build on."""
        values = self._published_values(flat, round_number, revision)
        if values is None:
            self._report.differs(
                f"round {round_number}: chunks of its adapter are not on global-adapter as they were published"
            )
        else:
            self._current |= flat.split(values)
        self._keep_state(flat, round_number, revision)

    def _read_parts(self, parts: Iterable[LogEntry]) -> None:
        for entry in parts:
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
                    self._report.differs(
                        f"global-adapter-{partition} at offset {entry.offset} is no chunk: {entry.decoded}"
                    )
                    continue
                if chunk["ordinal"] % self._log.partitions != partition or sha256(chunk["values"]) != chunk["digest"]:
                    self._report.differs(
                        f"global-adapter-{partition} at offset {entry.offset}: chunk {chunk['ordinal']} of round"
                        f" {chunk['round']} is in another partition, or its digest is not that of its values"
                    )
                key = (chunk["round"], chunk["revision"], chunk["kind"], chunk["ordinal"])
                self._adapter.setdefault(key, chunk)

    def recompute(self, round_: RoundUnderWay, result: RoundResult, archived: bool) -> None:
        """Works out a round from its updates; what became of it is noted in the result."""
        flat = self._job.flat(round_.number)
        number = round_.number
        topics = {f"round.{each['manifest']['round']:06d}" for each in round_.accepted}
        if not all(self._log.has(topic) for topic in topics):
            result.outcome = ARCHIVED if archived else NOT_IN_LOG
            self._report.notes.append(
                f"the updates of round {number} are " + ("in an archive" if archived else "not in the log")
            )
            return
        try:
            updates = [self._update(each["manifest"], flat) for each in round_.accepted]
        except UpdateFaultError as fault:
            self._report.differs(f"round {number}: {fault}")
            return
        base = self._base(flat)
        assert round_.closed is not None
        members = (round_.weighed or round_.closed)["members"]
        kind = strategies.measuring(self._job.spec, number)
        if kind != strategies.NONE:
            self._check_measured(round_, kind, flat, updates, base)
        if (round_.weighed is not None) != (kind != strategies.NONE):
            self._report.differs(f"round {number} was " + ("not weighed" if round_.weighed is None else "weighed"))
        clipped = [
            strategies.scaled(base, values, member["scale"]) for values, member in zip(updates, members, strict=True)
        ]
        weights = [member["weight"] for member in members]
        spec = self._job.spec if number else {**self._job.spec, "strategy": _of_round_zero(self._job.spec["strategy"])}
        adapter = strategies.aggregate(spec, number, clipped, weights)
        state: list[Floats] = []
        if self._job.spec["serverOptimizer"] != "none" and number > 0:
            adapter, state = strategies.server_step(self._job.spec, base, adapter, self._server_state(flat))
        self._check_folded(round_, flat, adapter, state, len(updates))

    def _check_measured(
        self, round_: RoundUnderWay, kind: str, flat: FlatLayout, updates: list[Floats], base: Floats
    ) -> None:
        parts = self.measured(round_.number, round_.revision)
        for partition in range(self._log.partitions):
            chunks = flat.chunks_of(partition)
            products = strategies.measure(
                kind,
                [[_cut(values, chunk) for chunk in chunks] for values in updates],
                [_cut(base, chunk) for chunk in chunks],
            )
            found = parts.get(partition)
            self._report.expect(
                round_.number,
                f"products of partition {partition}",
                None if found is None else found["products"],
                products,
            )

    def _check_folded(
        self, round_: RoundUnderWay, flat: FlatLayout, adapter: Floats, state: list[Floats], updates: int
    ) -> None:
        number, revision = round_.number, round_.revision
        kinds = strategies.SERVER_STATE.get(self._job.spec["serverOptimizer"], ())
        for partition in range(self._log.partitions):
            part = self.folded(number, revision).get(partition)
            if part is None:
                self._report.differs(f"round {number}: partition {partition} has no PartFolded of revision {revision}")
                continue
            chunks = flat.chunks_of(partition)
            digests: list[dict[str, Any]] = [
                {"ordinal": chunk.ordinal, "digest": sha256(encode("F32", _cut(adapter, chunk)))} for chunk in chunks
            ]
            self._report.expect(number, f"updates of partition {partition}", part["updates"], updates)
            for mine, logged in zip(digests, part["chunks"], strict=False):
                if mine != logged:
                    self._report.differs(self._first_element(flat, number, revision, mine["ordinal"], adapter))
            self._report.expect(number, f"number of chunks of partition {partition}", len(part["chunks"]), len(digests))
            pieces = [sha256(encode("F32", _cut(vector, chunk))) for chunk in chunks for vector in state]
            self._report.expect(
                number, f"digests of the optimizer's state in partition {partition}", part["stateDigests"], pieces
            )
            for chunk in chunks:
                for kind, vector in zip(kinds if state else (), state, strict=True):
                    piece = self._adapter.get((number, -revision, kind, chunk.ordinal))
                    if piece is None or piece["values"] != encode("F32", _cut(vector, chunk)):
                        self._report.differs(
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
        # another may have written a chunk in the trainer's name
        trusts_nobody = self._job.spec.get("rules", 0) >= 2
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
                chunk = missing.get(record["ordinal"])
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
                    if trusts_nobody:
                        continue
                    raise UpdateFaultError(f"chunk {chunk.ordinal} of {who} is not the one that its manifest names")
                del missing[chunk.ordinal]
                values[chunk.position : chunk.position + chunk.count] = decode(dtype, data, chunk.count)
            if missing:
                raise UpdateFaultError(f"chunk {min(missing)} of {who} is not where its manifest says")
        if not np.isfinite(values).all():
            raise UpdateFaultError(f"an element of {who} is not finite")
        if trusts_nobody and not (np.abs(values) <= MOST_PLAUSIBLE).all():
            raise UpdateFaultError(f"an element of {who} is larger than {MOST_PLAUSIBLE}")
        return values

    def _between(self, topic: str, placed: Mapping[str, Any]) -> Iterator[LogEntry]:
        for entry in self._partition(topic, placed["partition"]):
            if placed["first"] <= entry.offset <= placed["last"]:
                yield entry

    def _partition(self, topic: str, partition: int) -> list[LogEntry]:
        """What stands in a partition of a round, kept while its round is verified."""
        if self._kept[0] != topic:
            self._kept = (topic, {})
        kept = self._kept[1]
        if partition not in kept:
            kept[partition] = list(self._log.entries(topic, partition))
        return kept[partition]

    def _base(self, flat: FlatLayout) -> Floats:
        """The adapter that the round builds on: the current value of each tensor, 0 before there is one."""
        zeros = {tensor.name: np.zeros(tensor.shape, dtype=np.float32) for tensor in flat.tensors}
        return flat.flatten(zeros | {name: value for name, value in self._current.items() if name in zeros})

    def _published_values(self, flat: FlatLayout, number: int, revision: int) -> Floats | None:
        digests = [chunk for part in self.folded(number, revision).values() for chunk in part["chunks"]]
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
        kinds = strategies.SERVER_STATE.get(self._job.spec["serverOptimizer"], ())
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
        kinds = strategies.SERVER_STATE[self._job.spec["serverOptimizer"]]
        number, vectors = self._state.get(flat.tensors[0].name, (0, []))
        names = {tensor.name for tensor in flat.tensors}
        if number == 0 or set(vectors[0]) != names:
            return [np.zeros(flat.elements, dtype=np.float32) for _ in kinds]
        return [flat.flatten(vector) for vector in vectors]


def _cut(values: Floats, chunk: Chunk) -> Floats:
    return values[chunk.position : chunk.position + chunk.count]


def _of_round_zero(strategy: str) -> str:
    """The only update of round 0 has nothing that it could be compared with."""
    return strategies.WEIGHTED_MEAN if strategy in strategies.SELECTING else strategy
