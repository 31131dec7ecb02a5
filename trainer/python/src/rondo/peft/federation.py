"""The command ``python -m rondo.peft.federation``: a run of an experiment, without a log between the processes.

It takes a job file and a JSON file with the sites, and prints one JSON object: what each round cost, and what each site
and one that did not take part measured. The sharing policy, the trainers and the mean are those of a real job.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rondo import console
from rondo.errors import RondoError
from rondo.generator import initial_value
from rondo.job import Job
from rondo.layout import DOWN, Layout, TensorShape
from rondo.peft.trainer import PeftTrainer
from rondo.plugin import Site
from rondo.strategies import WEIGHTED_MEAN, weighted_mean
from rondo.submit import job_spec, read_job_file
from rondo.tensors import Floats


class Federation:
    """The rounds of one run, in one thread."""

    def __init__(self, spec: Mapping[str, Any], sites: Sequence[Site]) -> None:
        if spec["strategy"] != WEIGHTED_MEAN:
            raise RondoError(
                "not-yet-supported",
                f"experiments with a language model do not run strategy {spec['strategy']}",
                "leave it out, or submit a job that has it",
            )
        self.sites = sites
        draft = Job("", spec, Layout((TensorShape("draft", "lora-a", (1, 1)),)))
        self.trainers = [PeftTrainer(draft, site) for site in sites]
        own = self.trainers[0].parameters()
        self.job = Job("", spec, Layout.of_arrays(own))
        self.initial = {
            each.name: initial_value(spec["seed"], each) if each.role in DOWN else own[each.name]
            for each in self.job.layout.tensors
        }
        for trainer in self.trainers:
            trainer.load(self.initial)
        self.shared = {name: self.initial[name] for name in self.job.ever_shared()}

    def train(self, round_number: int) -> float:
        """Trains and folds one round, and leaves what is shared at every trainer. The mean loss."""
        flat = self.job.flat(round_number)
        losses: list[float] = []
        weights: list[float] = []
        updates: list[Floats] = []
        for trainer in self.trainers:
            report = trainer.train(round_number, self.job.frozen(round_number))
            losses.append(report.metrics["loss"])
            weights.append(float(report.num_examples) if self.job.spec["weights"] == "examples" else 1.0)
            updates.append(flat.flatten(trainer.parameters()))
        if flat.elements > 0:
            self.shared |= flat.split(weighted_mean(updates, weights))
            for trainer in self.trainers:
                trainer.load(self.shared)
        return sum(losses) / len(losses)

    def evaluate(self) -> dict[str, dict[str, float]]:
        """Each trainer with what is shared and what is its own, without a step."""
        measured = ((site.trainer, trainer.evaluate()) for site, trainer in zip(self.sites, self.trainers, strict=True))
        return {name: dict(metrics) for name, metrics in measured}

    def visit(self, site: Site, steps: int) -> dict[str, dict[str, float]]:
        """A site that did not take part: with what is shared alone, and after so many steps of its own.

        It starts as a late joiner does, from what is shared and the initial values of all else.
        """
        spec = {**self.job.spec, "localSteps": steps}
        visitor = PeftTrainer(Job("", spec, self.job.layout), site)
        visitor.load({**self.initial, **self.shared})
        found = {"before": dict(visitor.evaluate())}
        visitor.train(1, self.job.frozen(1))
        return found | {"after": dict(visitor.evaluate())}


def run(spec: Mapping[str, Any], plan: Mapping[str, Any], models: Path, threads: int) -> dict[str, Any]:
    """Makes a run; the plan has ``sites``, ``pooledTest``, ``heldOut``, ``visitSteps`` and ``evaluateEvery``."""
    started = time.monotonic()

    def site(described: Mapping[str, str], pooled: str | None) -> Site:
        pooled_test = None if pooled is None else Path(pooled)
        train, test = Path(described["train"]), Path(described["test"])
        return Site(described["trainer"], train, test, pooled_test, models, threads)

    federation = Federation(spec, [site(each, plan["pooledTest"]) for each in plan["sites"]])
    rounds: list[dict[str, Any]] = [{"round": 0, "loss": None, "sites": federation.evaluate()}]
    for number in range(1, spec["rounds"] + 1):
        loss = federation.train(number)
        console.progress(f"round {number} of {spec['rounds']}: loss {loss:.4f}")
        if number == spec["rounds"] or number % plan["evaluateEvery"] == 0:
            rounds.append({"round": number, "loss": loss, "sites": federation.evaluate()})
    elements = [federation.job.flat(number).elements for number in (1, 2)]
    return {
        "elements": sum(elements) / 2,
        "factorElements": sum(each.size for each in federation.job.layout.tensors if each.role != "head"),
        "rounds": rounds,
        "heldOut": federation.visit(site(plan["heldOut"], None), plan["visitSteps"]),
        "seconds": time.monotonic() - started,
    }


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m rondo.peft.federation", description=__doc__)
    parser.add_argument("job", type=Path, help="The job file.")
    parser.add_argument("plan", type=Path, help="The sites, as JSON.")
    parser.add_argument("--model-cache", type=Path, default=Path(".rondo/models"), metavar="DIR")
    parser.add_argument("--threads", type=int, default=1, metavar="N")
    options = parser.parse_args(arguments)

    def command() -> None:
        spec = job_spec(read_job_file(options.job, []))
        plan = json.loads(options.plan.read_text("utf-8"))
        print(json.dumps(run(spec, plan, options.model_cache, options.threads)))

    return console.run(True, command)


if __name__ == "__main__":
    sys.exit(main())
