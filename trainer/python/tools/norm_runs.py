"""How far updates move under each method, adapter and optimizer: short jobs of three sites, trained in this process.

Needs the extra [peft], the directory of the demo's model and the sites that ``rondo demo`` wrote. What a trainer would
upload is averaged as ``weighted-mean`` does; nothing is sent. ``norms.py`` prints the same of a log.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from rondo.generator import initial_value
from rondo.job import Job
from rondo.layout import DOWN, Layout, TensorShape
from rondo.peft.trainer import PeftTrainer
from rondo.plugin import Plugin, Site
from rondo.submit import job_spec
from rondo.tensors import MOST_PLAUSIBLE, Floats

_ADAMW: Mapping[str, Any] = {"optimizer": "adamw", "learning-rate": 0.001}
_CASES: Mapping[str, Mapping[str, Any]] = {
    "lora, SGD": {},
    "rslora, SGD": {"adapter": "rslora"},
    "vera, SGD": {"adapter": "vera", "rank": 256},
    "rolora, SGD": {"method": "rolora"},
    "head shared, SGD": {"head": "shared"},
    "lora, AdamW": _ADAMW,
    "vera, AdamW": {**_ADAMW, "adapter": "vera", "rank": 256},
    "rolora, AdamW, head shared": {**_ADAMW, "method": "rolora", "head": "shared"},
    "fedit, rslora, AdamW, head shared": {**_ADAMW, "method": "fedit", "adapter": "rslora", "head": "shared"},
    # ten times what one would choose
    "the same, learning rate 0.01": {
        **_ADAMW,
        "learning-rate": 0.01,
        "method": "fedit",
        "adapter": "rslora",
        "head": "shared",
    },
}


def _planned(settings: Mapping[str, Any], model: Path, sites: Path, rounds: int) -> tuple[Job, list[Plugin]]:
    files = sorted(sites.glob("*/train.jsonl"))
    labels = sorted({str(json.loads(line)["label"]) for file in files for line in file.open(encoding="utf-8")})
    common = {
        "name": "norms",
        "model": str(model),
        "rounds": rounds,
        "labels": labels,
        "local-steps": 10,
        "batch-size": 16,
        "max-length": 24,
        "learning-rate": 0.1,
    }
    draft = Job("norms", job_spec({**common, **settings}), Layout((TensorShape("draft", "lora-a", (1, 1)),)))
    trainers = [
        Plugin(PeftTrainer, draft, Site(file.parent.name, train=file, test=file.with_name("test.jsonl")))
        for file in files
    ]
    return Job("norms", draft.spec, trainers[0].layout()), trainers


def run(settings: Mapping[str, Any], model: Path, sites: Path, rounds: int) -> tuple[float, float]:
    """The largest magnitude of a value that is sent, and the largest norm of a difference to the round's base."""
    job, trainers = _planned(settings, model, sites, rounds)
    own = trainers[0].parameters()
    start = {
        each.name: initial_value(job.spec["seed"], each) if each.role in DOWN else own[each.name]
        for each in job.layout.tensors
    }
    shared: dict[str, Floats] = job.flat(0).split(job.flat(0).flatten(start))
    largest = longest = 0.0
    for number in range(1, rounds + 1):
        flat = job.flat(number)
        base = flat.flatten({**start, **shared}).astype(np.float64)
        total, weight = np.zeros_like(base), 0
        for trainer in trainers:
            trainer.load(shared)
            report = trainer.train(number, job.frozen(number))
            update = flat.flatten(trainer.parameters()).astype(np.float64)
            largest = max(largest, float(np.abs(update).max()))
            longest = max(longest, float(np.linalg.norm(update - base)))
            total, weight = total + report.num_examples * update, weight + report.num_examples
        shared |= flat.split((total / weight).astype(np.float32))
    for trainer in trainers:
        trainer.close()
    return largest, longest


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True, metavar="DIR", help="The demo's model.")
    parser.add_argument("--sites", type=Path, required=True, metavar="DIR", help="The folder sites of a demo.")
    parser.add_argument("--rounds", type=int, default=6)
    options = parser.parse_args()
    print("| run | largest value | 65,536 is as many times that | largest norm of a difference |\n|---|---|---|---|")
    for name, settings in _CASES.items():
        largest, longest = run(settings, options.model, options.sites, options.rounds)
        print(f"| {name} | {largest:.3g} | {MOST_PLAUSIBLE / largest:,.0f} | {longest:.2g} |", flush=True)


if __name__ == "__main__":
    main()
