// Blocks of a product by vectors, in float32.
#pragma once

#include <algorithm>
#include <cstdint>

#include "parallel.h"
#include "product.h"
#include "vector-strips.h"
#include "vectors.h"

namespace cai {

/**
 * The kernel of a `Product` that multiplies by vectors. Its sums stay in the registers, a strip of the right side in the first cache, what meets
 * it of the left side in the second, and the kept side in the third.
 *
 * What is added in which order, the inner size alone decides: many short sums, which round less than a long one.
 */
class VectorKernel {
 public:
  using Packed = float;
  static constexpr int64_t vectors = 2;
  static constexpr int64_t rows = lanes == 16 ? 14 : 6, columns = vectors * lanes, depth = 1;

  static constexpr int64_t size(bool is_left) { return is_left ? rows : columns; }

  static Plan plan(const Side& kept, const Side& streamed, bool left_is_kept) {
    const int64_t chunks = parts_of(kept.depth(), most_depth);
    const int64_t most_kept = std::max<int64_t>(1, kept_numbers / (size(left_is_kept) * parts_of(kept.depth(), chunks)));
    // Fewer at once where all threads would not get their share.
    const int64_t blocks = parts_of(streamed.lines(), size(!left_is_kept));
    const int64_t most_streamed = std::clamp<int64_t>(blocks / (4 * thread_count()), 1, panel_lines / size(!left_is_kept));
    return {chunks, most_kept, most_streamed, !left_is_kept, panel_lines / rows};
  }

  static void pack(const Side& side, bool is_left, Range blocks, Range depths, float* to) {
    if (is_left) pack_strips<rows>(side, blocks.begin, blocks.size(), depths.begin, depths.size(), to);
    else pack_strips<columns>(side, blocks.begin, blocks.size(), depths.begin, depths.size(), to);
  }

  void add_block(const float* left, const float* right, int64_t depths, float* sums, int64_t stride, bool add) const {
    for (int64_t i = 0; i < rows; i++)
      for (int64_t j = 0; j < columns; j += cache_line) {
        __builtin_prefetch(sums + i * stride + j, 1, 3);
        __builtin_prefetch(sums + i * stride + j + cache_line - 1, 1, 3);
      }
    const int64_t parts = parts_of(depths, most_added);
    for (int64_t part = 0; part < parts; part++) {
      const Range own = part_of(depths, part, parts);
      add_part(left + own.begin * rows, right + own.begin * columns, own.size(), sums, stride, add || part > 0);
    }
  }

 private:
  /** At most so many products are added up before they are added to the rest. */
  static constexpr int64_t most_added = 128;
  /** A strip of the right side takes 20 KB, what the second cache holds of either side 120 KB, and the kept side 4 MB. */
  static constexpr int64_t most_depth = 320, panel_lines = 96, kept_numbers = 1 << 20;
  static constexpr int64_t cache_line = 16, ahead = 8;
  /** Depths a turn: what counts the turns takes a part of the core, which another program's thread may share. */
  static constexpr int64_t unrolled = 4;

  static inline __attribute__((always_inline)) void multiply(const float* left, const float* right, Vector (&sum)[rows][vectors]) {
    Vector next[vectors];
    for (int64_t j = 0; j < vectors; j++) next[j] = load(right + j * lanes);
#pragma GCC unroll 14
    for (int64_t i = 0; i < rows; i++)
      for (int64_t j = 0; j < vectors; j++) sum[i][j] += left[i] * next[j];
  }

  // Within another function its sums would not all stay in registers.
  static __attribute__((noinline)) void add_part(const float* left, const float* right, int64_t depths, float* sums, int64_t stride, bool add) {
    Vector sum[rows][vectors] = {};
    int64_t k = 0;
    for (; k + unrolled <= depths; k += unrolled, left += unrolled * rows, right += unrolled * columns) {
      __builtin_prefetch(left + ahead * rows, 0, 3);
#pragma GCC unroll 4
      for (int64_t i = 0; i < unrolled; i++) multiply(left + i * rows, right + i * columns, sum);
    }
    for (; k < depths; k++, left += rows, right += columns) multiply(left, right, sum);
#pragma GCC unroll 14
    for (int64_t i = 0; i < rows; i++)
      for (int64_t j = 0; j < vectors; j++) {
        float* const to = sums + i * stride + j * lanes;
        store(to, add ? load(to) + sum[i][j] : sum[i][j]);
      }
  }
};

}  // namespace cai
