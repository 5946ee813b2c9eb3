import "@tensorflow/tfjs";
import type { SequenceBatch } from "@cai/contracts";
import { createParameter } from "@cai/kernels";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { ValueHead } from "./value-head.ts";
import { separateValueModel, sharedTrunkValueModel } from "./value-model.ts";

const batch: SequenceBatch = {
  prompts: { ids: new Int32Array([1]), mask: new Uint8Array([1]), shape: [1, 1] },
  responses: { ids: new Int32Array([2, 1]), mask: new Uint8Array([1, 1]), shape: [1, 2] },
};
const policyHidden = tf.tensor3d([1, 2, 3, 4], [1, 2, 2]);
const sumHead = () => ValueHead.create({ hiddenSize: 2, weight: new Float32Array([1, 1]) });

/** Its hidden state is the response's token id times a weight, twice. */
function toyTrunk() {
  const weight = createParameter({ name: "wte", layer: -1, value: tf.tensor1d([10]) });
  return {
    weight,
    parameters: new Map([["wte", weight]]),
    hiddenStates: ({ responses }: SequenceBatch) =>
      tf.tidy(() => {
        const ids = tf.tensor3d(Float32Array.from(responses.ids), [...responses.shape, 1]);
        return tf.tile(tf.mul(ids, weight.value), [1, 1, 2]);
      }),
    lastHiddenStates: ({ responses }: SequenceBatch) => tf.tidy(() => tf.mul(tf.ones([responses.shape[0], 2]), weight.value)),
    dispose: () => tf.dispose(weight.value),
  };
}

test("on a shared trunk values come from the policy's hidden states, and their gradient reaches the policy", () => {
  const model = sharedTrunkValueModel({ head: sumHead() });
  expect(model.values(batch, policyHidden).arraySync()).toEqual([[3, 7]]);
  const gradient = tf.grad((hidden) => tf.sum(model.values(batch, hidden)))(policyHidden);
  expect([...gradient.dataSync()]).toEqual([1, 1, 1, 1]);
  expect([...model.parameters.keys()]).toEqual(["v_head.weight", "v_head.bias"]);
});

test("a separate model reads its own trunk, and the policy's hidden states get no gradient", () => {
  const trunk = toyTrunk();
  const model = separateValueModel({ trunk, head: sumHead() });
  expect(model.values(batch, policyHidden).arraySync()).toEqual([[40, 20]]);
  const [gradient] = tf.grads(() => tf.sum(model.values(batch, policyHidden)))([trunk.weight.value]);
  expect([...gradient!.dataSync()]).toEqual([6]);
  expect(() => tf.grad((hidden) => tf.sum(model.values(batch, hidden)))(policyHidden)).toThrow(/Cannot compute gradient/);
});

test("a whole text's value is read where the tokens' are: at the policy's last hidden state, or at the model's own, and leaves one tensor", () => {
  const asked: SequenceBatch[] = [];
  const policy = {
    lastHiddenStates: (given: SequenceBatch) => {
      asked.push(given);
      return tf.tensor2d([[3, 4]]);
    },
  };
  const models = [sharedTrunkValueModel({ head: sumHead() }), separateValueModel({ trunk: toyTrunk(), head: sumHead() })];
  const before = tf.memory().numTensors;
  const values = models.map((model) => model.lastValues(batch, policy));
  expect(tf.memory().numTensors).toBe(before + 2);
  expect(values.map((one) => one.arraySync())).toEqual([[7], [20]]);
  expect(asked).toEqual([batch]);
});

test("a trunk's output matrix, which no value depends on, is none of the model's parameters", () => {
  const trunk = toyTrunk();
  const output = createParameter({ name: "lm_head", layer: 1, value: tf.tensor1d([3]) });
  const parameters = new Map([["wte", trunk.weight], ["lm_head", output]]); // biome-ignore format: a line
  const model = separateValueModel({ trunk: { ...trunk, parameters, hiddenParameters: trunk.parameters }, head: sumHead() });
  expect([...model.parameters.keys()]).toEqual(["value.wte", "v_head.weight", "v_head.bias"]);
});

test("the parameters of a separate trunk are the same ones under names of their own", () => {
  const trunk = toyTrunk();
  const model = separateValueModel({ trunk, head: sumHead() });
  expect([...model.parameters].map(([key, { name }]) => [key, name])).toEqual([
    ["value.wte", "value.wte"],
    ["v_head.weight", "v_head.weight"],
    ["v_head.bias", "v_head.bias"],
  ]);
  const renamed = model.parameters.get("value.wte")!;
  renamed.trainable = false;
  expect(trunk.weight.trainable).toBe(false);
  renamed.assign(tf.tensor1d([1]));
  renamed.replace(() => tf.tensor1d([2]));
  expect(model.values(batch, policyHidden).arraySync()).toEqual([[8, 4]]);
  expect(renamed).toMatchObject({ shape: [1], layer: -1 });
  expect([...renamed.value.dataSync()]).toEqual([2]);
});

test("values leave one tensor, and dispose frees trunk and head", () => {
  const before = tf.memory().numTensors;
  const model = separateValueModel({ trunk: toyTrunk(), head: sumHead() });
  const values = model.values(batch, policyHidden);
  values.dispose();
  model.dispose();
  expect(tf.memory().numTensors).toBe(before);
});
