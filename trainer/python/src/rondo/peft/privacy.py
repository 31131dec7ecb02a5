"""Differentially private steps by Opacus: each example's gradient is clipped, and noise is added to their sum."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from typing import Any

import torch

from rondo.errors import RondoError
from rondo.peft.model import AdaptedModel
from rondo.plugin import Privacy

_MISSING = "DP-SGD needs opacus, which is not installed"


class PrivateSteps:
    """The private steps of one round. Every step draws each example with the same chance, so batches differ in size.

    Draws and noise come from the system, never from the job's seed: who knows them can take the noise away. So private
    training does not repeat itself.
    """

    def __init__(self, privacy: Privacy, model: AdaptedModel, batch_size: int, examples: int) -> None:
        try:
            from opacus.grad_sample import GradSampleModule
        except ModuleNotFoundError as missing:
            raise RondoError(
                "command-not-installed", _MISSING, "install it with: pip install 'rondo-trainer[peft,dp]'"
            ) from missing
        if batch_size > examples:
            raise RondoError(
                "too-few-examples",
                f"DP-SGD draws {batch_size} of {examples} examples in a step",
                "set the job's batch-size lower, or give the site more examples",
            )
        self._privacy, self._batch_size, self._examples = privacy, batch_size, examples
        self._generator = torch.Generator(model.device).manual_seed(secrets.randbits(63))
        self._trained = [each for each in model.parameters.values() if each.requires_grad]
        # hooks take gradients of single examples in modules that train; none of these drops out
        self._modules = [
            each for each in model.model.modules() if any(p.requires_grad for p in each.parameters(recurse=False))
        ]
        self._hooked = GradSampleModule(model.model, loss_reduction="sum")

    def __enter__(self) -> PrivateSteps:
        for module in self._modules:
            module.training = True
        return self

    def __exit__(self, *_: object) -> None:
        for module in self._modules:
            module.training = False
        self._hooked.to_standard_module()
        for parameter in self._trained:
            parameter.grad_sample = None

    def optimizer(self, plain: torch.optim.Optimizer) -> Any:
        from opacus.optimizers import DPOptimizer

        return DPOptimizer(
            plain,
            noise_multiplier=self._privacy.noise,
            max_grad_norm=self._privacy.clip,
            expected_batch_size=self._batch_size,
            generator=self._generator,
        )

    def draw(self) -> list[int]:
        chosen = torch.rand(self._examples, generator=self._generator, device=self._generator.device)
        drawn: list[int] = torch.nonzero(chosen < self._batch_size / self._examples).flatten().tolist()
        return drawn

    def step(
        self,
        optimizer: Any,
        parts: Sequence[Sequence[Any]],
        losses: Callable[[Sequence[Any]], torch.Tensor],
        max_grad_norm: float,
    ) -> None:
        """A step on micro-batches of one draw. ``losses`` gives one loss for each example."""
        optimizer.zero_grad(set_to_none=True)
        for number, part in enumerate(parts):
            if part:
                losses(part).sum().backward()
                self._require_gradients()
            else:
                for parameter in self._trained:
                    parameter.grad_sample = parameter.new_zeros((0, *parameter.shape))
            last = number == len(parts) - 1
            optimizer.signal_skip_step(do_skip=not last)
            if optimizer.pre_step():
                if max_grad_norm > 0:
                    torch.nn.utils.clip_grad_norm_(self._trained, max_grad_norm)
                optimizer.original_optimizer.step()
            if not last:
                optimizer.zero_grad(set_to_none=True)

    def _require_gradients(self) -> None:
        """VeRA's vectors belong to no module that Opacus knows."""
        if any(getattr(each, "grad_sample", None) is None for each in self._trained):
            raise RondoError(
                "model-unsupported",
                "Opacus has no gradients of single examples for this adapter",
                "use adapter: lora or rslora, or train without --dp-noise",
            )


def epsilon(privacy: Privacy, batch_size: int, examples: int, steps: int) -> float:
    """The ε that so many steps have spent at most, by Rényi differential privacy."""
    try:
        from opacus.accountants import RDPAccountant
    except ModuleNotFoundError as missing:
        raise RondoError(
            "command-not-installed", _MISSING, "install it with: pip install 'rondo-trainer[peft,dp]'"
        ) from missing
    accountant = RDPAccountant()
    accountant.history = [(privacy.noise, batch_size / examples, steps)]
    return float(accountant.get_epsilon(privacy.delta))
