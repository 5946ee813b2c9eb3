// A norm before a linear layer, and a bias, an activation and a residual after it, fused into its operation; packages/kernels/src/fused-linear.ts.
#pragma once

#include <cstdint>
#include <vector>

#include "layer-norm.h"
#include "op.h"

namespace cai {

/** What is added to each column's sum: nothing, or a bias of one number a column. */
class Bias {
 public:
  Bias(const float* numbers) : numbers_(numbers) {}
  float at(int64_t column) const { return numbers_ == nullptr ? 0.0f : numbers_[column]; }

 private:
  const float* numbers_;
};

/** What an op reads of them; null for what is not there. */
struct FusedInputs {
  /** The input, normalised if that is wanted. */
  const float* x;
  Bias bias;
  bool with_gelu;
  const float* residual;
};

/**
 * The attributes of an op that is declared with the inputs "bias: N * float", "residual: M * float" and "norm: L * float" behind its own, and with
 * "gelu: bool", "epsilon: float", "N: int >= 0", "M: int >= 0", "L: int >= 0".
 */
class LinearFusion {
 public:
  explicit LinearFusion(Attributes& attributes)
      : gelu_(attributes.flag("gelu")),
        biases_(attributes.integer("N")),
        residuals_(attributes.integer("M")),
        norms_(attributes.integer("L")),
        epsilon_(attributes.number("epsilon")) {}

  /** Reads the inputs from number `next` on, for a layer from x to so many columns; `normal` holds what is made of x. */
  FusedInputs read(Call& call, int next, const Numbers<float>& x, int64_t columns, std::vector<float>& normal) const {
    FusedInputs found{x.data, nullptr, gelu_, nullptr};
    const int64_t rows = x.shape[0], inner = x.shape[1];
    if (biases_ > 0) {
      const auto bias = call.input<float>(next++);
      require(bias.size == columns, "a bias is not as long as the product's rows");
      found.bias = bias.data;
    }
    if (residuals_ > 0) {
      const auto residual = call.input<float>(next++);
      require(residual.shape == Shape({rows, columns}), "a residual is not of the product's shape");
      found.residual = residual.data;
    }
    if (norms_ > 0) {
      const auto gain = call.input<float>(next), shift = call.input<float>(next + 1);
      require(gain.size == inner && shift.size == inner, "a norm's gain and bias are not as long as x's rows");
      normal.resize(x.size);
      for (int64_t row = 0; row < rows; row++) normalise(x.data + row * inner, gain.data, shift.data, inner, epsilon_, &normal[row * inner]);
      found.x = normal.data();
    }
    return found;
  }

 private:
  const bool gelu_;
  const int64_t biases_, residuals_, norms_;
  const float epsilon_;
};

}  // namespace cai
