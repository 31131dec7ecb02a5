"""The command ``rondo-trainer``: one site's trainer of a job, until the job is finished or it is stopped."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rondo import console
from rondo.connection import Connection
from rondo.errors import RondoError
from rondo.identifiers import require_job, require_trainer
from rondo.job import Job, await_job
from rondo.layout import SHARED
from rondo.plugin import ColumnChoice, Factory, Plugin, Privacy, Report, Site, check_layout, check_model, named
from rondo.policy import SitePolicy
from rondo.service import JOB_PATIENCE_SECONDS, Listener, Settings, TrainerService
from rondo.signing import SigningKey

# a dry run waits for nobody; a job that was submitted just now is there after some moments
_CHECK_PATIENCE = 5.0


class _Progress(Listener):
    """Prints what a trainer does, a line each."""

    def waiting_for_job(self, job: str) -> None:
        console.progress(f"waiting for job {job} to be submitted")

    def pausing(self, failures: int, seconds: float) -> None:
        console.progress(f"failed {failures} times in a row; joins again in {seconds:.0f} s")

    def joined(self, trainer: str, incarnation: str, last_sync_round: int) -> None:
        state = "" if last_sync_round < 0 else f", with the state that it left in round {last_sync_round}"
        console.progress(f"trainer {trainer} joined{state}")

    def evaluated(self, round_number: int, metrics: Mapping[str, float]) -> None:
        console.progress(f"[round {round_number}] evaluated: {_shown(metrics)}")

    def trained(self, round_number: int, report: Report) -> None:
        console.progress(f"[round {round_number}] trained on {report.num_examples} examples: {_shown(report.metrics)}")

    def resuming(self, round_number: int) -> None:
        console.progress(f"[round {round_number}] sending the update again")

    def uploaded(self, round_number: int, size: int, millis: int) -> None:
        console.progress(f"[round {round_number}] uploaded {size:,} bytes in {millis} ms")

    def too_late(self, round_number: int) -> None:
        console.progress(f"[round {round_number}] over before the update was ready; B is kept")

    def rejected(self, round_number: int, reason: str, detail: str) -> None:
        console.progress(f"[round {round_number}] update rejected: {reason}: {detail}")

    def waiting(self, round_number: int, updates: int, waits_for: Sequence[str], seconds: float) -> None:
        who = ", ".join(waits_for[:10]) if waits_for else "trainers that join"
        counted = "1 update counts" if updates == 1 else f"{updates} updates count"
        console.progress(f"[round {round_number}] waits another {seconds:.0f} s for {who}: {counted}")

    def fenced(self, trainer: str) -> None:
        console.progress(f"a newer process of trainer {trainer} has taken over")

    def finished(self, rounds: int) -> None:
        console.progress(f"job finished after {rounds} rounds")


def _shown(metrics: Mapping[str, float]) -> str:
    return " · ".join(f"{name} {metrics[name]:.4f}" for name in sorted(metrics))


def _add(
    parser: argparse.ArgumentParser,
    option: str,
    variable: str,
    *,
    metavar: str,
    help: str,
    required: bool = False,
    type: Callable[[str], Any] = str,
) -> None:
    """An option whose default is an environment variable."""
    parser.add_argument(
        option,
        metavar=metavar,
        type=type,
        required=required and variable not in os.environ,
        default=os.environ.get(variable),
        help=f"{help} Default: ${variable}.",
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="rondo-trainer", description=__doc__)
    _add(parser, "--job", "RONDO_JOB", metavar="NAME", help="The job's name.", required=True)
    _add(
        parser,
        "--trainer",
        "RONDO_TRAINER",
        metavar="ID",
        help="The trainer's id, the same over restarts.",
        required=True,
    )
    parser.add_argument(
        "--plugin",
        default="peft",
        metavar="MODULE:CLASS",
        help="What trains: MODULE:CLASS or FILE.py:CLASS; peft needs the extra [peft]. Default: peft.",
    )
    _add(
        parser,
        "--train",
        "RONDO_TRAIN",
        type=Path,
        metavar="FILE",
        help="Training examples. They never leave this machine.",
    )
    _add(parser, "--test", "RONDO_TEST", type=Path, metavar="FILE", help="Test examples of this site.")
    parser.add_argument("--pooled-test", type=Path, metavar="FILE", help="Test examples of all sites.")
    parser.add_argument(
        "--text",
        metavar="COLUMN",
        help="Column of the text, or of the first of a pair. Default: GLUE's columns, or sentence, or text.",
    )
    parser.add_argument(
        "--text-pair",
        metavar="COLUMN",
        help="Column of the second text of a pair. Default: the partner of the text's column, as in GLUE; none where"
        " --text is given.",
    )
    parser.add_argument(
        "--label",
        metavar="COLUMN",
        help="Column of the classes. Default: label, or GLUE's gold_label, is_duplicate or Quality.",
    )
    parser.add_argument(
        "--state-dir",
        type=Path,
        metavar="DIR",
        default=os.environ.get("RONDO_STATE_DIR"),
        help="Where B, the head and pending updates are kept. Default: $RONDO_STATE_DIR or .rondo/trainers/JOB/ID.",
    )
    _add(
        parser,
        "--key",
        "RONDO_KEY",
        type=Path,
        metavar="FILE",
        help="The private key that signs what this trainer sends, as `rondo keys create` writes it.",
    )
    parser.add_argument(
        "--policy",
        type=Path,
        metavar="FILE",
        help="Policy of this site (YAML); a job that requires more than it allows gets nothing.",
    )
    parser.add_argument(
        "--model-cache", type=Path, default=Path(".rondo/models"), metavar="DIR", help="Where base models are kept."
    )
    parser.add_argument(
        "--model-dir",
        type=Path,
        metavar="DIR",
        help="Directory of the job's base model on this machine. Default: found by the job's name for it.",
    )
    parser.add_argument(
        "--label-texts",
        type=lambda texts: tuple(texts.split(",")),
        default=(),
        metavar="TEXT,…",
        help="Classes as this site's files have them, in the order of the job's numbers. Default: the job's labels.",
    )
    parser.add_argument("--threads", type=int, default=1, metavar="N", help="Threads that train. Default: 1.")
    parser.add_argument("--device", default="cpu", help="Where PyTorch computes: cpu or cuda. Default: cpu.")
    parser.add_argument(
        "--base",
        choices=("f32", "bf16", "4bit"),
        default="f32",
        help="How the frozen base model is kept, under an adapter in float32; 4bit needs a GPU and bitsandbytes."
        " Default: f32.",
    )
    parser.add_argument(
        "--checkpointing", action="store_true", help="Compute activations again for the gradient: slower, less memory."
    )
    parser.add_argument(
        "--dp-noise",
        type=float,
        metavar="MULTIPLIER",
        help="Train by DP-SGD: the noise's deviation over the clipping length. Needs opacus.",
    )
    parser.add_argument(
        "--dp-clip", type=float, metavar="LENGTH", help="Longest gradient of an example, for --dp-noise. Default: 1."
    )
    parser.add_argument("--dp-delta", type=float, metavar="DELTA", help="The δ of the reported ε. Default: 1e-5.")
    parser.add_argument("--head-only", action="store_true", help="At the end also measure a head trained alone.")
    parser.add_argument(
        "--job-patience",
        type=float,
        default=JOB_PATIENCE_SECONDS,
        metavar="SECONDS",
        help="How long to wait for a job that is not submitted yet. Default: 60.",
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="A dry join: reports what is wrong with ids, layout and model, and writes nothing.",
    )
    parser.add_argument("--follow-parent", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true", help="Print the result as one JSON object.")
    parser.add_argument("--verbose", action="store_true", help="Show the trace of a failure.")
    console.add_connection(parser)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; the exit code is 0, 1 for a coded failure, 2 for a wrong command line, 70 for a fault."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.threads < 1:
        parser.error("--threads takes 1 or more")
    logging.basicConfig(level=logging.INFO if options.verbose else logging.WARNING, format="%(message)s")
    command = _check if options.check else _serve
    return console.run(options.json, lambda: command(options), options.verbose)


def _site(options: argparse.Namespace) -> Site:
    return Site(
        options.trainer,
        options.train,
        options.test,
        options.pooled_test,
        options.model_cache,
        options.threads,
        options.device,
        options.head_only,
        ColumnChoice(options.text, options.text_pair, options.label),
        options.base,
        options.checkpointing,
        _privacy(options),
        options.model_dir,
        options.label_texts,
    )


def _privacy(options: argparse.Namespace) -> Privacy | None:
    given = {"clip": options.dp_clip, "delta": options.dp_delta}
    chosen = {name: value for name, value in given.items() if value is not None}
    if options.dp_noise is not None:
        return Privacy(options.dp_noise, **chosen)
    if chosen:
        raise RondoError(
            "bad-config", f"--dp-{next(iter(chosen))} is given without --dp-noise", "give --dp-noise, or leave it out"
        )
    return None


def _policy(options: argparse.Namespace) -> SitePolicy:
    return SitePolicy([]) if options.policy is None else SitePolicy.read(options.policy)


def _serve(options: argparse.Namespace) -> None:
    directory = options.state_dir or Path(".rondo", "trainers", options.job, options.trainer)
    key = None if options.key is None else SigningKey.read(Path(options.key))
    settings = Settings(
        console.connection(options),
        options.job,
        _site(options),
        directory,
        options.job_patience,
        key,
        _policy(options),
    )
    service = TrainerService(settings, named(options.plugin), _Progress())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: service.stop())
    if options.follow_parent:
        threading.Thread(target=_follow_parent, args=(service.stop,), name="parent-watch", daemon=True).start()
    service.run()


def _follow_parent(stop: Callable[[], None]) -> None:
    """Standard input is a pipe from the parent: its end is the parent's end, even of one that was killed."""
    while os.read(0, 1024):
        pass
    stop()


