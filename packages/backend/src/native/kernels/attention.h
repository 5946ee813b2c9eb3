// What both passes of attention share: who attends to whom, how work is split, and the layouts that products want.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "op.h"
#include "parallel.h"
#include "vectors.h"

namespace cai {

/** Keys are taken `panel` at a time, queries `block` at a time: what one step of either pass touches stays in the nearest caches. */
constexpr int64_t panel = 64;
constexpr int64_t block = 48;
static_assert(panel % lanes == 0 && panel % tile_rows == 0 && block % tile_rows == 0, "whole tiles");

/** A row of queries, keys and values is one token: h query heads, g key heads and g value heads, d numbers each. */
struct Heads {
  int64_t heads, groups, size, padded, row;

  Heads(int64_t query_heads, int64_t key_value_heads, const Numbers<float>& query_key_value)
      : heads(query_heads), groups(key_value_heads), size(0), padded(0), row(query_key_value.last()) {
    require(heads > 0 && groups > 0 && heads % groups == 0, "attention: heads must be a multiple of key_value_heads");
    require(query_key_value.shape.size() == 2 && row > 0 && row % (heads + 2 * groups) == 0,
            "attention: queryKeyValue must be [N, (heads + 2 * key_value_heads) * d]");
    size = row / (heads + 2 * groups);
    padded = round_up(size, lanes);
  }

  int64_t shared() const { return heads / groups; }
  int64_t query(int64_t head) const { return head * size; }
  int64_t key(int64_t group) const { return (heads + group) * size; }
  int64_t value(int64_t group) const { return (heads + groups + group) * size; }
  float scale() const { return 1.0f / std::sqrt(static_cast<float>(size)); }
};

/** Queries `first` … `end` of the sequence of `length` tokens that begins at row `start`, for the heads that share `group`. */
struct Unit {
  int64_t start, length, group, first, end;

  int64_t cost() const { return (end - first) * (first + end + panel); }
};

/** In the order of rows; whole sequences where `queries` is 0, else that many queries a unit. */
inline std::vector<Unit> units(const Heads& heads, const Numbers<int32_t>& lengths, int64_t rows, int64_t queries) {
  std::vector<Unit> found;
  int64_t start = 0;
  for (int64_t i = 0; i < lengths.size; i++) {
    const int64_t length = lengths.data[i];
    require(length >= 0 && length <= rows - start, "attention: lengths must be those of the rows of queryKeyValue");
    const int64_t step = queries > 0 ? queries : std::max<int64_t>(length, 1);
    for (int64_t group = 0; group < heads.groups; group++)
      for (int64_t first = 0; first < length; first += step)
        found.push_back({start, length, group, first, std::min(first + step, length)});
    start += length;
  }
  require(start == rows, "attention: lengths must add up to the rows of queryKeyValue");
  return found;
}

/** Calls work(begin, end) for ranges of `given` of about the same cost, one a thread. */
template <class Work>
void share(const std::vector<Unit>& given, const Heads& heads, const Work& work) {
  std::vector<int64_t> before{0};
  for (const Unit& unit : given) before.push_back(before.back() + unit.cost() * heads.shared() * heads.size);
  const auto unit_at = [&](int64_t cost) { return std::lower_bound(before.begin(), before.end() - 1, cost) - before.begin(); };
  parallel(before.back(), 1 << 18, [&](int64_t begin, int64_t end) { work(unit_at(begin), unit_at(end)); });
}

/** Memory of one thread, kept for its next call; aligned to vectors, not set to zero. */
class Scratch {
 public:
  void need(int64_t numbers) {
    const int64_t lines = (numbers + 15) / 16 + 32;  // each `take` may waste a line
    if (lines > static_cast<int64_t>(memory_.size())) memory_ = std::vector<Line>(lines);
    taken_ = 0;
  }
  float* take(int64_t numbers) {
    float* const found = memory_[taken_].numbers;
    taken_ += (numbers + 15) / 16;
    return found;
  }

 private:
  struct alignas(64) Line {
    float numbers[16];
  };
  std::vector<Line> memory_;
  int64_t taken_ = 0;
};

/** scale · from for `count` rows of `size` numbers; zeros up to `padded`, and in further rows up to a whole tile. */
inline void pack(const float* from, int64_t row, int64_t count, const Heads& heads, float scale, float* to) {
  for (int64_t i = 0; i < count; i++) copy(from + i * row, scale, heads.size, to + i * heads.padded);
  if (heads.padded > heads.size)
    for (int64_t i = 0; i < count; i++) std::fill(to + i * heads.padded + heads.size, to + (i + 1) * heads.padded, 0.0f);
  std::fill(to + count * heads.padded, to + round_up(count, tile_rows) * heads.padded, 0.0f);
}

/** Panels of `panel` rows, transposed: [panels, size, panel], zeros after the last row. */
inline void pack_transposed(const float* from, int64_t row, int64_t count, int64_t size, float* to) {
  for (int64_t begin = 0; begin < count; begin += panel, to += size * panel) {
    const int64_t rows = std::min(panel, count - begin);
    int64_t i = 0;  // whole vectors of rows, which the compiler gathers, then the rest
    for (; i + lanes <= rows; i += lanes)
      for (int64_t j = 0; j < size; j++)
        for (int64_t k = 0; k < lanes; k++) to[j * panel + i + k] = from[(begin + i + k) * row + j];
    for (; i < rows; i++)
      for (int64_t j = 0; j < size; j++) to[j * panel + i] = from[(begin + i) * row + j];
    if (rows < panel)
      for (int64_t j = 0; j < size; j++) std::fill(to + j * panel + rows, to + (j + 1) * panel, 0.0f);
  }
}

}  // namespace cai
