"""What a trainer plugs in: one class with two methods, ``parameters`` and ``train``."""

from __future__ import annotations

import importlib
import importlib.util
import logging
import math
import re
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import numpy as np

from rondo.errors import RondoError
from rondo.generator import initial_value
from rondo.job import Job
from rondo.layout import Layout, role_of
from rondo.tensors import MOST_PLAUSIBLE, Floats

_LOG = logging.getLogger("rondo.trainer")
_MOST_METRICS = 64
_METRIC = re.compile(r"[A-Za-z0-9_./:-]{1,64}")
_T = TypeVar("_T")
# from here on a value rounds to infinity when it is sent as BF16
_BF16_OVERFLOW = float.fromhex("0x1.FFp127")


@dataclass(frozen=True)
class ColumnChoice:
    """The columns that a user chooses; each that is None is found by its name. A chosen ``text`` alone has no pair."""

    text: str | None = None
    text_pair: str | None = None
    label: str | None = None

    def __post_init__(self) -> None:
        taken: dict[str, str] = {}
        for option, column in (("--text", self.text), ("--text-pair", self.text_pair), ("--label", self.label)):
            if column is None:
                continue
            if column in taken:
                raise RondoError(
                    "bad-config",
                    f"{taken[column]} and {option} both name the column '{column}'",
                    f"give {option} another column",
                )
            taken[column] = option


AUTOMATIC = ColumnChoice()


@dataclass(frozen=True)
class Privacy:
    """DP-SGD: ``noise`` is the standard deviation over ``clip``, the longest gradient of an example."""

    noise: float
    clip: float = 1.0
    delta: float = 1e-5

    def __post_init__(self) -> None:
        for option, value, least, below in (
            ("--dp-noise", self.noise, 0, 1e6),
            ("--dp-clip", self.clip, 0, 1e9),
            ("--dp-delta", self.delta, 0, 1),
        ):
            # written so that NaN fails as well
            if not least < value < below:
                raise RondoError(
                    "bad-config", f"{option} is {value}", f"give {option} a number between {least} and {below:g}"
                )


@dataclass(frozen=True)
class Site:
    """What a site brings to a job, whatever the job is.

    ``train`` and ``test`` are its examples, ``pooled_test`` those of all sites together, where it may have them;
    ``models`` is the directory of base models; ``columns`` are those that a trainer of texts reads; ``device`` is where
    PyTorch computes, ``base`` how it keeps the frozen model: f32, bf16 or 4bit; ``checkpointing`` computes activations
    again for the gradient, which saves memory; ``privacy`` makes training differentially private.
    ``model_directory`` is the base model's directory here, whatever the job calls it; ``label_texts`` are the classes
    as the files have them, where the job has only numbers. A site without ``train`` is asked for its layout and its
    initial values alone, by whoever submits the job.
    """

    trainer: str
    train: Path | None = None
    test: Path | None = None
    pooled_test: Path | None = None
    models: Path = Path(".rondo/models")
    threads: int = 1
    device: str = "cpu"
    head_only_baseline: bool = False
    columns: ColumnChoice = AUTOMATIC
    base: str = "f32"
    checkpointing: bool = False
    privacy: Privacy | None = None
    model_directory: Path | None = None
    label_texts: tuple[str, ...] = ()

    def labels(self, spec: Mapping[str, Any]) -> list[str]:
        """The classes as they are in this site's files, in the order of the head's outputs."""
        labels, texts = list(spec["labels"]), list(self.label_texts)
        if not texts:
            return labels
        if labels != [str(number) for number in range(len(labels))]:
            raise RondoError(
                "bad-config",
                f"texts were given for the labels, and the job names them itself: {', '.join(labels)}",
                f"start the trainer without --label-texts, or have the job submitted with labels: {len(labels)}",
            )
        if len(texts) != len(labels) or len(set(texts)) != len(texts):
            raise RondoError(
                "bad-config",
                f"the labels [{', '.join(texts)}] were given for the {len(labels)} classes of the job",
                "give --label-texts one different text for each class, in the order of the job's numbers",
            )
        return texts


@dataclass(frozen=True)
class Report:
    """What a trainer tells of a round: how many different examples it used, which is its weight, and metrics."""

    num_examples: int
    metrics: Mapping[str, float] = field(default_factory=dict)


