import { expectGradientsByFiniteDifferences, onEachBackend, tensor } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { add } from "./add.ts";
import { concatColumns } from "./concat-columns.ts";
import { differentiable } from "./differentiable.ts";
import { gelu } from "./gelu.ts";
import { layerNorm } from "./layer-norm.ts";
import { linear } from "./linear.ts";
import { packedAttention } from "./packed-attention.ts";
import { recorded } from "./recording.ts";
import { rmsNorm } from "./rms-norm.ts";
import { swiglu } from "./swiglu.ts";

type Weights = Readonly<Record<string, tf.Tensor>>;

const lengths = Int32Array.of(3, 2);

/** A block of 4 numbers a token and two heads, as GPT-2's. */
function gpt2Block(x: tf.Tensor, w: Weights): tf.Tensor {
  const queryKeyValue = linear(layerNorm(x, w.gain!, w.bias!, 1e-5), w.attention!);
  const attended = add(x, packedAttention({ queryKeyValue, lengths, heads: 2, keyValueHeads: 2 }));
  return add(attended, linear(gelu(linear(attended, w.up!)), w.down!));
}

/** Another, as Llama's, whose keys and values are one head; "up" is used twice. */
function llamaBlock(x: tf.Tensor, w: Weights): tf.Tensor {
  const normed = rmsNorm(x, w.gain!, 1e-5);
  const queryKeyValue = concatColumns([linear(normed, w.query!), linear(normed, w.keyValue!)]);
  const attended = add(x, packedAttention({ queryKeyValue, lengths, heads: 2, keyValueHeads: 1 }));
  return add(attended, linear(swiglu(linear(attended, w.up!), linear(normed, w.up!)), w.down!));
}

const makeWeights = (): Weights => ({
  gain: tensor([4], 1),
  bias: tensor([4], 2),
  attention: tensor([4, 12], 3),
  query: tensor([4, 4], 4),
  keyValue: tensor([4, 4], 5),
  up: tensor([4, 8], 6),
  down: tensor([8, 4], 7),
});

/** The weights that a block uses, in the order of their names. */
const usedBy = (block: typeof gpt2Block): Weights => {
  const { query, keyValue, attention, bias, ...both } = makeWeights() as Record<string, tf.Tensor>;
  return (block === gpt2Block ? { ...both, attention, bias } : { ...both, query, keyValue }) as Weights;
};

const numbersOf = (tensors: readonly tf.Tensor[]) => tensors.map((one) => [...one.dataSync()]);

onEachBackend(() => {
  for (const block of [gpt2Block, llamaBlock]) {
    /** Σ f(x)·factors with its gradients in x and all weights, to the bit. */
    const evaluate = (f: (x: tf.Tensor, weights: Weights) => tf.Tensor): number[][] => {
      const weights = usedBy(block);
      const names = Object.keys(weights);
      const loss = (x: tf.Tensor, ...values: tf.Tensor[]): tf.Scalar =>
        tf.sum(tf.mul(f(x, Object.fromEntries(names.map((name, i) => [name, values[i]!]))), tensor([5, 4], 9)));
      const { value, grads } = tf.valueAndGrads(loss as (...xs: tf.Tensor[]) => tf.Scalar)([tensor([5, 4], 8), ...Object.values(weights)]);
      return numbersOf([value, ...grads]);
    };

    test(`${block.name}: value and gradients are those of the tape to the bit, kept or computed again`, () => {
      const onTape = evaluate(block);
      for (const recompute of [false, true])
        expect(evaluate((x, weights) => recorded({ x, weights, forward: (input) => block(input, weights), recompute }))).toEqual(onTape);
    });

    test(`${block.name}: gradients agree with finite differences`, () => {
      const weights = usedBy(block);
      expectGradientsByFiniteDifferences(
        (x, up) => recorded({ x: x!, weights: { up: up! }, forward: (input) => block(input, { ...weights, up: up! }) }),
        [tensor([5, 4], 8), weights.up!],
        { step: 5e-3, tolerance: 5e-3 },
      );
    });
  }

  test.each([false, true])("no tensor stays, with recompute %s, also of a gradient of which only a part is asked for", (recompute) => {
    const [x, weights] = [tensor([5, 4], 8), makeWeights()];
    const { attention, up } = weights as Record<string, tf.Tensor>;
    const block = (input: tf.Tensor) =>
      recorded({ x: input, weights: { attention: attention!, up: up! }, forward: (inner) => gpt2Block(inner, weights), recompute });
    const before = tf.memory().numTensors;
    tf.dispose(block(x));
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose(tf.grad((input) => tf.sum(block(block(input))))(x));
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose(tf.grads((..._) => tf.sum(block(x)))([up!]));
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose(tf.grad((input) => tf.sum(tf.add(input, tf.mul(0, tf.sum(tf.clone(block(x)))))))(x));
    expect(tf.memory().numTensors).toBe(before);
  });
});

