import { mostLogitBytes } from "@cai/kernels";
import { keptNumbers } from "./model/kept-numbers.ts";
import type { PolicyParts } from "./policy.ts";

/** Bytes of float32. */
export interface PolicyMemory {
  /** Of all weights, with an adapter's. */
  readonly weights: number;
  /** Of those that are trained. */
  readonly trained: number;
  /** What a token keeps from a forward pass to its backward pass. */
  readonly keptToken: number;
  /** The same with `recompute`, on or off: what is kept between blocks, and what one block keeps while it is walked back. */
  readonly keptTokenRecomputing: number;
  /** The logits of a token. */
  readonly logits: number;
  /** Logits that are held at once, at most. */
  readonly mostLogits: number;
  /** Keys and values of a token in generation. */
  readonly cachedToken: number;
}

/** From the shapes of a policy's parts alone. */
export function policyMemory({ architecture, parameters, adapter, recompute = false }: PolicyParts): PolicyMemory {
  const { layerCount, hiddenSize, vocabSize, attention, outputWeight } = architecture;
  const numbers = (all: Iterable<{ readonly value: { readonly size: number } }>) =>
    [...all].reduce((sum, { value }) => sum + value.size, 0);
  const own = adapter?.lora.parameters ?? parameters;
  const blocks = keptNumbers(architecture, (name) => adapter?.lora.update(name)?.a.shape[0] ?? 0);
  const between = layerCount * hiddenSize;
  const keptTokenRecomputing = 4 * (between + Math.max(...blocks));
  const isFrozen = !(adapter?.lora.replacement(outputWeight) ?? parameters.get(outputWeight)!).trainable;
  return {
    weights: 4 * (numbers(parameters.values()) + (adapter === undefined ? 0 : numbers(own.values()))),
    trained: 4 * numbers([...own.values()].filter(({ trainable }) => trainable)),
    keptToken: recompute ? keptTokenRecomputing : 4 * blocks.reduce((sum, block) => sum + block, 0),
    keptTokenRecomputing,
    logits: 4 * vocabSize,
    mostLogits: mostLogitBytes({ isFrozen }),
    cachedToken: 4 * layerCount * 2 * attention.keyValueHeadCount * attention.headSize,
  };
}
