/**
 * What is wrong with the names in an options object, in words: the first that is none of `known`, with the known one that it resembles.
 * JavaScript passes over such a name without a word. One whose value is `undefined` counts as not given.
 *
 * @returns `undefined` where every name is known
 * @example
 * describeUnknownOption({ learningrate: 1 }, ["seed", "learningRate"]); // unknown option learningrate: did you mean learningRate?
 */
export function describeUnknownOption(options: object, known: Iterable<string>): string | undefined {
  const names = [...known];
  const unknown = Object.entries(options).find(([name, value]) => value !== undefined && !names.includes(name))?.[0];
  if (unknown === undefined) return undefined;
  const nearest = nearestName(unknown, names);
  return `unknown option ${unknown}: ${nearest === undefined ? `expected one of ${names.join(", ")}` : `did you mean ${nearest}?`}`;
}

/** The name that is fewest edits away, a third of its letters at most; case, `-` and `_` don't count. */
function nearestName(given: string, names: readonly string[]): string | undefined {
  const plain = (name: string) => name.toLowerCase().replaceAll(/[-_]/g, "");
  const distances = names.map((name) => ({ name, distance: editDistance(plain(given), plain(name)) }));
  const near = distances.filter(({ name, distance }) => distance <= name.length / 3);
  return near.toSorted((a, b) => a.distance - b.distance)[0]?.name;
}

/** Letters to insert, delete or replace (Levenshtein). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (let column = 1; column <= to.length; column++)
      next.push(Math.min(next[column - 1]! + 1, row[column]! + 1, row[column - 1]! + (letter === to[column - 1] ? 0 : 1)));
    row = next;
  }
  return row[to.length]!;
}
