import { selectSequences } from "@cai/contracts";
import type { AlternativeToken, InspectedRow, InspectedToken } from "@cai/dashboard";
import type { CausalPolicy } from "@cai/policy";
import type { StepExperience } from "@cai/trainer";
import * as tf from "@tensorflow/tfjs-core";

/**
 * The first rows of an experience, token by token. Called before the step's first update, while the policy is as it wrote them; the function that
 * it gives is called after the last.
 *
 * @param given.logprobsAfter `[B, T]` of the policy as it stands then
 */
export function tokenRows({
  experience,
  policy,
  rows,
  top,
  temperature,
  logprobsAfter,
}: {
  readonly experience: StepExperience;
  readonly policy: CausalPolicy;
  readonly rows: number;
  readonly top: number;
  readonly temperature: number;
  readonly logprobsAfter: () => Promise<Float32Array>;
}): () => Promise<InspectedRow[]> {
  const { prompts, responses } = experience;
  const [count, length] = responses.shape;
  const shown = Array.from({ length: Math.min(rows, count) }, (_, row) => row);
  // Computed now, read when there is time.
  const reading = Promise.all(shown.map((row) => likeliest({ experience, policy, row, top, temperature })));
  return async () => {
    const [after, alternatives] = [await logprobsAfter(), await reading];
    return shown.map((row) => {
      const cells = Array.from({ length }, (_, token) => row * length + token).filter((cell) => responses.mask[cell] === 1);
      const promptIds = [...prompts.ids.subarray(row * prompts.shape[1], (row + 1) * prompts.shape[1])].filter(
        (_, place) => prompts.mask[row * prompts.shape[1] + place] === 1,
      );
      return {
        prompt: policy.tokenizer.decode(promptIds),
        score: experience.scores[row]!,
        promptTokens: promptIds.map((id) => ({ id, text: tokenText(policy, id) })),
        tokens: cells.map((cell) => ({ ...tokenAt(cell, after), alternatives: alternatives[row]![cell % length]! })),
      };
    });
  };

  function tokenAt(cell: number, after: Float32Array): Omit<InspectedToken, "alternatives"> {
    const id = responses.ids[cell]!;
    const { logprobs, fullLogprobs = logprobs, refLogprobs, advantages, values, returns, rewards } = experience;
    return {
      text: tokenText(policy, id),
      id,
      logprob: logprobs[cell]!,
      ...(refLogprobs && { refLogprob: refLogprobs[cell]!, kl: fullLogprobs[cell]! - refLogprobs[cell]! }),
      advantage: advantages[cell]!,
      ...(values && { value: values[cell]! }),
      ...(returns && { return: returns[cell]! }),
      ...(rewards && { reward: rewards[cell]! }),
      ratio: Math.exp(after[cell]! - logprobs[cell]!),
    };
  }
}

/** For each place of a row's response the likeliest tokens of the whole vocabulary, at the sampling temperature. */
async function likeliest({
  experience,
  policy,
  row,
  top,
  temperature,
}: {
  readonly experience: StepExperience;
  readonly policy: CausalPolicy;
  readonly row: number;
  readonly top: number;
  readonly temperature: number;
}): Promise<AlternativeToken[][]> {
  const length = experience.responses.shape[1];
  if (top === 0) return Array.from({ length }, () => []);
  const { values, indices } = tf.tidy(() => {
    const logits = policy.logits(policy.hiddenStates(selectSequences(experience, [row]))).reshape([length, policy.vocabSize]);
    return tf.topk(tf.softmax(logits.div(temperature)), top);
  });
  const [probabilities, ids] = [await values.data(), await indices.data()];
  tf.dispose([values, indices]);
  return Array.from({ length }, (_, place) =>
    Array.from({ length: top }, (_, rank) => ({
      id: ids[place * top + rank]!,
      text: tokenText(policy, ids[place * top + rank]!),
      probability: probabilities[place * top + rank]!,
    })),
  );
}

const tokenText = (policy: CausalPolicy, id: number): string => policy.tokenizer.decode([id], { skipSpecialTokens: false });
