import type { SequenceBatch } from "@cai/contracts";
import { type Rows, tokenColumns } from "../golden-json.ts";

export interface Distribution {
  readonly logprobs: Rows;
  readonly entropy: Rows;
}

/** A token's place in the padded batch. */
export type Position = readonly [row: number, column: number];

/** `expected.json` of a causal language model, as far as it is read here. */
export interface ExpectedPolicy {
  readonly promptColumns: number;
  readonly responseColumns: number;
  readonly inputIds: Rows;
  readonly attentionMask: Rows;
  readonly logits: {
    readonly rows: readonly { readonly row: number; readonly column: number; readonly logits: readonly number[] }[];
    readonly validPositions: readonly Position[];
    readonly mean: readonly number[];
    readonly meanAbs: readonly number[];
    readonly logsumexp: readonly number[];
    readonly argmax: readonly number[];
  };
  readonly greedy: { readonly newTokens: number; readonly prompts: Rows; readonly continuations: Rows };
  readonly tokenizer: {
    readonly encode: readonly ({ readonly text: string } & DecodedIds)[];
    readonly decodeOnly: readonly DecodedIds[];
  };
}

export interface DecodedIds {
  readonly ids: readonly number[];
  readonly decoded: string;
  readonly decodedSkipSpecial: string;
}

/** The padded batch of `expected.json` or `ppo_step.json`. */
export function sequenceBatch({
  inputIds: ids,
  attentionMask: mask,
  promptColumns,
  responseColumns,
}: Pick<ExpectedPolicy, "inputIds" | "attentionMask" | "promptColumns" | "responseColumns">): SequenceBatch {
  return {
    prompts: tokenColumns({ ids, mask }, 0, promptColumns),
    responses: tokenColumns({ ids, mask }, promptColumns, promptColumns + responseColumns),
  };
}
