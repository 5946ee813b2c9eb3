"""Writes packages/data/src/fixtures/*.parquet: rows in TRL's forms as data sets of the hub have them, by pyarrow and by datasets.

Made with pyarrow 26.0.1, datasets 5.2.0. From the root of the repository:

    python tools/parquet-fixtures.py
"""

import os
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import datasets
import pyarrow as pa
import pyarrow.parquet as pq

folder = Path(__file__).parents[1] / "packages/data/src/fixtures"
folder.mkdir(exist_ok=True)


def write(name, columns, **options):
    pq.write_table(pa.table(columns), folder / f"{name}.parquet", **options)


def says(role, content):
    return {"role": role, "content": content}


# Two row groups, a dictionary, a column that is of no form, letters of several bytes.
write(
    "examples-snappy",
    {
        "id": pa.array([1, 2, 3, 4, 5], pa.int64()),
        "prompt": ["2 + 2 =", "3 + 3 =", "café,", "2 + 2 =", "naïve"],
        "completion": [" 4", " 6", " bar", " four", " 😀"],
    },
    compression="snappy",
    row_group_size=3,
)

# Nested lists of structs: fields that only some have, ints that no float64 holds, floats that are whole; keys that look like numbers.
tool = {"name": "f", "limit": 2**60, "rate": 1.0, "half": 0.5, "size": 3, "2": "b", "1": "a"}
write(
    "messages-zstd",
    {
        "messages": [
            [says("user", "hi"), {**says("assistant", None), "tool_calls": [{"id": 7, "arguments": {"x": 2.0}}]}],
            [says("system", "be brief"), says("user", "a"), says("assistant", "b")],
        ],
        "tools": [[tool], None],
    },
    compression="zstd",
)

# Pairs with labels, some of them null; version 2 of the pages.
write(
    "pairs-gzip",
    {
        "prompt": [[says("user", "hi")], [says("user", "so?")]],
        "chosen": [[says("assistant", "hello")], [says("assistant", "yes")]],
        "rejected": [[says("assistant", "go away")], [says("assistant", "no")]],
        "margin": pa.array([2, None], pa.int64()),
        "probability": [None, 0.75],
    },
    compression="gzip",
    data_page_version="2.0",
)

# A null where a row needs a value, and rows that are whole.
write(
    "labelled-nulls",
    {"prompt": ["a", "a", None, "a"], "completion": [" b", " c", " d", None], "label": [True, False, True, False]},
    compression="none",
)

# Messages as JSON, as datasets writes them where their fields differ.
rows = [[says("user", "hi"), {"role": "assistant", "content": None, "tool_calls": [{"arguments": {"x": 1.0, "2": 1, "1": 2}}]}]]
features = datasets.Features({"prompt": datasets.List(datasets.Json())})
datasets.Dataset.from_dict({"prompt": rows}, features=features).to_parquet(folder / "prompts-json.parquet")

write("text-latin1", {"text": pa.array([b"caf\xe9"], pa.binary())})
write("no-rows", {"text": pa.array([], pa.string())})
