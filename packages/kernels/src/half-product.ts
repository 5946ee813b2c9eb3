import type * as tf from "@tensorflow/tfjs-core";
import type { HalfWeights } from "./half-weights.ts";
import { shaderOf } from "./shader-of.ts";
import type { WebGpuOps } from "./webgpu-ops.ts";

/** Of x that a group of threads reads at once, of pairs of columns that it computes, and of parts that it cuts their sums into. */
const rowsAtOnce = 8;
const pairsAtOnce = 32;
const parts = 8;
const threads = pairsAtOnce * parts;

/** Products that are summed in half precision, before their sum joins the others in float32. */
const run = 16;

/** Which of the two ways to multiply: what it declares, does before the sums, does for a run of k, and multiplies a row's sums by. */
interface Arithmetic {
  readonly key: string;
  readonly halves: boolean;
  readonly declarations: string;
  readonly before: string;
  readonly addRun: string;
  readonly scale: string;
}

const forEachRow = (body: string) => `for (var r = 0u; r < ${rowsAtOnce}u; r++) { if (firstRow + r < given.rows) { ${body} } }`;
const xAt = "x[(firstRow + r) * given.size + i]";
const weightsAt = "halves[i * given.pairs + pair]";

const inFloats = (): Arithmetic => ({
  key: "half-product",
  halves: false,
  declarations: "",
  before: "",
  addRun: `
      for (var i = k; i < stop; i++) {
        let weights = unpack2x16float(bitcast<u32>(${weightsAt}));
        ${forEachRow(`totals[r] += ${xAt} * weights;`)}
      }`,
  scale: "1.0",
});

/**
 * A row of x is divided by a power of two, so that its largest number is between a 32nd and a 16th: no sum of a run goes beyond half precision, whose
 * largest number is also a weight's.
 */
const inHalves = (): Arithmetic => ({
  key: "half-product, in half precision",
  halves: true,
  declarations: `
var<workgroup> largest: array<f32, ${threads}>;
var<workgroup> scales: array<f32, ${rowsAtOnce}>;`,
  before: `
    let ownRow = firstRow + thread / ${pairsAtOnce}u;
    var most = 0.0;
    if (ownRow < given.rows) {
      for (var i = thread % ${pairsAtOnce}u; i < given.size; i += ${pairsAtOnce}u) { most = max(most, abs(x[ownRow * given.size + i])); }
    }
    largest[thread] = most;
    workgroupBarrier();
    if (thread % ${pairsAtOnce}u == 0u) {
      for (var i = 1u; i < ${pairsAtOnce}u; i++) { most = max(most, largest[thread + i]); }
      scales[thread / ${pairsAtOnce}u] = ${2 * run}.0 * max(bitcast<f32>(bitcast<u32>(most) & 0x7f800000u), 1.0e-30);
    }
    workgroupBarrier();`,
  // The zeros are written out: one driver (Mesa 25's on the processor) leaves what a variable of a loop held in the turn before.
  addRun: `
      var sum = array<vec2<f16>, ${rowsAtOnce}>();
      for (var i = k; i < stop; i++) {
        let weights = bitcast<vec2<f16>>(${weightsAt});
        ${forEachRow(`sum[r] += f16(${xAt} / scales[r]) * weights;`)}
      }
      for (var r = 0u; r < ${rowsAtOnce}u; r++) { totals[r] += vec2<f32>(sum[r]); }`,
  scale: "scales[r]",
});

const productShader = ({ key, halves, declarations, before, addRun, scale }: Arithmetic) => ({
  key,
  halves,
  threads,
  declarations: `var<workgroup> sums: array<vec2<f32>, ${threads}>;${declarations}`,
  body: `
    let groupsOfRows = (given.pairs + ${pairsAtOnce - 1}u) / ${pairsAtOnce}u;
    let firstRow = group / groupsOfRows * ${rowsAtOnce}u;
    if (firstRow >= given.rows) { return; }${before}
    let part = thread / ${pairsAtOnce}u;
    let pair = group % groupsOfRows * ${pairsAtOnce}u + thread % ${pairsAtOnce}u;
    let own = (given.size + ${parts - 1}u) / ${parts}u;
    let end = min((part + 1u) * own, given.size);
    var totals: array<vec2<f32>, ${rowsAtOnce}>;
    for (var k = part * own; k < end && pair < given.pairs; k += ${run}u) {
      let stop = min(k + ${run}u, end);${addRun}
    }
    for (var r = 0u; r < ${rowsAtOnce}u; r++) {
      workgroupBarrier();
      sums[thread] = totals[r];
      workgroupBarrier();
      if (part == 0u && pair < given.pairs && firstRow + r < given.rows) {
        var total = sums[thread];
        for (var p = 1u; p < ${parts}u; p++) { total += sums[thread + p * ${pairsAtOnce}u]; }
        total *= ${scale};
        let place = (firstRow + r) * given.columns + 2u * pair;
        y[place] = total.x;
        if (2u * pair + 1u < given.columns) { y[place + 1u] = total.y; }
      }
    }`,
});

const shaderInFloats = /* @__PURE__ */ shaderOf(() => productShader(inFloats()));
/** For devices that compute in half precision. */
export const shaderInHalves = /* @__PURE__ */ shaderOf(() => productShader(inHalves()));

/** x·W of `x` `[M, K]`: `[M, N]`, by the arithmetic that the device has. */
export function halfProduct(webGpu: WebGpuOps, x: tf.Tensor, { halves, columns }: HalfWeights): tf.Tensor {
  const [rows, size] = x.shape as [number, number];
  const pairs = halves.shape[1]!;
  const y = webGpu.empty([rows, columns]);
  const sizes = { rows, size, columns, pairs };
  const numbers = Object.fromEntries(Object.entries(sizes).map(([name, u32]) => [name, { u32 }]));
  const groups = Math.ceil(rows / rowsAtOnce) * Math.ceil(pairs / pairsAtOnce);
  webGpu.run(webGpu.computesHalves ? shaderInHalves : shaderInFloats, { reads: { x, halves }, writes: { y }, numbers }, groups);
  return y;
}
