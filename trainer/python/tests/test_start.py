"""A job that starts from an adapter of PEFT."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

import rondo
from conftest import CHECKOUT, LAUNCHER, Federation, until
from rondo.errors import RondoError
from rondo.layout import Layout, TensorShape
from rondo.notebook import JobReader
from rondo.start import StartingAdapter
from rondo.submit import read_job_file

A = TensorShape("base_model.model.q_proj.lora_A.weight", "lora-a", (2, 3))
B = TensorShape("base_model.model.q_proj.lora_B.weight", "lora-b", (3, 2))
HEAD = TensorShape("base_model.model.score.weight", "head", (2, 3))
LAYOUT = Layout((A, B, HEAD))
BAGS = CHECKOUT / "trainer" / "python" / "examples"


def save(directory: Path, changed: dict[str, Any] | None = None, tensors: dict[str, Any] | None = None) -> Path:
    directory.mkdir(exist_ok=True)
    config = {"peft_type": "LORA", "r": 2, "lora_alpha": 8, "target_modules": ["v_proj", "q_proj"], "bias": "none"}
    (directory / "adapter_config.json").write_text(json.dumps({**config, **(changed or {})}))
    values = {each.name: np.full(each.shape, 0.5, np.float16) for each in (A, B)}
    save_file({**values, **(tensors or {})}, directory / "adapter_model.safetensors")
    return directory


def test_should_imply_settings_between_the_file_and_the_command_line(tmp_path: Path):
    start = StartingAdapter(save(tmp_path / "adapter", {"use_rslora": True, "layers_to_transform": 3}))
    (tmp_path / "job.yaml").write_text("name: mine\nrank: 64\nrounds: 5\n")

    settings = read_job_file(tmp_path / "job.yaml", ["alpha=4"], start.settings())

    assert settings == {
        "name": "mine",
        "rounds": 5,
        "adapter": "rslora",
        "rank": 2,
        "alpha": 4,
        "target-modules": ["q_proj", "v_proj"],
        "layers-to-transform": [3],
    }


def test_should_read_factors_and_leave_a_missing_head_to_the_model(tmp_path: Path):
    values = StartingAdapter(save(tmp_path / "adapter")).values(LAYOUT)

    assert values.keys() == {A.name, B.name}
    assert all(each.dtype == np.float32 and (each == 0.5).all() for each in values.values())


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"peft_type": "VERA"}, "'VERA'"),
        ({"use_dora": True}, "use_dora"),
        ({"rank_pattern": {"q_proj": 4}}, "rank_pattern"),
        ({"target_modules": ".*q_proj"}, "target_modules"),
        ({"r": None}, "'r'"),
    ],
)
def test_should_refuse_an_adapter_that_computes_something_else(tmp_path: Path, changed: dict[str, Any], said: str):
    with pytest.raises(RondoError) as failure:
        StartingAdapter(save(tmp_path / "adapter", changed))

    assert failure.value.code == "adapter-unreadable"
    assert said in failure.value.message


@pytest.mark.parametrize(
    ("tensors", "said"),
    [
        ({A.name: np.zeros((4, 3), np.float32)}, "[4, 3]"),
        ({A.name: np.full(A.shape, np.inf, np.float32)}, "not finite"),
        ({"base_model.model.other.lora_A.weight": np.zeros(1, np.float32)}, "without a place"),
    ],
)
def test_should_refuse_tensors_that_do_not_fit(tmp_path: Path, tensors: dict[str, Any], said: str):
    with pytest.raises(RondoError) as failure:
        StartingAdapter(save(tmp_path / "adapter", tensors=tensors)).values(LAYOUT)

    assert failure.value.code == "adapter-unreadable"
    assert said in failure.value.message


def test_should_refuse_what_is_no_adapter(tmp_path: Path):
    with pytest.raises(RondoError) as failure:
        StartingAdapter(tmp_path)

    assert failure.value.code == "adapter-unreadable"


def test_should_publish_the_adapter_as_round_0(federation: Federation, tmp_path: Path):
    # given an adapter of the example's model
    lines = (BAGS / "bag_of_words.layout").read_text().splitlines()[1:]
    shapes = {name: tuple(map(int, shape.split("x"))) for name, _, shape in map(str.split, lines)}
    names = [name for name in shapes if "lora" in name]
    chosen = {name: np.random.default_rng(7).normal(size=shapes[name]).astype(np.float32) for name in names}
    rank = min(shapes[names[0]])
    adapter = save(tmp_path / "adapter", {"r": rank, "lora_alpha": 16, "target_modules": ["dense"]})
    save_file(chosen, adapter / "adapter_model.safetensors")
    (tmp_path / "job.yaml").write_text("name: from-adapter\nmodel: bag-of-words\nmethod: fedit\n")

    # when a job is submitted from it
    submitted = subprocess.run(
        [
            *(sys.executable, "-m", "rondo.submit", "job.yaml", "--adapter", str(adapter), "--json"),
            *("--plugin", f"{BAGS / 'bag_of_words.py'}:BagOfWords"),
        ],
        cwd=tmp_path,
        env={**os.environ, **federation.env},
        capture_output=True,
        text=True,
        check=False,
    )
    assert submitted.returncode == 0, submitted.stderr
    aggregator = federation.processes.start(
        "from-adapter-aggregator", str(LAUNCHER), "aggregator", "--job", "from-adapter", env=federation.env
    )
    job = rondo.open(federation.bootstrap_servers, federation.schema_registry).job("from-adapter")
    until(lambda: is_published(job), 120, "round 0 is published")
    published = job.adapter(0)
    federation.processes.end(aggregator)

    # then its round 0 is the adapter
    assert published.keys() == chosen.keys()
    assert all((published[name] == chosen[name]).all() for name in names)


def is_published(job: JobReader) -> bool:
    try:
        return bool(job.adapter(0))
    except RondoError:
        return False
