// Sides of a product as a kernel of vectors reads them: in strips of as many lines as a block has, depth after depth.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>

#include "matrices.h"
#include "vectors.h"

namespace cai {

/** Where the number of a lane has the bit `half`, that of `second` from `half` lanes before; the first of `first`. */
template <int half, int... numbers>
inline Vector lower_halves(Vector first, Vector second, std::integer_sequence<int, numbers...>) {
  return shuffled<(numbers & half ? numbers - half + lanes : numbers)...>(first, second);
}
template <int half, int... numbers>
inline Vector upper_halves(Vector first, Vector second, std::integer_sequence<int, numbers...>) {
  return shuffled<(numbers & half ? numbers + lanes : numbers + half)...>(first, second);
}

/** Rows to columns, by exchanging squares of half the size, of a quarter and so on. */
template <int half = lanes / 2>
inline void transpose_square(Vector (&x)[lanes]) {
  if constexpr (half > 0) {
    constexpr std::make_integer_sequence<int, lanes> numbers;
    for (int i = 0; i < lanes; i++)
      if ((i & half) == 0) {
        const Vector low = lower_halves<half>(x[i], x[i + half], numbers), high = upper_halves<half>(x[i], x[i + half], numbers);
        x[i] = low;
        x[i + half] = high;
      }
    transpose_square<half / 2>(x);
  }
}

/** One strip whose lines are rows of x, the last of them missing perhaps. */
template <int64_t width>
inline void pack_rows(const Stored& x, int64_t line, int64_t depth, int64_t count, float* to) {
  const int64_t there = std::min(width, x.rows - line);
  const float* from[width];
  for (int64_t i = 0; i < there; i++) from[i] = x.data + (line + i) * x.stride + depth;
  int64_t k = 0;
  for (; there == width && k + lanes <= count; k += lanes)
    for (int64_t part = 0; part < width; part += lanes) {
      const int64_t lines = std::min(lanes, width - part);
      Vector square[lanes] = {};
      for (int64_t i = 0; i < lines; i++) square[i] = load(from[part + i] + k);
      transpose_square(square);
      for (int64_t i = 0; i < lanes; i++) std::memcpy(to + (k + i) * width + part, &square[i], lines * sizeof(float));
    }
  for (; k < count; k++)
    for (int64_t i = 0; i < width; i++) to[k * width + i] = i < there ? from[i][k] : 0.0f;
}

/** Strips whose lines are columns of x, side by side, as far as there are any. */
template <int64_t width>
inline void pack_columns(const Stored& x, int64_t line, int64_t strips, int64_t depth, int64_t count, float* to) {
  constexpr int64_t ahead = 8, cache_line = 16;
  const int64_t end = std::min(x.columns, line + strips * width);
  const int64_t whole = (end - line) / width;
  for (int64_t k = 0; k < count; k++) {
    const float* const from = x.data + (depth + k) * x.stride;
    // The processor itself foresees where rows go on, not which row comes next.
    if (k + ahead < count)
      for (int64_t i = line; i < end; i += cache_line) __builtin_prefetch(from + ahead * x.stride + i, 0, 2);
    for (int64_t strip = 0; strip < whole; strip++) std::memcpy(to + (strip * count + k) * width, from + line + strip * width, width * sizeof(float));
    for (int64_t strip = whole; strip < strips; strip++)
      for (int64_t i = 0; i < width; i++) {
        const int64_t column = line + strip * width + i;
        to[(strip * count + k) * width + i] = column < end ? from[column] : 0.0f;
      }
  }
}

/** So many strips from that one on, and so many depths: a strip's numbers of one depth lie together; what lies beyond the matrix is 0. */
template <int64_t width>
inline void pack_strips(const Side& side, int64_t strip, int64_t strips, int64_t depth, int64_t count, float* to) {
  if (!side.lines_are_rows) return pack_columns<width>(side.x, strip * width, strips, depth, count, to);
  for (int64_t i = 0; i < strips; i++) pack_rows<width>(side.x, (strip + i) * width, depth, count, to + i * width * count);
}

}  // namespace cai
