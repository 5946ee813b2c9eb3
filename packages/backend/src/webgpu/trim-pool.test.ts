import { expect, test } from "vitest";
import { trimPool } from "./trim-pool.ts";

/** 100 bytes in use, and buffers that wait. */
function poolOf(...sizes: number[]) {
  const destroyed: number[] = [];
  const freeBuffers = new Map(sizes.map((size, index) => [`${index}`, [{ size, destroy: () => void destroyed.push(size) }]]));
  const numBytesAllocated = 100 + sizes.reduce((sum, size) => sum + size, 0);
  return { destroyed, pool: { freeBuffers, numBytesUsed: 100, numBytesAllocated, numFreeBuffers: sizes.length } };
}

test("buffers wait for the next of their size while they are few", () => {
  const { pool, destroyed } = poolOf(60, 90);
  trimPool(pool, 50);
  expect(destroyed).toEqual([]);
  expect(pool).toMatchObject({ numBytesAllocated: 250, numFreeBuffers: 2 });
});

test("more than is in use and may stay is freed, and no longer counted", () => {
  const { pool, destroyed } = poolOf(60, 91);
  trimPool(pool, 50);
  expect(destroyed).toEqual([60, 91]);
  expect(pool).toMatchObject({ numBytesAllocated: 100, numFreeBuffers: 0 });
  expect([...pool.freeBuffers.values()].flat()).toEqual([]);
});
