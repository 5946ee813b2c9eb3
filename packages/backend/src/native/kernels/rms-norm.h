// One row's root-mean-square normalisation; packages/kernels/src/rms-norm.ts has the formula.
#pragma once

#include <cmath>
#include <cstdint>

#include "row-sums.h"

namespace cai {

/** Sets to[i] = r · from[i] · (gain[i] + offset), and gives r. */
inline float normalise_by_rms(const float* from, const float* gain, float offset, int64_t width, float epsilon, float* to) {
  const float squares = row_sum(width, [=](int64_t i) { return from[i] * from[i]; });
  const float scale = 1 / std::sqrt(squares / width + epsilon);
  for (int64_t i = 0; i < width; i++) to[i] = from[i] * scale * (gain[i] + offset);
  return scale;
}

}  // namespace cai
