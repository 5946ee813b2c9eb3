import { onEachBackend, onNativeKernels } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { smallBatch as batch, smallConfig } from "../finite-differences.fixture.ts";
import { createPolicy } from "../load/create-policy.ts";
import { addLora } from "../lora/add-lora.ts";
import { decimalTokenizer } from "../random/decimal-tokenizer.ts";
import { folderOnDisk } from "./scratch-weights.ts";

const smallPolicy = () => createPolicy({ config: smallConfig, seed: 7, tokenizer: decimalTokenizer(smallConfig.vocab_size) });

/** All that a reference gives. */
function readings(reference: ReturnType<Awaited<ReturnType<typeof smallPolicy>>["createReference"]>): number[][] {
  return tf.tidy(() => {
    const hidden = reference.hiddenStates!(batch);
    return [reference.logprobs(batch, { temperature: 0.7 }), hidden, reference.logits!(hidden)].map((tensor) => [...tensor.dataSync()]);
  });
}

onEachBackend(() => {
  test("from the disk, where it can, or from memory, a reference gives the same to the bit, and leaves no tensor", async () => {
    const policy = await smallPolicy();
    const [inMemory, onDisk] = [policy.createReference(), policy.createReference({ onDisk: true })];
    const before = tf.memory().numTensors;
    const expected = readings(inMemory);
    expect(readings(onDisk)).toEqual(expected);
    for (const { value, assign } of policy.parameters.values()) assign(tf.zerosLike(value));
    policy.dispose();
    expect(readings(onDisk)).toEqual(expected);
    expect(tf.memory().numTensors).toBe(before - policy.parameters.size);
    inMemory.dispose();
    onDisk.dispose();
  });

  test("inside of a gradient function it is a constant", async () => {
    const policy = await smallPolicy();
    const reference = policy.createReference({ onDisk: true });
    const plain = reference.logprobs(batch, { temperature: 1 }).dataSync<"float32">();
    const before = tf.memory().numTensors;
    const { value, grad } = tf.valueAndGrad((x: tf.Tensor) => tf.sum(tf.mul(x, reference.logprobs(batch, { temperature: 1 }))))(
      tf.scalar(2),
    );
    const sum = plain.reduce((total, one) => total + one, 0);
    expect(grad.dataSync()[0]).toBeCloseTo(sum, 4);
    tf.dispose([value, grad]);
    expect(tf.memory().numTensors).toBe(before + 1); // the 2
    reference.dispose();
    policy.dispose();
  });
});

onNativeKernels(() => {
  test.runIf(folderOnDisk() !== undefined)("on disk it holds no tensor", async () => {
    const policy = await smallPolicy();
    const before = tf.memory().numTensors;
    const reference = policy.createReference({ onDisk: true });
    expect(tf.memory().numTensors).toBe(before);
    reference.dispose();
    policy.dispose();
  });

  test("beneath an adapter the weights are the policy's own, in memory", async () => {
    const base = await smallPolicy();
    const policy = addLora(base, { rank: 1 });
    const before = tf.memory().numTensors;
    const reference = policy.createReference({ onDisk: true });
    expect(tf.memory().numTensors).toBe(before + base.parameters.size);
    expect(tf.memory().numDataBuffers).toBeLessThan(tf.memory().numTensors);
    reference.dispose();
    base.dispose();
  });
});
