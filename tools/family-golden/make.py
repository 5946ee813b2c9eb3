"""Makes packages/policy/src/golden/tiny-*, small models of families in the layout of published ones and what transformers computes with them,
and families-variants.json beside them: logits for other kinds of configuration.

Made with torch 2.12.1, transformers 5.24.0 (float32, eager attention). From anywhere:

    python tools/family-golden/make.py

Each folder has config.json and model.safetensors as save_pretrained writes them (weights drawn with a fixed seed, so that every part counts),
the tokenizer of tools/golden/tiny-llama, and expected.json in the form of that model's: texts [prompt | response], padded on both sides; logits
in all valid columns; log-probabilities and entropies of the response tokens at two temperatures, 0 at padding; greedy continuations. Beside them
`gradients` of the mean negative log-probability of the response tokens at temperature 1: of each weight the sum of its absolute numbers and the
first ones.
"""

import json
import os
import shutil

import torch
from transformers import AutoConfig, AutoModelForCausalLM, Gemma3TextConfig, Qwen3Config

torch.set_num_threads(1)
root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
folders = os.path.join(root, "packages", "policy", "src", "golden")
tokenizer = os.path.join(root, "tools", "golden", "tiny-llama")

sizes = dict(
    vocab_size=512, hidden_size=24, intermediate_size=20, num_attention_heads=4, num_key_value_heads=2, head_dim=8,
    bos_token_id=0, eos_token_id=0, pad_token_id=0, attn_implementation="eager",
)
models = {
    "tiny-qwen3": Qwen3Config(
        **sizes, num_hidden_layers=2, max_position_embeddings=128, tie_word_embeddings=True,
        rope_parameters={"rope_type": "default", "rope_theta": 1e6},
    ),
    # Six layers, the last one global, as in every published Gemma 3. The window is as long as the context.
    "tiny-gemma3": Gemma3TextConfig(
        **sizes, num_hidden_layers=6, max_position_embeddings=128, sliding_window=128, query_pre_attn_scalar=8,
    ),
}

prompt_columns, response_columns, new_tokens = 9, 8, 20
texts = [
    ([323, 287, 259, 391], [374, 448, 273, 367, 35, 235, 7]),
    ([2, 377, 373, 441, 375, 390, 259, 488, 67], [75, 11, 325, 421, 350]),
    ([39, 284, 72, 83, 5, 261], [77, 314, 259, 13, 402, 88, 91, 3]),
]
greedy_prompts = [[323, 287, 259, 391], [2, 377, 373, 441, 375, 390, 259, 488, 67], [39, 284, 72, 83, 5, 261]]


def drawn(name, shape, generator, config):
    numbers = torch.randn(shape, generator=generator)
    if name.endswith("norm.weight"):
        return 0.2 * numbers + (0 if config.model_type.startswith("gemma") else 1)
    return numbers * (0.3 if "embed" in name else shape[-1] ** -0.5)


def rounded(tensor):
    return [float(f"{number:.9g}") for number in tensor.reshape(-1).tolist()]


def rows_of(tensor):
    return [rounded(row) for row in tensor]


def expected_of(model):
    columns = prompt_columns + response_columns
    ids, mask = torch.zeros(len(texts), columns, dtype=torch.long), torch.zeros(len(texts), columns, dtype=torch.long)
    for row, (prompt, response) in enumerate(texts):
        ids[row, prompt_columns - len(prompt) : prompt_columns + len(response)] = torch.tensor(prompt + response)
        mask[row, prompt_columns - len(prompt) : prompt_columns + len(response)] = 1
    positions = (mask.cumsum(-1) - 1).clamp(min=0)
    response_mask = mask[:, prompt_columns:]
    logits = model(input_ids=ids, attention_mask=mask, position_ids=positions).logits
    read = logits[:, prompt_columns - 1 : -1]

    def distribution(temperature):
        logprobs = torch.log_softmax(read / temperature, -1)
        chosen = logprobs.gather(-1, ids[:, prompt_columns:, None])[..., 0] * response_mask
        entropy = -(logprobs.exp() * logprobs).sum(-1) * response_mask
        return chosen, {"logprobs": rows_of(chosen), "entropy": rows_of(entropy)}

    chosen, at_1 = distribution(1)
    _, at_07 = distribution(0.7)
    loss = -chosen.sum() / response_mask.sum()
    loss.backward()
    valid = [[row, column] for row in range(len(texts)) for column in range(columns) if mask[row, column]]
    at = torch.stack([logits[row, column] for row, column in valid])
    whole = [(row, prompt_columns - 1) for row in range(len(texts))]
    return {
        "about": f"torch {torch.__version__}, made by tools/family-golden/make.py",
        "promptColumns": prompt_columns,
        "responseColumns": response_columns,
        "inputIds": ids.tolist(),
        "attentionMask": mask.tolist(),
        "positionIds": positions.tolist(),
        "responseMask": response_mask.tolist(),
        "logits": {
            "rows": [{"row": row, "column": column, "logits": rounded(logits[row, column])} for row, column in whole],
            "validPositions": valid,
            "mean": rounded(at.mean(-1)),
            "meanAbs": rounded(at.abs().mean(-1)),
            "logsumexp": rounded(at.logsumexp(-1)),
            "argmax": at.argmax(-1).tolist(),
        },
        "temperature1": at_1,
        "temperature0.7": at_07,
        "greedy": greedy_of(model),
        "loss": float(f"{loss.item():.9g}"),
        "gradients": {
            name: {"absoluteSum": float(f"{weight.grad.abs().sum():.9g}"), "first": rounded(weight.grad.reshape(-1)[:6])}
            for name, weight in model.named_parameters()
        },
    }


