"""What a model's digest has of its tokenizer, as Java computes it, and the order of heads."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from conftest import CHECKOUT
from rondo.peft.head import names_of, outputs_of
from rondo.peft.tokenizer import digest_lines

CASES = json.loads((CHECKOUT / "trainer/nd4j/src/test/resources/tokenizers.json").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_should_note_what_settings_change_as_java_does(case: dict[str, Any], tmp_path: Path):
    for name, content in case["files"].items():
        (tmp_path / name).write_text(content, "utf-8")
    vocabulary = case["files"].get("tokenizer.json", case["files"].get("vocab.txt"))

    lines = digest_lines(tmp_path, case["model_type"])

    assert lines[0] == hashlib.sha256(vocabulary.encode()).hexdigest()
    assert (lines[1:] or [None]) == [case["changes"]]


@pytest.mark.parametrize(
    ("names", "labels", "outputs"),
    [
        (["no", "maybe", "yes"], ["yes", "no", "maybe"], [2, 0, 1]),
        (["NO", "Yes"], ["yes", "no"], [1, 0]),
        (["no", "yes"], ["1", "0"], [1, 0]),
        (["LABEL_0", "LABEL_1"], ["no", "yes"], [0, 1]),
        ([], ["no", "yes"], [0, 1]),
        (["no", "yes"], ["ham", "spam"], None),
        (["no", "yes"], ["no", "yes", "maybe"], None),
    ],
)
def test_should_match_outputs_to_labels_as_java_does(names: list[str], labels: list[str], outputs: list[int] | None):
    assert outputs_of(names, labels) == outputs


def test_should_read_the_names_of_outputs_in_their_order():
    assert names_of({"id2label": {"1": "no", "0": "yes"}}) == ["yes", "no"]
