// Rows to columns.
#pragma once

#include <algorithm>
#include <cstdint>

#include "parallel.h"

namespace cai {

/** y [columns, rows] from x [rows, columns], by blocks that the first cache holds. */
inline void transpose(const float* x, int64_t rows, int64_t columns, float* y) {
  constexpr int64_t side = 32, least = 16;
  parallel((rows + side - 1) / side, columns > 0 ? std::max<int64_t>(1, least * side / columns) : 1, [&](int64_t begin, int64_t end) {
    for (int64_t block = begin; block < end; block++) {
      const int64_t first = block * side, last = std::min(rows, first + side);
      for (int64_t column = 0; column < columns; column++)
        for (int64_t row = first; row < last; row++) y[column * rows + row] = x[row * columns + column];
    }
  });
}

}  // namespace cai
