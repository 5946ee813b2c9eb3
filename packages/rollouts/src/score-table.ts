import type { ScoreParts } from "@cai/contracts";
import { RolloutError } from "./error.ts";

/** Scores of many rows and their parts, filled in place by place. */
export class ScoreTable implements ScoreParts {
  readonly scores: Float32Array;
  #parts: Record<string, Float32Array> | undefined;

  constructor(rows: number) {
    this.scores = new Float32Array(rows);
  }

  /** By name; none before the first rows are there. */
  get parts(): Readonly<Record<string, Float32Array>> {
    return this.#parts ?? {};
  }

  /**
   * Puts scores at `first` and behind it.
   *
   * @throws RolloutError `invalid-scores` where they have parts of other names than those before them.
   */
  set({ scores, parts }: ScoreParts, first: number): void {
    const names = Object.keys(parts).toSorted();
    this.#parts ??= Object.fromEntries(names.map((name) => [name, new Float32Array(this.scores.length)]));
    const known = Object.keys(this.#parts).toSorted();
    if (names.join("\n") !== known.join("\n"))
      throw new RolloutError(
        "invalid-scores",
        `the reward model names its parts ${describe(names)} for some responses and ${describe(known)} for others; expected the same of all`,
      );
    this.scores.set(scores, first);
    for (const name of names) this.#parts[name]!.set(parts[name]!, first);
  }
}

const describe = (names: readonly string[]): string => (names.length === 0 ? "not at all" : names.join(", "));
