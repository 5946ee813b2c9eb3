import { float16At } from "./float16-at.ts";

/** What four bits stand for: steps that are finer around zero, where most weights are. */
const steps = Int8Array.of(-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113);

/** IQ4_NL: blocks of 32 weights: scale d in float16, then 16 bytes, their low halves weights 0–15 and the high halves 16–31; w = d·step. */
export function dequantizeIQ4NL(stored: Uint8Array, output: Float32Array): void {
  for (let block = 0, at = 0; block < output.length; block += 32, at += 18)
    writeSteps(stored, at + 2, float16At(stored, at), output, block);
}

/**
 * IQ4_XS: 256 weights in 136 bytes, eight groups of 32 with a scale of 6 bits each. d in float16, 2 bytes with the top two bits of each
 * scale, 4 bytes with the low four, then 16 bytes a group as in IQ4_NL; w = d·(scale − 32)·step.
 */
export function dequantizeIQ4XS(stored: Uint8Array, output: Float32Array): void {
  for (let block = 0, at = 0; block < output.length; block += 256, at += 136) {
    const d = float16At(stored, at);
    const tops = stored[at + 2]! | (stored[at + 3]! << 8);
    for (let group = 0; group < 8; group++) {
      const scale = ((stored[at + 4 + (group >>> 1)]! >>> (4 * (group & 1))) & 15) | (((tops >>> (2 * group)) & 3) << 4);
      writeSteps(stored, at + 8 + 16 * group, d * (scale - 32), output, block + 32 * group);
    }
  }
}

function writeSteps(stored: Uint8Array, from: number, scale: number, output: Float32Array, to: number): void {
  for (let i = 0; i < 16; i++) {
    const pair = stored[from + i]!;
    output[to + i] = scale * steps[pair & 15]!;
    output[to + 16 + i] = scale * steps[pair >>> 4]!;
  }
}
