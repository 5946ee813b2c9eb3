// Vectors that stay in registers, and the products of small matrices made of them.
#pragma once

#include <cstdint>
#include <cstring>
#include <utility>

namespace cai {

// Vectors are spelled out (GCC and Clang both have them, on any processor), because left to itself the compiler keeps the sums of a
// product in memory. Sizes: as many sums as fit in the registers.
#if defined(__AVX512F__)
constexpr int64_t lanes = 16, tile_rows = 8, tile_columns = 3;
#elif defined(__AVX__)
constexpr int64_t lanes = 8, tile_rows = 4, tile_columns = 2;
#elif defined(__aarch64__)
constexpr int64_t lanes = 4, tile_rows = 8, tile_columns = 3;  // NEON has 32 registers, SSE 16
#else
constexpr int64_t lanes = 4, tile_rows = 8, tile_columns = 2;
#endif
typedef float Vector __attribute__((vector_size(lanes * sizeof(float))));

inline Vector load(const float* from) {
  Vector loaded;
  std::memcpy(&loaded, from, sizeof loaded);
  return loaded;
}

inline void store(float* to, Vector vector) { std::memcpy(to, &vector, sizeof vector); }

/** All lanes joined, the upper half with the lower half until one is left. */
template <class Join>
inline float reduce(Vector vector, const Join& join) {
  float numbers[lanes];
  store(numbers, vector);
  for (int64_t half = lanes / 2; half > 0; half /= 2)
    for (int64_t i = 0; i < half; i++) numbers[i] = join(numbers[i], numbers[i + half]);
  return numbers[0];
}

/** Lane i from `first` where its number is below `lanes`, otherwise from `second`. */
template <int... numbers>
inline Vector shuffled(Vector first, Vector second) {
#if defined(__clang__)
  return __builtin_shufflevector(first, second, numbers...);
#else
  typedef int32_t Numbers __attribute__((vector_size(lanes * sizeof(int32_t))));
  return __builtin_shuffle(first, second, Numbers{numbers...});
#endif
}

/** Sums of lanes that lie `half` apart: those of `first` in the lanes whose number lacks that bit, those of `second` in the others. */
template <int half, int... numbers>
inline Vector folded(Vector first, Vector second, std::integer_sequence<int, numbers...>) {
  return shuffled<(numbers & half ? numbers - half + lanes : numbers)...>(first, second) +
         shuffled<(numbers & half ? numbers + lanes : numbers + half)...>(first, second);
}

/** In each lane the `total` of the vector of its number, to the bit, for all at once. The vectors are of no use afterwards. */
template <int half = lanes / 2>
inline Vector totals(Vector* vectors) {
  if constexpr (half > 0) {
    for (int i = 0; i < half; i++) vectors[i] = folded<half>(vectors[i], vectors[i + half], std::make_integer_sequence<int, lanes>());
    return totals<half / 2>(vectors);
  }
  return vectors[0];
}

inline float total(Vector vector) {
  return reduce(vector, [](float a, float b) { return a + b; });
}

inline float largest(Vector vector) {
  return reduce(vector, [](float a, float b) { return a > b ? a : b; });
}

/** −∞ where there is none; NaN is passed over. */
inline float largest_of(const float* numbers, int64_t count) {
  constexpr int64_t at_once = 4;
  float found = -__builtin_huge_valf();
  int64_t i = 0;
  if (count >= at_once * lanes) {
    Vector most[at_once];
    for (Vector& vector : most) vector = Vector{} + found;
    for (; i + at_once * lanes <= count; i += at_once * lanes)
      for (int64_t v = 0; v < at_once; v++) {
        const Vector next = load(numbers + i + v * lanes);
        most[v] = next > most[v] ? next : most[v];
      }
    for (const Vector& vector : most) {
      const float number = largest(vector);
      found = number > found ? number : found;
    }
  }
  for (; i < count; i++) found = numbers[i] > found ? numbers[i] : found;
  return found;
}

/** to[i] = scale · from[i]. */
inline void copy(const float* __restrict from, float scale, int64_t size, float* __restrict to) {
  for (int64_t i = 0; i < size; i++) to[i] = from[i] * scale;
}

inline float dot(const float* a, const float* b, int64_t size) {
  Vector first{}, second{};
  int64_t i = 0;
  for (; i + 2 * lanes <= size; i += 2 * lanes) {
    first += load(a + i) * load(b + i);
    second += load(a + i + lanes) * load(b + i + lanes);
  }
  if (i + lanes <= size) {
    first += load(a + i) * load(b + i);
    i += lanes;
  }
  float sum = total(first + second);
  for (; i < size; i++) sum += a[i] * b[i];
  return sum;
}

constexpr int64_t round_up(int64_t number, int64_t to) { return (number + to - 1) / to * to; }

/** Numbers of a matrix, `row` and `column` apart. */
struct Matrix {
  const float* data;
  int64_t row;
  int64_t column;
};

template <int64_t columns>
inline void tile(int64_t depth, Matrix a, const float* b, int64_t b_row, float* c, int64_t c_row, bool add) {
  Vector sums[tile_rows][columns];
  for (int64_t i = 0; i < tile_rows; i++)
    for (int64_t j = 0; j < columns; j++) sums[i][j] = add ? load(c + i * c_row + j * lanes) : Vector{};
  for (int64_t k = 0; k < depth; k++) {
    Vector right[columns];
    for (int64_t j = 0; j < columns; j++) right[j] = load(b + k * b_row + j * lanes);
    for (int64_t i = 0; i < tile_rows; i++) {
      const float left = a.data[i * a.row + k * a.column];
      for (int64_t j = 0; j < columns; j++) sums[i][j] += left * right[j];
    }
  }
  for (int64_t i = 0; i < tile_rows; i++)
    for (int64_t j = 0; j < columns; j++) store(c + i * c_row + j * lanes, sums[i][j]);
}

/** c = a·b, or c += a·b, for `tile_rows` rows of a and `vectors` × lanes columns of b. */
inline void product(int64_t vectors, int64_t depth, Matrix a, const float* b, int64_t b_row, float* c, int64_t c_row, bool add) {
  static_assert(tile_columns <= 3, "one case a width");
  const int64_t parts = (vectors + tile_columns - 1) / tile_columns;
  for (int64_t part = 0; part < parts; part++) {
    const int64_t begin = vectors * part / parts;
    const int64_t width = vectors * (part + 1) / parts - begin;
    const float* right = b + begin * lanes;
    float* sum = c + begin * lanes;
    if (width == 1) tile<1>(depth, a, right, b_row, sum, c_row, add);
    else if (width == 2) tile<2>(depth, a, right, b_row, sum, c_row, add);
    else tile<tile_columns>(depth, a, right, b_row, sum, c_row, add);
  }
}

}  // namespace cai
