"""The arithmetic of aggregation (section 6 of the wire contract): the bytes are those of any other implementation.

Everything is binary64 and rounded to binary32 once where the contract says so. Sums over elements are sequential.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rondo.tensors import Floats

Doubles = NDArray[np.float64]

WEIGHTED_MEAN = "weighted-mean"
ORDER_STATISTICS = ("coordinate-median", "trimmed-mean")
SELECTING = ("krum", "multi-krum")
STRATEGIES = (WEIGHTED_MEAN, *ORDER_STATISTICS, *SELECTING)

MOST_COMPARED = 180
_LARGEST = float(np.finfo(np.float32).max)

NONE, NORMS, PRODUCTS = "none", "norms", "products"


def round_once(values: Doubles) -> Floats:
    with np.errstate(over="ignore"):
        return values.astype(np.float32)


def finite(values: Doubles) -> Floats:
    """Rounding that stays finite: what lies beyond binary32's range becomes the largest number of its sign."""
    bounded: Doubles = np.clip(values, -_LARGEST, _LARGEST)
    return bounded.astype(np.float32)


def sequential_sum(values: Doubles) -> float:
    """The sum from 0 on, one element after the other."""
    return float(np.add.accumulate(values)[-1]) + 0.0 if values.size else 0.0


def faulty(share: float, updates: int) -> int:
    """How many of so many updates may be faulty: the share, rounded down; 1e-9 makes up for its rounding."""
    return int(np.floor(share * updates + 1e-9))


def measuring(spec: Mapping[str, Any], round_number: int) -> str:
    """Which numbers over all partitions the rules of a job ask for before a round is folded."""
    if round_number == 0:
        return NONE
    if spec["strategy"] in SELECTING:
        return PRODUCTS
    return NORMS if spec["clip"] > 0 or spec["maxUpdateNorm"] > 0 else NONE


def product(one: Floats, two: Floats, base: Floats) -> float:
    """The inner product of two differences to one base."""
    start = base.astype(np.float64)
    return sequential_sum((one.astype(np.float64) - start) * (two.astype(np.float64) - start))


def measure(kind: str, updates: Sequence[Sequence[Floats]], bases: Sequence[Floats]) -> list[float]:
    """What ``PartMeasured`` holds: ``updates[member][chunk]`` of one partition against the base's chunks."""
    n = len(updates)
    pairs = [(i, i) for i in range(n)] if kind == NORMS else [(i, j) for i in range(n) for j in range(i + 1)]
    totals = [0.0] * len(pairs)
    for chunk, base in enumerate(bases):
        for at, (i, j) in enumerate(pairs):
            totals[at] += product(updates[i][chunk], updates[j][chunk], base)
    return totals


def clip_scale(bound: float, norm: float) -> float:
    return 1.0 if bound <= 0 or norm <= bound else bound / norm


def scaled(base: Floats, update: Floats, scale: float) -> Floats:
    """An update with its difference to the base scaled; the update itself where the factor is 1."""
    if scale == 1:
        return update
    start = base.astype(np.float64)
    return round_once(start + scale * (update.astype(np.float64) - start))


