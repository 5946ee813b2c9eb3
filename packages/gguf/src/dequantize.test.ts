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

test("a weight of zero keeps the sign of its scale, as the reference has it", () => {
  const negative = values("Q4_0", [...half(-1), ...bytes(16, () => 0x88)]);
  expect(negative.every((weight) => Object.is(weight, -0))).toBe(true);
});

test("Q5_0 and Q5_1 have a fifth bit for each weight in four bytes before the halves, the lowest first", () => {
  const fifths = [0b0000_0011, 0, 0b0000_0001, 0x80]; // of weights 0, 1, 16 and 31
  const pairs = bytes(16, () => 2 | (3 << 4));
  const five = (i: number) => (i < 16 ? 2 : 3) + ([0, 1, 16, 31].includes(i) ? 16 : 0);
  expect(values("Q5_0", [...half(0.5), ...fifths, ...pairs])).toEqual(bytes(32, (i) => (five(i) - 16) / 2));
  expect(values("Q5_1", [...half(0.5), ...half(7), ...fifths, ...pairs])).toEqual(bytes(32, (i) => five(i) / 2 + 7));
});

test("IQ4_NL's four bits stand for steps that are finer around zero", () => {
  const block = [...half(2), ...bytes(16, (i) => i | (7 << 4))];
  const steps = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];
  expect(values("IQ4_NL", block)).toEqual([...steps.map((step) => 2 * step), ...bytes(16, () => -20)]);
});

test("IQ4_XS has a scale of six bits for each 32, the low four in halves of bytes and the top two in a row", () => {
  // Group 0: low 1, top 0b10: 33. Group 1: low 15, top 0b01: 31. Group 7: low 0, top 0b11: 48. The others: 0.
  const block = [...half(0.5), 0b0110, 0b11 << 6, 1 | (15 << 4), 0, 0, 0, ...bytes(128, () => 0x88)];
  expect(values("IQ4_XS", block).filter((_, i) => i % 32 === 31)).toEqual([0.5, -0.5, -16, -16, -16, -16, -16, 8]);
});

describe("ternary weights", () => {
  test("TQ1_0 has five of them in a byte, in base 3: the first of all bytes, then the second", () => {
    // Digits 2, 0, 1, 0, 2 are 2·81 + 0·27 + 1·9 + 0·3 + 2 = 173 of 243, rounded up as a fraction of 256: ⌈173 · 256 / 243⌉ = 183.
    const all = values("TQ1_0", [183, ...bytes(31, () => 128), ...bytes(20, () => 128), ...half(0.5)]);
    expect([0, 1, 2, 3, 4].map((digit) => all[32 * digit])).toEqual([0.5, -0.5, 0, -0.5, 0.5]);
    expect(all.filter((weight) => weight !== 0)).toHaveLength(4); // 128 is half of 256: digits 1, 1, 1, 1, 1
  });

  test("TQ2_0 has four of them in a byte, of weights 32 apart", () => {
    const all = values("TQ2_0", [0b10_01_00_10, ...bytes(63, () => 0b01_01_01_01), ...half(0.5)]);
    expect([0, 32, 64, 96].map((i) => all[i])).toEqual([0.5, -0.5, 0, 0.5]);
    expect(all.filter((weight) => weight !== 0)).toHaveLength(3);
  });
});

describe("Q2_K and Q3_K", () => {
  /** 64 bytes in which weight `index` has two bits, and all others none. */
  const twoBits = (index: number, q: number) => {
    const at = 32 * (index >>> 7) + (index & 31);
    return bytes(64, (i) => (i === at ? q << (2 * ((index >>> 5) & 3)) : 0));
  };

  test("a weight of Q2_K is two bits times the scale of its sixteen, less its minimum", () => {
    fc.assert(
      fc.property(fc.nat(255), fc.nat(3), (index, q) => {
        const block = [...bytes(16, (i) => i | ((15 - i) << 4)), ...twoBits(index, q), ...half(0.5), ...half(0.25)];
        const expected = bytes(256, (i) => (i === index ? 0.5 * (i >>> 4) * q : 0) - 0.25 * (15 - (i >>> 4)));
        expect(values("Q2_K", block)).toEqual(expected);
      }),
    );
  });

  test("a weight of Q3_K is three bits less 4 times a scale less 32: two bits as in Q2_K, the third in the first 32 bytes", () => {
    // All scales 33, in 12 bytes: low halves 1, top bits 0b10.
    const scales = [...bytes(8, () => 0x11), ...bytes(4, () => 0b10_10_10_10)];
    fc.assert(
      fc.property(fc.nat(255), fc.nat(7), (index, q) => {
        const third = bytes(32, (i) => (i === (index & 31) ? (q >>> 2) << (index >>> 5) : 0));
        const block = [...third, ...twoBits(index, q & 3), ...scales, ...half(0.5)];
        expect(values("Q3_K", block)).toEqual(bytes(256, (i) => 0.5 * ((i === index ? q : 0) - 4) + 0));
      }),
    );
  });

  test("scales of Q3_K: the low halves of eight bytes, then their high halves, with top bits from four bytes in turn", () => {
    const scales = [...bytes(8, (i) => i | ((8 + (i & 7)) << 4)), 0b11_10_01_00, 0, 0, 0b11_11_11_11];
    const block = [...bytes(32, () => 255), ...bytes(64, () => 0b01_01_01_01), ...scales, ...half(1)];
    const tops = [0, 0, 0, 3, 1, 0, 0, 3, 2, 0, 0, 3, 3, 0, 0, 3];
    expect(values("Q3_K", block).filter((_, i) => i % 16 === 0)).toEqual(tops.map((top, group) => group + 16 * top - 32));
  });
});

test("Q5_K is Q4_K with a fifth bit: bit k of 32 bytes for group k", () => {
  const scales = [1, 2, 3, 4, 10, 20, 30, 40, 0, 0, 0, 0]; // scales of groups 0–3, minima of 0–3
  const fifths = bytes(32, (i) => (i === 31 ? 0b0000_0101 : 0));
  const block = [...half(0.5), ...half(0.25), ...scales, ...fifths, ...bytes(64, () => 5 | (6 << 4)), ...bytes(64, () => 0)];
  const lasts = values("Q5_K", block).filter((_, i) => i % 32 === 31);
  expect(lasts).toEqual([0.5 * 1 * 21 - 2.5, 0.5 * 2 * 6 - 5, 0.5 * 3 * 21 - 7.5, 0.5 * 4 * 6 - 10, 0, 0, 0, 0]);
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