def greedy_of(model):
    """Without a cache; the ends of texts are tokens like any other. The ids mean something only where the likeliest stands out."""
    continuations, gap = [], float("inf")
    with torch.no_grad():
        for prompt in greedy_prompts:
            ids = list(prompt)
            for _ in range(new_tokens):
                likeliest = model(input_ids=torch.tensor([ids])).logits[0, -1].topk(2)
                first, second = likeliest.values.tolist()
                ids.append(likeliest.indices[0].item())
                gap = min(gap, first - second)
            continuations.append(ids[len(prompt) :])
    assert gap > 1e-3, f"two tokens are within {gap} of each other: draw with another seed"
    return {"newTokens": new_tokens, "prompts": greedy_prompts, "continuations": continuations, "smallestTop1Top2Gap": round(gap, 4)}


def write_model(name, config):
    model = AutoModelForCausalLM.from_config(config, dtype=torch.float32).eval()
    generator = torch.Generator().manual_seed(11)
    with torch.no_grad():
        for parameter, weight in model.named_parameters():
            weight.copy_(drawn(parameter, weight.shape, generator, config))
    folder = os.path.join(folders, name)
    model.save_pretrained(folder)
    os.chmod(os.path.join(folder, "model.safetensors"), 0o644)
    for file in ["tokenizer.json", "tokenizer_config.json"]:
        shutil.copy(os.path.join(tokenizer, file), folder)
    with open(os.path.join(folder, "expected.json"), "w") as file:
        json.dump(expected_of(model), file, separators=(",", ":"))
        file.write("\n")


small = dict(
    vocab_size=11, hidden_size=24, intermediate_size=20, num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=64,
)
variants = {
    "biases, heads wider than their share, an output of its own": dict(
        small, model_type="qwen3", num_hidden_layers=2, head_dim=10, attention_bias=True, tie_word_embeddings=False, rms_norm_eps=1e-5,
    ),
    "linear scaling of positions, a window that no layer uses": dict(
        small, model_type="qwen3", num_hidden_layers=2, head_dim=8, num_key_value_heads=4, tie_word_embeddings=True, rope_theta=50_000.0,
        rope_scaling={"rope_type": "linear", "factor": 4.0}, use_sliding_window=True, sliding_window=8, max_window_layers=2,
    ),
    "bases of its own in the fields of older files, every second layer global and scaled, queries of another scale": dict(
        small, model_type="gemma3_text", num_hidden_layers=4, head_dim=6, query_pre_attn_scalar=10, sliding_window=64,
        sliding_window_pattern=2, rope_theta=50_000.0, rope_local_base_freq=500.0, rope_scaling={"rope_type": "linear", "factor": 8.0},
        tie_word_embeddings=True,
    ),
    "kinds of layers and their bases listed, no window in use, biases": dict(
        small, model_type="gemma3_text", num_hidden_layers=2, head_dim=8, query_pre_attn_scalar=8, sliding_window=16, attention_bias=True,
        layer_types=["full_attention", "full_attention"], rope_parameters={"full_attention": {"rope_type": "default", "rope_theta": 700.0}},
        tie_word_embeddings=True,
    ),
}
ids = [int(digit) for digit in "10274472015" * 4][:40]
columns = [0, 13, 39]


def variant_of(name, fields):
    config = AutoConfig.for_model(**fields, attn_implementation="eager")
    model = AutoModelForCausalLM.from_config(config, dtype=torch.float32).eval()
    with torch.no_grad():
        for place, (parameter, weight) in enumerate(sorted(model.named_parameters())):
            i = torch.arange(weight.numel(), dtype=torch.float64)
            numbers = (((i + 1) * (i + 7) * 31 + place * 977) % 1009 / 1009 - 0.5) * 0.6
            weight.copy_((numbers + (1 if parameter.endswith("norm.weight") else 0)).reshape(weight.shape))
        logits = model(input_ids=torch.tensor([ids])).logits[0]
    return {"name": name, "config": fields, "logits": [[float(f"{x:.6g}") for x in logits[column].tolist()] for column in columns]}


for name, config in models.items():
    write_model(name, config)
about = (
    f"Logits of transformers 5.24.0 (torch {torch.__version__}, float32, eager attention), made by tools/family-golden/make.py; weights by the "
    "formula in llama-variants.json. Each row of logits is what follows the token in that column."
)
with open(os.path.join(folders, "families-variants.json"), "w") as file:
    cases = [variant_of(name, fields) for name, fields in variants.items()]
    json.dump({"about": about, "ids": ids, "columns": columns, "cases": cases}, file, indent=2)
    file.write("\n")
