"""Initial values that any language draws to the same bytes (section 7 of the wire contract)."""

from __future__ import annotations

import hashlib
from math import prod, sqrt

import numpy as np

from rondo.layout import TensorShape
from rondo.tensors import Floats

VERA_A = "base_model.vera_A"
VERA_B = "base_model.vera_B"


def block(seed: int, name: str, number: int) -> bytes:
    """The 32 bytes of a block, which hold eight values."""
    return hashlib.sha256(f"rondo-generator-v1\n{seed}\n{name}\n{number}".encode("ascii")).digest()


def uniform(seed: int, name: str, bound: float, count: int) -> Floats:
    """Values uniform on [-bound, bound)."""
    data = b"".join(block(seed, name, number) for number in range(-(-count // 8)))
    words = np.frombuffer(data, dtype="<u4")[:count]
    return (((words >> 8).astype(np.float64) * 2.0**-23 - 1.0) * bound).astype(np.float32)


def initial_value(seed: int, tensor: TensorShape) -> Floats:
    """The value from which a tensor starts, by its role."""
    drawn = tensor.role == "lora-a" or (tensor.role == "head" and len(tensor.shape) > 1)
    if drawn:
        return uniform(seed, tensor.name, 1 / sqrt(tensor.shape[-1]), tensor.size).reshape(tensor.shape)
    return np.full(tensor.shape, 0.1 if tensor.role == "vera-lambda-d" else 0.0, dtype=np.float32)


def vera_projection(seed: int, name: str, shape: tuple[int, int]) -> Floats:
    """One of VeRA's frozen projections: ``VERA_A`` is rank × in, ``VERA_B`` is out × rank."""
    return uniform(seed, name, sqrt(6.0 / shape[1]), prod(shape)).reshape(shape)
