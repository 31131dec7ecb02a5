"""Rules of a round that anyone can repeat: who is asked, how many are a quorum, and the hash chain."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from rondo import strategies
from rondo.identifiers import SUBMITTER
from rondo.tensors import sha256

NOTHING = bytes(32)

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


def redraw_cohort(
    spec: Mapping[str, Any], round_number: int, admitted: Sequence[str], answered: Sequence[str]
) -> list[str]:
    """Who is asked when a round opens again: whose update counts, and the smallest lots of the others."""
    asked = len(draw_cohort(spec, round_number, admitted))
    by_lot = sorted(admitted, key=lambda trainer: (lot(spec["seed"], round_number, trainer), trainer))
    others = [trainer for trainer in by_lot if trainer not in answered]
    return sorted([*answered, *others[: max(0, asked - len(answered))]])


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


def weight_of(spec: Mapping[str, Any], num_examples: int) -> float:
    """The weight of an update in the round that it was trained for."""
    if spec["weights"] == "uniform":
        return 1.0
    if spec.get("rules", 0) >= 4:
        return float(min(num_examples, spec["localSteps"] * spec["batchSize"]))
    return float(num_examples)
