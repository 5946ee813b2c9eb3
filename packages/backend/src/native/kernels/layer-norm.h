// One row's layer normalisation; packages/kernels/src/layer-norm.ts has the formula.
#pragma once

#include <cmath>
#include <cstdint>

#include "row-sums.h"

namespace cai {

struct Moments {
  float mean, scale;
};

/** Sets to[i] = n·gain[i] + bias[i]. */
inline Moments normalise(const float* from, const float* gain, const float* bias, int64_t width, float epsilon, float* to) {
  const float mean = row_sum(width, [=](int64_t i) { return from[i]; }) / width;
  const float squares = row_sum(width, [=](int64_t i) { return (from[i] - mean) * (from[i] - mean); });
  const float scale = 1 / std::sqrt(squares / width + epsilon);
  for (int64_t i = 0; i < width; i++) to[i] = (from[i] - mean) * scale * gain[i] + bias[i];
  return {mean, scale};
}

}  // namespace cai
