// Sums along a row, in an order that lets the compiler use vectors: a plain float sum has to be taken number by number.
#pragma once

#include <cstdint>

namespace cai {

/** Σ term(i) over i in 0 … count. */
template <class Term>
inline float row_sum(int64_t count, Term term) {
  constexpr int lanes = 64;
  float partial[lanes] = {};
  int64_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    for (int lane = 0; lane < lanes; lane++) partial[lane] += term(i + lane);
  }
  float rest = 0;
  for (; i < count; i++) rest += term(i);
  for (int half = lanes / 2; half > 0; half /= 2) {
    for (int lane = 0; lane < half; lane++) partial[lane] += partial[lane + half];
  }
  return partial[0] + rest;
}

}  // namespace cai
