// Few rows times a matrix of 8-bit integers with a scale for each column; packages/kernels/src/int8-weights.ts has the layout.
#include <vector>

#include "int8-matmul.h"

namespace {

using namespace cai;

class Int8MatMul {
 public:
  explicit Int8MatMul(Attributes& attributes) : tiles_(attributes.flag("tiles")), fusion_(attributes) {}

  void compute(Call& call) {
    const auto x = call.input<float>(0);
    const auto integers = call.input<int32_t>(1);
    const auto scales = call.input<float>(2);
    require(x.shape.size() == 2, "CaiInt8MatMul: x must be a matrix");
    const int64_t rows = x.shape[0], inner = x.shape[1], columns = scales.size;
    const Shape blocks{blocks_of(columns, block_columns), blocks_of(inner, block_rows), block_rows / 4, block_columns};
    require(integers.shape == blocks, "CaiInt8MatMul: the sizes of x, w and scales don't fit");
    std::vector<float> normal;
    const auto [from, bias, with_gelu, residual] = fusion_.read(call, 3, x, columns, normal);
    const auto y = call.output<float>(0, {rows, columns});
    const auto* const weights = reinterpret_cast<const int8_t*>(integers.data);
    multiply_int8({from, weights, scales.data, bias, with_gelu, residual, y.data, rows, inner, columns}, tiles_);
  }

 private:
  const bool tiles_;
  const LinearFusion fusion_;
};

/** `tiles`: by tiles, where the level has them. */
const Op<Int8MatMul> op("CaiInt8MatMul",
                        {"x: float", "integers: int32", "scales: float", "bias: N * float", "residual: M * float", "norm: L * float"}, {"y: float"},
                        {"tiles: bool", "gelu: bool", "epsilon: float", "N: int >= 0", "M: int >= 0", "L: int >= 0"});

}  // namespace
