"""Writes packages/tokenizer/src/golden/reference.json: what the Python package `tokenizers` makes of tokenizers of every kind.

Made with tokenizers 0.23.3:  python3 tools/tokenizer-golden/make.py
"""

import json
import sys
from pathlib import Path

import tokenizers
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


cases = [{"name": name, "model": model, "changes": changes, **expected(model, changes)} for name, model, changes in CASES]
FOLDER.mkdir(exist_ok=True)
lines = ",\n".join(json.dumps(case) for case in cases)
(FOLDER / "reference.json").write_text(
    f'{{"tokenizers": "{tokenizers.__version__}",\n"texts": {json.dumps(TEXTS)},\n"models": {json.dumps(MODELS)},\n"cases": [\n{lines}\n]}}\n'
)
print(f"{len(cases)} tokenizers, {len(TEXTS)} texts", file=sys.stderr)
