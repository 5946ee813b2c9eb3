import "@tensorflow/tfjs";
import { createParameter } from "@cai/kernels";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { accumulate, openPass } from "./forward-pass.ts";

/** log-probabilities that are weight · x, for one row of three tokens of which the last is padding. */
const weight = () => createParameter({ name: "w", layer: 0, value: tf.tensor1d([2]) });
const batch = {
  responses: { ids: new Int32Array(3), mask: Uint8Array.of(1, 1, 0), shape: [1, 3] as const },
};
const open = (parameter: ReturnType<typeof weight>, x: readonly number[]) =>
  openPass<{ logprobs: Float32Array }>({
    batch,
    parameters: [parameter],
    forward: () => ({ logprobs: tf.mul(tf.tensor2d([...x], [1, 3]), parameter.value) }),
  });

test("a pass's numbers are 0 at padding, and slopes there count for nothing", async () => {
  const parameter = weight();
  const pass = await open(parameter, [1, 2, 100]);
  expect(pass.numbers.logprobs).toEqual(Float32Array.of(2, 4, 0));
  const gradients = pass.backward({ logprobs: Float32Array.of(1, 10, Number.NaN) });
  expect([...gradients.get("w")!.dataSync()]).toEqual([21]); // 1·1 + 10·2
  pass.dispose();
});

test("the gradients of chunks add up, and nothing stays but their sum", async () => {
  const parameter = weight();
  const before = tf.memory().numTensors;
  const { gradients, losses } = await accumulate(
    [1, 3],
    (x) => open(parameter, [x, 0, 0]),
    ({ logprobs }, x) => ({ loss: logprobs[0]! * x, slopes: { logprobs: Float32Array.of(x, 0, 0) } }),
  );
  expect(losses.map(({ loss }) => loss)).toEqual([2, 18]);
  expect([...gradients.get("w")!.dataSync()]).toEqual([10]); // 1·1 + 3·3
  expect(tf.memory().numTensors).toBe(before + 1);
});

test("where a loss throws, nothing stays", async () => {
  const parameter = weight();
  const before = tf.memory().numTensors;
  const lossOf = (_: unknown, x: number) => {
    if (x === 3) throw new Error("no loss");
    return { slopes: { logprobs: Float32Array.of(1, 0, 0) } };
  };
  await expect(accumulate([1, 3], (x) => open(parameter, [x, 0, 0]), lossOf)).rejects.toThrow("no loss");
  expect(tf.memory().numTensors).toBe(before);
});
