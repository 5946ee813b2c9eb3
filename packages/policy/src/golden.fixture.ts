import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

interface Distribution {
  readonly logprobs: readonly (readonly number[])[];
  readonly entropy: readonly (readonly number[])[];
}

export interface Expected {
  readonly promptColumns: number;
  readonly responseColumns: number;
  readonly inputIds: readonly (readonly number[])[];
  readonly attentionMask: readonly (readonly number[])[];
  readonly positionIds: readonly (readonly number[])[];
  readonly responseMask: readonly (readonly number[])[];
  readonly logits: {
    readonly rows: readonly { readonly row: number; readonly column: number; readonly logits: readonly number[] }[];
    readonly validPositions: readonly (readonly [row: number, column: number])[];
    readonly mean: readonly number[];
    readonly meanAbs: readonly number[];
    readonly logsumexp: readonly number[];
    readonly argmax: readonly number[];
  };
  readonly temperature1: Distribution;
  readonly "temperature0.7": Distribution;
  readonly greedy: {
    readonly newTokens: number;
    readonly prompts: readonly (readonly number[])[];
    readonly continuations: readonly (readonly number[])[];
  };
}

/** A model of each family with random weights, in the layout of published ones, and what PyTorch and transformers compute from it. */
export const goldenModels = [golden("tiny-gpt2"), golden("tiny-llama")] as const;

export const [{ folder: tinyGpt2, expected }] = goldenModels;

function golden(name: string): { readonly name: string; readonly folder: string; readonly expected: Expected } {
  const folder = new URL(`../../../tools/golden/${name}/`, import.meta.url);
  return { name, folder: fileURLToPath(folder), expected: JSON.parse(readFileSync(new URL("expected.json", folder), "utf8")) };
}
