import * as tf from "@tensorflow/tfjs-core";

/**
 * How fast the prepared backend multiplies float32 matrices, in GFLOP/s: the best of half a second of products.
 * One product `[n, n] × [n, n]` counts 2n³ operations; n is 1024, on plain JavaScript 256.
 *
 * @example
 * await prepareBackend();
 * console.log(`${(await measureMatmul()).toFixed(0)} GFLOP/s`);
 */
export async function measureMatmul(): Promise<number> {
  const size = tf.getBackend() === "cpu" ? 256 : 1024;
  const factor = tf.fill([size, size], 0.5);
  let fastest = Number.POSITIVE_INFINITY;
  const end = performance.now() + 500;
  do {
    const start = performance.now();
    const corner = tf.tidy(() => tf.slice(tf.matMul(factor, factor), [0, 0], [1, 1]));
    await corner.data(); // a GPU answers only now
    fastest = Math.min(fastest, performance.now() - start);
    corner.dispose();
  } while (performance.now() < end);
  factor.dispose();
  return (2 * size ** 3) / fastest / 1e6;
}
