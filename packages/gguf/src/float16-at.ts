import { float16ToFloat32 } from "@cai/safetensors";

let values: Float32Array | undefined;

/** The little-endian half-precision number at an offset. All 65,536 are computed at the first use: scales are read by the million. */
export function float16At(bytes: Uint8Array, offset: number): number {
  values ??= float16ToFloat32(Uint16Array.from({ length: 65_536 }, (_, bits) => bits));
  return values[bytes[offset]! | (bytes[offset + 1]! << 8)]!;
}
