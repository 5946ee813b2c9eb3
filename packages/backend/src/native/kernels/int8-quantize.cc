// Weights as 8-bit integers with a scale for each column; packages/kernels/src/int8-weights.ts has the formulas and the layout.
#include <algorithm>
#include <cmath>
#include <vector>

#include "op.h"
#include "parallel.h"

namespace {

using namespace cai;

/** So many columns at a time: the second reading of their weights finds them in the caches. */
constexpr int64_t strip = 128;
/** So many rows ahead are fetched: a row's part of a strip is too short for the processor to do that. */
constexpr int64_t ahead = 8;

/** One column's number of one row, in the lowest byte. */
int32_t byte_of(float weight, float inverse) { return static_cast<int32_t>(std::nearbyintf(weight * inverse)) & 255; }

float larger(float largest, float weight) { return std::fabs(weight) > largest ? std::fabs(weight) : largest; }

struct Quantize {
  const float* w;
  int64_t inner, columns;
  int32_t* packed;
  float* scales;

  /** w is [inner, columns]. */
  void columns_of_rows(int64_t begin, int64_t end) const {
    const int64_t width = end - begin;
    float largest[strip] = {};
    for (int64_t k = 0; k < inner; k++) {
      const float* const row = w + k * columns + begin;
      for (int64_t n = 0; n < width; n += 16) __builtin_prefetch(row + ahead * columns + n);
      for (int64_t n = 0; n < width; n++) largest[n] = larger(largest[n], row[n]);
    }
    float inverse[strip];
    for (int64_t n = 0; n < width; n++) inverse[n] = set_scale(begin + n, largest[n]);
    for (int64_t k = 0; k < inner; k += 4) {
      int32_t* const to = packed + k / 4 * columns + begin;
      std::fill_n(to, width, 0);
      for (int64_t i = 0; i < std::min<int64_t>(4, inner - k); i++) {
        const float* const row = w + (k + i) * columns + begin;
        for (int64_t n = 0; n < width; n++) to[n] |= byte_of(row[n], inverse[n]) << (8 * i);
      }
    }
  }

  /** w is [columns, inner]. */
  void columns_as_rows(int64_t begin, int64_t end) const {
    const int64_t fours = (inner + 3) / 4;
    std::vector<int32_t> bytes(fours * 4);
    std::vector<int32_t> strips(fours * strip);
    for (int64_t column = begin; column < end; column++) {
      const float* const row = w + column * inner;
      float largest = 0;
#pragma omp simd reduction(max : largest)
      for (int64_t k = 0; k < inner; k++) largest = larger(largest, row[k]);
      const float inverse = set_scale(column, largest);
      for (int64_t k = 0; k < inner; k++) bytes[k] = byte_of(row[k], inverse);
      for (int64_t k = 0; k < fours; k++)
        strips[k * strip + column - begin] = bytes[4 * k] | bytes[4 * k + 1] << 8 | bytes[4 * k + 2] << 16 | bytes[4 * k + 3] << 24;
    }
    for (int64_t k = 0; k < fours; k++) std::copy_n(&strips[k * strip], end - begin, packed + k * columns + begin);
  }

 private:
  /** The scale's inverse; 0 for a column of zeros alone. */
  float set_scale(int64_t column, float largest) const {
    scales[column] = largest / 127;
    return largest > 0 ? 127 / largest : 0;
  }
};

class QuantizeColumns {
 public:
  explicit QuantizeColumns(Attributes& attributes) : transposed_(attributes.flag("transposed")) {}

  void compute(Call& call) {
    const auto w = call.input<float>(0);
    require(w.shape.size() == 2, "CaiQuantizeColumns: w must be a matrix");
    const int64_t inner = w.shape[transposed_ ? 1 : 0], columns = w.shape[transposed_ ? 0 : 1];
    const auto packed = call.output<int32_t>(0, {(inner + 3) / 4, columns});
    const auto scales = call.output<float>(1, {columns});
    const Quantize quantize{w.data, inner, columns, packed.data, scales.data};
    parallel((columns + strip - 1) / strip, 1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; i++) {
        const int64_t first = i * strip, last = std::min(columns, first + strip);
        if (transposed_) quantize.columns_as_rows(first, last);
        else quantize.columns_of_rows(first, last);
      }
    });
  }

 private:
  const bool transposed_;
};

const Op<QuantizeColumns> op("CaiQuantizeColumns", {"w: float"}, {"packed: int32", "scales: float"}, {"transposed: bool"});

}  // namespace
