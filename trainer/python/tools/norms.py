"""How far the updates of a log move: their norms, and their largest values, by which a job's limits can be chosen.

The norm is that of an update's difference to the adapter that its round builds on, over all elements that the round
shares: what ``max-update-norm`` and ``clip`` are compared with. Round 0 has no base.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

import rondo
from rondo.source import ArchiveLog
from rondo.tensors import MOST_PLAUSIBLE, Floats


def norms(archive: Path) -> Iterator[tuple[int, str, float, float]]:
    """Round, trainer, norm and largest magnitude of each update that counted, from round 1 on."""
    job = rondo.open_archive(archive).job()
    current: dict[str, Floats] = {}
    for number in sorted(each["round"] for each in ArchiveLog(archive).published):
        if number > 0:
            for trainer, update in job.updates(number).items():
                yield number, trainer, _norm(update, current), _largest(update)
        current |= job.adapter(number)


def _norm(update: Mapping[str, Floats], base: Mapping[str, Floats]) -> float:
    differences = (value.astype(np.float64) - base[name] for name, value in update.items())
    return float(np.sqrt(sum(float(np.sum(each * each)) for each in differences)))


def _largest(update: Mapping[str, Floats]) -> float:
    return max((float(np.abs(value).max()) for value in update.values()), default=0.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("archives", type=Path, nargs="+", metavar="DIR", help="Directories of `rondo archive`.")
    options = parser.parse_args()
    print(f"{'job':<24} {'updates':>7} {'largest norm':>13} {'median norm':>12} {'largest value':>14}  of the limit")
    for archive in options.archives:
        found = list(norms(archive))
        lengths = [norm for _, _, norm, _ in found] or [0.0]
        largest = max((value for *_, value in found), default=0.0)
        print(
            f"{ArchiveLog(archive).job:<24} {len(found):>7} {max(lengths):>13.4f} {float(np.median(lengths)):>12.4f} "
            f"{largest:>14.4f}  1/{MOST_PLAUSIBLE / largest if largest else float('inf'):,.0f}"
        )


if __name__ == "__main__":
    main()
