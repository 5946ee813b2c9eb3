import { readFile } from "node:fs/promises";
import type { TokenBatch } from "@cai/contracts";
import { flatten, type Nested } from "./compare.ts";

/** A row-major table of numbers. */
export type Rows = readonly (readonly number[])[];

export async function readJson<Content>(path: string): Promise<Content> {
  const text = await readFile(path, "utf8");
  try {
    return JSON.parse(text) as Content;
  } catch (cause) {
    throw new Error(`${path} is no JSON: ${(cause as Error).message}`, { cause });
  }
}

export function floats(nested: Nested | undefined): Float32Array {
  return Float32Array.from(flatten(nested), (number) => number ?? Number.NaN);
}

export function bytes(nested: Nested | undefined): Uint8Array {
  return Uint8Array.from(flatten(nested) as number[]);
}

/** Of every dimension, the first element's length standing for all. */
export function shapeOf(nested: Nested | undefined): number[] {
  return Array.isArray(nested) ? [nested.length, ...(nested.length > 0 ? shapeOf(nested[0]) : [])] : [];
}

/** Rows and columns of a table. */
export function shape2D(nested: Nested | undefined): readonly [number, number] {
  const [rows = 0, columns = 0] = shapeOf(nested);
  return [rows, columns];
}

/** Columns `from` … `to` − 1 of padded token ids and their mask. */
export function tokenColumns({ ids, mask }: { readonly ids: Rows; readonly mask: Rows }, from: number, to: number): TokenBatch {
  return {
    ids: Int32Array.from(ids.flatMap((row) => row.slice(from, to))),
    mask: Uint8Array.from(mask.flatMap((row) => row.slice(from, to))),
    shape: [ids.length, to - from],
  };
}

/** Texts of different lengths as one batch, padded on the given side with masked zeros. */
export function padded(texts: Rows, side: "left" | "right"): TokenBatch {
  const columns = Math.max(...texts.map(({ length }) => length));
  const pad = (text: readonly number[], filler: number) => {
    const padding = Array<number>(columns - text.length).fill(filler);
    return side === "left" ? [...padding, ...text] : [...text, ...padding];
  };
  return {
    ids: Int32Array.from(texts.flatMap((text) => pad(text, 0))),
    mask: Uint8Array.from(
      texts.flatMap((text) =>
        pad(
          text.map(() => 1),
          0,
        ),
      ),
    ),
    shape: [texts.length, columns],
  };
}

/** The ids of each row that the mask counts. */
export function validRows({ ids, mask }: { readonly ids: Rows; readonly mask: Rows }): number[][] {
  return ids.map((row, index) => row.filter((_, column) => mask[index]?.[column] === 1));
}
