import { createParameter } from "@cai/kernels";
import { readGolden } from "@cai/testing";
import { numbers, onEachBackend, onNativeKernels, tensor } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { AdamW, type NamedMoments } from "./adamw.ts";
import { OptimError } from "./error.ts";

interface Case {
  readonly name: string;
  readonly group: string;
  readonly inputs: { readonly params: readonly number[]; readonly grads: readonly (readonly number[])[] };
  readonly params: {
    readonly lr: number;
    readonly beta1: number;
    readonly beta2: number;
    readonly eps: number;
    readonly weightDecay: number;
  };
  readonly expected: Readonly<Record<"params" | "expAvg" | "expAvgSq", readonly (readonly number[])[]>>;
}
const vectors = readGolden<{ cases: Case[] }>("vectors.json");

const weight = (values: readonly number[], name = "weight") => createParameter({ name, layer: 0, value: tf.tensor1d([...values]) });
const gradients = (values: readonly number[], name = "weight") => new Map([[name, tf.tensor1d([...values])]]);
const all = async (optimizer: AdamW) => {
  const moments: NamedMoments[] = [];
  for await (const one of optimizer.moments()) moments.push(one);
  return moments;
};

onEachBackend(() => {
  test("the first step moves every weight by the learning rate against its gradient's sign", () => {
    const parameter = weight([1, 2, 3]);
    new AdamW({ parameters: [parameter] }).step({ gradients: gradients([5, -0.25, 0]), learningRate: 0.1 });
    const [first, second, third] = parameter.value.dataSync();
    expect(first).toBeCloseTo(0.9, 5);
    expect(second).toBeCloseTo(2.1, 5);
    expect(third).toBe(3);
  });

  test("two steps worked by hand: β1 = β2 = 1/2, gradients 1 and 3, weight decay 0.5 at learning rate 1", async () => {
    const parameter = weight([8]);
    const optimizer = new AdamW({ parameters: [parameter], beta1: 0.5, beta2: 0.5, epsilon: 0, weightDecay: 0.5 });
    // 8·½ = 4; m = v = ½; m̂ = v̂ = 1; 4 − 1 = 3.
    optimizer.step({ gradients: gradients([1]), learningRate: 1 });
    expect(parameter.value.dataSync()[0]).toBeCloseTo(3, 5);
    // 3·½ = 1.5; m = 1.75, v = 4.75; m̂ = 7/3, v̂ = 19/3; 1.5 − (7/3)/√(19/3).
    optimizer.step({ gradients: gradients([3]), learningRate: 1 });
    expect(parameter.value.dataSync()[0]).toBeCloseTo(1.5 - 7 / 3 / Math.sqrt(19 / 3), 5);
    expect(await all(optimizer)).toEqual([
      { name: "weight", shape: [1], expAvg: new Float32Array([1.75]), expAvgSq: new Float32Array([4.75]) },
    ]);
    expect(optimizer.stepCount).toBe(2);
  });

  test.each(vectors.cases.filter(({ group }) => group === "adamw"))(
    "golden case $name, each step",
    async ({ inputs, params, expected }) => {
      const parameter = weight(inputs.params);
      const { lr, beta1, beta2, eps, weightDecay } = params;
      const optimizer = new AdamW({ parameters: [parameter], beta1, beta2, epsilon: eps, weightDecay });
      for (const [step, gradient] of inputs.grads.entries()) {
        optimizer.step({ gradients: gradients(gradient), learningRate: lr });
        const [moments] = await all(optimizer);
        const close = (computed: ArrayLike<number>, wanted: readonly number[], tolerance: number) => {
          const largest = Math.max(...wanted.map(Math.abs));
          wanted.forEach((x, index) => {
            expect(Math.abs(computed[index]! - x) / largest).toBeLessThan(tolerance);
          });
        };
        close(parameter.value.dataSync(), expected.params[step]!, 5e-7);
        close(moments!.expAvg, expected.expAvg[step]!, 1e-6);
        // In float32 1 - 0.999 is 0.00099998713, which TensorFlow takes.
        close(moments!.expAvgSq, expected.expAvgSq[step]!, 2e-5);
      }
    },
  );

  test("the smallest epsilon allowed keeps a weight without a gradient where it is", () => {
    const parameter = weight([1, 2]);
    const optimizer = new AdamW({ parameters: [parameter], epsilon: 1e-30 });
    for (let step = 0; step < 3; step++) optimizer.step({ gradients: gradients([0, 1]), learningRate: 0.1 });
    const [still, moved] = parameter.value.dataSync();
    expect(still).toBe(1);
    expect(moved).toBeCloseTo(1.7, 5);
  });

  test("a scale of ½ is the same as halved gradients, and the gradients stay as they were", () => {
    const [scaled, halved] = [weight([1, 2]), weight([1, 2])];
    const given = gradients([4, -2]);
    new AdamW({ parameters: [scaled], epsilon: 1 }).step({ gradients: given, learningRate: 0.1, scale: 0.5 });
    new AdamW({ parameters: [halved], epsilon: 1 }).step({ gradients: gradients([2, -1]), learningRate: 0.1 });
    expect(scaled.value.dataSync()).toEqual(halved.value.dataSync());
    expect([...given.get("weight")!.dataSync()]).toEqual([4, -2]);
  });

  test("restored moments go on with the same bytes", async () => {
    const steps = [
      [1, -2],
      [0.5, 3],
      [-1, 1],
      [2, 2],
    ];
    const learningRate = 0.01;
    const whole = weight([1, 2]);
    const optimizer = new AdamW({ parameters: [whole], weightDecay: 0.1 });
    for (const step of steps) optimizer.step({ gradients: gradients(step), learningRate });

    const part = weight([1, 2]);
    const before = new AdamW({ parameters: [part], weightDecay: 0.1 });
    for (const step of steps.slice(0, 2)) before.step({ gradients: gradients(step), learningRate });
    const resumed = weight([...part.value.dataSync()]);
    const after = new AdamW({ parameters: [resumed], weightDecay: 0.1 });
    await after.restore({ stepCount: before.stepCount, moments: before.moments() });
    for (const step of steps.slice(2)) after.step({ gradients: gradients(step), learningRate });

    expect(resumed.value.dataSync()).toEqual(whole.value.dataSync());
    expect(await all(after)).toEqual(await all(optimizer));
    expect(after.stepCount).toBe(4);
  });

  test("two optimizers over parameters of the same name don't disturb each other", () => {
    const [one, two, alone] = [weight([1]), weight([1]), weight([1])];
    const [first, second, reference] = [one, two, alone].map((parameter) => new AdamW({ parameters: [parameter] }));
    for (const gradient of [1, -2, 3]) {
      first!.step({ gradients: gradients([gradient]), learningRate: 0.1 });
      second!.step({ gradients: gradients([-5 * gradient]), learningRate: 0.3 });
      reference!.step({ gradients: gradients([gradient]), learningRate: 0.1 });
    }
    expect(one!.value.dataSync()).toEqual(alone!.value.dataSync());
  });

  test("a value assigned from outside between two steps is the one that is updated", () => {
    const parameter = weight([1]);
    const optimizer = new AdamW({ parameters: [parameter] });
    optimizer.step({ gradients: gradients([1]), learningRate: 0.1 });
    parameter.assign(tf.tensor1d([50]));
    optimizer.step({ gradients: gradients([1]), learningRate: 0.1 });
    expect(parameter.value.dataSync()[0]).toBeCloseTo(49.9, 4);
  });

  test("copies of a weight, say the reference model's, are not touched, also those that were made between two steps", () => {
    const parameter = weight([1]);
    const optimizer = new AdamW({ parameters: [parameter] });
    const copies: tf.Tensor[] = [];
    const seen: number[] = [];
    for (let step = 0; step < 3; step++) {
      copies.push(tf.clone(parameter.value), tf.reshape(parameter.value, [1, 1]), tf.slice(parameter.value, 0));
      seen.push(...Array.from({ length: 3 }, () => parameter.value.dataSync()[0]!));
      optimizer.step({ gradients: gradients([1]), learningRate: 0.1 });
    }
    expect(copies.map((copy) => copy.dataSync()[0])).toEqual(seen);
    expect(new Set(seen).size).toBe(3);
  });

  test("the arrays that a weight and restored moments were made of keep their numbers", async () => {
    // Of many sizes: TensorFlow lives in an array's memory where that is aligned.
    for (const size of [1, 15, 16, 17, 64, 4096]) {
      const arrays = { value: numbers(size), expAvg: numbers(size, { seed: 2 }), expAvgSq: numbers(size, { seed: 3 }).map(Math.abs) };
      const before = structuredClone(arrays);
      const parameter = createParameter({ name: "weight", layer: 0, value: tf.tensor1d(arrays.value) });
      const optimizer = new AdamW({ parameters: [parameter] });
      await optimizer.restore({ stepCount: 1, moments: [{ name: "weight", shape: [size], ...arrays }] });
      for (let step = 0; step < 2; step++) optimizer.step({ gradients: gradients([...numbers(size)]), learningRate: 0.1 });
      expect(arrays).toEqual(before);
    }
  });

  test("steps leave no tensors behind, and dispose frees the moments", () => {
    const parameter = weight([1, 2]);
    const given = gradients([1, 1]);
    const begin = tf.memory().numTensors;
    const optimizer = new AdamW({ parameters: [parameter], weightDecay: 0.1 });
    optimizer.step({ gradients: given, learningRate: 0.1, scale: 0.5 });
    const after = tf.memory().numTensors;
    for (let step = 0; step < 5; step++) optimizer.step({ gradients: given, learningRate: 0.1, scale: 0.5 });
    expect(tf.memory().numTensors).toBe(after);
    optimizer.dispose();
    expect(tf.memory().numTensors).toBe(begin);
    expect(() => optimizer.step({ gradients: given, learningRate: 0.1 })).toThrow(/disposed/);
  });

  test("moments that don't fit are refused, and the optimizer stays as it was", async () => {
    const optimizer = new AdamW({ parameters: [weight([1, 2])] });
    optimizer.step({ gradients: gradients([1, 2]), learningRate: 0.1 });
    const before = await all(optimizer);
    const good = before[0]!;
    const tensors = tf.memory().numTensors;
    for (const [moments, message] of [
      [[], /weight are missing/],
      [[good, good], /given twice/],
      [[{ ...good, name: "other" }], /other: no trainable parameter/],
      [[{ ...good, shape: [3] }], /shape \[3\]/],
      [[{ ...good, expAvgSq: new Float32Array(1) }], /2 and 1 numbers/],
    ] as const)
      await expect(optimizer.restore({ stepCount: 7, moments })).rejects.toThrow(message);
    expect(await all(optimizer)).toEqual(before);
    expect(optimizer.stepCount).toBe(1);
    expect(tf.memory().numTensors).toBe(tensors);
  });
});

