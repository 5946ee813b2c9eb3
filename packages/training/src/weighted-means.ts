/**
 * Means of several numbers over the parts of a step, each part weighted by what it counts: tokens, mostly. A number that some parts lack is
 * the mean of the others; one that none has is left out.
 *
 * @example
 * const means = new WeightedMeans();
 * means.add(1, { loss: 2 });
 * means.add(3, { loss: 6 });
 * means.read(); // { loss: 5 }
 */
export class WeightedMeans<Name extends string = string> {
  readonly #sums = new Map<Name, { sum: number; weight: number }>();

  add(weight: number, values: Readonly<Partial<Record<Name, number | undefined>>>): void {
    for (const [name, value] of Object.entries(values) as [Name, number | undefined][]) {
      if (value === undefined) continue;
      const before = this.#sums.get(name) ?? { sum: 0, weight: 0 };
      this.#sums.set(name, { sum: before.sum + value * weight, weight: before.weight + weight });
    }
  }

  read(): Partial<Record<Name, number>> {
    const means: Partial<Record<Name, number>> = {};
    for (const [name, { sum, weight }] of this.#sums) means[name] = sum / Math.max(1, weight);
    return means;
  }
}
