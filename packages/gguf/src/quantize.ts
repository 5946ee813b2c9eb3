import { float32ToBfloat16, float32ToFloat16 } from "@cai/safetensors";

/** How a file that is written here may store weights. */
export type WrittenDtype = keyof typeof quantizers;

/** The stored bytes of whole blocks of values, rounded to the nearest. */
export const quantizers = {
  F32: (values: Float32Array): Uint8Array => bytesOf(values),
  F16: (values: Float32Array): Uint8Array => bytesOf(float32ToFloat16(values)),
  BF16: (values: Float32Array): Uint8Array => bytesOf(float32ToBfloat16(values)),
  Q8_0: quantizeQ8,
};

/** As llama.cpp does it, number by number in float32: d = max |w| / 127, q = w / d rounded, halves away from zero; d is stored in float16. */
function quantizeQ8(values: Float32Array): Uint8Array {
  const stored = new Uint8Array((values.length / 32) * 34);
  const signed = new Int8Array(stored.buffer);
  for (let block = 0, at = 0; block < values.length; block += 32, at += 34) {
    let largest = 0;
    for (let i = 0; i < 32; i++) largest = Math.max(largest, Math.abs(values[block + i]!));
    const scale = Math.fround(largest / 127);
    const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
    stored.set(bytesOf(float32ToFloat16(Float32Array.of(scale))), at);
    for (let i = 0; i < 32; i++) {
      const scaled = Math.fround(values[block + i]! * inverse);
      signed[at + 2 + i] = Math.sign(scaled) * Math.floor(Math.abs(scaled) + 0.5);
    }
  }
  return stored;
}

function bytesOf(array: Float32Array | Uint16Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
