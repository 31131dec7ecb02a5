"""Trains adapters of sequence classifiers and causal language models by PEFT."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import torch

from rondo import console
from rondo.errors import RondoError
from rondo.job import Job
from rondo.peft.columns import DEV_SETS
from rondo.peft.data import Completion, Example, final_answer, read_completions, read_examples
from rondo.peft.head import names_of, outputs_of
from rondo.peft.labels import classes_of, one_sided
from rondo.peft.model import AdaptedModel, directory_of, model_digest
from rondo.peft.order import training_order
from rondo.peft.privacy import PrivateSteps, epsilon
from rondo.plugin import AUTOMATIC, ColumnChoice, LocalTrainer, Privacy, Report, Site
from rondo.tensors import Floats, sha256

_LOG = logging.getLogger("rondo.peft")
_BUILT_IN = ("all-MiniLM-L6-v2",)
_IGNORED = -100
_EVALUATION_BATCH = 16
_LONGEST_ANSWER = 256


@contextmanager
def gpu_memory(spec: Mapping[str, Any]) -> Iterator[None]:
    """Says what to do when a GPU is too small for a job."""
    try:
        yield
    except torch.cuda.OutOfMemoryError as full:
        raise RondoError(
            "not-enough-memory",
            f"the GPU has not enough memory for a batch of {spec['batchSize']} examples: {full}",
            "set the job's micro-batch-size or max-length lower, or use --base bf16, --checkpointing or --device cpu",
        ) from full


class PeftTrainer(LocalTrainer):
    """One site's trainer for a Hugging Face directory."""

    name: ClassVar[str] = "peft"

    def __init__(self, job: Job, site: Site) -> None:
        self._spec, self._site = job.spec, site
        torch.set_num_threads(site.threads)
        if site.device != "cpu" and not torch.cuda.is_available():
            raise RondoError("bad-config", f"--device {site.device}: PyTorch finds no GPU", "use --device cpu")
        if site.privacy:
            # what is missing is told before anything is trained
            epsilon(site.privacy, 1, 2, 1)
        self._directory = site.model_directory or directory_of(job.spec["model"], site.models)
        if not self._directory.is_dir():
            raise RondoError(
                "model-not-found",
                f"there is no directory '{self._directory}'",
                "give --model-dir a directory that save_pretrained wrote",
            )
        with gpu_memory(job.spec):
            self._model = AdaptedModel(job.spec, self._directory, site.device, site.base)
        if site.checkpointing:
            self._model.enable_checkpointing()
        self._task: Any = (
            Generation(job.spec, self._model)
            if self._model.causal
            else Classification(job.spec, self._model, site.columns, self._labels())
        )
        self._train = self._task.read(site.train) if site.train else None
        self._tests = {
            split: self._task.read(file) for split, file in (("test", site.test), ("pooled", site.pooled_test)) if file
        }
        if site.train and site.test and not self._model.causal:
            sides: Any = [(site.train, self._train), (site.test, self._tests["test"])]
            for note in one_sided(*sides):
                _LOG.warning("%s", note)

    def _labels(self) -> list[str]:
        """Numbers as labels are those of the model's outputs: a site may not name them in another order."""
        labels = self._site.labels(self._spec)
        names = names_of(self._model.config)
        order = outputs_of(names, labels)
        if labels != self._spec["labels"] and order not in (None, list(range(len(labels)))):
            raise RondoError(
                "bad-config",
                f"the labels are [{', '.join(labels)}], and the outputs of the model '{self._directory}' are"
                f" [{', '.join(names)}]",
                "give --label-texts in the order of the model's outputs",
            )
        return labels

    def parameters(self) -> Mapping[str, Floats]:
        return self._model.values()

    def load(self, values: Mapping[str, Floats]) -> None:
        self._model.load(values)

    def model_digest(self) -> str:
        built_in = self._spec["model"] in _BUILT_IN and self._site.model_directory is None
        return "" if built_in else model_digest(self._directory)

    def train(self, round_number: int, frozen: frozenset[str]) -> Report:
        steps = self._spec["localSteps"]
        if self._site.privacy:
            used = self._private_steps(self._site.privacy, round_number, steps, frozen)
            # what was trained on shows in no metric but ε
            return Report(max(1, used), self._spent(self._site.privacy, round_number))
        loss, used = self._steps(round_number, round_number, steps, frozen)
        return Report(used, {"loss": loss})

    def warm_up(self, round_number: int, frozen: frozenset[str]) -> None:
        if self._site.privacy:
            self._private_steps(self._site.privacy, round_number, self._spec["localWarmUpSteps"], frozen)
            return
        # the negative number keeps its examples apart from those of the round
        self._steps(-round_number, round_number, self._spec["localWarmUpSteps"], frozen)

    def evaluate(self) -> Mapping[str, float]:
        metrics: dict[str, float] = {}
        with gpu_memory(self._spec):
            for split, examples in self._tests.items():
                metrics |= {f"{split}/{name}": value for name, value in self._task.measure(examples).items()}
        return metrics

    def _private_steps(self, privacy: Privacy, round_number: int, steps: int, frozen: frozenset[str]) -> int:
        """Private steps of a fresh optimizer; how many different examples were used."""
        spec, examples, trained = self._spec, self._examples(), self._unfrozen(frozen)
        used: set[int] = set()
        with gpu_memory(spec), PrivateSteps(privacy, self._model, spec["batchSize"], len(examples)) as private:
            optimizer = private.optimizer(self._optimizer(trained))
            for step in range(steps):
                drawn = private.draw()
                used |= set(drawn)
                size = spec["microBatchSize"] or max(1, len(drawn))
                parts = [[examples[i] for i in drawn[at : at + size]] for at in range(0, max(1, len(drawn)), size)]
                for group in optimizer.param_groups:
                    group["lr"] = self._learning_rate((round_number - 1) * spec["localSteps"] + step)
                private.step(optimizer, parts, self._task.losses, spec["maxGradNorm"])
                console.passing(f"[round {round_number}] private step {step + 1}/{steps}")
        console.passing("")
        return len(used)

    def _spent(self, privacy: Privacy, round_number: int) -> dict[str, float]:
        """The ε after a round. The trainer cannot have taken more steps than these, in whatever rounds it was."""
        most = round_number * self._spec["localSteps"] + self._spec["localWarmUpSteps"]
        spent = epsilon(privacy, self._spec["batchSize"], len(self._examples()), most)
        return {"dp/epsilon": spent, "dp/delta": privacy.delta}

    def _examples(self) -> list[Any]:
        if self._train is None:
            raise RondoError("data-not-found", "this site has no training examples", "give --train FILE")
        return list(self._train)

    def _unfrozen(self, frozen: frozenset[str]) -> list[torch.nn.Parameter]:
        for name, parameter in self._model.parameters.items():
            parameter.requires_grad_(name not in frozen)
        return [each for name, each in self._model.parameters.items() if name not in frozen]

    def _steps(self, drawn: int, round_number: int, steps: int, frozen: frozenset[str]) -> tuple[float, int]:
        """Steps of a fresh optimizer; the mean loss, and how many different examples were used."""
        spec, examples = self._spec, self._examples()
        order = training_order(spec["seed"], self._site.trainer, drawn, len(examples), steps * spec["batchSize"])
        trained = self._unfrozen(frozen)
        optimizer = self._optimizer(trained)
        seed = sha256(f"rondo-dropout-v1\n{spec['seed']}\n{self._site.trainer}\n{drawn}".encode())
        torch.manual_seed(int.from_bytes(seed[:8], "big") >> 1)
        self._model.set_training(True)
        total = 0.0
        try:
            with gpu_memory(spec):
                for step in range(steps):
                    batch = [examples[i] for i in order[step * spec["batchSize"] : (step + 1) * spec["batchSize"]]]
                    for group in optimizer.param_groups:
                        group["lr"] = self._learning_rate((round_number - 1) * spec["localSteps"] + step)
                    total += self._step(optimizer, trained, batch)
                    console.passing(f"[round {round_number}] step {step + 1}/{steps} · loss {total / (step + 1):.4f}")
        finally:
            self._model.set_training(False)
            console.passing("")
        return total / steps, len(set(order))

    def _step(self, optimizer: torch.optim.Optimizer, trained: list[torch.nn.Parameter], batch: Sequence[Any]) -> float:
        """One step; micro-batches add up to the gradient of the whole batch."""
        optimizer.zero_grad(set_to_none=True)
        size = self._spec["microBatchSize"] or len(batch)
        parts = [batch[start : start + size] for start in range(0, len(batch), size)]
        weights = [self._task.weight(part) for part in parts]
        total = 0.0
        for part, weight in zip(parts, weights, strict=True):
            loss = self._task.loss(part) * (weight / sum(weights))
            loss.backward()
            total += float(loss.detach())
        if self._spec["maxGradNorm"] > 0:
            torch.nn.utils.clip_grad_norm_(trained, self._spec["maxGradNorm"])
        optimizer.step()
        return total

    def _optimizer(self, trained: list[torch.nn.Parameter]) -> torch.optim.Optimizer:
        rate, decay = self._spec["learningRate"], self._spec["weightDecay"]
        if self._spec["optimizer"] == "adamw":
            return torch.optim.AdamW(trained, lr=rate, betas=(0.9, 0.999), eps=1e-8, weight_decay=decay)
        return torch.optim.SGD(trained, lr=rate, weight_decay=decay)

    def _learning_rate(self, step: int) -> float:
        rate, warm_up = float(self._spec["learningRate"]), int(self._spec["warmUpSteps"])
        if step < warm_up:
            return rate * step / warm_up
        if self._spec["learningRateSchedule"] == "constant":
            return rate
        steps = int(self._spec["rounds"]) * int(self._spec["localSteps"])
        return rate * max(0, steps - step) / max(1, steps - warm_up)


