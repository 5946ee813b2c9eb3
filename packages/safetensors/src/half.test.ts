import { expect, test } from "vitest";
import { bfloat16ToFloat32, float16ToFloat32, float32ToBfloat16, float32ToFloat16 } from "./half.ts";

const allPatterns = Uint16Array.from({ length: 65536 }, (_, bits) => bits);

test("known half-precision patterns have their known values", () => {
  const values = float16ToFloat32(
    Uint16Array.of(0x0000, 0x8000, 0x3c00, 0xc000, 0x7bff, 0x0400, 0x03ff, 0x0001, 0x8001, 0x7c00, 0xfc00, 0x7e00),
  );
  expect([...values]).toEqual([0, -0, 1, -2, 65504, 2 ** -14, 1023 * 2 ** -24, 2 ** -24, -(2 ** -24), Infinity, -Infinity, NaN]);
});

test("every half-precision pattern has the value of its sign, exponent and fraction", () => {
  const values = float16ToFloat32(allPatterns);
  for (const bits of allPatterns) {
    const sign = bits >= 0x8000 ? -1 : 1;
    const exponent = (bits >>> 10) & 31;
    const fraction = bits & 1023;
    const magnitude =
      exponent === 31 ? (fraction === 0 ? Infinity : NaN) : exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
    if (!Object.is(values[bits], sign * magnitude)) expect.fail(`${bits.toString(16)}: ${values[bits]}, expected ${sign * magnitude}`);
  }
});

test("every half-precision pattern comes back from float32 unchanged, but for signalling NaN, which turns quiet", () => {
  const back = float32ToFloat16(float16ToFloat32(allPatterns));
  for (const bits of allPatterns) {
    const isNan = (bits & 0x7fff) > 0x7c00;
    if (back[bits] !== (isNan ? bits | 0x200 : bits)) expect.fail(`${bits.toString(16)} came back as ${back[bits]?.toString(16)}`);
  }
});

test("every bfloat16 pattern is the upper half of a float32, and comes back unchanged but for signalling NaN", () => {
  const values = bfloat16ToFloat32(allPatterns);
  const words = new Uint32Array(values.buffer);
  const back = float32ToBfloat16(values);
  for (const bits of allPatterns) {
    const isNan = (bits & 0x7fff) > 0x7f80;
    if (words[bits] !== bits * 65536) expect.fail(`${bits.toString(16)} became ${words[bits]?.toString(16)}`);
    if (back[bits] !== (isNan ? bits | 0x40 : bits)) expect.fail(`${bits.toString(16)} came back as ${back[bits]?.toString(16)}`);
  }
});

test("between two neighbours the nearer is taken, and half-way the even one", () => {
  const values = float16ToFloat32(allPatterns);
  for (let bits = 0; bits < 0x7bff; bits++) {
    const [lower, upper] = [values[bits]!, values[bits + 1]!];
    const middle = (lower + upper) / 2;
    const step = (upper - lower) / 1024;
    const even = bits % 2 === 0 ? bits : bits + 1;
    const found = float32ToFloat16(Float32Array.of(middle - step, middle, middle + step, -middle));
    if (found.join() !== [bits, even, bits + 1, even + 0x8000].join()) expect.fail(`around ${middle}: ${found}`);
  }
  expect([...float32ToFloat16(Float32Array.of(65519.99, 65520, 1e30, 2 ** -25, 1.0001 * 2 ** -25, 1e-30, 1e-45))]).toEqual([
    0x7bff, 0x7c00, 0x7c00, 0, 1, 0, 0,
  ]);
});

test("bfloat16 rounds to the nearest, half-way to the even one, and past the largest to infinity", () => {
  const from = (word: number) => new Float32Array(Uint32Array.of(word).buffer)[0]!;
  const words = [0x3f808000, 0x3f818000, 0x3f808001, 0x3f817fff, 0x7f7fffff, 0xbf818000];
  expect([...float32ToBfloat16(Float32Array.from(words, from))]).toEqual([0x3f80, 0x3f82, 0x3f81, 0x3f81, 0x7f80, 0xbf82]);
});
