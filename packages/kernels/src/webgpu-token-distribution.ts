import * as tf from "@tensorflow/tfjs-core";
import { shaderOf } from "./shader-of.ts";
import { reductions } from "./shader-reductions.ts";
import type { WebGpuOps } from "./webgpu-ops.ts";

// The shaders beside token-logprobs.cc: the logits are read twice, and no matrix of their size is made but the gradient, in their own memory.

const threads = 256;

const read = /* @__PURE__ */ shaderOf(() => ({
  key: "token-distribution",
  threads,
  declarations: reductions(threads),
  body: `
    if (group >= given.rows) { return; }
    let begin = group * given.size;
    var most = -3.4e38;
    for (var id = thread; id < given.size; id += ${threads}u) { most = max(most, logits[begin + id]); }
    let largest = largestOf(thread, most);
    var sum = 0.0;
    var weighted = 0.0;
    for (var id = thread; id < given.size; id += ${threads}u) {
      let d = (logits[begin + id] - largest) / given.temperature;
      let e = exp(d);
      sum += e;
      weighted += d * e;
    }
    let total = totalOf(thread, sum);
    let weightedTotal = totalOf(thread, weighted);
    if (thread == 0u) {
      let s = log(total);
      logprobs[group] = (logits[begin + u32(ids[group])] - largest) / given.temperature - s;
      entropies[group] = s - weightedTotal / total;
      normalizers[2u * group] = largest;
      normalizers[2u * group + 1u] = s;
    }`,
}));

/** @param from the tensor that has the logits */
const gradientFrom = (from: "logits" | "gradient") => ({
  key: `token-distribution-gradient of ${from}`,
  threads,
  body: `
    let row = group / given.groupsOfRow;
    let id = group % given.groupsOfRow * ${threads}u + thread;
    if (row >= given.rows || id >= given.size) { return; }
    let place = row * given.size + id;
    let logprob = (${from}[place] - normalizers[2u * row]) / given.temperature - normalizers[2u * row + 1u];
    let factor = dLogprobs[row] + dEntropies[row] * (logprob + entropies[row]);
    let ofChosen = select(0.0, dLogprobs[row] / given.temperature, id == u32(ids[row]));
    gradient[place] = ofChosen - exp(logprob) * (factor / given.temperature);`,
});

interface Chosen {
  readonly logits: tf.Tensor;
  readonly ids: tf.Tensor;
  readonly temperature: number;
}

/** As `tokenDistribution`. */
export function webGpuDistribution(webGpu: WebGpuOps, { logits, ids, temperature }: Chosen) {
  const [rows, size] = logits.shape as [number, number];
  const results = { logprobs: webGpu.empty([rows]), entropies: webGpu.empty([rows]), normalizers: webGpu.empty([rows, 2]) };
  const numbers = { rows: { u32: rows }, size: { u32: size }, temperature: { f32: temperature } };
  webGpu.run(read, { reads: { logits, ids }, writes: results, numbers }, rows);
  return results;
}

/** As `tokenDistributionGradient`; with `overwrite` in the memory of the logits, which are disposed of. */
export function webGpuGradient(
  webGpu: WebGpuOps,
  given: Chosen & {
    readonly distribution: { readonly entropies: tf.Tensor; readonly normalizers: tf.Tensor };
    readonly dLogprobs: tf.Tensor;
    readonly dEntropies?: tf.Tensor | undefined;
    readonly overwrite: boolean;
  },
): tf.Tensor {
  const { logits, ids, temperature, distribution, dLogprobs, overwrite } = given;
  const [rows, size] = logits.shape as [number, number];
  const { entropies, normalizers } = distribution;
  const groupsOfRow = Math.ceil(size / threads);
  const numbers = { rows: { u32: rows }, size: { u32: size }, groupsOfRow: { u32: groupsOfRow }, temperature: { f32: temperature } };
  return tf.tidy(() => {
    const { dEntropies = webGpu.zeros([rows]) } = given;
    const others = { ids, entropies, normalizers, dLogprobs, dEntropies };
    const inPlace = overwrite && !webGpu.isShared(logits);
    const gradient = inPlace ? tf.clone(logits) : webGpu.empty([rows, size]);
    const reads = inPlace ? others : { logits, ...others };
    webGpu.run(gradientFrom(inPlace ? "gradient" : "logits"), { reads, writes: { gradient }, numbers }, rows * groupsOfRow);
    if (overwrite) logits.dispose();
    return gradient;
  });
}
