// Weights as 8-bit integers with a scale for each column; packages/kernels/src/int8-weights.ts has the formulas and the layout.
#include <cmath>
#include <cstring>
#include <vector>

#include "int8-product.h"

namespace {

using namespace cai;

/** What is added to w before it is rounded: scale · aᵀ·bᵀ. */
struct LowRank {
  const float* a;  // [rank, inner]
  const float* b;  // [columns, rank]
  int64_t rank;
  float scale;
};

/** to += `count` rows, so far apart, times a factor each. */
template <int count>
void add_rows(const float* __restrict factors, int64_t factors_apart, const float* __restrict rows, int64_t apart, int64_t size,
              float* __restrict to) {
  float factor[count];
  for (int j = 0; j < count; j++) factor[j] = factors[j * factors_apart];
  for (int64_t i = 0; i < size; i++) {
    float sum = to[i];
    for (int j = 0; j < count; j++) sum += factor[j] * rows[j * apart + i];
    to[i] = sum;
  }
}

void add_rows(int64_t count, const float* factors, int64_t factors_apart, const float* rows, int64_t apart, int64_t size, float* to) {
  int64_t r = 0;
  for (; r + 4 <= count; r += 4) add_rows<4>(factors + r * factors_apart, factors_apart, rows + r * apart, apart, size, to);
  for (; r < count; r++) add_rows<1>(factors + r * factors_apart, factors_apart, rows + r * apart, apart, size, to);
}

/** Sizes as integers: they have the same order, and NaN stands above them all. */
int32_t larger(int32_t largest, float number) {
  int32_t bits;
  std::memcpy(&bits, &number, sizeof bits);
  return std::max(largest, bits & 0x7fffffff);
}

/** 0 for NaN, which is no integer. */
int32_t rounded(float number) { return static_cast<int32_t>(std::nearbyintf(number == number ? number : 0.0f)); }

struct Quantize {
  const float* w;
  LowRank update;
  int64_t inner, columns;
  int32_t* integers;
  float* scales;

  /** Of w [inner, columns], so many columns at a time: until they are written, their numbers stay in the caches. */
  int64_t strip() const {
    constexpr int64_t numbers = 196608, most_blocks = 16;
    return std::clamp(numbers / (inner + 1) / block_columns, int64_t{1}, most_blocks) * block_columns;
  }

  void columns_of_rows(int64_t begin, int64_t end) const {
    constexpr int64_t rows_ahead = 12;
    const int64_t width = end - begin, padded = round_up(width, block_columns), padded_inner = round_up(inner, block_rows);
    const std::vector<float> factors = scaled_factors(begin, end, padded);
    static thread_local std::vector<float> numbers;
    numbers.resize(padded_inner * padded);
    std::vector<int32_t> largest(padded);
    for (int64_t k = 0; k < inner; k++) {
      const float* const from = w + k * columns + begin;
      float* const row = &numbers[k * padded];
      for (int64_t n = 0; n < width; n += block_columns) __builtin_prefetch(from + rows_ahead * columns + n, 0, 2);
      std::copy_n(from, width, row);
      std::fill(row + width, row + padded, 0.0f);
      add_rows(update.rank, update.a + k, inner, factors.data(), padded, padded, row);
      for (int64_t n = 0; n < padded; n++) largest[n] = larger(largest[n], row[n]);
    }
    std::fill(numbers.begin() + inner * padded, numbers.end(), 0.0f);
    std::vector<float> inverse(padded);
    for (int64_t n = 0; n < width; n++) inverse[n] = set_scale(begin + n, largest[n]);
    for (int64_t k = 0; k < padded_inner; k += 4)
      for (int64_t n = 0; n < padded; n += block_columns)
        write_four(&numbers[k * padded + n], padded, &inverse[n], integers_of(begin + n) + k / 4 * block_columns);
  }

