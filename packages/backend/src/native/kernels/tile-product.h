// Products of matrices by tiles, as exact as in float; packages/kernels/src/tile-product.ts says how.
#pragma once

#include "tile-slices.h"

#if defined(CAI_TILES)
#include <algorithm>
#include <cstdlib>
#include <new>

#include "huge-pages.h"
#include "parallel.h"

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

/** Memory for slices that stays from call to call: what is new, the system clears first. */
class Slices {
 public:
  ~Slices() { std::free(memory_); }

  Slice* of(int64_t count) {
    constexpr size_t page = size_t{2} << 20;
    const size_t bytes = (count * sizeof(Slice) + page - 1) / page * page;
    if (bytes > bytes_) {
      std::free(memory_);
      memory_ = std::aligned_alloc(page, bytes);
      if (memory_ == nullptr) throw std::bad_alloc();
      bytes_ = bytes;
      prefer_huge_pages(memory_, bytes);
    }
    return static_cast<Slice*>(memory_);
  }

 private:
  void* memory_ = nullptr;
  size_t bytes_ = 0;
};

/**
 * So many slices of the side with fewer lines stay in each core's second cache, while the lines of the other stream by. Memory gives long
 * runs faster: where lines are columns, several blocks of them are packed at once, less deep; such a panel stays there as well.
 */
constexpr int64_t kept_slices = 240, kept_and_panel_slices = 300, most_kept_blocks = 30;
constexpr int64_t most_slices_of_rows = 32, most_slices_of_columns = 16, most_columns_blocks = 6;

constexpr int64_t parts_of(int64_t count, int64_t size) { return (count + size - 1) / size; }

/**
 * c = left · right, plus a bias for each column unless that is null. The numbers that a sum is made of are added in their order, whatever the numbers of lines: a row of c depends on no other
 * row.
 */
class TileProduct {
 public:
  TileProduct(const Side& left, const Side& right, const float* bias, float* c)
      : left_(left), right_(right), bias_(bias), c_(c), left_is_kept_(left.lines() <= right.lines()) {}

  void compute() const {
    const int64_t all_blocks = parts_of(kept().lines(), block_side), all_slices = parts_of(kept().depth(), tile_depth);
    const int64_t groups = parts_of(all_blocks, most_kept_blocks);
    const int64_t most_slices = std::min(streams_columns() ? most_slices_of_columns : most_slices_of_rows, kept_slices / parts_of(all_blocks, groups));
    const int64_t chunks = parts_of(all_slices, most_slices);
    for (int64_t chunk = 0; chunk < chunks; chunk++)
      for (int64_t group = 0; group < groups; group++)
        compute({all_blocks * group / groups, all_blocks * (group + 1) / groups}, {all_slices * chunk / chunks, all_slices * (chunk + 1) / chunks});
  }

 private:
  struct Range {
    int64_t begin, end;
    int64_t size() const { return end - begin; }
  };

  const Side& kept() const { return left_is_kept_ ? left_ : right_; }
  const Side& streamed() const { return left_is_kept_ ? right_ : left_; }
  bool streams_columns() const { return !streamed().is_turned(); }

  void compute(Range blocks, Range slices) const {
    static thread_local Slices kept_memory;
    Slice* const packed = kept_memory.of(blocks.size() * slices.size());
    parallel(blocks.size(), 1, [&](int64_t begin, int64_t end) {
      pack(kept(), {blocks.begin + begin, blocks.begin + end}, slices, packed + begin * slices.size());
    });
    const int64_t room = std::max<int64_t>(1, kept_and_panel_slices / slices.size() - blocks.size());
    const int64_t most_wide = streams_columns() ? std::min(most_columns_blocks, room) : 1;
    parallel(parts_of(streamed().lines(), block_side), most_wide, [&](int64_t begin, int64_t end) {
      static thread_local Slices panel_memory;
      Slice* const panel = panel_memory.of(most_wide * slices.size());
      const Tiles tiles;
      for (int64_t block = begin; block < end; block += most_wide) {
        const int64_t wide = std::min(most_wide, end - block);
        pack(streamed(), {block, block + wide}, slices, panel);
        for (int64_t i = 0; i < blocks.size(); i++)
          for (int64_t j = 0; j < wide; j++) {
            const Slice *const own = packed + i * slices.size(), *const other = panel + j * slices.size();
            if (left_is_kept_) add(own, other, slices, blocks.begin + i, block + j);
            else add(other, own, slices, block + j, blocks.begin + i);
          }
      }
    });
  }

  static void pack(const Side& side, Range blocks, Range slices, Slice* to) {
    for (int64_t k = 0; k < slices.size(); k++)
      for (int64_t i = 0; i < blocks.size(); i++)
        side.pack((blocks.begin + i) * block_side, (slices.begin + k) * tile_depth, to[i * slices.size() + k]);
  }

  /** The block in that row and column of blocks; one at the edge has room of its own first. */
  void add(const Slice* left, const Slice* right, Range slices, int64_t block_row, int64_t block_column) const {
    const int64_t columns = right_.lines(), row = block_row * block_side, column = block_column * block_side;
    const int64_t height = std::min(block_side, left_.lines() - row), width = std::min(block_side, columns - column);
    float* const to = c_ + row * columns + column;
    const bool is_sum = slices.begin > 0;
    const float* const bias = bias_ != nullptr && slices.end * tile_depth >= left_.depth() ? bias_ + column : nullptr;
    if (height == block_side && width == block_side) {
      add_block(left, right, slices.size(), to, columns, is_sum);
      if (bias != nullptr) add_bias(bias, to, columns, height, width);
      return;
    }
    alignas(64) float sums[block_side * block_side];
    for (int64_t i = 0; is_sum && i < height; i++) std::copy_n(to + i * columns, width, sums + i * block_side);
    add_block(left, right, slices.size(), sums, block_side, is_sum);
    for (int64_t i = 0; i < height; i++) std::copy_n(sums + i * block_side, width, to + i * columns);
    if (bias != nullptr) add_bias(bias, to, columns, height, width);
  }

  static void add_bias(const float* bias, float* to, int64_t stride, int64_t height, int64_t width) {
    for (int64_t i = 0; i < height; i++)
      for (int64_t j = 0; j < width; j++) to[i * stride + j] += bias[j];
  }

  const Side left_, right_;
  const float* const bias_;
  float* const c_;
  const bool left_is_kept_;
};

}  // namespace cai
#endif
