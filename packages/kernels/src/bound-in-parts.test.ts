import { onWebGpu, tensor } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, onTestFinished, test } from "vitest";
import { add } from "./add.ts";
import { tiedEmbedding } from "./embedding.ts";
import { hiddenLogprobs } from "./hidden-logprobs.ts";
import { matrixProduct } from "./matrix.ts";
import { webGpuOps } from "./webgpu-ops.ts";

// 64 rows of 5 numbers are 1280 bytes: a table of 200 rows goes in four parts.
const [vocabSize, width, bytes] = [200, 5, 1500];

/** From now to the test's end bindings hold no more. */
function bindAtMost(most: number): void {
  const allowed = webGpuOps()!.mostBytes;
  tf.env().set("CAI_WEBGPU_BINDING_BYTES", most);
  onTestFinished(() => tf.env().set("CAI_WEBGPU_BINDING_BYTES", allowed));
}

/** A table on the device, where an operation has put it. */
const table = () => tf.add(tensor([vocabSize, width], 7), 0);

async function read(tensors: readonly tf.Tensor[]): Promise<number[][]> {
  const numbers = await Promise.all(tensors.map((each) => each.data<"float32">()));
  return numbers.map((values) => [...values]);
}

function expectAlike(computed: readonly number[][], wanted: readonly number[][]): void {
  computed.forEach((values, index) => {
    expect(values).toHaveLength(wanted[index]!.length);
    expect(Math.max(...values.map((value, place) => Math.abs(value - wanted[index]![place]!)))).toBeLessThan(1e-5);
  });
}

await onWebGpu(() => {
  test("products with a matrix that no binding holds are those of one binding", async () => {
    const [few, many] = [tensor([3, width]), tensor([3, vocabSize], 2)];
    const products = () => [
      matrixProduct(few, table(), { transposeB: true }),
      matrixProduct(many, table()),
      matrixProduct(many, few, { transposeA: true }),
      matrixProduct(tf.transpose(many), table(), { transposeA: true }),
    ];
    const whole = await read(products());
    bindAtMost(bytes);
    const inParts = products();
    expect(inParts.map(({ shape }) => shape)).toEqual([
      [3, vocabSize],
      [3, width],
      [vocabSize, width],
      [3, width],
    ]);
    expectAlike(await read(inParts), whole);
  });

  test("an embedding that is the output too, its log-probabilities and its gradient", async () => {
    const ids = () =>
      tf.tensor2d(
        [
          [199, 0, 64],
          [63, 0, 130],
        ],
        [2, 3],
        "int32",
      );
    const logprobs = (weight: tf.Tensor) => {
      const { rows, table } = tiedEmbedding(weight, ids());
      return hiddenLogprobs({
        hidden: tf.reshape(rows, [6, width]),
        weight: table,
        ids: Int32Array.of(1, 199, 3, 64, 5, 0),
        temperature: 0.7,
      }).logprobs;
    };
    const results = () => {
      const weight = table();
      const { rows } = tiedEmbedding(weight, ids());
      return [rows, logprobs(weight), tf.grad((w) => tf.sum(logprobs(w)))(weight), add(weight, weight)];
    };
    const whole = await read(results());
    bindAtMost(bytes);
    const before = tf.memory().numTensors;
    const inParts = tf.tidy(results);
    expect(tf.memory().numTensors - before).toBe(inParts.length);
    expectAlike(await read(inParts), whole);
  });

  test("zeros and copies are of any size, and copies have memory of their own", async () => {
    bindAtMost(bytes);
    const webGpu = webGpuOps()!;
    const [zeros, original] = [webGpu.zeros([vocabSize, width]), table()];
    const copy = webGpu.copy(original);
    expect(webGpu.isShared(copy)).toBe(false);
    expect(webGpu.isShared(tf.clone(original))).toBe(true);
    expect([...(await zeros.data())].every((value) => value === 0)).toBe(true);
    expect([...(await copy.data())]).toEqual([...(await original.data())]);
  });
});
