"""The step of ``rondo bench trainer --against-peft`` by PyTorch and PEFT: its time, and its gradient beside Java's."""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import sys
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import peft
import torch
from safetensors.torch import load_file
from transformers import AutoModelForTokenClassification
from transformers.utils import logging

warnings.filterwarnings("ignore", category=FutureWarning, module="transformers")

_WARM_UP = 3


def measure(directory: Path, threads: int, steps: int) -> dict[str, Any]:
    """Compares with the gradient in the directory, then takes steps of SGD; times are medians in milliseconds."""
    torch.set_num_threads(threads)
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    step = load_file(directory / "step.safetensors")
    ids, labels = step["ids"].long(), step["labels"].long()
    lora = peft.LoraConfig(task_type="TOKEN_CLS", r=8, lora_alpha=16, target_modules=["query", "value"])
    # the reference trainer's head reads the first token's state
    model: Any = peft.get_peft_model(
        AutoModelForTokenClassification.from_pretrained(directory, num_labels=2).float(), lora
    ).eval()
    trained = {
        name.replace(".default", "").replace(".modules_to_save", ""): parameter
        for name, parameter in model.named_parameters()
        if parameter.requires_grad
    }

    def gradient() -> None:
        model.zero_grad(set_to_none=True)
        logits = model(input_ids=ids, attention_mask=torch.ones_like(ids)).logits[:, 0]
        torch.nn.functional.cross_entropy(logits, labels).backward()

    with torch.no_grad():
        for name, parameter in trained.items():
            parameter.copy_(step[f"value:{name}"])
    gradient()
    apart = _norm([parameter.grad - step[f"gradient:{name}"] for name, parameter in trained.items()])
    difference = apart / _norm([parameter.grad for parameter in trained.values()])
    optimizer = torch.optim.SGD(list(trained.values()), lr=0.01)
    times = []
    for _ in range(_WARM_UP + steps):
        start = time.perf_counter()
        gradient()
        optimizer.step()
        times.append((time.perf_counter() - start) * 1e3)
    return {
        "stepMs": statistics.median(times[_WARM_UP:]),
        "gradRelDifference": difference,
        "peakMb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6,
        "torch": torch.__version__,
        "peft": peft.__version__,
    }


def _norm(tensors: Sequence[Any]) -> float:
    return float(torch.cat([each.double().reshape(-1) for each in tensors]).norm())


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m rondo.peft.bench", description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--steps", type=int, required=True)
    options = parser.parse_args(arguments)
    print(json.dumps(measure(options.directory, options.threads, options.steps)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
