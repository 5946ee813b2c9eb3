import { expectTwins, onNativeKernels, tensor } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { nativePackedAttention } from "./native-attention.ts";
import { nativeOps } from "./native-ops.ts";
import { portablePackedAttention } from "./packed-attention.ts";

const rowsOf = (lengths: readonly number[], heads: number, keyValueHeads: number, size: number): tf.Tensor =>
  tensor([lengths.reduce((sum, length) => sum + length, 0), (heads + 2 * keyValueHeads) * size], 1, 2);

onNativeKernels(() => {
  // Queries go in blocks of 48 and keys in panels of 64; vectors have 4 to 16 numbers.
  test.each([
    { what: "one token", lengths: [1], heads: 2, keyValueHeads: 1, size: 4 },
    { what: "heads of one number", lengths: [3, 1, 2], heads: 2, keyValueHeads: 2, size: 1 },
    { what: "heads that fill no vector", lengths: [1, 70, 1], heads: 3, keyValueHeads: 1, size: 7 },
    { what: "heads beyond a vector", lengths: [20, 49], heads: 2, keyValueHeads: 2, size: 33 },
    { what: "ragged lengths about blocks and panels", lengths: [47, 48, 49, 63, 64, 65, 96, 129], heads: 2, keyValueHeads: 2, size: 16 },
    { what: "shared keys", lengths: [130, 1, 97], heads: 6, keyValueHeads: 2, size: 64 },
    { what: "one long sequence", lengths: [300], heads: 1, keyValueHeads: 1, size: 80 },
  ])("$what: values and gradients are those of tfjs's operations", ({ lengths, heads, keyValueHeads, size }) => {
    const sequences = { lengths: Int32Array.from(lengths), heads, keyValueHeads };
    expectTwins(
      (x) => nativePackedAttention(x!, sequences),
      (x) => portablePackedAttention(x!, sequences),
      [rowsOf(lengths, heads, keyValueHeads, size)],
      5e-6,
    );
  });

  test("the same inputs give the same bytes, alone or with other sequences before and behind", () => {
    const [before, own, behind] = [[100], [70], [3, 150]] as const;
    const x = rowsOf([...before, ...own, ...behind], 2, 1, 16);
    const run = (rows: tf.Tensor, lengths: readonly number[]) =>
      nativePackedAttention(rows, { lengths: Int32Array.from(lengths), heads: 2, keyValueHeads: 1 });
    const together = tf.slice(run(x, [...before, ...own, ...behind]), [100, 0], [70, 32]);
    const alone = run(tf.slice(x, [100, 0], [70, 64]), own);
    expect(alone.dataSync()).toEqual(together.dataSync());
  });

  test("scores of hundreds stay finite, and the gradient too", () => {
    const x = rowsOf([50], 1, 1, 8);
    const attend = (rows: tf.Tensor) => nativePackedAttention(tf.mul(rows, 30), { lengths: Int32Array.of(50), heads: 1, keyValueHeads: 1 });
    for (const result of [attend(x), tf.grad(attend)(x)]) expect(result.dataSync().every(Number.isFinite)).toBe(true);
  });

  test("NaN in a key reaches the queries that see it, and no other sequence", () => {
    const values = rowsOf([4, 3], 1, 1, 2).dataSync().slice();
    values[2 * 6 + 2] = Number.NaN; // the key of the third token
    const y = nativePackedAttention(tf.tensor2d(values, [7, 6]), { lengths: Int32Array.of(4, 3), heads: 1, keyValueHeads: 1 });
    expect([...y.dataSync()].map(Number.isNaN)).toEqual([...Array(4).fill(false), ...Array(4).fill(true), ...Array(6).fill(false)]);
  });

  test.each([[[2]], [[4]], [[-1, 4]]])("lengths %j of three rows are refused, not read past", (lengths) => {
    const attributes = { heads: { int: 1 }, key_value_heads: { int: 1 } };
    expect(() => nativeOps()!.runMany("CaiPackedAttention", attributes, [tf.zeros([3, 6]), tf.tensor1d(lengths, "int32")], 2)).toThrow(
      /lengths/,
    );
  });
});