class Classification:
    """Which class a text has."""

    def __init__(
        self,
        spec: Mapping[str, Any],
        model: AdaptedModel,
        columns: ColumnChoice = AUTOMATIC,
        labels: Sequence[str] = (),
    ) -> None:
        self._spec, self._model, self._columns = spec, model, columns
        self._labels = {label: number for number, label in enumerate(labels or spec["labels"])}

    def read(self, file: Path) -> list[Example]:
        examples = read_examples(file, self._columns, lambda note: _LOG.warning("%s", note))
        if not examples:
            raise RondoError("too-few-examples", f"{file} has no example", "give each site some text to learn from")
        classes_of(file, examples, list(self._labels))
        return examples

    def weight(self, batch: Sequence[Example]) -> float:
        return float(len(batch))

    def loss(self, batch: Sequence[Example]) -> torch.Tensor:
        return self.losses(batch).mean()

    def losses(self, batch: Sequence[Example]) -> torch.Tensor:
        """One loss for each example."""
        return torch.nn.functional.cross_entropy(self._logits(batch), self._classes(batch), reduction="none")

    def measure(self, examples: Sequence[Example]) -> dict[str, float]:
        loss, hits = 0.0, []
        with torch.no_grad():
            for start in range(0, len(examples), _EVALUATION_BATCH):
                batch = examples[start : start + _EVALUATION_BATCH]
                logits, classes = self._logits(batch), self._classes(batch)
                loss += float(torch.nn.functional.cross_entropy(logits, classes, reduction="sum"))
                hits += (logits.argmax(1) == classes).tolist()
        metrics = {"loss": loss / len(examples), "accuracy": sum(hits) / len(examples)}
        for name in DEV_SETS:
            own = [hit for hit, each in zip(hits, examples, strict=True) if each.dev_set == name]
            if own:
                metrics[f"accuracy-{name}"] = sum(own) / len(own)
        return metrics

    def _classes(self, batch: Sequence[Example]) -> torch.Tensor:
        return torch.tensor([self._labels[each.label] for each in batch], device=self._model.device)

    def _logits(self, batch: Sequence[Example]) -> torch.Tensor:
        tokenizer = self._model.tokenizer
        if tokenizer.pad_token_id is None:
            tokenizer.pad_token = tokenizer.eos_token
        # one by one: a batch may have texts beside pairs
        rows = [tokenizer(each.text, each.pair, truncation=True, max_length=self._spec["maxLength"]) for each in batch]
        tokens = tokenizer.pad(rows, padding="longest", return_tensors="pt").to(self._model.device)
        logits: torch.Tensor = self._model.model(**tokens).logits
        return logits[:, 0] if self._model.reads_first_token else logits


