// What is read next, on its way into a cache while something else is computed.
#pragma once

#include <algorithm>
#include <cstdint>

#include "matrices.h"

namespace cai {

/** A part of a matrix, some cache lines of it at a time. Nothing depends on its coming. */
class Fetch {
 public:
  /** Of a side its lines and depths `from` … `to`, as far as there are any. */
  Fetch(const Side& side, int64_t from_line, int64_t to_line, int64_t from_depth, int64_t to_depth) {
    const bool by_line = side.lines_are_rows;
    const int64_t row = by_line ? from_line : from_depth, column = by_line ? from_depth : from_line;
    row_ = side.x.data + row * side.x.stride + column;
    stride_ = side.x.stride;
    rows_ = std::min(by_line ? to_line : to_depth, side.x.rows) - row;
    columns_ = std::min(by_line ? to_depth : to_line, side.x.columns) - column;
    if (columns_ <= 0) rows_ = 0;
  }

  /** Cache lines that are still to come. */
  int64_t size() const { return std::max<int64_t>(0, rows_) * ((columns_ + line - 1) / line); }

  void some(int64_t count) {
    for (; count > 0 && rows_ > 0; count--) {
      __builtin_prefetch(row_ + column_, 0, 2);
      column_ += line;
      if (column_ < columns_) continue;
      column_ = 0;
      row_ += stride_;
      rows_--;
    }
  }

 private:
  static constexpr int64_t line = 16;
  const float* row_;
  int64_t stride_, rows_, columns_, column_ = 0;
};

}  // namespace cai
