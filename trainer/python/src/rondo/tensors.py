"""Float values as the bytes of the log, and the digests over them (section 3 of the wire contract)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from rondo.errors import RondoError

Floats = NDArray[np.float32]
# no training reaches it: someone tries to take over an average, or has diverged
MOST_PLAUSIBLE = 65_536.0

WIDTHS = {"F32": 4, "BF16": 2}


def sha256(data: bytes | bytearray | memoryview) -> bytes:
    return hashlib.sha256(data).digest()


def digest_of_digests(digests: Iterable[bytes]) -> bytes:
    """The digest of an update or an adapter: SHA-256 of the digests of its chunks in order."""
    total = hashlib.sha256()
    for digest in digests:
        total.update(digest)
    return total.digest()


def width(dtype: str) -> int:
    """Bytes of an element."""
    if dtype not in WIDTHS:
        raise RondoError(
            "bad-config", f"the element type '{dtype}' is not known here", "use a version of this package that knows it"
        )
    return WIDTHS[dtype]


def encode(dtype: str, values: Floats) -> bytes:
    """Little-endian bytes; BF16 rounds to nearest, ties to even, and keeps a NaN a NaN."""
    flat = np.ascontiguousarray(values, dtype="<f4").reshape(-1)
    if width(dtype) == 4:
        return flat.tobytes()
    bits = flat.view("<u4")
    rounded = (bits.astype(np.uint64) + 0x7FFF + ((bits >> 16) & 1)) >> 16
    quiet = (bits >> 16) | 0x40
    return np.where(np.isnan(flat), quiet, rounded).astype("<u2").tobytes()


def decode(dtype: str, data: bytes, count: int) -> Floats:
    """``count`` elements of these bytes; a ValueError where there are more or fewer."""
    if len(data) != count * width(dtype):
        raise ValueError(f"{len(data)} bytes for {count} elements of {dtype}")
    if dtype == "F32":
        return np.frombuffer(data, dtype="<f4").astype(np.float32)
    upper = np.frombuffer(data, dtype="<u2").astype("<u4") << 16
    return upper.view("<f4").astype(np.float32)


def java_double(value: float) -> str:
    """A double as Java prints it: from 10^-3 to below 10^7 plain, else with an exponent."""
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return repr(value)
    mantissa, exponent = f"{value:.17e}".split("e")
    digits = repr(value)
    if "e" in digits:
        mantissa, exponent = digits.split("e")
    else:
        power = int(exponent)
        mantissa = repr(float(f"{value / 10.0**power:.16g}"))
    return f"{mantissa if '.' in mantissa else mantissa + '.0'}E{int(exponent)}"
