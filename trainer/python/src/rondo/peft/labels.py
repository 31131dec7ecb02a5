"""What labels must be to be classes."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from rondo.errors import RondoError

if TYPE_CHECKING:
    from rondo.peft.data import Example

_UNLABELLED = "-1"
_NUMBER = re.compile(r"[+-]?\d{1,30}(\.\d{0,30})?", re.ASCII)
_MOST_NAMED = 10


def classes_of(file: Path, examples: Sequence[Example], labels: Sequence[str]) -> list[int]:
    """The number of each example's class among a job's labels."""
    numbers = {label: number for number, label in enumerate(labels)}
    _require_labelled(file, examples, numbers)
    for example in examples:
        if example.label not in numbers:
            where = f"{file}, line {example.line}: the label '{example.label}'"
            other = next((label for label in labels if _identity(label) == _identity(example.label)), None)
            if other is not None:
                raise RondoError(
                    "labels-ambiguous", f"{where}, where the job has '{other}'", "write each class as the job does"
                )
            raise RondoError(
                "data-unreadable",
                f"{where} is none of the job's [{', '.join(labels)}]",
                "correct the label, choose another column with --label, or submit a job with all labels",
            )
    return [numbers[example.label] for example in examples]


def _require_labelled(file: Path, examples: Sequence[Example], labels: Collection[str]) -> None:
    """Data sets write -1 for the labels that they keep to themselves; where a job has it, it is a class."""
    if _UNLABELLED not in labels and all(_identity(each.label) == _UNLABELLED for each in examples):
        raise RondoError(
            "unlabelled-data",
            f"all {len(examples)} labels in {file} are '{examples[0].label}', from line {examples[0].line} on: the file"
            " has no labels",
            "give a file with labels, such as the dev or validation split",
        )


def _identity(label: str) -> str:
    if _NUMBER.fullmatch(label):
        number = Decimal(label)
        return str(int(number)) if number == int(number) else f"{number.normalize():f}"
    return label.lower() if label.lower() in ("true", "false") else label


def one_sided(train: tuple[Path, Sequence[Example]], test: tuple[Path, Sequence[Example]]) -> list[str]:
    """Warnings about classes that only one of two files has."""
    warnings = []
    for (some, there), (other, not_there) in ((train, test), (test, train)):
        known = {each.label for each in not_there}
        missing = list(dict.fromkeys(each.label for each in there if each.label not in known))
        if missing:
            named = ", ".join(f"'{label}'" for label in missing[:_MOST_NAMED])
            more = ", …" if len(missing) > _MOST_NAMED else ""
            count = "a class is" if len(missing) == 1 else f"{len(missing)} classes are"
            warnings.append(f"warning: {count} only in {some}, not in {other}: {named}{more}")
    return warnings
