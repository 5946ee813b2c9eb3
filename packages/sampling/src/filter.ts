import { SamplingError } from "./error.ts";

/** What restricts a draw. Applied in this order: blocked ids, temperature, top-k, top-p. */
export interface FilterOptions {
  /** Logits are divided by it; 0 takes the likeliest token (the lowest id on ties) and ignores top-k and top-p. Default 1. */
  readonly temperature?: number | undefined;
  /** Keep the k likeliest tokens; on ties the lower ids. Default: all. */
  readonly topK?: number | undefined;
  /** Keep the smallest set of likeliest tokens whose probability reaches p; at least one. In (0, 1]. Default: all. */
  readonly topP?: number | undefined;
  /** Ids that are never drawn: the ends of text, say, before a minimum length. Default: none. */
  readonly blockedIds?: readonly number[] | undefined;
}

/** The same, checked, with every default filled in: a `topK` of V and a `topP` of 1 keep all. */
export interface Filter {
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
  readonly blockedIds: readonly number[];
}

export function checkFilter({ temperature = 1, topK, topP = 1, blockedIds = [] }: FilterOptions, vocabSize: number): Filter {
  if (!Number.isFinite(temperature) || temperature < 0) {
    throw new SamplingError("bad-input", `temperature is ${temperature}: pass a finite number ≥ 0 (0 is greedy)`);
  }
  if (topK !== undefined && !(Number.isInteger(topK) && topK >= 1)) {
    throw new SamplingError("bad-input", `topK is ${topK}: pass an integer ≥ 1, or leave it out to keep all tokens`);
  }
  if (!(topP > 0 && topP <= 1)) {
    throw new SamplingError("bad-input", `topP is ${topP}: pass a number in (0, 1], or leave it out to keep all tokens`);
  }
  for (const id of blockedIds) {
    if (!Number.isInteger(id) || id < 0 || id >= vocabSize) {
      throw new SamplingError("bad-input", `blocked id ${id} is not in the vocabulary: pass integers from 0 to ${vocabSize - 1}`);
    }
  }
  if (new Set(blockedIds).size >= vocabSize) {
    throw new SamplingError("bad-input", `all ${vocabSize} ids are blocked: leave at least one`);
  }
  return { temperature, topK: Math.min(topK ?? vocabSize, vocabSize), topP, blockedIds };
}
