import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { TokenBatch } from "@cai/contracts";

interface Greedy {
  readonly newTokens: number;
  readonly prompts: readonly (readonly number[])[];
  readonly continuations: readonly (readonly number[])[];
}

/** A model of each family with random weights, and what transformers continues its prompts with. */
export const goldenModels = [golden("tiny-gpt2"), golden("tiny-llama")] as const;

function golden(name: string): { readonly name: string; readonly folder: string; readonly greedy: Greedy } {
  const folder = new URL(`../../../tools/golden/${name}/`, import.meta.url);
  const { greedy } = JSON.parse(readFileSync(new URL("expected.json", folder), "utf8")) as { greedy: Greedy };
  return { name, folder: fileURLToPath(folder), greedy };
}

/** Rows of ids, padded on the left. */
export function leftPadded(rows: readonly (readonly number[])[]): TokenBatch {
  const columns = Math.max(...rows.map(({ length }) => length));
  const padded = (fill: (row: readonly number[]) => readonly number[]) =>
    rows.flatMap((row) => [...Array<number>(columns - row.length).fill(0), ...fill(row)]);
  return {
    ids: Int32Array.from(padded((row) => row)),
    mask: Uint8Array.from(padded((row) => row.map(() => 1))),
    shape: [rows.length, columns],
  };
}
