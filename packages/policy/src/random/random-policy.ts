import { PolicyError } from "../error.ts";
import { createPolicy } from "../load/create-policy.ts";
import type { CausalPolicy } from "../policy.ts";
import { decimalTokenizer } from "./decimal-tokenizer.ts";

type PresetConfig = Readonly<Record<string, unknown>> & { readonly vocab_size: number };

const gpt2 = {
  model_type: "gpt2",
  architectures: ["GPT2LMHeadModel"],
  activation_function: "gelu_new",
  vocab_size: 50257,
  n_positions: 1024,
  layer_norm_epsilon: 1e-5,
  initializer_range: 0.02,
  bos_token_id: 50256,
  eos_token_id: 50256,
};

/** The end of text is the stand-in tokenizer's. */
const smollm2 = {
  model_type: "llama",
  architectures: ["LlamaForCausalLM"],
  hidden_act: "silu",
  vocab_size: 49152,
  max_position_embeddings: 8192,
  rms_norm_eps: 1e-5,
  rope_theta: 100_000,
  tie_word_embeddings: true,
  initializer_range: 0.02,
  bos_token_id: 49151,
  eos_token_id: 49151,
};

/** Shapes of published models, by the name that follows `random:`. */
const presets: ReadonlyMap<string, PresetConfig> = new Map([
  ["gpt2", { ...gpt2, n_embd: 768, n_layer: 12, n_head: 12 }],
  ["gpt2-medium", { ...gpt2, n_embd: 1024, n_layer: 24, n_head: 16 }],
  ["gpt2-large", { ...gpt2, n_embd: 1280, n_layer: 36, n_head: 20 }],
  [
    "smollm2-135m",
    { ...smollm2, hidden_size: 576, intermediate_size: 1536, num_hidden_layers: 30, num_attention_heads: 9, num_key_value_heads: 3 },
  ],
]);

/**
 * A policy of a published model's shape with random weights, for benchmarks and tests: `random:gpt2`, `random:gpt2-medium`,
 * `random:gpt2-large` or `random:smollm2-135m`, optionally with a seed, `random:gpt2#7` (default 0). Its tokenizer is a stand-in that
 * writes ids as decimal words.
 *
 * Throws PolicyError for any other name.
 *
 * @example
 * const policy = await randomPolicy("random:gpt2");
 * policy.tokenizer.decode([15, 27]); // "15 27"
 */
export async function randomPolicy(source: string, { seed }: { readonly seed?: number } = {}): Promise<CausalPolicy> {
  const preset = presetOf(source, seed);
  return createPolicy({ ...preset, tokenizer: decimalTokenizer(preset.config.vocab_size) });
}

/** The configuration and the seed that a name stands for; a seed that is given outside of the name counts. */
export function presetOf(source: string, seed?: number): { readonly config: PresetConfig; readonly seed: number; readonly source: string } {
  const [, name = "", seedInName] = /^random:([^#]+)(?:#(\d+))?$/.exec(source) ?? [];
  const config = presets.get(name);
  if (config === undefined) {
    const known = [...presets.keys()].map((preset) => `random:${preset}`);
    throw new PolicyError("bad-option", `${source} is no random policy: give ${known.join(", ")}, with #<seed> behind it if you like`);
  }
  const chosenSeed = seed ?? Number(seedInName ?? 0);
  return { config, seed: chosenSeed, source: chosenSeed === 0 ? `random:${name}` : `random:${name}#${chosenSeed}` };
}
