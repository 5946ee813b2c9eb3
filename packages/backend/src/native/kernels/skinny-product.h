// Few rows times a large matrix that is read once, as fast as memory gives it; packages/kernels/src/skinny-product.ts says why.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "attention-product.h"
#include "op.h"
#include "parallel.h"

namespace cai {

/**
 * Calls work(begin, end) for ranges of columns, given the products each takes: one range a thread, because memory gives long runs faster.
 * Threads share whole vectors, so that it depends on the number of columns alone which are computed one by one.
 */
template <class Work>
void share_columns(int64_t columns, int64_t products, const Work& work) {
  const int64_t vectors = round_up(columns, lanes) / lanes;
  const int64_t worth_waking = 65536 / (lanes * std::max<int64_t>(1, products));
  parallel(vectors, std::max({int64_t{1}, worth_waking, vectors / thread_count()}),
           [&](int64_t begin, int64_t end) { work(begin * lanes, std::min(columns, end * lanes)); });
}

/**
 * y = x·w, where `Weights` reads w, [inner, columns]: read<count>(k, column, vectors) gives vectors of rows k … k + count, one(k, column)
 * a single number, finished(sum, column) what becomes of a sum. No row's result depends on the number of rows.
 */
template <class Weights>
class SkinnyProduct {
 public:
  SkinnyProduct(const float* x, const Weights& w, float* y, int64_t rows, int64_t inner, int64_t columns)
      : x_(x), w_(w), y_(y), rows_(rows), inner_(inner), columns_(columns) {}

  void compute() const {
    share_columns(columns_, rows_ * inner_, [&](int64_t begin, int64_t end) { compute(begin, end); });
  }

 private:
  /** The sums of so many columns stay near while rows of w stream by. */
  static constexpr int64_t strip = 1536;
  /** Rows of sums a power of two apart would fight for the same lines of the cache. */
  static constexpr int64_t stride = strip + 16;
  /** So many rows of w are taken at once. */
  static constexpr int step = 8;

  void compute(int64_t begin, int64_t end) const {
    std::vector<float> sums(rows_ * stride);
    for (int64_t column = begin; column < end; column += strip) {
      const int64_t width = std::min(strip, end - column);
      std::fill(sums.begin(), sums.end(), 0.0f);
      int64_t k = 0;
      for (; k + step <= inner_; k += step) add<step>(k, column, width, sums.data());
      for (; k < inner_; k++) add<1>(k, column, width, sums.data());
      for (int64_t row = 0; row < rows_; row++)
        for (int64_t n = 0; n < width; n++) y_[row * columns_ + column + n] = w_.finished(sums[row * stride + n], column + n);
    }
  }

  /** Adds `count` rows of w from `first` on, weighed by x, to the sums of `width` columns. */
  template <int count>
  void add(int64_t first, int64_t column, int64_t width, float* sums) const {
    const float* const inputs = x_ + first;
    int64_t n = 0;
    for (; n + lanes <= width; n += lanes) {
      Vector weights[count];
      w_.template read<count>(first, column + n, weights);
      for (int64_t row = 0; row < rows_; row++) {
        Vector sum = load(sums + row * stride + n);
        for (int k = 0; k < count; k++) sum += weights[k] * inputs[row * inner_ + k];
        store(sums + row * stride + n, sum);
      }
    }
    for (; n < width; n++)
      for (int k = 0; k < count; k++) {
        const float weight = w_.one(first + k, column + n);
        for (int64_t row = 0; row < rows_; row++) sums[row * stride + n] += weight * inputs[row * inner_ + k];
      }
  }

  const float* const x_;
  const Weights w_;
  float* const y_;
  const int64_t rows_, inner_, columns_;
};

/** What is added to each column's sum: nothing, or a bias of one number a column. An op declares it as "bias: N * float", "N: int >= 0". */
class Bias {
 public:
  Bias(Call& call, int index, int64_t count, int64_t columns) {
    if (count == 0) return;
    const auto bias = call.input<float>(index);
    require(bias.size == columns, "the bias is not as long as the product's rows");
    bias_ = bias.data;
  }
  float at(int64_t column) const { return bias_ == nullptr ? 0.0f : bias_[column]; }

 private:
  const float* bias_ = nullptr;
};

}  // namespace cai
