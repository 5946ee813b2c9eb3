"""Writes what the Python packages make of tokenizers of every kind to packages/tokenizer/src/golden: reference.json (tokenizers) and
configured.json (transformers' AutoTokenizer).

Made with tokenizers 0.23.3 and transformers 5.24.0:  python3 tools/tokenizer-golden/make.py
"""

import json
import sys
import tempfile
from pathlib import Path

import tokenizers
import transformers
from configured_tokenizers import CONFIGURED_CASES, CONFIGURED_TEXTS
from tokenizers_of_every_kind import CASES, MODELS, TEXTS, tokenizer_json

FOLDER = Path(__file__).parents[2] / "packages/tokenizer/src/golden"


def attempt(compute):
    try:
        return compute()
    except Exception as error:
        return {"error": str(error)}


def expected(model, changes):
    tokenizer = tokenizers.Tokenizer.from_str(json.dumps(tokenizer_json(model, changes)))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    size = max(tokenizer.get_vocab().values()) + 1
    encoded = [attempt(lambda: tokenizer.encode(text).ids) for text in TEXTS]
    plain = [attempt(lambda: tokenizer.encode(text, add_special_tokens=False).ids) for text in TEXTS]
    some = [[], [0, 1, 2], [2, 2, 40, 1, 41], [5, size + 7, 6], list(range(3, 60, 7)), [0xE6, 0x97 + 3, 0xA5 + 3, 20], [size - 1, size - 2]]
    written = [ids for ids in plain[2:16:5] if isinstance(ids, list)] + some
    return {
        "size": size,
        "encoded": encoded,
        # Only where they differ from what is encoded with special tokens.
        **({} if plain == encoded else {"plain": plain}),
        "decoded": [[ids, tokenizer.decode(ids, skip_special_tokens=False), tokenizer.decode(ids, skip_special_tokens=True)] for ids in written],
    }


def numbered(changes, vocab):
    """With the ids that the added tokens have: transformers sorts by them."""
    new = [token["content"] for token in changes.get("added_tokens", []) if token["content"] not in vocab]
    ids = vocab | {content: len(vocab) + at for at, content in enumerate(new)}
    return changes | {"added_tokens": [token | {"id": ids[token["content"]]} for token in changes.get("added_tokens", [])]}


def configured(model, changes, config, files):
    with tempfile.TemporaryDirectory() as folder:
        contents = {"tokenizer.json": tokenizer_json(model, changes), "tokenizer_config.json": config, "config.json": {"model_type": "gpt2"}, **files}
        for name, content in contents.items():
            (Path(folder) / name).write_text(json.dumps(content))
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    encoded = [tokenizer(text).input_ids for text in CONFIGURED_TEXTS]
    return {
        "encoded": encoded,
        "decoded": [tokenizer.decode(ids) for ids in encoded],
        "withoutSpecialTokens": [tokenizer.decode(ids, skip_special_tokens=True) for ids in encoded],
    }


def write(name, head, cases):
    lines = ",\n".join(json.dumps(case) for case in cases)
    (FOLDER / name).write_text(f"{json.dumps(head)[:-1]},\n\"cases\": [\n{lines}\n]}}\n")
    print(f"{name}: {len(cases)} tokenizers", file=sys.stderr)


FOLDER.mkdir(exist_ok=True)
write(
    "reference.json",
    {"tokenizers": tokenizers.__version__, "texts": TEXTS, "models": MODELS},
    [{"name": name, "model": model, "changes": changes, **expected(model, changes)} for name, model, changes in CASES],
)
write(
    "configured.json",
    {"transformers": transformers.__version__, "texts": CONFIGURED_TEXTS},
    [{"name": name, "model": model, "changes": changes, "config": config, "files": files, **configured(model, changes, config, files)}
     for name, model, changes, config, files in [(name, model, numbered(changes, MODELS[model]["vocab"]), *more) for name, model, changes, *more in CONFIGURED_CASES]],
)
