/**
 * How far a computed number may be from the expected one. `scaled` differences count in units of max(1, |expected|), those with `units` in
 * units of their own, one for each number.
 */
export interface Tolerance {
  readonly limit: number;
  readonly scaled?: boolean;
  readonly units?: ArrayLike<number>;
}

/** Numbers as a golden file holds them; null is a number that mathematics leaves undefined. */
export type Nested = number | null | readonly Nested[];

/** The largest error of some numbers or texts, what it may be, and where it was. */
export interface Comparison {
  readonly error: number;
  readonly tolerance: Tolerance;
  readonly where: string;
}

export const exact: Tolerance = { limit: 0 };

/** The numbers of a nested array, row by row. Throws where there is anything else. */
export function flatten(nested: Nested | undefined): (number | null)[] {
  if (Array.isArray(nested)) return nested.flatMap(flatten);
  if (typeof nested === "number" || nested === null) return [nested];
  throw new Error(`the golden file has ${JSON.stringify(nested)} where a number was expected`);
}

/**
 * Holds computed numbers against expected ones, element by element. Where null is expected, any finite number is right.
 *
 * @param mask only elements with 1 are compared. Default: all.
 * @throws where the two have different lengths.
 */
export function compareNumbers(
  name: string,
  computed: number | ArrayLike<number>,
  expected: Nested | ArrayLike<number> | undefined,
  tolerance: Tolerance,
  mask?: ArrayLike<number>,
): Comparison {
  const numbers = typeof computed === "number" ? [computed] : computed;
  const wanted = ArrayBuffer.isView(expected) ? (expected as unknown as ArrayLike<number>) : flatten(expected as Nested | undefined);
  for (const { length } of [wanted, mask ?? wanted, tolerance.units ?? wanted])
    if (length !== numbers.length) throw new Error(`${name}: ${numbers.length} numbers were computed, ${length} expected`);
  let [error, index] = [0, 0];
  for (let i = 0; i < wanted.length; i++) {
    if (mask !== undefined && mask[i] !== 1) continue;
    const difference = differenceOf(numbers[i]!, wanted[i]!, tolerance) / (tolerance.units?.[i] ?? 1);
    if (difference > error) [error, index] = [difference, i];
  }
  const place = wanted.length > 1 ? `${name}, number ${index + 1} of ${wanted.length}` : name;
  return { error, tolerance, where: `${place}: ${numbers[index]}, expected ${wanted[index]}` };
}

/** Holds a text against the expected one: error 0 or 1. */
export function compareTexts(name: string, computed: string, expected: string): Comparison {
  const error = computed === expected ? 0 : 1;
  return { error, tolerance: exact, where: `${name}: ${JSON.stringify(computed)}, expected ${JSON.stringify(expected)}` };
}

/** The one that is nearest to its tolerance, or farthest beyond. */
export function worstOf(comparisons: readonly Comparison[]): Comparison {
  if (comparisons.length === 0) throw new Error("the golden file holds nothing to compare");
  return comparisons.reduce((worst, one) => (severity(one) > severity(worst) ? one : worst));
}

export function holds({ error, tolerance }: Comparison): boolean {
  return error <= tolerance.limit;
}

function severity({ error, tolerance }: Comparison): number {
  return error === 0 ? 0 : error / tolerance.limit;
}

function differenceOf(computed: number, expected: number | null, { scaled }: Tolerance): number {
  if (expected === null) return Number.isFinite(computed) ? 0 : Number.POSITIVE_INFINITY;
  const difference = Math.abs(computed - expected) / (scaled ? Math.max(1, Math.abs(expected)) : 1);
  return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
}
