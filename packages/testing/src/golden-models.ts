import type { SequenceBatch } from "@cai/contracts";
import { goldenPath, readGolden } from "./golden.ts";
import { leftPadded, rightPadded } from "./token-batches.ts";

interface Distribution {
  readonly logprobs: readonly (readonly number[])[];
  readonly entropy: readonly (readonly number[])[];
}

interface Expected {
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

interface GoldenModel {
  readonly name: string;
  readonly folder: string;
  readonly expected: Expected;
  /** The texts of `expected`, ragged: prompts padded on the left, responses on the right. */
  readonly batch: SequenceBatch;
}

/** A model of each family with random weights, in the layout of published ones, and what PyTorch and transformers compute from it. */
export const goldenModels = [golden("tiny-gpt2"), golden("tiny-llama")] as const;

export const [{ folder: tinyGpt2, expected }, { folder: tinyLlama }] = goldenModels;

function golden(name: string): GoldenModel {
  const expected = readGolden<Expected>(`${name}/expected.json`);
  const { inputIds, attentionMask, promptColumns, responseColumns } = expected;
  const texts = (from: number, to?: number) =>
    inputIds.map((ids, row) => ids.slice(from, to).filter((_, index) => attentionMask[row]![from + index] === 1));
  const batch = {
    prompts: leftPadded(texts(0, promptColumns), promptColumns),
    responses: rightPadded(texts(promptColumns), responseColumns),
  };
  return { name, folder: goldenPath(name), expected, batch };
}
