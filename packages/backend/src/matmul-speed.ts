import * as tf from "@tensorflow/tfjs-core";

/**
 * How fast the prepared backend multiplies float32 matrices, in GFLOP/s: the best of half a second of products.
 * One product `[n, n] × [n, n]` counts 2n³ operations; n is 1024, or 256 where such a product takes longer than 20 ms.
 *
 * @example
 * await prepareBackend();
 * console.log(`${(await measureMatmul()).toFixed(0)} GFLOP/s`);
 */
export async function measureMatmul(): Promise<number> {
  const small = await fastestProduct(256, 0);
  if (small > 20) return gflops(256, Math.min(small, await fastestProduct(256, 500)));
  return gflops(1024, await fastestProduct(1024, 500));
}

const gflops = (size: number, milliseconds: number): number => (2 * size ** 3) / milliseconds / 1e6;

/** Milliseconds of one product: the best of two, or of as many as there is time for. */
async function fastestProduct(size: number, milliseconds: number): Promise<number> {
  const factor = tf.fill([size, size], 0.5);
  let fastest = Number.POSITIVE_INFINITY;
  const end = performance.now() + milliseconds;
  for (let count = 0; count < 2 || performance.now() < end; count++) {
    const start = performance.now();
    const corner = tf.tidy(() => tf.slice(tf.matMul(factor, factor), [0, 0], [1, 1]));
    await corner.data(); // a GPU answers only now
    fastest = Math.min(fastest, performance.now() - start);
    corner.dispose();
  }
  factor.dispose();
  return fastest;
}
