import * as tf from "@tensorflow/tfjs-core";

const flag = "WEBGPU_MATMUL_PROGRAM_TYPE";

/** tfjs's numbers for its products: 2 for few groups of threads, 3 for many. Either sums in one order. */
const [forFew, forMany] = [2, 3];

/** Of products that sum over so many numbers tfjs splits some. */
const fewestSplit = 2000;

/**
 * Makes tfjs's products on WebGPU sum in one order. Where the result is small and the sums are long, tfjs splits them among groups of threads that
 * add by atomics, whichever comes first: the last bits would differ from run to run.
 */
export function orderProducts(): void {
  const kernel = tf.getKernel("BatchMatMul", "webgpu");
  tf.unregisterKernel("BatchMatMul", "webgpu");
  tf.registerKernel({
    ...kernel,
    kernelFunc(given) {
      const { a, b } = given.inputs as { a: tf.TensorInfo; b: tf.TensorInfo };
      const { transposeA, transposeB } = given.attrs as { transposeA?: boolean; transposeB?: boolean };
      const summed = a.shape.at(transposeA ? -2 : -1)!;
      if (summed < fewestSplit || tf.env().getNumber(flag) >= 0) return kernel.kernelFunc(given);
      const results = a.shape.at(transposeA ? -1 : -2)! * b.shape.at(transposeB ? -2 : -1)!;
      try {
        tf.env().set(flag, results <= 32 * 32 * 32 ? forFew : forMany);
        return kernel.kernelFunc(given);
      } finally {
        tf.env().set(flag, -1);
      }
    },
  });
}
