// Sums over rows, taken in double: a gradient of a bias or gain adds up many small numbers of both signs.
#pragma once

#include <algorithm>
#include <cstdint>

#include "parallel.h"

namespace cai {

/** sums[i] = Σ term(row)(i) over all rows, for `width` columns. One thread takes a column, in the order of the rows. */
template <class Term>
inline void column_sums(int64_t rows, int64_t width, float* sums, const Term& term) {
  constexpr int64_t least = 65536;  // numbers a thread
  constexpr int64_t strip = 128;
  parallel(width, std::max<int64_t>(least / std::max<int64_t>(rows, 1), 16), [&](int64_t begin, int64_t end) {
    for (int64_t first = begin; first < end; first += strip) {
      const int64_t count = std::min(strip, end - first);
      double partial[strip] = {};
      for (int64_t row = 0; row < rows; row++) {
        const auto number = term(row);
        for (int64_t i = 0; i < count; i++) partial[i] += number(first + i);
      }
      for (int64_t i = 0; i < count; i++) sums[first + i] = static_cast<float>(partial[i]);
    }
  });
}

}  // namespace cai
