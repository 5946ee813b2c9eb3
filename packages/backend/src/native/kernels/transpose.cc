// A matrix, rows to columns; packages/kernels/src/transposed.ts.
#include "transpose.h"

#include "op.h"

namespace {

struct Transpose {
  void compute(cai::Call& call) {
    const auto x = call.input<float>(0);
    cai::require(x.shape.size() == 2, "CaiTranspose: x must be a matrix");
    const auto y = call.output<float>(0, {x.shape[1], x.shape[0]});
    cai::transpose(x.data, x.shape[0], x.shape[1], y.data);
  }
};

const cai::Op<Transpose> transpose("CaiTranspose", {"x: float"}, {"y: float"});

}  // namespace
