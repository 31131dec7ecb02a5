from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np

TOOL = Path(__file__).resolve().parents[1] / "tools" / "leakage.py"
SPEC = importlib.util.spec_from_file_location("leakage", TOOL)
assert SPEC is not None
assert SPEC.loader is not None
leakage = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(leakage)


def test_counts_pairs() -> None:
    assert leakage.auc(np.array([3.0, 2.0]), np.array([1.0])) == 1.0
    assert leakage.auc(np.array([1.0]), np.array([3.0, 2.0])) == 0.0
    assert leakage.auc(np.array([1.0, 3.0]), np.array([2.0, 2.0])) == 0.5
    assert leakage.auc(np.array([2.0]), np.array([2.0])) == 0.5


def test_finds_the_tokens_whose_embeddings_a_difference_is_made_of() -> None:
    random = np.random.default_rng(7)
    embeddings = random.normal(size=(500, 64))
    own = np.arange(8)
    absent = np.arange(8, 500)
    of_inputs = random.normal(size=(8, len(own))) @ embeddings[own]
    of_nothing = random.normal(size=(8, 64))

    found = leakage.scores([of_inputs], embeddings)
    chance = leakage.scores([of_nothing], embeddings)

    assert leakage.auc(found[own], found[absent]) == 1.0
    np.testing.assert_allclose(found[own], 1.0)
    assert 0.2 < leakage.auc(chance[own], chance[absent]) < 0.8
