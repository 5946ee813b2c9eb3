import type { Shape2D } from "@cai/contracts";
import { SamplingError } from "./error.ts";
import { checkFilter, type FilterOptions } from "./filter.ts";
import { largestVocabulary } from "./likeliest.ts";
import { checkFinite, weigh } from "./weigh.ts";

export interface DrawOptions extends FilterOptions {
  /** `[B, V]`, row-major, finite. Not changed. */
  readonly logits: Float32Array;
  readonly shape: Shape2D;
  /** `[B]`, each in [0, 1): the row's token is where the cumulative distribution, in the order of the ids, exceeds it. */
  readonly uniforms: Float64Array;
}

/** One token for each row. */
export interface DrawnTokens {
  readonly ids: Int32Array;
  readonly logprobs: Float32Array;
  readonly kept?: readonly Int32Array[];
}

/**
 * Draws one token for each row. Sums are accumulated in float64.
 *
 * @returns `ids` `[B]` and `logprobs` `[B]`: the log-probability of each drawn token under the distribution that was really
 * sampled. At temperature 0: under that of temperature 1 without top-k and top-p. Where one of these left tokens out, `kept` `[B]`: the ids that
 * each was drawn from, ascending.
 * @throws SamplingError for lengths or options that don't fit, and for NaN or infinite logits (its message names the row)
 * @example
 * const { ids, logprobs } = drawTokens({
 *   logits: Float32Array.of(0, Math.log(3)),
 *   shape: [1, 2],
 *   uniforms: Float64Array.of(0.3),
 * });
 * console.log(ids[0], Math.exp(logprobs[0]!).toFixed(2)); // 1 0.75
 */
export function drawTokens({ logits, shape, uniforms, ...options }: DrawOptions): DrawnTokens {
  const [rows, vocabSize] = shape;
  checkShape(logits, shape);
  if (uniforms.length !== rows) {
    throw new SamplingError("bad-input", `${uniforms.length} uniforms given for ${rows} rows: pass one for each row`);
  }
  for (const uniform of uniforms) {
    if (!(uniform >= 0 && uniform < 1)) throw new SamplingError("bad-input", `a uniform is ${uniform}: pass numbers in [0, 1)`);
  }
  const filter = checkFilter(options, vocabSize);
  checkFinite(logits, vocabSize);

  const ids = new Int32Array(rows);
  const logprobs = new Float32Array(rows);
  const weights = new Float64Array(vocabSize);
  const keptIds: Int32Array[] = [];
  for (let row = 0; row < rows; row++) {
    const { argmax, total, kept } = weigh(logits.subarray(row * vocabSize, (row + 1) * vocabSize), filter, weights);
    const id = filter.temperature === 0 ? argmax : invert(weights, uniforms[row]! * total);
    ids[row] = id;
    logprobs[row] = Math.log(weights[id]! / total);
    if (kept !== undefined) keptIds.push(kept);
  }
  return { ids, logprobs, ...(keptIds.length > 0 && { kept: keptIds }) };
}

/** The first id at which the running sum exceeds `target`, which is below the whole sum. */
function invert(weights: Float64Array, target: number): number {
  let reached = 0;
  let id = -1;
  do {
    id++;
    reached += weights[id]!;
  } while (reached <= target);
  return id;
}

export function checkShape(logits: Float32Array, [rows, vocabSize]: Shape2D): void {
  if (logits.length !== rows * vocabSize) {
    throw new SamplingError("bad-input", `${logits.length} logits given, shape [${rows}, ${vocabSize}] wants ${rows * vocabSize}`);
  }
  if (vocabSize < 1 || vocabSize > largestVocabulary) {
    throw new SamplingError("bad-input", `a vocabulary of ${vocabSize} tokens: 1 to ${largestVocabulary} are supported`);
  }
}
