// The two matrices of a product, stored either way.
#pragma once

#include <cstdint>

namespace cai {

/** A matrix as it lies in memory: numbers of a row are neighbours, rows `stride` apart. */
struct Stored {
  const float* data;
  int64_t rows, columns, stride;
};

/** One of both matrices of a product. Its lines are the rows of the left one and the columns of the right one. */
struct Side {
  Stored x;
  bool lines_are_rows;

  int64_t lines() const { return lines_are_rows ? x.rows : x.columns; }
  int64_t depth() const { return lines_are_rows ? x.columns : x.rows; }
};

}  // namespace cai
