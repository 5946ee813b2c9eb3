import * as tf from "@tensorflow/tfjs-core";
import { nativeOps } from "./native-ops.ts";

/** As the options of @cai/sampling that have these names. */
export interface DrawTokensOptions {
  /** `[A]`, in [0, 1). */
  readonly uniforms: Float64Array;
  /** Logits are divided by it; 0 takes the likeliest token. Default 1. */
  readonly temperature?: number | undefined;
  /** Ids that are never drawn. */
  readonly blockedIds?: readonly number[] | undefined;
}

/**
 * What `drawTokens` of @cai/sampling draws without top-k and top-p, from logits `[A, V]` that stay where TensorFlow has them: ids and
 * log-probabilities alone come over. Sums are float64, in another order.
 *
 * @returns `undefined` where there are no native kernels for it, and for what the twin in @cai/sampling refuses, NaN among a row's logits or a
 * temperature that is none: the twin tells which
 * @example
 * const logits = tf.tensor2d([[0, 9, 0]]);
 * const ids = drawTokens(logits, { uniforms: Float64Array.of(0.5) })?.ids; // [1]
 */
export function drawTokens(
  logits: tf.Tensor,
  { uniforms, temperature = 1, blockedIds = [] }: DrawTokensOptions,
): { readonly ids: Int32Array; readonly logprobs: Float32Array } | undefined {
  const native = nativeOps();
  if (!native?.has("CaiDrawTokens") || !canBeDrawn(logits.shape, uniforms, temperature, blockedIds)) return undefined;
  // −1 is no id, but tensors without any elements want care everywhere.
  const blocked = Int32Array.from(blockedIds.length > 0 ? blockedIds : [-1]);
  const inputs = [halves(uniforms), halves(Float64Array.of(temperature)), blocked].map((numbers) => tf.tensor1d(numbers, "int32"));
  const drawn = native.runMany("CaiDrawTokens", {}, [logits, ...inputs], 2) as [tf.Tensor, tf.Tensor];
  const [ids, logprobs] = [drawn[0].dataSync() as Int32Array, drawn[1].dataSync() as Float32Array];
  tf.dispose([...inputs, ...drawn]);
  return ids.includes(-1) ? undefined : { ids, logprobs };
}

function canBeDrawn(shape: readonly number[], uniforms: Float64Array, temperature: number, blockedIds: readonly number[]): boolean {
  const [rows, vocabSize] = shape as [number, number];
  const isTemperature = temperature >= 0 && temperature < Number.POSITIVE_INFINITY;
  const areUniforms = uniforms.length === rows && uniforms.every((uniform) => uniform >= 0 && uniform < 1);
  return isTemperature && areUniforms && blockedIds.every((id) => Number.isInteger(id) && id >= 0 && id < vocabSize);
}

/** tfjs has no float64: each number goes as two int32. */
function halves(numbers: Float64Array): Int32Array {
  return new Int32Array(numbers.buffer, numbers.byteOffset, 2 * numbers.length);
}
