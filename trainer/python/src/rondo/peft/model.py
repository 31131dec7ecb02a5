"""A Hugging Face directory with an adapter of a job on it."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import logging
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from peft import LoraConfig, VeraConfig, get_peft_model
from peft.utils import ModulesToSaveWrapper
from safetensors import safe_open
from transformers import (
    AutoModelForCausalLM,
    AutoModelForSequenceClassification,
    AutoModelForTokenClassification,
    AutoTokenizer,
    BitsAndBytesConfig,
)
from transformers.modeling_layers import GradientCheckpointingLayer
from transformers.utils import logging as transformers_logging

from rondo.errors import RondoError
from rondo.generator import VERA_A, VERA_B, initial_value, vera_projection
from rondo.layout import TensorShape, role_of
from rondo.peft.head import names_of, outputs_of
from rondo.peft.tokenizer import digest_lines
from rondo.tensors import Floats, java_double

# a trainer's lines go where a user looks, a bar for each load does not
warnings.filterwarnings("ignore", category=FutureWarning, module="transformers")
warnings.filterwarnings("ignore", message="Specified to not save vera_A", module="peft")
transformers_logging.disable_progress_bar()
transformers_logging.set_verbosity_error()

_LOG = logging.getLogger("rondo.peft")
_PREFIX = "base_model.model."
_LEFT_OUT = ("_name_or_path", "architectures", "dtype", "torch_dtype", "transformers_version", "use_cache")
_HEADS = ("classifier", "score", "qa_outputs", "lm_head", "pooler", "pre_classifier", "classification_head")


def directory_of(name: str, models: Path) -> Path:
    """The directory of a job's model: a path, or a name in the directory of models."""
    for candidate in (Path(name), models / name):
        if candidate.is_dir():
            return candidate
    raise RondoError(
        "model-not-found",
        f"there is no directory '{name}', nor one in {models}",
        f"give the path of a directory that save_pretrained wrote, or put one of that name into {models}",
    )


def read_config(directory: Path) -> dict[str, Any]:
    try:
        found = json.loads((directory / "config.json").read_text("utf-8"))
    except (OSError, ValueError) as failure:
        raise RondoError(
            "model-unreadable",
            f"{directory / 'config.json'} cannot be read: {failure}",
            "save the model into its directory",
        ) from failure
    if not isinstance(found, dict) or "model_type" not in found:
        raise RondoError(
            "model-unsupported", f"{directory / 'config.json'} has no model_type", "save a model of transformers there"
        )
    return found


def is_causal(config: Mapping[str, Any]) -> bool:
    """Whether the directory holds a model that completes texts, by what it was saved as."""
    return any("CausalLM" in name or name.endswith("LMHeadModel") for name in config.get("architectures") or ())


def weight_files(directory: Path) -> list[Path]:
    files = sorted(directory.glob("*.safetensors"))
    if not files:
        raise RondoError(
            "model-unreadable", f"{directory} has no .safetensors file", "save the model by save_pretrained"
        )
    return files


def tensor_names(directory: Path) -> dict[str, Path]:
    names: dict[str, Path] = {}
    for file in weight_files(directory):
        with safe_open(file, "pt") as tensors:
            names |= dict.fromkeys(tensors.keys(), file)
    return names


def model_digest(directory: Path) -> str:
    """The digest of a base model as the wire contract defines it."""
    config = read_config(directory)
    family = config["model_type"] if config["model_type"] in ("bert", "roberta") else None
    total = hashlib.sha256(b"rondo-model-v1\n")
    total.update((_bert_config(config) if family else _plain_config(config)).encode() + b"\n")
    for line in digest_lines(directory, config["model_type"]):
        total.update(line.encode() + b"\n")
    files = tensor_names(directory)
    for shown, stored in _encoder_tensors(config, files) if family else ((name, name) for name in sorted(files)):
        total.update(shown.encode() + b"\n")
        with safe_open(files[stored], "pt") as tensors:
            total.update(np.ascontiguousarray(tensors.get_tensor(stored).float().numpy(), dtype="<f4").tobytes())
    return total.hexdigest()


