// Products of matrices of many rows; packages/kernels/src/packed-product.ts says how.
#include "op.h"
#include "product.h"
#include "tile-kernel.h"
#include "vector-kernel.h"

// Without fused multiplication and addition, TensorFlow's product is faster: it asks the processor what it has.
#if defined(CAI_TILES) || defined(__FMA__)
namespace {

using namespace cai;

#if defined(CAI_TILES)
using Kernel = TileKernel;
#else
using Kernel = VectorKernel;
#endif

class MatMul {
 public:
  explicit MatMul(Attributes& attributes)
      : transpose_a_(attributes.flag("transpose_a")), transpose_b_(attributes.flag("transpose_b")), biases_(attributes.integer("N")) {}

  void compute(Call& call) {
    const auto a = call.input<float>(0);
    const auto b = call.input<float>(1);
    require(a.shape.size() == 2 && b.shape.size() == 2, "CaiMatMul: a and b must be matrices");
    const Side left{{a.data, a.shape[0], a.shape[1], a.shape[1]}, !transpose_a_};
    const Side right{{b.data, b.shape[0], b.shape[1], b.shape[1]}, transpose_b_};
    require(left.depth() == right.depth() && left.depth() > 0, "CaiMatMul: the inner sizes of a and b differ, or are 0");
    require(biases_ == 0 || call.input<float>(2).size == right.lines(), "CaiMatMul: a bias for each column is wanted");
    const auto c = call.output<float>(0, {left.lines(), right.lines()});
    const float* const bias = biases_ == 0 ? nullptr : call.input<float>(2).data;
    Product<Kernel>(left, right, bias, c.data).compute();
  }

 private:
  const bool transpose_a_, transpose_b_;
  const int64_t biases_;
};

const Op<MatMul> op("CaiMatMul", {"a: float", "b: float", "bias: N * float"}, {"c: float"},
                    {"transpose_a: bool", "transpose_b: bool", "N: int >= 0"});

}  // namespace
#endif
