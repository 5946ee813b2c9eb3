import { float16At } from "./float16-at.ts";

/** Where the weights of a block of TQ1_0 stand: `digits` base-3 digits in each of `bytes` bytes, one digit of all of them after another. */
const runs = [
  { bytes: 32, digits: 5 },
  { bytes: 16, digits: 5 },
  { bytes: 4, digits: 4 },
] as const;

/**
 * TQ1_0: 256 weights of −d, 0 or d in 54 bytes: 52 that hold base-3 digits, then d in float16. A byte b holds the fraction b / 256, whose
 * first digit is ⌊3·b / 256⌋; the next ones come up when b is multiplied by 3.
 */
export function dequantizeTQ1(stored: Uint8Array, output: Float32Array): void {
  for (let block = 0, at = 0; block < output.length; block += 256, at += 54) {
    const d = float16At(stored, at + 52);
    let from = at;
    let to = block;
    for (const { bytes, digits } of runs) {
      for (let digit = 0, power = 1; digit < digits; digit++, power *= 3) {
        for (let i = 0; i < bytes; i++) output[to++] = d * (((((stored[from + i]! * power) & 255) * 3) >>> 8) - 1);
      }
      from += bytes;
    }
  }
}

/** TQ2_0: 256 weights in 66 bytes: 64 of two bits a weight, a byte for weights i, i + 32, i + 64 and i + 96 of its half, then d; w = d·(q − 1). */
export function dequantizeTQ2(stored: Uint8Array, output: Float32Array): void {
  for (let block = 0, at = 0; block < output.length; block += 256, at += 66) {
    const d = float16At(stored, at + 64);
    for (let run = 0; run < 8; run++) {
      const from = at + 32 * (run >>> 2);
      for (let i = 0; i < 32; i++) output[block + 32 * run + i] = d * (((stored[from + i]! >>> (2 * (run & 3))) & 3) - 1);
    }
  }
}
