import type { WeightSource } from "@cai/contracts";

/** Which weights changed since they were last asked for. */
export class WeightVersions {
  readonly #weights: WeightSource;
  readonly #seen = new Map<string, string>();

  constructor(weights: WeightSource) {
    this.#weights = weights;
  }

  /** All that differ from what `keep` was last called for. */
  changed(): string[] {
    return this.#weights.names.filter((name) => this.#seen.get(name) !== this.#weights.version(name));
  }

  /** Takes the weights of this moment as known. */
  keep(names: Iterable<string>): void {
    for (const name of names) this.#seen.set(name, this.#weights.version(name));
  }
}