def _check(options: argparse.Namespace) -> None:
    found = check(
        console.connection(options),
        options.job,
        _site(options),
        options.plugin,
        min(options.job_patience, _CHECK_PATIENCE),
        policy=_policy(options),
    )
    problems: list[RondoError] = found.pop("problems")
    value = {**found, "problems": [problem.json() for problem in problems]}
    lines = [f"{key:<9} {text}" for key, text in found.items()] + [problem.explanation() for problem in problems]
    console.result(options.json, value, "\n".join([*lines, "" if problems else "ready to join"]).strip())
    if problems:
        raise RondoError(
            problems[0].code,
            f"{len(problems)} of the checks failed; the first: {problems[0].message}",
            problems[0].next_step,
        )


def check(
    connection: Connection,
    name: str,
    site: Site,
    plugin: str | Factory,
    patience: float = _CHECK_PATIENCE,
    *,
    policy: SitePolicy | None = None,
) -> dict[str, Any]:
    """A dry join: everything that would be refused, at once, under ``problems``. Nothing is written to the log."""
    problems: list[RondoError] = []
    report: dict[str, Any] = {"job": name, "trainer": site.trainer}
    for require, value in ((require_job, name), (require_trainer, site.trainer)):
        _collect(problems, lambda require=require, value=value: require(value))
    job = _collect(problems, lambda: _find(connection, name, patience))
    factory = _collect(problems, lambda: named(plugin) if isinstance(plugin, str) else plugin)
    if job is not None:
        report |= _described(job)
        if policy is not None:
            _collect(problems, lambda: policy.require_job(job.spec))
    if job is not None and factory is not None:
        opened = _collect(problems, lambda: Plugin(factory, job, site))
        if opened is not None:
            for check_one in (check_layout, check_model):
                problem = _collect(problems, lambda check_one=check_one: check_one(opened, job))
                if problem is not None:
                    problems.append(problem)
            opened.close()
    return report | {"problems": problems}


def _described(job: Job) -> dict[str, str]:
    shared = [tensor for tensor in job.layout.tensors if job.policy.of(tensor.role, 1) == SHARED]
    flat = job.flat(1)
    return {
        "uuid": job.uuid,
        "method": f"{job.spec['method']}, {job.spec['adapter']}, rank {job.spec['rank']} on {job.spec['model']}",
        "layout": f"{job.layout.digest.hex()}, {len(job.layout.tensors)} tensors",
        "shares": f"{len(shared)} tensors, {flat.elements:,} elements in {len(flat.chunks)} chunk(s) of round 1",
    }


def _find(connection: Connection, name: str, patience: float) -> Job | None:
    codec = connection.codec()
    return await_job(connection, codec, name, patience=patience, stopped=lambda: False, waiting=lambda: None)


def _collect(problems: list[RondoError], call: Any) -> Any:
    try:
        return call()
    except RondoError as problem:
        problems.append(problem)
        return None


if __name__ == "__main__":
    sys.exit(main())
