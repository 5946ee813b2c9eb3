import { float16At } from "./float16-at.ts";

/**
 * Q2_K: 256 weights in 84 bytes, sixteen groups of 16 with a scale and a minimum of 4 bits each. 16 bytes, low halves scales and high
 * halves minima; 64 bytes of two bits a weight, a byte for weights i, i + 32, i + 64 and i + 96 of its half; d and m in float16;
 * w = d·scale·q − m·minimum.
 */
export function dequantizeQ2K(stored: Uint8Array, output: Float32Array): void {
  for (let block = 0, at = 0; block < output.length; block += 256, at += 84) {
    const d = float16At(stored, at + 80);
    const m = float16At(stored, at + 82);
    for (let group = 0; group < 16; group++) {
      const pair = stored[at + group]!;
      const scale = d * (pair & 15);
      const minimum = m * (pair >>> 4);
      for (let i = 0; i < 16; i++) output[block + 16 * group + i] = scale * twoBits(stored, at + 16, 16 * group + i) - minimum;
    }
  }
}

/**
 * Q3_K: 256 weights in 110 bytes, sixteen groups of 16 with a scale of 6 bits. 32 bytes whose bit k serves weights 32k … 32k + 31, and 64
 * bytes of low bits as in Q2_K; 12 bytes of scales; d in float16; w = d·(scale − 32)·(q − 4), the bit of 32 bytes the top one of q.
 */
export function dequantizeQ3K(stored: Uint8Array, output: Float32Array): void {
  for (let block = 0, at = 0; block < output.length; block += 256, at += 110) {
    const d = float16At(stored, at + 108);
    for (let group = 0; group < 16; group++) {
      const low = (stored[at + 96 + (group & 7)]! >>> (4 * (group >>> 3))) & 15;
      const top = (stored[at + 104 + (group & 3)]! >>> (2 * (group >>> 2))) & 3;
      const scale = d * ((low | (top << 4)) - 32);
      for (let i = 0; i < 16; i++) {
        const weight = 16 * group + i;
        const third = ((stored[at + (weight & 31)]! >>> (weight >>> 5)) & 1) << 2;
        output[block + weight] = scale * ((twoBits(stored, at + 32, weight) | third) - 4);
      }
    }
  }
}

/** The two bits of a weight where a byte serves weights i, i + 32, i + 64 and i + 96 of each half of 128. */
function twoBits(bytes: Uint8Array, at: number, weight: number): number {
  return (bytes[at + 32 * (weight >>> 7) + (weight & 31)]! >>> (2 * ((weight >>> 5) & 3))) & 3;
}

/**
 * Q4_K: 256 weights in 144 bytes, eight groups of 32 with a scale and a minimum of 6 bits each. d and m in float16, 12 bytes of scales and
 * minima, then 128 bytes, of which each run of 32 holds two groups, one in the low halves and the next in the high ones;
 * w = d·scale·q − m·minimum.
 */
export function dequantizeQ4K(stored: Uint8Array, output: Float32Array): void {
  for (let block = 0, at = 0; block < output.length; block += 256, at += 144)
    for (let group = 0; group < 8; group++) {
      const { scale, minimum } = groupOf(stored, at, group);
      const from = at + 16 + 32 * (group >>> 1);
      const to = block + 32 * group;
      const shift = 4 * (group & 1);
      for (let i = 0; i < 32; i++) output[to + i] = scale * ((stored[from + i]! >>> shift) & 15) - minimum;
    }
}

/** Q5_K: as Q4_K, with 32 bytes before the halves whose bit k is the fifth one of the weights of group k: 176 bytes. */
export function dequantizeQ5K(stored: Uint8Array, output: Float32Array): void {
  for (let block = 0, at = 0; block < output.length; block += 256, at += 176)
    for (let group = 0; group < 8; group++) {
      const { scale, minimum } = groupOf(stored, at, group);
      const from = at + 48 + 32 * (group >>> 1);
      const to = block + 32 * group;
      const shift = 4 * (group & 1);
      for (let i = 0; i < 32; i++) {
        const fifth = ((stored[at + 16 + i]! >>> group) & 1) << 4;
        output[to + i] = scale * (((stored[from + i]! >>> shift) & 15) | fifth) - minimum;
      }
    }
}

/** The scale and the minimum of a group in a block that begins with d, m and 12 bytes of both. */
function groupOf(stored: Uint8Array, at: number, group: number): { readonly scale: number; readonly minimum: number } {
  return {
    scale: float16At(stored, at) * scaleOf(stored, at + 4, group),
    minimum: float16At(stored, at + 2) * minimumOf(stored, at + 4, group),
  };
}

/** The scales of groups 0–3 are the low 6 bits of bytes 0–3; those of 4–7 the low halves of bytes 8–11 under the top bits of bytes 0–3. */
function scaleOf(bytes: Uint8Array, at: number, group: number): number {
  if (group < 4) return bytes[at + group]! & 63;
  return (bytes[at + group + 4]! & 15) | ((bytes[at + group - 4]! >>> 6) << 4);
}

/** As the scales, from bytes 4–7 and the high halves of bytes 8–11. */
function minimumOf(bytes: Uint8Array, at: number, group: number): number {
  if (group < 4) return bytes[at + group + 4]! & 63;
  return (bytes[at + group + 4]! >>> 4) | ((bytes[at + group]! >>> 6) << 4);
}

/**
 * Q6_K: 256 weights in 210 bytes, sixteen groups of 16 with a signed scale of 8 bits. 128 bytes of low halves, 64 bytes of top two bits,
 * 16 scales, d in float16; w = d·scale·(q − 32). Each half of 128 weights interleaves: the low halves of 64 bytes are its first 64
 * weights, the high halves its last 64; a byte of top bits serves weights i, i + 32, i + 64 and i + 96.
 */
export function dequantizeQ6K(stored: Uint8Array, output: Float32Array): void {
  const signed = new Int8Array(stored.buffer, stored.byteOffset, stored.length);
  for (let block = 0, at = 0; block < output.length; block += 256, at += 210) {
    const d = float16At(stored, at + 208);
    for (let half = 0; half < 2; half++) {
      const low = at + 64 * half;
      const top = at + 128 + 32 * half;
      for (let quarter = 0; quarter < 4; quarter++) {
        const lowShift = 4 * (quarter >>> 1);
        const from = low + 32 * (quarter & 1);
        const to = block + 128 * half + 32 * quarter;
        for (let i = 0; i < 32; i++) {
          const q = ((stored[from + i]! >>> lowShift) & 15) | (((stored[top + i]! >>> (2 * quarter)) & 3) << 4);
          const scale = signed[at + 192 + 8 * half + 2 * quarter + (i >>> 4)]!;
          output[to + i] = d * scale * (q - 32);
        }
      }
    }
  }
}
