import type { Nested } from "../compare.ts";
import type { Rows } from "../golden-json.ts";
import type { LossCase, UpdateCase } from "./update-file.ts";

/** Options of TRL's GRPO and RLOO, by its names in camel case; one that is missing has TRL's default. */
export interface GroupParams {
  readonly lossType?: "grpo" | "dapo" | "dr_grpo" | "bnpo" | "cispo";
  readonly importanceSamplingLevel?: "token" | "sequence";
  readonly scaleRewards?: "group" | "batch" | "none";
  readonly beta?: number;
  readonly epsilon?: number;
  readonly epsilonHigh?: number;
  readonly entropyCoef?: number;
  readonly useBiasCorrectionKl?: boolean;
  readonly maxCompletionLength?: number;
  readonly maskTruncatedCompletions?: boolean;
  readonly numIterations?: number;
  readonly temperature?: number;
  readonly normalizeAdvantages?: boolean;
  readonly rewardClipRange?: readonly [number, number];
  readonly vllmImportanceSamplingMode?: string;
  readonly vllmImportanceSamplingClipMax?: number;
}

export type GroupLossCase = LossCase<
  GroupParams,
  Readonly<Record<"mask" | "newLogprobs" | "oldLogprobs" | "refLogprobs" | "entropies", Rows>> & {
    readonly advantages: readonly number[];
    readonly weights?: Rows;
  },
  { readonly gradLogprobs: Rows; readonly gradEntropies?: Rows }
>;

export interface GroupAdvantagesCase {
  readonly name: string;
  readonly params: GroupParams & { readonly groupSize: number };
  readonly inputs: { readonly rewards: readonly number[] };
  readonly expected: { readonly advantages: readonly number[]; readonly metrics: Readonly<Record<string, number>> };
}

export type GroupUpdateCase = UpdateCase<
  GroupParams,
  {
    readonly prompts: Rows;
    /** As many to each prompt, prompt by prompt. */
    readonly completions: Rows;
    readonly rewards: readonly number[];
    /** Log-probabilities of the engine that drew the completions, where it was another than the policy. */
    readonly behaviour?: Rows;
    readonly refOverrides: Readonly<Record<string, readonly number[]>>;
  },
  { readonly advantages: readonly number[] } & Readonly<Partial<Record<"mask" | "oldLogprobs" | "refLogprobs" | "weights", Nested>>>
>;

/** `trl_grpo.json` or `trl_rloo.json`. */
export interface GroupFile {
  readonly losses: readonly GroupLossCase[];
  readonly advantages: readonly GroupAdvantagesCase[];
  readonly updates: readonly GroupUpdateCase[];
}
