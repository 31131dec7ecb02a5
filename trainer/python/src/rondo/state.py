"""What must survive a trainer's process: one file that is always whole, in the format of the Java runtime.

Version 1 of the bytes. Integers are big-endian, tensor values little-endian F32, a text is its length in bytes as an
int32 and UTF-8: "RONDOST1", text job UUID, 32 bytes layout digest, text trainer id, int32 last sync round, int32
trained round, int32 number of tensors, for each: text name, int32 number of dimensions, int32 each dimension, values;
int8 1 where an update is pending, then int32 round, int32 base round, text attempt, int64 number of examples, int32
number of metrics, for each in order of names: text name, float64 value; int32 number of elements, values. At the end
the SHA-256 of all before.

Beside it stands the last publication that the trainer followed: see :class:`ChainPin`.
"""

from __future__ import annotations

import errno
import os
import re
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from rondo.errors import RondoError
from rondo.tensors import Floats, sha256
from rondo.wire import Record

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_MAGIC = b"RONDOST1"
_STATE = "trainer.state"
_LOCK = "trainer.lock"
_FAILURES = "trainer.failures"
_PIN = "trainer.chain"
_PIN_TAG = "rondo-chain-pin-v2"
_PIN_TAG_WITHOUT_KEYS = "rondo-chain-pin-v1"
_LONGEST_PIN = 4096
_NO_KEY = "none"


@dataclass(frozen=True)
class PendingUpdate:
    """An update that is trained and saved, and may not be in the log yet."""

    round: int
    base_round: int
    attempt: str
    num_examples: int
    metrics: Mapping[str, float]
    values: Floats


@dataclass(frozen=True)
class TrainerState:
    """A trainer between two rounds of training: all that a restarted process needs."""

    job_uuid: str
    layout_digest: bytes
    trainer: str
    last_sync_round: int
    trained_round: int
    parameters: Mapping[str, Floats]
    pending: PendingUpdate | None

    def with_pending(self, pending: PendingUpdate | None) -> TrainerState:
        return replace(self, pending=pending)


def encode(state: TrainerState) -> bytes:
    out = bytearray(_MAGIC)
    out += _text(state.job_uuid) + state.layout_digest + _text(state.trainer)
    out += struct.pack(">iii", state.last_sync_round, state.trained_round, len(state.parameters))
    for name, value in state.parameters.items():
        out += _text(name) + struct.pack(f">i{value.ndim}i", value.ndim, *value.shape) + _values(value)
    out += b"\x00" if state.pending is None else b"\x01"
    if state.pending is not None:
        pending = state.pending
        out += struct.pack(">ii", pending.round, pending.base_round) + _text(pending.attempt)
        out += struct.pack(">qi", pending.num_examples, len(pending.metrics))
        for name in sorted(pending.metrics):
            out += _text(name) + struct.pack(">d", pending.metrics[name])
        out += struct.pack(">i", pending.values.size) + _values(pending.values)
    return bytes(out) + sha256(out)


def decode(data: bytes) -> TrainerState:
    """The state of these bytes; a ValueError says what is wrong with them."""
    if len(data) < len(_MAGIC) + 32 or not data.startswith(_MAGIC):
        raise ValueError("it does not start like a trainer's state of version 1")
    if sha256(data[:-32]) != data[-32:]:
        raise ValueError(f"its {len(data)} bytes do not match the digest at its end")
    reader = _Reader(data[len(_MAGIC) : -32])
    job_uuid, layout_digest, trainer = reader.text(), reader.take(32), reader.text()
    synced, trained, count = reader.ints(3)
    parameters = {}
    for _ in range(count):
        name = reader.text()
        shape = reader.ints(reader.ints(1)[0])
        parameters[name] = reader.values(prod(shape)).reshape(shape)
    pending = reader.pending() if reader.take(1) == b"\x01" else None
    if reader.left():
        raise ValueError(f"{reader.left()} bytes follow the state")
    return TrainerState(job_uuid, layout_digest, trainer, synced, trained, parameters, pending)


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def left(self) -> int:
        return len(self._data) - self._at

    def take(self, count: int) -> bytes:
        if count < 0 or count > self.left():
            raise ValueError("it ends too early")
        self._at += count
        return self._data[self._at - count : self._at]

    def ints(self, count: int) -> tuple[int, ...]:
        return struct.unpack(f">{count}i", self.take(4 * count))

    def text(self) -> str:
        return self.take(self.ints(1)[0]).decode()

    def values(self, count: int) -> Floats:
        return np.frombuffer(self.take(4 * count), dtype="<f4").astype(np.float32)

    def pending(self) -> PendingUpdate:
        number, base = self.ints(2)
        attempt = self.text()
        examples, count = struct.unpack(">qi", self.take(12))
        metrics = {}
        for _ in range(count):
            name = self.text()
            metrics[name] = struct.unpack(">d", self.take(8))[0]
        return PendingUpdate(number, base, attempt, examples, metrics, self.values(self.ints(1)[0]))


