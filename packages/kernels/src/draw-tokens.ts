import * as tf from "@tensorflow/tfjs-core";
import { nativeOps } from "./native-ops.ts";
import { webGpuDrawTokens } from "./webgpu-draw-tokens.ts";
import { webGpuOps } from "./webgpu-ops.ts";

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
 * What `drawTokens` of @cai/sampling draws without top-k and top-p, from logits `[A, V]` that stay where TensorFlow or WebGPU has them: ids and
 * log-probabilities alone come over. Sums are float64, in another order; on WebGPU float32, so that a number next to a border may draw the
 * neighbour.
 *
 * @returns `undefined` where there are no kernels for it, and for what the twin in @cai/sampling refuses, NaN among a row's logits or a
 * temperature that is none: the twin tells which
 * @example
 * const logits = tf.tensor2d([[0, 9, 0]]);
 * const ids = (await drawTokens(logits, { uniforms: Float64Array.of(0.5) }))?.ids; // [1]
 */
export async function drawTokens(
  logits: tf.Tensor,
  options: DrawTokensOptions,
): Promise<{ readonly ids: Int32Array; readonly logprobs: Float32Array } | undefined> {
  const { uniforms, temperature = 1, blockedIds = [] } = options;
  const native = nativeOps();
  const webGpu = webGpuOps();
  if (!(webGpu || native?.has("CaiDrawTokens")) || !canBeDrawn(logits.shape, uniforms, temperature, blockedIds)) return undefined;
  if (webGpu !== undefined) return webGpuDrawTokens(webGpu, logits, options);
  // −1 is no id, but tensors without any elements want care everywhere.
  const blocked = Int32Array.from(blockedIds.length > 0 ? blockedIds : [-1]);
  const inputs = [halves(uniforms), halves(Float64Array.of(temperature)), blocked].map((numbers) => tf.tensor1d(numbers, "int32"));
  const drawn = native!.runMany("CaiDrawTokens", {}, [logits, ...inputs], 2) as [tf.Tensor, tf.Tensor];
  const [ids, logprobs] = [await drawn[0].data<"int32">(), await drawn[1].data<"float32">()];
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
