import { expect } from "vitest";

/**
 * Expects numbers to be as far from others as `tolerance` at the most: of their size above 1, absolute below. Where `mask` is 0 they may be
 * anything.
 */
export function expectClose(
  found: ArrayLike<number>,
  expected: ArrayLike<number>,
  { tolerance, mask }: { readonly tolerance: number; readonly mask?: Uint8Array },
): void {
  expect(found.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    if (mask?.[i] === 0) continue;
    const allowed = tolerance * Math.max(1, Math.abs(expected[i]!));
    if (!(Math.abs(found[i]! - expected[i]!) <= allowed)) expect.fail(`number ${i} is ${found[i]}, expected ${expected[i]}`);
  }
}
