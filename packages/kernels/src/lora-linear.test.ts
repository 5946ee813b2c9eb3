import { expectGradientsByFiniteDifferences, onEachBackend, onNativeKernels, tensor } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { linear } from "./linear.ts";
import { loraLinear, withLowRank } from "./lora-linear.ts";

onEachBackend(() => {
  // x·W + b = [1 2]·[1 3; 2 4] + [10 20] = [15 31]; x·Aᵀ = 1 + 2·5 = 11; 2·11·Bᵀ = [22 −22].
  test("[1, 2] through [[1, 3], [2, 4]], [10, 20] and twice [1, 5] then [1, −1] is [37, 9]", () => {
    const weight = tf.tensor2d([
      [1, 3],
      [2, 4],
    ]);
    const [a, b, bias] = [tf.tensor2d([[1, 5]]), tf.tensor2d([[1], [-1]]), tf.tensor1d([10, 20])];
    expect(loraLinear(tf.tensor2d([[1, 2]]), { weight, bias, a, b, scale: 2 }).arraySync()).toEqual([[37, 9]]);
    const x = tf.tensor1d([1, 2]);
    expect(loraLinear(x, { weight: tf.transpose(weight), bias, a, b, scale: 2, transposed: true }).arraySync()).toEqual([37, 9]);
  });

  test.each([true, false])("gradients agree with finite differences, transposed %s", (transposed) => {
    const weight = tensor(transposed ? [5, 4] : [4, 5], 2);
    expectGradientsByFiniteDifferences(
      (x, w, a, b, bias) => loraLinear(x!, { weight: w!, bias: bias!, a: a!, b: b!, scale: 1.5, transposed }),
      [tensor([2, 3, 4]), weight, tensor([2, 4], 3), tensor([5, 2], 4), tensor([5], 5)],
    );
  });

  test("an update's own bias counts scaled, with the layer's or without one", () => {
    const inputs = [tensor([2, 3, 4]), tensor([4, 5], 2), tensor([2, 4], 3), tensor([5, 2], 4), tensor([5], 5), tensor([5], 6)];
    expectGradientsByFiniteDifferences(
      (x, weight, a, b, c, bias) => loraLinear(x!, { weight: weight!, a: a!, b: b!, c: c!, bias: bias!, scale: 1.5 }),
      inputs,
    );
    const [x, weight, a, b, c] = inputs as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    const update = { weight, a, b, scale: 1.5 };
    const difference = tf.sub(loraLinear(x, { ...update, c }), loraLinear(x, update));
    expect(tf.max(tf.abs(tf.sub(difference, tf.mul(c, 1.5)))).dataSync()[0]).toBeLessThan(2e-6);
  });

  test("with B zero it is the linear layer bit for bit", () => {
    const [x, weight, bias, a] = [tensor([3, 4]), tensor([4, 5], 2), tensor([5], 3), tensor([2, 4], 4)] as const;
    const y = loraLinear(x, { weight, bias, a, b: tf.zeros([5, 2]), scale: 2 });
    expect(y.arraySync()).toEqual(linear(x, weight, bias).arraySync());
  });
});

onNativeKernels(() => {
  test.each([
    [1, 1, 1],
    [5, 3, 33],
    [70, 8, 771],
  ])("%i rows of rank %i added to rows of %i come out as from tfjs's operations", (rows, rank, width) => {
    const [left, right] = [tensor([rows, rank]), tensor([rank, width], 2)];
    const expected = tf.add(tensor([rows, width], 3), tf.mul(tf.matMul(left, right), 1.5)).dataSync();
    for (const transposed of [false, true]) {
      const sum = withLowRank(tensor([rows, width], 3), tf.transpose(left), transposed ? tf.transpose(right) : right, {
        scale: 1.5,
        transposed,
      });
      sum.dataSync().forEach((value, element) => {
        expect(Math.abs(value - expected[element]!)).toBeLessThan(2e-6);
      });
    }
  });
});

onNativeKernels(() => {
  test.each([
    [1, 1, 5],
    [8, 8, 770],
    [16, 3, 33],
  ])("%i rows through rank %i and inputs of %i give without gradients the bits that they give with them", (rows, rank, inner) => {
    const [x, weight, bias] = [tensor([rows, inner]), tensor([inner, 40], 2), tensor([40], 3)];
    const update = { weight, bias, a: tensor([rank, inner], 4), b: tensor([40, rank], 5), scale: 1.5 };
    const alone = loraLinear(x, update).dataSync();
    let recorded: ArrayLike<number> = [];
    tf.grad((input) => {
      const y = loraLinear(input, update);
      recorded = y.dataSync();
      return y;
    })(x);
    expect([...(recorded as Float32Array)]).toEqual([...alone]);
  });
});

test("matrices that do not fit are refused with all shapes in the message", () => {
  const [x, weight, b] = [tf.zeros([2, 4]), tf.zeros([4, 5]), tf.zeros([5, 3])] as const;
  expect(() => loraLinear(x, { weight, a: tf.zeros([2, 4]), b, scale: 1 })).toThrow(/x \[2,4\], A \[2,4\], B \[5,3\]/);
  expect(() => loraLinear(x, { weight, a: tf.zeros([4, 3]), b, scale: 1 })).toThrow(expect.objectContaining({ code: "shape-mismatch" }));
  const fitting = { a: tf.zeros([3, 4]), b, scale: 1 };
  expect(() => loraLinear(x, { weight: tf.zeros([3, 5]), ...fitting })).toThrow(/weight \[3,5\]/);
  expect(() => loraLinear(x, { weight, bias: tf.zeros([1]), ...fitting })).toThrow(/bias \[1\]/);
  expect(() => loraLinear(x, { weight, c: tf.zeros([1]), ...fitting })).toThrow(/c \[1\] and an output size of 5/);
});
