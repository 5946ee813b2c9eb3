import type { TokenBatch } from "@cai/contracts";

/** Rows of ids as a batch, padded on the left with an id that no vocabulary has. */
export function leftPadded(rows: readonly (readonly number[])[], columns = Math.max(...rows.map(({ length }) => length))): TokenBatch {
  return batch(rows, columns, (row) => [...Array(columns - row.length).fill(padding), ...row]);
}

/** The same, padded on the right. */
export function rightPadded(rows: readonly (readonly number[])[], columns = Math.max(...rows.map(({ length }) => length))): TokenBatch {
  return batch(rows, columns, (row) => [...row, ...Array(columns - row.length).fill(padding)]);
}

/** The valid ids of each row. */
export function rowsOf({ ids, mask, shape: [rows, columns] }: TokenBatch): number[][] {
  const cells = Array.from(ids, (id, index) => (mask[index] === 1 ? id : undefined));
  return Array.from({ length: rows }, (_, row) => cells.slice(row * columns, (row + 1) * columns).filter((id) => id !== undefined));
}

const padding = -1;

function batch(rows: readonly (readonly number[])[], columns: number, pad: (row: readonly number[]) => number[]): TokenBatch {
  const ids = Int32Array.from(rows.flatMap(pad));
  return { ids, mask: Uint8Array.from(ids, (id) => (id === padding ? 0 : 1)), shape: [rows.length, columns] };
}