def _text(text: str) -> bytes:
    data = text.encode()
    return struct.pack(">i", len(data)) + data


def _values(values: Floats) -> bytes:
    return np.ascontiguousarray(values, dtype="<f4").tobytes()


@dataclass(frozen=True)
class ChainPin:
    """The chain value of the last publication that a trainer followed, and whose signatures it asked for then.

    The value covers the whole log up to there: a rewritten log may be consistent in itself, but has another value.
    The file has six lines: a version tag, the job's UUID, the round, the chain value in hexadecimal digits, the
    operator's key and the aggregator's, each ``none`` where the job has none. Version 1 has no keys.
    """

    job_uuid: str
    round: int
    chain: bytes
    keys: tuple[str, str] | None

    @staticmethod
    def of(published: Record, spec: Mapping[str, Any]) -> ChainPin:
        return ChainPin(published["jobUuid"], published["round"], published["chain"], _keys(spec))

    def text(self) -> str:
        keys = [key or _NO_KEY for key in self.keys or ()]
        tag = _PIN_TAG_WITHOUT_KEYS if self.keys is None else _PIN_TAG
        return "".join(f"{line}\n" for line in (tag, self.job_uuid, self.round, self.chain.hex(), *keys))

    @staticmethod
    def parse(text: str) -> ChainPin:
        """A ValueError says what is wrong."""
        tag, *lines = text.splitlines() or [""]
        if (tag, len(lines)) not in ((_PIN_TAG, 5), (_PIN_TAG_WITHOUT_KEYS, 3)):
            raise ValueError(f"it does not start with the line {_PIN_TAG}, or has not six lines")
        if not re.fullmatch("[0-9]{1,9}", lines[1]) or not re.fullmatch("[0-9a-f]{64}", lines[2]):
            raise ValueError("its third line is no round, or its fourth no chain value")
        keys = None if tag == _PIN_TAG_WITHOUT_KEYS else (_named(lines[3]), _named(lines[4]))
        return ChainPin(lines[0], int(lines[1]), bytes.fromhex(lines[2]), keys)

    def require(self, job_uuid: str, spec: Mapping[str, Any], rounds: Iterable[Record]) -> None:
        """Refuses a log whose round has another chain value or is missing, and a job that names other keys."""
        if job_uuid != self.job_uuid:
            # another job's state is refused when the state is read
            return
        for who, kept, now in zip(("operator", "aggregator"), self.keys or (), _keys(spec), strict=False):
            if kept != now:
                raise self._rewritten(
                    f"the job named {_described(who, kept)} when this trainer followed round {self.round}, and names"
                    f" {_described(who, now)} now"
                )
        found = next(
            (
                record["chain"]
                for record in rounds
                if record.type == "RoundPublished" and (record["jobUuid"], record["round"]) == (job_uuid, self.round)
            ),
            None,
        )
        if found != self.chain:
            now = "is not in the log now" if found is None else f"has {found.hex()} now"
            raise self._rewritten(
                f"round {self.round} had the chain value {self.chain.hex()} when this trainer followed it, and {now}"
            )

    @staticmethod
    def _rewritten(what: str) -> RondoError:
        return RondoError(
            "log-rewritten",
            what,
            "ask the operator what became of the log; if it was restored on purpose, delete the file"
            f" {_PIN} in the trainer's state directory",
        )


def _keys(spec: Mapping[str, Any]) -> tuple[str, str]:
    return spec.get("operatorKey", ""), spec.get("aggregatorKey", "")


