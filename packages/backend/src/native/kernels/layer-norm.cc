// Layer normalisation and its gradients; packages/kernels/src/layer-norm.ts has the formulas.
#include <algorithm>
#include <cmath>

#include "column-sums.h"
#include "layer-norm.h"
#include "op.h"
#include "parallel.h"
#include "row-sums.h"

namespace {

constexpr int64_t least = 32768;  // numbers a thread

int64_t least_rows(int64_t width) { return least / std::max<int64_t>(width, 1) + 1; }

/** Moments are mean and 1/√(variance + epsilon) of each row. */
struct LayerNorm {
  explicit LayerNorm(cai::Attributes& attributes) : epsilon(attributes.number("epsilon")) {}

  void compute(cai::Call& call) {
    const auto x = call.input<float>(0);
    const auto gain = call.input<float>(1);
    const auto bias = call.input<float>(2);
    const int64_t width = x.last();
    cai::require(gain.size == width && bias.size == width, "CaiLayerNorm: gain and bias are not as long as x's rows");
    const auto y = call.output<float>(0, x.shape);
    const auto moments = call.output<float>(1, {x.rows(), 2});
    cai::parallel(x.rows(), least_rows(width), [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; row++) {
        const auto [mean, scale] = cai::normalise(x.data + row * width, gain.data, bias.data, width, epsilon, y.data + row * width);
        moments.data[2 * row] = mean;
        moments.data[2 * row + 1] = scale;
      }
    });
  }

  const float epsilon;
};

struct LayerNormGradient {
  void compute(cai::Call& call) {
    const auto x = call.input<float>(0);
    const auto moments = call.input<float>(1);
    const auto gain = call.input<float>(2);
    const auto dy = call.input<float>(3);
    const int64_t width = x.last();
    cai::require(dy.size == x.size && gain.size == width && moments.size == 2 * x.rows(), "CaiLayerNormGradient: sizes do not fit");
    const auto dx = call.output<float>(0, x.shape);
    cai::parallel(x.rows(), least_rows(width), [&](int64_t begin, int64_t end) {
      for (int64_t row = begin; row < end; row++) {
        const float* const from = x.data + row * width;
        const float* const back = dy.data + row * width;
        float* const to = dx.data + row * width;
        const float mean = moments.data[2 * row];
        const float scale = moments.data[2 * row + 1];
        const float* const weight = gain.data;
        const float level = cai::row_sum(width, [=](int64_t i) { return back[i] * weight[i]; }) / width;
        const float along = cai::row_sum(width, [=](int64_t i) { return back[i] * weight[i] * ((from[i] - mean) * scale); }) / width;
        for (int64_t i = 0; i < width; i++) to[i] = (back[i] * weight[i] - level - (from[i] - mean) * scale * along) * scale;
      }
    });
  }
};

struct LayerNormGainGradient {
  void compute(cai::Call& call) {
    const auto x = call.input<float>(0);
    const auto moments = call.input<float>(1);
    const auto dy = call.input<float>(2);
    const int64_t width = x.last();
    cai::require(dy.size == x.size && moments.size == 2 * x.rows(), "CaiLayerNormGainGradient: sizes do not fit");
    const auto gain = call.output<float>(0, {width});
    cai::column_sums(x.rows(), width, gain.data, [&](int64_t row) {
      const float* const from = x.data + row * width;
      const float* const back = dy.data + row * width;
      return [=, mean = moments.data[2 * row], scale = moments.data[2 * row + 1]](int64_t i) { return back[i] * ((from[i] - mean) * scale); };
    });
  }
};

const cai::Op<LayerNorm> layer_norm("CaiLayerNorm", {"x: float", "gain: float", "bias: float"}, {"y: float", "moments: float"},
                                    {"epsilon: float"});
const cai::Op<LayerNormGradient> layer_norm_gradient("CaiLayerNormGradient",
                                                     {"x: float", "moments: float", "gain: float", "dy: float"}, {"dx: float"});
const cai::Op<LayerNormGainGradient> layer_norm_gain_gradient("CaiLayerNormGainGradient", {"x: float", "moments: float", "dy: float"},
                                                              {"dgain: float"});

}  // namespace
