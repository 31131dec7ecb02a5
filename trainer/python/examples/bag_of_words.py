"""A complete trainer in numpy: which label a text has, by LoRA on one frozen linear layer over a hashed bag of words."""

import csv
import zlib
from pathlib import Path

import numpy as np

import rondo

WORDS, HIDDEN = 512, 64
A, B = "base_model.model.dense.lora_A.weight", "base_model.model.dense.lora_B.weight"
HEAD = "base_model.model.classifier.weight"


class BagOfWords(rondo.LocalTrainer):
    name = "bag-of-words"

    def __init__(self, job: rondo.Job, site: rondo.Site) -> None:
        rank, self.labels = job.spec["rank"], job.spec["labels"]
        self.spec, self.trainer, self.scaling = job.spec, site.trainer, job.spec["alpha"] / rank
        self.base = np.random.default_rng(0).normal(0, WORDS**-0.5, (HIDDEN, WORDS))  # frozen, the same at every site
        shapes = {A: (rank, WORDS), B: (HIDDEN, rank), HEAD: (len(self.labels), HIDDEN)}
        self.values = {name: np.zeros(shape, np.float32) for name, shape in shapes.items()}
        self.examples, self.tests = (self.read(file) if file else None for file in (site.train, site.test))

    def read(self, file: Path) -> tuple[np.ndarray, np.ndarray]:
        rows = list(csv.DictReader(file.open(encoding="utf-8"), delimiter="\t", quoting=csv.QUOTE_NONE))
        bags = np.zeros((len(rows), WORDS))
        for bag, row in zip(bags, rows, strict=True):
            np.add.at(bag, [zlib.crc32(word.encode()) % WORDS for word in row["sentence"].lower().split()], 1)
        return bags, np.array([self.labels.index(row["label"]) for row in rows])

    def parameters(self) -> dict[str, np.ndarray]:
        return self.values

    def train(self, round_number: int, frozen: frozenset[str]) -> rondo.Report:
        order = np.random.default_rng([self.spec["seed"], round_number, zlib.crc32(self.trainer.encode())])
        losses, used = [], set()
        for _ in range(self.spec["localSteps"]):
            batch = order.permutation(len(self.examples[1]))[: self.spec["batchSize"]]
            loss, _, gradients = self.step(self.examples[0][batch], self.examples[1][batch])
            for name in gradients.keys() - frozen:
                self.values[name] -= self.spec["learningRate"] * gradients[name].astype(np.float32)
            losses.append(loss)
            used.update(batch.tolist())
        return rondo.Report(len(used), {"loss": float(np.mean(losses))})

    def evaluate(self) -> dict[str, float]:
        loss, accuracy, _ = self.step(*self.tests)
        return {"test/loss": loss, "test/accuracy": accuracy}

    def step(self, x: np.ndarray, labels: np.ndarray) -> tuple[float, float, dict[str, np.ndarray]]:
        a, b, head = self.values[A], self.values[B], self.values[HEAD]
        states = x @ self.base.T + self.scaling * (x @ a.T) @ b.T
        share = np.exp(states @ head.T)
        share /= share.sum(1, keepdims=True)
        rows, accuracy = np.arange(len(labels)), float((share.argmax(1) == labels).mean())
        loss = float(-np.log(share[rows, labels]).mean())
        share[rows, labels] -= 1
        share /= len(labels)
        up = self.scaling * share @ head
        return loss, accuracy, {HEAD: share.T @ states, B: up.T @ (x @ a.T), A: (up @ b).T @ x}
