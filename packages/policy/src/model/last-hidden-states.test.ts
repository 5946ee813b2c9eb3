import type { SequenceBatch } from "@cai/contracts";
import { goldenModels, leftPadded, rightPadded } from "@cai/testing";
import { onEachBackend } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { expectGradientsOfFiniteDifferences, smallBatch, smallConfig } from "../finite-differences.fixture.ts";
import { createPolicy } from "../load/create-policy.ts";
import { loadPolicy } from "../load/load-policy.ts";
import { addLora } from "../lora/add-lora.ts";
import type { CausalPolicy } from "../policy.ts";
import { decimalTokenizer } from "../random/decimal-tokenizer.ts";

const prompts = leftPadded([[1, 2, 3], [4], [7, 8]]);
const batch: SequenceBatch = { prompts, responses: rightPadded([[5, 6], [7, 8, 9, 10], []]) };

const smallPolicy = (more: object = {}): Promise<CausalPolicy> =>
  createPolicy({ config: { ...smallConfig, ...more }, seed: 7, tokenizer: decimalTokenizer(smallConfig.vocab_size) });

/** A sum of the last hidden states of `smallBatch`, weighted unevenly: the norm makes those of a row add up to the same. */
function weightedSum(policy: CausalPolicy): tf.Scalar {
  const states = policy.lastHiddenStates(smallBatch);
  return tf.sum(tf.mul(states, tf.cos(tf.reshape(tf.range(0, states.size), states.shape))));
}

onEachBackend(() => {
  test.each(goldenModels)(
    "$name: the state after the last token is the one that a further token would be read from",
    async ({ folder }) => {
      const policy = await loadPolicy(folder);
      const further = rightPadded([[5, 6, 0], [7, 8, 9, 10, 0], [0]]);
      const all = policy.hiddenStates({ prompts, responses: further }).arraySync();
      const last = policy.lastHiddenStates(batch).arraySync();
      for (const [row, length] of [2, 4, 0].entries())
        last[row]!.forEach((one, index) => {
          expect(one).toBeCloseTo(all[row]![length]![index]!, 5);
        });
      policy.dispose();
    },
  );

  test("its gradient equals finite differences in every parameter that hidden states are read from", async () => {
    const policy = await smallPolicy();
    expectGradientsOfFiniteDifferences(policy, { loss: weightedSum, tolerance: 5e-3 });
    policy.dispose();
  });

  test("an adapter is under it too", async () => {
    const base = await smallPolicy({ tie_word_embeddings: false });
    const policy = addLora(base, { rank: 2 });
    expectGradientsOfFiniteDifferences(policy, { loss: weightedSum, tolerance: 5e-3 });
    for (const one of [base, policy]) one.dispose();
  });

  test("it leaves its own tensor alone", async () => {
    const policy = await smallPolicy();
    const before = tf.memory().numTensors;
    tf.dispose(policy.lastHiddenStates(smallBatch));
    const { value, grads } = tf.valueAndGrads(() => weightedSum(policy))([...policy.parameters.values()].map((one) => one.value));
    tf.dispose([value, ...grads]);
    expect(tf.memory().numTensors).toBe(before);
    policy.dispose();
  });
});

test("a text may fill the context, and have no token more", async () => {
  await tf.setBackend("cpu");
  const policy = await smallPolicy();
  const sequences = (tokens: number) => ({ prompts: leftPadded([[1]]), responses: rightPadded([Array(tokens).fill(2)]) });
  expect(policy.lastHiddenStates(sequences(7)).shape).toEqual([1, 6]);
  expect(() => policy.lastHiddenStates(sequences(8))).toThrow(expect.objectContaining({ name: "PolicyError", code: "too-long" }));
  policy.dispose();
});
