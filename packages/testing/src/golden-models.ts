import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { SequenceBatch } from "@cai/contracts";
import { goldenPath, repositoryPath } from "./golden.ts";
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

/** What tools/family-golden adds. */
interface ExpectedGradients {
  /** The mean negative log-probability of the response tokens at temperature 1. */
  readonly loss: number;
  /** Its gradients by the names of weights. */
  readonly gradients: Readonly<Record<string, { readonly absoluteSum: number; readonly first: readonly number[] }>>;
}

interface GoldenModel<Wanted = Expected> {
  readonly name: string;
  readonly folder: string;
  readonly expected: Wanted;
  /** The texts of `expected`, ragged: prompts padded on the left, responses on the right. */
  readonly batch: SequenceBatch;
}

/** Models of the first two families with random weights, in the layout of published ones, and what PyTorch and transformers compute from them. */
export const goldenModels = [golden(goldenPath("tiny-gpt2")), golden(goldenPath("tiny-llama"))] as const;

/** A model of each later family, and what transformers computes from it: tools/family-golden wrote them. */
export const familyModels = ["tiny-qwen3", "tiny-gemma3"].map((name) =>
  golden<Expected & ExpectedGradients>(repositoryPath(`packages/policy/src/golden/${name}`)),
);

export const [{ folder: tinyGpt2, expected }, { folder: tinyLlama }] = goldenModels;

function golden<Wanted extends Expected>(folder: string): GoldenModel<Wanted> {
  const expected = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as Wanted;
  const { inputIds, attentionMask, promptColumns, responseColumns } = expected;
  const texts = (from: number, to?: number) =>
    inputIds.map((ids, row) => ids.slice(from, to).filter((_, index) => attentionMask[row]![from + index] === 1));
  const batch = {
    prompts: leftPadded(texts(0, promptColumns), promptColumns),
    responses: rightPadded(texts(promptColumns), responseColumns),
  };
  return { name: basename(folder), folder, expected, batch };
}
