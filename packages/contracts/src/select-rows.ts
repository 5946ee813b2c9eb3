import { selectKept } from "./kept-tokens.ts";
import type { SequenceBatch, Shape2D, TokenBatch } from "./tokens.ts";

/** The given rows of a row-major array, in the order given. */
export function selectRows<Values extends Float32Array | Int32Array | Uint8Array>(
  values: Values,
  shape: Shape2D,
  rows: ArrayLike<number>,
): Values {
  const columns = shape[1];
  const selected = new (values.constructor as new (length: number) => Values)(rows.length * columns);
  for (let i = 0; i < rows.length; i++) selected.set(values.subarray(rows[i]! * columns, (rows[i]! + 1) * columns), i * columns);
  return selected;
}

/** The given rows of a batch; its padding stays, so that every selection has the same columns. */
export function selectSequences(batch: SequenceBatch, rows: ArrayLike<number>): SequenceBatch {
  const select = ({ ids, mask, shape }: TokenBatch): TokenBatch => ({
    ids: selectRows(ids, shape, rows),
    mask: selectRows(mask, shape, rows),
    shape: [rows.length, shape[1]],
  });
  const { keptTokens } = batch;
  return {
    prompts: select(batch.prompts),
    responses: select(batch.responses),
    ...(keptTokens && { keptTokens: selectKept(keptTokens, batch.responses.shape, rows) }),
  };
}
