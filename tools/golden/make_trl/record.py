"""How numbers are written: float32 to nine digits, and of a model's tensors a few places each."""

import json
import math

import torch
from transformers import PrinterCallback


def plain(value):
    """What JSON can hold; numbers that are not finite become null."""
    if isinstance(value, torch.Tensor):
        value = value.detach().tolist()
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if isinstance(value, float):
        return float(f"{value:.9g}") if math.isfinite(value) else None
    return value


def write(path, content):
    """One entry of a list a line, so that a change shows which case it changes."""
    lines = []
    for name, value in content.items():
        if isinstance(value, list):
            entries = ",\n  ".join(json.dumps(plain(each)) for each in value)
            lines.append(f"{json.dumps(name)}: [\n  {entries}\n]")
        else:
            lines.append(f"{json.dumps(name)}: {json.dumps(plain(value))}")
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n")


class Updates:
    """Looks on while a trainer runs: each update's gradients before clipping, and the weights after it.

    Of each tensor it keeps the gradient's norm, and the places where the first gradient is largest, where what a weight does is known best,
    with some places spread over the rest.
    """

    largest, spread = 3, 2

    def __init__(self, trainer):
        self.places = None
        self.steps = []
        self.trainer = trainer
        trainer.remove_callback(PrinterCallback)
        training_step, log = trainer.training_step, trainer.log

        def watched_step(model, *args, **kwargs):
            loss = training_step(model, *args, **kwargs)
            self._see_gradients(model, loss)
            return loss

        def watched_log(logs, *args, **kwargs):
            log(logs, *args, **kwargs)
            self._see_logs(logs)

        trainer.training_step, trainer.log = watched_step, watched_log

    def _see_gradients(self, model, loss):
        self._see_weights(model)
        gradients = {name: parameter.grad.flatten().clone() for name, parameter in model.named_parameters()}
        if self.places is None:
            self.places = {name: self._choose(gradient) for name, gradient in gradients.items()}
        tensors = [
            {"name": name, "at": at, "norm": gradients[name].norm(), "gradient": gradients[name][at]} for name, at in self.places.items()
        ]
        self.steps.append({"loss": loss, "tensors": tensors})

    def _choose(self, gradient):
        largest = gradient.abs().topk(min(self.largest, len(gradient))).indices.tolist()
        spread = [len(gradient) * (2 * i + 1) // (2 * self.spread) for i in range(self.spread)]
        return sorted({*largest, *spread})

    def _see_weights(self, model):
        """After the update before this one."""
        if not self.steps or "after" in self.steps[-1]["tensors"][0]:
            return
        weights = dict(model.named_parameters())
        for tensor in self.steps[-1]["tensors"]:
            tensor["after"] = weights[tensor["name"]].detach().flatten()[tensor["at"]].clone()

    def _see_logs(self, logs):
        if "grad_norm" not in logs:
            return  # the summary at the end
        left_out = {"loss", "grad_norm", "learning_rate", "epoch", "step_time", "num_tokens"}
        metrics = {name: float(value) for name, value in logs.items() if name not in left_out}
        self.steps[-1] |= {"gradNorm": float(logs["grad_norm"]), "metrics": metrics}

    def run(self):
        self.trainer.train()
        self._see_weights(self.trainer.model)
        return self.steps
