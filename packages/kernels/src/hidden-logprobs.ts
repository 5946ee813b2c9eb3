import * as tf from "@tensorflow/tfjs-core";
import { KernelError } from "./error.ts";
import { frozenOutputLogprobs } from "./frozen-output-logprobs.ts";
import { mostLogitBytes } from "./logit-bytes.ts";
import { logitReadings, type ResultName } from "./logit-readings.ts";
import { matrixProduct } from "./matrix.ts";
import { sumAndFree } from "./recording.ts";
import { rowRuns, rowsOf } from "./row-runs.ts";
import { isLastUse, isOnTape, tapeEngine, tapeNode } from "./tape-node.ts";

/** What is asked of {@link hiddenLogprobs}. */
export interface HiddenLogprobsOptions {
  /** `[N, H]`. */
  readonly hidden: tf.Tensor;
  /** `[V, H]`. */
  readonly weight: tf.Tensor;
  /** The weight as `tiedEmbedding` gave it, on the same tape: its gradient goes there. */
  readonly tied?: tf.Tensor | undefined;
  /** `[N]`. */
  readonly ids: Int32Array;
  readonly temperature: number;
  /**
   * `[N]`: for each row the ids that its token was drawn from, ascending, its own among them; none: the whole vocabulary. `logprobs` are then those
   * of softmax over these alone.
   */
  readonly kept?: readonly Int32Array[] | undefined;
  /** With `kept`: also the log-probabilities over the whole vocabulary, as `fullLogprobs`. */
  readonly full?: boolean;
  /** Also the entropies, over the whole vocabulary. */
  readonly entropy?: boolean;
  /** The weight wants no gradient. */
  readonly isFrozen?: boolean;
  readonly rowsAtOnce?: number;
}

/**
 * Log-probabilities of chosen tokens, and entropies if asked for, from hidden states: log softmax(x·Wᵀ / temperature)[ids].
 *
 * The results are `[N]`, in nats. The logits are never there twice: their gradient takes their place (with `kept` beside `full` or `entropy`, that
 * of each stands beside them). Where they are more than 256 MB, they are computed a part of the rows at a time, and again in the backward pass.
 * Saved for the backward pass: x, W and the logits, unless there are too many. Where W is frozen, and neither ids are kept nor entropies asked
 * for, the logits are never whole: `frozenOutputLogprobs`.
 *
 * @throws KernelError `shape-mismatch`, `id-out-of-range`, `bad-option`.
 * @example
 * const { logprobs } = hiddenLogprobs({ hidden: tf.ones([1, 2]), weight: tf.zeros([4, 2]), ids: Int32Array.of(3), temperature: 1 }); // [-ln 4]
 */
export function hiddenLogprobs({
  hidden,
  weight,
  tied,
  ids,
  temperature,
  kept,
  full = false,
  entropy = false,
  isFrozen = false,
  rowsAtOnce,
}: HiddenLogprobsOptions): { readonly logprobs: tf.Tensor; readonly fullLogprobs?: tf.Tensor; readonly entropy?: tf.Tensor } {
  if (hidden.rank !== 2 || weight.rank !== 2 || hidden.shape[1] !== weight.shape[1] || ids.length !== hidden.shape[0])
    throw new KernelError(
      "shape-mismatch",
      `hiddenLogprobs was given hidden [${hidden.shape}], weight [${weight.shape}] and ${ids.length} ids: pass [N, H], [V, H] and N ids.`,
    );
  if (kept !== undefined && kept.length !== ids.length)
    throw new KernelError(
      "shape-mismatch",
      `hiddenLogprobs was given kept ids of ${kept.length} rows and ${ids.length} ids: pass as many.`,
    );
  if (isFrozen && kept === undefined && !entropy)
    return { logprobs: frozenOutputLogprobs({ hidden, weight, ids, temperature, rowsAtOnce }) };
  const runs = rowRuns(ids.length, rowsAtOnce ?? Math.max(1, Math.floor(mostLogitBytes({ isFrozen: false }) / (4 * weight.shape[0]!))));
  const isWhole = runs.length === 1;
  const logitsOf = (x: tf.Tensor, w: tf.Tensor): tf.Tensor => matrixProduct(x, w, { transposeB: true });
  const readings = runs.map(({ from, to }) =>
    logitReadings({
      ids: ids.subarray(from, to),
      kept: kept?.slice(from, to),
      vocabSize: weight.shape[0]!,
      temperature,
      alsoFull: full || entropy,
    }),
  );
  const names: readonly ResultName[] = [
    "logprobs",
    ...(full && kept ? (["fullLogprobs"] as const) : []),
    ...(entropy ? (["entropy"] as const) : []),
  ];

  const results = tapeNode({
    inputs: isFrozen ? { hidden } : { hidden, weight: tied && isOnTape(tied) ? tied : weight },
    forward(save) {
      const parts = runs.map((run, index) =>
        tf.tidy(() => {
          const logits = logitsOf(rowsOf(hidden, run), weight);
          const { results, memory } = readings[index]!.read(logits);
          return { results, memory: [...memory], ...(isWhole && save && { logits }) };
        }),
      );
      const joined = (pick: (part: (typeof parts)[number]) => tf.Tensor) => (isWhole ? pick(parts[0]!) : tf.concat(parts.map(pick)));
      const memory = parts[0]!.memory.map((_, place) => joined((part) => part.memory[place]!));
      save?.([hidden, weight, ...memory, ...(parts[0]!.logits ? [parts[0]!.logits] : [])]);
      return names.map((name) => joined((part) => part.results[name]!));
    },
    backward(dys, [x, w, ...saved], reached) {
      const whole = isWhole ? saved.pop() : undefined;
      let dWeight: tf.Tensor | undefined;
      const dHidden = runs.map((run, index) => {
        const [dx, dw] = tf.tidy(() => {
          const rows = rowsOf(x!, run);
          const dLogits = readings[index]!.gradient({
            logits: whole ?? logitsOf(rows, w!),
            memory: saved.map((one) => rowsOf(one, run)),
            upstream: Object.fromEntries(names.flatMap((name, place) => (reached[place] ? [[name, rowsOf(dys[place]!, run)]] : []))),
            overwrite: whole === undefined || isLastUse(tapeEngine()),
          });
          return [matrixProduct(dLogits, w!), ...(isFrozen ? [] : [matrixProduct(dLogits, rows, { transposeA: true })])];
        });
        if (dw !== undefined) dWeight = sumAndFree(dWeight, dw);
        return dx!;
      });
      return { hidden: isWhole ? dHidden[0]! : tf.concat(dHidden), ...(dWeight && { weight: dWeight }) };
    },
  });
  return Object.fromEntries(names.map((name, place) => [name, results[place]!])) as Record<ResultName, tf.Tensor>;
}
