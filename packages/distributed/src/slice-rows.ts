import { type Generation, joinKept, type KeptTokens, keptOf, type SamplingOptions, selectRows, type TokenBatch } from "@cai/contracts";
import { DistributedError } from "./error.ts";

/** Rows of a batch, with the draws that are theirs. */
export interface Slice {
  readonly prompts: TokenBatch;
  readonly sampling: SamplingOptions;
}

/**
 * A batch in slices of so many rows, the last of what is left. Padding stays, and so does each row's number within the step: what is drawn for a
 * row does not depend on its slice.
 *
 * @throws DistributedError `bad-option`
 */
export function sliceRows(prompts: TokenBatch, sampling: SamplingOptions, rowsPerJob: number): Slice[] {
  const [rows, columns] = prompts.shape;
  const { firstSample = 0 } = sampling.draws;
  return startsOf(rows, rowsPerJob).map((start) => {
    const own = Array.from({ length: Math.min(rowsPerJob, rows - start) }, (_, row) => start + row);
    const shape = [own.length, columns] as const;
    const ids = selectRows(prompts.ids, prompts.shape, own);
    const mask = selectRows(prompts.mask, prompts.shape, own);
    return { prompts: { ids, mask, shape }, sampling: { ...sampling, draws: { ...sampling.draws, firstSample: firstSample + start } } };
  });
}

/**
 * Rows of a job, as the option says, or 8.
 *
 * @throws DistributedError `bad-option`
 */
export function checkRowsPerJob(rowsPerJob = 8): number {
  if (Number.isSafeInteger(rowsPerJob) && rowsPerJob > 0) return rowsPerJob;
  throw new DistributedError("bad-option", `rowsPerJob is ${rowsPerJob}: give a whole number from 1`);
}

/**
 * The rows that slices begin at.
 *
 * @throws DistributedError `bad-option`
 */
export function startsOf(rows: number, rowsPerJob: number): number[] {
  checkRowsPerJob(rowsPerJob);
  return Array.from({ length: Math.ceil(rows / rowsPerJob) }, (_, slice) => slice * rowsPerJob);
}

/**
 * The responses of all slices in their order, as one batch: as wide as the widest.
 */
export function joinGenerations(slices: readonly Generation[]): Generation {
  const columns = Math.max(...slices.map(({ responses }) => responses.shape[1]));
  const rows = slices.reduce((sum, { responses }) => sum + responses.shape[0], 0);
  const [ids, mask, behaviourLogprobs] = [
    new Int32Array(rows * columns),
    new Uint8Array(rows * columns),
    new Float32Array(rows * columns),
  ] as const;
  let first = 0;
  for (const { responses, behaviourLogprobs: logprobs } of slices) {
    const [own, width] = responses.shape;
    for (let row = 0; row < own; row++) {
      const [from, to, at] = [row * width, (row + 1) * width, (first + row) * columns];
      ids.set(responses.ids.subarray(from, to), at);
      mask.set(responses.mask.subarray(from, to), at);
      behaviourLogprobs.set(logprobs.subarray(from, to), at);
    }
    first += own;
  }
  const keptTokens = joinKeptOf(slices, columns);
  return {
    responses: { ids, mask, shape: [rows, columns] },
    behaviourLogprobs,
    finishReasons: slices.flatMap(({ finishReasons }) => finishReasons),
    ...(keptTokens && { keptTokens }),
  };
}

/** A slice that kept none drew from the whole vocabulary: its cells are empty. */
function joinKeptOf(slices: readonly Generation[], columns: number): KeptTokens | undefined {
  if (slices.every(({ keptTokens }) => keptTokens === undefined)) return undefined;
  const cells = slices.flatMap(({ keptTokens, responses: { shape } }) =>
    Array.from({ length: shape[0] * columns }, (_, cell) => {
      const [row, column] = [Math.floor(cell / columns), cell % columns];
      return keptTokens && column < shape[1] ? keptOf(keptTokens, row * shape[1] + column) : none;
    }),
  );
  return joinKept(cells);
}

const none = new Int32Array();
