"""DP-SGD by Opacus: what it computes, what it spends, and what it refuses."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

import rondo
from rondo.errors import RondoError
from rondo.job import Job
from rondo.layout import Layout, TensorShape
from rondo.trainer import main

pytest.importorskip("torch", reason="the extra [peft] is not installed: pip install '.[peft]'")
pytest.importorskip("peft", reason="the extra [peft] is not installed: pip install '.[peft]'")

from rondo.peft.trainer import PeftTrainer
from rondo.plugin import Privacy
from rondo.submit import job_spec
from small_llama import save_llama, write_sums

EXAMPLES = 20


@pytest.fixture
def open_trainer(tmp_path: Path):
    save_llama(tmp_path / "llama")
    write_sums(tmp_path / "sums.jsonl")

    def trainer(privacy: Privacy | None, **settings: object) -> PeftTrainer:
        small = {"name": "j", "model": str(tmp_path / "llama"), "rank": 2, "max-length": 24, "local-steps": 3}
        small |= {"target-modules": ["q_proj", "v_proj"], "batch-size": EXAMPLES, "learning-rate": 0.1}
        spec = job_spec({**small, **{key.replace("_", "-"): value for key, value in settings.items()}})
        data = tmp_path / "sums.jsonl"
        draft = Job("u", spec, Layout((TensorShape("draft", "lora-a", (1, 1)),)))
        return PeftTrainer(draft, rondo.Site("site-1", train=data, test=data, privacy=privacy))

    return trainer


def moved(trainer: PeftTrainer, round_number: int = 1) -> tuple[dict[str, np.ndarray], rondo.Report]:
    before = trainer.parameters()
    report = trainer.train(round_number, frozenset())
    return {name: value - before[name] for name, value in trainer.parameters().items()}, report


@pytest.mark.parametrize("micro_batch", [0, 7])
def test_should_take_the_plain_step_where_nothing_is_clipped_and_all_are_drawn(open_trainer, micro_batch: int):
    pytest.importorskip("opacus", reason="the extra [dp] is not installed: pip install '.[dp]'")
    # the answers have different lengths, and private steps weigh examples, not tokens
    plain = open_trainer(None)
    plain._task.loss = lambda part: plain._task.losses(part).mean()
    plain._task.weight = len
    private = open_trainer(Privacy(1e-9, clip=1e3), micro_batch_size=micro_batch)

    expected, _ = moved(plain)
    found, report = moved(private)

    assert report.num_examples == EXAMPLES
    for name, value in expected.items():
        assert np.allclose(found[name], value, atol=1e-5), name
    assert max(np.abs(value).max() for value in expected.values()) > 1e-3


def test_should_bound_what_an_example_moves_and_add_the_noise(open_trainer):
    pytest.importorskip("opacus", reason="the extra [dp] is not installed: pip install '.[dp]'")
    clipped, _ = moved(open_trainer(Privacy(1e-9, clip=1e-3), local_steps=1))
    noisy, _ = moved(open_trainer(Privacy(50.0, clip=1.0), local_steps=1, learning_rate=1))

    length = np.sqrt(sum(np.sum(value.astype(np.float64) ** 2) for value in clipped.values()))
    assert 0 < length <= 0.1 * 1e-3 * 1.001
    # deviation of the noise over the batch's size
    values = np.concatenate([value.reshape(-1) for value in noisy.values()])
    assert np.std(values) == pytest.approx(50.0 / EXAMPLES, rel=0.25)


def test_should_report_what_it_has_spent_and_nothing_else(open_trainer):
    opacus = pytest.importorskip("opacus.accountants", reason="the extra [dp] is not installed: pip install '.[dp]'")
    trainer = open_trainer(Privacy(1.5), batch_size=4)

    reports = [moved(trainer, number)[1] for number in (1, 2)]

    accountant = opacus.RDPAccountant()
    for number, report in enumerate(reports, 1):
        for _ in range(3):
            accountant.step(noise_multiplier=1.5, sample_rate=4 / EXAMPLES)
        assert set(report.metrics) == {"dp/epsilon", "dp/delta"}
        assert report.metrics["dp/epsilon"] == pytest.approx(accountant.get_epsilon(1e-5)), number
    assert trainer.evaluate()["test/loss"] > 0


def test_should_take_a_step_of_noise_where_no_example_is_drawn(open_trainer, monkeypatch: pytest.MonkeyPatch):
    pytest.importorskip("opacus", reason="the extra [dp] is not installed: pip install '.[dp]'")
    monkeypatch.setattr("rondo.peft.privacy.PrivateSteps.draw", lambda _: [])

    found, report = moved(open_trainer(Privacy(1.0), local_steps=1))

    assert report.num_examples == 1
    assert all(np.abs(value).max() > 0 for value in found.values())


def test_should_refuse_what_opacus_does_not_have(open_trainer):
    pytest.importorskip("opacus", reason="the extra [dp] is not installed: pip install '.[dp]'")
    with pytest.raises(RondoError) as vera:
        open_trainer(Privacy(1.0), adapter="vera").train(1, frozenset())
    with pytest.raises(RondoError) as few:
        open_trainer(Privacy(1.0), batch_size=EXAMPLES + 1).train(1, frozenset())

    assert [vera.value.code, few.value.code] == ["model-unsupported", "too-few-examples"]


def test_should_say_that_opacus_is_missing(open_trainer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "opacus.accountants", None)

    with pytest.raises(RondoError) as failure:
        open_trainer(Privacy(1.0))

    assert failure.value.code == "command-not-installed"
    assert "rondo-trainer[peft,dp]" in failure.value.next_step


@pytest.mark.parametrize(
    "options", [["--dp-clip", "1"], ["--dp-noise", "0"], ["--dp-noise", "nan"], ["--dp-noise", "1", "--dp-delta", "1"]]
)
def test_should_refuse_bad_settings(options: list[str], capsys: pytest.CaptureFixture[str]):
    assert main(["--job", "j", "--trainer", "t", *options]) == 1
    assert "error[bad-config]" in capsys.readouterr().err
