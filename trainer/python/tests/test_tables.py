"""The reader of labelled texts, on the files that Java's reader is tested by, and what labels must be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from conftest import CHECKOUT
from rondo.errors import RondoError
from rondo.peft.data import Example, read_completions, read_examples
from rondo.peft.labels import classes_of, one_sided
from rondo.plugin import ColumnChoice

CASES = json.loads((CHECKOUT / "trainer/files/src/test/resources/tables.json").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_should_read_as_java_does(case: dict[str, Any], tmp_path: Path):
    file = tmp_path / case["file"]
    file.write_bytes(bytes.fromhex(case["hex"]) if "hex" in case else case["content"].encode())
    chosen = case.get("choice", {})
    choice = ColumnChoice(chosen.get("text"), chosen.get("textPair"), chosen.get("label"))
    notes: list[str] = []
    if "code" in case:
        with pytest.raises(RondoError) as refusal:
            read_examples(file, choice, notes.append)
        assert refusal.value.code == case["code"]
        assert case["message"] in refusal.value.message
        return

    found = read_examples(file, choice, notes.append)

    assert found == [Example(*each) for each in case["examples"]]
    assert len(notes) == len(case["notes"])
    assert all(part in note for part, note in zip(case["notes"], notes, strict=True))


def test_should_refuse_one_column_for_two_things():
    with pytest.raises(RondoError, match="--text and --label both name the column 'a'"):
        ColumnChoice(text="a", label="a")


@pytest.mark.parametrize(
    ("found", "labels", "code", "message"),
    [
        (["1", "1.0"], ["0", "1"], "labels-ambiguous", "line 2: the label '1.0', where the job has '1'"),
        (["True"], ["true", "false"], "labels-ambiguous", "where the job has 'true'"),
        (["-1", "-1"], ["0", "1"], "unlabelled-data", "all 2 labels in .* are '-1', from line 1 on"),
        (["2"], ["0", "1"], "data-unreadable", "line 1: the label '2' is none of the job's"),
    ],
)
def test_should_refuse_labels_that_are_no_classes(found: list[str], labels: list[str], code: str, message: str):
    examples = [Example("a", None, label, line) for line, label in enumerate(found, 1)]

    with pytest.raises(RondoError, match=message) as refusal:
        classes_of(Path("a.tsv"), examples, labels)

    assert refusal.value.code == code


def test_should_take_minus_one_for_a_class_where_the_job_has_it():
    assert classes_of(Path("a.tsv"), [Example("a", None, "-1", 2)], ["-1", "1"]) == [0]


def test_should_name_classes_that_one_side_has():
    train = (Path("train.tsv"), [Example("a", None, "x", 2), Example("b", None, "y", 3)])
    test = (Path("dev.tsv"), [Example("c", None, "y", 2)])

    assert one_sided(train, test) == ["warning: a class is only in train.tsv, not in dev.tsv: 'x'"]


def test_should_read_completions_from_json_and_tables(tmp_path: Path):
    lines, table = tmp_path / "a.jsonl", tmp_path / "a.csv"
    lines.write_text('{"prompt": "one", "completion": "two", "more": {"nested": [1]}}\n')
    table.write_text('prompt,completion\none,"two"\n')

    assert read_completions(lines) == read_completions(table)
