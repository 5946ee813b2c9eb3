// The skinny product whose weights are stored [columns, inner]: a row of them is a column of w.
#pragma once

#include "skinny-product.h"

namespace cai {

/**
 * Rows of w are read in as many runs side by side as are multiplied at once: those of a part's first rows, of its second and so on. So many rows of
 * x are multiplied at once; missing ones are computed as well, and go nowhere. A number's bits depend on neither.
 */
template <int64_t rows_at_once>
class SkinnyRows {
 public:
  explicit SkinnyRows(const SkinnyProduct& product) : product_(product) {}

  void compute() const {
    const int64_t columns = product_.columns;
    parallel(columns, std::max<int64_t>(product_.worth_waking(columns), runs), [&](int64_t begin, int64_t end) {
      const int64_t length = (end - begin) / runs;
      for (int64_t column = begin; column < begin + length; column++) dots<runs>(column, length, column + 1 < begin + length);
      for (int64_t column = begin + runs * length; column < end; column++) dots<1>(column, 0, false);
      for (int64_t row = 0; row < product_.rows; row++) product_.set(product_.y + row * columns + begin, row, begin, end - begin);
    });
  }

 private:
  static constexpr int64_t runs = lanes / rows_at_once;

  /** Rows of x with rows column, column + apart, … of the weights. */
  template <int64_t count>
  void dots(int64_t column, int64_t apart, bool goes_on) const {
    const float *const x = product_.x, *const w = product_.w;
    float* const y = product_.y;
    const int64_t rows = product_.rows, inner = product_.inner, columns = product_.columns;
    const float* const weights = w + column * inner;
    const int64_t groups = (rows + rows_at_once - 1) / rows_at_once;
    for (int64_t row = 0; row < rows; row += rows_at_once) {
      // While each group of rows is multiplied, a part of the weights that follow is asked for.
      const float* const next = weights + (goes_on ? inner + row / rows_at_once * inner / groups : 0);
      const float* inputs[rows_at_once];
      for (int64_t r = 0; r < rows_at_once; r++) inputs[r] = x + std::min(row + r, rows - 1) * inner;
      Vector sums[lanes] = {};
      int64_t k = 0;
      for (; k + lanes <= inner; k += lanes) {
        Vector weight[count];
        for (int64_t i = 0; i < count; i++) {
          weight[i] = load(weights + i * apart * inner + k);
          __builtin_prefetch(next + i * apart * inner + k / groups);
        }
        for (int64_t r = 0; r < rows_at_once; r++) {
          const Vector input = load(inputs[r] + k);
          for (int64_t i = 0; i < count; i++) sums[r * count + i] += weight[i] * input;
        }
      }
      float results[lanes];
      store(results, totals(sums));
      for (int64_t r = 0; r < rows_at_once && row + r < rows; r++)
        for (int64_t i = 0; i < count; i++) {
          float sum = results[r * count + i];
          for (int64_t rest = k; rest < inner; rest++) sum += weights[i * apart * inner + rest] * inputs[r][rest];
          y[(row + r) * columns + column + i * apart] = sum;
        }
    }
  }

  const SkinnyProduct product_;
};

/** One row alone wants more runs, several rows fewer loads. */
inline void multiply_rows(const SkinnyProduct& product) {
  if (lanes == 16 || (lanes == 8 && product.rows >= 4)) SkinnyRows<4>(product).compute();
  else SkinnyRows<2>(product).compute();
}

}  // namespace cai
