import type { CausalPolicy } from "@cai/policy";
import * as tf from "@tensorflow/tfjs-core";
import type { NamedCheck } from "../case.ts";
import { type Comparison, compareNumbers } from "../compare.ts";
import { tolerances } from "../tolerances.ts";
import { type Distribution, type ExpectedPolicy, sequenceBatch } from "./expected.ts";

/** Log-probabilities and entropies of the response tokens, at every temperature that the file has. */
export function distributionCases(policy: CausalPolicy, expected: ExpectedPolicy): NamedCheck[] {
  return Object.entries(expected).flatMap(([key, wanted]) => {
    const temperature = /^temperature(\d+(?:\.\d+)?)$/.exec(key)?.[1];
    if (temperature === undefined) return [];
    const name = `log-probabilities and entropies, temperature ${temperature}`;
    return [{ name, compute: () => compareDistribution(policy, expected, Number(temperature), wanted as unknown as Distribution) }];
  });
}

async function compareDistribution(
  policy: CausalPolicy,
  expected: ExpectedPolicy,
  temperature: number,
  wanted: Distribution,
): Promise<Comparison[]> {
  const batch = sequenceBatch(expected);
  const { mask } = batch.responses;
  const { logprobs, entropy } = tf.tidy(() =>
    policy.tokenLogprobs(policy.hiddenStates(batch), batch.responses, { temperature, entropy: true }),
  );
  const comparisons = [
    compareNumbers("logprobs", await logprobs.data(), wanted.logprobs, tolerances.logprobs, mask),
    compareNumbers("entropy", await entropy!.data(), wanted.entropy, tolerances.logprobs, mask),
  ];
  tf.dispose([logprobs, entropy!]);
  return comparisons;
}
