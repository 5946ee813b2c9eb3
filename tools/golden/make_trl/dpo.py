"""trl_dpo.json: direct preference optimisation."""

from types import SimpleNamespace

import torch
from datasets import Dataset
from trl import DPOConfig, DPOTrainer

from .record import Updates
from .trainers import camel, final_norm, load_policy, load_tokenizer, optimizer, override, settings, texts

losses = {
    "sigmoid": {"loss_type": "sigmoid", "beta": 0.1},
    "sigmoid, large beta": {"loss_type": "sigmoid", "beta": 5.0},
    "ipo": {"loss_type": "ipo", "beta": 0.1},
    "robust": {"loss_type": "robust", "beta": 0.3, "label_smoothing": 0.2},
    "robust without smoothing": {"loss_type": "robust", "beta": 0.3, "label_smoothing": 0.0},
    "sigmoid_norm": {"loss_type": "sigmoid_norm", "beta": 2.0},
}

updates = {
    "sigmoid": ("tiny-gpt2", {"loss_type": "sigmoid", "beta": 0.1}),
    "ipo": ("tiny-llama", {"loss_type": "ipo", "beta": 0.1}),
    "robust": ("tiny-llama", {"loss_type": "robust", "beta": 0.3, "label_smoothing": 0.2, "max_grad_norm": 0.1}),
    "sigmoid_norm": ("tiny-gpt2", {"loss_type": "sigmoid_norm", "beta": 2.0}),
}


def make_trainer(model, options, pairs):
    return DPOTrainer(
        model=load_policy(model),
        ref_model=load_policy(model),
        args=DPOConfig(
            **settings(per_device_train_batch_size=len(pairs), max_steps=1, train_sampling_strategy="sequential", **options)
        ),
        train_dataset=Dataset.from_list(pairs),
        processing_class=load_tokenizer(model),
    )


def loss_case(name, options, inputs):
    """TRL's loss and its derivatives, with the model's forward pass replaced by given numbers: chosen answers first, then rejected ones."""
    trainer = make_trainer("tiny-gpt2", options, [{"prompt": "A", "chosen": " B", "rejected": " C"}])
    trainer.model.train()
    trainer.precompute_ref_logps = True
    mask = inputs["mask"]
    logprobs = (inputs["logprobs"] * mask).requires_grad_()
    nothing = torch.zeros(mask.shape)
    chosen, rejected = (inputs["refLogprobs"] * mask).sum(1).chunk(2)
    given = {
        "input_ids": torch.ones(len(mask), mask.shape[1] + 1).long(),
        "attention_mask": torch.ones(len(mask), mask.shape[1] + 1).long(),
        "completion_mask": torch.nn.functional.pad(mask, (1, 0)),
        "ref_chosen_logps": chosen,
        "ref_rejected_logps": rejected,
    }
    forward = SimpleNamespace(log_probs=logprobs, entropy=nothing, mean_logits=nothing, is_top1=nothing.bool())
    loss = trainer.compute_loss(lambda **_: forward, given)
    loss.backward()
    metrics = {name: values[-1] for name, values in trainer._metrics["train"].items() if name.startswith(("rewards", "logps"))}
    return {
        "name": name,
        "params": camel(options),
        "inputs": inputs,
        "expected": {"loss": loss, "gradLogprobs": logprobs.grad * mask, "metrics": metrics},
    }


def loss_inputs(draw, pairs=5, columns=4):
    """Answers of one token to `columns`; margins of both signs, and a pair that is as likely as under the reference."""
    lengths = torch.tensor([4, 1, 3, 2, 4, 2, 4, 1, 3, 1])
    reference = -0.5 - 3 * torch.rand(2 * pairs, columns, generator=draw)
    logprobs = reference + torch.randn(2 * pairs, columns, generator=draw)
    logprobs[[2, pairs + 2]] = reference[[2, pairs + 2]]
    logprobs[pairs + 3] -= 8
    return {"mask": (torch.arange(columns) < lengths[:, None]).int(), "logprobs": logprobs, "refLogprobs": reference}


def update_case(name, model, options, draw):
    pairs = [
        {"prompt": prompt, "chosen": " " + chosen, "rejected": " " + rejected}
        for prompt, chosen, rejected in (texts(draw, 2, 3, 1), texts(draw, 5, 1, 4), texts(draw, 3, 2, 2))
    ]
    trainer = make_trainer(model, options, pairs)
    overrides = final_norm(trainer.ref_model, draw)
    override(trainer.ref_model, overrides)
    params = camel({**optimizer, **options})
    tokens = ("prompt_ids", "chosen_ids", "rejected_ids")
    rows = [{**pair, **camel({name: row[name] for name in tokens})} for pair, row in zip(pairs, trainer.train_dataset)]
    inputs = {"pairs": rows, "refOverrides": overrides}
    return {"name": name, "model": model, "params": params, "inputs": inputs, "expected": {"updates": Updates(trainer).run()}}


def make(draw):
    inputs = loss_inputs(draw)
    return {
        "losses": [loss_case(name, options, inputs) for name, options in losses.items()],
        "updates": [update_case(name, *given, draw) for name, given in updates.items()],
    }
