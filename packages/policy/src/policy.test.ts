import type { SequenceBatch } from "@cai/contracts";
import { leftPadded, rightPadded } from "@cai/testing";
import { onEachBackend } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { smallBatch as batch, expectGradientsOfFiniteDifferences, lossOf, meanLogprob, smallConfig } from "./finite-differences.fixture.ts";
import { createPolicy } from "./load/create-policy.ts";
import { addLora } from "./lora/add-lora.ts";
import type { CausalPolicy } from "./policy.ts";
import { decimalTokenizer } from "./random/decimal-tokenizer.ts";

const smallPolicy = (seed = 7): Promise<CausalPolicy> =>
  createPolicy({ config: smallConfig, seed, tokenizer: decimalTokenizer(smallConfig.vocab_size) });

onEachBackend(() => {
  test("the gradient of a mean log-probability equals finite differences in every parameter", async () => {
    const policy = await smallPolicy();
    expectGradientsOfFiniteDifferences(policy);
    policy.dispose();
  });

  test("so it does where the output is a matrix of its own", async () => {
    const config = { ...smallConfig, tie_word_embeddings: false };
    const policy = await createPolicy({ config, seed: 7, tokenizer: decimalTokenizer(config.vocab_size) });
    expect([...policy.parameters.keys()]).toContain("lm_head.weight");
    expectGradientsOfFiniteDifferences(policy);
    policy.dispose();
  });

  test("training, references and disposing leave no tensor behind", async () => {
    const before = tf.memory().numTensors;
    const policy = await smallPolicy();
    const loaded = tf.memory().numTensors;
    expect(loaded - before).toBe(policy.parameters.size);
    for (let step = 0; step < 3; step++) {
      const { value, grads } = tf.valueAndGrads(() => meanLogprob(policy))([...policy.parameters.values()].map((one) => one.value));
      tf.dispose([value, ...grads]);
      const reference = policy.createReference();
      tf.dispose(reference.logprobs(batch, { temperature: 1 }));
      reference.dispose();
      tf.dispose(policy.hiddenStates(batch));
      expect(tf.memory().numTensors).toBe(loaded);
    }
    policy.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

test("hidden states are read from all parameters but an output matrix of its own", async () => {
  await tf.setBackend("cpu");
  const tokenizer = decimalTokenizer(smallConfig.vocab_size);
  const [tied, untied] = await Promise.all(
    [true, false].map((tie_word_embeddings) => createPolicy({ config: { ...smallConfig, tie_word_embeddings }, seed: 7, tokenizer })),
  );
  expect(tied!.hiddenParameters).toEqual(tied!.parameters);
  expect([...untied!.parameters.keys()].filter((name) => !untied!.hiddenParameters.has(name))).toEqual(["lm_head.weight"]);
  const adapted = addLora(untied!, { rank: 1 });
  expect(adapted.hiddenParameters).toEqual(adapted.parameters);
  for (const one of [tied!, untied!, adapted]) one.dispose();
});

test("padding on either side changes no number of a row", async () => {
  await tf.setBackend("cpu");
  const policy = await smallPolicy();
  const alone = lossesByToken(policy, { prompts: leftPadded([[4]]), responses: rightPadded([[7, 8, 9, 10]]) });
  const padded = lossesByToken(policy, { prompts: leftPadded([[4], [1, 2]], 5), responses: rightPadded([[7, 8, 9, 10], [1]], 6) });
  padded.slice(0, 4).forEach((value, index) => {
    expect(value).toBeCloseTo(alone[index]!, 5);
  });
  policy.dispose();
});

test("two policies side by side keep their own weights", async () => {
  await tf.setBackend("cpu");
  const [first, second] = [await smallPolicy(1), await smallPolicy(2)];
  const expectedOfSecond = lossOf(second);
  for (const parameter of first.parameters.values()) parameter.assign(tf.zerosLike(parameter.value));
  expect(lossOf(second)).toBe(expectedOfSecond);
  expect(lossOf(first)).toBeCloseTo(-Math.log(smallConfig.vocab_size), 5);
  first.dispose();
  expect(lossOf(second)).toBe(expectedOfSecond);
  second.dispose();
});

test("a reference keeps the weights it was made from, also after the policy is updated and disposed of", async () => {
  await tf.setBackend("cpu");
  const policy = await smallPolicy();
  const reference = policy.createReference();
  expect(reference.identity).toEqual(policy.identity);
  const logits = () => [...reference.logits!(reference.hiddenStates!(batch)).dataSync()];
  const before = [...reference.logprobs(batch, { temperature: 1 }).dataSync()];
  expect(logits()).toEqual([...policy.logits(policy.hiddenStates(batch)).dataSync()]);
  const logitsBefore = logits();
  for (const parameter of policy.parameters.values()) parameter.assign(tf.zerosLike(parameter.value));
  policy.dispose();
  expect([...reference.logprobs(batch, { temperature: 1 }).dataSync()]).toEqual(before);
  expect(logits()).toEqual(logitsBefore);
  reference.dispose();
});

test("a text that fills the context may have one column more, which is never read", async () => {
  await tf.setBackend("cpu");
  const policy = await smallPolicy();
  const sequences = (tokens: number) => ({ prompts: leftPadded([[1]]), responses: rightPadded([Array(tokens).fill(2)]) });
  expect(policy.hiddenStates(sequences(8)).shape).toEqual([1, 8, 6]);
  expect(() => policy.hiddenStates(sequences(9))).toThrow(expect.objectContaining({ name: "PolicyError", code: "too-long" }));
  policy.dispose();
});

test("hidden states, responses and temperatures that don't fit are refused", async () => {
  await tf.setBackend("cpu");
  const policy = await smallPolicy();
  const hidden = policy.hiddenStates(batch);
  const refused = (code: string, call: () => unknown): void => {
    expect(call).toThrow(expect.objectContaining({ name: "PolicyError", code }));
  };
  refused("shape-mismatch", () => policy.tokenLogprobs(hidden, rightPadded([[1], [2]]), { temperature: 1 }));
  refused("bad-option", () => policy.tokenLogprobs(hidden, batch.responses, { temperature: 0 }));
  refused("id-out-of-vocabulary", () => policy.hiddenStates({ ...batch, responses: rightPadded([[13], [1]]) }));
  refused("shape-mismatch", () => policy.hiddenStates({ ...batch, responses: rightPadded([[1]]) }));
  policy.dispose();
});

test("weights that became NaN are refused by generation, and leave no tensor behind", async () => {
  await tf.setBackend("cpu");
  const policy = await smallPolicy();
  policy.parameters.get("transformer.ln_f.bias")!.assign(tf.fill([6], Number.NaN));
  const before = tf.memory().numTensors;
  const sampling = { draws: { seed: 7, stream: "nan", step: 0 }, maxNewTokens: 3 };
  await expect(policy.generate(batch.prompts, sampling)).rejects.toThrow("NaN");
  expect(tf.memory().numTensors).toBe(before);
  policy.dispose();
});

function lossesByToken(policy: CausalPolicy, sequences: SequenceBatch): number[] {
  return tf.tidy(() => [
    ...policy.tokenLogprobs(policy.hiddenStates(sequences), sequences.responses, { temperature: 1 }).logprobs.dataSync(),
  ]);
}
