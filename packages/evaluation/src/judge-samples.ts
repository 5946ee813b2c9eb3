import type { RewardModel, ScoreFunction } from "@cai/contracts";
import { scoreResponses } from "@cai/rollouts";

const rowsAtOnce = 64;

/**
 * A judge's score of each answer that a run logged, for `auditRun`; it is asked with texts alone, since token ids are a policy's and there is none.
 *
 * @throws RolloutError `invalid-scores`; the signal's reason
 * @example
 * const judge = ({ responses }) => responses.map((response) => response.length);
 * const gold = await judgeSamples(judge, [{ prompt: "Hello", response: "there" }]); // Float32Array [5]
 */
export async function judgeSamples(
  judge: RewardModel | ScoreFunction,
  samples: readonly { readonly prompt: string; readonly response: string }[],
  signal?: AbortSignal,
): Promise<Float32Array> {
  const scores = new Float32Array(samples.length);
  for (let first = 0; first < samples.length; first += rowsAtOnce) {
    const batch = samples.slice(first, first + rowsAtOnce);
    const none = batch.map(() => new Int32Array(0));
    const prompts = batch.map(({ prompt }) => prompt);
    const responses = batch.map(({ response }) => response);
    scores.set(await scoreResponses(judge, { prompts, responses, promptIds: none, responseIds: none }, signal), first);
  }
  return scores;
}
