// The frame of a product of matrices: both are packed for a kernel, part by part, and multiplied in blocks.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <new>

#include "fetch.h"
#include "huge-pages.h"
#include "matrices.h"
#include "parallel.h"

namespace cai {

struct Range {
  int64_t begin, end;
  int64_t size() const { return end - begin; }
};

constexpr int64_t parts_of(int64_t count, int64_t size) { return (count + size - 1) / size; }

/** One of `parts` ranges that 0 … count is divided into. */
constexpr Range part_of(int64_t count, int64_t part, int64_t parts) { return {count * part / parts, count * (part + 1) / parts}; }

/** Memory for what is packed, which stays from call to call: what is new, the system clears first. */
template <class Packed>
class Room {
 public:
  Room() = default;
  ~Room() { std::free(memory_); }
  Room(const Room&) = delete;

  Packed* of(int64_t count) {
    constexpr size_t page = size_t{2} << 20;
    const size_t bytes = (count * sizeof(Packed) + page - 1) / page * page;
    if (bytes > bytes_) {
      std::free(memory_);
      memory_ = std::aligned_alloc(page, bytes);
      if (memory_ == nullptr) throw std::bad_alloc();
      bytes_ = bytes;
      prefer_huge_pages(memory_, bytes);
    }
    return static_cast<Packed*>(memory_);
  }

 private:
  void* memory_ = nullptr;
  size_t bytes_ = 0;
};

/** How the work is divided. */
struct Plan {
  /** The inner size, in so many parts. */
  int64_t chunks;
  /** Blocks of the kept side that are packed at once, at most, and of the streamed side. */
  int64_t most_kept, most_streamed;
  /** Whether each kept block meets the streamed ones that are packed, one after another, or the other way round; so many of them at a time. */
  bool kept_is_outer;
  int64_t most_inner;
};

/**
 * c = left · right, plus a bias for each column unless that is null. The side with fewer lines is kept: packed as far as the caches hold it, while
 * the lines of the other stream by.
 *
 * `Kernel` has `rows` and `columns`, the size of a block, and `depth`, how many of the inner size are packed as one; `Packed`, of which
 * `size(is_left)` make such a piece of a block's side; `plan`; `pack(side, is_left, blocks, depths, to)`, block after block; and
 * `add_block(left, right, depths, sums, stride, add)`, for a whole block; it lives as long as a thread multiplies.
 *
 * A row of c depends on no other row, nor on how many they are: the kernel adds the numbers of a sum in an order that the depth alone decides.
 */
template <class Kernel>
class Product {
 public:
  Product(const Side& left, const Side& right, const float* bias, float* c)
      : left_(left), right_(right), bias_(bias), c_(c), left_is_kept_(left.lines() <= right.lines()) {}

  void compute() const {
    const int64_t all_blocks = blocks_of(left_is_kept_), all_depths = parts_of(left_.depth(), Kernel::depth);
    const Plan plan = Kernel::plan(kept(), streamed(), left_is_kept_);
    const int64_t groups = parts_of(all_blocks, plan.most_kept);
    for (int64_t chunk = 0; chunk < plan.chunks; chunk++)
      for (int64_t group = 0; group < groups; group++)
        compute(part_of(all_blocks, group, groups), part_of(all_depths, chunk, plan.chunks), plan);
  }

 private:
  using Packed = typename Kernel::Packed;

  const Side& kept() const { return left_is_kept_ ? left_ : right_; }
  const Side& streamed() const { return left_is_kept_ ? right_ : left_; }
  int64_t blocks_of(bool left) const { return left ? parts_of(left_.lines(), Kernel::rows) : parts_of(right_.lines(), Kernel::columns); }

  void compute(Range blocks, Range depths, const Plan& plan) const {
    static thread_local Room<Packed> kept_room;
    const int64_t kept_size = Kernel::size(left_is_kept_) * depths.size(), streamed_size = Kernel::size(!left_is_kept_) * depths.size();
    Packed* const packed = kept_room.of(blocks.size() * kept_size);
    parallel(blocks.size(), 1, [&](int64_t begin, int64_t end) {
      Kernel::pack(kept(), left_is_kept_, {blocks.begin + begin, blocks.begin + end}, depths, packed + begin * kept_size);
    });
    const int64_t most_wide = plan.most_streamed;
    parallel(blocks_of(!left_is_kept_), most_wide, [&](int64_t begin, int64_t end) {
      static thread_local Room<Packed> panel_room;
      Packed* const panel = panel_room.of(most_wide * streamed_size);
      const Kernel kernel;
      for (int64_t block = begin; block < end; block += most_wide) {
        const Range wide{block, std::min(block + most_wide, end)};
        Kernel::pack(streamed(), !left_is_kept_, wide, depths, panel);
        // What this thread packs next: of this part, or of that which comes to it if all threads take theirs in turn.
        const int64_t next = wide.end < end ? wide.end : end + (thread_count() - 1) * (end - begin);
        Fetch ahead = fetch_streamed({next, next + most_wide}, depths);
        const int64_t fetched_at_once = parts_of(ahead.size(), blocks.size() * wide.size());
        const Range outer = plan.kept_is_outer ? blocks : wide, inner = plan.kept_is_outer ? wide : blocks;
        for (int64_t first = inner.begin; first < inner.end; first += plan.most_inner)
          for (int64_t i = outer.begin; i < outer.end; i++)
            for (int64_t j = first; j < std::min(first + plan.most_inner, inner.end); j++) {
              const int64_t own = plan.kept_is_outer ? i : j, other = plan.kept_is_outer ? j : i;
              ahead.some(fetched_at_once);
              add(kernel, packed + (own - blocks.begin) * kept_size, panel + (other - wide.begin) * streamed_size, depths, own, other);
            }
      }
    });
  }

  Fetch fetch_streamed(Range blocks, Range depths) const {
    const int64_t lines = left_is_kept_ ? Kernel::columns : Kernel::rows;
    return {streamed(), blocks.begin * lines, blocks.end * lines, depths.begin * Kernel::depth, depths.end * Kernel::depth};
  }

  void add(const Kernel& kernel, const Packed* kept, const Packed* streamed, Range depths, int64_t kept_block, int64_t streamed_block) const {
    if (left_is_kept_) add_at(kernel, kept, streamed, depths, kept_block, streamed_block);
    else add_at(kernel, streamed, kept, depths, streamed_block, kept_block);
  }

  /** The block in that row and column of blocks; one at the edge has room of its own first. */
  void add_at(const Kernel& kernel, const Packed* left, const Packed* right, Range depths, int64_t block_row, int64_t block_column) const {
    const int64_t stride = right_.lines(), row = block_row * Kernel::rows, column = block_column * Kernel::columns;
    const int64_t height = std::min(Kernel::rows, left_.lines() - row), width = std::min(Kernel::columns, stride - column);
    float* const to = c_ + row * stride + column;
    const bool is_sum = depths.begin > 0;
    if (height == Kernel::rows && width == Kernel::columns) {
      kernel.add_block(left, right, depths.size(), to, stride, is_sum);
    } else {
      alignas(64) float sums[Kernel::rows * Kernel::columns];
      for (int64_t i = 0; is_sum && i < height; i++) std::copy_n(to + i * stride, width, sums + i * Kernel::columns);
      kernel.add_block(left, right, depths.size(), sums, Kernel::columns, is_sum);
      for (int64_t i = 0; i < height; i++) std::copy_n(sums + i * Kernel::columns, width, to + i * stride);
    }
    if (bias_ != nullptr && depths.end * Kernel::depth >= left_.depth()) add_bias(bias_ + column, to, stride, height, width);
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
