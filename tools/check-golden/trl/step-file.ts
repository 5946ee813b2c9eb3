import type { Rows } from "../golden-json.ts";

/** A whole `PPOTrainer.step` of TRL. Arrays have a column for each predicted token of query and response: column t predicts token t + 1. */
export interface TrlStep {
  readonly inputs: {
    readonly queries: Rows;
    readonly responses: Rows;
    readonly scores: readonly number[];
    readonly valueHead: { readonly weight: Rows; readonly bias: readonly number[] };
    /** Weights of the reference that differ from the policy's. */
    readonly refOverrides: Readonly<Record<string, readonly number[]>>;
  };
  readonly params: Readonly<
    Record<
      "ppoEpochs" | "lr" | "adamEps" | "gamma" | "lambda" | "cliprange" | "clipRangeValue" | "vfCoef" | "initKlCoef" | "target" | "horizon",
      number
    >
  > & { readonly adamBetas: readonly [number, number]; readonly klPenalty: string; readonly whitenRewards: boolean };
  readonly expected: Readonly<Record<"logprobs" | "refLogprobs" | "rewards" | "values" | "advantages" | "returns" | "mask", Rows>> & {
    readonly epochs: readonly Readonly<Record<"pgLoss" | "vfLossTimesCoef" | "approxkl" | "clipfrac" | "entropy", number>>[];
    readonly stats: Readonly<Record<string, number>>;
    readonly klCoefAfter: number;
    /** Some parameters, by name. */
    readonly after: Readonly<Record<string, readonly number[] | Rows>>;
  };
}
