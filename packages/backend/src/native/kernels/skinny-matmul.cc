// Few rows times a large matrix; packages/kernels/src/skinny-product.ts says why.
#include "op.h"
#include "skinny-product.h"

namespace {

using namespace cai;

/** Stored [inner, columns]. */
struct FloatWeights {
  const float* w;
  int64_t columns;
  Bias bias;

  template <int count>
  void read(int64_t k, int64_t column, Vector* vectors) const {
    const float* const from = w + k * columns + column;
    for (int i = 0; i < count; i++) {
      vectors[i] = load(from + i * columns);
      // The rows that follow: the processor itself looks ahead within a page only.
      __builtin_prefetch(from + (i + count) * columns);
    }
  }
  float one(int64_t k, int64_t column) const { return w[k * columns + column]; }
  float finished(float sum, int64_t column) const { return sum + bias.at(column); }
};

/** y = x·wᵀ, where w is stored [columns, inner]. */
struct TransposedProduct {
  const float* x;
  const float* w;
  float* y;
  int64_t rows, inner, columns;
  Bias bias;

  void compute() const {
    share_columns(columns, rows * inner, [&](int64_t begin, int64_t end) {
      int64_t column = begin;
      for (; column + 2 <= end; column += 2) dots<2>(column);
      if (column < end) dots<1>(column);
    });
  }

 private:
  template <int outputs>
  void dots(int64_t column) const {
    int64_t row = 0;
    for (; row + tile_rows <= rows; row += tile_rows) dots<outputs, tile_rows>(row, column);
    for (; row + tile_rows / 2 <= rows; row += tile_rows / 2) dots<outputs, tile_rows / 2>(row, column);
    for (; row < rows; row++) dots<outputs, 1>(row, column);
  }

  /** `count` rows of x with `outputs` rows of w. */
  template <int outputs, int count>
  void dots(int64_t row, int64_t column) const {
    const float* const inputs = x + row * inner;
    const float* const from = w + column * inner;
    Vector sums[outputs][count] = {};
    int64_t k = 0;
    for (; k + lanes <= inner; k += lanes) {
      Vector weights[outputs];
      for (int o = 0; o < outputs; o++) {
        weights[o] = load(from + o * inner + k);
        __builtin_prefetch(from + (o + outputs) * inner + k);
      }
      for (int i = 0; i < count; i++) {
        const Vector input = load(inputs + i * inner + k);
        for (int o = 0; o < outputs; o++) sums[o][i] += weights[o] * input;
      }
    }
    for (int i = 0; i < count; i++)
      for (int o = 0; o < outputs; o++) {
        float sum = total(sums[o][i]);
        for (int64_t rest = k; rest < inner; rest++) sum += from[o * inner + rest] * inputs[i * inner + rest];
        y[(row + i) * columns + column + o] = sum + bias.at(column + o);
      }
  }
};

class SkinnyMatMul {
 public:
  explicit SkinnyMatMul(Attributes& attributes) : transposed_(attributes.flag("transposed")), biases_(attributes.integer("N")) {}

  void compute(Call& call) {
    const auto x = call.input<float>(0);
    const auto w = call.input<float>(1);
    require(x.shape.size() == 2 && w.shape.size() == 2, "CaiSkinnyMatMul: x and w must be matrices");
    require(x.shape[1] == w.shape[transposed_ ? 1 : 0], "CaiSkinnyMatMul: the inner sizes of x and w differ");
    const int64_t rows = x.shape[0], inner = x.shape[1], columns = w.shape[transposed_ ? 0 : 1];
    const auto y = call.output<float>(0, {rows, columns});
    const Bias bias(call, 2, biases_, columns);
    if (transposed_) TransposedProduct{x.data, w.data, y.data, rows, inner, columns, bias}.compute();
    else SkinnyProduct<FloatWeights>(x.data, {w.data, columns, bias}, y.data, rows, inner, columns).compute();
  }

 private:
  const bool transposed_;
  const int64_t biases_;
};

const Op<SkinnyMatMul> op("CaiSkinnyMatMul", {"x: float", "w: float", "bias: N * float"}, {"y: float"}, {"transposed: bool", "N: int >= 0"});

}  // namespace
