import { bfloat16ToFloat32, float16ToFloat32 } from "@cai/safetensors";
import { dequantizeQ4K, dequantizeQ6K } from "./dequantize-k.ts";
import type { GgufDtype } from "./dtype.ts";
import { float16At } from "./float16-at.ts";

/** Writes the values of whole blocks into `output`. `stored` begins at a multiple of four bytes of its buffer. */
export type Dequantize = (stored: Uint8Array, output: Float32Array) => void;

/** The values of stored elements, by how they are stored. Exact: each value is computed in float64 and rounded once. */
export const dequantizers: Readonly<Record<GgufDtype, Dequantize>> = {
  F32: (stored, output) => output.set(new Float32Array(stored.buffer, stored.byteOffset, output.length)),
  F16: (stored, output) => float16ToFloat32(new Uint16Array(stored.buffer, stored.byteOffset, output.length), output),
  BF16: (stored, output) => bfloat16ToFloat32(new Uint16Array(stored.buffer, stored.byteOffset, output.length), output),
  Q8_0: dequantizeQ8,
  Q4_0: (stored, output) => dequantizeQ4(stored, output, false),
  Q4_1: (stored, output) => dequantizeQ4(stored, output, true),
  Q4_K: dequantizeQ4K,
  Q6_K: dequantizeQ6K,
};

/** Blocks of 32 weights: scale d in float16, then 32 signed bytes q; w = d·q. */
function dequantizeQ8(stored: Uint8Array, output: Float32Array): void {
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
function dequantizeQ4(stored: Uint8Array, output: Float32Array, hasMinimum: boolean): void {
  const start = hasMinimum ? 4 : 2;
  for (let block = 0, at = 0; block < output.length; block += 32, at += start + 16) {
    const scale = float16At(stored, at);
    const minimum = hasMinimum ? float16At(stored, at + 2) : -8 * scale;
    for (let i = 0; i < 16; i++) {
      const pair = stored[at + start + i]!;
      output[block + i] = scale * (pair & 15) + minimum;
      output[block + 16 + i] = scale * (pair >>> 4) + minimum;
    }
  }
}
