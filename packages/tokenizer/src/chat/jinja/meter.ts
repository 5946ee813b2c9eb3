import { JinjaError } from "./error.ts";

/** How much a chat template may take, so that a hostile one ends within a second or so. */
export interface ChatTemplateLimits {
  /**
   * Expressions evaluated, items visited, and texts read or made (one for each 64 characters), by about what they take. A turn of a
   * conversation takes some fifty. Default: 2 million.
   */
  readonly steps: number;
  /** Characters of any one text, the rendered conversation included. Default: 4,194,304. */
  readonly textLength: number;
  /** Macros and recursive loops within each other. Default: 150, a little below what Python's own stack allows. */
  readonly depth: number;
}

export const defaultLimits: ChatTemplateLimits = { steps: 2_000_000, textLength: 2 ** 22, depth: 150 };

const charactersPerStep = 64;
const stepsOfLargeInt = 500;

/** Counts what one rendering takes, and ends it with a `LimitError` where that is too much. */
export class Meter {
  readonly #limits: ChatTemplateLimits;
  #steps = 0;
  #depth = 0;

  constructor(limits: ChatTemplateLimits) {
    this.#limits = limits;
  }

  spend(steps: number): void {
    this.#steps += steps;
    if (this.#steps > this.#limits.steps) throw this.#exceeded("steps", this.#limits.steps);
  }

  /** To be called before a text of this many characters is made or searched. */
  text(length: number): void {
    this.checkLength(length);
    this.spend(1 + length / charactersPerStep);
  }

  /** Before each operation on an int: those beyond 64 bits take longer. */
  int(value: bigint): void {
    if (BigInt.asIntN(64, value) !== value) this.spend(stepsOfLargeInt);
  }

  checkLength(length: number): void {
    if (length > this.#limits.textLength) throw this.#exceeded("characters of text", this.#limits.textLength);
  }

  /** Runs what a macro or a recursive loop holds. */
  deeper<T>(run: () => T): T {
    if (++this.#depth > this.#limits.depth) throw this.#exceeded("macros or loops within each other", this.#limits.depth);
    try {
      return run();
    } finally {
      this.#depth--;
    }
  }

  #exceeded(what: string, limit: number): JinjaError {
    return new JinjaError("LimitError", `it takes more than ${limit.toLocaleString("en-US")} ${what}, the limit for chat templates`);
  }
}
