// A head's numbers turned by its position; packages/kernels/src/rotary-embedding.ts has the formulas.
#pragma once

#include <cstdint>

namespace cai {

/** The pairs (i, i + half) of a head, each by its own angle; `turned` may be `head` itself. */
inline void turn_head(const float* head, const float* cosine, const float* sine, float sign, int64_t half, float* turned) {
  for (int64_t i = 0; i < half; i++) {
    const float a = head[i], b = head[i + half], turn = sign * sine[i];
    turned[i] = a * cosine[i] - b * turn;
    turned[i + half] = b * cosine[i] + a * turn;
  }
}

}  // namespace cai