def _plain_config(config: Mapping[str, Any]) -> str:
    kept = {key: value for key, value in config.items() if key not in _LEFT_OUT}
    return json.dumps(kept, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _bert_config(config: Mapping[str, Any]) -> str:
    epsilon = java_double(float(str(np.float32(config.get("layer_norm_eps", 1e-12)))))
    fields: dict[str, Any] = {"model_type": config["model_type"], "hidden_act": "gelu"}
    for key, default in (
        ("num_hidden_layers", 12),
        ("hidden_size", 768),
        ("num_attention_heads", 12),
        ("intermediate_size", 3072),
        ("vocab_size", 30522),
        ("max_position_embeddings", 512),
        ("type_vocab_size", 2),
    ):
        fields[key] = config.get(key, default)
    text = json.dumps(fields, separators=(",", ":"))[:-1]
    padding = config.get("pad_token_id")
    padding = (0 if config["model_type"] == "bert" else 1) if padding is None else padding
    return f'{text},"layer_norm_eps":{epsilon},"pad_token_id":{padding}}}'


def _encoder_tensors(config: Mapping[str, Any], files: Mapping[str, Path]) -> Iterator[tuple[str, str]]:
    """Names without the family's prefix, in the contract's order, and as they are stored."""
    prefix = f"{config['model_type']}."
    if prefix + "embeddings.word_embeddings.weight" not in files:
        prefix = ""
    modules = ["embeddings.LayerNorm"]
    for layer in range(config["num_hidden_layers"]):
        modules += [
            f"encoder.layer.{layer}.{module}"
            for module in (
                "attention.self.query",
                "attention.self.key",
                "attention.self.value",
                "attention.output.dense",
                "attention.output.LayerNorm",
                "intermediate.dense",
                "output.dense",
                "output.LayerNorm",
            )
        ]
    if config["model_type"] == "bert" and prefix + "pooler.dense.weight" in files:
        modules.append("pooler.dense")
    names = [f"embeddings.{kind}_embeddings.weight" for kind in ("word", "position", "token_type")]
    names += [f"{module}.{part}" for module in modules for part in ("weight", "bias")]
    return ((name, _stored(prefix + name, files)) for name in names)


def _stored(name: str, files: Mapping[str, Path]) -> str:
    """Layer norms of before 2020 have other names."""
    older = name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta")
    return older if older in files else name


def longest_input(config: Mapping[str, Any]) -> int | None:
    """How many tokens a model takes at most, where its configuration says it."""
    positions = config.get("max_position_embeddings")
    if positions is None:
        return None
    padding = config.get("pad_token_id")
    return (
        int(positions) - (1 if padding is None else padding) - 1
        if config["model_type"] == "roberta"
        else int(positions)
    )


def loading(kind: str, device: torch.device) -> dict[str, Any]:
    """How ``from_pretrained`` keeps the base model; a RondoError where this machine cannot."""
    if kind == "f32":
        return {"dtype": torch.float32}
    if kind == "bf16":
        return {"dtype": torch.bfloat16}
    if device.type != "cuda":
        raise RondoError(
            "bad-config",
            f"--base 4bit runs on a GPU alone, and --device is {device.type}",
            "use --device cuda, or --base f32 or bf16",
        )
    if importlib.util.find_spec("bitsandbytes") is None:
        raise RondoError(
            "command-not-installed",
            "--base 4bit needs bitsandbytes, which is not installed",
            "install it with: pip install 'rondo-trainer[peft,4bit]'",
        )
    quantized = BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=torch.bfloat16)
    return {"dtype": torch.bfloat16, "quantization_config": quantized, "device_map": {"": device}}


