/** Seconds of a step's parts, by name; parts may overlap. */
export class Stopwatch<Part extends string> {
  readonly #began = performance.now();
  readonly #seconds: Record<Part, number>;

  constructor(parts: readonly Part[]) {
    this.#seconds = Object.fromEntries(parts.map((part) => [part, 0])) as Record<Part, number>;
  }

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

  /** As metrics: `time/<part>` each, and `time/total` since it was made. */
  read(): Record<`time/${Part | "total"}`, number> {
    const parts = Object.entries<number>(this.#seconds).map(([part, seconds]) => [`time/${part}`, seconds]);
    return Object.fromEntries([...parts, ["time/total", (performance.now() - this.#began) / 1000]]);
  }
}
