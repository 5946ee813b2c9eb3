import { PolicyError } from "../error.ts";

/** llama.cpp's names for the modules of a block, by Hugging Face's: of the Llama family, then of GPT-2's. */
const blockModules: ReadonlyMap<string, string> = new Map([
  ["input_layernorm", "attn_norm"],
  ["self_attn.q_proj", "attn_q"],
  ["self_attn.k_proj", "attn_k"],
  ["self_attn.v_proj", "attn_v"],
  ["self_attn.o_proj", "attn_output"],
  ["post_attention_layernorm", "ffn_norm"],
  ["mlp.gate_proj", "ffn_gate"],
  ["mlp.up_proj", "ffn_up"],
  ["mlp.down_proj", "ffn_down"],
  ["ln_1", "attn_norm"],
  ["attn.c_attn", "attn_qkv"],
  ["attn.c_proj", "attn_output"],
  ["ln_2", "ffn_norm"],
  ["mlp.c_fc", "ffn_up"],
  ["mlp.c_proj", "ffn_down"],
]);

const otherModules: ReadonlyMap<string, string> = new Map([
  ["model.embed_tokens", "token_embd"],
  ["model.norm", "output_norm"],
  ["lm_head", "output"],
  ["transformer.wte", "token_embd"],
  ["transformer.wpe", "position_embd"],
  ["transformer.ln_f", "output_norm"],
]);

/**
 * The name that a GGUF file has for a parameter: `model.layers.0.self_attn.q_proj.weight` is `blk.0.attn_q.weight`. Throws PolicyError for
 * a parameter that llama.cpp has no name for.
 */
export function ggufTensorName(parameterName: string): string {
  const [, layer, module = "", kind] = /^(?:(?:model\.layers|transformer\.h)\.(\d+)\.)?(.+)\.(weight|bias)$/.exec(parameterName) ?? [];
  const name = layer === undefined ? otherModules.get(module) : blockModules.get(module);
  if (name === undefined) throw new PolicyError("unsupported-config", `GGUF files have no name for the weight "${parameterName}"`);
  return layer === undefined ? `${name}.${kind}` : `blk.${layer}.${name}.${kind}`;
}
