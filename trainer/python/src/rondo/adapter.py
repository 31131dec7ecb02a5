"""Reading a published adapter from ``global-adapter`` (step 4 of a trainer's part)."""

from __future__ import annotations

import time
from collections.abc import Mapping

import numpy as np

from rondo.connection import Connection
from rondo.errors import RondoError
from rondo.job import Job
from rondo.layout import FlatLayout
from rondo.log import Entry, LogReader, Place
from rondo.tensors import Floats, decode, digest_of_digests, sha256
from rondo.wire import Decoder, Record

_PATIENCE_SECONDS = 15.0


def corrupt(published: Record, what: str) -> RondoError:
    return RondoError(
        "adapter-corrupt",
        f"the adapter of round {published['round']}, revision {published['revision']}, is damaged: {what}",
        "run `rondo verify` on the job, and check who may write to global-adapter",
    )


class Assembly:
    """The chunks of one adapter that are there so far. A chunk is believed by its digest."""

    def __init__(self, published: Record, flat: FlatLayout) -> None:
        digests = published["chunkDigests"]
        if published["elements"] != flat.elements or len(digests) != len(flat.chunks):
            raise corrupt(
                published, f"{published['elements']} elements in {len(digests)} chunks, the job has {flat.elements}"
            )
        if digest_of_digests(digests) != published["digest"]:
            raise corrupt(published, "its digest is not that of its chunk digests")
        self._published = published
        self._flat = flat
        self._missing = set(range(len(flat.chunks)))
        self.values: Floats = np.zeros(flat.elements, dtype=np.float32)

    @property
    def missing(self) -> int:
        return len(self._missing)

    def add(self, chunk: Record) -> None:
        """Takes a chunk; one of another round, revision or kind is passed over, and so is one that came before."""
        published = self._published
        ordinal = chunk["ordinal"]
        if (
            chunk["round"] != published["round"]
            or chunk["revision"] != published["revision"]
            or ordinal not in self._missing
        ):
            return
        place = self._flat.chunks[ordinal]
        if len(chunk["values"]) != place.count * 4:
            raise corrupt(published, f"chunk {ordinal} has {len(chunk['values'])} bytes")
        if sha256(chunk["values"]) != published["chunkDigests"][ordinal]:
            raise corrupt(published, f"chunk {ordinal} is not the one that was published")
        self.values[place.position : place.position + place.count] = decode("F32", chunk["values"], place.count)
        self._missing.discard(ordinal)


class AdapterReader:
    """Reads adapters of a job, round after round with one consumer. Used by one thread."""

    def __init__(self, connection: Connection, decoder: Decoder, job: Job, patience: float = _PATIENCE_SECONDS) -> None:
        self._connection = connection
        self._decoder = decoder
        self._job = job
        self._patience = patience
        self._reader: LogReader | None = None

    def read(self, published: Record) -> dict[str, Floats]:
        """The tensors of a round's adapter, by name: those that were shared in that round."""
        flat = self._job.flat(published["round"])
        assembly = Assembly(published, flat)
        topic = self._job.topics.named("global-adapter")
        beginning = {(topic, part): 0 for part in range(self._job.partitions)}
        hint = {place: max(0, offset) for place, offset in zip(beginning, published["startOffsets"], strict=False)}
        if not self._collect(assembly, {**beginning, **hint}) and not self._collect(assembly, beginning):
            raise corrupt(published, f"{assembly.missing} of {len(flat.chunks)} chunks are not in the log")
        return flat.split(assembly.values)

    def close(self) -> None:
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def _collect(self, assembly: Assembly, start: Mapping[Place, int]) -> bool:
        """Whether all chunks were found from these offsets on."""
        if assembly.missing:
            self._read_on_from(start)
        heard = time.monotonic()
        while assembly.missing:
            entries = self._poll()
            for entry in entries:
                assembly.add(self._decoder.require(entry.topic, entry.value, "AdapterChunk"))
            if entries:
                heard = time.monotonic()
            elif time.monotonic() - heard > self._patience:
                return False
        return True

    def _read_on_from(self, start: Mapping[Place, int]) -> None:
        """Goes on with the open reader where it has passed none of the offsets."""
        if self._reader is None:
            self._reader = LogReader(self._connection, start)
        elif any(self._reader.position(place) > offset for place, offset in start.items()):
            self._reader.move_to(start)

    def _poll(self) -> list[Entry]:
        assert self._reader is not None
        try:
            return self._reader.poll(0.1)
        except RondoError as failure:
            if failure.code == "log-incomplete":
                # the hint points to where the log does not reach: nothing comes from there
                return []
            raise
