"""A PEFT adapter from which a job starts: the settings that it implies, and the values of its tensors."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import safetensors

from rondo.errors import RondoError
from rondo.layout import Layout
from rondo.tensors import Floats, decode

CONFIG, WEIGHTS = "adapter_config.json", "adapter_model.safetensors"
_READ: Final = {
    *("peft_type", "r", "lora_alpha", "use_rslora", "target_modules", "layers_to_transform", "modules_to_save"),
    *("task_type", "base_model_name_or_path"),
}
# of how values began and how they were trained; what is not here may change what the tensors compute
_NEUTRAL: Final = {
    *("peft_version", "auto_mapping", "revision", "inference_mode", "exclude_modules", "lora_dropout"),
    *("runtime_config", "ensure_weight_tying", "loftq_config", "eva_config", "corda_config", "lora_ga_config"),
    *("megatron_core", "qalora_group_size"),
}
_NEUTRAL_VALUES: Final = {
    "bias": ("none",),
    "layers_pattern": ("layers", ["layers"], "layer", ["layer"], ""),
    "init_lora_weights": (True, "gaussian", "eva", "orthogonal"),
}
_ELEMENTS: Final = {"F32": "<f4", "F16": "<f2", "F64": "<f8"}
# the library declares no types of it
_deserialize: Any = safetensors.deserialize


class StartingAdapter:
    """LoRA or rsLoRA that PEFT's ``save_pretrained`` wrote."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._config = self._read_config()

    def settings(self) -> dict[str, Any]:
        """Keys of a job file."""
        layers = self._config.get("layers_to_transform")
        return {
            "adapter": "rslora" if self._config.get("use_rslora") else "lora",
            "rank": self._config["r"],
            "alpha": self._config["lora_alpha"],
            "target-modules": self._config["target_modules"],
            "layers-to-transform": [layers] if isinstance(layers, int) else layers or [],
        }

    def values(self, layout: Layout) -> dict[str, Floats]:
        """The tensors of a layout by their names. The head may be missing; every other tensor must be there."""
        file = self._directory / WEIGHTS
        try:
            stored = dict(_deserialize(file.read_bytes()))
        except (OSError, safetensors.SafetensorError) as failure:
            raise self._unreadable(f"{file} cannot be read: {failure}") from failure
        found = {}
        for tensor in layout.tensors:
            if tensor.name not in stored and tensor.role == "head":
                continue
            if tensor.name not in stored:
                raise self._unreadable(f"{file} has no {tensor.name}, which the job's layout has")
            own = stored.pop(tensor.name)
            if tuple(own["shape"]) != tensor.shape:
                raise self._unreadable(
                    f"{tensor.name} in {file} has the shape {list(own['shape'])}, the job's is {list(tensor.shape)}"
                )
            found[tensor.name] = self._floats(tensor.name, own)
        if stored:
            raise self._unreadable(f"{file} has {min(stored)}, without a place in the job's layout")
        return found

    def _floats(self, name: str, stored: Mapping[str, Any]) -> Floats:
        dtype, data = stored["dtype"], bytes(stored["data"])
        if dtype == "BF16":
            values = decode("BF16", data, len(data) // 2)
        elif dtype in _ELEMENTS:
            values = np.frombuffer(data, dtype=_ELEMENTS[dtype]).astype(np.float32)
        else:
            raise self._unreadable(f"{name} has elements of {dtype}")
        if not np.isfinite(values).all():
            raise self._unreadable(f"{name} has values that are not finite in float32")
        return values.reshape(stored["shape"])

    def _read_config(self) -> dict[str, Any]:
        file = self._directory / CONFIG
        try:
            config = json.loads(file.read_text("utf-8"))
        except (OSError, ValueError) as failure:
            raise self._unreadable(f"{file} cannot be read: {failure}") from failure
        if not isinstance(config, dict) or config.get("peft_type") != "LORA":
            kind = config.get("peft_type") if isinstance(config, dict) else config
            raise self._unreadable(f"{file}: 'peft_type' is {kind!r}, not 'LORA'")
        for key, value in config.items():
            is_off = value is None or value is False or value in ([], {})
            if not is_off and key not in _READ | _NEUTRAL and value not in _NEUTRAL_VALUES.get(key, ()):
                raise self._unreadable(f"{file}: '{key}' is {value!r}, which changes what the adapter computes")
        modules = config.get("target_modules")
        if not isinstance(modules, list) or not modules or not all(isinstance(each, str) for each in modules):
            raise self._unreadable(f"{file}: 'target_modules' is {modules!r}, not a list of modules")
        for key in ("r", "lora_alpha"):
            if isinstance(config.get(key), bool) or not isinstance(config.get(key), (int, float)):
                raise self._unreadable(f"{file}: '{key}' is {config.get(key)!r}, not a number")
        return {**config, "target_modules": sorted(modules)}

    def _unreadable(self, what: str) -> RondoError:
        return RondoError(
            "adapter-unreadable",
            what,
            "give a directory that PEFT's save_pretrained wrote of LoRA on the job's model, with the job's"
            " rank, alpha and target-modules",
        )
