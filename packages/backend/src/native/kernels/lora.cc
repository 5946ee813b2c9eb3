// What a low-rank update adds to a linear layer's result; packages/kernels/src/lora-linear.ts has the formulas.
#include <algorithm>
#include <vector>

#include "op.h"
#include "parallel.h"
#include "transpose.h"
#include "vectors.h"

namespace {

constexpr int64_t least = 32768;  // products a thread

int64_t least_of(int64_t products) { return products > 0 ? least / products + 1 : 1; }

/** sum [N, M] += scale · leftᵀ · right for left [R, N] and right [R, M], in the memory of sum, R being small; `transposed`: right is [M, R]. */
class LowRank {
 public:
  explicit LowRank(cai::Attributes& attributes) : scale(attributes.number("scale")), transposed(attributes.flag("transposed")) {}

 protected:
  void add(const cai::Numbers<float>& sum, const float* left, int64_t rank, const cai::Numbers<float>& right) const {
    const int64_t width = sum.last(), rows = sum.rows();
    cai::require(right.size == rank * width && right.last() == (transposed ? rank : width), "CaiAddLowRank: sizes do not fit");
    std::vector<float> turned;
    if (transposed) {
      turned.resize(right.size);
      cai::transpose(right.data, width, rank, turned.data());
    }
    const float* const factors = transposed ? turned.data() : right.data;
    const int64_t tiles = (rows + cai::tile_rows - 1) / cai::tile_rows;
    cai::parallel(tiles, least_of(cai::tile_rows * rank * width), [&](int64_t begin, int64_t end) {
      std::vector<float> scaled(cai::tile_rows * rank);
      std::vector<float> last;
      for (int64_t row = begin * cai::tile_rows; row < std::min(end * cai::tile_rows, rows); row += cai::tile_rows) {
        const int64_t count = std::min(cai::tile_rows, rows - row);
        for (int64_t i = 0; i < count; i++)
          for (int64_t r = 0; r < rank; r++) scaled[i * rank + r] = left[r * rows + row + i] * scale;
        float* const to = sum.data + row * width;
        if (count == cai::tile_rows) {
          add_tile(scaled.data(), factors, rank, width, to);
          continue;
        }
        // A tile has rows that are not there.
        last.resize(cai::tile_rows * width);
        std::fill(scaled.begin() + count * rank, scaled.end(), 0.0f);
        std::copy(to, to + count * width, last.begin());
        add_tile(scaled.data(), factors, rank, width, last.data());
        std::copy(last.begin(), last.begin() + count * width, to);
      }
    });
  }

 private:
  /** A tile's rows. */
  static void add_tile(const float* left, const float* right, int64_t rank, int64_t width, float* to) {
    const int64_t vectors = width / cai::lanes;
    cai::product(vectors, rank, {left, rank, 1}, right, width, to, width, true);
    for (int64_t row = 0; row < cai::tile_rows; row++) {
      for (int64_t i = vectors * cai::lanes; i < width; i++) {
        for (int64_t r = 0; r < rank; r++) to[row * width + i] += left[row * rank + r] * right[r * width + i];
      }
    }
  }

  const float scale;
  const bool transposed;
};

struct AddLowRank : LowRank {
  using LowRank::LowRank;

  void compute(cai::Call& call) {
    const auto sum = call.input<float>(0);
    const auto left = call.input<float>(1);
    cai::require(left.last() == sum.rows(), "CaiAddLowRank: sizes do not fit");
    add(sum, left.data, left.rows(), call.input<float>(2));
  }
};

/** With left = a · xᵀ, for few rows of x. */
struct AddLowRankOfRows : LowRank {
  using LowRank::LowRank;

  void compute(cai::Call& call) {
    const auto sum = call.input<float>(0);
    const auto x = call.input<float>(1);
    const auto a = call.input<float>(2);
    const int64_t rows = sum.rows(), rank = a.rows(), inner = a.last();
    cai::require(x.last() == inner && x.rows() == rows, "CaiAddLowRankOfRows: sizes do not fit");
    std::vector<float> left(rank * rows);
    for (int64_t r = 0; r < rank; r++)
      for (int64_t row = 0; row < rows; row++) left[r * rows + row] = cai::dot(a.data + r * inner, x.data + row * inner, inner);
    add(sum, left.data(), rank, call.input<float>(3));
  }
};

const cai::Op<AddLowRank> add_low_rank("CaiAddLowRank", {"sum: float", "left: float", "right: float"}, {},
                                       {"scale: float", "transposed: bool"});
const cai::Op<AddLowRankOfRows> add_low_rank_of_rows("CaiAddLowRankOfRows", {"sum: float", "x: float", "a: float", "right: float"}, {},
                                                     {"scale: float", "transposed: bool"});

}  // namespace
