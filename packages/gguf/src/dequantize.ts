import { bfloat16ToFloat32, float16ToFloat32 } from "@cai/safetensors";
import { dequantizeIQ4NL, dequantizeIQ4XS } from "./dequantize-iq4.ts";
import { dequantizeQ2K, dequantizeQ3K, dequantizeQ4K, dequantizeQ5K, dequantizeQ6K } from "./dequantize-k.ts";
import { dequantizeQ4, dequantizeQ5, dequantizeQ8 } from "./dequantize-q.ts";
import { dequantizeTQ1, dequantizeTQ2 } from "./dequantize-ternary.ts";
import type { GgufDtype } from "./dtype.ts";

/** Writes the values of whole blocks into `output`. `stored` begins at a multiple of four bytes of its buffer. */
export type Dequantize = (stored: Uint8Array, output: Float32Array) => void;

/**
 * The values of stored elements, by how they are stored. Each is computed in float64, which holds every product of a scale and its bits,
 * and rounded once: the very numbers of the reference, which is llama.cpp's Python package.
 */
export const dequantizers: Readonly<Record<GgufDtype, Dequantize>> = {
  F32: (stored, output) => output.set(new Float32Array(stored.buffer, stored.byteOffset, output.length)),
  F16: (stored, output) => float16ToFloat32(new Uint16Array(stored.buffer, stored.byteOffset, output.length), output),
  BF16: (stored, output) => bfloat16ToFloat32(new Uint16Array(stored.buffer, stored.byteOffset, output.length), output),
  Q8_0: dequantizeQ8,
  Q4_0: (stored, output) => dequantizeQ4(stored, output, false),
  Q4_1: (stored, output) => dequantizeQ4(stored, output, true),
  Q5_0: (stored, output) => dequantizeQ5(stored, output, false),
  Q5_1: (stored, output) => dequantizeQ5(stored, output, true),
  Q2_K: dequantizeQ2K,
  Q3_K: dequantizeQ3K,
  Q4_K: dequantizeQ4K,
  Q5_K: dequantizeQ5K,
  Q6_K: dequantizeQ6K,
  IQ4_NL: dequantizeIQ4NL,
  IQ4_XS: dequantizeIQ4XS,
  TQ1_0: dequantizeTQ1,
  TQ2_0: dequantizeTQ2,
};