  /** Of w [columns, inner], the columns of a block. */
  void columns_as_rows(int64_t begin, int64_t end) const {
    const int64_t padded_inner = round_up(inner, block_rows), words = padded_inner / 4;
    const std::vector<float> factors = scaled_factors(begin, end, block_columns);
    std::vector<float> numbers(inner);
    std::vector<int32_t> bytes(block_columns * words);
    for (int64_t n = begin; n < end; n++) {
      const float* row = w + n * inner;
      if (update.rank > 0) {
        std::copy_n(row, inner, numbers.begin());
        add_rows(update.rank, &factors[n - begin], block_columns, update.a, inner, inner, numbers.data());
        row = numbers.data();
      }
      int32_t largest = 0;
#pragma omp simd reduction(max : largest)
      for (int64_t k = 0; k < inner; k++) largest = larger(largest, row[k]);
      const float inverse = set_scale(n, largest);
      int8_t* const to = reinterpret_cast<int8_t*>(&bytes[(n - begin) * words]);
      for (int64_t k = 0; k < inner; k++) to[k] = static_cast<int8_t>(rounded(row[k] * inverse));
    }
    int32_t* const to = integers_of(begin);
    for (int64_t k = 0; k < words; k++)
      for (int64_t i = 0; i < block_columns; i++) to[k * block_columns + i] = bytes[i * words + k];
  }

 private:
  /** Where a block of columns begins. */
  int32_t* integers_of(int64_t column) const { return integers + column / block_columns * round_up(inner, block_rows) * block_columns / 4; }

  /** The update's numbers for these columns, [rank, padded]. */
  std::vector<float> scaled_factors(int64_t begin, int64_t end, int64_t padded) const {
    std::vector<float> factors(update.rank * padded);
    for (int64_t r = 0; r < update.rank; r++)
      for (int64_t n = begin; n < end; n++) factors[r * padded + n - begin] = update.b[n * update.rank + r] * update.scale;
    return factors;
  }

  /** Four rows of a block. */
  static void write_four(const float* __restrict rows, int64_t stride, const float* __restrict inverse, int32_t* __restrict to) {
    for (int64_t i = 0; i < block_columns; i++) {
      int32_t bytes = 0;
      for (int64_t row = 0; row < 4; row++) bytes |= (rounded(rows[row * stride + i] * inverse[i]) & 255) << (8 * row);
      to[i] = bytes;
    }
  }

  /** The scale's inverse; 0 for a column of zeros alone, or with a number that is none. */
  float set_scale(int64_t column, int32_t largest_size) const {
    float largest;
    std::memcpy(&largest, &largest_size, sizeof largest);
    scales[column] = largest / 127;
    return largest > 0 ? 127 / largest : 0;
  }
};

class QuantizeColumns {
 public:
  explicit QuantizeColumns(Attributes& attributes)
      : transposed_(attributes.flag("transposed")), scale_(attributes.number("scale")), factors_(attributes.integer("N")) {}

  void compute(Call& call) {
    const auto w = call.input<float>(0);
    require(w.shape.size() == 2, "CaiQuantizeColumns: w must be a matrix");
    const int64_t inner = w.shape[transposed_ ? 1 : 0], columns = w.shape[transposed_ ? 0 : 1];
    LowRank update{nullptr, nullptr, 0, scale_};
    if (factors_ > 0) {
      const auto a = call.input<float>(1), b = call.input<float>(2);
      update = {a.data, b.data, b.last(), scale_};
      require(a.shape == Shape{update.rank, inner} && b.shape == Shape{columns, update.rank},
              "CaiQuantizeColumns: the sizes of w, a and b don't fit");
    }
    const int64_t column_blocks = blocks_of(columns, block_columns);
    const auto integers = call.output<int32_t>(0, {column_blocks, blocks_of(inner, block_rows), block_rows / 4, block_columns});
    const auto scales = call.output<float>(1, {columns});
    const Quantize quantize{w.data, update, inner, columns, integers.data, scales.data};
    const int64_t strip = transposed_ ? block_columns : quantize.strip();
    parallel(blocks_of(columns, strip), 1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; i++) {
        const int64_t first = i * strip, last = std::min(columns, first + strip);
        if (transposed_) quantize.columns_as_rows(first, last);
        else quantize.columns_of_rows(first, last);
      }
    });
  }

 private:
  const bool transposed_;
  const float scale_;
  const int64_t factors_;
};

/** `factors`: a and b of what is added, or nothing. */
const Op<QuantizeColumns> op("CaiQuantizeColumns", {"w: float", "factors: N * float"}, {"integers: int32", "scales: float"},
                             {"transposed: bool", "scale: float", "N: int >= 0"});

}  // namespace
