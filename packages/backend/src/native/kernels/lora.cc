// What a low-rank update adds to a linear layer's result; packages/kernels/src/lora-linear.ts has the formulas.
#include <algorithm>
#include <vector>

#include "attention-product.h"
#include "op.h"
#include "parallel.h"
#include "transpose.h"

namespace {

constexpr int64_t least = 32768;  // products a thread

int64_t least_of(int64_t products) { return products > 0 ? least / products + 1 : 1; }

/** sum [N, M] += scale · leftᵀ · right for left [R, N] and right [R, M], in the memory of sum, R being small; `transposed`: right is [M, R]. */
struct AddLowRank {
  explicit AddLowRank(cai::Attributes& attributes) : scale(attributes.number("scale")), transposed(attributes.flag("transposed")) {}

  void compute(cai::Call& call) {
    const auto sum = call.input<float>(0);
    const auto left = call.input<float>(1);
    const auto right = call.input<float>(2);
    const int64_t width = sum.last();
    const int64_t rows = sum.rows();
    const int64_t rank = left.rows();
    cai::require(left.size == rows * rank && left.last() == rows && right.size == rank * width && right.last() == (transposed ? rank : width),
                 "CaiAddLowRank: sizes do not fit");
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
          for (int64_t r = 0; r < rank; r++) scaled[i * rank + r] = left.data[r * rows + row + i] * scale;
        float* const to = sum.data + row * width;
        if (count == cai::tile_rows) {
          add(scaled.data(), factors, rank, width, to);
          continue;
        }
        // A tile has rows that are not there.
        last.resize(cai::tile_rows * width);
        std::fill(scaled.begin() + count * rank, scaled.end(), 0.0f);
        std::copy(to, to + count * width, last.begin());
        add(scaled.data(), factors, rank, width, last.data());
        std::copy(last.begin(), last.begin() + count * width, to);
      }
    });
  }

  /** A tile's rows. */
  static void add(const float* left, const float* right, int64_t rank, int64_t width, float* to) {
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

const cai::Op<AddLowRank> add_low_rank("CaiAddLowRank", {"sum: float", "left: float", "right: float"}, {},
                                       {"scale: float", "transposed: bool"});

}  // namespace
