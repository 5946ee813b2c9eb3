import { onEachBackend } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, test } from "vitest";
import {
  smallBatch as batch,
  expectGradientsOfFiniteDifferences,
  lossOf,
  meanLogprob,
  smallConfig,
} from "../finite-differences.fixture.ts";
import { createPolicy } from "../load/create-policy.ts";
import type { CausalPolicy } from "../policy.ts";
import { decimalTokenizer } from "../random/decimal-tokenizer.ts";
import { addLora } from "./add-lora.ts";
import { mergeLora } from "./merge-lora.ts";

const basePolicy = (): Promise<CausalPolicy> =>
  createPolicy({ config: smallConfig, seed: 7, tokenizer: decimalTokenizer(smallConfig.vocab_size), source: "base" });
const sampling = { draws: { seed: 7, stream: "lora", step: 0 }, maxNewTokens: 4 };

/** Fills every B with numbers of its own, as training would. */
function stir(policy: CausalPolicy): void {
  for (const { name, shape, value, assign } of policy.parameters.values())
    if (name.endsWith("lora_B.weight"))
      assign(
        tf.tensor(
          Float32Array.from({ length: value.size }, (_, i) => Math.sin(i + name.length)),
          [...shape],
        ),
      );
}

onEachBackend(() => {
  test("at its start an adapted policy gives bit for bit what the base gives, in training and in generation", async () => {
    const base = await basePolicy();
    const policy = addLora(base, { rank: 2 });
    expect(lossOf(policy)).toBe(lossOf(base));
    const [first, second] = [await policy.generate(batch.prompts, sampling), await base.generate(batch.prompts, sampling)];
    expect(first).toEqual(second);
    base.dispose();
    policy.dispose();
  });

  test("the gradient in every matrix equals finite differences", async () => {
    const base = await basePolicy();
    const policy = addLora(base, { rank: 2, alpha: 3 });
    base.dispose();
    stir(policy);
    expectGradientsOfFiniteDifferences(policy);
    policy.dispose();
  });

  test("a merged policy gives what the adapted one gives, and has all weights to train", async () => {
    const base = await basePolicy();
    const policy = addLora(base, { rank: 3 });
    stir(policy);
    const merged = await mergeLora(policy);
    expect(Math.abs(lossOf(policy) - lossOf(base))).toBeGreaterThan(1e-2);
    expect(lossOf(merged)).toBeCloseTo(lossOf(policy), 5);
    expect([...merged.parameters.keys()]).toEqual([...base.parameters.keys()]);
    expect([...merged.parameters.values()].every(({ trainable }) => trainable)).toBe(true);
    expect(merged.identity.sha256).not.toBe(base.identity.sha256);
    for (const one of [base, policy, merged]) one.dispose();
  });

  test("adapter, references and merging take no copy of the base and leave no tensor behind", async () => {
    const before = tf.memory();
    const base = await basePolicy();
    const loaded = tf.memory();
    const policy = addLora(base, { rank: 1 });
    const reference = policy.createReference();
    // A buffer that several tensors share counts once.
    expect(tf.memory().numDataBuffers - loaded.numDataBuffers).toBe(policy.parameters.size);
    base.dispose();
    const { numTensors } = tf.memory();
    for (let step = 0; step < 3; step++) {
      const { value, grads } = tf.valueAndGrads(() => meanLogprob(policy))([...policy.parameters.values()].map((one) => one.value));
      tf.dispose([value, ...grads, reference.logprobs(batch, { temperature: 1 })]);
      (await mergeLora(policy)).dispose();
      expect(tf.memory().numTensors).toBe(numTensors);
    }
    reference.dispose();
    policy.dispose();
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
  });
});

