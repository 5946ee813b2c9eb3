/**
 * Puts examples together so that as few packs as possible hold them all, none with more than `capacity` tokens: best fit, the longest
 * examples first. One that is longer than that gets a pack of its own.
 *
 * Ding et al. 2024, Fewer Truncations Improve Language Modeling (arXiv:2404.10830).
 *
 * @param lengths tokens of each example.
 * @returns the places of the examples in each pack; a function of the lengths alone.
 * @example
 * packExamples([2, 5, 3, 1], 6); // [[1], [2, 0, 3]]
 */
export function packExamples(lengths: readonly number[], capacity: number): number[][] {
  const longestFirst = lengths.map((_, place) => place).sort((a, b) => lengths[b]! - lengths[a]! || a - b);
  const packs: number[][] = [];
  /** Packs by the tokens that they have room for. */
  const withRoom: number[][][] = Array.from({ length: capacity + 1 }, () => []);
  for (const place of longestFirst) {
    const length = lengths[place]!;
    let room = Math.min(length, capacity);
    while (room < capacity && withRoom[room]!.length === 0) room++;
    let pack = withRoom[room]!.pop();
    if (pack === undefined) {
      pack = [];
      packs.push(pack);
    }
    pack.push(place);
    withRoom[Math.max(0, room - length)]!.push(pack);
  }
  return packs;
}
