import { samplingOptions } from "@cai/rollouts";
import { checkParts, count, countOrNone, type OptionTable, resolveOptions, TrainingError } from "@cai/training";
import { defaultTie } from "./win-rate.ts";

/** What of a comparison is plain data. */
export interface ComparisonSettings {
  draws: number;
  bestOf: number;
  maxNewTokens: number;
  temperature: number;
  stopTokenIds: readonly number[];
  stopTexts: readonly string[];
  seed: number;
  batchSize: number;
  tie: number;
  level: number;
  resamples: number;
}

/** The options of `comparePolicies` that are plain data: their defaults, what they may be, and what they mean. */
export const comparisonOptions: OptionTable<ComparisonSettings> = {
  draws: { default: 1, ...count, describe: "answers of each policy to each prompt" },
  bestOf: {
    default: 8,
    ...count,
    describe: "further answers of the base to each prompt, for the best of n (1: off, as by default at temperature 0)",
  },
  maxNewTokens: { default: 128, ...count, describe: "longest answer, in tokens" },
  temperature: { default: 1, min: 0, max: 1e4, describe: "sampling temperature, also of the KL (0: greedy, one draw, and no KL)" },
  stopTokenIds: samplingOptions.stopTokenIds,
  stopTexts: samplingOptions.stopTexts,
  seed: { default: 0, ...countOrNone, describe: "seed of the draws, and of the samples for intervals" },
  batchSize: { default: 16, ...count, describe: "rows that are answered and scored at once" },
  tie: { default: defaultTie, min: 0, describe: "scores that are no further apart than this are a tie" },
  level: { default: 0.95, min: 0, exclusiveMin: true, max: 0.9999, describe: "confidence level of the intervals" },
  resamples: { default: 1000, ...count, describe: "samples of the prompts for the bootstrap's intervals" },
};

/**
 * The settings of a comparison with their defaults; at temperature 0, where all answers of a policy to a prompt are the same, the best of n is off
 * unless it is asked for.
 *
 * @throws TrainingError `invalid-option`, also for several answers that would all be the same
 */
export function resolveComparison(given: Partial<ComparisonSettings>): ComparisonSettings {
  const { bestOf = given.temperature === 0 ? 1 : comparisonOptions.bestOf.default } = given;
  const settings = resolveOptions(comparisonOptions, { ...given, bestOf });
  const { temperature, draws } = settings;
  if (temperature > 0 || (draws === 1 && bestOf === 1)) return settings;
  throw new TrainingError(
    "invalid-option",
    `temperature 0 gives one answer a prompt, and draws is ${draws}, bestOf ${bestOf}: pass 1 for both, or a higher temperature`,
  );
}

const policySpec = {
  methods: ["generate", "hiddenStates", "tokenLogprobs", "tokenizer.encode"],
  expected: "a policy, as loadPolicy of @cai/policy gives it",
  required: true,
};
const judgeSpec = { methods: ["score"], orFunction: true, expected: "a reward model or a function that scores" };
const parts = { policy: policySpec, base: policySpec, judge: { ...judgeSpec, required: true }, proxy: judgeSpec };

/**
 * The settings among the options of a comparison, before the defaults; its parts are looked at.
 *
 * @throws TrainingError `invalid-option`
 */
export function checkComparison({ prompts, ...options }: object & { readonly prompts: readonly unknown[] }): Partial<ComparisonSettings> {
  refuseNoList(prompts);
  return checkParts(options, { parts, table: comparisonOptions, elsewhere: [] });
}

/**
 * The same of options for a base alone.
 *
 * @throws TrainingError `invalid-option`
 */
export function checkBase({ prompts, ...options }: object & { readonly prompts: readonly unknown[] }): Partial<ComparisonSettings> {
  refuseNoList(prompts);
  return checkParts(options, { parts: { base: policySpec }, table: comparisonOptions, elsewhere: [] });
}

function refuseNoList(prompts: unknown): void {
  if (!Array.isArray(prompts)) throw new TrainingError("invalid-option", "prompts is missing; expected a list of them");
}
