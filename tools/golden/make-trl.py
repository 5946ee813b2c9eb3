"""Writes trl_{grpo,rloo,dpo,sft,reward}.json beside this file: what TRL's trainers compute on fixed inputs, and whole updates of the tiny
models here by them.

Made with trl 1.16.0, torch 2.12.1, transformers 5.24.0, datasets 5.2.0, on a CPU, in float32. From the root of the repository:

    python tools/golden/make-trl.py [--out FOLDER] [--seed N] [--only grpo,rloo,dpo,sft,reward]

A file has `losses` (the numbers of a forward pass given; the loss, its derivatives and TRL's metrics expected), for GRPO and RLOO
`advantages`, and `updates`: one step of training by the trainer itself. `params` are TRL's options, in camel case. An update has, for each
optimizer step, the loss, TRL's metrics, the gradients' norm before clipping, and of every tensor its gradient's norm, and at the places `at`
of the flattened tensor the gradient before clipping and the weight after the step. Arrays are [rows, columns] where the mask has them; what
stands where it is 0 counts for nothing.
"""

import argparse
import importlib
import os
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch
import transformers
import trl

from make_trl.record import write

files = ("grpo", "rloo", "dpo", "sft", "reward")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default=",".join(files))
    given = parser.parse_args()
    transformers.utils.logging.disable_progress_bar()
    made_with = {module.__name__: module.__version__ for module in (trl, torch, transformers)}
    for name in given.only.split(","):
        draw = torch.Generator().manual_seed(given.seed)
        content = importlib.import_module(f"make_trl.{name}").make(draw)
        write(given.out / f"trl_{name}.json", {"about": {"by": "tools/golden/make-trl.py", "seed": given.seed, **made_with}, **content})


if __name__ == "__main__":
    main()
