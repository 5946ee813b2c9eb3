import type { FinishReason, Generation } from "@cai/contracts";

/** Collects what is drawn, a token for each row at a time: a row that has ended takes no more. */
export class ResponseRecorder {
  readonly #rows: { ids: number[]; logprobs: number[]; finishReason: FinishReason | undefined }[];
  readonly #maxNewTokens: number;

  constructor(rows: number, maxNewTokens: number) {
    this.#rows = Array.from({ length: rows }, () => ({ ids: [], logprobs: [], finishReason: undefined }));
    this.#maxNewTokens = maxNewTokens;
  }

  /** How many rows have not ended. */
  get running(): number {
    return this.#rows.filter(({ finishReason }) => finishReason === undefined).length;
  }

  /** `endedBy` says why a token ends its row, if it does. */
  add(ids: Int32Array, logprobs: Float32Array, endedBy: (id: number) => FinishReason | undefined): void {
    for (const [index, row] of this.#rows.entries()) {
      if (row.finishReason !== undefined) continue;
      row.ids.push(ids[index]!);
      row.logprobs.push(logprobs[index]!);
      row.finishReason = endedBy(ids[index]!) ?? (row.ids.length === this.#maxNewTokens ? "length" : undefined);
    }
  }

  /** Right-padded to the longest row; every row must have ended. */
  result(): Generation {
    const columns = Math.max(...this.#rows.map(({ ids }) => ids.length));
    const shape = [this.#rows.length, columns] as const;
    const ids = new Int32Array(shape[0] * columns);
    const mask = new Uint8Array(shape[0] * columns);
    const behaviourLogprobs = new Float32Array(shape[0] * columns);
    for (const [index, row] of this.#rows.entries()) {
      ids.set(row.ids, index * columns);
      mask.fill(1, index * columns, index * columns + row.ids.length);
      behaviourLogprobs.set(row.logprobs, index * columns);
    }
    return { responses: { ids, mask, shape }, behaviourLogprobs, finishReasons: this.#rows.map(({ finishReason }) => finishReason!) };
  }
}
