import { createParameter } from "@cai/kernels";
import { onBackends, tensor } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test, vi } from "vitest";
import { AdamW, type NamedMoments } from "./adamw.ts";
import { globalNorm } from "./clip.ts";

// As on a GPU, and where tfjs-node was installed without our own kernels.
vi.mock("@cai/kernels", async (importOriginal) => {
  const kernels = await importOriginal<typeof import("@cai/kernels")>();
  const nativeOps: typeof kernels.nativeOps = () => {
    const native = kernels.nativeOps();
    return native && { ...native, has: () => false };
  };
  return { ...kernels, nativeOps };
});

const weight = (name = "weight") => createParameter({ name, layer: 0, value: tensor([3, 5], 1) });

/** What a weight and its moments are after three steps. */
async function trained(optimizer: AdamW, parameter: { readonly value: tf.Tensor }) {
  for (const seed of [2, 3, 4]) optimizer.step({ gradients: new Map([["weight", tensor([3, 5], seed)]]), learningRate: 0.1, scale: 0.5 });
  const moments: NamedMoments[] = [];
  for await (const one of optimizer.moments()) moments.push(one);
  const { expAvg, expAvgSq } = moments[0]!;
  return { value: await parameter.value.data<"float32">(), expAvg, expAvgSq };
}

onBackends(["tensorflow"], () => {
  test("AdamW by TensorFlow's own operation equals that by tfjs's", async () => {
    const train = async () => {
      const parameter = weight();
      return trained(new AdamW({ parameters: [parameter], weightDecay: 0.1 }), parameter);
    };
    const native = await train();
    await tf.setBackend("cpu");
    const portable = await train();
    await tf.setBackend("tensorflow");
    for (const what of ["value", "expAvg", "expAvgSq"] as const)
      portable[what].forEach((number, index) => {
        // In float32 1 - 0.999 is 0.00099998713, which TensorFlow takes.
        expect(Math.abs(native[what][index]! - number)).toBeLessThan(2e-5 * Math.max(...portable[what].map(Math.abs)));
      });
  });

  test("a copy of the weight is not touched, and dispose frees the moments", async () => {
    const parameter = weight();
    const copy = tf.clone(parameter.value);
    const before = copy.dataSync();
    const tensors = tf.memory().numTensors;
    const optimizer = new AdamW({ parameters: [parameter] });
    tf.engine().startScope();
    await trained(optimizer, parameter);
    tf.engine().endScope();
    expect(copy.dataSync()).toEqual(before);
    optimizer.dispose();
    expect(tf.memory().numTensors).toBe(tensors);
  });

  test("the norm of (3) and ((4)) together is 5, and not finite with a NaN", async () => {
    expect(await globalNorm([tf.tensor1d([3]), tf.tensor2d([[4]])])).toBeCloseTo(5, 6);
    expect(await globalNorm([tf.tensor1d([3]), tf.tensor1d([Number.NaN])])).toBeNaN();
  });
});
