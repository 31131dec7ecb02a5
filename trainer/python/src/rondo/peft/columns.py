"""Which columns of a file are text, pair and label: those that are chosen, or those of GLUE's tasks."""

from __future__ import annotations

import re
from pathlib import Path

from rondo.errors import RondoError
from rondo.peft.tables import Row, unreadable, value_of
from rondo.plugin import ColumnChoice

_GOLD_LABEL = "gold_label"
_LABELS = ("label", _GOLD_LABEL, "is_duplicate", "Quality")
# a pair without both columns is none
_PAIRS = (
    ("sentence1", "sentence2"),
    ("question1", "question2"),
    ("question", "sentence"),
    ("premise", "hypothesis"),
    ("#1 String", "#2 String"),
    ("text", "text_pair"),
)
_SINGLES = ("sentence1", "sentence", "text")
# numbers of rows, sources, parse trees, single annotators' labels
DEV_SETS = ("matched", "mismatched")
_DEV_SET = "dev_set"
_NO_INPUT = re.compile(
    r"|index|idx|id|dev_set|qid1|qid2|#1 ID|#2 ID|promptID|pairID|genre"
    r"|filename|year|old_index|source|source1|source2|original label|.*_parse|label\d*|gold_label|Unnamed: \d+"
)


class Columns:
    """Text, pair and label among the names of a file's columns."""

    def __init__(self, file: Path, line: int, names: tuple[str, ...], choice: ColumnChoice) -> None:
        self._file = file
        shown = "[" + ", ".join(names) + "]"
        for chosen in (choice.text, choice.text_pair, choice.label):
            if chosen is not None and chosen not in names:
                raise RondoError(
                    "column-not-found",
                    f"{file}, line {line}: no column '{chosen}'; its columns are {shown}",
                    "choose one of them with --text, --text-pair or --label",
                )
        self.label = choice.label if choice.label is not None else _label(file, line, names, shown)
        known = next(((text, pair) for text, pair in _PAIRS if text in names and pair in names), None)
        found = (
            choice.text
            if choice.text is not None
            else known[0]
            if known is not None
            else next((name for name in _SINGLES if name in names), None)
        )
        if found is None:
            raise RondoError(
                "data-unreadable",
                f"{file}, line {line}: no column of text; its columns are {shown}",
                "choose it with --text, or name it 'sentence' or 'text', or a pair 'sentence1' and 'sentence2'",
            )
        self.text = found
        self.pair = choice.text_pair
        if self.pair is None and choice.text is None and known is not None:
            self.pair = known[1]
        if self.text == self.label or self.pair in (self.text, self.label):
            pair = "none" if self.pair is None else f"'{self.pair}'"
            raise RondoError(
                "bad-config",
                f"{file}: text '{self.text}', pair {pair} and label '{self.label}' are not three different columns",
                "choose different columns with --text, --text-pair and --label",
            )
        used = (self.text, self.pair, self.label)
        self.unused = [name for name in names if name not in used and not _NO_INPUT.fullmatch(name)]

    def dev_set(self, row: Row) -> str:
        """Which of MNLI's sets to test on a row is of, by Rondo's own column or by the name of MNLI's file."""
        if _DEV_SET in row.names and _DEV_SET not in (self.text, self.pair, self.label):
            own = value_of(self._file, row, _DEV_SET)
            return own if own in DEV_SETS else ""
        return next((name for name in DEV_SETS if self._file.name.startswith(f"dev_{name}.")), "")

    def used(self) -> str:
        pair = "" if self.pair is None else f", pair '{self.pair}'"
        return f"text '{self.text}'{pair}, label '{self.label}'"

    def is_undecided(self, row: Row) -> bool:
        """Whether MNLI's annotators did not agree on a row's label."""
        return self.label == _GOLD_LABEL and value_of(self._file, row, _GOLD_LABEL) == "-"

    def example(self, row: Row) -> tuple[str, str | None, str]:
        label, text = value_of(self._file, row, self.label), value_of(self._file, row, self.text)
        if not label.strip():
            raise unreadable(self._file, row.line, f"no label in '{self.label}'", "give each row a label")
        if not text.strip():
            raise unreadable(self._file, row.line, f"no text in '{self.text}'", "remove the row, or give it text")
        pair = "" if self.pair is None else value_of(self._file, row, self.pair)
        return text, pair if pair.strip() else None, label.strip()


def _label(file: Path, line: int, names: tuple[str, ...], shown: str) -> str:
    found = next((name for name in _LABELS if name in names), None)
    if found is not None:
        return found
    if "score" in names and "sentence1" in names:
        raise RondoError(
            "regression-data",
            f"{file} is STS-B: its column 'score' holds numbers to predict, not classes",
            "use data with classes; Rondo trains classifiers only",
        )
    raise RondoError(
        "label-column-missing", f"{file}, line {line}: no column 'label'; its columns are {shown}", _label_hint(names)
    )


def _label_hint(names: tuple[str, ...]) -> str:
    if len(names) == 1 and ";" in names[0]:
        return "separate the columns by commas, or by tabs in a .tsv file"
    other = next((name for name in names if name.lower() == "label"), None)
    if other is not None:
        return f"give --label {other}, or name the column 'label'"
    return "name the column of the classes 'label', or give --label COLUMN"
