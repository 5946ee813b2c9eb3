import { checkCount, type Draw, type Draws, openBlocks, placeInSeries } from "./blocks.ts";

/**
 * A number in [0, 1), a multiple of 2⁻⁵³.
 *
 * @throws RandomError for a seed or counter out of range
 * @example
 * const [step, sample, token] = [3, 0, 12];
 * uniform({ seed: 7, stream: "sampling", counters: [step, sample, token] }); // the same whenever and wherever it is drawn
 */
export function uniform(draw: Draw): number {
  const { prefix, index } = placeInSeries(draw);
  const blocks = openBlocks({ seed: draw.seed, stream: draw.stream, prefix });
  blocks.read(index >>> 1);
  return unit(blocks.words, index & 1);
}

/**
 * `count` numbers in [0, 1): element i is `uniform` with the counters `[...counters, i]`, only faster.
 *
 * @throws RandomError for a seed, counter or count out of range
 * @example
 * const noise = uniforms({ seed: 7, stream: "noise", counters: [3], count: 1000 });
 */
export function uniforms({ seed, stream, counters, count }: Draws & { readonly count: number }): Float64Array {
  checkCount(count);
  const blocks = openBlocks({ seed, stream, prefix: counters });
  const numbers = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    if ((i & 1) === 0) blocks.read(i >>> 1);
    numbers[i] = unit(blocks.words, i & 1);
  }
  return numbers;
}

/** 53 of the 64 bits of one half of a block. */
export function unit(words: Uint32Array, half: number): number {
  return ((words[2 * half]! >>> 5) * 2 ** 26 + (words[2 * half + 1]! >>> 6)) * 2 ** -53;
}
