// GELU in its tanh form, and its derivative; packages/kernels/src/gelu.ts has the formulas.
#include "op.h"
#include "parallel.h"
#include "vector-math.h"

namespace {

constexpr float a = 0.044715f;
constexpr float c = 0.7978845608028654f;  // √(2/π)
constexpr int64_t least = 16384;          // numbers a thread

struct Gelu {
  void compute(cai::Call& call) {
    const auto x = call.input<float>(0);
    const auto y = call.output<float>(0, x.shape);
    cai::parallel(x.size, least, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; i++) y.data[i] = cai::gelu(x.data[i]);
    });
  }
};

struct GeluGradient {
  void compute(cai::Call& call) {
    const auto x = call.input<float>(0);
    const auto dy = call.input<float>(1);
    cai::require(x.size == dy.size, "CaiGeluGradient: x and dy differ in size");
    const auto dx = call.output<float>(0, x.shape);
    cai::parallel(x.size, least, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; i++) {
        const float number = x.data[i];
        const float square = number * number;
        const float s = cai::sigmoid(2 * c * number * (1 + a * square));
        dx.data[i] = dy.data[i] * (s + number * s * (1 - s) * 2 * c * (1 + 3 * a * square));
      }
    });
  }
};

const cai::Op<Gelu> gelu("CaiGelu", {"x: float"}, {"y: float"});
const cai::Op<GeluGradient> gelu_gradient("CaiGeluGradient", {"x: float", "dy: float"}, {"dx: float"});

}  // namespace
