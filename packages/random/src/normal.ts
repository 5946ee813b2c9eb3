import { checkCount, type Draw, type Draws, openBlocks, placeInSeries } from "./blocks.ts";
import { unit } from "./uniform.ts";

/**
 * A number of the standard normal distribution (Box and Muller 1958).
 *
 * @throws RandomError for a seed or counter out of range
 * @example
 * const weight = 0.02 * normal({ seed: 7, stream: "wte", counters: [0, 5] });
 */
export function normal(draw: Draw): number {
  const { prefix, index } = placeInSeries(draw);
  const blocks = openBlocks({ seed: draw.seed, stream: draw.stream, prefix });
  blocks.read(index >>> 1);
  const angle = 2 * Math.PI * unit(blocks.words, 1);
  return radius(blocks.words) * ((index & 1) === 0 ? Math.cos(angle) : Math.sin(angle));
}

/**
 * `count` standard normal numbers: element i is `normal` with the counters `[...counters, i]`, only faster.
 *
 * @throws RandomError for a seed, counter or count out of range
 * @example
 * const noise = normals({ seed: 7, stream: "noise", counters: [3], count: 768 });
 */
export function normals({ seed, stream, counters, count }: Draws & { readonly count: number }): Float64Array {
  checkCount(count);
  const blocks = openBlocks({ seed, stream, prefix: counters });
  const numbers = new Float64Array(count);
  for (let i = 0; i < count; i += 2) {
    blocks.read(i >>> 1);
    const length = radius(blocks.words);
    const angle = 2 * Math.PI * unit(blocks.words, 1);
    numbers[i] = length * Math.cos(angle);
    if (i + 1 < count) numbers[i + 1] = length * Math.sin(angle);
  }
  return numbers;
}

/** The first half of a block is turned from [0, 1) to (0, 1], where the logarithm is finite. */
function radius(words: Uint32Array): number {
  return Math.sqrt(-2 * Math.log(1 - unit(words, 0)));
}
