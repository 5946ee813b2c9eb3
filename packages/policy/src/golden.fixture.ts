import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = new URL("../../../tools/golden/tiny-gpt2/", import.meta.url);

/** Random weights in the layout of a published GPT-2, with what PyTorch and transformers compute from them. */
export const tinyGpt2 = fileURLToPath(folder);

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

export const expected = JSON.parse(readFileSync(new URL("expected.json", folder), "utf8")) as Expected;
