import * as tf from "@tensorflow/tfjs-core";
import { KernelError } from "./error.ts";
import { matrixProduct } from "./matrix.ts";
import { sumAndFree } from "./recording.ts";
import { isLastUse, isOnTape, tapeEngine, tapeNode } from "./tape-node.ts";
import { tokenDistribution, tokenDistributionGradient } from "./token-distribution.ts";

/** Logits of so many bytes are held at once. */
const mostLogitBytes = 256e6;

/**
 * Log-probabilities of chosen tokens, and entropies if asked for, from hidden states: log softmax(x·Wᵀ / temperature)[ids].
 *
 * `hidden` is `[N, H]`, `weight` `[V, H]`, `ids` `[N]`; the results are `[N]`, in nats. The logits are never there twice: their gradient takes
 * their place. Where they are more than 256 MB, they are computed a part of the rows at a time, and again in the backward pass. No gradient is
 * given for a `weight` that `isFrozen`; that of one that `tiedEmbedding` gave as `tied`, on the same tape, goes there. Saved for the backward
 * pass: x, W and the logits, unless there are too many.
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
  entropy = false,
  isFrozen = false,
  rowsAtOnce = Math.max(1, Math.floor(mostLogitBytes / (4 * weight.shape[0]!))),
}: {
  readonly hidden: tf.Tensor;
  readonly weight: tf.Tensor;
  readonly tied?: tf.Tensor | undefined;
  readonly ids: Int32Array;
  readonly temperature: number;
  readonly entropy?: boolean;
  readonly isFrozen?: boolean;
  readonly rowsAtOnce?: number;
}): { readonly logprobs: tf.Tensor; readonly entropy?: tf.Tensor } {
  if (hidden.rank !== 2 || weight.rank !== 2 || hidden.shape[1] !== weight.shape[1] || ids.length !== hidden.shape[0])
    throw new KernelError(
      "shape-mismatch",
      `hiddenLogprobs was given hidden [${hidden.shape}], weight [${weight.shape}] and ${ids.length} ids: pass [N, H], [V, H] and N ids.`,
    );
  const runs = rowRuns(ids.length, rowsAtOnce);
  const isWhole = runs.length === 1;
  const rowsOf = (x: tf.Tensor, { from, to }: RowRun): tf.Tensor =>
    isWhole ? x : tf.slice(x, [from, ...x.shape.slice(1).fill(0)], [to - from, ...x.shape.slice(1)]);
  const idsOf = ({ from, to }: RowRun): tf.Tensor => tf.tensor1d(ids.subarray(from, to), "int32");
  const logitsOf = (x: tf.Tensor, w: tf.Tensor): tf.Tensor => matrixProduct(x, w, { transposeB: true });

  const [logprobs, entropies] = tapeNode({
    inputs: isFrozen ? { hidden } : { hidden, weight: tied && isOnTape(tied) ? tied : weight },
    forward(save) {
      const parts = runs.map((run) =>
        tf.tidy(() => {
          const logits = logitsOf(rowsOf(hidden, run), weight);
          return { ...tokenDistribution({ logits, ids: idsOf(run), temperature }), ...(isWhole && save && { logits }) };
        }),
      );
      const [logprob, entropyOf, normalizers] = (["logprobs", "entropies", "normalizers"] as const).map((name) =>
        isWhole ? parts[0]![name] : tf.concat(parts.map((part) => part[name])),
      );
      save?.([hidden, weight, entropyOf!, normalizers!, ...(parts[0]!.logits ? [parts[0]!.logits] : [])]);
      return entropy ? [logprob!, entropyOf!] : [logprob!];
    },
    backward([dLogprobs, dEntropies], [x, w, entropyOf, normalizers, whole]) {
      let dWeight: tf.Tensor | undefined;
      const dHidden = runs.map((run) => {
        const [dx, dw] = tf.tidy(() => {
          const rows = rowsOf(x!, run);
          const dLogits = tokenDistributionGradient({
            logits: whole ?? logitsOf(rows, w!),
            ids: idsOf(run),
            temperature,
            distribution: { entropies: rowsOf(entropyOf!, run), normalizers: rowsOf(normalizers!, run) },
            dLogprobs: rowsOf(dLogprobs!, run),
            dEntropies: dEntropies && rowsOf(dEntropies, run),
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
  return { logprobs: logprobs!, ...(entropies && { entropy: entropies }) };
}

interface RowRun {
  readonly from: number;
  readonly to: number;
}

function rowRuns(rows: number, rowsAtOnce: number): RowRun[] {
  const runs: RowRun[] = [];
  for (let from = 0; from < rows; from += rowsAtOnce) runs.push({ from, to: Math.min(rows, from + rowsAtOnce) });
  return runs;
}
