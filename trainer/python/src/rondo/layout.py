"""The layout of an adapter, what of it is shared in which round, and the flat vector of a round (section 3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Any

import numpy as np

from rondo.errors import RondoError
from rondo.tensors import Floats, sha256

ROLES = ("lora-a", "lora-b", "vera-lambda-d", "vera-lambda-b", "head")
DOWN = ("lora-a", "vera-lambda-d")
METHODS = ("fedsa", "fedit", "ffa", "fed-alora", "rolora", "local")
SHARED, FROZEN, LOCAL = "shared", "frozen", "local"

MAX_TENSORS = 100_000
MAX_CHUNKS = 100_000
MAX_ELEMENTS = 2**31 - 1

_ROLE_MARKS = {
    ".lora_A.": "lora-a",
    ".lora_B.": "lora-b",
    ".vera_lambda_d": "vera-lambda-d",
    ".vera_lambda_b": "vera-lambda-b",
}


def role_of(name: str) -> str:
    """The role that PEFT's name of a parameter implies; what is no factor belongs to the head."""
    return next((role for mark, role in _ROLE_MARKS.items() if mark in name), "head")


@dataclass(frozen=True)
class TensorShape:
    """Name, role and shape of a trainable tensor."""

    name: str
    role: str
    shape: tuple[int, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.name) <= 512 or not all(" " < char < "\x7f" for char in self.name):
            raise ValueError(f"a tensor's name is 1 to 512 printable ASCII characters, not '{self.name}'")
        if self.role not in ROLES:
            raise ValueError(f"no tensor role is called '{self.role}'")
        if not 1 <= len(self.shape) <= 8 or any(dimension < 1 for dimension in self.shape):
            raise ValueError(f"tensor {self.name} has shape {self.shape}")
        if self.size > MAX_ELEMENTS:
            raise ValueError(f"tensor {self.name} has more than 2^31-1 values")

    @property
    def size(self) -> int:
        return prod(self.shape)

    def line(self) -> str:
        """The line of this tensor in a layout's canonical text."""
        return f"{self.name} {self.role} {'x'.join(map(str, self.shape))}"


@dataclass(frozen=True)
class Layout:
    """Every trainable tensor of a job's adapter, in the one order that all flat vectors of the job follow."""

    tensors: tuple[TensorShape, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.tensors) <= MAX_TENSORS:
            raise ValueError(f"a layout has 1 to {MAX_TENSORS} tensors, not {len(self.tensors)}")
        if len({tensor.name for tensor in self.tensors}) < len(self.tensors):
            raise ValueError("a tensor of the layout comes twice")

    @staticmethod
    def of_arrays(parameters: Mapping[str, Floats]) -> Layout:
        """The layout of named arrays, with the roles that their names imply."""
        return Layout(tuple(TensorShape(name, role_of(name), tuple(value.shape)) for name, value in parameters.items()))

    @staticmethod
    def of_records(records: Sequence[Mapping[str, Any]]) -> Layout:
        return Layout(tuple(TensorShape(each["name"], each["role"], tuple(each["shape"])) for each in records))

    def records(self) -> list[dict[str, Any]]:
        return [{"name": each.name, "role": each.role, "shape": list(each.shape)} for each in self.tensors]

    def canonical_text(self) -> str:
        return "rondo-layout-v1\n" + "".join(tensor.line() + "\n" for tensor in self.tensors)

    @cached_property
    def digest(self) -> bytes:
        return sha256(self.canonical_text().encode())

    def first_difference(self, other: Layout) -> str:
        for own, others in zip(self.tensors, other.tensors, strict=False):
            if own != others:
                return f"'{own.line()}' is not '{others.line()}'"
        return f"{len(self.tensors)} tensors, not {len(other.tensors)}"


@dataclass(frozen=True)
class SharingPolicy:
    """Which tensors leave a trainer in which round."""

    method: str
    head: str

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise RondoError("unknown-method", f"there is no method '{self.method}'", f"use {', '.join(METHODS)}")
        if self.head not in ("local", "shared") or (self.method == "local" and self.head == "shared"):
            raise RondoError("bad-config", f"head: '{self.head}' with method '{self.method}'", "use head: local")

    def of(self, role: str, round_number: int) -> str:
        """Whether tensors of a role are shared, frozen or local in a round."""
        down = role in DOWN
        if round_number == 0:
            return SHARED if down or self.ever_shared(role) else LOCAL
        if role == "head":
            return SHARED if self.head == "shared" else LOCAL
        return {
            "fedsa": SHARED if down else LOCAL,
            "fedit": SHARED,
            "ffa": FROZEN if down else SHARED,
            "fed-alora": LOCAL if down else SHARED,
            "rolora": SHARED if down == (round_number % 2 == 0) else FROZEN,
            "local": LOCAL,
        }[self.method]

    def ever_shared(self, role: str) -> bool:
        """Whether tensors of a role are shared in any round after round 0."""
        return SHARED in (self.of(role, 1), self.of(role, 2))


@dataclass(frozen=True)
class Chunk:
    """``count`` elements from index ``position`` of the flat vector."""

    ordinal: int
    position: int
    count: int


class FlatLayout:
    """The tensors shared in a round, in layout order, row-major, end to end, cut into chunks."""

    def __init__(self, tensors: Iterable[TensorShape], chunk_elements: int, partitions: int) -> None:
        self.tensors = tuple(tensors)
        self.partitions = partitions
        self.elements = sum(tensor.size for tensor in self.tensors)
        count = -(-self.elements // chunk_elements)
        if self.elements > MAX_ELEMENTS or count > MAX_CHUNKS:
            raise ValueError(f"{self.elements} elements in {count} chunks are more than a round may have")
        self.chunks = tuple(
            Chunk(ordinal, ordinal * chunk_elements, min(chunk_elements, self.elements - ordinal * chunk_elements))
            for ordinal in range(count)
        )

    def partition_of(self, ordinal: int) -> int:
        return ordinal % self.partitions

    def chunks_of(self, partition: int) -> tuple[Chunk, ...]:
        return self.chunks[partition :: self.partitions]

    def flatten(self, values: Mapping[str, Floats]) -> Floats:
        """The flat vector of these tensors; others in the map are left out."""
        parts = []
        for tensor in self.tensors:
            value = values.get(tensor.name)
            if value is None or tuple(value.shape) != tensor.shape:
                raise ValueError(
                    f"the round shares {tensor.line()}, but here is {None if value is None else value.shape}"
                )
            parts.append(np.asarray(value, dtype=np.float32).reshape(-1))
        return np.concatenate(parts) if parts else np.zeros(0, dtype=np.float32)

    def split(self, flat: Floats) -> dict[str, Floats]:
        """The tensors of a flat vector, by name, in order."""
        if flat.shape != (self.elements,):
            raise ValueError(f"a vector of shape {flat.shape}, where the round has {self.elements} elements")
        tensors: dict[str, Floats] = {}
        position = 0
        for tensor in self.tensors:
            tensors[tensor.name] = flat[position : position + tensor.size].reshape(tensor.shape).copy()
            position += tensor.size
        return tensors
