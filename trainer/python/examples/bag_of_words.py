"""A complete trainer in numpy: the label of a text, by LoRA on one frozen linear layer over a hashed bag of words."""

import zlib
from pathlib import Path

import numpy as np

import rondo

WORDS, HIDDEN = 512, 64
A, B, HEAD = (f"base_model.model.{name}.weight" for name in ("dense.lora_A", "dense.lora_B", "classifier"))


class BagOfWords(rondo.LocalTrainer):
    name = "bag-of-words"

    def __init__(self, job: rondo.Job, site: rondo.Site) -> None:
        rank, self.labels = job.spec["rank"], site.labels(job.spec)
        self.spec, self.trainer, self.scaling = job.spec, site.trainer, job.spec["alpha"] / rank
        self.base = np.random.default_rng(0).normal(0, WORDS**-0.5, (HIDDEN, WORDS))  # frozen, the same at every site
        shapes = {A: (rank, WORDS), B: (HIDDEN, rank), HEAD: (len(self.labels), HIDDEN)}
        self.values = {name: np.zeros(shape, np.float32) for name, shape in shapes.items()}
        self.examples, self.tests = (self.read(file) if file else None for file in (site.train, site.test))

    def read(self, file: Path) -> tuple[np.ndarray, np.ndarray]:
        rows = [line.split("\t") for line in file.read_text("utf-8").splitlines()[1:]]  # sentence, label
        words = [[zlib.crc32(word.encode()) % WORDS for word in text.lower().split()] for text, _ in rows]
        bags = np.array([np.bincount(row, minlength=WORDS) / np.sqrt(len(row)) for row in words])
        return bags, np.array([self.labels.index(label) for _, label in rows])

    def parameters(self) -> dict[str, np.ndarray]:
        return self.values

    def train(self, round_number: int, frozen: frozenset[str]) -> rondo.Report:
        order = np.random.default_rng([self.spec["seed"], round_number, zlib.crc32(self.trainer.encode())])
        (bags, labels), losses, used = self.examples, [], set()
        for _ in range(self.spec["localSteps"]):
            batch = order.permutation(len(labels))[: self.spec["batchSize"]]
            loss, _, gradients = self.step(bags[batch], labels[batch])
            for name in gradients.keys() - frozen:
                self.values[name] -= self.spec["learningRate"] * gradients[name].astype(np.float32)
            losses.append(loss)
            used.update(batch.tolist())
        return rondo.Report(len(used), {"loss": float(np.mean(losses))})

    def evaluate(self) -> dict[str, float]:
        return dict(zip(("test/loss", "test/accuracy"), self.step(*self.tests), strict=False))

    def step(self, x: np.ndarray, labels: np.ndarray) -> tuple[float, float, dict[str, np.ndarray]]:
        a, b, head = self.values[A], self.values[B], self.values[HEAD]
        states = x @ self.base.T + self.scaling * (x @ a.T) @ b.T
        logits = states @ head.T
        share = np.exp(logits - logits.max(1, keepdims=True))
        share /= share.sum(1, keepdims=True)
        loss, accuracy = -np.log(share[np.arange(len(labels)), labels]).mean(), (share.argmax(1) == labels).mean()
        share = (share - np.eye(len(self.labels))[labels]) / len(labels)
        up = self.scaling * share @ head
        return loss, accuracy, {HEAD: share.T @ states, B: up.T @ (x @ a.T), A: (up @ b).T @ x}
