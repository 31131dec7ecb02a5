"""How much of a site's words its updates give away: docs/explanation/security.md says what it shows.

    python tools/leakage.py --archive DIR --model DIR --sites DIR

The archive is one of `rondo archive`, of a job whose A is shared; the model is the directory of its base model; the
sites are a folder for each trainer with its `train.jsonl`, as `rondo demo` writes them to `sites`.

The gradient of A of a module is a sum of (something) times the transpose of the module's input, so that the rows of an
update's difference to the adapter it started from lie in the span of these inputs. In the first layer these are token
embeddings, which everybody can compute from the public model. So an attacker scores every token by how much of its
embedding lies in the row space of the differences of one site, and guesses that tokens with high scores occur in the
site's texts. The area under the ROC curve (AUC) says how good these guesses are: 0.5 is chance, 1 is certain.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file

import rondo

Matrix = NDArray[np.float64]
Tokens = NDArray[np.int64]

_FIRST_LAYER = "encoder.layer.0."
_POSITIONS = 12
_MOST_ROUNDS = (1, 3, 10)


def token_embeddings(model: Path) -> Matrix:
    """What a BERT encoder's first layer reads of each token, averaged over positions, less what all have in common."""
    weights = load_file(model / "model.safetensors")
    prefix = next(name for name in weights if name.endswith("embeddings.word_embeddings.weight"))
    prefix = prefix.removesuffix("word_embeddings.weight")
    words = weights[prefix + "word_embeddings.weight"].astype(np.float64)
    others = weights[prefix + "token_type_embeddings.weight"][0].astype(np.float64)
    scale = weights[prefix + "LayerNorm.weight"].astype(np.float64)
    shift = weights[prefix + "LayerNorm.bias"].astype(np.float64)
    total = np.zeros_like(words)
    for position in weights[prefix + "position_embeddings.weight"][1 : _POSITIONS + 1].astype(np.float64):
        summed = words + others + position
        centred = summed - summed.mean(axis=1, keepdims=True)
        total += centred / np.sqrt(centred.var(axis=1, keepdims=True) + 1e-12) * scale + shift
    embeddings = total / _POSITIONS
    return np.asarray(embeddings - embeddings.mean(axis=0))


def tokens_of(model: Path, file: Path) -> Tokens:
    """The tokens that occur in the texts of a site, in ascending order."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    found: set[int] = set()
    for line in file.read_text("utf-8").splitlines():
        row = json.loads(line)
        for key in ("sentence", "text"):
            if key in row:
                found.update(tokenizer.encode(row[key], add_special_tokens=False).ids)
    return np.array(sorted(found), dtype=np.int64)


def differences(job: Any, number: int, trainer: str) -> list[Matrix]:
    """What one update changed of each A of the first layer."""
    update, base = job.updates(number)[trainer], job.adapter(number - 1)
    return [
        update[name].astype(np.float64) - base[name]
        for name in sorted(update)
        if _FIRST_LAYER in name and name.endswith("lora_A.weight")
    ]


def scores(rows: Iterable[Matrix], embeddings: Matrix) -> Matrix:
    """The share of each embedding's length that lies in the row space."""
    stacked = np.concatenate([row / np.linalg.norm(row) for row in rows])
    _, sizes, basis = np.linalg.svd(stacked, full_matrices=False)
    basis = basis[sizes > sizes[0] * 1e-6]
    lengths = np.linalg.norm(embeddings, axis=1)
    return np.asarray(np.linalg.norm(embeddings @ basis.T, axis=1) / np.maximum(lengths, 1e-12))


def auc(of_positive: Matrix, of_negative: Matrix) -> float:
    """The chance that a positive scores higher than a negative; ties count half."""
    order = np.sort(of_negative)
    below = np.searchsorted(order, of_positive, side="left")
    up_to = np.searchsorted(order, of_positive, side="right")
    return float((below + up_to).sum() / 2 / len(of_positive) / len(of_negative))


def measure(job: Any, embeddings: Matrix, sites: Mapping[str, Tokens]) -> list[dict[str, Any]]:
    everything = np.arange(len(embeddings))
    ids = -everything.astype(np.float64)  # frequent words have low ids in BERT's vocabulary
    rows: list[dict[str, Any]] = []
    last = int(job.settings.spec["rounds"])
    for trainer, own in sites.items():
        absent = np.setdiff1d(everything, own)
        elsewhere = np.setdiff1d(np.unique(np.concatenate(list(sites.values()))), own)
        only = np.setdiff1d(own, np.unique(np.concatenate([each for name, each in sites.items() if name != trainer])))
        collected: list[Matrix] = []
        for number in range(1, last + 1):
            collected += differences(job, number, trainer)
            if number not in _MOST_ROUNDS and number != last:
                continue
            scored = scores(collected, embeddings)
            rows.append(
                {
                    "trainer": trainer,
                    "rounds": number,
                    "tokens": len(own),
                    "vocabulary": auc(scored[own], scored[absent]),
                    "byOrder": auc(ids[own], ids[absent]),
                    "others": auc(scored[only], scored[elsewhere]),
                    "othersByOrder": auc(ids[only], ids[elsewhere]),
                    "top100": float(np.isin(np.argsort(-scored)[:100], own).mean()),
                }
            )
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for option, text in (
        ("archive", "of rondo archive"),
        ("model", "of the base model"),
        ("sites", "a folder a trainer"),
    ):
        parser.add_argument(f"--{option}", type=Path, required=True, metavar="DIR", help=text)
    options = parser.parse_args()
    job = rondo.open_archive(str(options.archive)).job()
    sites = {
        folder.name: tokens_of(options.model, folder / "train.jsonl")
        for folder in sorted(options.sites.iterdir())
        if (folder / "train.jsonl").is_file()
    }
    rows = measure(job, token_embeddings(options.model), sites)
    print("AUC of the row space, and of the vocabulary's order alone; how many of the 100 best guesses are right")
    print(f"{'trainer':<10} rounds tokens  vocabulary  by order  other sites  by order  of 100")
    for row in rows:
        print(
            f"{row['trainer']:<10} {row['rounds']:>6} {row['tokens']:>6} {row['vocabulary']:>11.3f}"
            f" {row['byOrder']:>9.3f} {row['others']:>12.3f} {row['othersByOrder']:>9.3f} {row['top100']:>7.0%}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
