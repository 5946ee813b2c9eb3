// Few rows times a large matrix; packages/kernels/src/skinny-product.ts says why.
#include <vector>

#include "op.h"
#include "skinny-columns.h"
#include "skinny-rows.h"

namespace {

using namespace cai;

class SkinnyMatMul {
 public:
  explicit SkinnyMatMul(Attributes& attributes) : transposed_(attributes.flag("transposed")), fusion_(attributes) {}

  void compute(Call& call) {
    const auto x = call.input<float>(0);
    const auto w = call.input<float>(1);
    require(x.shape.size() == 2 && w.shape.size() == 2, "CaiSkinnyMatMul: x and w must be matrices");
    require(x.shape[1] == w.shape[transposed_ ? 1 : 0], "CaiSkinnyMatMul: the inner sizes of x and w differ");
    const int64_t rows = x.shape[0], inner = x.shape[1], columns = w.shape[transposed_ ? 0 : 1];
    std::vector<float> normal;
    const auto [from, bias, with_gelu, residual] = fusion_.read(call, 2, x, columns, normal);
    const auto y = call.output<float>(0, {rows, columns});
    const SkinnyProduct product{from, w.data, y.data, rows, inner, columns, bias, with_gelu, residual};
    if (transposed_) multiply_rows(product);
    else SkinnyColumns(product).compute();
  }

 private:
  const bool transposed_;
  const LinearFusion fusion_;
};

const Op<SkinnyMatMul> op("CaiSkinnyMatMul", {"x: float", "w: float", "bias: N * float", "residual: M * float", "norm: L * float"}, {"y: float"},
                          {"transposed: bool", "gelu: bool", "epsilon: float", "N: int >= 0", "M: int >= 0", "L: int >= 0"});

}  // namespace
