"""The order of examples of the reference trainer, so that trainers in two languages can be compared step by step."""

from __future__ import annotations

from rondo.tensors import sha256

_MULTIPLIER, _MASK = 0x5DEECE66D, (1 << 48) - 1


class JavaRandom:
    """``java.util.Random``, whose algorithm the JDK specifies."""

    def __init__(self, seed: int) -> None:
        self._seed = (seed ^ _MULTIPLIER) & _MASK

    def _next(self, bits: int) -> int:
        self._seed = (self._seed * _MULTIPLIER + 0xB) & _MASK
        return self._seed >> (48 - bits)

    def below(self, bound: int) -> int:
        if bound & (bound - 1) == 0:
            return (bound * self._next(31)) >> 31
        while True:
            bits = self._next(31)
            value = bits % bound
            if bits - value + (bound - 1) < 1 << 31:
                return value


def training_order(seed: int, trainer: str, drawn: int, size: int, count: int) -> list[int]:
    """Indices of ``count`` examples out of ``size``; none comes again before all have come."""
    digest = sha256(f"rondo-order-v1\n{seed}\n{trainer}\n{drawn}".encode())
    random = JavaRandom(int.from_bytes(digest[:8], "big"))
    order: list[int] = []
    while len(order) < count:
        permutation = list(range(size))
        for i in range(size - 1, 0, -1):
            other = random.below(i + 1)
            permutation[i], permutation[other] = permutation[other], permutation[i]
        order += permutation
    return order[:count]
