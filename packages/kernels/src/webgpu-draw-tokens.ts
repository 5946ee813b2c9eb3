import * as tf from "@tensorflow/tfjs-core";
import type { DrawTokensOptions } from "./draw-tokens.ts";
import { shaderOf } from "./shader-of.ts";
import { reductions } from "./shader-reductions.ts";
import type { WebGpuOps } from "./webgpu-ops.ts";

const threads = 256;

/** The shader beside draw-tokens.cc. Each thread sums a run of ids, so that the sums are in the order of the ids; one then looks for the place. */
const shader = /* @__PURE__ */ shaderOf(() => ({
  key: "draw-tokens",
  threads,
  declarations: reductions(
    threads,
    `var<workgroup> sums: array<f32, ${threads}>;
fn isBlocked(id: u32) -> bool {
  for (var i = 0u; i < given.blockedCount; i++) { if (u32(blocked[i]) == id) { return true; } }
  return false;
}
fn isFinite(number: f32) -> bool { return (bitcast<u32>(number) & 0x7f800000u) != 0x7f800000u; }
fn weightOf(logit: f32, largest: f32) -> f32 { return exp((logit - largest) / select(given.temperature, 1.0, given.temperature == 0.0)); }`,
  ),
  body: `
    if (group >= given.rows) { return; }
    let begin = group * given.size;
    let own = (given.size + ${threads - 1}u) / ${threads}u;
    let first = min(thread * own, given.size);
    let end = min(first + own, given.size);
    var most = -3.4e38;
    var wrong = 0.0;
    var count = 0.0;
    for (var id = first; id < end; id++) {
      if (!isFinite(logits[begin + id])) { wrong = 1.0; }
      if (!isBlocked(id)) { most = max(most, logits[begin + id]); count += 1.0; }
    }
    let largest = largestOf(thread, most);
    let wrongs = totalOf(thread, wrong);
    let drawable = totalOf(thread, count);
    var sum = 0.0;
    for (var id = first; id < end; id++) { if (!isBlocked(id)) { sum += weightOf(logits[begin + id], largest); } }
    workgroupBarrier();
    sums[thread] = sum;
    workgroupBarrier();
    if (thread != 0u) { return; }
    var total = 0.0;
    for (var block = 0u; block < ${threads}u; block++) { total += sums[block]; }
    var drawn = -1;
    if (given.temperature == 0.0) {
      for (var id = 0u; id < given.size; id++) { if (logits[begin + id] == largest && !isBlocked(id)) { drawn = i32(id); break; } }
    } else {
      let wanted = uniforms[group] * total;
      var reached = 0.0;
      var block = 0u;
      let last = (given.size - 1u) / own;
      while (block < last && reached + sums[block] <= wanted) { reached += sums[block]; block++; }
      for (var id = block * own; id < given.size; id++) {
        if (isBlocked(id)) { continue; }
        let weight = weightOf(logits[begin + id], largest);
        if (weight == 0.0) { continue; }
        drawn = i32(id);
        reached += weight;
        if (reached > wanted) { break; }
      }
      // Rounding kept the sums below what was wanted: the last that may be drawn.
      for (var id = given.size; id > 0u && drawn < 0; id--) {
        if (!isBlocked(id - 1u) && weightOf(logits[begin + id - 1u], largest) > 0.0) { drawn = i32(id) - 1; }
      }
    }
    if (wrongs > 0.0 || drawable == 0.0 || drawn < 0) { results[2u * group] = -1.0; return; }
    results[2u * group] = f32(drawn);
    results[2u * group + 1u] = log(weightOf(logits[begin + u32(drawn)], largest) / total);`,
}));

/**
 * As `drawTokens`, on the device, by float32 sums: a uniform number so near to the border between two ids that float32 can't tell draws either.
 * One read of two numbers a row.
 */
export async function webGpuDrawTokens(
  webGpu: WebGpuOps,
  logits: tf.Tensor,
  { uniforms, temperature = 1, blockedIds = [] }: DrawTokensOptions,
): Promise<{ ids: Int32Array; logprobs: Float32Array } | undefined> {
  const [rows, size] = logits.shape as [number, number];
  const results = tf.tidy(() => {
    const results = webGpu.empty([rows, 2]);
    const blocked = tf.tensor1d(Int32Array.from(blockedIds.length > 0 ? blockedIds : [-1]), "int32");
    const reads = { logits, uniforms: tf.tensor1d(Float32Array.from(uniforms)), blocked };
    const numbers = {
      rows: { u32: rows },
      size: { u32: size },
      blockedCount: { u32: blockedIds.length },
      temperature: { f32: temperature },
    };
    webGpu.run(shader, { reads, writes: { results }, numbers }, rows);
    return results;
  });
  const numbers = await results.data<"float32">();
  results.dispose();
  const ids = Int32Array.from({ length: rows }, (_, row) => numbers[2 * row]!);
  return ids.includes(-1) ? undefined : { ids, logprobs: Float32Array.from(ids, (_, row) => numbers[2 * row + 1]!) };
}
