import { type CausalPolicy, weightVersion } from "@cai/policy";

/**
 * Which weights of a policy changed since they were last asked for. An update puts another tensor in a parameter's place, so that
 * comparing the tensors' numbers is not needed; with an adapter, those that it makes of a weight count as well.
 */
export class WeightVersions {
  readonly #parts: CausalPolicy["parts"];
  readonly #seen = new Map<string, string>();

  constructor(parts: CausalPolicy["parts"]) {
    this.#parts = parts;
  }

  /** All that differ from what `keep` was last called for. */
  changed(): string[] {
    return [...this.#parts.parameters.keys()].filter((name) => this.#seen.get(name) !== weightVersion(this.#parts, name));
  }

  /** Takes the weights of this moment as known. */
  keep(names: Iterable<string>): void {
    for (const name of names) this.#seen.set(name, weightVersion(this.#parts, name));
  }
}
