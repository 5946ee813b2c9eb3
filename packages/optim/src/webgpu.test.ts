import { createParameter } from "@cai/kernels";
import { numbers, onWebGpu } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, onTestFinished, test } from "vitest";
import { AdamW } from "./adamw.ts";
import { globalNorm } from "./clip.ts";

const size = 3000;

/** Three updates with everything on; the weight and its moments after them. */
async function threeUpdates() {
  const weight = createParameter({ name: "weight", layer: 0, value: tf.tensor2d(numbers(size), [60, 50]) });
  const optimizer = new AdamW({ parameters: [weight], weightDecay: 0.1 });
  for (const seed of [2, 3, 4]) {
    const gradient = tf.tensor2d(numbers(size, { seed }), [60, 50]);
    optimizer.step({ gradients: new Map([["weight", gradient]]), learningRate: 1e-2, scale: 0.5 });
    gradient.dispose();
  }
  const read = await weight.value.data();
  for await (const { expAvg, expAvgSq } of optimizer.moments()) {
    optimizer.dispose();
    weight.value.dispose();
    return { weight: read, expAvg, expAvgSq };
  }
  throw new Error("no moments");
}

await onWebGpu(() => {
  test("AdamW by a shader, in one binding or in several, is AdamW in plain JavaScript", async () => {
    await tf.setBackend("cpu");
    const wanted = await threeUpdates();
    await tf.setBackend("webgpu");
    const before = tf.memory().numTensors;
    const whole = await threeUpdates();
    const most = tf.env().getNumber("CAI_WEBGPU_BINDING_BYTES");
    tf.env().set("CAI_WEBGPU_BINDING_BYTES", 1024);
    onTestFinished(() => tf.env().set("CAI_WEBGPU_BINDING_BYTES", most));
    const inParts = await threeUpdates();
    expect(tf.memory().numTensors).toBe(before);
    for (const name of ["weight", "expAvg", "expAvgSq"] as const) {
      expect([...inParts[name]]).toEqual([...whole[name]]);
      const differences = wanted[name].map((value, index) => Math.abs(whole[name][index]! - value));
      expect(Math.max(...differences), name).toBeLessThan(1e-6);
    }
  });

  test("a weight that another tensor shares moves away, and the other one stays", async () => {
    const weight = createParameter({ name: "weight", layer: 0, value: tf.tensor1d([1, 2]) });
    await tf.add(weight.value, 0).data(); // it is on the device
    const reference = tf.clone(weight.value);
    const optimizer = new AdamW({ parameters: [weight] });
    optimizer.step({ gradients: new Map([["weight", tf.tensor1d([0.5, -0.5])]]), learningRate: 0.1 });
    const [moved, stayed] = [await weight.value.data(), await reference.data()];
    expect([moved[0], moved[1]].map((value) => value!.toFixed(4))).toEqual(["0.9000", "2.1000"]);
    expect([...stayed]).toEqual([1, 2]);
    optimizer.dispose();
  });

  test("moments that are restored go on to the bit, also those too small for a normal float32 number", async () => {
    const weight = createParameter({ name: "weight", layer: 0, value: tf.tensor1d([1, 2]) });
    const moments = [{ name: "weight", shape: [2], expAvg: Float32Array.of(0.25, -1e-40), expAvgSq: Float32Array.of(1e-41, 3) }];
    const optimizer = new AdamW({ parameters: [weight] });
    await optimizer.restore({ stepCount: 4, moments });
    for await (const read of optimizer.moments()) expect(read).toEqual(moments[0]);
    optimizer.dispose();
  });

  test("the norm of gradients, in one binding or in several, is that of plain JavaScript", async () => {
    const norm = await globalNorm([tf.tensor1d([3]), tf.fill([40, 40], 0.1)]); // √(9 + 16)
    expect(norm).toBeCloseTo(5, 5);
    const most = tf.env().getNumber("CAI_WEBGPU_BINDING_BYTES");
    tf.env().set("CAI_WEBGPU_BINDING_BYTES", 1024);
    onTestFinished(() => tf.env().set("CAI_WEBGPU_BINDING_BYTES", most));
    expect(await globalNorm([tf.fill([1600, 1], 0.1)])).toBeCloseTo(4, 5);
  });
});