class LocalTrainer(ABC):
    """One site's model and data. Values cross as named arrays, and the service decides which of them leave the site.

    The constructor takes the job and the site. Everything is called by one thread.
    """

    name: ClassVar[str] = "python"

    @abstractmethod
    def __init__(self, job: Job, site: Site) -> None:
        """Opens the model and the data; a :class:`RondoError` says what is missing."""

    @abstractmethod
    def parameters(self) -> Mapping[str, Floats]:
        """Every trainable tensor by PEFT's name, float32, in the order of the layout, as it is now.

        Names decide the roles: ``.lora_A.``, ``.lora_B.``, ``.vera_lambda_d`` and ``.vera_lambda_b``;
        all else is the head.
        """

    @abstractmethod
    def train(self, round_number: int, frozen: frozenset[str]) -> Report:
        """Takes the local steps of a round with a fresh optimizer. The named tensors must keep their values."""

    def load(self, values: Mapping[str, Floats]) -> None:
        """Overwrites some parameters; writes into the arrays of :meth:`parameters` where a class does nothing else."""
        parameters = self.parameters()
        for name, value in values.items():
            parameters[name][...] = value

    def evaluate(self) -> Mapping[str, float]:
        """Measures the values loaded, without a step: ``test/loss``, ``test/accuracy``, ``pooled/…``."""
        return {}

    def warm_up(self, round_number: int, frozen: frozenset[str]) -> None:  # noqa: B027
        """Takes the job's local warm-up steps on what is not frozen, where a trainer came late to its first round."""

    def head_only_baseline(self) -> Mapping[str, float]:
        """Measures a head alone on the frozen model, under keys that start with ``head-only/``."""
        return {}

    def model_digest(self) -> str:
        """A digest of all that decides what the base model computes; empty where the model's name says it all."""
        return ""

    def close(self) -> None:  # noqa: B027
        """Releases what the constructor opened."""


Factory = Callable[[Job, Site], LocalTrainer]


def initial_values(job: Job) -> dict[str, Floats]:
    """The value from which each tensor of a job's layout starts, for plug-ins that have no other."""
    return {tensor.name: initial_value(job.spec["seed"], tensor) for tensor in job.layout.tensors}


def named(name: str) -> Factory:
    """The class that ``MODULE:CLASS`` or ``FILE.py:CLASS`` names; ``peft`` is the one of this package."""
    if name == "peft":
        name = "rondo.peft.trainer:PeftTrainer"
    module, _, attribute = name.rpartition(":")
    try:
        found = getattr(_module(module), attribute)
    except ModuleNotFoundError as missing:
        if (missing.name or "").split(".")[0] in ("torch", "transformers", "peft"):
            raise RondoError(
                "command-not-installed",
                f"the trainer '{name}' needs {missing.name}, which is not installed",
                "install it with: pip install 'rondo-trainer[peft]'",
            ) from missing
        raise _not_there(name, missing) from missing
    except (AttributeError, ImportError, ValueError, OSError) as failure:
        raise _not_there(name, failure) from failure
    if not (isinstance(found, type) and issubclass(found, LocalTrainer)):
        raise _not_there(name, TypeError(f"{attribute} is not a subclass of rondo.LocalTrainer"))
    return found


