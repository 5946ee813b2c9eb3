import { readGolden } from "@cai/testing";
import { expectGradientsByFiniteDifferences, onEachBackend, onNativeKernels, tensor } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { KernelError } from "./error.ts";
import { nativeOps } from "./native-ops.ts";
import {
  portableDistribution,
  portableGradient,
  tokenDistribution,
  tokenDistributionGradient,
  tokenEntropy,
  tokenLogprobs,
} from "./token-distribution.ts";

type Nested = number | readonly Nested[];
interface Case {
  readonly name: string;
  readonly group: string;
  readonly inputs: { readonly logits: Nested; readonly labels?: Nested };
  readonly params: { readonly temperature: number };
  readonly expected: { readonly logp?: Nested; readonly entropy?: Nested; readonly gradLogits: Nested };
}
const vectors = readGolden<{ cases: Case[] }>("vectors.json");
const golden = (group: string) => vectors.cases.filter((one) => one.group === group);
const flat = (nested: Nested): number[] => (typeof nested === "number" ? [nested] : nested.flatMap(flat));

function expectClose(computed: tf.Tensor, expected: Nested) {
  const numbers = flat(expected);
  expect(computed.size).toBe(numbers.length);
  computed.dataSync().forEach((x, index) => {
    expect(Math.abs(x - numbers[index]!)).toBeLessThan(1e-5 * Math.max(1, Math.abs(numbers[index]!)));
  });
}

