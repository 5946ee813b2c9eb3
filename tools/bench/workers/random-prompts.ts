import type { TokenBatch } from "@cai/contracts";
import type { CausalPolicy } from "@cai/policy";
import { uniforms } from "@cai/random";

/** Tokens of every prompt. */
export const promptTokens = 24;

/** The ids of a prompt. */
export function randomPrompt({ vocabSize }: Pick<CausalPolicy, "vocabSize">, row: number): Int32Array {
  const draws = uniforms({ seed: 0, stream: "bench-prompts", counters: [row], count: promptTokens });
  return Int32Array.from(draws, (draw) => Math.floor(draw * vocabSize));
}

/** So many as a batch, without padding. */
export function randomPrompts(policy: Pick<CausalPolicy, "vocabSize">, rows: number): TokenBatch {
  const ids = Int32Array.from(Array.from({ length: rows }, (_, row) => [...randomPrompt(policy, row)]).flat());
  return { ids, mask: new Uint8Array(ids.length).fill(1), shape: [rows, promptTokens] };
}
