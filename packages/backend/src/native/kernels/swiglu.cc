// silu(gate)·up, and the gradients of both; packages/kernels/src/swiglu.ts has the formulas.
#include "op.h"
#include "parallel.h"
#include "vector-math.h"

namespace {

constexpr int64_t least = 16384;  // numbers a thread

struct Swiglu {
  void compute(cai::Call& call) {
    const auto gate = call.input<float>(0);
    const auto up = call.input<float>(1);
    cai::require(gate.size == up.size, "CaiSwiglu: gate and up differ in size");
    const auto y = call.output<float>(0, gate.shape);
    cai::parallel(gate.size, least, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; i++) y.data[i] = gate.data[i] * cai::sigmoid(gate.data[i]) * up.data[i];
    });
  }
};

struct SwigluGradient {
  void compute(cai::Call& call) {
    const auto gate = call.input<float>(0);
    const auto up = call.input<float>(1);
    const auto dy = call.input<float>(2);
    cai::require(gate.size == up.size && gate.size == dy.size, "CaiSwigluGradient: gate, up and dy differ in size");
    const auto dgate = call.output<float>(0, gate.shape);
    const auto dup = call.output<float>(1, up.shape);
    cai::parallel(gate.size, least, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; i++) {
        const float number = gate.data[i];
        const float back = dy.data[i];
        const float s = cai::sigmoid(number);
        const float factor = up.data[i];
        dgate.data[i] = back * factor * (s + number * s * (1 - s));
        dup.data[i] = back * number * s;
      }
    });
  }
};

const cai::Op<Swiglu> swiglu("CaiSwiglu", {"gate: float", "up: float"}, {"y: float"});
const cai::Op<SwigluGradient> swiglu_gradient("CaiSwigluGradient", {"gate: float", "up: float", "dy: float"},
                                              {"dgate: float", "dup: float"});

}  // namespace
