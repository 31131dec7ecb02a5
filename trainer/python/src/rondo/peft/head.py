"""Which output of a head that came with a model stands for which class of a job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def names_of(config: Mapping[str, Any]) -> list[str]:
    """What ``id2label`` calls the outputs, in their order; empty where it is not there."""
    names = config.get("id2label") or {}
    return [str(names[number]) for number in sorted(names, key=int)]


def outputs_of(names: Sequence[str], labels: Sequence[str]) -> list[int] | None:
    """The output of each label: by its name, but for upper and lower case, or by its number. None for other classes.

    Outputs without names, or with those that transformers makes up, stand in the order of the labels.
    """
    if names and len(names) != len(labels):
        return None
    numbers = [str(number) for number in range(len(labels))]
    for known, wanted in (
        (list(names), list(labels)),
        ([name.lower() for name in names], [label.lower() for label in labels]),
        (numbers, list(labels)),
    ):
        if len(set(known)) == len(known) and sorted(known) == sorted(wanted):
            return [known.index(label) for label in wanted]
    unnamed = all(name == f"LABEL_{number}" for number, name in enumerate(names))
    return list(range(len(labels))) if unnamed else None