describe("an adapted policy", () => {
  test("has PEFT's parameters and no others: A uniform within 1/√in, B zero, the same for the same seed", async () => {
    await tf.setBackend("cpu");
    const base = await basePolicy();
    const [policy, same, other] = [3, 3, 4].map((seed) => addLora(base, { rank: 2, targets: ["c_fc"], seed }));
    const prefix = "base_model.model.transformer.h";
    expect([...policy!.parameters.values()].map(({ name, shape, layer, trainable }) => [name, shape, layer, trainable])).toEqual([
      [`${prefix}.0.mlp.c_fc.lora_A.weight`, [2, 6], 0, true],
      [`${prefix}.0.mlp.c_fc.lora_B.weight`, [24, 2], 0, true],
      [`${prefix}.1.mlp.c_fc.lora_A.weight`, [2, 6], 1, true],
      [`${prefix}.1.mlp.c_fc.lora_B.weight`, [24, 2], 1, true],
    ]);
    const numbers = (one: CausalPolicy, name: string) => [...one.parameters.get(`${prefix}.${name}.weight`)!.value.dataSync()];
    const a = numbers(policy!, "0.mlp.c_fc.lora_A");
    expect(Math.max(...a.map(Math.abs))).toBeLessThanOrEqual(1 / Math.sqrt(6));
    expect(Math.min(...a)).toBeLessThan(0);
    expect(Math.max(...a)).toBeGreaterThan(0);
    expect(new Set(numbers(policy!, "0.mlp.c_fc.lora_B"))).toEqual(new Set([0]));
    expect(numbers(same!, "0.mlp.c_fc.lora_A")).toEqual(a);
    expect(numbers(other!, "0.mlp.c_fc.lora_A")).not.toEqual(a);
    expect(numbers(policy!, "1.mlp.c_fc.lora_A")).not.toEqual(a);
    for (const one of [base, policy!, same!, other!]) one.dispose();
  });

  test("is known by its base, its start and its scale; its reference by the base alone", async () => {
    await tf.setBackend("cpu");
    const base = await basePolicy();
    const options = [{ rank: 2 }, { rank: 2 }, { rank: 2, alpha: 8 }, { rank: 2, seed: 1 }, { rank: 4 }, { rank: 2, targets: ["c_fc"] }];
    const policies = options.map((one) => addLora(base, one));
    const hashes = policies.map(({ identity }) => identity.sha256);
    expect(hashes[1]).toBe(hashes[0]);
    expect(new Set([base.identity.sha256, ...hashes]).size).toBe(6);
    expect(policies[0]!.identity.source).toBe("base with LoRA of rank 2, alpha 4, seed 0");
    const reference = policies[0]!.createReference();
    expect(reference.identity).toEqual(base.identity);
    reference.dispose();
    for (const one of [base, ...policies]) one.dispose();
  });

  test("keeps its reference where the base was, however the adapter is trained", async () => {
    await tf.setBackend("cpu");
    const base = await basePolicy();
    const policy = addLora(base, { rank: 2 });
    const reference = policy.createReference();
    const before = [...reference.logprobs(batch, { temperature: 1 }).dataSync()];
    stir(policy);
    expect([...reference.logprobs(batch, { temperature: 1 }).dataSync()]).toEqual(before);
    policy.dispose();
    base.dispose();
    expect([...reference.logprobs(batch, { temperature: 1 }).dataSync()]).toEqual(before);
    reference.dispose();
  });

  test("does not feel another adapter on the same base, nor what becomes of the base", async () => {
    await tf.setBackend("cpu");
    const base = await basePolicy();
    const [first, second] = [addLora(base, { rank: 2, seed: 1 }), addLora(base, { rank: 2, seed: 2 })];
    const start = lossOf(base);
    stir(first);
    expect(lossOf(second)).toBe(start);
    expect(lossOf(base)).toBe(start);
    const trained = lossOf(first);
    for (const parameter of base.parameters.values()) parameter.assign(tf.zerosLike(parameter.value));
    base.dispose();
    expect([lossOf(first), lossOf(second)]).toEqual([trained, start]);
    first.dispose();
    expect(lossOf(second)).toBe(start);
    second.dispose();
  });

  test("is refused with a rank or alpha out of bounds, a second adapter, or nothing to merge", async () => {
    await tf.setBackend("cpu");
    const base = await basePolicy();
    const refused = (options: Parameters<typeof addLora>[1], message: string) =>
      expect(() => addLora(base, options)).toThrow(
        expect.objectContaining({ code: "bad-option", message: expect.stringContaining(message) }),
      );
    refused({ rank: 0 }, "rank is 0, expected a positive integer");
    refused({ rank: 1.5 }, "rank is 1.5");
    refused({ rank: 8, alpha: 0 }, "alpha is 0, expected a positive number such as 16");
    refused({ rank: 8, alpha: Number.NaN }, "alpha is NaN");
    refused({ rank: 8, targets: ["q_proj"] }, '"q_proj" matches no linear layer');
    const before = tf.memory().numTensors;
    const policy = addLora(base, { rank: 1 });
    expect(() => addLora(policy, { rank: 1 })).toThrow("has an adapter already");
    policy.dispose();
    expect(tf.memory().numTensors).toBe(before);
    await expect(mergeLora(base)).rejects.toMatchObject({ code: "bad-option", message: expect.stringContaining("no adapter to merge") });
    base.dispose();
  });
});
