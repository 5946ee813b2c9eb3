/**
 * Philox4x32-10: a keyed bijection of 128-bit counters whose output passes BigCrush.
 * Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011).
 *
 * @param counter four 32-bit words; read, not changed
 * @param key two 32-bit words
 * @param output receives four 32-bit words; may be `counter` itself
 */
export function philox(counter: Uint32Array, key: Uint32Array, output: Uint32Array): void {
  let c0 = counter[0]!;
  let c1 = counter[1]!;
  let c2 = counter[2]!;
  let c3 = counter[3]!;
  let k0 = key[0]!;
  let k1 = key[1]!;
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(c0, 0xd251, 0x1f53);
    const low0 = Math.imul(c0, 0xd2511f53);
    const high1 = multiplyHigh(c2, 0xcd9e, 0x8d57);
    const low1 = Math.imul(c2, 0xcd9e8d57);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + 0x9e3779b9) | 0;
    k1 = (k1 + 0xbb67ae85) | 0;
  }
  output[0] = c0;
  output[1] = c1;
  output[2] = c2;
  output[3] = c3;
}

/** The upper 32 of the 64 bits of a · (2¹⁶·high + low), by 16-bit halves: no partial sum exceeds 32 bits. */
function multiplyHigh(a: number, high: number, low: number): number {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const middle = (Math.imul(a1, low) + (Math.imul(a0, low) >>> 16)) | 0;
  const carry = (Math.imul(a0, high) + (middle & 0xffff)) >>> 16;
  return (Math.imul(a1, high) + (middle >>> 16) + carry) | 0;
}
