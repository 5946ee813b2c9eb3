// Root-mean-square normalisation and its gradients; packages/kernels/src/rms-norm.ts has the formulas.
#include <algorithm>

#include "column-sums.h"
#include "op.h"
#include "parallel.h"
#include "rms-norm.h"

namespace {

constexpr int64_t least = 32768;  // numbers a thread

int64_t least_rows(int64_t width) { return least / std::max<int64_t>(width, 1) + 1; }

struct RmsNorm {
  explicit RmsNorm(cai::Attributes& attributes) : epsilon(attributes.number("epsilon")) {}

  void compute(cai::Call& call) {
    const auto x = call.input<float>(0);
    const auto gain = call.input<float>(1);
    const int64_t width = x.last();
    cai::require(gain.size == width, "CaiRmsNorm: the gain is not as long as x's rows");
    const auto y = call.output<float>(0, x.shape);
    const auto scales = call.output<float>(1, {x.rows()});
    cai::parallel(x.rows(), least_rows(width), [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; row++) {
        scales.data[row] = cai::normalise_by_rms(x.data + row * width, gain.data, 0, width, epsilon, y.data + row * width);
      }
    });
  }

  const float epsilon;
};

struct RmsNormGradient {
  void compute(cai::Call& call) {
    const auto x = call.input<float>(0);
    const auto scales = call.input<float>(1);
    const auto gain = call.input<float>(2);
    const auto dy = call.input<float>(3);
    const int64_t width = x.last();
    cai::require(dy.size == x.size && gain.size == width && scales.size == x.rows(), "CaiRmsNormGradient: sizes do not fit");
    const auto dx = call.output<float>(0, x.shape);
    cai::parallel(x.rows(), least_rows(width), [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; row++) {
        const float* const from = x.data + row * width;
        const float* const back = dy.data + row * width;
        float* const to = dx.data + row * width;
        const float* const weight = gain.data;
        const float scale = scales.data[row];
        const float along = cai::row_sum(width, [=](int64_t i) { return back[i] * weight[i] * from[i]; }) / width * scale * scale;
        for (int64_t i = 0; i < width; i++) to[i] = (back[i] * weight[i] - from[i] * along) * scale;
      }
    });
  }
};

struct RmsNormGainGradient {
  void compute(cai::Call& call) {
    const auto x = call.input<float>(0);
    const auto scales = call.input<float>(1);
    const auto dy = call.input<float>(2);
    const int64_t width = x.last();
    cai::require(dy.size == x.size && scales.size == x.rows(), "CaiRmsNormGainGradient: sizes do not fit");
    const auto gain = call.output<float>(0, {width});
    cai::column_sums(x.rows(), width, gain.data, [&](int64_t row) {
      const float* const from = x.data + row * width;
      const float* const back = dy.data + row * width;
      return [=, scale = scales.data[row]](int64_t i) { return back[i] * (from[i] * scale); };
    });
  }
};

const cai::Op<RmsNorm> rms_norm("CaiRmsNorm", {"x: float", "gain: float"}, {"y: float", "scales: float"}, {"epsilon: float"});
const cai::Op<RmsNormGradient> rms_norm_gradient("CaiRmsNormGradient", {"x: float", "scales: float", "gain: float", "dy: float"},
                                                 {"dx: float"});
const cai::Op<RmsNormGainGradient> rms_norm_gain_gradient("CaiRmsNormGainGradient", {"x: float", "scales: float", "dy: float"},
                                                          {"dgain: float"});

}  // namespace
