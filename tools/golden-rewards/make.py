"""Makes packages/reward-model/src/golden: tiny random classifiers as transformers and torch export them, and the scores that the PyTorch
models give each row alone. Made with torch 2.5.1, transformers 4.45.2, onnx 1.23.2; run it from anywhere: python make.py"""

import json
import random
from pathlib import Path

import onnx
import torch
from transformers import (
    DistilBertConfig,
    DistilBertForSequenceClassification,
    GPT2Config,
    GPT2ForSequenceClassification,
    LlamaConfig,
    LlamaForSequenceClassification,
    RobertaConfig,
    RobertaForSequenceClassification,
)

out = Path(__file__).parents[2] / "packages/reward-model/src/golden"
vocab = 30


class Scorer(torch.nn.Module):
    """A classifier by the names of its inputs."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, input_ids, attention_mask=None):
        return self.model(input_ids=input_ids, attention_mask=attention_mask).logits


def rows(lengths, seed):
    draw = random.Random(seed)
    return [[draw.randrange(3, vocab) for _ in range(length)] for length in lengths]


def make(name, model, examples, *, mask=True, half=False):
    scorer = Scorer(model).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(3)  # random weights are small, and so would be what a mistake changes
    folder = out / name
    folder.mkdir(parents=True, exist_ok=True)
    model.config.save_pretrained(folder)
    names = ["input_ids", "attention_mask"] if mask else ["input_ids"]
    ids = torch.tensor(rows([4], 0))
    inputs = (ids, torch.ones_like(ids)) if mask else (ids,)
    free = {each: {0: "batch", 1: "sequence"} for each in names} | {"logits": {0: "batch"}}
    path = folder / "model.onnx"
    torch.onnx.export(scorer, inputs, path, input_names=names, output_names=["logits"], dynamic_axes=free, opset_version=17)
    exported = onnx.load(path)
    for node in exported.graph.node:
        node.doc_string = ""
    if half:
        logits = exported.graph.output[0]
        for node in exported.graph.node:
            node.output[:] = ["logits32" if each == "logits" else each for each in node.output]
        exported.graph.node.append(onnx.helper.make_node("Cast", ["logits32"], ["logits"], to=onnx.TensorProto.FLOAT16))
        logits.type.tensor_type.elem_type = onnx.TensorProto.FLOAT16
    onnx.save(exported, path)
    with torch.no_grad():
        logits = [scorer(torch.tensor([row]))[0].tolist() for row in examples]
    (folder / "expected.json").write_text(json.dumps({"inputIds": examples, "logits": logits}) + "\n")


torch.manual_seed(1)
decoder = dict(vocab_size=vocab, num_labels=1, pad_token_id=None, use_cache=False, attn_implementation="eager")
gpt2 = GPT2Config(n_positions=16, n_embd=8, n_layer=1, n_head=2, **decoder)
lengths = [3, 9, 1, 5, 3, 16]
make("gpt2-without-pad", GPT2ForSequenceClassification(gpt2), rows(lengths, 1))
make("gpt2-without-mask", GPT2ForSequenceClassification(gpt2), rows(lengths, 2), mask=False)
llama = LlamaConfig(hidden_size=8, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2, **decoder)
make("llama-without-pad", LlamaForSequenceClassification(llama), rows(lengths, 3))

encoder = dict(vocab_size=vocab, max_position_embeddings=12, attn_implementation="eager")
roberta = RobertaConfig(hidden_size=8, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2, num_labels=1, **encoder)
make("roberta", RobertaForSequenceClassification(roberta), rows([3, 10, 7, 10], 4))  # 12 positions − padding's 1 − 1 = 10 tokens
labels = dict(id2label={0: "NEGATIVE", 1: "POSITIVE"}, label2id={"NEGATIVE": 0, "POSITIVE": 1})
distilbert = DistilBertConfig(dim=8, hidden_dim=16, n_layers=1, n_heads=2, **labels, **encoder)
make("two-labels", DistilBertForSequenceClassification(distilbert), rows([4, 7, 2, 4], 5))
make("half-precision", DistilBertForSequenceClassification(distilbert), rows([4, 7, 2, 4], 6), half=True)
