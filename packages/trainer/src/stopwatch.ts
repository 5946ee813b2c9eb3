import type { StepSeconds } from "./step-result.ts";

type Part = Exclude<keyof StepSeconds, "total">;

/** Seconds of a step's parts; parts may overlap. */
export class Stopwatch {
  readonly #began = performance.now();
  readonly #seconds: Record<Part, number> = { generate: 0, score: 0, reference: 0, train: 0 };

  /** Begins a part; call what it returns at its end. */
  start(part: Part): () => void {
    const began = performance.now();
    return () => {
      this.#seconds[part] += (performance.now() - began) / 1000;
    };
  }

  /** Starts work and times it to its end. */
  async time<Result>(part: Part, work: () => Promise<Result>): Promise<Result> {
    const end = this.start(part);
    try {
      return await work();
    } finally {
      end();
    }
  }

  read(): StepSeconds {
    return { ...this.#seconds, total: (performance.now() - this.#began) / 1000 };
  }
}
