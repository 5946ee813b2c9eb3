// Few rows times a matrix of 8-bit integers with a scale for each column; packages/kernels/src/int8-weights.ts has the layout.
#include "op.h"
#include "skinny-product.h"

namespace {

using namespace cai;

typedef int32_t Integers __attribute__((vector_size(lanes * sizeof(int32_t))));

/** Stored [inner / 4, columns]: the bytes of an int32, the lowest first, are four rows of w. */
struct Int8Weights {
  const int32_t* packed;
  const float* scales;
  int64_t columns;
  Bias bias;

  template <int count>
  void read(int64_t k, int64_t column, Vector* vectors) const {
    static_assert(count == 1 || count % 4 == 0, "whole int32s, or one byte");
    const int32_t* const from = packed + k / 4 * columns + column;
    if constexpr (count == 1) {
      vectors[0] = numbers(loaded(from) << (24 - k % 4 * 8));
    } else {
      for (int i = 0; i < count / 4; i++) {
        const Integers four = loaded(from + i * columns);
        __builtin_prefetch(from + (i + count / 4) * columns);
        for (int byte = 0; byte < 4; byte++) vectors[4 * i + byte] = numbers(four << (24 - byte * 8));
      }
    }
  }
  float one(int64_t k, int64_t column) const {
    return static_cast<float>(static_cast<int32_t>(static_cast<uint32_t>(packed[k / 4 * columns + column]) << (24 - k % 4 * 8)) >> 24);
  }
  float finished(float sum, int64_t column) const { return sum * scales[column] + bias.at(column); }

 private:
  static Integers loaded(const int32_t* from) {
    Integers integers;
    std::memcpy(&integers, from, sizeof integers);
    return integers;
  }
  /** The highest byte of each. */
  static Vector numbers(Integers shifted) { return __builtin_convertvector(shifted >> 24, Vector); }
};

class Int8MatMul {
 public:
  explicit Int8MatMul(Attributes& attributes) : biases_(attributes.integer("N")) {}

  void compute(Call& call) {
    const auto x = call.input<float>(0);
    const auto packed = call.input<int32_t>(1);
    const auto scales = call.input<float>(2);
    require(x.shape.size() == 2 && packed.shape.size() == 2, "CaiInt8MatMul: x and w must be matrices");
    const int64_t rows = x.shape[0], inner = x.shape[1], columns = scales.size;
    require(packed.shape[0] == (inner + 3) / 4 && packed.shape[1] == columns, "CaiInt8MatMul: the sizes of x, w and scales don't fit");
    const auto y = call.output<float>(0, {rows, columns});
    const Bias bias(call, 3, biases_, columns);
    SkinnyProduct<Int8Weights>(x.data, {packed.data, scales.data, columns, bias}, y.data, rows, inner, columns).compute();
  }

 private:
  const int64_t biases_;
};

const Op<Int8MatMul> op("CaiInt8MatMul", {"x: float", "packed: int32", "scales: float", "bias: N * float"}, {"y: float"}, {"N: int >= 0"});

}  // namespace
