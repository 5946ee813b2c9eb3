// @ts-check
// What this machine can do: prints one line of JSON. Its figures are what the percentages of `npm run bench` refer to.
import { availableParallelism, cpus, totalmem } from "node:os";
import { Worker } from "node:worker_threads";
import { prepareBackend } from "@cai/backend";
import { linear, nativeOps } from "@cai/kernels";
import * as tf from "@tensorflow/tfjs-core";

const size = 2048;
const copiedBytes = 256 * 2 ** 20;

/**
 * The fastest of a second of products of square matrices, as the layers multiply and as TensorFlow does; on plain JavaScript or WASM of
 * smaller ones. The numbers differ: multiplying equal ones draws less power, which makes a processor faster than it is.
 */
function gemmFlopsPerSecond() {
  const native = nativeOps();
  const n = native === undefined ? 512 : size;
  const factor = tf.tidy(() => tf.sin(tf.reshape(tf.range(0, n * n), [n, n])));
  /** @param {() => tf.Tensor} multiply */
  const measure = (multiply) => {
    const seconds = fastest(1000, () => {
      const product = multiply();
      if (native === undefined) product.dataSync();
      product.dispose();
    });
    return (2 * n ** 3) / seconds;
  };
  const flags = { T: { type: "float32" }, transpose_a: { bool: false }, transpose_b: { bool: false } };
  const ofLayers = measure(() => linear(factor, factor));
  const ofTensorFlow = native === undefined ? ofLayers : measure(() => native.run("MatMul", flags, [factor, factor]));
  factor.dispose();
  return { gemmFlopsPerSecond: ofLayers, tensorFlowFlopsPerSecond: ofTensorFlow };
}

/** Bytes read plus bytes written a second, all cores copying blocks that are larger than their caches. */
async function memoryBytesPerSecond() {
  const threads = availableParallelism();
  const workers = Array.from(
    { length: threads },
    () => new Worker(new URL("copy-thread.mjs", import.meta.url), { workerData: copiedBytes }),
  );
  const said = () => Promise.all(workers.map((worker) => new Promise((resolve) => worker.once("message", resolve))));
  await said();
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 6; round++) {
    const began = performance.now();
    const done = said();
    for (const worker of workers) worker.postMessage("copy");
    await done;
    best = Math.min(best, (performance.now() - began) / 1000);
  }
  await Promise.all(workers.map((worker) => worker.terminate()));
  return (2 * copiedBytes * threads) / best;
}

/** @param {number} milliseconds @param {() => void} work */
function fastest(milliseconds, work) {
  let best = Number.POSITIVE_INFINITY;
  const end = performance.now() + milliseconds;
  do {
    const began = performance.now();
    work();
    best = Math.min(best, performance.now() - began);
  } while (performance.now() < end);
  return best / 1000;
}

const { name: backend, kernels } = await prepareBackend();
const machine = {
  cpu: cpus()[0]?.model ?? "unknown",
  cores: availableParallelism(),
  memoryBytes: totalmem(),
  node: process.version,
  backend,
  ...(kernels && { kernels: kernels.level }),
  ...gemmFlopsPerSecond(),
  memoryBytesPerSecond: await memoryBytesPerSecond(),
};
console.log(JSON.stringify(machine));
