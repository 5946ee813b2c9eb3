import * as tf from "@tensorflow/tfjs-core";
import { KernelError } from "./error.ts";
import { unfusedLinear } from "./fused-linear.ts";
import { halfProduct } from "./half-product.ts";
import { type LowRankUpdate, lowRank } from "./int8-weights.ts";
import { withRowsOf } from "./linear.ts";
import type { LinearFusion } from "./linear-fusion.ts";
import { asMatrix } from "./matrix.ts";
import { type WebGpuOps, webGpuOps } from "./webgpu-ops.ts";

/** A weight matrix W `[K, N]` in half precision, two numbers in one of 32 bits: on WebGPU alone. */
export interface HalfWeights {
  /** int32 `[K, ⌈N / 2⌉]`: columns 2j and 2j + 1 of a row, the first in the lower bits; 0 behind the last. */
  readonly halves: tf.Tensor;
  /** N. */
  readonly columns: number;
}

const packing = { threads: 256 };

/** @param transposed the weight is stored `[N, K]`, of which these are rows `given.first` and the following */
const pack = (transposed: boolean) => ({
  key: `pack-halves${transposed ? ", transposed" : ""}`,
  threads: packing.threads,
  // To 11 bits, ties to even, before packing: devices may cut instead of rounding.
  declarations: `fn rounded(number: f32) -> f32 {
  let bits = bitcast<u32>(number);
  return bitcast<f32>((bits + 0xfffu + ((bits >> 13u) & 1u)) & 0xffffe000u);
}
fn weightAt(row: u32, column: u32) -> f32 {
  if (column >= given.columns) { return 0.0; }
  return rounded(weight[${transposed ? "column * given.rows + row" : "row * given.columns + column"}]);
}`,
  body: `
    let i = group * ${packing.threads}u + thread;
    let pairs = (given.columns + 1u) / 2u;
    let row = i / pairs;
    let pair = i % pairs;
    if (row >= given.rows) { return; }
    let both = pack2x16float(vec2<f32>(weightAt(row, 2u * pair), weightAt(row, 2u * pair + 1u)));
    halves[row * given.pairsInAll + given.first / 2u + pair] = bitcast<i32>(both);`,
});

/**
 * Rounds a weight matrix `[K, N]` (with `transposed`: `[N, K]`) to half precision. With `update` it is the sum that is rounded. Every WebGPU device
 * has this, also one whose shaders don't compute in half precision. No number may be beyond 65504. The caller disposes of `halves`.
 *
 * @throws KernelError `no-webgpu` on any other backend.
 * @example
 * if (webGpuOps() !== undefined) tf.dispose(halveColumns(tf.tensor2d([[1, -4], [0.5, 2]])).halves);
 */
export function halveColumns(
  weight: tf.Tensor,
  { transposed = false, update }: { readonly transposed?: boolean; readonly update?: LowRankUpdate | undefined } = {},
): HalfWeights {
  const webGpu = requireWebGpu();
  const [rows, columns] = (transposed ? weight.shape.toReversed() : weight.shape) as [number, number];
  const pairsInAll = Math.ceil(columns / 2);
  return tf.tidy(() => {
    const halves = webGpu.empty([rows, pairsInAll], "int32");
    // Rows of a transposed weight are columns, and begin at an even one.
    for (const part of transposed && update === undefined
      ? webGpu.rowParts(weight)
      : [{ from: 0, to: transposed ? columns : rows, rows: weight }]) {
      const own = transposed ? part.to - part.from : columns;
      const added = update && (transposed ? tf.transpose(lowRank(update)) : lowRank(update));
      const sum = added === undefined ? part.rows : tf.add(part.rows, added);
      const numbers = {
        rows: { u32: rows },
        columns: { u32: own },
        first: { u32: transposed ? part.from : 0 },
        pairsInAll: { u32: pairsInAll },
      };
      const groups = Math.ceil((rows * Math.ceil(own / 2)) / packing.threads);
      webGpu.run(pack(transposed), { reads: { weight: sum }, writes: { halves }, numbers }, groups);
    }
    return { halves, columns };
  });
}

/**
 * x·W + b for `x` `[..., K]` and `bias` `[N]` in float32, and what is fused with it, as in `fusedLinear`: `[..., N]`. Each weight is read as 16 bits,
 * once for every eight rows of x. Where shaders compute in half precision, so do the products and sums of 16 of them, of an x that is rounded
 * like the weights; all else is float32. No gradient.
 *
 * @throws KernelError `no-webgpu` on any other backend.
 * @example
 * if (webGpuOps() !== undefined) halfLinear(tf.tensor2d([[1, 2]]), halveColumns(tf.tensor2d([[1, -4], [0.5, 2]]))); // [[2, 0]]
 */
export function halfLinear(x: tf.Tensor, weights: HalfWeights, bias?: tf.Tensor, fusion: LinearFusion = {}): tf.Tensor {
  const webGpu = requireWebGpu();
  return tf.tidy(() =>
    unfusedLinear(x, fusion, (input) => {
      const y = halfProduct(webGpu, asMatrix(input), weights);
      return withRowsOf(x, bias === undefined ? y : tf.add(y, bias));
    }),
  );
}

function requireWebGpu(): WebGpuOps {
  const webGpu = webGpuOps();
  if (webGpu === undefined)
    throw new KernelError(
      "no-webgpu",
      `Weights in half precision are for WebGPU, and tfjs computes on ${tf.getBackend()}: prepare that first.`,
    );
  return webGpu;
}