/** x·2, whose gradient says how many bytes there are when the backward pass comes by. */
function doubled(x: tf.Tensor, passes: (bytes: number) => void): tf.Tensor {
  return differentiable({
    inputs: { x },
    forward: () => tf.mul(x, 2),
    gradients: (dy) => ({
      x: () => {
        passes(tf.memory().numBytes);
        return tf.mul(dy, 2);
      },
    }),
  });
}

/** Bytes at each of six blocks on the way back, the last block first. Weights are constants, so that no gradient adds to them. */
function bytesOnTheWayBack(block: (x: tf.Tensor) => tf.Tensor): number[] {
  const bytes: number[] = [];
  const blocks = (x: tf.Tensor) => {
    let y = x;
    for (let layer = 0; layer < 6; layer++) y = block(doubled(y, (now) => bytes.push(now)));
    return tf.sum(y);
  };
  tf.dispose(tf.grad(blocks)(tensor([5, 4], 8)));
  return bytes;
}

test("in the backward pass each block's memory is gone before the next block's turn; on the tape it stays until the end", async () => {
  await tf.setBackend("cpu");
  const weights = makeWeights();
  const plain = (x: tf.Tensor) => gpt2Block(x, weights);
  const onTape = bytesOnTheWayBack(plain);
  const kept = bytesOnTheWayBack((x) => recorded({ x, weights: {}, forward: plain }));
  const again = bytesOnTheWayBack((x) => recorded({ x, weights: {}, forward: plain, recompute: true }));
  const row = 5 * 4 * 4; // bytes of a [5, 4]
  for (let layer = 1; layer < 6; layer++) {
    expect(onTape[layer]! - onTape[layer - 1]!).toBeGreaterThan(0);
    // Between two of these the rows of queries, keys and values alone are three; the gradients of the tape are two.
    expect(kept[layer]! - kept[layer - 1]!).toBeLessThan(-3 * row + 2 * row);
    // Its input, which is freed, and the gradients of the tape.
    expect(again[layer]! - again[layer - 1]!).toBeLessThanOrEqual(row);
  }
  expect(again[0]!).toBeLessThan(kept[0]! - 5 * 3 * row);
});

test("where no gradient is wanted nothing is kept, and a frozen weight's is not computed", async () => {
  await tf.setBackend("cpu");
  const computed: string[] = [];
  const product = (x: tf.Tensor, w: tf.Tensor) =>
    differentiable({
      inputs: { x, w },
      forward: (save) => {
        save?.([x, w]);
        return tf.mul(x, w);
      },
      gradients: (dy, [savedX, savedW]) => ({
        x: () => {
          computed.push("x");
          return tf.mul(dy, savedW!);
        },
        w: () => {
          computed.push("w");
          return tf.mul(dy, savedX!);
        },
      }),
    });
  const [x, w, frozen] = [tf.tensor1d([2, 3]), tf.tensor1d([5, 7]), tf.tensor1d([11, 13])];
  const both = (input: tf.Tensor) => product(product(input, frozen), w);
  let kept = 0;
  const gradient = tf.grad((input) => {
    const before = tf.memory().numTensors;
    tf.dispose(recorded({ x: frozen, xIsConstant: true, weights: {}, forward: both }));
    kept = tf.memory().numTensors - before;
    return tf.sum(tf.mul(input, recorded({ x, xIsConstant: true, weights: { w }, forward: both })));
  })(w);
  expect(kept).toBe(0);
  // d(w·x·frozen·w) = 2·x·frozen·w
  expect([...gradient.dataSync()]).toEqual([2 * 2 * 11 * 5, 2 * 3 * 13 * 7]);
  expect(computed).toEqual(["w"]);
});

test("what stands around a recorded part may be any tfjs code; a weight that the part does not use gets zeros", async () => {
  await tf.setBackend("cpu");
  const [x, w, unused] = [tf.tensor2d([[1, 2]]), tf.tensor2d([[3], [4]]), tf.tensor1d([1, 1])];
  const f = (a?: tf.Tensor, b?: tf.Tensor, c?: tf.Tensor) => {
    const y = recorded({ x: tf.square(a!), weights: { b: b!, c: c! }, forward: (input) => linear(input, b!) });
    return tf.add(tf.sum(tf.mul(y, 10)), tf.sum(b!));
  };
  // 10·(a₁²·b₁ + a₂²·b₂) + b₁ + b₂
  expect(numbersOf(tf.grads(f)([x, w, unused]))).toEqual([
    [60, 160],
    [11, 41],
    [0, 0],
  ]);
});

test("an operation that notes no gradient is refused inside, and leaves nothing behind", async () => {
  await tf.setBackend("cpu");
  const x = tensor([2, 2]);
  const before = tf.memory().numTensors;
  const inside = (forward: (input: tf.Tensor) => tf.Tensor) => () =>
    tf.grad((input) => tf.sum(recorded({ x: input, weights: {}, forward })))(x);
  expect(inside((input) => gelu(tf.mul(gelu(input), 2)))).toThrow(/input "x" \[2,2\] was made .* notes no gradient/);
  expect(inside((input) => tf.mul(gelu(input), 2))).toThrow(expect.objectContaining({ name: "KernelError", code: "unrecorded" }));
  expect(tf.memory().numTensors).toBe(before);
});
