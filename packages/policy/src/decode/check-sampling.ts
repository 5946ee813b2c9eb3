import type { SamplingOptions } from "@cai/contracts";
import { drawTokens } from "@cai/sampling";
import { PolicyError } from "../error.ts";

interface SamplingCheck {
  readonly sampling: SamplingOptions;
  readonly eosTokenIds: readonly number[];
  /** Valid tokens of the longest prompt. */
  readonly longestPrompt: number;
  readonly vocabSize: number;
  readonly contextLength: number;
}

/** Refuses, before the model runs, what it can't sample. Throws PolicyError, and SamplingError for temperature, top-k and top-p. */
export function checkSampling({ sampling, eosTokenIds, longestPrompt, vocabSize, contextLength }: SamplingCheck): void {
  const { maxNewTokens, minNewTokens = 0, stopTokenIds = [], temperature, topK, topP } = sampling;
  if (!Number.isInteger(maxNewTokens) || maxNewTokens < 1)
    throw new PolicyError("bad-option", `maxNewTokens is ${maxNewTokens}: give a positive integer`);
  if (!Number.isInteger(minNewTokens) || minNewTokens < 0 || minNewTokens > maxNewTokens)
    throw new PolicyError("bad-option", `minNewTokens is ${minNewTokens}: give an integer from 0 to maxNewTokens, ${maxNewTokens}`);
  if (longestPrompt + maxNewTokens > contextLength) {
    const wanted = `a prompt of ${longestPrompt} tokens and ${maxNewTokens} new ones are ${longestPrompt + maxNewTokens}`;
    throw new PolicyError("too-long", `${wanted}, the model's context is ${contextLength}: shorten the prompt or ask for fewer tokens`);
  }
  const wrongId = stopTokenIds.find((id) => !Number.isInteger(id) || id < 0 || id >= vocabSize);
  if (wrongId !== undefined) throw new PolicyError("bad-option", `stopTokenIds holds ${wrongId}: give ids within 0 … ${vocabSize - 1}`);
  // The sampler knows best what it refuses: a draw from zeros asks it.
  drawTokens({
    logits: new Float32Array(vocabSize),
    shape: [1, vocabSize],
    uniforms: Float64Array.of(0),
    temperature,
    topK,
    topP,
    blockedIds: minNewTokens > 0 ? [...eosTokenIds, ...stopTokenIds] : [],
  });
}
