import { joinKept, keptOf, type TokenBatch } from "@cai/contracts";
import type { TextRollout } from "./text-rollout.ts";

/**
 * A rollout in which some rows are those of another, of the same prompts. Both are padded to the wider of the two.
 *
 * @param places where each row of `others` goes.
 */
export function replaceRows(rollout: TextRollout, others: TextRollout, places: readonly number[]): TextRollout {
  const [rows, columns] = rollout.responses.shape;
  const width = Math.max(columns, others.responses.shape[1]);
  const sources = Array.from({ length: rows }, (_, row) => {
    const place = places.indexOf(row);
    return place < 0 ? { from: rollout, row } : { from: others, row: place };
  });
  const joined = <Values extends Float32Array | Int32Array | Uint8Array>(
    result: Values,
    valuesOf: (rollout: TextRollout) => Values,
  ): Values => {
    sources.forEach(({ from, row }, index) => {
      const count = from.responses.shape[1];
      result.set(valuesOf(from).subarray(row * count, (row + 1) * count) as Values, index * width);
    });
    return result;
  };
  const responses: TokenBatch = {
    ids: joined(new Int32Array(rows * width), ({ responses: { ids } }) => ids),
    mask: joined(new Uint8Array(rows * width), ({ responses: { mask } }) => mask),
    shape: [rows, width],
  };
  const keptOfCell = (index: number) => {
    const { from, row } = sources[Math.floor(index / width)]!;
    const [column, count] = [index % width, from.responses.shape[1]];
    return column < count && from.keptTokens ? keptOf(from.keptTokens, row * count + column) : new Int32Array();
  };
  const isKept = rollout.keptTokens !== undefined || others.keptTokens !== undefined;
  return {
    ...rollout,
    responses,
    ...(isKept && { keptTokens: joinKept(Array.from({ length: rows * width }, (_, index) => keptOfCell(index))) }),
    behaviourLogprobs: joined(new Float32Array(rows * width), ({ behaviourLogprobs }) => behaviourLogprobs),
    finishReasons: sources.map(({ from, row }) => from.finishReasons[row]!),
    responseTexts: sources.map(({ from, row }) => from.responseTexts[row]!),
  };
}