def _module(name: str) -> object:
    if not name.endswith(".py"):
        return importlib.import_module(name)
    spec = importlib.util.spec_from_file_location(Path(name).stem, name)
    if spec is None or spec.loader is None:
        raise ImportError(f"{name} cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _not_there(name: str, failure: Exception) -> RondoError:
    return RondoError(
        "command-not-installed",
        f"there is no trainer '{name}': {failure}",
        "give --plugin as MODULE:CLASS or FILE.py:CLASS, a subclass of rondo.LocalTrainer",
    )


class Plugin:
    """A plug-in's trainer whose failures are failures that a user can understand, and whose promises are checked."""

    def __init__(self, factory: Factory, job: Job, site: Site) -> None:
        self.name = str(getattr(factory, "name", "python"))
        self.model_directory = site.model_directory
        self._trainer: LocalTrainer = self._guard("opening", lambda: factory(job, site))

    def parameters(self) -> dict[str, Floats]:
        """Copies, so that what training does later changes nothing here."""
        found = self._guard("reading its parameters", lambda: dict(self._trainer.parameters()))
        return {name: np.array(value, dtype=np.float32, order="C") for name, value in found.items()}

    def layout(self) -> Layout:
        try:
            return Layout.of_arrays(self.parameters())
        except ValueError as failure:
            raise self._failure("describing its layout", str(failure)) from failure

    def load(self, values: Mapping[str, Floats]) -> None:
        if not values:
            return
        self._guard("loading parameters", lambda: self._trainer.load(values))
        now = self.parameters()
        for name, value in values.items():
            if not _same(now[name], value):
                raise self._failure(
                    "loading parameters",
                    f"{name} is not what was loaded; a class whose parameters() gives copies must override load()",
                )

    def train(self, round_number: int, frozen: frozenset[str]) -> Report:
        before = self.parameters()
        report: Report = self._guard(
            f"training round {round_number}", lambda: self._trainer.train(round_number, frozen)
        )
        if not 1 <= report.num_examples <= 2**40:
            raise self._failure(
                f"training round {round_number}", f"it used {report.num_examples} examples, allowed are 1 to 2^40"
            )
        now = self.parameters()
        for name in frozen:
            if not _same(now[name], before[name]):
                raise self._failure(
                    f"training round {round_number}", f"it changed {name}, which is frozen in this round"
                )
        metrics = self._guard(f"training round {round_number}", lambda: _metrics(report.metrics))
        return Report(report.num_examples, metrics)

    def warm_up(self, round_number: int, frozen: frozenset[str]) -> None:
        self._guard(f"warming up for round {round_number}", lambda: self._trainer.warm_up(round_number, frozen))

    def evaluate(self) -> dict[str, float]:
        return self._guard("evaluating", lambda: _metrics(self._trainer.evaluate()))

    def head_only_baseline(self) -> dict[str, float]:
        return self._guard("measuring the baseline", lambda: _metrics(self._trainer.head_only_baseline()))

    def model_digest(self) -> str:
        return self._guard("reading its model", self._trainer.model_digest)

    def close(self) -> None:
        self._trainer.close()

    def _guard(self, what: str, call: Callable[[], _T]) -> _T:
        try:
            return call()
        except RondoError:
            raise
        except Exception as failure:
            raise self._failure(what, f"{type(failure).__name__}: {failure}") from failure

    def _failure(self, what: str, detail: str) -> RondoError:
        return RondoError(
            "trainer-failed",
            f"the trainer '{self.name}' failed when {what}: {detail}",
            "see the trace with --verbose; the trainer's state is as it was before, so it can be started again",
        )


def require_finite(round_number: int, dtype: str, parameters: Mapping[str, Floats]) -> None:
    """Training that diverged is stopped at its own site: neither saved nor sent."""
    limit = _BF16_OVERFLOW if dtype == "BF16" else float("inf")
    for name, values in parameters.items():
        # written so that NaN fails as well
        bad = ~(np.abs(values.reshape(-1)) < limit)
        if bad.any():
            at = int(np.argmax(bad))
            raise RondoError(
                "trainer-failed",
                f"training of round {round_number} left {values.reshape(-1)[at]} in {name} at index {at}",
                "lower the job's learning-rate; the trainer's state is the one before this round",
            )


def require_plausible(round_number: int, name: str, values: Floats) -> None:
    """An average that someone has taken over would destroy what this site has trained, B and head included."""
    bad = ~(np.abs(values.reshape(-1)) <= MOST_PLAUSIBLE)
    if bad.any():
        at = int(np.argmax(bad))
        raise RondoError(
            "adapter-implausible",
            f"the adapter of round {round_number} has the value {values.reshape(-1)[at]} in {name} at index {at},"
            f" allowed are up to {MOST_PLAUSIBLE}",
            "it was not loaded and this trainer's state is as it was; ask the operator to fork the job from the round"
            " before, and to keep out the trainer that sent it",
        )


def check_layout(plugin: Plugin, job: Job) -> RondoError | None:
    """What is wrong with the layout that a plug-in derives, if something is."""
    derived = plugin.layout()
    if derived.digest == job.layout.digest:
        return None
    return RondoError(
        "model-unsupported",
        f"the trainer '{plugin.name}' derives layout {derived.digest.hex()} from model '{job.spec['model']}', the"
        f" job has layout {job.layout.digest.hex()}: {derived.first_difference(job.layout)}",
        "use the model that the job was submitted with, in the same version",
    )


def check_model(plugin: Plugin, job: Job) -> RondoError | None:
    """Whether the base model is another one of the same shapes."""
    expected = job.spec["modelDigest"]
    if plugin.model_directory is not None and not expected:
        return RondoError(
            "bad-config",
            f"a directory was given for the model '{job.spec['model']}', and the job has no digest to compare it with:"
            " every trainer brings this model along",
            "start the trainer without --model-dir",
        )
    found = plugin.model_digest() if expected else ""
    if found == expected:
        return None
    return RondoError(
        "model-unsupported",
        f"the model '{job.spec['model']}' has digest '{found}' here, the job was submitted with '{expected}': its"
        " weights, its configuration or its tokenizer differ",
        "use the model that the job was submitted with, in the same version",
    )


def _same(one: Floats, other: Floats) -> bool:
    return one.shape == other.shape and one.tobytes() == np.asarray(other, dtype=np.float32).tobytes()


def _metrics(found: Mapping[str, float]) -> dict[str, float]:
    """Metrics as the log takes them: without those that are no finite number, such as the loss of one that diverges."""
    if len(found) > _MOST_METRICS:
        raise ValueError(f"{len(found)} metrics, allowed are {_MOST_METRICS}")
    for name in found:
        if not _METRIC.fullmatch(name):
            raise ValueError(f"a metric named {name[:80]!r}, allowed is {_METRIC.pattern}")
    finite = {name: float(value) for name, value in found.items() if math.isfinite(value)}
    for name in found.keys() - finite.keys():
        _LOG.warning("metric %s is %s and is not sent", name, found[name])
    return finite


__all__ = ["Factory", "LocalTrainer", "Plugin", "Privacy", "Report", "Site", "initial_values", "named", "role_of"]
