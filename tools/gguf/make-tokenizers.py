"""Trains two small SentencePiece models (sentencepiece 0.2.3) on the demo's prompts, writes them as the GGUF files of models without
weights (gguf 0.19.0), and beside them what SentencePiece makes of some texts: packages/policy/src/gguf/golden/.

    python tools/gguf/make-tokenizers.py
"""

import io
import json
import tempfile
from pathlib import Path

import gguf
import sentencepiece
from sentencepiece import sentencepiece_model_pb2 as format

root = Path(__file__).parents[2]
target = root / "packages/policy/src/gguf/golden"
prompts = [json.loads(line)["prompt"] for line in (root / "packages/demo/assets/prompts/train.jsonl").read_text().splitlines()]
texts = [
    "The river was quiet.",
    "a",
    " a",
    "  two  spaces ",
    "unhappily, nobody's engine re-started!!!",
    "3.14159 = 1,000 + 2",
    "tabs\tand\nnew\n\nlines",
    "naïve Größe, привет, 你好 and 🙂",
    "aaaaaaaaaaaaaaaaaaaaaaa",
    "heheheheheeeee sssss       ........",
    "ﬁve Ａmericans",
]


def train(model_type, **options):
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(prompts), model_writer=model, model_type=model_type, hard_vocab_limit=False, minloglevel=2, **options
    )
    return model.getvalue()


def write(name, model, architecture_model, extras):
    processor = sentencepiece.SentencePieceProcessor(model_proto=model)
    pieces = format.ModelProto.FromString(model).pieces
    writer = gguf.GGUFWriter(target / f"{name}.gguf", "llama")
    writer.add_tokenizer_model(architecture_model)
    writer.add_token_list([piece.piece for piece in pieces])
    writer.add_token_scores([piece.score for piece in pieces])
    writer.add_token_types([piece.type for piece in pieces])
    writer.add_bos_token_id(processor.bos_id())
    writer.add_eos_token_id(processor.eos_id())
    writer.add_unk_token_id(processor.unk_id())
    extras(writer, format.ModelProto.FromString(model))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()
    return [{"text": text, "ids": processor.encode(text), "decoded": processor.decode(processor.encode(text))} for text in texts]


def merges_extras(writer, model):
    writer.add_add_bos_token(True)


def unigram_extras(writer, model):
    writer.add_add_eos_token(False)
    writer.add_add_space_prefix(True)
    writer.add_remove_extra_whitespaces(True)
    writer.add_precompiled_charsmap(model.normalizer_spec.precompiled_charsmap)


# What is written otherwise before it is cut, in a map as SentencePiece compiles it: tabs and line ends, the ligature ﬁ, a wide A.
rules = [("9", "20"), ("A", "20"), ("FB01", "66 69"), ("FF21", "41")]

target.mkdir(exist_ok=True)
merges = train("bpe", vocab_size=700, byte_fallback=True, normalization_rule_name="identity", remove_extra_whitespaces=False)
with tempfile.NamedTemporaryFile("w", suffix=".tsv") as table:
    table.write("".join(f"{before}\t{after}\n" for before, after in rules))
    table.flush()
    single = train("unigram", vocab_size=400, normalization_rule_tsv=table.name, unk_surface="<unk>")
expected = {
    "merges": write("merges", merges, "llama", merges_extras),
    "single": write("single", single, "t5", unigram_extras),
}
(target / "sentencepiece.json").write_text(json.dumps(expected, ensure_ascii=False) + "\n")
