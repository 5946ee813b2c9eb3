"""Writes packages/sft/src/golden/labels.json: the tokens and labels that TRL's SFTTrainer makes of examples in each of its forms, by the
tokenizer of tools/golden/tiny-gpt2 and a chat template that marks the assistant's turns.

Made with trl 1.16.0, transformers 5.24.0, torch 2.12.1. From the root of the repository:

    python tools/golden-labels.py
"""

import json
import os
import tempfile
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import transformers
import trl
from datasets import Dataset
from transformers import AutoModelForCausalLM, AutoTokenizer
from trl import SFTConfig, SFTTrainer

root = Path(__file__).parents[1]
model = root / "tools/golden/tiny-gpt2"
chat_template = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n"
    "{% if m.role == 'assistant' %}{% generation %}{{ m.content }}<|im_end|>\n{% endgeneration %}"
    "{% else %}{{ m.content }}<|im_end|>\n{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def turns(*contents):
    """User and assistant by turns."""
    return [{"role": ("user", "assistant")[i % 2], "content": content} for i, content in enumerate(contents)]


prompts = [
    {"prompt": "The cat sat", "completion": " on the mat."},
    {"prompt": "The cat", "completion": "ch was quick"},  # a token may go over the boundary
    {"prompt": "no", "completion": "<|endoftext|>"},
]
conversations = [
    {"messages": turns("Hi", "Hello", "So", "Well, yes.")},
    {"messages": turns("x", "\n\nstrange ", "\ny", "z")},  # line ends on both sides of a boundary
]
answers = [
    {"prompt": turns("Hi there"), "completion": [{"role": "assistant", "content": "Hello you"}]},
    {"prompt": turns("a", "b", "c"), "completion": [{"role": "assistant", "content": "\nd"}]},
]
cases = [
    ({}, [{"text": "Once upon a time there was a king."}, {"text": "ends already<|endoftext|>"}, {"text": "trailing space "}]),
    ({}, prompts),
    ({"completion_only_loss": False}, prompts),
    ({}, answers),
    ({"assistant_only_loss": True, "completion_only_loss": False}, answers),
    ({}, conversations),
    ({"assistant_only_loss": True}, conversations),
]


def labelled(options, examples):
    tokenizer = AutoTokenizer.from_pretrained(model)
    tokenizer.chat_template = chat_template
    trainer = SFTTrainer(
        model=AutoModelForCausalLM.from_pretrained(model),
        args=SFTConfig(output_dir=tempfile.mkdtemp(), use_cpu=True, bf16=False, report_to="none", max_length=None, **options),
        train_dataset=Dataset.from_list(examples),
        processing_class=tokenizer,
    )
    rows = [
        {"example": example, "ids": row["input_ids"], "counted": [0, *(int(label != -100) for label in row["labels"][1:])]}
        for example, row in zip(examples, trainer.train_dataset, strict=True)
    ]
    return {"options": options, "rows": rows}


content = {
    "about": {"by": "tools/golden-labels.py", "trl": trl.__version__, "transformers": transformers.__version__},
    "chatTemplate": chat_template,
}
lines = ",\n  ".join(json.dumps(labelled(*case)) for case in cases)
text = json.dumps(content)[:-1] + f', "cases": [\n  {lines}\n]}}\n'
(root / "packages/sft/src/golden/labels.json").write_text(text)
