import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { SequenceBatch, TokenBatch } from "@cai/contracts";

interface Expected {
  readonly promptColumns: number;
  readonly responseColumns: number;
  readonly inputIds: readonly (readonly number[])[];
  readonly attentionMask: readonly (readonly number[])[];
  readonly greedy: {
    readonly newTokens: number;
    readonly prompts: readonly (readonly number[])[];
    readonly continuations: readonly (readonly number[])[];
  };
}

interface GoldenModel {
  readonly name: string;
  readonly folder: string;
  readonly greedy: Expected["greedy"];
  /** Ragged: prompts padded on the left, responses on the right. */
  readonly batch: SequenceBatch;
}

/** A model of each family with random weights, and texts for it. */
export const goldenModels = [golden("tiny-gpt2"), golden("tiny-llama")] as const;

function golden(name: string): GoldenModel {
  const folder = new URL(`../../../tools/golden/${name}/`, import.meta.url);
  const expected = JSON.parse(readFileSync(new URL("expected.json", folder), "utf8")) as Expected;
  const columns = (from: number, to: number): TokenBatch => {
    const slice = (rows: readonly (readonly number[])[]) => rows.flatMap((row) => row.slice(from, to));
    const shape = [expected.inputIds.length, to - from] as const;
    return { ids: Int32Array.from(slice(expected.inputIds)), mask: Uint8Array.from(slice(expected.attentionMask)), shape };
  };
  const { promptColumns, responseColumns, greedy } = expected;
  const batch = { prompts: columns(0, promptColumns), responses: columns(promptColumns, promptColumns + responseColumns) };
  return { name, folder: fileURLToPath(folder), greedy, batch };
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