def weigh(
    spec: Mapping[str, Any], given: Sequence[float], parts: Sequence[Sequence[float]]
) -> list[tuple[float, float, float]]:
    """Norm, scale and weight of each member, from what the partitions measured, in the order of the partitions."""
    n = len(given)
    kind = PRODUCTS if spec["strategy"] in SELECTING else NORMS
    totals = [0.0] * len(parts[0])
    for part in parts:
        for at, value in enumerate(part):
            totals[at] += value

    def products(i: int, j: int) -> float:
        return totals[i] if kind == NORMS else totals[i * (i + 1) // 2 + j]

    norms = [float(np.sqrt(products(i, i))) for i in range(n)]
    scales = [clip_scale(spec["clip"], norm) for norm in norms]
    weights = list(given)
    if kind == PRODUCTS:
        distances = np.zeros((n, n))
        for i in range(n):
            for j in range(i):
                squared = (
                    scales[i] * scales[i] * products(i, i)
                    + scales[j] * scales[j] * products(j, j)
                    - 2 * scales[i] * scales[j] * products(i, j)
                )
                distances[i, j] = distances[j, i] = max(0.0, squared)
        weights = select(spec["strategy"], spec["faultyShare"], given, distances)
    return list(zip(norms, scales, weights, strict=True))


def select(strategy: str, share: float, given: Sequence[float], squared_distances: Doubles) -> list[float]:
    """Krum's and multi-Krum's choice: the given weights of those chosen, 0 for the others."""
    n = len(given)
    f = max(0, min(faulty(share, n), (n - 3) // 2 if n >= 3 else 0))
    neighbours = min(n - 1, max(1, n - f - 2))
    scores = []
    for i in range(n):
        others = sorted(float(squared_distances[i, j]) for j in range(n) if j != i)
        score = 0.0
        for distance in others[:neighbours]:
            score += distance
        scores.append(score)
    order = sorted(range(n), key=lambda i: scores[i])
    chosen = set(order[:1] if strategy == "krum" else order[: n - f])
    return [weight if i in chosen else 0.0 for i, weight in enumerate(given)]


def weighted_mean(updates: Sequence[Floats], weights: Sequence[float]) -> Floats:
    sums = np.zeros(updates[0].shape, dtype=np.float64)
    total = 0.0
    with np.errstate(over="ignore", invalid="ignore"):
        for values, weight in zip(updates, weights, strict=True):
            if weight > 0:
                sums += weight * values.astype(np.float64)
                total += weight
        return round_once(sums / total)


def order_statistic(strategy: str, share: float, updates: Sequence[Floats]) -> Floats:
    """Median or trimmed mean of each element; -0 is less than 0."""
    ascending = _sorted(np.stack(updates)).astype(np.float64)
    n = len(updates)
    if strategy == "coordinate-median":
        middle = n // 2
        return round_once(ascending[middle] if n % 2 else (ascending[middle - 1] + ascending[middle]) / 2)
    trimmed = 0 if n < 3 or share == 0 else max(1, faulty(share, n))
    sums = np.zeros(ascending.shape[1], dtype=np.float64)
    for row in ascending[trimmed : n - trimmed]:
        sums += row
    return round_once(sums / (n - 2 * trimmed))


def _sorted(stack: Floats) -> Floats:
    bits = np.ascontiguousarray(stack, dtype=np.float32).view(np.int32)
    keys = np.sort(bits ^ ((bits >> 31) & 0x7FFFFFFF), axis=0)
    back: NDArray[np.int32] = keys ^ ((keys >> 31) & 0x7FFFFFFF)
    return back.view(np.float32)


def aggregate(
    spec: Mapping[str, Any], round_number: int, updates: Sequence[Floats], weights: Sequence[float]
) -> Floats:
    """What the strategy makes of the updates, which are clipped already, with the weights that were decided."""
    strategy = spec["strategy"]
    if strategy in ORDER_STATISTICS:
        return order_statistic(strategy, spec["faultyShare"], updates)
    if strategy in SELECTING or strategy == WEIGHTED_MEAN:
        return weighted_mean(updates, weights)
    raise ValueError(f"the job aggregates by strategy '{strategy}', which the wire contract does not define")


SERVER_STATE = {"none": (), "fedavgm": ("momentum",), "fedadam": ("first-moment", "second-moment")}


def server_step(
    spec: Mapping[str, Any], base: Floats, aggregated: Floats, state: Sequence[Floats]
) -> tuple[Floats, list[Floats]]:
    """One step of the server optimizer: the adapter and the new state."""
    rate, momentum = spec["serverLearningRate"], spec["serverMomentum"]
    start = base.astype(np.float64)
    difference = aggregated.astype(np.float64) - start
    with np.errstate(over="ignore"):
        if spec["serverOptimizer"] == "fedavgm":
            velocity = finite(momentum * state[0].astype(np.float64) + difference)
            return finite(start + rate * velocity.astype(np.float64)), [velocity]
        second_decay, epsilon = spec["serverSecondMoment"], spec["serverEpsilon"]
        first = finite(momentum * state[0].astype(np.float64) + (1 - momentum) * difference)
        second = finite(second_decay * state[1].astype(np.float64) + (1 - second_decay) * difference * difference)
        step = rate * first.astype(np.float64) / (np.sqrt(second.astype(np.float64)) + epsilon)
        return finite(start + step), [first, second]