class Generation:
    """What follows a prompt. The loss is on the completion alone."""

    def __init__(self, spec: Mapping[str, Any], model: AdaptedModel) -> None:
        self._spec, self._model = spec, model
        if model.tokenizer.pad_token_id is None:
            model.tokenizer.pad_token = model.tokenizer.eos_token

    def read(self, file: Path) -> list[Completion]:
        """The examples whose completion fits; those that do not, and answers without ``####``, are counted and told."""
        found = read_completions(file)
        fitting = [each for each in found if len(self._tokens(each)[1]) < self._spec["maxLength"]]
        if len(fitting) < len(found):
            _LOG.warning(
                "%s: %d of %d completions have %d tokens or more and are left out; set the job's max-length higher",
                *(file, len(found) - len(fitting), len(found), self._spec["maxLength"]),
            )
        if not fitting:
            raise RondoError(
                "too-few-examples",
                f"{file} has {len(found)} examples, and no completion of fewer than {self._spec['maxLength']} tokens",
                "set the job's max-length higher, or give each site some text to learn from",
            )
        without = sum(each.answer is None for each in fitting)
        if without:
            _LOG.warning("%s: %d of %d answers have no ####, and no part in exact match", file, without, len(fitting))
        return fitting

    def weight(self, batch: Sequence[Completion]) -> float:
        return float(sum(len(self._tokens(each)[1]) for each in batch))

    def loss(self, batch: Sequence[Completion], reduction: str = "mean") -> torch.Tensor:
        logits, targets = self._logits(batch)
        return torch.nn.functional.cross_entropy(
            logits.reshape(-1, logits.shape[-1]), targets.reshape(-1), ignore_index=_IGNORED, reduction=reduction
        )

    def losses(self, batch: Sequence[Completion]) -> torch.Tensor:
        """One loss for each example, the mean over its completion."""
        logits, targets = self._logits(batch)
        each = torch.nn.functional.cross_entropy(
            logits.transpose(1, 2), targets, ignore_index=_IGNORED, reduction="none"
        )
        return each.sum(1) / (targets != _IGNORED).sum(1)

    def _logits(self, batch: Sequence[Completion]) -> tuple[torch.Tensor, torch.Tensor]:
        """Scores of each next token, and the token that follows, where that is one of the completion."""
        rows = [self._row(each) for each in batch]
        length = max(len(ids) for ids, _ in rows)
        pad = self._model.tokenizer.pad_token_id
        ids = torch.tensor([row + [pad] * (length - len(row)) for row, _ in rows], device=self._model.device)
        mask = torch.tensor([[1] * len(row) + [0] * (length - len(row)) for row, _ in rows], device=self._model.device)
        targets = torch.full_like(ids, _IGNORED)
        for number, (row, start) in enumerate(rows):
            targets[number, start : len(row)] = ids[number, start : len(row)]
        logits = self._model.model(input_ids=ids, attention_mask=mask).logits.float()
        return logits[:, :-1], targets[:, 1:]

    def measure(self, examples: Sequence[Completion]) -> dict[str, float]:
        loss, tokens, hits, asked = 0.0, 0.0, 0, 0
        with torch.no_grad():
            for start in range(0, len(examples), _EVALUATION_BATCH):
                batch = examples[start : start + _EVALUATION_BATCH]
                loss += float(self.loss(batch, "sum"))
                tokens += self.weight(batch)
                answered = [each for each in batch if each.answer is not None]
                asked += len(answered)
                hits += sum(
                    final_answer(text) == each.answer
                    for each, text in zip(answered, self.complete(answered), strict=True)
                )
        mean = loss / tokens
        metrics = {"loss": mean, "perplexity": math.exp(min(mean, 700.0))}
        return metrics | ({"exact-match": hits / asked} if asked else {})

    def complete(self, batch: Sequence[Completion]) -> list[str]:
        """What the model says after each prompt, without chance and of bounded length."""
        if not batch:
            return []
        tokenizer = self._model.tokenizer
        parts = [self._tokens(each) for each in batch]
        room = min(_LONGEST_ANSWER, max(len(completion) for _, completion in parts) + 8)
        prompts = [prompt[-(self._spec["maxLength"]) :] for prompt, _ in parts]
        length = max(map(len, prompts))
        pad = tokenizer.pad_token_id
        ids = torch.tensor([[pad] * (length - len(each)) + each for each in prompts], device=self._model.device)
        mask = torch.tensor(
            [[0] * (length - len(each)) + [1] * len(each) for each in prompts], device=self._model.device
        )
        said = self._model.model.generate(
            input_ids=ids, attention_mask=mask, max_new_tokens=room, do_sample=False, num_beams=1, pad_token_id=pad
        )
        texts: list[str] = tokenizer.batch_decode(said[:, length:], skip_special_tokens=True)
        return texts

    def _tokens(self, example: Completion) -> tuple[list[int], list[int]]:
        """The tokens of the prompt, and those of the completion with the end of the text."""
        tokenizer = self._model.tokenizer
        if example.messages:
            prompt = tokenizer.apply_chat_template(
                list(example.messages[:-1]), tokenize=False, add_generation_prompt=True
            )
        else:
            prompt = example.prompt
        special = not example.messages
        before: list[int] = tokenizer(prompt, add_special_tokens=special)["input_ids"]
        if special and before and before[-1] == tokenizer.eos_token_id:
            before = before[:-1]
        after: list[int] = tokenizer(example.completion, add_special_tokens=False)["input_ids"]
        end = [] if tokenizer.eos_token_id is None else [tokenizer.eos_token_id]
        return before, after + end

    def _row(self, example: Completion) -> tuple[list[int], int]:
        """Prompt, cut at its start, and completion within the longest input, and where the completion begins."""
        before, after = self._tokens(example)
        room = max(1, self._spec["maxLength"] - len(after))
        before = before[-room:]
        return before + after, len(before)