onNativeKernels(() => {
  test.each([[7], [333, 301]])("weights of shape [%i, …] come out as on plain JS", async (...shape) => {
    const train = async (backend: string) => {
      await tf.setBackend(backend);
      const parameter = createParameter({ name: "weight", layer: 0, value: tensor(shape, 1) });
      const optimizer = new AdamW({ parameters: [parameter], weightDecay: 0.1 });
      for (const seed of [2, 3]) optimizer.step({ gradients: new Map([["weight", tensor(shape, seed)]]), learningRate: 0.1, scale: 0.5 });
      const [moments] = await all(optimizer);
      return [await parameter.value.data(), moments!.expAvg, moments!.expAvgSq];
    };
    const portable = await train("cpu");
    const native = await train("tensorflow");
    portable.forEach((array, which) => {
      expect(Math.max(...array.map((number, index) => Math.abs(number - native[which]![index]!)))).toBeLessThan(1e-6);
    });
  });

  test("after a change of backend it is refused, and the weight keeps its value", async () => {
    const parameter = weight([1, 2]);
    const optimizer = new AdamW({ parameters: [parameter] });
    optimizer.step({ gradients: gradients([1, 1]), learningRate: 0.1 });
    const before = parameter.value.dataSync();
    await tf.setBackend("cpu");
    expect(() => optimizer.step({ gradients: gradients([1, 1]), learningRate: 0.1 })).toThrow(/used on backend cpu/);
    await tf.setBackend("tensorflow");
    expect(parameter.value.dataSync()).toEqual(before);
  });

  test("a gradient that is not finite shows in its own weight only", () => {
    const parameter = weight([1, 2, 3]);
    new AdamW({ parameters: [parameter] }).step({ gradients: gradients([1, Number.NaN, 1]), learningRate: 0.1 });
    expect([...parameter.value.dataSync()].map(Number.isFinite)).toEqual([true, false, true]);
  });
});

