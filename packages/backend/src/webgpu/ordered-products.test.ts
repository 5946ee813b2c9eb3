import { onWebGpu, tensor } from "@cai/testing/tensors";
import * as tf from "@tensorflow/tfjs-core";
import { expect, onTestFinished, test } from "vitest";

const flag = "WEBGPU_MATMUL_PROGRAM_TYPE";

/** As on a GPU, where tfjs chooses: names of the programs that a product runs. */
async function programsOf(product: () => tf.Tensor): Promise<{ names: string[]; values: Float32Array }> {
  const before = tf.env().getNumber(flag);
  const backend = tf.backend() as unknown as { runWebGPUProgram(program: object, ...rest: unknown[]): unknown };
  const run = backend.runWebGPUProgram;
  const names: string[] = [];
  onTestFinished(() => {
    tf.env().set(flag, before);
    backend.runWebGPUProgram = run;
  });
  tf.env().set(flag, -1);
  backend.runWebGPUProgram = (program, ...rest) => {
    names.push(program.constructor.name);
    return run.call(backend, program, ...rest);
  };
  const result = product();
  expect(tf.env().getNumber(flag)).toBe(-1);
  return { names, values: await result.data<"float32">() };
}

await onWebGpu(() => {
  test("long sums into a small result are not split among groups that add by atomics", async () => {
    const [a, b] = [tensor([20, 2100], 1), tensor([2100, 20], 2)] as [tf.Tensor2D, tf.Tensor2D];
    const { names, values } = await programsOf(() => tf.matMul(a, b));
    expect(names).toEqual(["MatMulSmallOutputSizeProgram"]);
    const [left, right] = [await a.data<"float32">(), await b.data<"float32">()];
    const first = left.slice(0, 2100).reduce((sum, value, index) => sum + value * right[20 * index]!, 0);
    expect(values[0]).toBeCloseTo(first, 3);
  });

  test("other products are tfjs's own choice", async () => {
    const { names } = await programsOf(() => tf.matMul(tensor([2, 30]) as tf.Tensor2D, tensor([30, 2]) as tf.Tensor2D));
    expect(names).toEqual(["MatMulReduceProgram"]);
  });
});