def _named(line: str) -> str:
    return "" if line == _NO_KEY else line


def _described(who: str, key: str) -> str:
    return f"the {who}'s key {key}" if key else f"no key of the {who}"


class StateDirectory:
    """One trainer's directory, locked against a second process and readable by its owner alone: B is private."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        try:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = os.open(directory / _LOCK, os.O_CREAT | os.O_WRONLY, 0o600)
        except OSError as failure:
            raise _unusable(directory, failure) from failure
        if fcntl is not None:
            try:
                # a POSIX record lock, as the Java runtime takes it
                fcntl.lockf(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as failure:
                os.close(self._lock)
                raise RondoError(
                    "directory-in-use",
                    f"another trainer is working in {directory}",
                    "stop it, or give this trainer its own directory",
                ) from failure

    def load(self) -> TrainerState | None:
        """The state saved last."""
        file = self._directory / _STATE
        try:
            return decode(file.read_bytes())
        except FileNotFoundError:
            return None
        except (ValueError, UnicodeDecodeError) as failure:
            raise RondoError(
                "state-unreadable",
                f"the trainer's state {file} cannot be read: {failure}",
                "restore it from a copy, or delete it: the trainer then starts with a fresh B and head",
            ) from failure
        except OSError as failure:
            raise _unusable(file, failure) from failure

    def save(self, state: TrainerState) -> None:
        """Replaces the state; when this returns it survives a crash, and a crash before leaves the old one."""
        self._replace(_STATE, encode(state))

    def pin(self) -> ChainPin | None:
        """The last publication that the trainer followed."""
        file = self._directory / _PIN
        try:
            if file.stat().st_size > _LONGEST_PIN:
                raise ValueError(f"it has more than {_LONGEST_PIN} bytes")
            return ChainPin.parse(file.read_text("ascii"))
        except FileNotFoundError:
            return None
        except ValueError as failure:
            raise RondoError(
                "state-unreadable",
                f"the file {file} cannot be read: {failure}",
                "restore it from a copy; without it the trainer takes the log as it is",
            ) from failure
        except OSError as failure:
            raise _unusable(file, failure) from failure

    def save_pin(self, pin: ChainPin) -> None:
        """Keeps the publication that the trainer follows now, as durably as the state."""
        self._replace(_PIN, pin.text().encode("ascii"))

    def _replace(self, name: str, data: bytes) -> None:
        file = self._directory / name
        beside = self._directory / (name + ".tmp")
        try:
            beside.unlink(missing_ok=True)
            descriptor = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(descriptor, "wb") as out:
                out.write(data)
                out.flush()
                os.fsync(out.fileno())
            beside.replace(file)
            self._sync()
        except OSError as failure:
            beside.unlink(missing_ok=True)
            if failure.errno in (errno.ENOSPC, errno.EDQUOT):
                raise RondoError(
                    "disk-full",
                    f"the trainer's state of {len(data)} bytes does not fit on the disk of {file}",
                    "free some space and start the trainer again: it continues with the previous state",
                ) from failure
            raise _unusable(file, failure) from failure

    def _sync(self) -> None:
        """Makes the rename itself durable, where a directory can be opened."""
        if os.name == "posix":
            descriptor = os.open(self._directory, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def failures(self) -> int:
        """How many processes in a row have failed here, as far as they could say so."""
        file = self._directory / _FAILURES
        try:
            text = file.read_text().strip()
        except FileNotFoundError:
            return 0
        except OSError as failure:
            raise _unusable(file, failure) from failure
        return int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else 0

    def failed(self) -> None:
        """Counts one more process that has failed."""
        file = self._directory / _FAILURES
        try:
            file.write_text(str(self.failures() + 1))
        except OSError as failure:
            raise _unusable(file, failure) from failure

    def succeeded(self) -> None:
        """Ends the row of failures."""
        file = self._directory / _FAILURES
        try:
            file.unlink(missing_ok=True)
        except OSError as failure:
            raise _unusable(file, failure) from failure

    def close(self) -> None:
        os.close(self._lock)


def _unusable(path: Path, failure: OSError) -> RondoError:
    return RondoError(
        "state-unreadable",
        f"the trainer's state in {path} cannot be read or written: {failure}",
        "check that the directory exists and that this user may write to it",
    )
