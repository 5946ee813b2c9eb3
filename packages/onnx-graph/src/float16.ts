/** IEEE half-precision bits of each number, rounded to nearest, ties to even; too large ones become infinite. */
export function toFloat16Bits(values: ArrayLike<number>): Uint16Array {
  const float = new Float32Array(1);
  const floatBits = new Uint32Array(float.buffer);
  return Uint16Array.from(values, (value) => {
    float[0] = value;
    const sign = (floatBits[0]! >>> 16) & 0x8000;
    const magnitude = floatBits[0]! & 0x7fffffff;
    if (magnitude > 0x7f800000) return sign | 0x7e00; // NaN
    if (magnitude >= 0x477ff000) return sign | 0x7c00; // 65520 and more round to infinity
    if (magnitude < 0x38800000) return sign | roundHalfToEven(Math.abs(float[0]) * 2 ** 24); // subnormal: multiples of 2^-24
    const rebiased = magnitude - ((127 - 15) << 23);
    return sign | ((rebiased + 0xfff + ((rebiased >>> 13) & 1)) >>> 13);
  });
}

/** bfloat16 bits: the upper half of a float32, rounded to nearest, ties to even. */
export function toBfloat16Bits(values: ArrayLike<number>): Uint16Array {
  const float = new Float32Array(1);
  const floatBits = new Uint32Array(float.buffer);
  return Uint16Array.from(values, (value) => {
    float[0] = value;
    const bits = floatBits[0]!;
    if ((bits & 0x7fffffff) > 0x7f800000) return (bits >>> 16) | 0x40; // NaN stays NaN
    return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
  });
}

function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
