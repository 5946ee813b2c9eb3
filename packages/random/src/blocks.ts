import { RandomError } from "./error.ts";
import { philox } from "./philox.ts";

/** What a draw is a function of, and of nothing else. */
export interface Draw {
  /** Non-negative safe integer. */
  readonly seed: number;
  /** What the draw is for; two names give independent numbers. */
  readonly stream: string;
  /** Which draw of the stream: integers in [0, 2³²), one to four of them. `[7]` and `[7, 0]` are different draws. */
  readonly counters: readonly number[];
}

/** What many draws are functions of: draw i has the counters `[...counters, i]`. */
export interface Draws extends Draw {
  /** Zero to three integers in [0, 2³²). */
  readonly counters: readonly number[];
}

/**
 * The Philox blocks of one series of draws: those whose counters differ in the last one only.
 * Two draws share a block, so that each has 64 bits: draw i is half i & 1 of block i >>> 1.
 */
export interface Blocks {
  /** Four random words, overwritten by the next call. */
  readonly words: Uint32Array;
  readonly read: (block: number) => void;
}

/** @param prefix all counters but the last */
export function openBlocks({ seed, stream, prefix }: { seed: number; stream: string; prefix: readonly number[] }): Blocks {
  if (!Number.isSafeInteger(seed) || seed < 0) throw new RandomError("bad-input", `seed is ${seed}: pass an integer from 0 to 2^53 − 1`);
  if (prefix.length > 3) {
    throw new RandomError("bad-input", `${prefix.length + 1} counters given (the index of a draw counts as one): pass at most 4`);
  }
  for (const counter of prefix) checkCounter(counter);
  const key = streamKey(seed, stream, prefix.length);
  const counter = Uint32Array.of(0, ...prefix, 0, 0, 0).subarray(0, 4);
  const words = new Uint32Array(4);
  return {
    words,
    read: (block) => {
      counter[0] = block;
      philox(counter, key, words);
    },
  };
}

function checkCounter(counter: number): void {
  if (!Number.isInteger(counter) || counter < 0 || counter >= 2 ** 32) {
    throw new RandomError("bad-input", `a counter is ${counter}: pass integers from 0 to 2^32 − 1`);
  }
}

/** The name is absorbed into the seed, 16 bytes a Philox call; its length and the number of counters come first, so none is another's prefix. */
function streamKey(seed: number, stream: string, counters: number): Uint32Array {
  const bytes = new TextEncoder().encode(stream);
  const key = Uint32Array.of(seed, seed / 2 ** 32);
  const block = Uint32Array.of(bytes.length, counters, 0, 0);
  philox(block, key, block);
  key.set(block.subarray(0, 2));
  for (let start = 0; start < bytes.length; start += 16) {
    block.fill(0);
    for (let i = 0; i < 16; i++) block[i >>> 2]! |= (bytes[start + i] ?? 0) << (8 * (i & 3));
    philox(block, key, block);
    key.set(block.subarray(0, 2));
  }
  return key;
}

/** Splits the counters of a single draw into those of its series and its place there. */
export function placeInSeries({ counters }: Draw): { prefix: readonly number[]; index: number } {
  const index = counters.at(-1);
  if (index === undefined) throw new RandomError("bad-input", "no counters given: pass one to four");
  checkCounter(index);
  return { prefix: counters.slice(0, -1), index };
}

export function checkCount(count: number): void {
  if (!Number.isInteger(count) || count < 0 || count > 2 ** 32) {
    throw new RandomError("bad-input", `${count} draws asked for: pass an integer from 0 to 2^32`);
  }
}
