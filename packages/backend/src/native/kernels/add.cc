// A sum; packages/kernels/src/sum.ts.
#include "op.h"
#include "parallel.h"

namespace {

constexpr int64_t least = 65536;  // numbers a thread

struct Add {
  void compute(cai::Call& call) {
    const auto a = call.input<float>(0);
    const auto b = call.input<float>(1);
    cai::require(a.shape == b.shape, "CaiAdd: a and b differ in shape");
    const auto y = call.output<float>(0, a.shape);
    cai::parallel(a.size, least, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; i++) y.data[i] = a.data[i] + b.data[i];
    });
  }
};

const cai::Op<Add> add("CaiAdd", {"a: float", "b: float"}, {"y: float"});

}  // namespace
