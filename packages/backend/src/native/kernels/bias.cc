// What a bias adds to each row, and its gradient; packages/kernels/src/bias.ts has the formulas.
#include <algorithm>

#include "column-sums.h"
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

/** x [..., H] to [H]. */
struct SumRows {
  void compute(cai::Call& call) {
    const auto x = call.input<float>(0);
    const int64_t width = x.last();
    const auto sums = call.output<float>(0, {width});
    cai::column_sums(x.rows(), width, sums.data, [&](int64_t row) {
      return [from = x.data + row * width](int64_t i) { return from[i]; };
    });
  }
};

const cai::Op<AddBias> add_bias("CaiAddBias", {"x: float", "bias: float"}, {});
const cai::Op<SumRows> sum_rows("CaiSumRows", {"x: float"}, {"sums: float"});

}  // namespace