test("frozen parameters need no gradient and have no moments", async () => {
  const [trained, frozen] = [weight([1]), weight([1], "frozen")];
  frozen.trainable = false;
  const optimizer = new AdamW({ parameters: [trained, frozen] });
  optimizer.step({ gradients: gradients([1]), learningRate: 0.1 });
  expect((await all(optimizer)).map(({ name }) => name)).toEqual(["weight"]);
  expect([...frozen.value.dataSync()]).toEqual([1]);
});

test("before the first step the moments are zeros", async () => {
  expect(await all(new AdamW({ parameters: [weight([1, 2])] }))).toEqual([
    { name: "weight", shape: [2], expAvg: new Float32Array(2), expAvgSq: new Float32Array(2) },
  ]);
});

test("a missing gradient, a wrong shape and options out of range are refused, and nothing changes", () => {
  const parameter = weight([1, 2]);
  const optimizer = new AdamW({ parameters: [parameter] });
  const step = (given: Map<string, tf.Tensor>, learningRate = 0.1, scale = 1) => optimizer.step({ gradients: given, learningRate, scale });
  expect(() => step(gradients([1, 2], "other"))).toThrow(/No gradient for weight/);
  expect(() => step(gradients([1]))).toThrow(/gradient of weight is \[1\]: the parameter is \[2\]/);
  expect(() => step(gradients([1, 2]), Number.NaN)).toThrow(/learningRate is NaN/);
  expect(() => step(gradients([1, 2]), 0.1, Number.POSITIVE_INFINITY)).toThrow(/scale is Infinity/);
  // Corrected for its bias, the first step's rate is 1e38 / (1 − 0.9), and the decay 1 − 1e20 · 1e20.
  expect(() => step(gradients([1, 2]), 1e38)).toThrow(/learningRate 1e\+38 .* exceeds float32 in step 1/);
  const decaying = new AdamW({ parameters: [parameter], weightDecay: 1e20 });
  expect(() => decaying.step({ gradients: gradients([1, 2]), learningRate: 1e20 })).toThrow(/weightDecay 100000000000000000000 exceeds/);
  expect([...parameter.value.dataSync()]).toEqual([1, 2]);
  expect(optimizer.stepCount).toBe(0);
  expect(() => new AdamW({ parameters: [parameter], beta1: 1 })).toThrow(OptimError);
  expect(() => new AdamW({ parameters: [parameter], weightDecay: -1 })).toThrow(/weightDecay is -1/);
  for (const epsilon of [1e-46, 1e-40, 1e-37])
    expect(() => new AdamW({ parameters: [parameter], epsilon })).toThrow(/which is 0 in float32: pass 0, or a number from 1e-30 on/);
  expect(() => new AdamW({ parameters: [parameter, parameter] })).toThrow(/Two parameters are named weight/);
});
