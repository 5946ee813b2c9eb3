import { float16At } from "./float16-at.ts";

/** Q8_0: blocks of 32 weights: scale d in float16, then 32 signed bytes q; w = d·q. */
export function dequantizeQ8(stored: Uint8Array, output: Float32Array): void {
  const signed = new Int8Array(stored.buffer, stored.byteOffset, stored.length);
  for (let block = 0, at = 0; block < output.length; block += 32, at += 34) {
    const scale = float16At(stored, at);
    for (let i = 0; i < 32; i++) output[block + i] = scale * signed[at + 2 + i]!;
  }
}

/**
 * Blocks of 32 weights in 16 bytes, the low halves weights 0–15 and the high halves 16–31. Q4_0: scale d, w = d·(q − 8). Q4_1: scale d
 * and minimum m, w = d·q + m.
 */
export function dequantizeQ4(stored: Uint8Array, output: Float32Array, hasMinimum: boolean): void {
  const start = hasMinimum ? 4 : 2;
  const zero = hasMinimum ? 0 : 8;
  for (let block = 0, at = 0; block < output.length; block += 32, at += start + 16) {
    const scale = float16At(stored, at);
    const minimum = hasMinimum ? float16At(stored, at + 2) : -0; // what is added to a weight of −0 must leave it so
    for (let i = 0; i < 16; i++) {
      const pair = stored[at + start + i]!;
      output[block + i] = scale * ((pair & 15) - zero) + minimum;
      output[block + 16 + i] = scale * ((pair >>> 4) - zero) + minimum;
    }
  }
}

/** As Q4_0 and Q4_1, with a fifth bit for each weight: 4 bytes before the halves, lowest bit first; Q5_0: w = d·(q − 16). */
export function dequantizeQ5(stored: Uint8Array, output: Float32Array, hasMinimum: boolean): void {
  const start = hasMinimum ? 4 : 2;
  const zero = hasMinimum ? 0 : 16;
  for (let block = 0, at = 0; block < output.length; block += 32, at += start + 20) {
    const scale = float16At(stored, at);
    const minimum = hasMinimum ? float16At(stored, at + 2) : -0;
    const fifth = (i: number) => ((stored[at + start + (i >>> 3)]! >>> (i & 7)) & 1) << 4;
    for (let i = 0; i < 16; i++) {
      const pair = stored[at + start + 4 + i]!;
      output[block + i] = scale * (((pair & 15) | fifth(i)) - zero) + minimum;
      output[block + 16 + i] = scale * (((pair >>> 4) | fifth(16 + i)) - zero) + minimum;
    }
  }
}
