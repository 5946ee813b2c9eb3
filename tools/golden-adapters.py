"""Writes packages/policy/src/lora/golden/: small adapters of every kind that PEFT makes, and what PEFT computes with them.

Made with torch 2.6.0, transformers 5.24.0, peft 0.21.2. From the root of the repository:

    python tools/golden-adapters.py

Each folder has PEFT's own files (weights drawn anew, so that every part counts) and expected.json: response log-probabilities at
temperature 1 of the batch in the base's expected.json, 0 at padding; their mean negative; its gradients; and the merged model.
Of a tensor there stand the sum of its absolute numbers and some of the first ones.
"""

import json
import os
import shutil
import sys

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM

root = os.path.join(os.path.dirname(__file__), "..")
folders = os.path.join(root, "packages", "policy", "src", "lora", "golden")

cases = {
    "llama-rslora-patterns": dict(
        base="tiny-llama", r=2, lora_alpha=3, use_rslora=True, lora_dropout=0.05,
        target_modules=["q_proj", "v_proj", "down_proj"],
        rank_pattern={"layers.0.self_attn.v_proj": 3, "down_.*": 1},
        alpha_pattern={"^model.layers.1.self_attn.q_proj": 5, "v_proj": 2},
    ),
    "llama-layers": dict(
        base="tiny-llama", r=2, lora_alpha=4, target_modules=["q_proj", "k_proj", "model.layers.0.mlp.up_proj"],
        layers_to_transform=[1], layers_pattern=["layers"], exclude_modules=["self_attn.k_proj"],
    ),
    "llama-regex": dict(
        base="tiny-llama", r=2, lora_alpha=4,
        target_modules=r"(?i)model\.(?!embed)LAYERS\.(?P<layer>\d)\.(self_attn\.[qk]_proj|mlp\.(?:up|gate)_proj)\Z",
    ),
    "llama-saved-modules": dict(
        base="tiny-llama", r=2, lora_alpha=4, target_modules=["q_proj", "v_proj"],
        modules_to_save=["lm_head", "embed_tokens", "model.norm", "layers.1.self_attn.v_proj"],
    ),
    "llama-saved-embedding": dict(
        base="tiny-llama", r=2, lora_alpha=4, target_modules=["q_proj"], modules_to_save=["embed_tokens"],
    ),
    "llama-tied-embedding": dict(
        base="tiny-llama", r=2, lora_alpha=4, target_modules=["q_proj"], modules_to_save=["embed_tokens"], ensure_weight_tying=True,
    ),
    "llama-dora": dict(base="tiny-llama", r=2, lora_alpha=4, target_modules=["q_proj", "down_proj"], use_dora=True),
    "gpt2-dora-rslora": dict(
        base="tiny-gpt2", r=2, lora_alpha=2, target_modules="all-linear", use_dora=True, use_rslora=True, fan_in_fan_out=True,
    ),
    "gpt2-bias-all": dict(base="tiny-gpt2", r=2, lora_alpha=4, target_modules=["c_attn"], bias="all", fan_in_fan_out=True),
    "gpt2-bias-lora-only": dict(
        base="tiny-gpt2", r=2, lora_alpha=4, target_modules=["c_attn", "c_fc"], bias="lora_only", fan_in_fan_out=True,
    ),
    "gpt2-lora-bias": dict(base="tiny-gpt2", r=2, lora_alpha=3, target_modules=["c_attn", "mlp.c_proj"], lora_bias=True, fan_in_fan_out=True),
    "gpt2-saved-output": dict(
        base="tiny-gpt2", r=2, lora_alpha=4, target_modules=["c_attn"], modules_to_save=["lm_head", "ln_f"], fan_in_fan_out=True,
    ),
}


def main():
    for name, case in cases.items():
        torch.manual_seed(sum(map(ord, name)))
        base = os.path.join(root, "tools", "golden", case.pop("base"))
        folder = os.path.join(folders, name)
        shutil.rmtree(folder, ignore_errors=True)
        make(base, folder, LoraConfig(task_type="CAUSAL_LM", **case))
        with open(os.path.join(folder, "expected.json"), "w") as file:
            json.dump(expected(base, folder), file, indent=1)
            file.write("\n")


def load(base):
    return AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)


def make(base, folder, config):
    get_peft_model(load(base), config).save_pretrained(folder, save_embedding_layers=False)
    os.remove(os.path.join(folder, "README.md"))
    edit_json(os.path.join(folder, "adapter_config.json"), base_model_name_or_path=os.path.basename(base))
    path = os.path.join(folder, "adapter_model.safetensors")
    drawn = {name: value + 0.1 * torch.randn_like(value) for name, value in sorted(load_file(path).items())}
    if config.ensure_weight_tying:
        drawn["base_model.model.lm_head.weight"] = drawn["base_model.model.model.embed_tokens.weight"].clone()
    save_file(drawn, path, metadata={"format": "pt"})


def edit_json(path, **fields):
    with open(path) as file:
        config = {**json.load(file), **fields}
    for field in ("target_modules", "exclude_modules"):  # PEFT's sets come in another order each time
        if isinstance(config.get(field), list):
            config[field].sort()
    with open(path, "w") as file:
        json.dump(config, file, indent=1)
        file.write("\n")


def expected(base, folder):
    with open(os.path.join(base, "expected.json")) as file:
        batch = json.load(file)
    model = PeftModel.from_pretrained(load(base), folder, is_trainable=True).eval()
    logprobs, mask = response_logprobs(model, batch)
    nll = -logprobs.sum() / mask.sum()
    nll.backward()
    gradients = {stored_name(name): summary(p.grad) for name, p in model.named_parameters() if p.grad is not None}
    merged = model.merge_and_unload()
    with torch.no_grad():
        merged_logprobs, _ = response_logprobs(merged, batch)
    assert torch.allclose(merged_logprobs, logprobs, atol=1e-4)
    tied = merged.get_output_embeddings().weight.data_ptr() == merged.get_input_embeddings().weight.data_ptr()
    return {
        "logprobs": rounded(logprobs),
        "nll": nll.item(),
        "gradients": gradients,
        "tied": tied,
        "merged": {name: summary(p) for name, p in merged.named_parameters()},
    }


def response_logprobs(model, batch):
    ids = torch.tensor(batch["inputIds"])
    attention = torch.tensor(batch["attentionMask"])
    positions = torch.tensor(batch["positionIds"])
    mask = torch.tensor(batch["responseMask"]).float()
    prompt = batch["promptColumns"]
    logits = model(input_ids=ids, attention_mask=attention, position_ids=positions).logits[:, prompt - 1 : -1]
    chosen = torch.log_softmax(logits, -1).gather(-1, ids[:, prompt:].unsqueeze(-1)).squeeze(-1)
    return chosen * mask, mask


def stored_name(name):
    """The name that a parameter has in PEFT's file."""
    name = name.replace("modules_to_save.default.", "").replace(".default", "")
    return name.removesuffix(".weight") if "lora_magnitude_vector" in name else name


def summary(tensor):
    return {"sumOfAbs": tensor.abs().double().sum().item(), "first": rounded(tensor.flatten()[:12])}


def rounded(tensor):
    return [rounded(row) for row in tensor] if tensor.dim() > 1 else [float(f"{value:.9g}") for value in tensor.tolist()]


if __name__ == "__main__":
    sys.exit(main())
