// Blocks of a product by tiles, as exact as in float; packages/kernels/src/packed-product.ts says how.
#pragma once

#include "tile-slices.h"

#if defined(CAI_TILES)
#include <algorithm>

#include "product.h"

namespace cai {

// Tiles 0 to 3 hold the sums, 4 and 5 a term of the left side, 6 and 7 one of the right.
#define CAI_LEFT(term)                          \
  _tile_loadd(4, &left[k].tiles[term][0], 64);  \
  _tile_loadd(5, &left[k].tiles[term][1], 64);
#define CAI_RIGHT(term)                         \
  _tile_loadd(6, &right[k].tiles[term][0], 64); \
  _tile_loadd(7, &right[k].tiles[term][1], 64);
#define CAI_MULTIPLY        \
  _tile_dpbf16ps(0, 4, 6);  \
  _tile_dpbf16ps(1, 4, 7);  \
  _tile_dpbf16ps(2, 5, 6);  \
  _tile_dpbf16ps(3, 5, 7);
#define CAI_FETCH(part)       \
  fetch(left + k + 1, part);  \
  fetch(right + k + 1, part);

/** A sixth of a slice that is needed next, into the first cache. */
inline void fetch(const Slice* slice, int part) {
  constexpr int lines = sizeof(Slice) / 64 / 6;
  for (int i = 0; i < lines; i++) __builtin_prefetch(reinterpret_cast<const char*>(slice) + (part * lines + i) * 64, 0, 3);
}

/** So many rows of a block that is written in the end. */
inline void fetch_to_write(const float* sums, int64_t stride, int64_t begin, int64_t end) {
  for (int64_t row = begin; row < end; row++)
    for (int half = 0; half < 2; half++) __builtin_prefetch(sums + row * stride + half * tile_side, 1, 3);
}

/** 32 × 32 sums, or more to what they are. Products of two terms that are below 2^−24 of the first terms' are left out. */
inline void add_block(const Slice* left, const Slice* right, int64_t slices, float* sums, int64_t stride, bool add) {
  memory_is_touched();
  if (add) {
    _tile_loadd(0, sums, stride * 4);
    _tile_loadd(1, sums + tile_side, stride * 4);
    _tile_loadd(2, sums + tile_side * stride, stride * 4);
    _tile_loadd(3, sums + tile_side * stride + tile_side, stride * 4);
  } else {
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
  }
  for (int64_t k = 0; k < slices; k++) {
    fetch_to_write(sums, stride, block_side * k / slices, block_side * (k + 1) / slices);
    CAI_LEFT(2) CAI_RIGHT(0) CAI_MULTIPLY CAI_FETCH(0)
    CAI_LEFT(1) CAI_MULTIPLY CAI_FETCH(1)
    CAI_RIGHT(1) CAI_MULTIPLY CAI_FETCH(2)
    CAI_LEFT(0) CAI_MULTIPLY CAI_FETCH(3)
    CAI_RIGHT(2) CAI_MULTIPLY CAI_FETCH(4)
    CAI_RIGHT(0) CAI_MULTIPLY CAI_FETCH(5)
  }
  _tile_stored(0, sums, stride * 4);
  _tile_stored(1, sums + tile_side, stride * 4);
  _tile_stored(2, sums + tile_side * stride, stride * 4);
  _tile_stored(3, sums + tile_side * stride + tile_side, stride * 4);
  memory_is_touched();
}

#undef CAI_LEFT
#undef CAI_RIGHT
#undef CAI_MULTIPLY
#undef CAI_FETCH

/**
 * The kernel of a `Product` that multiplies by tiles. So many slices of the kept side stay in each core's second cache. Memory gives long runs
 * faster: where lines of the streamed side are columns, several blocks of them are packed at once, less deep; such a panel stays there as well.
 */
class TileKernel {
 public:
  using Packed = Slice;
  static constexpr int64_t rows = block_side, columns = block_side, depth = tile_depth;

  static constexpr int64_t size(bool) { return 1; }

  static Plan plan(const Side& kept, const Side& streamed, bool) {
    const bool streams_columns = !streamed.lines_are_rows;
    const int64_t blocks = parts_of(kept.lines(), block_side), slices = parts_of(kept.depth(), tile_depth);
    const int64_t kept_blocks = parts_of(blocks, parts_of(blocks, most_kept_blocks));
    const int64_t most_slices = std::min(streams_columns ? most_slices_of_columns : most_slices_of_rows, kept_slices / kept_blocks);
    const int64_t chunks = parts_of(slices, most_slices);
    const int64_t room = std::max<int64_t>(1, kept_and_panel_slices / parts_of(slices, chunks) - kept_blocks);
    return {chunks, most_kept_blocks, streams_columns ? std::min(most_columns_blocks, room) : 1, true, most_columns_blocks};
  }

  static void pack(const Side& side, bool is_left, Range blocks, Range depths, Slice* to) {
    for (int64_t k = 0; k < depths.size(); k++)
      for (int64_t i = 0; i < blocks.size(); i++)
        pack_slice(side, is_left, (blocks.begin + i) * block_side, (depths.begin + k) * tile_depth, to[i * depths.size() + k]);
  }

  void add_block(const Slice* left, const Slice* right, int64_t depths, float* sums, int64_t stride, bool add) const {
    cai::add_block(left, right, depths, sums, stride, add);
  }

 private:
  static constexpr int64_t kept_slices = 240, kept_and_panel_slices = 300, most_kept_blocks = 30;
  static constexpr int64_t most_slices_of_rows = 32, most_slices_of_columns = 16, most_columns_blocks = 6;

  const Tiles tiles_;
};

}  // namespace cai
#endif
