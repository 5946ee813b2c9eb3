// What the loops over 8-bit weights share; packages/kernels/src/int8-weights.ts has the layout.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "op.h"
#include "parallel.h"
#include "linear-fusion.h"
#include "vector-math.h"
#include "vectors.h"

namespace cai {

/** Weights lie in blocks of so many columns and rows, four rows of a column in an int32: what a tile holds, as it wants it. */
constexpr int64_t block_columns = 16, block_rows = 64, block_bytes = block_columns * block_rows;

constexpr int64_t blocks_of(int64_t count, int64_t size) { return (count + size - 1) / size; }

/**
 * y [rows, columns] = x [rows, inner] · w · scales + bias; if `with_gelu`, gelu of that; and plus `residual`, a matrix like y, unless it is null. No
 * row's result depends on the other rows.
 */
struct Int8Product {
  const float* x;
  const int8_t* w;
  const float* scales;
  Bias bias;
  bool with_gelu;
  const float* residual;
  float* y;
  int64_t rows, inner, columns;

  /** Blocks one behind the other, from row 0 on. */
  int64_t depth() const { return blocks_of(inner, block_rows); }

  /** Calls work(begin, end) for ranges of blocks of columns. */
  template <class Work>
  void share(const Work& work) const {
    constexpr int64_t worth_waking = 32;
    parallel(blocks_of(columns, block_columns), worth_waking / std::max<int64_t>(1, depth()) + 1, work);
  }
};

/** The largest size among numbers, NaN if one is none: as integers, sizes have the same order, and NaN stands above them all. */
inline float largest_size(const float* x, int64_t count) {
  int32_t largest = 0;
  for (int64_t i = 0; i < count; i++) {
    int32_t bits;
    std::memcpy(&bits, x + i, sizeof bits);
    largest = std::max(largest, bits & 0x7fffffff);
  }
  float number;
  std::memcpy(&number, &largest, sizeof number);
  return number;
}

/** GELU of each. On its own, because the compiler finds vectors here only where it does not know how many numbers there are. */
__attribute__((noinline)) inline void gelu_all(float* numbers, int64_t count) {
  for (int64_t i = 0; i < count; i++) numbers[i] = gelu(numbers[i]);
}

/** The columns of a block, from row 0 on. */
class Int8Columns {
 public:
  Int8Columns(const Int8Product& product, int64_t block)
      : weights(product.w + block * product.depth() * block_bytes),
        product_(product),
        first_(block * block_columns),
        width_(std::min(block_columns, product.columns - first_)) {
    for (int64_t n = 0; n < width_; n++) {
      scales_[n] = product.scales[first_ + n];
      biases_[n] = product.bias.at(first_ + n);
    }
  }

  const int8_t* const weights;

  /** Sets a row of the result from sums over integers, of which one is worth `unit`. */
  void set(int64_t row, const float* sums, float unit) const {
    float numbers[block_columns];
    for (int64_t n = 0; n < block_columns; n++) numbers[n] = sums[n] * unit * scales_[n] + biases_[n];
    if (product_.with_gelu) gelu_all(numbers, block_columns);
    const int64_t place = row * product_.columns + first_;
    if (width_ == block_columns) write(numbers, place, block_columns);
    else write(numbers, place, width_);
  }

 private:
  void write(float* numbers, int64_t place, int64_t count) const {
    if (product_.residual != nullptr)
      for (int64_t n = 0; n < count; n++) numbers[n] += product_.residual[place + n];
    std::copy_n(numbers, count, product_.y + place);
  }

  const Int8Product& product_;
  const int64_t first_, width_;
  float scales_[block_columns] = {}, biases_[block_columns] = {};
};

/** Asks for weights that follow in memory: so early, they come half as fast again as the processor fetches them by itself. */
inline void fetch_ahead(const int8_t* block) {
  constexpr int64_t distance = 8 * block_bytes, line = 64;
  for (int64_t i = 0; i < block_bytes; i += line) __builtin_prefetch(block + distance + i, 0, 2);
}

}  // namespace cai
