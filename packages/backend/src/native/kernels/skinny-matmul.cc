// Few rows times a large matrix; packages/kernels/src/skinny-product.ts says why.
#include <vector>

#include "layer-norm.h"
#include "op.h"
#include "skinny-columns.h"
#include "skinny-rows.h"

namespace {

using namespace cai;

class SkinnyMatMul {
 public:
  explicit SkinnyMatMul(Attributes& attributes)
      : transposed_(attributes.flag("transposed")),
        gelu_(attributes.flag("gelu")),
        biases_(attributes.integer("N")),
        residuals_(attributes.integer("M")),
        norms_(attributes.integer("L")),
        epsilon_(attributes.number("epsilon")) {}

  void compute(Call& call) {
    auto x = call.input<float>(0);
    const auto w = call.input<float>(1);
    require(x.shape.size() == 2 && w.shape.size() == 2, "CaiSkinnyMatMul: x and w must be matrices");
    require(x.shape[1] == w.shape[transposed_ ? 1 : 0], "CaiSkinnyMatMul: the inner sizes of x and w differ");
    const int64_t rows = x.shape[0], inner = x.shape[1], columns = w.shape[transposed_ ? 0 : 1];
    const Bias bias(call, 2, biases_, columns);
    int next = 2 + static_cast<int>(biases_);
    const float* residual = nullptr;
    if (residuals_ > 0) {
      const auto given = call.input<float>(next++);
      require(given.shape == Shape({rows, columns}), "CaiSkinnyMatMul: the residual is not of the product's shape");
      residual = given.data;
    }
    std::vector<float> normal;
    if (norms_ > 0) {
      const auto gain = call.input<float>(next), shift = call.input<float>(next + 1);
      require(gain.size == inner && shift.size == inner, "CaiSkinnyMatMul: gain and bias are not as long as x's rows");
      normal.resize(x.size);
      for (int64_t row = 0; row < rows; row++) normalise(x.data + row * inner, gain.data, shift.data, inner, epsilon_, &normal[row * inner]);
      x.data = normal.data();
    }
    const auto y = call.output<float>(0, {rows, columns});
    const SkinnyProduct product{x.data, w.data, y.data, rows, inner, columns, bias, gelu_, residual};
    if (transposed_) SkinnyRows(product).compute();
    else SkinnyColumns(product).compute();
  }

 private:
  const bool transposed_, gelu_;
  const int64_t biases_, residuals_, norms_;
  const float epsilon_;
};

const Op<SkinnyMatMul> op("CaiSkinnyMatMul", {"x: float", "w: float", "bias: N * float", "residual: M * float", "norm: L * float"}, {"y: float"},
                          {"transposed: bool", "gelu: bool", "epsilon: float", "N: int >= 0", "M: int >= 0", "L: int >= 0"});

}  // namespace
