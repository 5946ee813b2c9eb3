"""trl_reward.json: Bradley-Terry reward models."""

from types import SimpleNamespace

import torch
from datasets import Dataset
from transformers import AutoModelForSequenceClassification
from trl import RewardConfig, RewardTrainer

from .record import Updates
from .trainers import camel, golden, load_tokenizer, optimizer, settings, texts

losses = {
    "plain": ({}, False),
    "margin": ({}, True),
    "centred": ({"center_rewards_coefficient": 0.01}, False),
    "margin, centred": ({"center_rewards_coefficient": 0.1}, True),
}

updates = {
    "plain": ("tiny-gpt2", {}, False),
    "margin, centred": ("tiny-llama", {"center_rewards_coefficient": 0.01}, True),
}


def load_classifier(name, head):
    """The trunk of a policy with a linear head, without a bias, on the last token's hidden state."""
    model = AutoModelForSequenceClassification.from_pretrained(golden / name, num_labels=1, dtype=torch.float32)
    with torch.no_grad():
        model.score.weight.copy_(head)
    return model


def make_trainer(model, head, options, pairs):
    return RewardTrainer(
        model=load_classifier(model, head),
        args=RewardConfig(
            **settings(per_device_train_batch_size=len(pairs), max_steps=1, train_sampling_strategy="sequential", max_length=64, **options),
        ),
        train_dataset=Dataset.from_list(pairs),
        processing_class=load_tokenizer(model),
    )


def loss_case(name, options, has_margin, draw):
    """TRL's loss and its derivatives, with the scores given; extreme ones among them."""
    chosen = torch.tensor([1.5, -0.5, 0.0, 40.0, -40.0, 2.0])
    rejected = torch.tensor([0.5, 0.75, 0.0, -40.0, 40.0, 2.5])
    margin = torch.tensor([0.0, 0.5, 1.0, 2.0, 0.25, -0.5])
    trainer = make_trainer("tiny-gpt2", torch.randn(1, 32, generator=draw), options, [{"chosen_ids": [5], "rejected_ids": [6]}])
    trainer.model.train()
    scores = torch.cat([chosen, rejected])[:, None].requires_grad_()
    given = {"attention_mask": torch.ones(1)} | ({"margin": margin} if has_margin else {})
    loss = trainer.compute_loss(lambda **_: SimpleNamespace(logits=scores), given)
    loss.backward()
    gradients = dict(zip(("gradChosen", "gradRejected"), scores.grad[:, 0].chunk(2)))
    metrics = {name: values[-1] for name, values in trainer._metrics["train"].items() if name != "num_tokens"}
    inputs = {"chosen": chosen, "rejected": rejected} | ({"margin": margin} if has_margin else {})
    return {"name": name, "params": camel(options), "inputs": inputs, "expected": {"loss": loss, **gradients, "metrics": metrics}}


def update_case(name, model, options, has_margin, draw):
    head = 0.3 * torch.randn(1, 32, generator=draw)
    pairs = [
        {"prompt": prompt, "chosen": " " + chosen, "rejected": " " + rejected} | ({"margin": margin} if has_margin else {})
        for (prompt, chosen, rejected), margin in zip((texts(draw, 2, 3, 1), texts(draw, 5, 1, 4), texts(draw, 1, 2, 2)), (0.5, 0.0, 1.5))
    ]
    # Of texts TRL would add an end of text; @cai/preference learns from what a reward model reads when it serves, which has none.
    encode = load_tokenizer(model).encode
    rows = [
        {f"{answer}_ids": encode(pair["prompt"] + pair[answer]) for answer in ("chosen", "rejected")}
        | ({"margin": pair["margin"]} if has_margin else {})
        for pair in pairs
    ]
    trainer = make_trainer(model, head, options, rows)
    params = camel({**optimizer, **options})
    inputs = {"pairs": [{**pair, **camel(row)} for pair, row in zip(pairs, rows)], "head": head[0]}
    return {"name": name, "model": model, "params": params, "inputs": inputs, "expected": {"updates": Updates(trainer).run()}}


def make(draw):
    return {
        "losses": [loss_case(name, *given, draw) for name, given in losses.items()],
        "updates": [update_case(name, *given, draw) for name, given in updates.items()],
    }
