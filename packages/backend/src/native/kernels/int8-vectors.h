// Few rows times a matrix of 8-bit integers, by vectors, on any processor.
//
// Weights stay the integers they are. Of x, each 64 numbers that meet a block of weights become integers of 16 bits, in units of the largest of
// them by 32767: they move by 2⁻¹⁶ of that at most, where a weight moves by 2⁻⁸ of its column's largest. Sums within a block are exact, so that
// vectors of any length give the same numbers.
#pragma once

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "int8-product.h"

namespace cai {

typedef int32_t Integers __attribute__((vector_size(lanes * sizeof(int32_t))));
typedef uint32_t Words __attribute__((vector_size(lanes * sizeof(int32_t))));
typedef int16_t Shorts __attribute__((vector_size(lanes * sizeof(int32_t))));
typedef uint16_t HalfWords __attribute__((vector_size(lanes * sizeof(int32_t))));

/** In each lane of 32 bits, the products of both halves added up. */
inline Integers sum_of_products(Shorts a, Shorts b) {
#if defined(__AVX512BW__)
  return reinterpret_cast<Integers>(_mm512_madd_epi16(reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b)));
#elif defined(__AVX2__)
  return reinterpret_cast<Integers>(_mm256_madd_epi16(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
#elif defined(__SSE2__)
  return reinterpret_cast<Integers>(_mm_madd_epi16(reinterpret_cast<__m128i>(a), reinterpret_cast<__m128i>(b)));
#else
  const auto lower = [](Shorts x) { return reinterpret_cast<Integers>(reinterpret_cast<Words>(x) << 16) >> 16; };
  const auto upper = [](Shorts x) { return reinterpret_cast<Integers>(x) >> 16; };
  return lower(a) * lower(b) + upper(a) * upper(b);
#endif
}

/** A product by vectors. Rows are apart: none changes another's result. One with a number that is not finite becomes NaN. */
class Int8Vectors {
 public:
  explicit Int8Vectors(const Int8Product& product) : product_(product), depth_(product.depth()) {}

  void compute() const {
    // Kept from call to call: fresh memory costs more than filling it.
    static thread_local std::vector<int16_t> numbers;
    static thread_local std::vector<float> units;
    numbers.resize(product_.rows * depth_ * block_rows);
    units.resize(product_.rows * depth_);
    for (int64_t block = 0; block < product_.rows * depth_; block++) units[block] = round_block(block / depth_, block % depth_, &numbers[block * block_rows]);
    product_.share([this, x = Rounded{numbers.data(), units.data()}](int64_t begin, int64_t end) {
      for (int64_t block = begin; block < end; block++) {
        const Int8Columns columns(product_, block);
        const int64_t done = lanes == 16 ? multiply_by<8>(columns, x, 0) : 0;
        multiply_by<1>(columns, x, multiply_by<2>(columns, x, multiply_by<4>(columns, x, done)));
      }
    });
  }

 private:
  /** Of each row, block after block: the numbers, of each four the first, the third, the second and the fourth; and what they are worth. */
  struct Rounded {
    const int16_t* numbers;
    const float* units;
  };

  static constexpr int vectors = block_columns / lanes;
  /** As many as leave registers for the rest. */
  static constexpr int vectors_at_once = vectors < 2 ? vectors : 2;

  /** Gives the unit. */
  float round_block(int64_t row, int64_t block, int16_t* to) const {
    constexpr float most = 32767, least_size = 0x1p-100f;
    const int64_t begin = block * block_rows, count = std::min(block_rows, product_.inner - begin);
    float x[block_rows] = {};
    std::copy_n(product_.x + row * product_.inner + begin, count, x);
    const float largest = largest_size(x, block_rows);
    if (!(largest <= std::numeric_limits<float>::max())) return std::numeric_limits<float>::quiet_NaN();
    const float inverse = largest < least_size ? 0 : most / largest;
    int16_t rounded[block_rows];
    for (int64_t i = 0; i < block_rows; i++) rounded[i] = static_cast<int16_t>(static_cast<int32_t>(std::nearbyintf(x[i] * inverse)));
    for (int64_t i = 0; i < block_rows; i += 4) {
      to[i] = rounded[i];
      to[i + 1] = rounded[i + 2];
      to[i + 2] = rounded[i + 1];
      to[i + 3] = rounded[i + 3];
    }
    return largest / most;
  }

  /** So many rows at a time, from `row` on, with the columns of a block; gives the first that is left over. */
  template <int count>
  int64_t multiply_by(const Int8Columns& columns, const Rounded& x, int64_t row) const {
    for (; row + count <= product_.rows; row += count) {
      float sums[count][block_columns];
      for (int first = 0; first < vectors; first += vectors_at_once) multiply<count>(columns, x, row, first, sums);
      for (int i = 0; i < count; i++) columns.set(row + i, sums[i], 1);
    }
    return row;
  }

  /** The vectors of a block's columns from `first` on. */
  template <int count>
  void multiply(const Int8Columns& columns, const Rounded& x, int64_t row, int first, float (&results)[count][block_columns]) const {
    Vector sums[count][vectors_at_once] = {};
    for (int64_t block = 0; block < depth_; block++) {
      Integers whole[count][vectors_at_once] = {};
      const int16_t* const numbers = x.numbers + (row * depth_ + block) * block_rows;
      const int8_t* const weights = columns.weights + block * block_bytes + first * sizeof(Integers);
      for (int64_t four = 0; four < block_rows / 4; four++) add_four<count>(weights + four * 4 * block_columns, numbers + four * 4, whole);
#pragma GCC unroll 8
      for (int i = 0; i < count; i++)
#pragma GCC unroll 2
        for (int v = 0; v < vectors_at_once; v++)
          sums[i][v] += __builtin_convertvector(whole[i][v], Vector) * x.units[(row + i) * depth_ + block];
    }
    for (int i = 0; i < count; i++) std::memcpy(results[i] + first * lanes, sums[i], sizeof sums[i]);
  }

  /** Adds four rows of w, which lie together, weighed by x. */
  template <int count>
  void add_four(const int8_t* weights, const int16_t* x, Integers (&sums)[count][vectors_at_once]) const {
    __builtin_prefetch(weights + 4 * block_bytes, 0, 2);
    Shorts even[vectors_at_once], odd[vectors_at_once];
#pragma GCC unroll 2
    for (int v = 0; v < vectors_at_once; v++) {
      Shorts pairs;
      std::memcpy(&pairs, weights + v * sizeof pairs, sizeof pairs);
      even[v] = reinterpret_cast<Shorts>(reinterpret_cast<HalfWords>(pairs) << 8) >> 8;
      odd[v] = pairs >> 8;
    }
#pragma GCC unroll 8
    for (int i = 0; i < count; i++) {
      int32_t two[2];
      std::memcpy(two, x + i * depth_ * block_rows, sizeof two);
      const Shorts first = reinterpret_cast<Shorts>(Integers{} + two[0]), second = reinterpret_cast<Shorts>(Integers{} + two[1]);
#pragma GCC unroll 2
      for (int v = 0; v < vectors_at_once; v++) sums[i][v] += sum_of_products(even[v], first) + sum_of_products(odd[v], second);
    }
  }

  const Int8Product product_;
  const int64_t depth_;
};

}  // namespace cai
