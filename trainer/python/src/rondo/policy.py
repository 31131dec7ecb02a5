"""What a site allows a job to request: the file of ``--policy``, as `rondo trainer` reads it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from rondo.errors import RondoError
from rondo.tensors import java_double
from rondo.wire import Record

# in the order in which Java names them
KEYS = (
    "operator-keys",
    "models",
    "model-digests",
    "methods",
    "heads",
    "target-modules",
    "layers",
    "min-examples-per-round",
    "min-cohort",
    "max-update-norm",
    "metrics",
    "label-texts",
)
_NUMBERS = ("min-examples-per-round", "min-cohort", "max-update-norm")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\Z")
_LONGEST_FILE = 1 << 20


@dataclass(frozen=True)
class Entry:
    """One entry of the file, as written."""

    where: str
    key: str
    values: Sequence[str]


class SitePolicy:
    """What a job may ask for, checked before the trainer joins. A missing key allows everything."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries: dict[str, Entry] = {}
        for entry in entries:
            if entry.key not in KEYS:
                raise _bad(entry, f"there is no key '{entry.key}'", f"choose one of {', '.join(KEYS)}")
            self._entries[entry.key] = entry
        for key in _NUMBERS:
            self._number(key)
        labels = self._entries.get("label-texts")
        if labels is not None and list(labels.values) not in (["yes"], ["no"]):
            raise _bad(labels, f"label-texts is {_list(labels)}", "write yes or no")

    @staticmethod
    def read(file: Path) -> SitePolicy:
        """The policy of a flat YAML mapping."""
        try:
            if file.stat().st_size > _LONGEST_FILE:
                raise _bad_file(f"{file} has more than {_LONGEST_FILE} bytes")
            text = file.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as failure:
            raise _bad_file(f"cannot read the policy {file}: {failure}") from failure
        return SitePolicy(_mapping(str(file), text))

    def require_job(self, spec: Mapping[str, Any]) -> None:
        """Refuses a job that requests more than the site allows."""
        self._one_of("operator-keys", "operator-key", [spec.get("operatorKey", "")])
        self._one_of("models", "model", [spec["model"]])
        self._one_of("model-digests", "model digest", [spec["modelDigest"]])
        self._one_of("methods", "method", [spec["method"]])
        self._one_of("heads", "head", [spec["head"]])
        self._one_of("target-modules", "target-modules", spec["targetModules"])
        self._layers(spec["layersToTransform"])
        self._at_least(
            "min-examples-per-round", "local-steps × batch-size", float(spec["localSteps"]) * spec["batchSize"]
        )
        self._at_least("min-cohort", "min-trainers", spec["minTrainers"])
        self._norm(spec["clip"], spec["maxUpdateNorm"])
        self._labels(spec["labels"])

    def require_round(self, opened: Record) -> None:
        """Refuses a round that asks fewer trainers than the site allows."""
        self._at_least("min-cohort", f"the cohort of round {opened['round']}", len(opened["cohort"]))

    def allowed(self, metrics: Mapping[str, float]) -> dict[str, float]:
        """Those of these metrics that may leave the site."""
        entry = self._entries.get("metrics")
        return {name: value for name, value in metrics.items() if entry is None or name in entry.values}

    def _one_of(self, key: str, what: str, asked: Iterable[str]) -> None:
        entry = self._entries.get(key)
        if entry is None:
            return
        for one in asked:
            if one not in entry.values:
                raise _refused(entry, f"the job's {what} is '{one}', allowed are {', '.join(entry.values)}")

    def _layers(self, layers: Sequence[int]) -> None:
        entry = self._entries.get("layers")
        if entry is not None and not layers:
            raise _refused(entry, f"the job adapts all layers, allowed are {', '.join(entry.values)}")
        self._one_of("layers", "layers-to-transform", [str(layer) for layer in layers])

    def _at_least(self, key: str, what: str, found: float) -> None:
        least = self._number(key)
        if least is not None and found < least:
            raise _refused(self._entries[key], f"{what} is {_plain(found)}, at least {_plain(least)} is asked")

    def _norm(self, clip: float, longest: float) -> None:
        """A job limits norms by clipping, or by refusing updates over the limit."""
        most = self._number("max-update-norm")
        if most is not None and not (0 < clip <= most or 0 < longest <= most):
            raise _refused(
                self._entries["max-update-norm"],
                f"the job has clip {_plain(clip)} and max-update-norm {_plain(longest)}, one of them has to be above 0"
                f" and at most {_plain(most)}",
            )

    def _labels(self, labels: Sequence[str]) -> None:
        entry = self._entries.get("label-texts")
        if entry is None or list(entry.values) != ["no"]:
            return
        for label in labels:
            if re.fullmatch("[0-9]{1,9}", label) is None:
                raise _refused(entry, f"the job spells out the label '{label}', allowed are numbers")

    def _number(self, key: str) -> float | None:
        entry = self._entries.get(key)
        if entry is None:
            return None
        if len(entry.values) == 1 and _NUMBER.match(entry.values[0]):
            number = float(entry.values[0])
            if number > 0 and math.isfinite(number):
                return number
        raise _bad(entry, f"{key} is {_list(entry)}", "write one number above 0")


def _mapping(file: str, text: str) -> list[Entry]:
    """A flat YAML mapping with the line of each value. No type is guessed: ``no`` stays a text."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as failure:
        mark = failure.problem_mark
        where = file if mark is None else f"{file}, line {mark.line + 1}"
        raise _bad_file(f"{where}: {failure.problem}") from failure
    except yaml.YAMLError as failure:
        raise _bad_file(f"{file}: {failure}") from failure
    if root is None:
        return []
    if not isinstance(root, yaml.MappingNode):
        raise _bad_file(f"{_where(file, root)}: not a list of keys and values")
    entries: dict[str, Entry] = {}
    for name, value in root.value:
        where = _where(file, name)
        key = _scalar(name, where)
        if key in entries:
            raise _bad_file(f"{where}: key '{key}' stands already in {entries[key].where}")
        if isinstance(value, yaml.SequenceNode):
            values = tuple(_scalar(item, _where(file, item)) for item in value.value)
        else:
            values = (_scalar(value, where),)
        entries[key] = Entry(where, key, values)
    return list(entries.values())


def _scalar(node: yaml.Node, where: str) -> str:
    if isinstance(node, yaml.ScalarNode):
        return str(node.value)
    raise _bad_file(f"{where}: a value or a list of values is expected, without nesting")


def _where(file: str, node: yaml.Node) -> str:
    return f"{file}, line {node.start_mark.line + 1}"


def _list(entry: Entry) -> str:
    return f"[{', '.join(entry.values)}]"


def _plain(number: float) -> str:
    """Whole numbers without a decimal point, others as Java prints them."""
    return str(int(number)) if number == int(number) and abs(number) < 1e15 else java_double(float(number))


def _refused(entry: Entry, problem: str) -> RondoError:
    return RondoError(
        "policy-refused",
        f"{entry.where} ({entry.key}): {problem}",
        "nothing was sent; change the policy if the site agrees, or ask the operator for another job",
    )


def _bad(entry: Entry, problem: str, next_step: str) -> RondoError:
    return RondoError("bad-config", f"{entry.where}: {problem}", next_step)


def _bad_file(problem: str) -> RondoError:
    return RondoError("bad-job-file", problem, "write one 'key: value' a line")
