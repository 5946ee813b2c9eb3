import { type Generation, joinKept, type SamplingOptions, type TokenBatch } from "@cai/contracts";
import { uniforms } from "@cai/random";
import type { DecodedRow, DecodeRequest } from "./decode.ts";

/** What the engine is told of prompts and sampling: tokens without their padding, and all numbers that draws are made of. */
export function requestOf(prompts: TokenBatch, sampling: SamplingOptions, eosTokenIds: readonly number[]): DecodeRequest {
  const [rows, columns] = prompts.shape;
  const { seed, stream, step, firstSample = 0 } = sampling.draws;
  const { maxNewTokens, minNewTokens = 0, temperature, topK, topP, stopTokenIds = [], recordKeptTokens = false } = sampling;
  const perRow = <Value>(make: (row: number) => Value) => Array.from({ length: rows }, (_, row) => make(row));
  return {
    prompts: perRow((row) =>
      prompts.ids.slice(row * columns, (row + 1) * columns).filter((_, column) => prompts.mask[row * columns + column] === 1),
    ),
    uniforms: perRow((row) => uniforms({ seed, stream, counters: [step, firstSample + row], count: maxNewTokens })),
    maxNewTokens,
    minNewTokens,
    filter: { temperature, topK, topP },
    eosTokenIds,
    stopTokenIds,
    recordKeptTokens,
    aborted: new Int32Array(new SharedArrayBuffer(4)),
  };
}

/** Right-padded to the longest row. */
export function generationOf(rows: readonly DecodedRow[]): Generation {
  const columns = Math.max(...rows.map(({ ids }) => ids.length));
  const shape = [rows.length, columns] as const;
  const ids = new Int32Array(rows.length * columns);
  const mask = new Uint8Array(rows.length * columns);
  const behaviourLogprobs = new Float32Array(rows.length * columns);
  for (const [index, row] of rows.entries()) {
    ids.set(row.ids, index * columns);
    mask.fill(1, index * columns, index * columns + row.ids.length);
    behaviourLogprobs.set(row.logprobs, index * columns);
  }
  const isKept = rows.some(({ kept }) => kept.length > 0);
  const cells = isKept ? rows.flatMap(({ kept }) => Array.from({ length: columns }, (_, column) => kept[column] ?? new Int32Array())) : [];
  return {
    responses: { ids, mask, shape },
    behaviourLogprobs,
    finishReasons: rows.map(({ finishReason }) => finishReason!),
    ...(isKept && { keptTokens: joinKept(cells) }),
  };
}
