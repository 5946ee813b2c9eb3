import * as tf from "@tensorflow/tfjs-core";
import { KernelError } from "./error.ts";

/** Stands for a logit that doesn't count: e to it is 0 at any temperature, and it times 0 is 0. */
const lowest = -1e30;

/** Where the logits that count are, and the chosen ones among them. */
export interface KeptPlaces {
  /** `[N, K]`: logits in `[N · V]`; behind a row's last one, its first again. */
  readonly places: Int32Array;
  /** `[N, K]`: 1 for a row's own, 0 behind them. */
  readonly counts: Uint8Array;
  readonly shape: readonly [rows: number, columns: number];
  /** `[N]`: the column of each row's chosen id. */
  readonly chosen: Int32Array;
}

/**
 * @param ids `[N]`, the chosen ones.
 * @param kept `[N]`: for each row the ids that count, ascending, its chosen one among them; none: all of the vocabulary.
 * @throws KernelError `id-out-of-range`.
 */
export function keptPlaces(ids: Int32Array, kept: readonly Int32Array[], vocabSize: number): KeptPlaces {
  const counted = kept.map((row) => (row.length > 0 ? row : Int32Array.from({ length: vocabSize }, (_, id) => id)));
  const rows = counted.length;
  const columns = counted.reduce((most, { length }) => Math.max(most, length), 2); // one-hot vectors want two
  const places = new Int32Array(rows * columns);
  const counts = new Uint8Array(rows * columns);
  const chosen = new Int32Array(rows);
  for (const [row, own] of counted.entries()) {
    refuseOutside(own, vocabSize, row);
    chosen[row] = own.indexOf(ids[row]!);
    if (chosen[row]! < 0)
      throw new KernelError("id-out-of-range", `Row ${row} was drawn as id ${ids[row]}, which is not among its kept ids: keep it too.`);
    places.fill(row * vocabSize + own[0]!, row * columns, (row + 1) * columns);
    own.forEach((id, column) => {
      places[row * columns + column] = row * vocabSize + id;
    });
    counts.fill(1, row * columns, row * columns + own.length);
  }
  return { places, counts, shape: [rows, columns], chosen };
}

function refuseOutside(ids: Int32Array, vocabSize: number, row: number): void {
  const unknown = ids.find((id) => id < 0 || id >= vocabSize);
  if (unknown !== undefined)
    throw new KernelError("id-out-of-range", `Row ${row} keeps id ${unknown}: the vocabulary has ids 0 … ${vocabSize - 1}.`);
}

/** Of logits `[N, V]` those that count, `[N, K]`; behind them numbers that weigh nothing. */
export function keptLogits(logits: tf.Tensor, { places, counts, shape }: KeptPlaces): tf.Tensor {
  return tf.tidy(() => {
    const gathered = tf.gather(tf.reshape(logits, [-1]), tf.tensor1d(places, "int32"));
    return tf.where(tf.tensor2d(counts, [...shape], "bool"), tf.reshape(gathered, [...shape]), tf.scalar(lowest));
  });
}

/** The way back: gradients `[N, K]` where their logits are in `[N, V]`, 0 elsewhere. Those behind a row's own must be 0. */
export function scatteredLogits(gradients: tf.Tensor, { places }: KeptPlaces, shape: readonly [rows: number, columns: number]): tf.Tensor {
  return tf.tidy(() => {
    const flat = tf.reshape(gradients, [-1]);
    return tf.reshape(tf.scatterND(tf.tensor2d(places, [places.length, 1], "int32"), flat, [shape[0] * shape[1]]), [...shape]);
  });
}
