"""What every trainer here is made with: a tiny model in float32, fixed data in its given order, plain AdamW."""

import tempfile
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

golden = Path(__file__).parents[1]

# The models have no dropout. Weight decay is off: transformers spares biases and norms, @cai/optim decays what it is given.
optimizer = {
    "learning_rate": 1e-3,
    "adam_beta1": 0.9,
    "adam_beta2": 0.999,
    "adam_epsilon": 1e-8,
    "weight_decay": 0.0,
    "max_grad_norm": 1.0,
}

_once = {
    "use_cpu": True,
    "bf16": False,
    "gradient_checkpointing": False,
    "optim": "adamw_torch",
    "lr_scheduler_type": "constant",
    "logging_steps": 1,
    "save_strategy": "no",
    "report_to": "none",
    "disable_tqdm": True,
    "dataloader_pin_memory": False,
}


def settings(**own):
    return {**_once, **optimizer, "output_dir": tempfile.mkdtemp(), **own}


def load_policy(name):
    return AutoModelForCausalLM.from_pretrained(golden / name, dtype=torch.float32)


def load_tokenizer(name):
    return AutoTokenizer.from_pretrained(golden / name)


def final_norm(model, draw):
    """Weights for the model's last norm that differ from its own, by name: a reference that is another model, in few numbers."""
    weights = {name: each for name, each in model.named_parameters() if name.startswith(("transformer.ln_f", "model.norm"))}
    return {name: each.detach() + 0.2 * torch.randn(each.shape, generator=draw) for name, each in weights.items()}


@torch.no_grad()
def override(model, weights):
    parameters = dict(model.named_parameters())
    for name, value in weights.items():
        parameters[name].copy_(value)


def camel(options):
    """TRL's names of options, written as the other golden files write theirs."""
    return {name.split("_")[0] + "".join(part.title() for part in name.split("_")[1:]): value for name, value in options.items()}


def ids(length, draw):
    """Random tokens of the tiny vocabulary, without the end of text."""
    return torch.randint(1, 512, (length,), generator=draw).tolist()


def texts(draw, *counts):
    """Sentences of so many words."""
    words = "the sky is blue and green rivers run slowly over old stones when rain falls on quiet hills at night".split()
    return [" ".join(words[index] for index in torch.randint(len(words), (count,), generator=draw).tolist()) for count in counts]