def _to_float32(_: torch.nn.Module, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    """A head in float32 takes what a base in bfloat16 computes."""
    return tuple(each.float() if isinstance(each, torch.Tensor) else each for each in inputs)


class AdaptedModel:
    """A frozen base model with the adapter of a job in float32, whose tensors have the names of the layout."""

    def __init__(self, spec: Mapping[str, Any], directory: Path, device: str, base_kind: str = "f32") -> None:
        self.config = read_config(directory)
        self.causal = is_causal(self.config)
        self._mismatched: set[str] = set()
        self.device = torch.device(device)
        self._loading = loading(base_kind, self.device)
        self._checkpointed: list[torch.nn.Module] = []
        longest = longest_input(self.config)
        if longest is not None and spec["maxLength"] > longest:
            raise RondoError(
                "bad-config",
                f"the longest input is {spec['maxLength']} tokens",
                f"set the job's max-length to the model's {longest} at most",
            )
        try:
            self.tokenizer = AutoTokenizer.from_pretrained(directory, use_fast=True)
            base, missing = self._base(spec, directory)
        except (OSError, ValueError, KeyError) as failure:
            raise RondoError(
                "model-unreadable",
                f"{directory} cannot be loaded: {failure}",
                "save model and tokenizer by save_pretrained",
            ) from failure
        self.reads_first_token = not self.causal and type(base).__name__.endswith("ForTokenClassification")
        try:
            self.model = get_peft_model(base, self._adapter(spec))
        except (ValueError, TypeError) as failure:
            raise RondoError(
                "model-unsupported",
                f"PEFT cannot adapt {spec['targetModules']} of {directory}: {failure}",
                "name modules of the model in the job's target-modules, or all-linear",
            ) from failure
        if base_kind != "4bit":
            # one of four bits is where it was loaded
            self.model.to(self.device)
        self._keep_trained_in_float32()
        self.parameters = self._parameters()
        self._require_all_frozen(directory, missing)
        self._initialise(spec, missing, directory)
        self.model.eval()

    def _base(self, spec: Mapping[str, Any], directory: Path) -> tuple[Any, set[str]]:
        """The model, and the names of parameters that the directory does not hold."""
        if self.causal:
            return AutoModelForCausalLM.from_pretrained(directory, **self._loading), set()
        kind = AutoModelForSequenceClassification
        if self.config["model_type"] == "bert" and not any("pooler" in name for name in tensor_names(directory)):
            kind = AutoModelForTokenClassification
        model, loaded = kind.from_pretrained(
            directory,
            num_labels=len(spec["labels"]),
            ignore_mismatched_sizes=True,
            output_loading_info=True,
            **self._loading,
        )
        if self.tokenizer.pad_token_id is not None and model.config.pad_token_id is None:
            model.config.pad_token_id = self.tokenizer.pad_token_id
        self._mismatched = {str(each[0]) for each in loaded["mismatched_keys"]}
        missing = set(loaded["missing_keys"]) | self._mismatched
        return model, missing

    def _keep_trained_in_float32(self) -> None:
        """Small steps of SGD vanish in bfloat16. VeRA's projections are specified in float32."""
        for module in self.model.modules():
            for parameter in module.parameters(recurse=False):
                if parameter.requires_grad:
                    parameter.data = parameter.data.float()
            if isinstance(module, ModulesToSaveWrapper):
                for saved in module.modules_to_save.values():
                    saved.float().register_forward_pre_hook(_to_float32)
        for name in ("vera_A", "vera_B"):
            projections = getattr(self.model.base_model, name, None)
            if projections is not None:
                projections["default"] = projections["default"].float()

    def enable_checkpointing(self) -> None:
        """Activations of a layer are computed again for the gradient."""
        self.model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
        self._checkpointed = [each for each in self.model.modules() if isinstance(each, GradientCheckpointingLayer)]
        if not self._checkpointed:
            raise RondoError(
                "model-unsupported",
                f"--checkpointing: transformers has no checkpoints in a model of type {self.config['model_type']}",
                "leave out --checkpointing, and set the job's micro-batch-size lower",
            )

    def _adapter(self, spec: Mapping[str, Any]) -> Any:
        targets = list(spec["targetModules"])
        common = {
            "task_type": "CAUSAL_LM" if self.causal else "TOKEN_CLS" if self.reads_first_token else "SEQ_CLS",
            "r": spec["rank"],
            "target_modules": "all-linear" if targets == ["all-linear"] else targets,
            "layers_to_transform": list(spec["layersToTransform"]) or None,
        }
        if spec["adapter"] == "vera":
            return VeraConfig(**common, vera_dropout=spec["dropout"], d_initial=0.1, save_projection=False)
        return LoraConfig(
            **common,
            lora_alpha=spec["alpha"],
            lora_dropout=spec["dropout"],
            use_rslora=spec["adapter"] == "rslora",
            # the head and what lies before it are no part of the adapted layers
            exclude_modules=None if self.causal else [*_HEADS, *(f"{head}.dense" for head in _HEADS)],
        )

    def _parameters(self) -> dict[str, torch.nn.Parameter]:
        """The trained tensors in the order of the layout: module by module A before B, the head last."""
        trained = {
            name.replace(".default", "").replace(".modules_to_save", ""): parameter
            for name, parameter in self.model.named_parameters()
            if parameter.requires_grad
        }
        order = {name: number for number, name in enumerate(module for module, _ in self.model.named_modules())}

        def place(name: str) -> tuple[int, int, int]:
            role = role_of(name)
            if role == "head":
                return 1, list(trained).index(name), 0
            module = name
            for mark in (".lora_", ".vera_lambda_"):
                module = module.split(mark)[0]
            return 0, order[module], 0 if role in ("lora-a", "vera-lambda-d") else 1

        return {name: trained[name] for name in sorted(trained, key=place)}

    def _require_all_frozen(self, directory: Path, missing: set[str]) -> None:
        """What is neither in the directory nor trained would be another at each site."""
        trained = {name.removeprefix(_PREFIX) for name in self.parameters}
        lost = sorted(missing - trained)
        if lost:
            raise RondoError(
                "model-unreadable",
                f"{directory} has no {lost[0]}" + (f" and {len(lost) - 1} more" if lost[1:] else ""),
                "save the whole model by save_pretrained",
            )

    def _initialise(self, spec: Mapping[str, Any], missing: set[str], directory: Path) -> None:
        """What the wire contract says all start from, but for a head of the job's classes that the directory holds."""
        head = [name for name in self.parameters if role_of(name) == "head"]
        stored = bool(head) and not any(name.removeprefix(_PREFIX) in missing for name in head)
        names = names_of(self.config)
        outputs = outputs_of(names, spec["labels"]) if stored else None
        if stored and outputs is None:
            self._tell_replaced(directory, f"tells {names} apart", spec)
        elif head and not stored and self._mismatched:
            self._tell_replaced(directory, "has another number of outputs", spec)
        for name, parameter in self.parameters.items():
            shape = TensorShape(name, role_of(name), tuple(parameter.shape))
            if shape.role != "head" or outputs is None:
                self.load({name: initial_value(spec["seed"], shape)})
        if outputs is not None:
            # as it is stored: a base in bfloat16 has rounded it
            files = tensor_names(directory)
            for name in head:
                stored_name = name.removeprefix(_PREFIX)
                with safe_open(files[stored_name], "pt") as tensors:
                    self.load({name: tensors.get_tensor(stored_name).float().numpy()})
            # the last layer's rows are the outputs: its weight and its bias
            self.load({name: self.values()[name][outputs] for name in head[-2:]})
        if spec["adapter"] == "vera":
            for name, projections in (
                (VERA_A, self.model.base_model.vera_A),
                (VERA_B, self.model.base_model.vera_B),
            ):
                frozen = projections["default"]
                frozen.copy_(torch.from_numpy(vera_projection(spec["seed"], name, tuple(frozen.shape))))

    @staticmethod
    def _tell_replaced(directory: Path, what: str, spec: Mapping[str, Any]) -> None:
        _LOG.warning(
            "the head in %s %s, and the job has %d labels %s: it is replaced by a new one",
            *(directory, what, len(spec["labels"]), list(spec["labels"])),
        )

    def load(self, values: Mapping[str, Floats]) -> None:
        with torch.no_grad():
            for name, value in values.items():
                self.parameters[name].copy_(torch.from_numpy(np.ascontiguousarray(value)))

    def values(self) -> dict[str, Floats]:
        return {name: each.detach().cpu().numpy().copy() for name, each in self.parameters.items()}

    def set_training(self, on: bool) -> None:
        """Dropout at the input of the adapters; none inside the frozen model. Checkpoints are of training alone."""
        for layer in self._checkpointed:
            # not its parts, which would drop out
            layer.training = on
        for name, module in self.model.named_modules():
            if "lora_dropout" in name or "vera_dropout" in name:
                module.train(on)
