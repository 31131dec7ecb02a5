"""Java and Python trainers on one model: the same layout, and from the same data in the same order the same A."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

import rondo
from conftest import CHECKOUT, LAUNCHER, Federation
from rondo.connection import Connection
from rondo.notebook import JobReader

pytest.importorskip("torch", reason="the extra [peft] is not installed: pip install '.[peft]'")
pytest.importorskip("peft", reason="the extra [peft] is not installed: pip install '.[peft]'")

MODEL = CHECKOUT / "trainer" / "nd4j" / "src" / "test" / "resources" / "peft" / "bert"


@pytest.fixture
def texts(federation: Federation) -> Path:
    file = federation.processes.directory / "mixed.tsv"
    words = [word for word in json.loads((MODEL / "tokenizer.json").read_text())["model"]["vocab"] if word.isalpha()]
    rows = [f"{' '.join(words[i % len(words)] for i in range(n, n + 3 + n % 4))}\t{n % 3}" for n in range(30)]
    file.write_text("sentence\tlabel\n" + "\n".join(rows) + "\n")
    return file


class Mixed:
    """A job that Java submitted."""

    def __init__(self, federation: Federation, name: str, **settings: object) -> None:
        self.name, self.federation, self.processes = name, federation, federation.processes
        keys = {
            "model": MODEL,
            "labels": '["0", "1", "2"]',
            "rank": 4,
            "deadline": "240s",
            "chunk-bytes": 512,
            "max-length": 16,
        }
        keys |= {key.replace("_", "-"): value for key, value in settings.items()}
        file = federation.processes.directory / f"{name}.yaml"
        file.write_text(f"name: {name}\n" + "".join(f"{key}: {value}\n" for key, value in keys.items()))
        submitted = federation.rondo("job", "submit", str(file))
        assert submitted.returncode == 0, submitted.stderr
        self.aggregator = self.start("aggregator", str(LAUNCHER), "aggregator", "--job", name)

    def start(self, kind: str, *command: str):
        return self.processes.start(f"{self.name}-{kind}", *command, env=self.federation.env)

    def java(self, trainer: str, texts: Path):
        return self.start(trainer, str(LAUNCHER), "trainer", *self.options(trainer, texts))

    def python(self, trainer: str, texts: Path):
        command = (sys.executable, "-m", "rondo.trainer", "--plugin", "peft")
        return self.start(trainer, *command, *self.options(trainer, texts))

    def options(self, trainer: str, texts: Path) -> tuple[str, ...]:
        state = f"state/{self.name}/{trainer}"
        return (
            "--job",
            self.name,
            "--trainer",
            trainer,
            "--train",
            str(texts),
            "--test",
            str(texts),
            "--state-dir",
            state,
        )

    def finish(self, *trainers) -> JobReader:
        codes = [trainer.wait(400) for trainer in trainers]
        assert codes == [0] * len(trainers), [
            self.processes.text(f"{self.name}-{each}") for each in ("site-1", "site-2")
        ]
        self.processes.end(self.aggregator)
        return rondo.open(self.federation.bootstrap_servers, self.federation.schema_registry).job(self.name)


@pytest.mark.parametrize("adapter", ["lora", "vera"])
def test_should_train_to_the_same_adapter_as_the_reference_trainer(federation: Federation, texts: Path, adapter: str):
    adapters = []
    for language in ("java", "python"):
        job = Mixed(
            federation,
            f"same-{adapter}-{language}",
            adapter=adapter,
            method="fedit",
            head="shared",
            rounds=2,
            local_steps=5,
            learning_rate=0.2,
            min_trainers=1,
            quorum=1,
        )
        trainer = job.java("site-1", texts) if language == "java" else job.python("site-1", texts)
        reader = job.finish(trainer)
        adapters.append([reader.adapter(number) for number in range(3)])

    for java, python in zip(*adapters, strict=True):
        for name, values in java.items():
            apart = np.linalg.norm(values - python[name]) / max(np.linalg.norm(values), 1e-12)
            assert apart < 1e-4, (name, apart)
    assert any(not np.array_equal(adapters[0][0][name], adapters[0][2][name]) for name in adapters[0][0])


def test_should_have_the_gradient_of_the_reference_trainer(federation: Federation):
    measured = federation.rondo(
        *("bench", "trainer", "--layers", "2", "--hidden", "64", "--batch", "8", "--length", "16", "--threads", "1"),
        *("--steps", "2", "--against-peft", "--python", sys.executable, "--json"),
    )

    assert measured.returncode == 0, measured.stderr
    found = json.loads(measured.stdout)
    assert 0 < found["gradRelDifference"] <= 1e-4
    assert found["peftStepMs"] > 0
    assert found["peftRatio"] == pytest.approx(found["stepMs"] / found["peftStepMs"], rel=1e-2, abs=1e-3)


def test_should_take_part_in_one_job(federation: Federation, texts: Path):
    job = Mixed(federation, "together", rounds=3, local_steps=4, dtype="bf16", min_trainers=2)

    reader = job.finish(job.java("site-1", texts), job.python("site-2", texts))

    assert list(reader.rounds()["accepted"]) == [1, 2, 2, 2]
    assert set(reader.trainers()["accepted"]) == {3}
    assert set(reader.updates(3)) == {"site-1", "site-2"}
    assert rondo.verify(Connection(federation.bootstrap_servers, federation.schema_registry), "together").is_sound
    state = str(federation.processes.directory / "state" / "together" / "site-2")
    exported = federation.rondo(
        *("export", "--job", "together", "--round", "3", "--trainer", "site-2", "--state", state, "--out", "exported")
    )
    assert exported.returncode == 0, exported.stderr
    adapter = load_file(federation.processes.directory / "exported" / "adapter_model.safetensors")
    assert len(adapter) == len(reader.settings.layout.tensors)
    java = federation.rondo("verify", "--job", "together", "--json")
    assert json.loads(java.stdout)["identical"] == 4, java.stderr
