import { type FinishReason, type Generation, joinKept, type SamplingOptions } from "@cai/contracts";
import type { DrawnTokens } from "./draw.ts";

/** Collects what is drawn, a token at a time for each row that has not ended. */
export class ResponseRecorder {
  readonly #rows: { ids: number[]; logprobs: number[]; kept: Int32Array[]; finishReason: FinishReason | undefined }[];
  readonly #maxNewTokens: number;

  constructor(rows: number, maxNewTokens: number) {
    this.#rows = Array.from({ length: rows }, () => ({ ids: [], logprobs: [], kept: [], finishReason: undefined }));
    this.#maxNewTokens = maxNewTokens;
  }

  /** The rows that have not ended, by their numbers in ascending order. */
  get running(): Int32Array {
    return Int32Array.from([...this.#rows.keys()].filter((index) => this.#rows[index]!.finishReason === undefined));
  }

  /**
   * A token, with its log-probability and the ids that it was drawn from, for each row of `running`. `endedBy` says why a token ends its row, if it
   * does; `onToken` hears of each, and may end its row.
   */
  add({ ids, logprobs, kept }: DrawnTokens, endedBy: (id: number) => FinishReason | undefined, onToken?: SamplingOptions["onToken"]): void {
    this.running.forEach((index, place) => {
      const row = this.#rows[index]!;
      row.ids.push(ids[place]!);
      row.logprobs.push(logprobs[place]!);
      if (kept !== undefined) row.kept.push(kept[place]!);
      const finishReason = endedBy(ids[place]!) ?? (row.ids.length === this.#maxNewTokens ? "length" : undefined);
      row.finishReason = onToken?.({ row: index, id: ids[place]!, finishReason }) === true ? "stop" : finishReason;
    });
  }

  /** The last token of each row of `running`. */
  get lastIds(): Int32Array {
    return this.running.map((index) => this.#rows[index]!.ids.at(-1)!);
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
    const finishReasons = this.#rows.map(({ finishReason }) => finishReason!);
    const isKept = this.#rows.some(({ kept }) => kept.length > 0);
    const keptTokens =
      isKept && joinKept(this.#rows.flatMap(({ kept }) => Array.from({ length: columns }, (_, column) => kept[column] ?? none)));
    return { responses: { ids, mask, shape }, behaviourLogprobs, finishReasons, ...(keptTokens && { keptTokens }) };
  }
}

const none = new Int32Array();
