// Few rows times a matrix of 8-bit integers with a scale for each column; packages/kernels/src/int8-weights.ts has the layout.
#include <cstring>
#include <vector>

#include "int8-product.h"
#include "int8-tiles.h"

namespace {

using namespace cai;

typedef int32_t Integers __attribute__((vector_size(lanes * sizeof(int32_t))));
typedef uint32_t Words __attribute__((vector_size(lanes * sizeof(uint32_t))));

/** For any processor: weights become floats on their way. */
struct Int8Vectors {
  const Int8Product product;

  void compute() const {
    product.share([this](int64_t begin, int64_t end) {
      for (int64_t block = begin; block < end; block++) {
        const Int8Columns columns(product, block);
        const int64_t done = lanes == 16 ? multiply_by<8>(columns, 0) : 0;
        multiply_by<1>(columns, multiply_by<2>(columns, multiply_by<4>(columns, done)));
      }
    });
  }

 private:
  static constexpr int vectors = block_columns / lanes;

  /** So many rows at a time, from `row` on, with the columns of a block; gives the first that is left over. */
  template <int count>
  int64_t multiply_by(const Int8Columns& columns, int64_t row) const {
    for (; row + count <= product.rows; row += count) multiply<count>(columns, row);
    return row;
  }

  template <int count>
  void multiply(const Int8Columns& columns, int64_t row) const {
    const float* const x = product.x + row * product.inner;
    const int8_t* const w = columns.weights;
    Vector sums[count][vectors] = {};
    int64_t k = 0;
    for (; k + 4 <= product.inner; k += 4) add<count, 4>(x + k, w + k * block_columns, sums);
    const int64_t rest = product.inner - k;
    if (rest == 1) add<count, 1>(x + k, w + k * block_columns, sums);
    if (rest == 2) add<count, 2>(x + k, w + k * block_columns, sums);
    if (rest == 3) add<count, 3>(x + k, w + k * block_columns, sums);
    for (int i = 0; i < count; i++) {
      float numbers[block_columns];
      std::memcpy(numbers, sums[i], sizeof numbers);
      columns.set(row + i, numbers, 1);
    }
  }

  /** Adds so many rows of w, of the four that lie together. */
  template <int count, int bytes>
  void add(const float* x, const int8_t* w, Vector (&sums)[count][vectors]) const {
    __builtin_prefetch(w + 2 * block_bytes, 0, 2);
    for (int v = 0; v < vectors; v++) {
      Words four;
      std::memcpy(&four, w + v * sizeof four, sizeof four);
      for (int byte = 0; byte < bytes; byte++) {
        const Vector weights = __builtin_convertvector(reinterpret_cast<Integers>(four << (24 - 8 * byte)) >> 24, Vector);
        for (int i = 0; i < count; i++) sums[i][v] += weights * x[i * product.inner + byte];
      }
    }
  }
};

class Int8MatMul {
 public:
  explicit Int8MatMul(Attributes& attributes) : tiles_(attributes.flag("tiles")), fusion_(attributes) {}

  void compute(Call& call) {
    const auto x = call.input<float>(0);
    const auto integers = call.input<int32_t>(1);
    const auto scales = call.input<float>(2);
    require(x.shape.size() == 2, "CaiInt8MatMul: x must be a matrix");
    const int64_t rows = x.shape[0], inner = x.shape[1], columns = scales.size;
    const Shape blocks{blocks_of(columns, block_columns), blocks_of(inner, block_rows), block_rows / 4, block_columns};
    require(integers.shape == blocks, "CaiInt8MatMul: the sizes of x, w and scales don't fit");
    std::vector<float> normal;
    const auto [from, bias, with_gelu, residual] = fusion_.read(call, 3, x, columns, normal);
    const auto y = call.output<float>(0, {rows, columns});
    const auto* const weights = reinterpret_cast<const int8_t*>(integers.data);
    const Int8Product product{from, weights, scales.data, bias, with_gelu, residual, y.data, rows, inner, columns};
#if defined(CAI_TILES)
    if (tiles_ && inner <= Int8Tiles::most_inner) return Int8Tiles(product).compute();
#endif
    Int8Vectors{product}.compute();
  }

 private:
  [[maybe_unused]] const bool tiles_;
  const LinearFusion fusion_;
};

/** `tiles`: by tiles, where the level has them. */
const Op<Int8MatMul> op("CaiInt8MatMul",
                        {"x: float", "integers: int32", "scales: float", "bias: N * float", "residual: M * float", "norm: L * float"}, {"y: float"},
                        {"tiles: bool", "gelu: bool", "epsilon: float", "N: int >= 0", "M: int >= 0", "L: int >= 0"});

}  // namespace
