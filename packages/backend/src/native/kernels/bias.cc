// What a bias adds to each row, and its gradient; packages/kernels/src/bias.ts has the formulas.
#include <algorithm>

#include "op.h"
#include "parallel.h"

namespace {

constexpr int64_t least = 131072;  // numbers a thread: adding is done before another thread is awake

/** x [..., O] += bias [O], in the memory of x. */
struct AddBias {
  void compute(cai::Call& call) {
    const auto x = call.input<float>(0);
    const auto bias = call.input<float>(1);
    const int64_t width = bias.size;
    cai::require(x.last() == width, "CaiAddBias: the bias is not as long as x's rows");
    cai::parallel(x.rows(), least / std::max<int64_t>(width, 1) + 1, [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; row++) {
        float* const y = x.data + row * width;
        for (int64_t i = 0; i < width; i++) y[i] += bias.data[i];
      }
    });
  }
};

/** x [..., H] to [H]. A column's sum is taken by one thread, in the order of the rows. */
struct SumRows {
  void compute(cai::Call& call) {
    const auto x = call.input<float>(0);
    const int64_t width = x.last();
    const int64_t rows = x.rows();
    const auto sums = call.output<float>(0, {width});
    cai::parallel(width, std::max<int64_t>(least / std::max<int64_t>(rows, 1), 16), [&](int64_t begin, int64_t end) {
      float* const y = sums.data;
      std::fill(y + begin, y + end, 0.0f);
      int64_t row = 0;
      for (; row + 4 <= rows; row += 4) {
        const float* const from = x.data + row * width;
        for (int64_t i = begin; i < end; i++) y[i] += (from[i] + from[i + width]) + (from[i + 2 * width] + from[i + 3 * width]);
      }
      for (; row < rows; row++) {
        for (int64_t i = begin; i < end; i++) y[i] += x.data[row * width + i];
      }
    });
  }
};

const cai::Op<AddBias> add_bias("CaiAddBias", {"x: float", "bias: float"}, {});
const cai::Op<SumRows> sum_rows("CaiSumRows", {"x: float"}, {"sums: float"});

}  // namespace
