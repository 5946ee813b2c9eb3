// Few rows times a large matrix that is read once, as fast as memory gives it; packages/kernels/src/skinny-product.ts says why.
//
// Memory gives most where a core reads several long runs at once, each of them asked for before it is needed: the processor itself looks
// ahead within a page only.
#pragma once

#include <algorithm>
#include <cstdint>

#include "parallel.h"
#include "linear-fusion.h"
#include "vector-math.h"
#include "vectors.h"

namespace cai {

/** What a low-rank update adds to a product: leftᵀ · right for left [rank, rows] and right [rank, columns]. */
struct LowRankPart {
  const float *left, *right;
  int64_t rank;
};

/**
 * y [rows, columns] = x [rows, inner] · w + bias + update; if `with_gelu`, gelu of that; and plus `residual`, a matrix like y, unless it is null. No row's
 * result depends on the number of rows, none on the number of threads.
 */
struct SkinnyProduct {
  const float* x;
  const float* w;
  float* y;
  int64_t rows, inner, columns;
  Bias bias;
  bool with_gelu;
  const float* residual;
  LowRankPart update{nullptr, nullptr, 0};

  /** Sets `count` numbers of y, a row's from `column` on, from sums, which may be what stands there. */
  void set(const float* sums, int64_t row, int64_t column, int64_t count) const {
    float* const to = y + row * columns + column;
    for (int64_t i = 0; i < count; i++) to[i] = sums[i] + bias.at(column + i);
    for (int64_t r = 0; r < update.rank; r++) {
      const float factor = update.left[r * rows + row];
      const float* const right = update.right + r * columns + column;
      for (int64_t i = 0; i < count; i++) to[i] += factor * right[i];
    }
    if (with_gelu)
      for (int64_t i = 0; i < count; i++) to[i] = gelu(to[i]);
    if (residual != nullptr)
      for (int64_t i = 0; i < count; i++) to[i] += residual[row * columns + column + i];
  }

  /** Of `count` parts of the whole, so many are worth another thread. */
  int64_t worth_waking(int64_t count) const { return 1 + 65536 * count / std::max<int64_t>(1, rows * inner * columns); }
};

}  // namespace cai
