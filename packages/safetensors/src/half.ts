/**
 * The values of IEEE 754 half-precision bit patterns; exact, with subnormals, infinities, and NaN with its payload.
 *
 * @example
 * float16ToFloat32(Uint16Array.of(0x3c00, 0x0001)); // 1 and 2^-24
 */
export function float16ToFloat32(bits: Uint16Array, output: Float32Array = new Float32Array(bits.length)): Float32Array {
  const words = new Uint32Array(output.buffer, output.byteOffset, output.length);
  for (let i = 0; i < bits.length; i++) {
    const half = bits[i]!;
    const sign = (half & 0x8000) << 16;
    const exponent = (half >>> 10) & 0x1f;
    const fraction = half & 0x3ff;
    if (exponent === 0) output[i] = (sign === 0 ? fraction : -fraction) * 2 ** -24;
    else words[i] = sign | ((exponent === 0x1f ? 0xff : exponent + 112) << 23) | (fraction << 13);
  }
  return output;
}

/**
 * The nearest half-precision bit patterns, ties to even; beyond 65519 infinity; NaN stays NaN.
 *
 * @example
 * float32ToFloat16(Float32Array.of(1, 2 ** -24)); // 0x3c00 and 0x0001
 */
export function float32ToFloat16(values: Float32Array): Uint16Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const bits = new Uint16Array(values.length);
  for (let i = 0; i < bits.length; i++) bits[i] = nearestFloat16(words[i]!);
  return bits;
}

function nearestFloat16(word: number): number {
  const sign = (word >>> 16) & 0x8000;
  const magnitude = word & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00 | ((magnitude >>> 13) & 0x3ff);
  if (magnitude >= 0x47800000) return sign | 0x7c00;
  const exponent = magnitude >>> 23;
  // From 2^-14 on the half is normal: re-bias the exponent; a carry out of the fraction moves on to it, as it should.
  if (exponent >= 113) return sign | roundToEven(magnitude - (112 << 23), 13);
  const shift = 126 - exponent;
  return shift > 24 ? sign : sign | roundToEven((magnitude & 0x7fffff) | 0x800000, shift);
}

/** The values of bfloat16 bit patterns; exact. */
export function bfloat16ToFloat32(bits: Uint16Array, output: Float32Array = new Float32Array(bits.length)): Float32Array {
  const words = new Uint32Array(output.buffer, output.byteOffset, output.length);
  for (let i = 0; i < bits.length; i++) words[i] = bits[i]! << 16;
  return output;
}

/** The nearest bfloat16 bit patterns, ties to even; NaN stays NaN. */
export function float32ToBfloat16(values: Float32Array): Uint16Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const bits = new Uint16Array(values.length);
  for (let i = 0; i < bits.length; i++) {
    const word = words[i]!;
    bits[i] = (word & 0x7fffffff) > 0x7f800000 ? (word >>> 16) | 0x40 : roundToEven(word, 16);
  }
  return bits;
}

/** word / 2^shift, a half to the even neighbour. */
function roundToEven(word: number, shift: number): number {
  const floor = word >>> shift;
  const rest = word & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return rest > half || (rest === half && (floor & 1) === 1) ? floor + 1 : floor;
}
