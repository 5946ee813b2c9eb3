"""trl_sft.json: supervised fine-tuning."""

from datasets import Dataset
from trl import SFTConfig, SFTTrainer

from .record import Updates
from .trainers import camel, ids, load_policy, load_tokenizer, optimizer, settings

updates = {
    "loss on completions": ("tiny-gpt2", {"completion_only_loss": True}),
    "loss on everything": ("tiny-llama", {"completion_only_loss": False}),
    "loss on completions, gradients clipped hard": ("tiny-llama", {"completion_only_loss": True, "max_grad_norm": 0.05}),
}


def update_case(name, model, options, draw):
    """Texts of different lengths in one padded batch; one completion is an end of text alone."""
    rows = [{"promptIds": ids(prompt, draw), "completionIds": [*ids(completion, draw), 0]} for prompt, completion in ((3, 4), (6, 0), (1, 7))]
    dataset = [
        {
            "input_ids": row["promptIds"] + row["completionIds"],
            "completion_mask": [0] * len(row["promptIds"]) + [1] * len(row["completionIds"]),
        }
        for row in rows
    ]
    trainer = SFTTrainer(
        model=load_policy(model),
        args=SFTConfig(
            **settings(per_device_train_batch_size=len(rows), max_steps=1, train_sampling_strategy="sequential", max_length=64, **options)
        ),
        train_dataset=Dataset.from_list(dataset),
        processing_class=load_tokenizer(model),
    )
    params = camel({**optimizer, **options})
    return {"name": name, "model": model, "params": params, "inputs": {"rows": rows}, "expected": {"updates": Updates(trainer).run()}}


def make(draw):
    return {"updates": [update_case(name, *given, draw) for name, given in updates.items()]}
