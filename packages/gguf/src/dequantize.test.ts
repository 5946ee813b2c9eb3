import { float32ToFloat16 } from "@cai/safetensors";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dequantizers } from "./dequantize.ts";
import { dtypes, type GgufDtype } from "./dtype.ts";

const half = (value: number) => [...new Uint8Array(float32ToFloat16(Float32Array.of(value)).buffer)];
const bytes = (count: number, of: (i: number) => number) => Array.from({ length: count }, (_, i) => of(i));
const values = (dtype: GgufDtype, stored: readonly number[]) => {
  const output = new Float32Array((stored.length / dtypes[dtype].bytes) * dtypes[dtype].elements);
  dequantizers[dtype](Uint8Array.from(stored), output);
  return [...output];
};

test("floats are themselves, of 32 bits and of both kinds of 16", () => {
  expect(values("F32", [...new Uint8Array(Float32Array.of(1.5, -2).buffer)])).toEqual([1.5, -2]);
  expect(values("F16", [0x00, 0x3c, 0x01, 0x00])).toEqual([1, 2 ** -24]);
  expect(values("BF16", [0x80, 0x3f, 0x20, 0xc0])).toEqual([1, -2.5]);
});

test("a weight of Q8_0 is the scale times a signed byte", () => {
  const block = [...half(0.5), ...bytes(32, (i) => (i - 16) & 255)];
  expect(values("Q8_0", block)).toEqual(bytes(32, (i) => (i - 16) / 2));
});

test("Q4_0 holds weights 0–15 in low halves, 16–31 in high ones, and 8 means zero", () => {
  const block = [...half(2), ...bytes(16, (i) => i | ((15 - i) << 4))];
  expect(values("Q4_0", block)).toEqual([...bytes(16, (i) => 2 * (i - 8)), ...bytes(16, (i) => 2 * (7 - i))]);
});

test("Q4_1 adds the block's minimum instead", () => {
  const block = [...half(2), ...half(-3), ...bytes(16, (i) => i | (1 << 4))];
  expect(values("Q4_1", block)).toEqual([...bytes(16, (i) => 2 * i - 3), ...bytes(16, () => -1)]);
});

test("every block has its own scale", () => {
  const block = (scale: number) => [...half(scale), ...bytes(32, () => 1)];
  expect(values("Q8_0", [...block(1), ...block(4)])).toEqual([...bytes(32, () => 1), ...bytes(32, () => 4)]);
});

describe("Q4_K", () => {
  test("groups 0–3 have their scale and minimum in six low bits; two groups share 32 bytes", () => {
    const scales = [1, 2, 3, 4, 10, 20, 30, 40, 0, 0, 0, 0]; // scales of 0–3, minima of 0–3
    const block = [
      ...half(0.5),
      ...half(0.25),
      ...scales,
      ...bytes(32, () => 5 | (6 << 4)),
      ...bytes(32, () => 7 | (8 << 4)),
      ...bytes(64, () => 0),
    ];
    const groups = values("Q4_K", block).filter((_, i) => i % 32 === 0);
    expect(groups).toEqual([0.5 * 1 * 5 - 2.5, 0.5 * 2 * 6 - 5, 0.5 * 3 * 7 - 7.5, 0.5 * 4 * 8 - 10, 0, 0, 0, 0]);
  });

  test("groups 4–7 take four bits from the last bytes and two from the tops of the first", () => {
    // Group 4: scale 0b10_0011 = 35, minimum 0b01_0100 = 20. Group 7: scale 0b11_1111 = 63, minimum 0b11_0000 = 48.
    const scales = [0b10 << 6, 0, 0, 0b11 << 6, 0b01 << 6, 0, 0, 0b11 << 6, 0x43, 0, 0, 0x0f];
    const block = [...half(1), ...half(1), ...scales, ...bytes(128, () => 0x11)];
    const groups = values("Q4_K", block).filter((_, i) => i % 32 === 31);
    expect(groups).toEqual([0, 0, 0, 0, 35 - 20, 0, 0, 63 - 48]);
  });
});

describe("Q6_K", () => {
  /** A block whose weight `index` has the six bits q, and all others 32, which means zero. */
  const block = (index: number, q: number) => {
    const half128 = index >>> 7;
    const within = index & 127;
    const low = bytes(128, () => 0);
    const top = bytes(64, () => 0b10_10_10_10);
    const lowAt = 64 * half128 + (within & 63);
    low[lowAt] = (q & 15) << (within >= 64 ? 4 : 0);
    const topAt = 32 * half128 + (within & 31);
    const shift = 2 * (within >>> 5);
    top[topAt] = (top[topAt]! & ~(3 << shift)) | ((q >>> 4) << shift);
    return [...low, ...top, ...bytes(16, (i) => (i % 2 === 0 ? i + 1 : -i - 1) & 255), ...half(0.5)];
  };

  test("a weight is the scale of its sixteen times six bits less 32", () => {
    fc.assert(
      fc.property(fc.nat(255), fc.nat(63), (index, q) => {
        const expected = Array(256).fill(0);
        const group = index >>> 4;
        expected[index] = 0.5 * (group % 2 === 0 ? group + 1 : -group - 1) * (q - 32) + 0;
        expect(values("Q6_K", block(index, q)).map((weight) => weight + 0)).toEqual(expected);
      }),
    );
  });
});
