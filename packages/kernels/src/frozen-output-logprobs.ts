import * as tf from "@tensorflow/tfjs-core";
import { mostLogitBytes } from "./logit-bytes.ts";
import { logitReadings } from "./logit-readings.ts";
import { matrixProduct } from "./matrix.ts";
import { rowRuns, rowsOf } from "./row-runs.ts";
import { tapeNode } from "./tape-node.ts";

/**
 * {@link hiddenLogprobs} of an output matrix that wants no gradient: the logits are never whole, and are computed once all the same.
 *
 * A row's gradient is its slope times what no slope changes: d logprob / dx = (W[id] − Σ p·W) / temperature, `[N, H]`. That is made beside the
 * log-probability, from a part of the rows at a time, and is all that is saved for the backward pass.
 */
export function frozenOutputLogprobs({
  hidden,
  weight,
  ids,
  temperature,
  rowsAtOnce = Math.max(1, Math.floor(mostLogitBytes({ isFrozen: true }) / (4 * weight.shape[0]!))),
}: {
  /** `[N, H]`. */
  readonly hidden: tf.Tensor;
  /** `[V, H]`. */
  readonly weight: tf.Tensor;
  /** `[N]`. */
  readonly ids: Int32Array;
  readonly temperature: number;
  readonly rowsAtOnce?: number | undefined;
}): tf.Tensor {
  const vocabSize = weight.shape[0]!;
  // As many rows in each run, or one fewer.
  const runs = rowRuns(ids.length, Math.ceil(ids.length / Math.max(1, Math.ceil(ids.length / rowsAtOnce))));
  const [logprobs] = tapeNode({
    inputs: { hidden },
    forward(save) {
      const parts = runs.map((run) =>
        tf.tidy(() => {
          const { from, to } = run;
          const readings = logitReadings({ ids: ids.subarray(from, to), kept: undefined, vocabSize, temperature, alsoFull: false });
          const logits = matrixProduct(rowsOf(hidden, run), weight, { transposeB: true });
          const { results, memory } = readings.read(logits);
          if (save === undefined) return { logprobs: results.logprobs! };
          const upstream = { logprobs: tf.ones([to - from]) };
          const directions = matrixProduct(readings.gradient({ logits, memory, upstream, overwrite: true }), weight);
          return { logprobs: results.logprobs!, directions };
        }),
      );
      save?.([tf.concat(parts.flatMap((part) => part.directions ?? []))]);
      return [tf.concat(parts.map((part) => part.logprobs))];
    },
    backward: ([dLogprobs], [directions]) => ({ hidden: tf.mul(directions!, tf.reshape(dLogprobs!, [-1, 1])) }),
  });
  return logprobs!;
}