function expectSame(computed: tf.Tensor, expected: tf.Tensor) {
  expectClose(computed, [...expected.dataSync()]);
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

  test("the log-probability of a token whose probability is 0 in float32 is finite and right", () => {
    const logits = tf.tensor2d([0, -200], [1, 2]);
    const ids = tf.tensor1d([1], "int32");
    expect(tokenLogprobs(logits, ids, 1).dataSync()[0]).toBe(-200);
    expect([
      ...tf
        .grad((x) => tokenLogprobs(x, ids, 1))(logits)
        .dataSync(),
    ]).toEqual([-1, 1]);
  });

  test("both come from one call, and their gradients add up", () => {
    const logits = tensor([3, 5], 1, 2);
    const ids = tf.tensor1d([4, 0, 2], "int32");
    const [dLogprobs, dEntropies] = [tensor([3], 5), tensor([3], 6)];
    const distribution = tokenDistribution({ logits, ids, temperature: 0.7 });
    expectSame(distribution.logprobs, tokenLogprobs(logits, ids, 0.7));
    expectSame(distribution.entropies, tokenEntropy(logits, 0.7));
    const gradient = tokenDistributionGradient({ logits, ids, temperature: 0.7, distribution, dLogprobs, dEntropies });
    const ofLogprobs = tf.grad((x) => tokenLogprobs(x, ids, 0.7))(logits, dLogprobs);
    const ofEntropies = tf.grad((x) => tokenEntropy(x, 0.7))(logits, dEntropies);
    expectSame(gradient, tf.add(ofLogprobs, ofEntropies));
  });

  test("overwritten logits are gone; a tensor that shares their memory keeps its numbers", () => {
    const ids = tf.tensor1d([4, 0, 2], "int32");
    const dLogprobs = tensor([3], 5);
    for (const share of [undefined, (x: tf.Tensor) => tf.reshape(x, [15]), (x: tf.Tensor) => tf.clone(x)])
      tf.tidy(() => {
        const logits = tf.mul(tensor([3, 5], 1, 2), 1);
        const shared = share?.(logits);
        const [before, tensors] = [shared?.dataSync(), tf.memory().numTensors];
        const input = { logits, ids, temperature: 1 };
        const { logprobs, ...distribution } = tokenDistribution(input);
        const expected = tokenDistributionGradient({ ...input, distribution, dLogprobs }).dataSync();
        expectClose(tokenDistributionGradient({ ...input, distribution, dLogprobs, overwrite: true }), [...expected]);
        expect(logits.isDisposed).toBe(true);
        expect(tf.memory().numTensors - tensors).toBe(4); // three of the distribution, two gradients, less the logits
        expect(shared?.dataSync()).toEqual(before);
        logprobs.dispose();
      });
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

onNativeKernels(() => {
  test.each([
    [1, 3, 1],
    [5, 50_257, 0.7],
    [700, 33, 1],
    [64, 1000, 1],
  ])("%i rows of %i logits at temperature %f come out as from tfjs's operations, gradients too", (rows, vocabulary, temperature) => {
    const ids = tf.mod(tf.range(0, rows, 1, "int32"), tf.scalar(vocabulary, "int32"));
    const logits = tf.sub(tensor([rows, vocabulary], 3, 12), 60);
    const input = { logits, ids, temperature };
    const [native, portable] = [tokenDistribution(input), portableDistribution(input)];
    expectSame(native.logprobs, portable.logprobs);
    expectSame(native.entropies, portable.entropies);
    const upstream = { ...input, distribution: native, dLogprobs: tensor([rows], 4), dEntropies: tensor([rows], 5) };
    const expected = portableGradient(upstream);
    const largest = tf.max(tf.abs(expected)).dataSync()[0]!;
    const difference = tf.max(tf.abs(tf.sub(tokenDistributionGradient(upstream), expected))).dataSync()[0]!;
    expect(difference / largest).toBeLessThan(5e-6);
  });

  test("no rows give no numbers, and no crash", () => {
    const input = { logits: tf.zeros([0, 5]), ids: tf.tensor1d([], "int32"), temperature: 1 };
    const distribution = tokenDistribution(input);
    expect(distribution.normalizers.shape).toEqual([0, 2]);
    expect(tokenDistributionGradient({ ...input, distribution, dLogprobs: tf.zeros([0]), overwrite: true }).shape).toEqual([0, 5]);
  });

  test("a ticket for logits that were given is good for one gradient", () => {
    const native = nativeOps()!;
    const row = () => tf.zeros([1]);
    const others = [tf.zeros([1], "int32"), tf.scalar(1), tf.tensor2d([[0, Math.log(3)]]), row(), tf.ones([1]), row()];
    const inputs = [native.run("CaiDonate", {}, [tf.zeros([1, 3])]), ...others];
    expectClose(native.run("CaiTokenLogprobsGradientInPlace", {}, inputs), [2 / 3, -1 / 3, -1 / 3]);
    expect(() => native.run("CaiTokenLogprobsGradientInPlace", {}, inputs)).toThrow(/each is good for one op/);
  });

  test("a masked logit of -∞ has probability 0; NaN spoils its own row only", () => {
    const logits = tf.tensor2d([0, Number.NEGATIVE_INFINITY, 0, Number.NaN, 0, 0], [2, 3]);
    const input = { logits, ids: tf.tensor1d([0, 1], "int32"), temperature: 1 };
    const distribution = tokenDistribution(input);
    expectClose(tf.slice(distribution.entropies, 0, 1), [Math.LN2]);
    expect(distribution.logprobs.dataSync()[1]).toBeNaN();
    const gradient = tokenDistributionGradient({ ...input, distribution, dLogprobs: tf.ones([2]), dEntropies: tf.ones([2]) }).dataSync();
    expect([...gradient.slice(0, 3)].map(Number.isFinite)).toEqual([true, true, true]);
    expect(gradient[1]).toBeCloseTo(0, 10);
    expect(gradient[4]).toBeNaN();
  });

  test("ids that TypeScript's check did not see are refused too", () => {
    const inputs = [tf.zeros([1, 4]), tf.tensor1d([4], "int32"), tf.scalar(1)];
    expect(() => nativeOps()!.runMany("CaiTokenLogprobs", {}, inputs, 3)).toThrow(/outside the vocabulary/);
  });
});

test("wrong shapes and temperatures are refused", () => {
  const ids = tf.tensor1d([0], "int32");
  expect(() => tokenLogprobs(tf.zeros([2, 4]), ids, 1)).toThrow(KernelError);
  expect(() => tokenEntropy(tf.zeros([4]), 1)).toThrow(/\[4\]: pass \[N, V\]/);
  for (const temperature of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
    expect(() => tokenLogprobs(tf.zeros([1, 4]), ids, temperature)).toThrow(/above 0/);
});
