// exp, tanh and the like, written so that the compiler turns loops over them into vector instructions.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

namespace cai {

/** e^x within 2 units in the last place, 0 below −87.3, +∞ above 88.7; NaN stays NaN. Cephes' expf. */
inline float fast_exp(float x) {
  // Adding it leaves the nearest integer in the lowest bits.
  constexpr float rounder = 12582912.0f;
  constexpr int32_t rounder_bits = 0x4b400000;
  const float clamped = x < -87.33654f ? -87.33654f : (x > 88.72283f ? 88.72283f : x);
  const float shifted = clamped * 1.44269504088896341f + rounder;
  const float n = shifted - rounder;
  const float r = (clamped - n * 0.693359375f) - n * -2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  // 2^n in two factors, because n reaches 128. Of a NaN these bits are of no use, but defined: hence unsigned.
  int32_t shifted_bits;
  std::memcpy(&shifted_bits, &shifted, sizeof shifted_bits);
  const int32_t whole = shifted_bits - rounder_bits, half = whole >> 1;
  const uint32_t first_bits = static_cast<uint32_t>(half + 127) << 23;
  const uint32_t second_bits = static_cast<uint32_t>(whole - half + 127) << 23;
  float first, second;
  std::memcpy(&first, &first_bits, sizeof first);
  std::memcpy(&second, &second_bits, sizeof second);
  const float y = p * first * second;
  return x < -87.33654f ? 0.0f : (x > 88.72283f ? HUGE_VALF : (x == x ? y : x));
}

/** 1 / (1 + e^−x). */
inline float sigmoid(float x) { return 1.0f / (1.0f + fast_exp(-x)); }

/** GELU in its tanh form; packages/kernels/src/gelu.ts has the formula. */
inline float gelu(float x) {
  constexpr float a = 0.044715f, c = 0.7978845608028654f;  // √(2/π)
  return x * sigmoid(2 * c * (x + a * x * x * x));
}

}  // namespace cai
