import { readFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { onEachBackend } from "./backends.fixture.ts";
import { KernelError } from "./error.ts";
import { expectGradientsByFiniteDifferences, tensor } from "./finite-differences.fixture.ts";
import { tokenEntropy, tokenLogprobs } from "./token-distribution.ts";

type Nested = number | readonly Nested[];
interface Case {
  readonly name: string;
  readonly group: string;
  readonly inputs: { readonly logits: Nested; readonly labels?: Nested };
  readonly params: { readonly temperature: number };
  readonly expected: { readonly logp?: Nested; readonly entropy?: Nested; readonly gradLogits: Nested };
}
const vectors = JSON.parse(readFileSync(new URL("../../../tools/golden/vectors.json", import.meta.url), "utf8")) as { cases: Case[] };
const golden = (group: string) => vectors.cases.filter((one) => one.group === group);
const flat = (nested: Nested): number[] => (typeof nested === "number" ? [nested] : nested.flatMap(flat));

function expectClose(computed: tf.Tensor, expected: Nested) {
  const numbers = flat(expected);
  expect(computed.size).toBe(numbers.length);
  computed.dataSync().forEach((x, index) => {
    expect(Math.abs(x - numbers[index]!)).toBeLessThan(1e-5 * Math.max(1, Math.abs(numbers[index]!)));
  });
}

onEachBackend(() => {
  test("of four equal logits every token has -ln 4, and the entropy is ln 4", () => {
    expect(tokenLogprobs(tf.zeros([1, 4]), tf.tensor1d([2], "int32"), 1).dataSync()[0]).toBeCloseTo(-Math.log(4), 6);
    expect(tokenEntropy(tf.zeros([1, 4]), 1).dataSync()[0]).toBeCloseTo(Math.log(4), 6);
  });

  test("logits 0 and ln 3 at temperature 1/2 give probabilities 1/10 and 9/10", () => {
    const logprobs = tokenLogprobs(tf.tensor2d([0, Math.log(3), 0, Math.log(3)], [2, 2]), tf.tensor1d([0, 1], "int32"), 0.5).dataSync();
    expect(logprobs[0]).toBeCloseTo(Math.log(0.1), 5);
    expect(logprobs[1]).toBeCloseTo(Math.log(0.9), 5);
  });

  test("logits of ±1e4 give finite numbers and gradients", () => {
    const logits = tf.tensor2d([1e4, -1e4, 0], [1, 3]);
    const ids = tf.tensor1d([0], "int32");
    expect(tokenLogprobs(logits, ids, 1).dataSync()[0]).toBeCloseTo(0, 10);
    expect(tokenEntropy(logits, 1).dataSync()[0]).toBeCloseTo(0, 10);
    for (const f of [(x: tf.Tensor) => tokenLogprobs(x, ids, 1), (x: tf.Tensor) => tokenEntropy(x, 1)])
      expect([...tf.grad(f)(logits).dataSync()].map(Math.abs)).toEqual([0, 0, 0]);
  });

  test.each(golden("logprob"))("golden case $name", ({ inputs, params, expected }) => {
    const logits = tf.tensor2d(flat(inputs.logits), [
      flat(inputs.labels!).length,
      flat(inputs.logits).length / flat(inputs.labels!).length,
    ]);
    const ids = tf.tensor1d(flat(inputs.labels!), "int32");
    expectClose(tokenLogprobs(logits, ids, params.temperature), expected.logp!);
    expectClose(tf.grad((x) => tf.mean(tokenLogprobs(x, ids, params.temperature)))(logits), expected.gradLogits);
  });

  test.each(golden("entropy"))("golden case $name", ({ inputs, params, expected }) => {
    const rows = flat(expected.entropy!).length;
    const logits = tf.tensor2d(flat(inputs.logits), [rows, flat(inputs.logits).length / rows]);
    expectClose(tokenEntropy(logits, params.temperature), expected.entropy!);
    expectClose(tf.grad((x) => tf.mean(tokenEntropy(x, params.temperature)))(logits), expected.gradLogits);
  });

  test.each([1, 0.7])("gradients agree with finite differences at temperature %f", (temperature) => {
    const ids = tf.tensor1d([4, 0, 2], "int32");
    expectGradientsByFiniteDifferences((logits) => tokenLogprobs(logits!, ids, temperature), [tensor([3, 5], 1, 2)]);
    expectGradientsByFiniteDifferences((logits) => tokenEntropy(logits!, temperature), [tensor([3, 5], 1, 2)]);
  });

  test("an id outside the vocabulary is refused", () => {
    expect(() => tokenLogprobs(tf.zeros([1, 4]), tf.tensor1d([4], "int32"), 1)).toThrow(/id 4 at position 0.*0 … 3/);
  });
});

test("wrong shapes and temperatures are refused", () => {
  const ids = tf.tensor1d([0], "int32");
  expect(() => tokenLogprobs(tf.zeros([2, 4]), ids, 1)).toThrow(KernelError);
  expect(() => tokenEntropy(tf.zeros([4]), 1)).toThrow(/\[4\]: pass \[N, V\]/);
  for (const temperature of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
    expect(() => tokenLogprobs(tf.zeros([1, 4]), ids, temperature)).toThrow(/above 0/);
});
