// Floats as sums of three bfloat16 numbers, in the order in which tiles take them; packages/kernels/src/packed-product.ts says why.
#pragma once

#include "matrices.h"
#include "tiles.h"

#if defined(CAI_TILES)
#include <algorithm>
#include <cstdint>

namespace cai {

constexpr int64_t tile_side = 16;
/** So many numbers of the inner dimension meet at once: a tile's row is 16 pairs of the k-th and the (16 + k)-th. */
constexpr int64_t tile_depth = 32;
/** bfloat16 numbers that a float is the sum of. */
constexpr int terms = 3;
/** The result is computed in blocks of 2 × 2 tiles. */
constexpr int64_t block_side = 2 * tile_side;

struct alignas(64) Tile {
  __m512i rows[tile_side];
};
/** A block's side, 32 × 32 numbers: each term has two tiles. */
struct Slice {
  Tile tiles[terms][2];
};

inline __mmask16 lanes_of(int64_t count) { return count >= 16 ? 0xffff : count <= 0 ? 0 : static_cast<__mmask16>((1u << count) - 1); }

/** 16 × 16 numbers from that place; what lies beyond the matrix is 0. */
inline void load_square(const Stored& x, int64_t row, int64_t column, __m512 (&to)[tile_side]) {
  const __mmask16 mask = lanes_of(x.columns - column);
  const float* from = x.data + row * x.stride + column;
  for (int64_t i = 0; i < tile_side; i++, from += x.stride) to[i] = _mm512_maskz_loadu_ps(row + i < x.rows ? mask : 0, from);
}

inline void transpose(__m512 (&x)[tile_side]) {
  __m512 y[tile_side];
  for (int i = 0; i < 16; i += 2) {
    y[i] = _mm512_unpacklo_ps(x[i], x[i + 1]);
    y[i + 1] = _mm512_unpackhi_ps(x[i], x[i + 1]);
  }
  const auto low = [](__m512 a, __m512 b) { return _mm512_castpd_ps(_mm512_unpacklo_pd(_mm512_castps_pd(a), _mm512_castps_pd(b))); };
  const auto high = [](__m512 a, __m512 b) { return _mm512_castpd_ps(_mm512_unpackhi_pd(_mm512_castps_pd(a), _mm512_castps_pd(b))); };
  for (int i = 0; i < 16; i += 4) {
    x[i] = low(y[i], y[i + 2]);
    x[i + 1] = high(y[i], y[i + 2]);
    x[i + 2] = low(y[i + 1], y[i + 3]);
    x[i + 3] = high(y[i + 1], y[i + 3]);
  }
  for (int half = 0; half < 16; half += 8)
    for (int i = half; i < half + 4; i++) {
      y[i] = _mm512_shuffle_f32x4(x[i], x[i + 4], 0x88);
      y[i + 4] = _mm512_shuffle_f32x4(x[i], x[i + 4], 0xdd);
    }
  for (int i = 0; i < 8; i++) {
    x[i] = _mm512_shuffle_f32x4(y[i], y[i + 8], 0x88);
    x[i + 8] = _mm512_shuffle_f32x4(y[i], y[i + 8], 0xdd);
  }
}

/** The bfloat16 number next to each, as a float. */
inline __m512 nearest(__m512 x) {
  const __m512i half = _mm512_set1_epi32(0x8000), kept = _mm512_set1_epi32(static_cast<int>(0xffff0000));
  return _mm512_castsi512_ps(_mm512_and_si512(_mm512_add_epi32(_mm512_castps_si512(x), half), kept));
}

/** The upper halves of both, in pairs. */
inline __m512i pairs(__m512 first, __m512 second) {
  constexpr int a_or_b_and_c = 0xf8;
  const __m512i upper = _mm512_set1_epi32(static_cast<int>(0xffff0000));
  return _mm512_ternarylogic_epi32(_mm512_srli_epi32(_mm512_castps_si512(first), 16), _mm512_castps_si512(second), upper, a_or_b_and_c);
}

/** `half` of a slice from 32 × 16 numbers. The three terms of a number add up to it exactly: 8 bits each. */
inline void split(const __m512 (&first)[tile_side], const __m512 (&second)[tile_side], int half, Slice& slice) {
  for (int64_t i = 0; i < tile_side; i++) {
    const __m512 high_a = nearest(first[i]), high_b = nearest(second[i]);
    const __m512 rest_a = _mm512_sub_ps(first[i], high_a), rest_b = _mm512_sub_ps(second[i], high_b);
    const __m512 middle_a = nearest(rest_a), middle_b = nearest(rest_b);
    _mm512_store_si512(&slice.tiles[0][half].rows[i], pairs(high_a, high_b));
    _mm512_store_si512(&slice.tiles[1][half].rows[i], pairs(middle_a, middle_b));
    _mm512_store_si512(&slice.tiles[2][half].rows[i], pairs(_mm512_sub_ps(rest_a, middle_a), _mm512_sub_ps(rest_b, middle_b)));
  }
}

/** The processor itself foresees where rows go on, not which row comes next. */
inline void fetch_columns(const Stored& x, int64_t line, int64_t depth) {
  for (int64_t row = depth; row < std::min(depth + tile_depth, x.rows); row++)
    for (int half = 0; half < 2; half++) __builtin_prefetch(x.data + row * x.stride + line + half * tile_side, 0, 2);
}

/** 32 lines and 32 depths from there. A tile's rows are lines on the left, and pairs of depths on the right. */
inline void pack_slice(const Side& side, bool is_left, int64_t line, int64_t depth, Slice& slice) {
  if (!side.lines_are_rows) fetch_columns(side.x, line, depth + 2 * tile_depth);
  const auto load = [&](int64_t line, int64_t depth, __m512(&square)[tile_side]) {
    if (side.lines_are_rows) load_square(side.x, line, depth, square);
    else load_square(side.x, depth, line, square);
    if (side.lines_are_rows != is_left) transpose(square);
  };
  for (int half = 0; half < 2; half++) {
    __m512 first[tile_side], second[tile_side];
    load(line + half * tile_side, depth, first);
    load(line + half * tile_side, depth + tile_side, second);
    split(first, second, half, slice);
  }
}

}  // namespace cai
#endif
