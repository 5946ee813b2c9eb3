// Few rows times a matrix of 8-bit integers, by tiles: as fast as memory gives the weights.
//
// Weights go into tiles as they are. A row of x becomes fixed point: x ≈ unit · (65536·d₀ + 256·d₁ + d₂), d being integers of 8 bits and
// unit a power of two, so that no number moves by more than 2⁻²³ of the row's largest or so. The sums over d₀, d₁ and d₂ are exact.
#pragma once

#include "int8-product.h"
#include "tiles.h"

#if defined(CAI_TILES)
#include <cmath>
#include <limits>
#include <vector>

namespace cai {

/** A product by tiles. Rows are apart: none changes another's result. One with a number that is not finite becomes NaN. */
class Int8Tiles {
 public:
  /** Longer sums might not fit into 32 bits. */
  static constexpr int64_t most_inner = int64_t{1} << 17;

  explicit Int8Tiles(const Int8Product& product) : product_(product), depth_(product.depth()), units_(product.rows) {}

  void compute() {
    // Kept from call to call: fresh memory costs more than filling it.
    static thread_local std::vector<Tile> digits;
    digits.resize(blocks_of(digits_each * product_.rows, tile_rows) * depth_);
    for (int64_t row = 0; row < product_.rows; row++) units_[row] = split(row, digits.data());
    product_.share([this, from = digits.data()](int64_t begin, int64_t end) {
      const Tiles tiles;
      for (int64_t block = begin; block < end; block++) {
        const Int8Columns columns(product_, block);
        for (int64_t row = 0; row < product_.rows; row += rows_at_once) multiply(columns, row, from);
      }
    });
  }

 private:
  static constexpr int64_t tile_rows = 16, digits_each = 3, tiles_at_once = 3;
  static constexpr int64_t rows_at_once = tile_rows * tiles_at_once / digits_each;
  struct alignas(64) Tile {
    int8_t numbers[tile_rows][block_rows];
  };

  /** Writes a row's digits, and gives the unit. Those behind the last, whose weights are 0, may be any. */
  float split(int64_t row, Tile* digits) const {
    const int64_t inner = product_.inner;
    const float* const x = product_.x + row * inner;
    const float largest = largest_size(x, inner);
    if (!std::isfinite(largest)) return std::numeric_limits<float>::quiet_NaN();
    int exponent;
    std::frexp(largest * 1.004, &exponent);  // with a little room: the highest digit is 127 at most
    exponent = std::max(exponent - 23, -126);
    const float inverse = std::ldexp(1.0f, -exponent);
    Tile* lines[digits_each];
    for (int64_t d = 0; d < digits_each; d++) lines[d] = digits + (row * digits_each + d) / tile_rows * depth_;
    for (int64_t begin = 0; begin < inner; begin += block_rows) {
      int8_t* to[digits_each];
      for (int64_t d = 0; d < digits_each; d++) to[d] = lines[d]++->numbers[(row * digits_each + d) % tile_rows];
      if (inner - begin >= block_rows) write_digits(x + begin, inverse, block_rows, to[0], to[1], to[2]);
      else write_digits(x + begin, inverse, inner - begin, to[0], to[1], to[2]);
    }
    return std::ldexp(1.0f, exponent);
  }

  static void write_digits(const float* __restrict x, float inverse, int64_t count, int8_t* __restrict first, int8_t* __restrict second,
                           int8_t* __restrict third) {
    for (int64_t i = 0; i < count; i++) {
      // Digits from −128 to 127 instead of 0 to 255.
      const uint32_t number = (static_cast<int32_t>(std::nearbyintf(x[i] * inverse)) + 0x808080u) ^ 0x808080u;
      first[i] = static_cast<int8_t>(number >> 16);
      second[i] = static_cast<int8_t>(number >> 8);
      third[i] = static_cast<int8_t>(number);
    }
  }

  void multiply(const Int8Columns& columns, int64_t row, const Tile* digits) const {
    alignas(64) int32_t sums[tiles_at_once * tile_rows][block_columns];
    const int64_t rows = std::min(rows_at_once, product_.rows - row);
    const Tile* const from = digits + row * digits_each / tile_rows * depth_;
    const int64_t tiles = blocks_of(rows * digits_each, tile_rows);
    if (tiles == 1) sum<1>(from, columns.weights, sums[0]);
    else if (tiles == 2) sum<2>(from, columns.weights, sums[0]);
    else sum<tiles_at_once>(from, columns.weights, sums[0]);
    for (int64_t i = 0; i < rows; i++) {
      const int32_t(*const of_digits)[block_columns] = sums + i * digits_each;
      float whole[block_columns];
      for (int64_t n = 0; n < block_columns; n++)
        whole[n] = (static_cast<float>(of_digits[0][n]) * 256 + static_cast<float>(of_digits[1][n])) * 256 + static_cast<float>(of_digits[2][n]);
      columns.set(row + i, whole, units_[row + i]);
    }
  }

  /** The sums of 16 columns for each line of digits. */
  template <int tiles>
  void sum(const Tile* digits, const int8_t* weights, int32_t* sums) const {
    memory_is_touched();
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    for (int64_t k = 0; k < depth_; k++) {
      fetch_ahead(weights + k * block_bytes);
      _tile_loadd(3, weights + k * block_bytes, 64);
      _tile_loadd(4, digits + k, 64);
      _tile_dpbssd(0, 4, 3);
      if constexpr (tiles > 1) {
        _tile_loadd(5, digits + depth_ + k, 64);
        _tile_dpbssd(1, 5, 3);
      }
      if constexpr (tiles > 2) {
        _tile_loadd(6, digits + 2 * depth_ + k, 64);
        _tile_dpbssd(2, 6, 3);
      }
    }
    _tile_stored(0, sums, 64);
    if constexpr (tiles > 1) _tile_stored(1, sums + tile_rows * block_columns, 64);
    if constexpr (tiles > 2) _tile_stored(2, sums + 2 * tile_rows * block_columns, 64);
    memory_is_touched();
  }

  const Int8Product product_;
  const int64_t depth_;
  /** What the integer that a row's digits make up is worth. */
  std::vector<float> units_;
};

}  // namespace cai
#endif
